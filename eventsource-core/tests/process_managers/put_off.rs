//! Commands that cannot be tried to the end just now: their instances wait, all others go on.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use eventsource_core::app::{ProjectionFailure, ProjectionState, ProjectionStatus};
use eventsource_core::prelude::*;
use eventsource_core::store::EventStore;
use serde::{Deserialize, Serialize};

use crate::domain::{Confirm, Refund, Seat, SeatEvent, pay, reserve, seats};
use crate::obstructed::Obstructed;

/// Confirms each seat that is paid, and then has the till pay back.
#[derive(ProcessManager, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[process_manager(
    name = "usher",
    version = 1,
    from = beginning,
    events(SeatEvent),
    commands(Confirm, Refund)
)]
struct Usher {
    #[process_manager(key)]
    seat: String,
    paid: u32,
}

impl React<SeatEvent> for Usher {
    fn react(&mut self, event: &SeatEvent, context: &mut ReactContext<'_, Self>) {
        if let SeatEvent::Paid = event {
            self.paid += 1;
            let reason = self.seat.clone();
            context.send(Confirm {
                seat: reason.clone(),
            });
            context.send(Refund {
                seat: "till".to_owned(),
                reason,
            });
        }
    }
}

/// More than are taken out of the outbox at a time.
const FAR: usize = 150;

/// A program that writes without obstacles and feeds nothing, and one whose commands to the seats that are far fail.
async fn obstructed() -> (App<MemoryStore>, App<Obstructed>, Obstructed) {
    let store = MemoryStore::new();
    let writer = App::builder(store.clone()).registry(seats().build());
    let writer = writer.start().await.unwrap();
    writer.execute(reserve("till", "open")).await.unwrap();
    let obstructed = Obstructed::blocked(&store);
    let app = App::builder(obstructed.clone())
        .registry(seats().process_manager::<Usher>().build())
        .start()
        .await
        .unwrap();
    (writer, app, obstructed)
}

async fn sell(writer: &App<MemoryStore>, seat: &str) {
    writer.execute(reserve(seat, "open")).await.unwrap();
    writer.execute(pay(seat)).await.unwrap();
}

async fn confirmed<S: EventStore>(app: &App<S>, seat: &str) -> u32 {
    let seat = app.load::<Seat>(&seat.to_owned()).await.unwrap();
    seat.state().confirmed
}

/// Who was paid back, in that order.
async fn paid_back(writer: &App<MemoryStore>) -> Vec<String> {
    let history = writer.history::<Seat>(&"till".to_owned()).await.unwrap();
    let reasons = history.iter().filter_map(|event| match event.event() {
        Some(SeatEvent::Refunded { reason }) => Some(reason.clone()),
        _ => None,
    });
    reasons.collect()
}

async fn status(app: &App<Obstructed>) -> ProjectionStatus {
    app.status().await.unwrap().remove(0)
}

/// Waits, for a while, until it is so.
async fn until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn instances_whose_commands_cannot_be_tried_hold_up_no_other() {
    let (writer, app, obstructed) = obstructed().await;
    for number in 0..FAR {
        sell(&writer, &format!("far{number}")).await;
    }
    sell(&writer, "near").await;

    until("the one behind them is confirmed", async || {
        confirmed(&writer, "near").await == 1
    })
    .await;
    // Also one that comes while they wait.
    sell(&writer, "nearer").await;
    until("the one that came later is confirmed", async || {
        confirmed(&writer, "nearer").await == 1
    })
    .await;

    let failure = status(&app).await.last_error.unwrap();
    assert!(matches!(
        failure.failure(),
        ProjectionFailure::Command { .. }
    ));
    obstructed.unblock();
    until("all that waited is confirmed, once", async || {
        for number in 0..FAR {
            match confirmed(&writer, &format!("far{number}")).await {
                0 => return false,
                times => assert_eq!(times, 1),
            }
        }
        true
    })
    .await;
}

#[tokio::test]
async fn the_later_commands_of_an_instance_wait_behind_the_one_that_is_put_off() {
    let (writer, _app, obstructed) = obstructed().await;
    sell(&writer, "far").await;
    for number in 0..3 {
        sell(&writer, &format!("near{number}")).await;
    }

    until("the others are paid back", async || {
        paid_back(&writer).await.len() == 3
    })
    .await;
    until("the first was tried several times", async || {
        obstructed.failed.load(Ordering::SeqCst) > 3
    })
    .await;
    assert!(!paid_back(&writer).await.contains(&"far".to_owned()));

    obstructed.unblock();
    until("it is paid back too", async || {
        paid_back(&writer).await.len() == 4
    })
    .await;

    assert_eq!(
        paid_back(&writer).await.last().map(String::as_str),
        Some("far")
    );
    let last = async |seat: &str| {
        let history = writer.history::<Seat>(&seat.to_owned()).await.unwrap();
        history.last().unwrap().position()
    };
    assert_eq!(confirmed(&writer, "far").await, 1);
    assert!(last("far").await < last("till").await);
}

#[tokio::test]
async fn when_nothing_can_be_carried_out_it_says_so_and_still_takes_events() {
    let (writer, app, obstructed) = obstructed().await;
    sell(&writer, "far").await;

    let Err(AppError::Stopped(error)) = app.settled().await else {
        panic!("the command cannot be carried out");
    };

    let ProjectionFailure::Command { command, .. } = error.failure() else {
        panic!("{error}");
    };
    assert_eq!(command, "seat.confirm");
    assert!(error.to_string().contains("no way there"), "{error}");
    // Not told once and forgotten: it stays so.
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let state = status(&app).await.state;
        assert!(matches!(state, ProjectionState::Stopped { .. }));
    }
    assert_eq!(status(&app).await.outbox.unwrap().waiting, 2);
    // Its instances are rows like any other, and up to date.
    sell(&writer, "farther").await;
    let after = writer.head().await.unwrap();
    let instances = app.view::<Usher>().after(after);
    let instance = instances.get(&"farther".to_owned()).await.unwrap();
    assert_eq!(instance.unwrap().paid, 1);

    obstructed.unblock();
    // One may go on before the other is tried again.
    until("both go on", async || app.settled().await.is_ok()).await;
    assert_eq!(paid_back(&writer).await.len(), 2);
    until("it says so", async || {
        matches!(status(&app).await.state, ProjectionState::Live)
    })
    .await;
}

#[tokio::test]
async fn what_is_put_off_is_tried_again_with_growing_pauses() {
    let (writer, _app, obstructed) = obstructed().await;
    sell(&writer, "far").await;

    tokio::time::sleep(Duration::from_secs(2)).await;

    // Of pauses that double from 50 ms, each shortened at random, some ten fit into that time.
    let tried = obstructed.failed.load(Ordering::SeqCst);
    assert!((3..30).contains(&tried), "{tried}");
}
