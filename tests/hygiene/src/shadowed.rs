//! Beside types and variants that are called like std's.

use eventsource_core::prelude::{
    Apply, Context, Decision, EventContext, Handle, Project, React, ReactContext,
};
use eventsource_core::{Aggregate, Command, Event, ProcessManager, Projection, events};

/// Not std's.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, Default)]
pub struct String {
    /// Its text.
    pub text: std::string::String,
}

impl std::fmt::Display for String {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::str::FromStr for String {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        Ok(Self {
            text: text.to_owned(),
        })
    }
}

/// Not std's.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, Default)]
pub struct Vec;

/// Not std's.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, Default)]
pub struct Box;

/// Not std's, and an event.
#[derive(Event, Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[event(name = "shadow.option", version = 2)]
pub struct Option {
    /// A field.
    pub some: String,
    /// Another.
    #[event(since = 2, default)]
    pub none: Vec,
}

/// Not std's, and a family.
#[derive(Event, Debug, Clone, PartialEq, Eq)]
#[event(prefix = "shadow.result")]
pub enum Result {
    /// Not std's.
    Ok(String),
    /// Not std's.
    Err {
        /// A field.
        error: Vec,
    },
    /// Not std's.
    None,
    /// Not std's.
    Some(String, Box),
    /// Nobody's.
    Error,
    /// Nobody's.
    Default {
        /// A field called like what generated code binds.
        stored: u8,
        /// And another.
        payload: u8,
        /// And another.
        event: u8,
    },
}

/// An event that is called as the derive is.
pub mod event {
    use eventsource_core::Event as DeriveEvent;

    /// Not the trait.
    #[derive(DeriveEvent, Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
    #[event(name = "shadow.event")]
    pub struct Event {
        /// A field.
        pub id: u8,
    }
}

/// A command.
#[derive(Command, Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[command(aggregate = Shadow, name = "shadow.some")]
pub enum Some {
    /// A variant.
    None {
        /// The id.
        #[command(id)]
        id: String,
        /// A field.
        command: u8,
    },
}

/// An aggregate.
#[derive(Aggregate, Debug, Clone, PartialEq, Eq, Default)]
#[aggregate(
    name = "shadow",
    id = String,
    error = std::convert::Infallible,
    events(Option, Result, event::Event),
    commands(Some)
)]
pub enum Shadow {
    /// Its beginning.
    #[default]
    None,
    /// Its end.
    Some(String),
}

impl Apply<Option> for Shadow {
    fn apply(&mut self, event: &Option) {
        *self = Self::Some(event.some.clone());
    }
}

impl Apply<Result> for Shadow {
    fn apply(&mut self, _: &Result) {}
}

impl Apply<event::Event> for Shadow {
    fn apply(&mut self, _: &event::Event) {}
}

impl Handle<Some> for Shadow {
    fn handle(&self, _: Some, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Result::None])
    }
}

/// A read model.
#[derive(Projection, Debug, Clone, PartialEq, Eq, Default)]
#[projection(name = "shadows", version = 1, events(Option(key = some), Result(key_with = keys)))]
pub struct Row {
    #[projection(key)]
    key: String,
    /// A column.
    pub values: Vec,
    /// Another.
    pub row: std::option::Option<Box>,
}

fn keys(_: &Result, context: &EventContext<'_>) -> std::vec::Vec<String> {
    vec![String {
        text: context.stream_id().to_owned(),
    }]
}

impl Project<Option> for Row {
    fn project(&mut self, _: &Option, _: &EventContext<'_>) {}
}

impl Project<Result> for Row {
    fn project(&mut self, _: &Result, _: &EventContext<'_>) {}
}

/// A process manager; `Rejected` here is an event of ours.
#[derive(ProcessManager, Debug, Clone, PartialEq, Eq, Default)]
#[process_manager(
    name = "shadow_process",
    version = 1,
    from = now,
    events(
        Option(key = some),
        Result(key_with = keys),
        Rejected(key = none),
        eventsource_core::Rejected<Some>
    ),
    commands(Some)
)]
pub struct Process {
    #[process_manager(key)]
    key: String,
    /// A column.
    pub command: Vec,
}

/// Not the runtime's, and an event.
#[derive(Event, Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[event(name = "shadow.rejected")]
pub struct Rejected {
    /// A field.
    pub none: String,
}

impl React<Option> for Process {
    fn react(&mut self, event: &Option, context: &mut ReactContext<'_, Self>) {
        context.send(Some::None {
            id: event.some.clone(),
            command: 1,
        });
    }
}

impl React<Result> for Process {
    fn react(&mut self, _: &Result, _: &mut ReactContext<'_, Self>) {}
}

impl React<Rejected> for Process {
    fn react(&mut self, _: &Rejected, _: &mut ReactContext<'_, Self>) {}
}

impl React<eventsource_core::Rejected<Some>> for Process {
    fn react(
        &mut self,
        _: &eventsource_core::Rejected<Some>,
        context: &mut ReactContext<'_, Self>,
    ) {
        context.complete();
    }
}
