//! A runner in which something panics that no fold is guarded against.

#![cfg(test)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::timeout;
use uuid::Uuid;

use super::{Fixture, Rung, folded_by};
use crate::app::{ProjectionFailure, ProjectionState};
use crate::prelude::*;
use crate::store::{Lease, ViewStore as _, ViewWrite};

static BREAKS: AtomicBool = AtomicBool::new(false);

/// A row that cannot be let go of, for a while.
#[derive(Projection, Default, Debug, Clone, PartialEq)]
#[projection(name = "brittle", version = 1, events(Rung))]
struct Brittle {
    #[projection(key)]
    bell: String,
    breaks: u64,
}

impl Project<Rung> for Brittle {
    fn project(&mut self, _: &Rung, _: &EventContext<'_>) {
        self.breaks = 1;
    }
}

impl Drop for Brittle {
    fn drop(&mut self) {
        assert!(
            self.breaks == 0 || !BREAKS.load(Ordering::Relaxed),
            "it breaks"
        );
    }
}

#[tokio::test]
async fn a_panic_is_told_as_a_stop_and_lets_another_one_work() {
    let Fixture {
        views,
        table,
        stop,
        mut runner,
        mut progress,
        ..
    } = folded_by::<Brittle>().await;
    // Who is fenced lets go of its rows.
    let moved = ViewWrite::new(Position::START, Position::START.next());
    views.write(&table, moved).await.unwrap();
    runner.cursor = Position::START.next();
    BREAKS.store(true, Ordering::Relaxed);
    let nudge = Arc::clone(&runner.duty.nudge);
    let running = tokio::spawn(runner.run());
    let long = Duration::from_secs(10);

    let stopped = progress.wait_for(|progress| progress.stopped().is_some());
    let told = timeout(long, stopped).await.unwrap().unwrap().clone();

    let error = told.stopped().unwrap();
    assert!(matches!(error.failure(), ProjectionFailure::Panic));
    assert!(error.holds_up_rows());
    let rival = Uuid::now_v7();
    let lease = views.lease(&table, rival, long).await;
    assert!(matches!(lease, Ok(Lease::Held { .. })), "{lease:?}");

    views.release(&table, rival).await.unwrap();
    BREAKS.store(false, Ordering::Relaxed);
    nudge.notify_one();
    let live = progress.wait_for(|progress| matches!(progress.state, ProjectionState::Live));
    timeout(long, live).await.unwrap().unwrap();

    stop.send_replace(true);
    running.await.unwrap();
}
