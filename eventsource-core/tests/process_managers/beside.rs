//! Instances and outbox in another store than the events.

use eventsource_core::prelude::*;
use eventsource_core::store::OutboxStatus;

use crate::domain::{KEPT, Reservation, reserve, seats};
use crate::{clock, later, seat};

#[tokio::test]
async fn instances_and_outbox_may_be_kept_in_another_store_than_the_events() {
    let (events, read_side, clock) = (MemoryStore::new(), MemoryStore::new(), clock());
    let start = || async {
        App::builder(events.clone())
            .registry(seats().projection::<Reservation>().build())
            .views(read_side.clone().views().unwrap())
            .clock(clock.clone())
            .start()
            .await
            .unwrap()
    };
    let app = start().await;
    app.execute(reserve("a1", "open")).await.unwrap();
    app.settled().await.unwrap();
    app.shutdown().await.unwrap();

    // What was scheduled outlives the program.
    let app = start().await;
    later(&clock, KEPT);
    app.settled().await.unwrap();

    assert!(seat(&app, "a1").await.free);
    let beside = events
        .views()
        .unwrap()
        .outbox_status("reservation")
        .await
        .unwrap();
    assert_eq!(beside, OutboxStatus::default());
}
