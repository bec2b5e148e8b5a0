//! What tests of aggregates are written with: each `then…` passes where it should, and says what is wrong where it should not.

#![cfg(feature = "derive")]

use eventsource_core::prelude::*;
use eventsource_core::testing::{decode, replay};
use serde::{Deserialize, Serialize, Serializer};

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "lamp.hung")]
struct Hung {
    by: Option<String>,
}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "lamp.lit", aliases("lamp.on"))]
struct Lit {
    at: Timestamp,
}

/// Its `Serialize` writes another value than its `Deserialize` reads.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "lamp.dimmed")]
struct Dimmed {
    #[serde(serialize_with = "doubled")]
    to: u8,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde's signature
fn doubled<S: Serializer>(value: &u8, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u8(value.saturating_mul(2))
}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "lamp.broke", retired)]
struct Broke {}

#[derive(Event)]
#[event(name = "lamp.flickered", retired(drop))]
#[allow(dead_code)]
struct Flickered;

#[derive(Aggregate, Default, Debug, PartialEq)]
#[aggregate(
    name = "lamp",
    id = u32,
    error = LampError,
    events(Hung, Lit, Dimmed),
    retired(Broke, Flickered),
    commands(Hang, Light, Dim, Toggle)
)]
struct Lamp {
    hung_by: Option<String>,
    lit_at: Option<Timestamp>,
    brightness: u8,
    broken: bool,
}

#[derive(Debug, PartialEq, thiserror::Error)]
enum LampError {
    #[error("lamp {0} is broken")]
    Broken(u32),
    #[error("it is lit since event {0}")]
    Lit(u64),
}

#[derive(Command, Debug, Clone)]
#[command(aggregate = Lamp, creates)]
struct Hang {
    #[command(id)]
    lamp: u32,
}

#[derive(Command, Debug, Clone)]
#[command(aggregate = Lamp)]
struct Light {
    #[command(id)]
    lamp: u32,
}

#[derive(Command, Debug, Clone)]
#[command(aggregate = Lamp)]
struct Dim {
    #[command(id)]
    lamp: u32,
    to: u8,
}

#[derive(Command, Debug, Clone)]
#[command(aggregate = Lamp, upserts)]
struct Toggle {
    #[command(id)]
    lamp: u32,
}

impl Apply<Hung> for Lamp {
    fn apply(&mut self, event: &Hung) {
        self.hung_by.clone_from(&event.by);
    }
}

impl Apply<Lit> for Lamp {
    fn apply(&mut self, event: &Lit) {
        self.lit_at = Some(event.at);
    }
}

impl Apply<Dimmed> for Lamp {
    fn apply(&mut self, event: &Dimmed) {
        self.brightness = event.to;
    }
}

impl Apply<Broke> for Lamp {
    fn apply(&mut self, _: &Broke) {
        self.broken = true;
    }
}

impl Handle<Hang> for Lamp {
    fn handle(&self, _: Hang, context: &Context<'_, Self>) -> Decision<Self> {
        let by = context.metadata().actor.clone();
        Ok(events![Hung { by }])
    }
}

impl Handle<Light> for Lamp {
    fn handle(&self, _: Light, context: &Context<'_, Self>) -> Decision<Self> {
        if self.broken {
            return Err(LampError::Broken(*context.id()));
        }
        if self.lit_at.is_some() {
            return Err(LampError::Lit(context.version()));
        }
        Ok(events![Lit { at: context.now() }])
    }
}

impl Handle<Dim> for Lamp {
    fn handle(&self, command: Dim, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Dimmed { to: command.to }])
    }
}

impl Handle<Toggle> for Lamp {
    fn handle(&self, _: Toggle, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![])
    }
}

fn time() -> Timestamp {
    "2026-11-22T14:23:00Z".parse().unwrap()
}

#[test]
fn the_events_are_compared() {
    given::<Lamp>(events![Hung { by: None }])
        .at(time())
        .when(Light { lamp: 7 })
        .then(events![Lit { at: time() }]);
}

#[test]
fn the_metadata_comes_with_the_command() {
    given::<Lamp>(events![])
        .by(Metadata::new().actor("ada"))
        .when(Hang { lamp: 7 })
        .then(events![Hung {
            by: Some("ada".into())
        }]);
}

#[test]
#[should_panic(
    expected = "given [lamp.hung], when Light\n  expected: the events [\n      lamp.hung: Hung { by: None }\n    ]\n     found: the events [\n      lamp.lit: Lit { at: 1970-01-01T00:00:00.000000Z }\n    ]"
)]
fn other_events_are_told_by_name_and_content() {
    given::<Lamp>(events![Hung { by: None }])
        .when(Light { lamp: 7 })
        .then(events![Hung { by: None }]);
}

