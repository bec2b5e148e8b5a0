//! A purse: money goes in and out. What the tests around it are about is not the purse.

use eventsource_core::prelude::*;
use eventsource_core::registry::Registry;
use eventsource_core::store::{Commit, EventStore, NewEvent, StreamCommit};
use eventsource_core::{App, MemoryStore, StreamName};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "purse.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "purse.filled", version = 2)]
pub struct Filled {
    #[event(was(name = "amt", until = 1))]
    pub amount: u64,
}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "purse.spent")]
pub struct Spent {
    pub amount: u64,
}

/// Read as its parts.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "purse.opened_and_filled", retired(into(Opened, Filled)))]
pub struct OpenedAndFilled {
    pub owner: String,
    pub amount: u64,
}

impl From<OpenedAndFilled> for (Opened, Filled) {
    fn from(old: OpenedAndFilled) -> Self {
        let OpenedAndFilled { owner, amount } = old;
        (Opened { owner }, Filled { amount })
    }
}

/// Read as nothing.
#[derive(Event)]
#[event(name = "purse.looked_at", retired(drop))]
pub struct LookedAt;

#[derive(Command, Serialize, Deserialize, Debug, Clone)]
#[command(aggregate = Purse, creates)]
pub struct Open {
    #[command(id)]
    pub purse: String,
    pub owner: String,
}

#[derive(Command, Serialize, Deserialize, Debug, Clone)]
#[command(aggregate = Purse)]
pub struct Fill {
    #[command(id)]
    pub purse: String,
    pub amount: u64,
}

#[derive(Command, Debug, Clone)]
#[command(aggregate = Purse)]
pub struct Spend {
    #[command(id)]
    pub purse: String,
    pub amount: u64,
}

/// Leads to no event.
#[derive(Command, Debug, Clone)]
#[command(aggregate = Purse, upserts)]
pub struct Look {
    #[command(id)]
    pub purse: String,
}

/// Fills the purse up to an amount; leads to no event where there is as much.
#[derive(Command, Debug, Clone)]
#[command(aggregate = Purse)]
pub struct TopUp {
    #[command(id)]
    pub purse: String,
    pub to: u64,
}

#[derive(Aggregate, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[aggregate(
    name = "purse",
    id = String,
    error = PurseError,
    events(Opened, Filled, Spent),
    retired(OpenedAndFilled, LookedAt),
    commands(Open, Fill, Spend, Look, TopUp),
    snapshot(every = 5)
)]
pub struct Purse {
    pub owner: String,
    pub coins: u64,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{coins} coins are in the purse, {asked} were asked for")]
pub struct PurseError {
    pub coins: u64,
    pub asked: u64,
}

impl Apply<Opened> for Purse {
    fn apply(&mut self, event: &Opened) {
        self.owner.clone_from(&event.owner);
    }
}

impl Apply<Filled> for Purse {
    fn apply(&mut self, event: &Filled) {
        self.coins += event.amount;
    }
}

impl Apply<Spent> for Purse {
    fn apply(&mut self, event: &Spent) {
        self.coins = self.coins.checked_sub(event.amount).unwrap();
    }
}

impl Handle<Open> for Purse {
    fn handle(&self, command: Open, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Opened {
            owner: command.owner
        }])
    }
}

impl Handle<Fill> for Purse {
    fn handle(&self, command: Fill, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Filled {
            amount: command.amount
        }])
    }
}

impl Handle<Spend> for Purse {
    fn handle(&self, command: Spend, _: &Context<'_, Self>) -> Decision<Self> {
        let (coins, asked) = (self.coins, command.amount);
        if asked > coins {
            return Err(PurseError { coins, asked });
        }
        Ok(events![Spent { amount: asked }])
    }
}

impl Handle<Look> for Purse {
    fn handle(&self, _: Look, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![])
    }
}

impl Handle<TopUp> for Purse {
    fn handle(&self, command: TopUp, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(match command.to.checked_sub(self.coins) {
            None | Some(0) => events![],
            Some(amount) => events![Filled { amount }],
        })
    }
}

/// A row a purse.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(
    name = "purses",
    version = 1,
    events(Opened, Filled, Spent),
    retired(OpenedAndFilled, LookedAt)
)]
pub struct PurseRow {
    #[projection(key)]
    pub purse: String,
    #[projection(index)]
    pub owner: String,
    pub coins: u64,
}

impl Project<Opened> for PurseRow {
    fn project(&mut self, event: &Opened, _: &EventContext<'_>) {
        self.owner.clone_from(&event.owner);
    }
}

impl Project<Filled> for PurseRow {
    fn project(&mut self, event: &Filled, _: &EventContext<'_>) {
        self.coins += event.amount;
    }
}

impl Project<Spent> for PurseRow {
    fn project(&mut self, event: &Spent, context: &EventContext<'_>) {
        self.coins -= event.amount;
        // Who has spent all has no row, until the purse is filled again.
        if self.coins == 0 {
            context.delete();
        }
    }
}

/// One row over all purses.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(
    name = "till",
    version = 1,
    key = global,
    events(Filled, Spent, ignore(Opened)),
    retired(OpenedAndFilled)
)]
pub struct Till {
    pub coins: u64,
    pub payments: u32,
}

impl Project<Filled> for Till {
    fn project(&mut self, event: &Filled, _: &EventContext<'_>) {
        self.coins += event.amount;
        self.payments += 1;
    }
}

impl Project<Spent> for Till {
    fn project(&mut self, event: &Spent, _: &EventContext<'_>) {
        self.coins -= event.amount;
    }
}

pub fn open(purse: &str) -> Open {
    Open {
        purse: purse.into(),
        owner: "Ada".into(),
    }
}

pub fn fill(purse: &str, amount: u64) -> Fill {
    Fill {
        purse: purse.into(),
        amount,
    }
}

pub fn spend(purse: &str, amount: u64) -> Spend {
    Spend {
        purse: purse.into(),
        amount,
    }
}

/// The purse and its two read models.
pub fn registry() -> Registry {
    Registry::builder()
        .aggregate::<Purse>()
        .projection::<PurseRow>()
        .projection::<Till>()
        .build()
}

/// The purse alone.
pub fn write_side() -> Registry {
    Registry::builder().aggregate::<Purse>().build()
}

pub async fn app(store: &MemoryStore) -> App<MemoryStore> {
    started(store, registry()).await
}

pub async fn started(store: &MemoryStore, registry: Registry) -> App<MemoryStore> {
    App::builder(store.clone())
        .registry(registry)
        .start()
        .await
        .unwrap()
}

/// Puts an event into a purse's stream as another program might have written it.
pub async fn put(store: &MemoryStore, purse: &str, name: &'static str, version: u16, json: &str) {
    let stream = StreamName::new("purse", purse).unwrap();
    let read = eventsource_core::store::ReadStream::new(stream.clone());
    let there: Vec<eventsource_core::store::RecordedEvent> =
        store.read_stream(read, Vec::new()).await.unwrap();
    let event = NewEvent {
        id: Uuid::now_v7(),
        name,
        schema_version: version,
        payload: json.into(),
        metadata: [].into(),
    };
    let part = StreamCommit {
        stream,
        expected_version: there.len() as u64,
        events: vec![event],
    };
    store
        .append(Commit::new(Uuid::now_v7(), Timestamp::now(), vec![part]))
        .await
        .unwrap();
}
