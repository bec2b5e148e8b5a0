//! `#[aggregate(…)]`.

use eventsource_core as runtime;
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

macro_rules! declared {
    ($($event:ident = $name:literal $($retired:ident)?),*) => {$(
        #[derive(Event, Serialize, Deserialize, Clone)]
        #[event(name = $name $(, $retired)?)]
        pub struct $event {
            pub account: String,
        }
    )*};
}
declared!(Opened = "account.opened", Closed = "account.closed", Noted = "account.noted", Suspended = "account.suspended" retired);

macro_rules! applied {
    ($($aggregate:ty: $($event:ty),*;)*) => {$($(
        impl Apply<$event> for $aggregate {
            fn apply(&mut self, _: &$event) {}
        }
    )*)*};
}
applied! {
    Account: Opened, Closed;
    Member: Opened, Suspended;
    Teller: Opened;
    Till: Opened, Closed;
    Safe: Opened, Closed;
    Clerk: Opened;
    Branch: Opened;
    Vault: Opened;
}

#[derive(Command, Serialize, Deserialize, Clone)]
#[command(aggregate = Teller)]
pub struct Open {
    #[command(id)]
    account: String,
}

#[derive(Command, Serialize, Deserialize, Clone)]
#[command(aggregate = Clerk)]
pub struct Close {
    #[command(id)]
    account: String,
}

impl Handle<Open> for Teller {
    fn handle(&self, command: Open, _: &Context<'_, Self>) -> Decision<Self> {
        let account = command.account;
        Ok(events![Opened { account }])
    }
}

impl Handle<Close> for Clerk {
    fn handle(&self, _: Close, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(Events::new())
    }
}

// example: aggregate
#[derive(Aggregate, Default)]
#[aggregate(
    name = "account",
    id = String,
    error = AccountError,
    events(Opened, Closed, ignore(Noted))
)]
pub struct Account {
    open: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("the account is closed")]
    Closed,
}
// end

// example: aggregate retired
#[derive(Aggregate, Default)]
#[aggregate(
    name = "member",
    id = String,
    error = AccountError,
    events(Opened),
    retired(Suspended)
)]
pub struct Member {
    suspended: bool,
}
// end

// example: aggregate commands
#[derive(Aggregate, Default)]
#[aggregate(name = "teller", id = String, error = AccountError, events(Opened), commands(Open))]
pub struct Teller {
    opened: u32,
}
// end

// example: aggregate event_enum
/// Its events are the enum `TillFact`, which would be called `TillEvent` by itself.
#[derive(Aggregate, Default)]
#[aggregate(
    name = "till",
    id = String,
    error = AccountError,
    events(Opened, Closed),
    event_enum = TillFact
)]
pub struct Till {
    open: bool,
}

fn is_opening(event: &TillFact) -> bool {
    matches!(event, TillFact::Opened(_))
}
// end

// example: aggregate command_enum
#[derive(Aggregate, Default)]
#[aggregate(
    name = "clerk",
    id = String,
    error = AccountError,
    events(Opened),
    commands(Close),
    command_enum = ClerkCommand
)]
pub struct Clerk {
    opened: u32,
}

/// Each command under its name: `{"Close":{"account":"a-1"}}`.
fn parse(json: &str) -> serde_json::Result<ClerkCommand> {
    serde_json::from_str(json)
}
// end

// example: aggregate snapshot
#[derive(Aggregate, Serialize, Deserialize, Default)]
#[aggregate(
    name = "safe",
    id = String,
    error = AccountError,
    events(Opened, Closed),
    snapshot(every = 100, version = 2)
)]
pub struct Safe {
    open: bool,
}
// end

// example: aggregate unknown
#[derive(Aggregate, Default)]
#[aggregate(
    name = "branch",
    id = String,
    error = AccountError,
    events(Opened),
    unknown = "ignore"
)]
pub struct Branch {
    opened: u32,
}
// end

// example: aggregate crate
#[derive(Aggregate, Default)]
#[aggregate(
    name = "vault",
    id = String,
    error = AccountError,
    events(Opened),
    crate = runtime
)]
pub struct Vault {
    opened: u32,
}
// end

#[test]
fn the_command_enum_is_read_by_name() {
    assert!(parse(r#"{"Close":{"account":"a-1"}}"#).is_ok());
    let account = String::from("a-1");
    assert!(is_opening(&Opened { account }.into()));
}
