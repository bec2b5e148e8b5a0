//! What is stored reads back as what was decided; what would not is refused before anything is written.

use std::collections::HashMap;

use eventsource_core::prelude::*;
use eventsource_core::registry::Registry;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "probe.measured")]
struct Measured {
    celsius: f64,
    spread: Option<f32>,
    notes: Notes,
}

/// As deep as somebody writes it.
#[derive(Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
struct Notes(Vec<Notes>);

fn nested(depth: usize) -> Notes {
    (1..depth).fold(Notes::default(), |notes, _| Notes(vec![notes]))
}

#[derive(Command, Serialize, Deserialize, Debug, Clone)]
#[command(aggregate = Probe, upserts)]
struct Measure {
    #[command(id)]
    probe: String,
    celsius: f64,
    spread: Option<f32>,
    notes: Notes,
    labels: HashMap<String, u64>,
}

#[derive(Aggregate, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[aggregate(
    name = "probe",
    id = String,
    error = std::convert::Infallible,
    events(Measured),
    commands(Measure),
    snapshot(every = 3)
)]
struct Probe {
    sum: f64,
    widest: Option<f32>,
    measured: u64,
}

impl Apply<Measured> for Probe {
    fn apply(&mut self, event: &Measured) {
        self.sum += event.celsius;
        self.widest = event.spread.or(self.widest);
        self.measured += 1;
    }
}

impl Handle<Measure> for Probe {
    fn handle(&self, command: Measure, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Measured {
            celsius: command.celsius,
            spread: command.spread,
            notes: command.notes,
        }])
    }
}

/// A row a temperature: floats as keys.
#[derive(Projection, Default, Debug, Clone, PartialEq)]
#[projection(name = "temperatures", version = 1, events(Measured(key = celsius)))]
struct Temperature {
    #[projection(key)]
    celsius: f64,
    seen: u64,
    spreads: Vec<f64>,
}

impl Project<Measured> for Temperature {
    fn project(&mut self, event: &Measured, _: &EventContext<'_>) {
        self.seen += 1;
        // Zero divided by zero is no number.
        self.spreads.extend(
            event
                .spread
                .map(|spread| f64::from(spread) / f64::from(spread)),
        );
    }
}

async fn app() -> App<MemoryStore> {
    let registry = Registry::builder()
        .event::<Measured>()
        .command::<Measure>()
        .aggregate::<Probe>()
        .projection::<Temperature>()
        .build();
    App::builder(MemoryStore::new())
        .registry(registry)
        .start()
        .await
        .unwrap()
}

fn measure(celsius: f64) -> Measure {
    Measure {
        probe: "a".to_owned(),
        celsius,
        spread: None,
        notes: Notes::default(),
        labels: HashMap::new(),
    }
}

#[tokio::test]
async fn a_float_that_json_cannot_hold_is_refused_and_the_stream_goes_on() {
    let app = app().await;
    app.execute(measure(20.5)).await.unwrap();
    for broken in [
        measure(f64::NAN),
        measure(f64::INFINITY),
        Measure {
            spread: Some(f32::NEG_INFINITY),
            ..measure(1.0)
        },
    ] {
        let refused = app.execute(broken).await.unwrap_err();
        assert!(
            matches!(&refused, ExecuteError::Encode { stream, stream_version: 2, .. } if stream.as_str() == "probe-a")
        );
        assert_eq!(
            refused.to_string(),
            "stream probe-a, version 2: event probe.measured version 1 has no JSON form: a float in it is NaN or infinite, which JSON cannot hold: \
             check it where it comes in"
        );
    }
    let receipt = app.execute(measure(1.25)).await.unwrap();
    assert_eq!(receipt.version(), 2);
    let loaded = app.load::<Probe>(&"a".to_owned()).await.unwrap();
    assert_eq!((loaded.version(), loaded.state().sum), (2, 21.75));
}

