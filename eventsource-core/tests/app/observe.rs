//! What is measured, under which names, and that no payload is in it.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use eventsource_core::prelude::*;
use eventsource_core::registry::Registry;
use eventsource_core::{ManualClock, observe};
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use serde::{Deserialize, Serialize};

use crate::domain::{Filled, Opened, OpenedAndFilled, Purse, PurseRow, Till, fill, open, put};
use crate::faulty::Faulty;

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "gift.sent")]
struct Sent {}

#[derive(Command, Serialize, Deserialize, Debug, Clone)]
#[command(aggregate = Gift, creates, name = "gift.send")]
struct Send {
    #[command(id)]
    gift: String,
}

/// Refuses to be sent, but to the poor.
#[derive(Aggregate, Default, Debug)]
#[aggregate(name = "gift", id = String, error = NoGifts, events(ignore(Sent)), commands(Send))]
struct Gift {}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("there are no gifts")]
struct NoGifts;

impl Handle<Send> for Gift {
    fn handle(&self, command: Send, _: &Context<'_, Self>) -> Decision<Self> {
        if command.gift == "poor" {
            return Ok(events![Sent {}]);
        }
        Err(NoGifts)
    }
}

/// Sends a gift to whoever opens a purse: each is refused, and parked.
#[derive(ProcessManager, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[process_manager(
    name = "welcome",
    version = 3,
    from = beginning,
    events(Opened, ignore(Filled)),
    retired(OpenedAndFilled),
    commands(Send)
)]
struct Welcome {
    #[process_manager(key)]
    purse: String,
}

impl React<Opened> for Welcome {
    fn react(&mut self, _: &Opened, context: &mut ReactContext<'_, Self>) {
        let gift = self.purse.clone();
        context.send(Send { gift });
    }
}

/// By name and labels, as `name{label=value,…}`.
type Measured = BTreeMap<String, DebugValue>;

fn measured(snapshots: &Snapshotter) -> Measured {
    let snapshot = snapshots.snapshot().into_vec();
    let entries = snapshot.into_iter().map(|(key, unit, description, value)| {
        let key = key.key();
        assert!(
            unit.is_some() && description.is_some(),
            "{key} is described"
        );
        let mut labels: Vec<_> = key
            .labels()
            .map(|label| format!("{}={}", label.key(), label.value()))
            .collect();
        labels.sort_unstable();
        (format!("{}{{{}}}", key.name(), labels.join(",")), value)
    });
    entries.collect()
}

fn counter(measured: &Measured, key: &str) -> u64 {
    match measured.get(key) {
        Some(DebugValue::Counter(count)) => *count,
        other => panic!("{key} is {other:?} in {:?}", measured.keys()),
    }
}

fn gauge(measured: &Measured, key: &str) -> f64 {
    match measured.get(key) {
        Some(DebugValue::Gauge(value)) => value.into_inner(),
        other => panic!("{key} is {other:?} in {:?}", measured.keys()),
    }
}

/// The durations under a key, in seconds.
fn durations(measured: &Measured, key: &str) -> Vec<f64> {
    match measured.get(key) {
        Some(DebugValue::Histogram(values)) => {
            values.iter().map(|value| value.into_inner()).collect()
        }
        other => panic!("{key} is {other:?} in {:?}", measured.keys()),
    }
}

