//! Deadlines that outlive what they were set by: the program, or the instance.

use eventsource_core::ManualClock;
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::{KEPT, LetGo, Reservation, SeatEvent, pay, reserve, seats};
use crate::{app_of, clock, later, seat};

/// Has each seat let go after a while, whatever happens, and remembers nothing of it.
#[derive(ProcessManager, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[process_manager(
    name = "forgetful",
    version = 1,
    from = beginning,
    events(SeatEvent, Rejected<LetGo>),
    commands(LetGo)
)]
struct Forgetful {
    #[process_manager(key)]
    seat: String,
}

impl React<SeatEvent> for Forgetful {
    fn react(&mut self, event: &SeatEvent, context: &mut ReactContext<'_, Self>) {
        if let SeatEvent::Reserved { .. } = event {
            let at = Timestamp::from_micros(context.recorded_at().as_micros() + KEPT);
            let seat = self.seat.clone();
            context.schedule(at, LetGo { seat });
        }
        context.complete();
    }
}

impl React<Rejected<LetGo>> for Forgetful {
    fn react(&mut self, _: &Rejected<LetGo>, _: &mut ReactContext<'_, Self>) {}
}

/// A program that executes and feeds nothing.
async fn writer(store: &MemoryStore, clock: &ManualClock) -> App<MemoryStore> {
    App::builder(store.clone())
        .registry(seats().build())
        .clock(clock.clone())
        .start()
        .await
        .unwrap()
}

#[tokio::test]
async fn what_was_scheduled_by_an_instance_that_has_ended_is_carried_out() {
    let (store, clock) = (MemoryStore::new(), clock());
    let app = app_of::<Forgetful>(&store, &clock).await;
    app.execute(reserve("a1", "open")).await.unwrap();
    app.settled().await.unwrap();
    let instance = app.view::<Forgetful>().get(&"a1".to_owned()).await.unwrap();
    assert_eq!(instance, None);
    assert!(!seat(&app, "a1").await.free);

    later(&clock, KEPT);
    app.settled().await.unwrap();

    assert!(seat(&app, "a1").await.free);
}

#[tokio::test]
async fn a_refusal_that_no_instance_is_left_to_react_to_is_parked() {
    let (store, clock) = (MemoryStore::new(), clock());
    let app = app_of::<Forgetful>(&store, &clock).await;
    app.execute(reserve("a1", "open")).await.unwrap();
    app.execute(pay("a1")).await.unwrap();
    app.settled().await.unwrap();

    later(&clock, KEPT);
    app.settled().await.unwrap();

    let parked = app.parked::<Forgetful>(2).await.unwrap();
    assert_eq!(parked.len(), 1);
    assert_eq!(parked[0].command, "seat.let_go");
    let reason = &parked[0].reason;
    assert!(reason.contains("the seat is paid"), "{reason}");
    assert!(reason.contains("its instance has ended"), "{reason}");
    // No instance came to be by that.
    let instance = app.view::<Forgetful>().get(&"a1".to_owned()).await.unwrap();
    assert_eq!(instance, None);
}

#[tokio::test]
async fn a_deadline_that_passes_while_nothing_runs_is_kept_after_the_restart() {
    let (store, clock) = (MemoryStore::new(), clock());
    let app = app_of::<Reservation>(&store, &clock).await;
    app.execute(reserve("a1", "open")).await.unwrap();
    app.settled().await.unwrap();
    app.shutdown().await.unwrap();
    later(&clock, KEPT);

    let app = app_of::<Reservation>(&store, &clock).await;
    app.settled().await.unwrap();

    assert!(seat(&app, "a1").await.free);
}

#[tokio::test]
async fn what_is_called_off_in_what_is_still_to_be_read_is_not_carried_out_first() {
    let (store, clock) = (MemoryStore::new(), clock());
    let app = app_of::<Reservation>(&store, &clock).await;
    app.execute(reserve("a1", "open")).await.unwrap();
    app.settled().await.unwrap();
    app.shutdown().await.unwrap();
    let writer = writer(&store, &clock).await;
    // More than a page stands before the payment that calls the deadline off.
    for number in 0..5_000 {
        let seat = format!("s{number}");
        writer.execute(reserve(&seat, "open")).await.unwrap();
    }
    writer.execute(pay("a1")).await.unwrap();
    later(&clock, KEPT);

    let app = app_of::<Reservation>(&store, &clock).await;
    let log = writer.head().await.unwrap();
    app.view::<Reservation>()
        .after(log)
        .get(&"a1".to_owned())
        .await
        .unwrap();
    while seat(&app, "a1").await.confirmed == 0 {
        tokio::task::yield_now().await;
    }

    assert!(!seat(&app, "a1").await.free);
}
