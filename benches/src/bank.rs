//! The bank of `examples/bank.rs`, with a reference on what moves money, so that every payload is 60 bytes and holds one string; and
//! without snapshots, so that every load is a replay.

use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

/// An account was opened.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "account.opened")]
pub struct Opened {
    /// Who opened it.
    pub owner: String,
}

/// Money came in. v1 `{"amt": 5, …}` · v2 `{"amount": 5, …}` · v3 `{"amount": 5, …, "currency": "EUR"}`.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "account.deposited", version = 3)]
pub struct Deposited {
    /// How much.
    #[event(was(name = "amt", until = 1))]
    pub amount: u64,
    /// What for.
    pub reference: String,
    /// Of which kind.
    #[event(since = 3, default = Currency::Eur)]
    pub currency: Currency,
}

/// Money went out.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "account.withdrawn")]
pub struct Withdrawn {
    /// How much.
    pub amount: u64,
    /// What for.
    pub reference: String,
}

/// A kind of money.
#[derive(Serialize, Deserialize, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Currency {
    /// Euro.
    #[serde(rename = "EUR")]
    Eur,
    /// US dollar.
    #[serde(rename = "USD")]
    Usd,
}

/// Opens an account.
#[derive(Command, Debug, Clone)]
#[command(aggregate = Account, creates)]
pub struct Open {
    /// Which.
    #[command(id)]
    pub account: String,
    /// For whom.
    pub owner: String,
}

/// Pays in.
#[derive(Command, Debug, Clone)]
#[command(aggregate = Account)]
pub struct Deposit {
    /// Which.
    #[command(id)]
    pub account: String,
    /// How much.
    pub amount: u64,
    /// What for.
    pub reference: String,
}

/// Draws.
#[derive(Command, Debug, Clone)]
#[command(aggregate = Account)]
pub struct Withdraw {
    /// Which.
    #[command(id)]
    pub account: String,
    /// How much.
    pub amount: u64,
    /// What for.
    pub reference: String,
}

/// An account.
#[derive(Aggregate, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[aggregate(
    name = "account",
    id = String,
    error = AccountError,
    events(Opened, Deposited, Withdrawn),
    commands(Open, Deposit, Withdraw)
)]
pub struct Account {
    owner: String,
    balance: u64,
}

impl Account {
    /// What is in it.
    #[must_use]
    pub fn balance(&self) -> u64 {
        self.balance
    }
}

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// Nothing would move.
    #[error("an amount must be above zero")]
    ZeroAmount,
    /// More was asked for than there is.
    #[error("the balance is {balance}, {requested} was asked for")]
    InsufficientFunds {
        /// What there is.
        balance: u64,
        /// What was asked for.
        requested: u64,
    },
}

impl Apply<Opened> for Account {
    fn apply(&mut self, event: &Opened) {
        self.owner.clone_from(&event.owner);
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

impl Handle<Open> for Account {
    fn handle(&self, command: Open, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Opened {
            owner: command.owner
        }])
    }
}

impl Handle<Deposit> for Account {
    fn handle(&self, command: Deposit, _: &Context<'_, Self>) -> Decision<Self> {
        if command.amount == 0 {
            return Err(AccountError::ZeroAmount);
        }
        Ok(events![Deposited {
            amount: command.amount,
            reference: command.reference,
            currency: Currency::Eur
        }])
    }
}

impl Handle<Withdraw> for Account {
    fn handle(&self, command: Withdraw, _: &Context<'_, Self>) -> Decision<Self> {
        if command.amount > self.balance {
            return Err(AccountError::InsufficientFunds {
                balance: self.balance,
                requested: command.amount,
            });
        }
        Ok(events![Withdrawn {
            amount: command.amount,
            reference: command.reference,
        }])
    }
}