#[tokio::test]
async fn what_nests_deeper_than_it_is_read_is_refused() {
    let app = app().await;
    // The payload itself is the outermost of 127.
    let deep = |depth| Measure {
        notes: nested(depth),
        ..measure(1.0)
    };
    app.execute(deep(126)).await.unwrap();
    let refused = app.execute(deep(127)).await.unwrap_err();
    assert!(
        refused.to_string().contains("nest more than 127 deep"),
        "{refused}"
    );
    assert_eq!(
        app.load::<Probe>(&"a".to_owned()).await.unwrap().version(),
        1
    );
}

#[tokio::test]
async fn both_zeros_are_one_key() {
    let app = app().await;
    app.execute(measure(0.0)).await.unwrap();
    app.execute(measure(-0.0)).await.unwrap();
    app.settled().await.unwrap();
    let view = app.view::<Temperature>();
    assert_eq!(view.get(&0.0).await.unwrap().unwrap().seen, 2);
    assert_eq!(view.get(&-0.0).await.unwrap().unwrap().seen, 2);
}

#[tokio::test]
async fn a_row_that_would_not_read_back_stops_its_projection_at_the_event_that_made_it() {
    let app = app().await;
    app.execute(measure(1.0)).await.unwrap();
    let zero = Measure {
        spread: Some(0.0),
        ..measure(1.0)
    };
    let receipt = app.execute(zero).await.unwrap();
    app.execute(measure(1.0)).await.unwrap();
    let stopped = app.settled().await.unwrap_err();
    let told = stopped.to_string();
    for part in [
        "spreads",
        "NaN or infinite",
        &format!("position {}", receipt.position()),
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[tokio::test]
async fn a_command_that_is_sent_again_is_the_same_whatever_order_its_map_is_walked_in() {
    let app = app().await;
    let id = Uuid::now_v7();
    let labels = |names: &[u64]| {
        names
            .iter()
            .map(|&name| (format!("label {name}"), name))
            .collect()
    };
    let names: Vec<u64> = (0..64).collect();
    let first = Measure {
        labels: labels(&names),
        ..measure(1.0)
    };
    let receipt = app
        .execute_with(first, Metadata::new().command_id(id))
        .await
        .unwrap();
    for _ in 0..8 {
        // Each map is hashed with keys of its own.
        let again = Measure {
            labels: labels(&names),
            ..measure(1.0)
        };
        let repeated = app
            .execute_with(again, Metadata::new().command_id(id))
            .await
            .unwrap();
        assert_eq!(repeated.version(), receipt.version());
    }
    let other = Measure {
        labels: labels(&names[1..]),
        ..measure(1.0)
    };
    let refused = app
        .execute_with(other, Metadata::new().command_id(id))
        .await;
    assert!(matches!(refused, Err(ExecuteError::CommandIdReused { .. })));
}

fn finite() -> impl Strategy<Value = f64> {
    use proptest::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO
}

fn finite_f32() -> impl Strategy<Value = f32> {
    use proptest::num::f32::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO
}

proptest! {
    #[test]
    fn decode_of_encode_is_the_value(celsius in finite(), spread in prop::option::of(finite_f32()), depth in 1..20_usize) {
        use eventsource_core::Encode as _;
        let event = Measured { celsius, spread, notes: nested(depth) };
        let mut payload = Vec::new();
        event.encode(&mut payload).unwrap();
        let payload = String::from_utf8(payload).unwrap();
        prop_assert_eq!(eventsource_core::testing::decode::<Measured>("probe.measured", 1, &payload).unwrap(), event);
    }

    #[test]
    fn snapshot_plus_tail_equals_full_replay_to_the_last_bit_of_a_float(
        readings in prop::collection::vec((-1e6..1e6_f64, prop::option::of(finite_f32())), 1..20),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let app = app().await;
            for (celsius, spread) in readings {
                app.execute(Measure { spread, ..measure(celsius) }).await.unwrap();
            }
            let id = "a".to_owned();
            let loaded = app.load::<Probe>(&id).await.unwrap();
            // A load as of a time never begins from a snapshot.
            let replayed = app.load_as_of::<Probe>(&id, Timestamp::from_micros(i64::MAX)).await.unwrap();
            assert_eq!(loaded.state().sum.to_bits(), replayed.state().sum.to_bits());
            assert_eq!(loaded, replayed);
        });
    }
}
