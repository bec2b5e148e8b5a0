//! Private items, and items of one crate.

use eventsource_core::prelude::{
    Apply, Context, Decision, EventContext, Handle, Project, React, ReactContext, Rejected,
};
use eventsource_core::{Aggregate, Command, Event, ProcessManager, Projection, events};

mod inner {
    use eventsource_core::Event;

    #[derive(Event, Debug, Clone, PartialEq, Eq)]
    #[event(prefix = "inner")]
    pub(super) enum Inner {
        Done(Own),
    }

    /// A field's type that its own module alone can name.
    #[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
    pub(super) struct Own(pub(super) u8);
}

/// Of this crate, as its aggregate.
#[derive(Event, Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[event(name = "crate.event")]
pub(crate) struct OfCrate(pub(crate) u8);

#[derive(Aggregate, Debug, Default)]
#[aggregate(name = "crate", id = u64, error = std::convert::Infallible, events(OfCrate))]
pub(crate) struct CrateKeeper;

impl Apply<OfCrate> for CrateKeeper {
    fn apply(&mut self, event: &OfCrate) {
        let _ = event.0;
    }
}

#[derive(Event, Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[event(name = "private.event", version = 2, upcast(from = 1, type = PrivateV1))]
struct Private {
    field: u8,
}

#[derive(serde::Deserialize)]
struct PrivateV1 {
    old: u8,
}

impl From<PrivateV1> for Private {
    fn from(old: PrivateV1) -> Self {
        Self { field: old.old }
    }
}

#[derive(Command, Debug, Clone, serde::Serialize, serde::Deserialize)]
#[command(aggregate = Keeper, name = "private.keep", creates)]
struct Keep(#[command(id)] u64);

#[derive(Aggregate, Debug, Default, serde::Serialize, serde::Deserialize)]
#[aggregate(
    name = "private",
    id = u64,
    error = std::convert::Infallible,
    events(Private, inner::Inner),
    commands(Keep),
    command_enum = KeeperCommand,
    snapshot(every = 1)
)]
struct Keeper {
    last: u8,
}

impl Apply<Private> for Keeper {
    fn apply(&mut self, event: &Private) {
        self.last = event.field;
    }
}

impl Apply<inner::Inner> for Keeper {
    fn apply(&mut self, inner::Inner::Done(own): &inner::Inner) {
        self.last = own.0;
    }
}

impl Handle<Keep> for Keeper {
    fn handle(&self, command: Keep, context: &Context<'_, Self>) -> Decision<Self> {
        let _ = (command.0, context.id());
        Ok(events![
            Private { field: 1 },
            inner::Inner::Done(inner::Own(self.last))
        ])
    }
}

#[derive(Projection, Debug, Default)]
#[projection(name = "privates", version = 1, events(Private, inner::Inner))]
struct Row {
    #[projection(key)]
    keeper: u64,
    last: inner::Own,
}

impl Project<Private> for Row {
    fn project(&mut self, _: &Private, _: &EventContext<'_>) {
        self.keeper += 0;
    }
}

impl Project<inner::Inner> for Row {
    fn project(&mut self, inner::Inner::Done(own): &inner::Inner, _: &EventContext<'_>) {
        self.last = own.clone();
    }
}

#[derive(ProcessManager, Debug, Default)]
#[process_manager(
    name = "private_process",
    version = 1,
    from = now,
    events(Private, inner::Inner, Rejected<Keep>),
    commands(Keep)
)]
struct Process {
    #[process_manager(key)]
    keeper: u64,
    last: inner::Own,
}

impl React<Private> for Process {
    fn react(&mut self, _: &Private, context: &mut ReactContext<'_, Self>) {
        context.send(Keep(self.keeper));
    }
}

impl React<inner::Inner> for Process {
    fn react(&mut self, inner::Inner::Done(own): &inner::Inner, _: &mut ReactContext<'_, Self>) {
        self.last = own.clone();
    }
}

impl React<Rejected<Keep>> for Process {
    fn react(&mut self, _: &Rejected<Keep>, context: &mut ReactContext<'_, Self>) {
        context.complete();
    }
}
