//! What a runner does about the commands of a process manager, step by step.

#![cfg(test)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use uuid::Uuid;

use super::super::trouble::Trouble;
use super::super::{Crew, Declarations, Next, Progress, Runner, view_table};
use crate::app::Executor;
use crate::prelude::*;
use crate::process::Dispatcher;
use crate::projection::Projection as _;
use crate::registry::Registry;
use crate::store::{
    AnyStore, Commit, EventStore, Lease, NewEvent, OutboxQuery, OutboxStatus, StreamCommit,
    ViewStore, ViewTable,
};
use crate::{ManualClock, MemoryStore, StreamName};

#[derive(Event, Debug, Clone, PartialEq)]
#[event(prefix = "gate")]
enum GateEvent {
    /// Somebody is expected, so many microseconds after the event.
    Announced {
        delay: i64,
    },
    Opened,
}

#[derive(Command, Serialize, Deserialize, Debug, Clone)]
#[command(aggregate = Gate, name = "gate.open")]
struct Open {
    #[command(id)]
    gate: String,
}

#[derive(Aggregate, Default, Debug, Clone)]
#[aggregate(name = "gate", id = String, error = Locked, events(GateEvent), commands(Open))]
struct Gate;

#[derive(Debug, thiserror::Error)]
#[error("the gate is locked")]
struct Locked;

impl Apply<GateEvent> for Gate {
    fn apply(&mut self, _: &GateEvent) {}
}

/// What happens while the gate of this name is opened, before it is known how that ends.
static MEANWHILE: Mutex<Option<HashMap<String, Happens>>> = Mutex::new(None);

type Happens = Box<dyn FnOnce() + Send>;

impl Handle<Open> for Gate {
    fn handle(&self, command: Open, _: &Context<'_, Self>) -> Decision<Self> {
        let meanwhile = {
            let mut meanwhile = MEANWHILE.lock().unwrap_or_else(PoisonError::into_inner);
            meanwhile.get_or_insert_default().remove(&command.gate)
        };
        if let Some(happens) = meanwhile {
            happens();
        }
        if command.gate.starts_with("locked") {
            return Err(Locked);
        }
        Ok(events![GateEvent::Opened])
    }
}

#[derive(ProcessManager, Default, Debug, Clone, PartialEq)]
#[process_manager(
    name = "porter",
    version = 1,
    from = beginning,
    events(GateEvent),
    commands(Open)
)]
struct Porter {
    #[process_manager(key)]
    gate: String,
}

impl React<GateEvent> for Porter {
    fn react(&mut self, event: &GateEvent, context: &mut ReactContext<'_, Self>) {
        if let GateEvent::Announced { delay } = event {
            let at = context.recorded_at().as_micros() + delay;
            let gate = self.gate.clone();
            context.schedule(Timestamp::from_micros(at), Open { gate });
        }
    }
}

const NOON: i64 = 1_000_000_000;

struct Fixture {
    store: Arc<MemoryStore>,
    views: Arc<dyn ViewStore>,
    table: Arc<ViewTable>,
    clock: ManualClock,
    /// Dropped, it would end the runner.
    _stop: watch::Sender<bool>,
    progress: watch::Receiver<Progress>,
    runner: Runner<MemoryStore>,
}

impl Fixture {
    async fn new() -> Self {
        let store = Arc::new(MemoryStore::new());
        let views = store.views().unwrap();
        let table = Arc::new(view_table(Porter::DESCRIPTOR));
        let checkpoint = views.open(&table).await.unwrap();
        let clock = ManualClock::at(Timestamp::from_micros(NOON));
        let executor = Executor::new(
            AnyStore::of(Arc::clone(&store)),
            Arc::new(clock.clone()),
            0,
            Arc::from([]),
        );
        let registry = Registry::builder()
            .aggregate::<Gate>()
            .process_manager::<Porter>()
            .build();
        let crew = Crew {
            store: Arc::clone(&store),
            views: Arc::clone(&views),
            declarations: Arc::new(Declarations {
                registry,
                allowed: Vec::new(),
            }),
            holder: Uuid::now_v7(),
            lease: Duration::from_secs(5),
            dispatcher: Some(Arc::new(Dispatcher(executor))),
        };
        let (progress, watched) = watch::channel(Progress::at(checkpoint));
        let (stop, stopped) = watch::channel(false);
        let duty = crew.duty(Porter::DESCRIPTOR, Arc::clone(&table), progress, stopped);
        let mut runner = Runner::new(duty, checkpoint);
        assert!(runner.is_in_office().await.is_ok());
        assert!(runner.open().await.is_ok());
        runner.reopen = false;
        Self {
            store,
            views,
            table,
            clock,
            _stop: stop,
            progress: watched,
            runner,
        }
    }

