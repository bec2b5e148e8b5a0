//! Process managers: what they send is carried out once, whatever happens; what is refused comes back, or waits for an operator.

mod beside;
mod carried_out;
mod deadlines;
mod domain;
mod moved;
mod obstructed;
mod put_off;
mod refused;
mod takeover;
mod versions;

use std::time::Duration;

use domain::{Seat, seats};
use eventsource_core::app::ProjectionState;
use eventsource_core::prelude::*;
use eventsource_core::{ManualClock, ProcessManager};

async fn app_of<P: ProcessManager>(store: &MemoryStore, clock: &ManualClock) -> App<MemoryStore> {
    App::builder(store.clone())
        .registry(seats().process_manager::<P>().build())
        .clock(clock.clone())
        .start()
        .await
        .unwrap()
}

fn clock() -> ManualClock {
    ManualClock::at("2026-03-01T10:00:00Z".parse().unwrap())
}

fn later(clock: &ManualClock, micros: i64) {
    use eventsource_core::Clock as _;
    clock.set(Timestamp::from_micros(clock.now().as_micros() + micros));
}

async fn seat(app: &App<MemoryStore>, seat: &str) -> Seat {
    app.load::<Seat>(&seat.to_owned())
        .await
        .unwrap()
        .into_state()
}

/// Waits until the process manager has seen the log's end.
async fn live(app: &App<MemoryStore>) {
    while !matches!(app.status().await.unwrap()[0].state, ProjectionState::Live) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