#[tokio::test(start_paused = true)]
async fn what_happens_is_measured_under_documented_names() {
    // Given a program, and something that takes its measurements,
    let recorder = DebuggingRecorder::new();
    let snapshots = recorder.snapshotter();
    let _local = metrics::set_default_local_recorder(&recorder);
    let store = MemoryStore::new();
    let (failing, faults) = Faulty::new(&store);
    let registry = Registry::builder()
        .aggregate::<Purse>()
        .aggregate::<Gift>()
        .projection::<PurseRow>()
        .projection::<Till>()
        .process_manager::<Welcome>()
        .build();
    let app = App::builder(failing)
        .registry(registry)
        .start()
        .await
        .unwrap();

    // when commands are carried out, others go first, answers are lost,
    app.execute(open("SECRET")).await.unwrap();
    faults.conflicts.store(1, Ordering::SeqCst);
    app.execute(fill("SECRET", 3)).await.unwrap();
    faults.lost_answers.store(1, Ordering::SeqCst);
    app.execute(fill("SECRET", 4)).await.unwrap();
    app.settled().await.unwrap();
    // and an event comes that one of the projections cannot read,
    put(&store, "SECRET", "purse.opened", 1, r#"{"owner":7}"#).await;
    put(&store, "SECRET", "purse.spent", 1, r#"{"amount":1}"#).await;
    tokio::time::sleep(Duration::from_secs(12)).await;

    // then all of it is there.
    let measured = measured(&snapshots);
    let purse = "eventsource.aggregate.name=purse";
    let appended = format!("eventsource.append.events{{{purse}}}");
    // The append whose answer was lost is answered when it is repeated.
    assert_eq!(counter(&measured, &appended), 3);
    let duration = |error: &str| format!("eventsource.append.duration{{{error}{purse}}}");
    assert_eq!(durations(&measured, &duration("")).len(), 3);
    assert_eq!(
        durations(&measured, &duration("error.type=conflict,")).len(),
        1
    );
    let lost = durations(&measured, &duration("error.type=unknown,"));
    assert!(lost.iter().all(|took| (0.0..10.0).contains(took)));
    for reason in ["conflict", "unanswered"] {
        let retries =
            format!("eventsource.command.retries{{{purse},eventsource.retry.reason={reason}}}");
        assert_eq!(counter(&measured, &retries), 1);
    }
    let of = |name: &str, projection: &str, version: u32| {
        format!(
            "eventsource.projection.{name}{{eventsource.projection.name={projection},eventsource.projection.version={version}}}"
        )
    };
    assert_eq!(counter(&measured, &of("events", "purses", 1)), 3);
    assert_eq!(counter(&measured, &of("events", "till", 1)), 5);
    assert!(gauge(&measured, &of("stopped", "purses", 1)) > 0.5);
    assert!(gauge(&measured, &of("stopped", "till", 1)) < 0.5);
    assert!((gauge(&measured, &of("lag.events", "purses", 1)) - 2.0).abs() < 0.1);
    assert!(gauge(&measured, &of("lag.events", "till", 1)).abs() < 0.1);
    assert!(gauge(&measured, &of("lag.duration", "purses", 1)) > 0.0);
    assert!(gauge(&measured, &of("lag.duration", "till", 1)).abs() < f64::EPSILON);
    let retries = "eventsource.projection.retries{eventsource.projection.name=purses,eventsource.projection.version=1,eventsource.retry.reason=event}";
    assert!(counter(&measured, retries) > 1);
    let parked = "eventsource.process.parked{eventsource.process.name=welcome}";
    assert!((gauge(&measured, parked) - 1.0).abs() < 0.1);
    let waiting = "eventsource.process.waiting{eventsource.process.name=welcome}";
    assert!(gauge(&measured, waiting).abs() < 0.1);

    for name in [
        observe::APPEND_DURATION,
        observe::APPEND_EVENTS,
        observe::COMMAND_RETRIES,
        observe::PROJECTION_RETRIES,
        observe::PROJECTION_EVENTS,
        observe::PROJECTION_LAG_EVENTS,
        observe::PROJECTION_LAG_DURATION,
        observe::PROJECTION_STOPPED,
        observe::PROCESS_WAITING,
        observe::PROCESS_PARKED,
    ] {
        let found = measured
            .keys()
            .any(|key| key.starts_with(&format!("{name}{{")));
        assert!(found, "{name} is not measured");
    }
    for key in measured.keys() {
        assert!(!key.contains("SECRET"), "{key}");
    }
    app.shutdown().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_command_that_is_put_off_is_counted() {
    let recorder = DebuggingRecorder::new();
    let snapshots = recorder.snapshotter();
    let _local = metrics::set_default_local_recorder(&recorder);
    let store = MemoryStore::new();
    let (failing, faults) = Faulty::new(&store);
    let registry = Registry::builder()
        .aggregate::<Purse>()
        .aggregate::<Gift>()
        .process_manager::<Welcome>();
    let app = App::builder(failing).registry(registry.build()).retries(0);
    let app = app.start().await.unwrap();

    faults.lost_commits.store(1, Ordering::SeqCst);
    put(&store, "poor", "purse.opened", 1, r#"{"owner":"ada"}"#).await;
    app.settled().await.unwrap();

    let measured = measured(&snapshots);
    let retries = format!(
        "{}{{eventsource.process.name=welcome}}",
        observe::PROCESS_RETRIES
    );
    assert_eq!(counter(&measured, &retries), 1);
    app.shutdown().await.unwrap();
}

#[tokio::test]
async fn the_lag_in_time_is_that_between_the_events() {
    let store = MemoryStore::new();
    let registry = || {
        let registry = Registry::builder().aggregate::<Purse>();
        registry.projection::<Till>().build()
    };
    let clock = ManualClock::at(Timestamp::from_micros(0));
    let feeder = App::builder(store.clone()).registry(registry());
    let feeder = feeder.clock(clock.clone()).start().await.unwrap();
    let lag = |app: App<MemoryStore>| async move {
        let status = app.status().await.unwrap().remove(0);
        (status.lag, status.lag_time)
    };
    // Nothing is in the log, and all of it in the table.
    assert_eq!(lag(feeder.clone()).await, (0, Some(Duration::ZERO)));
    feeder.execute(open("a")).await.unwrap();
    feeder.settled().await.unwrap();
    feeder.shutdown().await.unwrap();

    clock.set(Timestamp::from_micros(90_000_000));
    let reader = App::builder(store.clone())
        .registry(registry())
        .runner(false);
    let reader = reader.clock(clock).start().await.unwrap();
    reader.execute(fill("a", 1)).await.unwrap();
    assert_eq!(lag(reader).await, (1, Some(Duration::from_secs(90))));
}