    async fn announce(&self, gate: &str, delay: i64) {
        let event = NewEvent {
            id: Uuid::now_v7(),
            name: "gate.announced",
            schema_version: 1,
            payload: format!(r#"{{"delay":{delay}}}"#).into_bytes(),
            metadata: [].into(),
        };
        let part = StreamCommit {
            stream: StreamName::new("gate", gate).unwrap(),
            expected_version: 0,
            events: vec![event],
        };
        let commit = Commit::new(Uuid::now_v7(), Timestamp::from_micros(NOON), vec![part]);
        self.store.append(commit).await.unwrap();
    }

    /// Folds what is in the log and writes it, as a step does before it carries anything out.
    async fn fold(&mut self) {
        self.runner.tenure.begin_step();
        assert!(matches!(self.runner.take_page().await, Ok(false)));
        assert!(self.runner.write().await.is_ok());
    }

    /// How long the log is.
    async fn log(&self) -> u64 {
        self.store.head().await.unwrap().as_raw()
    }

    async fn outbox(&self) -> OutboxStatus {
        self.views.outbox_status("porter").await.unwrap()
    }

    async fn rival(&self) {
        take_over(&*self.views, &self.table).await;
    }
}

/// Another program feeds the table from now on.
async fn take_over(views: &dyn ViewStore, table: &ViewTable) {
    let (rival, time) = (Uuid::now_v7(), Duration::from_secs(60));
    views.take_over(table, rival, time).await.unwrap();
    let lease = views.lease(table, rival, time).await.unwrap();
    assert!(matches!(lease, Lease::Held { .. }));
}

#[tokio::test]
async fn one_look_tells_what_is_due_and_when_the_next_will_be() {
    let mut fixture = Fixture::new().await;
    // More wait for their time than are taken at once, and none of them is in the way of what is due.
    for number in 0..100 {
        fixture.announce(&format!("late{number}"), 400_000).await;
    }
    fixture.announce("now", 0).await;
    fixture.fold().await;

    assert!(fixture.runner.carry_out().await.is_ok());

    assert_eq!(fixture.log().await, 102);
    assert_eq!(fixture.outbox().await.waiting, 100);
    assert_eq!(fixture.runner.until_next_due, Duration::ZERO);
    assert!(fixture.runner.carry_out().await.is_ok());
    assert_eq!(fixture.runner.until_next_due, Duration::from_millis(400));

    fixture.clock.set(Timestamp::from_micros(NOON + 399_999));
    assert!(fixture.runner.carry_out().await.is_ok());
    assert_eq!(fixture.log().await, 102);
    assert_eq!(fixture.runner.until_next_due, Duration::from_micros(1));

    fixture.clock.set(Timestamp::from_micros(NOON + 400_000));
    while fixture.outbox().await.waiting > 0 {
        fixture.fold().await;
        assert!(fixture.runner.carry_out().await.is_ok());
    }
    assert_eq!(fixture.log().await, 202);
}

#[tokio::test]
async fn what_is_far_off_is_looked_at_again_within_a_second() {
    let mut fixture = Fixture::new().await;
    fixture.announce("far", 3_600_000_000).await;
    fixture.fold().await;

    assert!(fixture.runner.carry_out().await.is_ok());

    assert_eq!(fixture.runner.until_next_due, Duration::from_secs(1));
}

#[tokio::test]
async fn a_runner_that_was_deposed_carries_nothing_out() {
    let mut fixture = Fixture::new().await;
    fixture.announce("g", 1_000).await;
    fixture.fold().await;
    fixture.rival().await;
    fixture.clock.set(Timestamp::from_micros(NOON + 1_000));

    fixture.fold().await;
    let carried_out = fixture.runner.carry_out().await;

    assert!(matches!(carried_out, Err(Trouble::Deposed)));
    assert_eq!(fixture.log().await, 1);
    assert_eq!(fixture.outbox().await.waiting, 1);
}

#[tokio::test]
async fn a_lease_is_made_sure_of_before_commands_are_carried_out() {
    let mut fixture = Fixture::new().await;
    fixture.announce("g", 1_000).await;
    fixture.fold().await;
    // As much of the lease has passed as a renewal that failed leaves.
    let (holder, short) = (fixture.runner.duty.crew.holder, Duration::from_millis(50));
    let shortened = fixture.views.lease(&fixture.table, holder, short).await;
    assert!(matches!(shortened, Ok(Lease::Held { term: 1 })));
    fixture.clock.set(Timestamp::from_micros(NOON + 1_000));

    fixture.fold().await;
    assert!(fixture.runner.carry_out().await.is_ok());

    tokio::time::sleep(2 * short).await;
    let rival = Uuid::now_v7();
    let asked = fixture.views.lease(&fixture.table, rival, short).await;
    assert!(matches!(asked, Ok(Lease::Taken { .. })), "{asked:?}");
}

#[tokio::test]
async fn what_came_of_a_batch_is_not_put_on_record_by_who_was_deposed_meanwhile() {
    for gate in ["locked while a rival comes", "open while a rival comes"] {
        let mut fixture = Fixture::new().await;
        fixture.announce(gate, 0).await;
        fixture.fold().await;
        let (views, table) = (Arc::clone(&fixture.views), Arc::clone(&fixture.table));
        let rival: Happens = Box::new(move || {
            let taking = move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build();
                runtime.unwrap().block_on(take_over(&*views, &table));
            };
            std::thread::spawn(taking).join().unwrap();
        });
        MEANWHILE
            .lock()
            .unwrap()
            .get_or_insert_default()
            .insert(gate.to_owned(), rival);

        let carried_out = fixture.runner.carry_out().await;

        // The rival finds the command as it was, and decides on it anew: under its id, what was done is not done twice.
        assert!(matches!(carried_out, Err(Trouble::Deposed)), "{gate}");
        let outbox = fixture.outbox().await;
        assert_eq!((outbox.waiting, outbox.parked), (1, 0), "{gate}");
    }
}

