//! A command with a type parameter, which is handled.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Command, Clone)]
#[command(aggregate = Account)]
pub struct Open<T> {
    #[command(id)]
    pub account: String,
    pub more: T,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "account", id = String, error = std::convert::Infallible, events(Opened))]
pub struct Account;

impl Apply<Opened> for Account {
    fn apply(&mut self, _: &Opened) {}
}

impl<T> Handle<Open<T>> for Account {
    fn handle(&self, command: Open<T>, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Opened { owner: command.account }])
    }
}

pub async fn open<S: EventStore>(app: &App<S>, command: Open<u8>) {
    let _ = app.execute(command).await;
}

fn main() {}
