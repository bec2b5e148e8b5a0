//! The domain, as disintegrate has it: a decision reads the events that have the account's id.

use disintegrate::{Decision, Event, StateMutate, StateQuery};
use measure::history::Fact;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Event, Serialize, Deserialize)]
#[stream(AccountEvent, [Opened, Deposited, Withdrawn])]
pub enum BankEvent {
    Opened {
        #[id]
        account: String,
        owner: String,
    },
    Deposited {
        #[id]
        account: String,
        amount: u64,
        reference: String,
        currency: Currency,
    },
    Withdrawn {
        #[id]
        account: String,
        amount: u64,
        reference: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Currency {
    #[serde(rename = "EUR")]
    Eur,
}

#[derive(Debug, Default, Clone, StateQuery, Serialize, Deserialize)]
#[state_query(AccountEvent)]
pub struct Account {
    #[id]
    account: String,
    owner: String,
    pub balance: u64,
}

impl Account {
    pub fn of(account: usize) -> Self {
        Self {
            account: account.to_string(),
            ..Self::default()
        }
    }
}

impl StateMutate for Account {
    fn mutate(&mut self, event: Self::Event) {
        match event {
            AccountEvent::Opened { owner, .. } => self.owner = owner,
            AccountEvent::Deposited { amount, .. } => self.balance += amount,
            AccountEvent::Withdrawn { amount, .. } => self.balance -= amount,
        }
    }
}

/// As its event.
pub fn event(account: usize, fact: Fact) -> BankEvent {
    let account = account.to_string();
    match fact {
        Fact::Opened { owner } => BankEvent::Opened { account, owner },
        Fact::Deposited { amount, reference } => BankEvent::Deposited {
            account,
            amount,
            reference,
            currency: Currency::Eur,
        },
        Fact::Withdrawn { amount, reference } => BankEvent::Withdrawn {
            account,
            amount,
            reference,
        },
    }
}

#[derive(Debug, thiserror::Error)]
#[error("there is no such account")]
pub struct NoAccount;

pub struct Deposit {
    pub account: usize,
    pub amount: u64,
    pub reference: String,
}

impl Decision for Deposit {
    type Event = BankEvent;
    type StateQuery = Account;
    type Error = NoAccount;

    fn state_query(&self) -> Account {
        Account::of(self.account)
    }

    fn process(&self, state: &Account) -> Result<Vec<BankEvent>, NoAccount> {
        if state.owner.is_empty() {
            return Err(NoAccount);
        }
        Ok(vec![BankEvent::Deposited {
            account: self.account.to_string(),
            amount: self.amount,
            reference: self.reference.clone(),
            currency: Currency::Eur,
        }])
    }
}
