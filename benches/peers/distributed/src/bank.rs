//! The domain, as distributed has it: a method an event, its parameters the payload.

use distributed::{Entity, sourced};
use measure::history::Fact;

#[derive(Default)]
pub struct Account {
    pub entity: Entity,
    owner: String,
    pub balance: u64,
}

#[sourced(entity, aggregate_type = "account")]
impl Account {
    #[event("opened")]
    pub fn open(&mut self, id: String, owner: String) {
        self.entity.set_id(&id);
        self.owner = owner;
    }

    #[event("deposited")]
    pub fn deposit(&mut self, amount: u64, reference: String, currency: String) {
        let _ = (&reference, &currency);
        self.balance += amount;
    }

    #[event("withdrawn")]
    pub fn withdraw(&mut self, amount: u64, reference: String) {
        let _ = &reference;
        self.balance -= amount;
    }
}

impl Account {
    pub fn record(&mut self, id: &str, fact: Fact) {
        let recorded = match fact {
            Fact::Opened { owner } => self.open(id.to_owned(), owner),
            Fact::Deposited { amount, reference } => self.deposit(amount, reference, "EUR".into()),
            Fact::Withdrawn { amount, reference } => self.withdraw(amount, reference),
        };
        recorded.expect("an event is recorded");
    }
}
