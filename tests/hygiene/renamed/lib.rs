//! The runtime crate under another name: `crate = …` on every derive, as serde's.

#![deny(warnings, missing_docs)]

/// The runtime, re-exported.
pub mod kit {
    pub use runtime as es;
}

use runtime::prelude::{
    Apply, Context, Decision, EventContext, Handle, Project, React, ReactContext, Rejected,
};
use runtime::{Aggregate, Command, Event, ProcessManager, Projection, events};
use serde::{Deserialize, Serialize};

/// A family.
#[derive(Event)]
#[event(prefix = "light", crate = crate::kit::es)]
pub enum LightEvent {
    /// On.
    SwitchedOn {
        /// By whom.
        by: String,
    },
    /// Off.
    SwitchedOff,
}

/// A struct event.
#[derive(Event, Serialize, Deserialize)]
#[event(name = "light.dimmed", version = 2, crate = runtime)]
pub struct Dimmed {
    /// To how many per cent.
    #[event(since = 2, default)]
    pub to: u8,
}

/// A command.
#[derive(Command, Clone, Serialize, Deserialize)]
#[command(aggregate = Light, name = "light.switch_on", creates, crate = runtime)]
pub struct SwitchOn {
    /// Which.
    #[command(id)]
    pub light: String,
}

/// An aggregate.
#[derive(Aggregate, Serialize, Deserialize, Default)]
#[aggregate(
    name = "light",
    id = String,
    error = std::convert::Infallible,
    events(LightEvent, Dimmed),
    event_enum = LightFact,
    commands(SwitchOn),
    snapshot(every = 3),
    crate = runtime
)]
pub struct Light {
    on: bool,
}

impl Apply<LightEvent> for Light {
    fn apply(&mut self, event: &LightEvent) {
        self.on = matches!(event, LightEvent::SwitchedOn { .. });
    }
}

impl Apply<Dimmed> for Light {
    fn apply(&mut self, event: &Dimmed) {
        self.on = event.to > 0;
    }
}

impl Handle<SwitchOn> for Light {
    fn handle(&self, _: SwitchOn, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![LightEvent::SwitchedOn { by: String::new() }])
    }
}

/// A read model.
#[derive(Projection, Default)]
#[projection(name = "lights", version = 1, events(LightEvent, Dimmed), crate = runtime)]
pub struct LightRow {
    #[projection(key)]
    light: String,
    on: bool,
}

impl Project<LightEvent> for LightRow {
    fn project(&mut self, event: &LightEvent, _: &EventContext<'_>) {
        self.on = matches!(event, LightEvent::SwitchedOn { .. });
    }
}

impl Project<Dimmed> for LightRow {
    fn project(&mut self, _: &Dimmed, _: &EventContext<'_>) {}
}

/// A process manager.
#[derive(ProcessManager, Default)]
#[process_manager(
    name = "lighting",
    version = 1,
    from = beginning,
    events(LightEvent, Dimmed, Rejected<SwitchOn>),
    commands(SwitchOn),
    crate = runtime
)]
pub struct Lighting {
    #[process_manager(key)]
    light: String,
}

impl React<LightEvent> for Lighting {
    fn react(&mut self, _: &LightEvent, context: &mut ReactContext<'_, Self>) {
        context.send(SwitchOn {
            light: self.light.clone(),
        });
    }
}

impl React<Dimmed> for Lighting {
    fn react(&mut self, _: &Dimmed, _: &mut ReactContext<'_, Self>) {}
}

impl React<Rejected<SwitchOn>> for Lighting {
    fn react(&mut self, _: &Rejected<SwitchOn>, context: &mut ReactContext<'_, Self>) {
        context.complete();
    }
}
