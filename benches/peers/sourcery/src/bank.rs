//! The domain, as sourcery has it.

use serde::{Deserialize, Serialize};
use sourcery::{Apply, DomainEvent};

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

#[derive(Debug, Default, sourcery::Aggregate)]
#[aggregate(id = String, error = String, events(Opened, Deposited, Withdrawn))]
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
