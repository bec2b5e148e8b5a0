//! The domain, as cqrs-es has it: one enum of events, which is stored as its JSON.

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use measure::history::Fact;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub enum AccountEvent {
    Opened {
        owner: String,
    },
    Deposited {
        amount: u64,
        reference: String,
        currency: Currency,
    },
    Withdrawn {
        amount: u64,
        reference: String,
    },
}

#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq)]
pub enum Currency {
    #[serde(rename = "EUR")]
    Eur,
    #[serde(rename = "USD")]
    Usd,
}

impl From<Fact> for AccountEvent {
    fn from(fact: Fact) -> Self {
        match fact {
            Fact::Opened { owner } => Self::Opened { owner },
            Fact::Deposited { amount, reference } => Self::Deposited {
                amount,
                reference,
                currency: Currency::Eur,
            },
            Fact::Withdrawn { amount, reference } => Self::Withdrawn { amount, reference },
        }
    }
}

impl DomainEvent for AccountEvent {
    fn event_type(&self) -> String {
        match self {
            Self::Opened { .. } => "account.opened",
            Self::Deposited { .. } => "account.deposited",
            Self::Withdrawn { .. } => "account.withdrawn",
        }
        .into()
    }

    fn event_version(&self) -> String {
        "1.0".into()
    }
}

pub enum AccountCommand {
    /// Writes the first events of an account.
    Fill(Vec<AccountEvent>),
    Deposit {
        amount: u64,
        reference: String,
    },
}

#[derive(Debug)]
pub struct ZeroAmount;

impl std::fmt::Display for ZeroAmount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an amount must be above zero")
    }
}

impl std::error::Error for ZeroAmount {}

#[derive(Serialize, Deserialize, Default)]
pub struct Account {
    owner: String,
    pub balance: u64,
}

impl Aggregate for Account {
    const TYPE: &'static str = "account";
    type Command = AccountCommand;
    type Event = AccountEvent;
    type Error = ZeroAmount;
    type Services = ();

    async fn handle(
        &mut self,
        command: AccountCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), ZeroAmount> {
        match command {
            AccountCommand::Fill(events) => {
                for event in events {
                    sink.write(event, self).await;
                }
            }
            AccountCommand::Deposit { amount: 0, .. } => return Err(ZeroAmount),
            AccountCommand::Deposit { amount, reference } => {
                let event = AccountEvent::Deposited {
                    amount,
                    reference,
                    currency: Currency::Eur,
                };
                sink.write(event, self).await;
            }
        }
        Ok(())
    }

    fn apply(&mut self, event: AccountEvent) {
        match event {
            AccountEvent::Opened { owner } => self.owner = owner,
            AccountEvent::Deposited { amount, .. } => self.balance += amount,
            AccountEvent::Withdrawn { amount, .. } => self.balance -= amount,
        }
    }
}
