//! Without std's prelude: generated code names everything by its whole path.

#![no_implicit_prelude]
#![deny(warnings, missing_docs)]

use ::eventsource_core::{
    Aggregate, Apply, Command, Context, Decision, Event, EventContext, Handle, ProcessManager,
    Project, Projection, React, ReactContext, Rejected,
};
use ::std::clone::Clone;
use ::std::default::Default;

/// A family.
#[derive(Event)]
#[event(prefix = "light")]
pub enum LightEvent {
    /// On.
    #[event(version = 2)]
    SwitchedOn {
        /// By whom.
        by: ::std::string::String,
        /// When.
        #[event(was(type = u32, until = 1))]
        at: u64,
    },
    /// Named.
    Named(::std::string::String),
    /// Placed.
    Placed(i32, i32),
    /// Off.
    SwitchedOff,
}

/// A struct event.
#[derive(Event, ::serde::Serialize, ::serde::Deserialize)]
#[event(name = "light.dimmed", version = 3, upcast(from = 1, type = DimmedV1))]
pub struct Dimmed {
    /// To how many per cent.
    #[event(since = 3, default)]
    pub to: u8,
}

/// Its first version.
#[derive(::serde::Deserialize)]
pub struct DimmedV1 {}

impl ::std::convert::From<DimmedV1> for Dimmed {
    fn from(_: DimmedV1) -> Self {
        Dimmed { to: 0 }
    }
}

/// Read only.
#[derive(Event, ::serde::Deserialize)]
#[event(name = "light.broken", retired)]
pub struct Broken {}

/// A command.
#[derive(Command, Clone, ::serde::Serialize, ::serde::Deserialize)]
#[command(aggregate = Light, name = "light.switch_on", creates)]
pub struct SwitchOn {
    /// Which.
    #[command(id)]
    pub light: ::std::string::String,
}

/// Commands.
#[derive(Command, Clone)]
#[command(aggregate = Light)]
pub enum Switch {
    /// Off.
    Off {
        /// Which.
        #[command(id)]
        light: ::std::string::String,
    },
    /// Or on.
    #[command(upserts)]
    On(#[command(id)] ::std::string::String),
}

/// An aggregate.
#[derive(Aggregate, ::serde::Serialize, ::serde::Deserialize, Default)]
#[aggregate(
    name = "light",
    id = ::std::string::String,
    error = ::std::convert::Infallible,
    events(LightEvent, ignore(Dimmed)),
    event_enum = LightFact,
    retired(Broken),
    commands(SwitchOn, Switch),
    snapshot(every = 3)
)]
pub struct Light {
    on: bool,
}

impl Apply<LightEvent> for Light {
    fn apply(&mut self, _: &LightEvent) {
        self.on = true;
    }
}

impl Apply<Broken> for Light {
    fn apply(&mut self, _: &Broken) {
        self.on = false;
    }
}

impl Handle<SwitchOn> for Light {
    fn handle(&self, _: SwitchOn, _: &Context<'_, Self>) -> Decision<Self> {
        ::std::result::Result::Ok(::eventsource_core::events![LightEvent::SwitchedOff])
    }
}

impl Handle<Switch> for Light {
    fn handle(&self, _: Switch, _: &Context<'_, Self>) -> Decision<Self> {
        ::std::result::Result::Ok(::eventsource_core::events![])
    }
}

/// A read model.
#[derive(Projection, Default)]
#[projection(name = "lights", version = 1, events(LightEvent(key_with = of), ignore(Dimmed)), retired(Broken))]
pub struct LightRow {
    #[projection(key)]
    light: ::std::string::String,
    #[projection(index)]
    on: bool,
    note: ::std::option::Option<::std::string::String>,
    list: ::std::vec::Vec<u32>,
}

fn of(_: &LightEvent, context: &EventContext<'_>) -> ::std::option::Option<::std::string::String> {
    ::std::option::Option::Some(::std::convert::From::from(context.stream_id()))
}

impl Project<LightEvent> for LightRow {
    fn project(&mut self, _: &LightEvent, _: &EventContext<'_>) {
        self.on = true;
    }
}

impl Project<Broken> for LightRow {
    fn project(&mut self, _: &Broken, _: &EventContext<'_>) {}
}

/// A process manager.
#[derive(ProcessManager, Default)]
#[process_manager(
    name = "lighting",
    version = 1,
    from = beginning,
    events(LightEvent(key_with = of), ignore(Dimmed), ::eventsource_core::Rejected<SwitchOn>),
    retired(Broken),
    commands(SwitchOn)
)]
pub struct Lighting {
    #[process_manager(key)]
    light: ::std::string::String,
    note: ::std::option::Option<::std::string::String>,
}

impl React<LightEvent> for Lighting {
    fn react(&mut self, _: &LightEvent, context: &mut ReactContext<'_, Self>) {
        context.send(SwitchOn {
            light: Clone::clone(&self.light),
        });
    }
}

impl React<Broken> for Lighting {
    fn react(&mut self, _: &Broken, context: &mut ReactContext<'_, Self>) {
        context.complete();
    }
}

impl React<Rejected<SwitchOn>> for Lighting {
    fn react(&mut self, _: &Rejected<SwitchOn>, context: &mut ReactContext<'_, Self>) {
        context.complete();
    }
}
