//! Items that are deprecated, and fields and variants that are there under a condition.
#![allow(deprecated)]

use eventsource_core::prelude::{
    Apply, Context, Decision, EventContext, Handle, Project, React, ReactContext,
};
use eventsource_core::{Aggregate, Command, Event, ProcessManager, Projection, events};

/// An old event.
#[deprecated(note = "use another")]
#[derive(Event, serde::Serialize, serde::Deserialize)]
#[event(name = "old.struct", version = 2)]
pub struct Old {
    /// An old field.
    #[deprecated]
    #[event(since = 2, default)]
    pub field: u8,
    /// Never there.
    #[cfg(any())]
    pub never: Missing,
    /// Always there.
    #[cfg(not(miri))]
    pub always: u8,
}

/// A family.
#[derive(Event)]
#[event(prefix = "old.family")]
pub enum Family {
    /// An old variant.
    #[deprecated]
    Old {
        /// An old field.
        #[deprecated]
        field: u8,
    },
    /// Never there.
    #[cfg(any())]
    Never(Missing),
    /// New.
    New,
}

/// An old command.
#[deprecated]
#[derive(Command, Clone, serde::Serialize, serde::Deserialize)]
#[command(aggregate = Thing, name = "old.do")]
pub struct Do {
    /// An old id.
    #[deprecated]
    #[command(id)]
    pub thing: u64,
}

/// An old aggregate.
#[deprecated]
#[derive(Aggregate, Default)]
#[aggregate(name = "old", id = u64, error = std::convert::Infallible, events(Old, Family), commands(Do))]
pub struct Thing;

impl Apply<Old> for Thing {
    fn apply(&mut self, _: &Old) {}
}

impl Apply<Family> for Thing {
    fn apply(&mut self, _: &Family) {}
}

impl Handle<Do> for Thing {
    fn handle(&self, _: Do, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Family::New])
    }
}

/// An old read model.
#[deprecated]
#[derive(Projection, Default)]
#[projection(name = "olds", version = 1, key = global, events(Old, Family))]
pub struct Olds {
    /// An old column.
    #[deprecated]
    pub count: u32,
}

impl Project<Old> for Olds {
    fn project(&mut self, _: &Old, _: &EventContext<'_>) {}
}

impl Project<Family> for Olds {
    fn project(&mut self, _: &Family, _: &EventContext<'_>) {}
}

/// An old process manager.
#[deprecated]
#[derive(ProcessManager, Default)]
#[process_manager(name = "old_process", version = 1, from = now, key = global, events(Old, Family), commands(Do))]
pub struct Process {
    /// An old column.
    #[deprecated]
    pub count: u32,
}

impl React<Old> for Process {
    fn react(&mut self, _: &Old, context: &mut ReactContext<'_, Self>) {
        context.send(Do { thing: 1 });
    }
}

impl React<Family> for Process {
    fn react(&mut self, _: &Family, _: &mut ReactContext<'_, Self>) {}
}
