//! What is kept, beside a command, of what it follows from.

#![cfg(test)]

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Effects, Origin};
use crate::prelude::*;
use crate::process::dispatch::react;
use crate::projection::{EventContext, FoldCause, Projection as _, batch};
use crate::store::{OutboxEntry, Recorded, Value};
use crate::{ExecuteError, Position};

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "lamp.switched")]
struct Switched {
    on: bool,
}

#[derive(Command, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[command(aggregate = Lamp, name = "lamp.switch")]
struct Switch {
    #[command(id)]
    lamp: String,
}

#[derive(Aggregate, Default, Debug, Clone, PartialEq)]
#[aggregate(
    name = "lamp",
    id = String,
    error = std::convert::Infallible,
    events(Switched),
    commands(Switch)
)]
struct Lamp;

impl Apply<Switched> for Lamp {
    fn apply(&mut self, _: &Switched) {}
}

impl Handle<Switch> for Lamp {
    fn handle(&self, _: Switch, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Switched { on: true }])
    }
}

/// Answers each lamp that goes out with two commands, and each refusal with one.
#[derive(ProcessManager, Default, Debug, Clone, PartialEq)]
#[process_manager(
    name = "warden",
    version = 7,
    from = beginning,
    events(Switched, Rejected<Switch>),
    commands(Switch)
)]
struct Warden {
    #[process_manager(key)]
    lamp: String,
}

impl React<Switched> for Warden {
    fn react(&mut self, event: &Switched, context: &mut ReactContext<'_, Self>) {
        let lamp = self.lamp.clone();
        if !event.on {
            context.send(Switch { lamp: lamp.clone() });
            context.send(Switch { lamp });
        }
    }
}

impl React<Rejected<Switch>> for Warden {
    fn react(&mut self, rejected: &Rejected<Switch>, context: &mut ReactContext<'_, Self>) {
        context.send(rejected.command().clone());
    }
}

/// Reacts to refusals, and its state panics when it is read or written.
#[derive(ProcessManager, Default, Debug, Clone, PartialEq)]
#[process_manager(
    name = "moody_warden",
    version = 1,
    from = beginning,
    events(Switched, Rejected<Switch>),
    commands(Switch)
)]
struct MoodyWarden {
    #[process_manager(key)]
    lamp: String,
    mood: Mood,
}

impl React<Switched> for MoodyWarden {
    fn react(&mut self, _: &Switched, _: &mut ReactContext<'_, Self>) {}
}

impl React<Rejected<Switch>> for MoodyWarden {
    fn react(&mut self, _: &Rejected<Switch>, _: &mut ReactContext<'_, Self>) {}
}

#[derive(Default, Debug, Clone, PartialEq)]
struct Mood {
    good_for_reading: bool,
}

impl Serialize for Mood {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        panic!("a mood is not written")
    }
}

impl<'de> Deserialize<'de> for Mood {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let good_for_reading = bool::deserialize(from)?;
        assert!(good_for_reading, "a bad mood is not read");
        Ok(Self { good_for_reading })
    }
}

const LAMP: &str = "hall";

fn switched(payload: &'static [u8]) -> Recorded<'static> {
    Recorded {
        position: Position::from_raw(4),
        index: 1,
        stream: "lamp-hall",
        version: 2,
        event_id: Uuid::from_u128(9),
        name: "lamp.switched",
        schema_version: 1,
        recorded_at: Timestamp::from_micros(11),
        payload,
        metadata: br#"{"actor":"ada"}"#,
    }
}

/// All that is kept of an event.
fn kept<'a>(event: &Recorded<'a>) -> impl PartialEq + std::fmt::Debug + use<'a> {
    (
        (event.position, event.index, event.stream, event.version),
        (event.event_id, event.name, event.schema_version),
        (event.recorded_at, event.metadata),
    )
}

fn sent(payload: &'static [u8]) -> Vec<OutboxEntry> {
    let mut batch = batch::<Warden>();
    batch.begin_empty();
    assert!(batch.read(&switched(payload)).unwrap());
    batch.changes().unwrap().sends
}

#[test]
fn each_command_of_a_reaction_carries_the_event_and_the_version_that_sends_it() {
    let sends = sent(br#"{"on":false}"#);

    assert_eq!(sends.len(), 2);
    for entry in &sends {
        let origin = Origin::decode(&entry.origin).unwrap();
        assert_eq!(kept(&origin.recorded()), kept(&switched(b"")));
        assert_eq!(origin.process_version(), 7);
    }
}

/// What waits in an outbox, and what other versions of the program send, has been given its id by the same rule.
#[test]
fn the_ids_of_commands_never_change() {
    let ids: Vec<_> = sent(br#"{"on":false}"#)
        .iter()
        .map(|entry| entry.id.to_string())
        .collect();

    assert_eq!(
        ids,
        [
            "d63021f1-64b5-81b6-8e91-a4f6a15fbd8d",
            "5d171085-d4f8-8351-8da6-cb1d55c1de84"
        ]
    );
}

#[test]
fn a_reaction_that_sends_nothing_makes_no_record_of_its_event() {
    assert!(sent(br#"{"on":true}"#).is_empty());

    let event = switched(b"");
    let context = EventContext::new(event);
    let key = Value::Text(LAMP.to_owned());
    context.act(Effects::new(Warden::DESCRIPTOR, event.event_id, 0, key));
    let mut reaction = ReactContext::<Warden>::new(&context);
    reaction.complete();
    assert_eq!(context.with_effects(|it| it.origin.is_none()), Some(true));

    reaction.send(Switch { lamp: LAMP.into() });
    assert_eq!(context.with_effects(|it| it.origin.is_some()), Some(true));
}

#[test]
fn what_follows_from_a_refusal_is_of_the_version_that_reacts_and_of_the_same_event() {
    let mut entry = sent(br#"{"on":false}"#).remove(0);
    // An older version has sent it.
    entry.origin = Origin::of(&switched(b""), 3).encode();
    let lamp = LAMP.to_owned();
    let error = ExecuteError::ShutDown;
    let rejected = Rejected::new(Switch { lamp: lamp.clone() }, error);

    let changes = react::<Warden, Switch>(&rejected, &entry, Some(vec![Value::Text(lamp)]));

    let sends = changes.unwrap().unwrap().sends;
    assert_eq!(sends.len(), 1);
    let origin = Origin::decode(&sends[0].origin).unwrap();
    assert_eq!(kept(&origin.recorded()), kept(&switched(b"")));
    assert_eq!(origin.process_version(), 7);
    assert_ne!(sends[0].id, entry.id);
}

#[test]
fn an_instance_that_panics_while_it_is_read_or_written_is_the_commands_failure() {
    let entry = sent(br#"{"on":false}"#).remove(0);
    let lamp = LAMP.to_owned();
    let rejected = Rejected::new(Switch { lamp: lamp.clone() }, ExecuteError::ShutDown);

    for mood in ["false", "true"] {
        let row = vec![Value::Text(lamp.clone()), Value::Json(mood.to_owned())];
        let reacted = react::<MoodyWarden, Switch>(&rejected, &entry, Some(row));
        assert!(matches!(reacted, Err(FoldCause::Panic)), "{mood}");
    }
}