#[test]
#[should_panic(expected = "found: the refusal Broken(7) (lamp 7 is broken)")]
fn a_refusal_in_place_of_events_is_told() {
    given::<Lamp>(history![Broke {}])
        .when(Light { lamp: 7 })
        .then(events![Lit { at: time() }]);
}

#[test]
fn a_refusal_is_compared() {
    given::<Lamp>(history![Hung { by: None }, Lit { at: time() }])
        .when(Light { lamp: 7 })
        .then_error(LampError::Lit(2));
}

#[test]
#[should_panic(expected = "expected: the refusal Lit(3) (it is lit since event 3)")]
fn another_refusal_is_told() {
    given::<Lamp>(events![Hung { by: None }, Lit { at: time() }])
        .when(Light { lamp: 7 })
        .then_error(LampError::Lit(3));
}

#[test]
fn a_command_needs_what_it_is_for() {
    given::<Lamp>(events![])
        .when(Light { lamp: 7 })
        .then_not_found();
    given::<Lamp>(events![Hung { by: None }])
        .when(Hang { lamp: 7 })
        .then_already_exists();
    given::<Lamp>(events![])
        .when(Toggle { lamp: 7 })
        .then(events![]);
    given::<Lamp>(events![Hung { by: None }])
        .when(Toggle { lamp: 7 })
        .then(events![]);
}

#[test]
#[should_panic(expected = "found: not found: the command needs an aggregate that exists")]
fn a_state_needs_events() {
    given::<Lamp>(events![])
        .when(Light { lamp: 7 })
        .then_state(|_| {});
}

#[test]
#[should_panic(expected = "expected: already exists")]
fn a_created_lamp_did_not_exist() {
    given::<Lamp>(events![])
        .when(Hang { lamp: 7 })
        .then_already_exists();
}

#[test]
fn the_state_is_that_after_the_command() {
    given::<Lamp>(events![Hung {
        by: Some("ada".into())
    }])
    .at(time())
    .when(Light { lamp: 7 })
    .then_state(|lamp| {
        assert_eq!(lamp.hung_by.as_deref(), Some("ada"));
        assert_eq!(lamp.lit_at, Some(time()));
    });
}

#[test]
#[should_panic(expected = "event lamp.dimmed is another one after it was encoded and decoded")]
fn a_resulting_event_that_is_not_read_as_it_was_written_is_found() {
    given::<Lamp>(events![Hung { by: None }])
        .when(Dim { lamp: 7, to: 4 })
        .then(events![Dimmed { to: 4 }]);
}

#[test]
#[should_panic(expected = "event lamp.dimmed is another one after it was encoded and decoded")]
fn so_is_a_given_one_whatever_comes_of_it() {
    given::<Lamp>(events![Dimmed { to: 4 }])
        .when(Hang { lamp: 7 })
        .then_already_exists();
}

#[test]
#[should_panic(expected = "event lamp.dimmed is encoded differently")]
fn so_is_one_behind_a_retired_event() {
    given::<Lamp>(history![Broke {}, Dimmed { to: 4 }])
        .when(Light { lamp: 7 })
        .then_error(LampError::Broken(7));
}

#[test]
fn stored_events_are_read_one_by_one_and_in_rows() {
    let lit: Lit = decode("lamp.on", 1, r#"{"at":"2026-11-22T14:23:00Z"}"#).unwrap();
    assert_eq!(lit, Lit { at: time() });
    let lamp: Lamp = replay([
        ("lamp.hung", 1, r#"{"by":"ada"}"#),
        ("lamp.flickered", 1, "{}"),
        ("lamp.broke", 1, "{}"),
    ])
    .unwrap();
    assert_eq!((lamp.hung_by.as_deref(), lamp.broken), (Some("ada"), true));
}

#[test]
fn what_is_read_as_nothing_or_as_another_event_is_told() {
    let told = |error: eventsource_core::DecodeError| error.to_string();
    assert_eq!(
        told(decode::<Lit>("lamp.hung", 1, "{}").unwrap_err()),
        "event lamp.hung version 1: it is not of this type, whose stored names are lamp.lit, lamp.on"
    );
    let dropped = decode::<Flickered>("lamp.flickered", 1, "{}")
        .err()
        .unwrap();
    assert_eq!(
        told(dropped),
        "event lamp.flickered version 1: it is declared `retired(drop)`, so it is read as nothing"
    );
    let unknown = replay::<Lamp>([("lamp.sold", 2, "{}")]).unwrap_err();
    assert!(told(unknown).contains("event lamp.sold version 2: it is not listed here"));
}
