//! A command to nobody, which is listed, handled and executed.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Command, Clone)]
#[command(creates)]
pub struct Open {
    #[command(id)]
    pub account: String,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "account", id = String, error = std::convert::Infallible, events(Opened), commands(Open))]
pub struct Account;

impl Apply<Opened> for Account {
    fn apply(&mut self, _: &Opened) {}
}

impl Handle<Open> for Account {
    fn handle(&self, command: Open, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Opened { owner: command.account }])
    }
}

pub async fn open<S: EventStore>(app: &App<S>, command: Open) {
    let _ = app.execute(command).await;
}

fn main() {}
