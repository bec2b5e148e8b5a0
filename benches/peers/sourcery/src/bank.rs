//! The domain, as sourcery has it.

use measure::history::Fact;
use serde::{Deserialize, Serialize};
use sourcery::{Apply, DomainEvent, Handle};
use uuid::Uuid;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Opened {
    pub owner: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Deposited {
    pub amount: u64,
    pub reference: String,
    pub currency: Currency,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Withdrawn {
    pub amount: u64,
    pub reference: String,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub enum Currency {
    #[serde(rename = "EUR")]
    Eur,
    #[serde(rename = "USD")]
    Usd,
}

impl DomainEvent for Opened {
    const KIND: &'static str = "account.opened";
}

impl DomainEvent for Deposited {
    const KIND: &'static str = "account.deposited";
}

impl DomainEvent for Withdrawn {
    const KIND: &'static str = "account.withdrawn";
}

/// What an account has been through before it is measured.
#[derive(Debug)]
pub struct Fill(pub Vec<Fact>);

#[derive(Debug)]
pub struct Deposit {
    pub amount: u64,
    pub reference: String,
}

/// Its PostgreSQL store takes no other ids.
#[must_use]
pub fn id(account: usize) -> Uuid {
    Uuid::from_u128(account as u128)
}

#[derive(Debug, Default, sourcery::Aggregate)]
#[aggregate(id = Uuid, error = String, events(Opened, Deposited, Withdrawn))]
pub struct Account {
    owner: String,
    pub balance: u64,
}

impl Apply<Opened> for Account {
    fn apply(&mut self, event: &Opened) {
        self.owner = event.owner.clone();
    }
}

impl Apply<Deposited> for Account {
    fn apply(&mut self, event: &Deposited) {
        self.balance += event.amount;
    }
}

impl Apply<Withdrawn> for Account {
    fn apply(&mut self, event: &Withdrawn) {
        self.balance -= event.amount;
    }
}

impl Handle<Fill> for Account {
    fn handle(&self, command: &Fill) -> Result<Vec<AccountEvent>, String> {
        let event = |fact: &Fact| match fact.clone() {
            Fact::Opened { owner } => Opened { owner }.into(),
            Fact::Deposited { amount, reference } => Deposited {
                amount,
                reference,
                currency: Currency::Eur,
            }
            .into(),
            Fact::Withdrawn { amount, reference } => Withdrawn { amount, reference }.into(),
        };
        Ok(command.0.iter().map(event).collect())
    }
}

impl Handle<Deposit> for Account {
    fn handle(&self, command: &Deposit) -> Result<Vec<AccountEvent>, String> {
        if self.owner.is_empty() {
            return Err("there is no such account".into());
        }
        Ok(vec![
            Deposited {
                amount: command.amount,
                reference: command.reference.clone(),
                currency: Currency::Eur,
            }
            .into(),
        ])
    }
}
