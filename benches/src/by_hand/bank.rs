//! The bank on serde alone: a struct an event, a match on the stored name, a fold.

use serde::{Deserialize, Serialize};

/// An account was opened.
#[derive(Serialize, Deserialize)]
pub struct Opened {
    owner: String,
}

/// Money came in.
#[derive(Serialize, Deserialize)]
pub struct Deposited {
    amount: u64,
    reference: String,
    currency: Currency,
}

/// Money came in, two versions ago.
#[derive(Deserialize)]
pub struct DepositedV1 {
    amt: u64,
    reference: String,
}

impl From<DepositedV1> for Deposited {
    fn from(old: DepositedV1) -> Self {
        Self {
            amount: old.amt,
            reference: old.reference,
            currency: Currency::Eur,
        }
    }
}

/// Money went out.
#[derive(Serialize, Deserialize)]
pub struct Withdrawn {
    amount: u64,
    reference: String,
}

/// A kind of money.
#[derive(Serialize, Deserialize, Clone, Copy)]
pub enum Currency {
    /// Euro.
    #[serde(rename = "EUR")]
    Eur,
    /// US dollar.
    #[serde(rename = "USD")]
    Usd,
}

/// An account.
#[derive(Default, Debug, PartialEq, Eq)]
pub struct Account {
    owner: String,
    balance: u64,
}

/// What cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The payload is not of its type.
    #[error(transparent)]
    Payload(#[from] serde_json::Error),
    /// Nobody knows the type.
    #[error("unknown event type {0}")]
    Unknown(String),
}

impl Account {
    /// What is in it.
    #[must_use]
    pub fn balance(&self) -> u64 {
        self.balance
    }

    /// Who opened it.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Reads a stored event and applies it.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn replay(&mut self, name: &str, payload: &[u8]) -> Result<(), Unreadable> {
        match name {
            "account.opened" => self.open(serde_json::from_slice(payload)?),
            "account.deposited" => self.deposit(&serde_json::from_slice(payload)?),
            "account.withdrawn" => self.withdraw(&serde_json::from_slice(payload)?),
            unknown => return Err(Unreadable::Unknown(unknown.to_owned())),
        }
        Ok(())
    }

    /// The same for a deposit of schema version 1.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn replay_v1(&mut self, name: &str, payload: &[u8]) -> Result<(), Unreadable> {
        match name {
            "account.deposited" => {
                let old: DepositedV1 = serde_json::from_slice(payload)?;
                self.deposit(&old.into());
            }
            unknown => return Err(Unreadable::Unknown(unknown.to_owned())),
        }
        Ok(())
    }

    fn open(&mut self, event: Opened) {
        self.owner = event.owner;
    }

    fn deposit(&mut self, event: &Deposited) {
        self.balance += event.amount;
    }

    fn withdraw(&mut self, event: &Withdrawn) {
        self.balance -= event.amount;
    }
}

/// An event that is about to be stored.
pub struct New {
    /// The stored type name.
    pub name: &'static str,
    /// The payload's schema version.
    pub version: u16,
    /// The payload.
    pub payload: String,
}

impl Account {
    /// Decides on a deposit.
    ///
    /// # Errors
    ///
    /// None that this program can meet.
    pub fn decide_deposit(&self, amount: u64, reference: String) -> Result<New, Unreadable> {
        let event = Deposited {
            amount,
            reference,
            currency: Currency::Eur,
        };
        Ok(New {
            name: "account.deposited",
            version: 3,
            payload: serde_json::to_string(&event)?,
        })
    }
}