#[tokio::test]
async fn who_was_deposed_stands_by_and_goes_on_when_the_rival_ends() {
    let mut fixture = Fixture::new().await;
    fixture.announce("g", 1_000).await;
    fixture.fold().await;
    fixture.rival().await;
    fixture.clock.set(Timestamp::from_micros(NOON + 1_000));
    fixture.fold().await;
    let Err(trouble) = fixture.runner.carry_out().await else {
        panic!("the lease is another's");
    };

    assert!(fixture.runner.recover(trouble).await == Next::Continue);
    assert!(matches!(fixture.runner.step().await, Ok(Next::Continue)));
    let state = fixture.progress.borrow().state.clone();
    assert!(
        matches!(state, crate::app::ProjectionState::Standby),
        "{state:?}"
    );
    assert_eq!(fixture.log().await, 1);

    fixture
        .views
        .take_over(&fixture.table, Uuid::now_v7(), Duration::ZERO)
        .await
        .unwrap();
    let begun = Instant::now();
    while fixture.outbox().await.waiting > 0 {
        assert!(matches!(fixture.runner.step().await, Ok(Next::Continue)));
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
    assert_eq!(fixture.log().await, 2);
}

#[tokio::test]
async fn a_command_that_is_parked_holds_up_nobody() {
    let mut fixture = Fixture::new().await;
    for gate in ["locked", "g"] {
        fixture.announce(gate, 0).await;
    }
    fixture.fold().await;

    assert!(fixture.runner.carry_out().await.is_ok());

    let outbox = fixture.outbox().await;
    assert_eq!((outbox.waiting, outbox.parked), (0, 1));
    assert_eq!(fixture.log().await, 3);
    let parked = OutboxQuery::Parked { limit: 2 };
    let parked = fixture.views.outbox("porter", parked).await.unwrap();
    assert_eq!(parked[0].parked.as_deref(), Some("the gate is locked"));
}
