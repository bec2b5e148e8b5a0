//! `#[command(…)]`.

use eventsource_core as runtime;
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

/// Who handles them.
#[derive(Aggregate, Default)]
#[aggregate(name = "account", id = String, error = std::convert::Infallible, events(Opened))]
pub struct Account;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened;

impl Apply<Opened> for Account {
    fn apply(&mut self, _: &Opened) {}
}

macro_rules! handled {
    ($($command:ty),*) => {$(
        impl Handle<$command> for Account {
            fn handle(&self, _: $command, _: &Context<'_, Self>) -> Decision<Self> {
                Ok(events![Opened])
            }
        }
    )*};
}
handled!(
    Withdraw,
    Open,
    Note,
    Ship,
    Close,
    AccountCommand,
    Transfer,
    Audit
);

// example: command aggregate
#[derive(Command, Clone)]
#[command(aggregate = Account)]
pub struct Withdraw {
    #[command(id)]
    pub account: String,
    pub amount: u64,
}
// end

// example: command creates
#[derive(Command, Clone)]
#[command(aggregate = Account, creates)]
pub struct Open {
    #[command(id)]
    pub account: String,
}
// end

// example: command upserts
#[derive(Command, Clone)]
#[command(aggregate = Account, upserts)]
pub struct Note {
    #[command(id)]
    pub account: String,
    pub text: String,
}
// end

// example: command name
/// Version 1 had no tracking number.
#[derive(Command, Serialize, Deserialize, Clone)]
#[command(aggregate = Account, name = "account.ship", version = 2)]
pub struct Ship {
    #[command(id)]
    pub account: String,
    #[command(since = 2, default = "none".to_owned())]
    pub tracking: String,
}
// end

// example: command crate
#[derive(Command, Clone)]
#[command(aggregate = Account, crate = runtime)]
pub struct Close {
    #[command(id)]
    pub account: String,
}
// end

// example: command family
#[derive(Command, Clone)]
#[command(aggregate = Account)]
pub enum AccountCommand {
    #[command(creates)]
    Register {
        #[command(id)]
        account: String,
    },
    #[command(upserts)]
    Remark {
        #[command(id)]
        account: String,
        text: String,
    },
}
// end

// example: command stored family
#[derive(Command, Serialize, Deserialize, Clone)]
#[command(aggregate = Account, name = "account.transfer", version = 2)]
pub enum Transfer {
    Send {
        #[command(id)]
        account: String,
        #[command(was(name = "amt", until = 1))]
        amount: u64,
    },
    Receive {
        #[command(id)]
        account: String,
        amount: u64,
    },
}
// end

// example: command family crate
#[derive(Command, Clone)]
#[command(aggregate = Account, crate = runtime)]
pub enum Audit {
    Begin(#[command(id)] String),
    End(#[command(id)] String),
}
// end
