//! A misspelt key of an aggregate whose enums are used.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.closed")]
pub struct Closed {
    pub reason: String,
}

#[derive(Command, Clone, Serialize, Deserialize)]
#[command(aggregate = Account)]
pub struct Open {
    #[command(id)]
    pub account: String,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "account", id = String, eror = std::convert::Infallible, events(Opened, Closed), commands(Open), command_enum = AccountCommand)]
pub struct Account;

impl Apply<Opened> for Account {
    fn apply(&mut self, _: &Opened) {}
}

impl Apply<Closed> for Account {
    fn apply(&mut self, _: &Closed) {}
}

impl Handle<Open> for Account {
    fn handle(&self, command: Open, _: &Context<'_, Self>) -> Decision<Self> {
        let opened = AccountEvent::from(Opened { owner: command.account });
        Ok(Events::from(vec![opened]))
    }
}

pub async fn execute<S: EventStore>(app: &App<S>, text: &str) {
    let command: AccountCommand = serde_json::from_str(text).unwrap();
    let _ = app.execute(command).await;
}

fn main() {}
