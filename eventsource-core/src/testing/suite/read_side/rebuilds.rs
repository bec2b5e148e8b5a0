//! Rebuilds that end early.

use std::future::IntoFuture as _;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::counter::{COUNTERS, Sum, sums};
use super::program::{Program, Side};
use super::scratch::scratch;
use crate::Projection as _;
use crate::app::ViewError;
use crate::runner::view_table;
use crate::store::{EventStore, Row, ViewWrite};
use crate::testing::suite::StoreFactory;

const REBUILT: &str = "the rebuilt rows are those that the log leads to";

/// A rebuild that is given up, whenever that is, leaves the served rows whole; one that goes on from there comes to the rows that the log leads to.
pub async fn a_rebuild_that_is_given_up_is_taken_up_again<F: StoreFactory>(factory: F) {
    let side = Side::of(factory).await;
    let program = side.start(sums()).await;
    for (amount, counter) in (1..20).zip(COUNTERS.into_iter().cycle()) {
        program.add(counter, amount % 7).await;
    }
    program.settled().await;
    let right = scratch(program.app.store()).await;
    assert_eq!(program.rows::<Sum>().await, right);
    let spoilt = spoil(&program).await;
    assert_ne!(spoilt, right);

    for patience in [0, 1, 3] {
        let rebuild = program.app.rebuild::<Sum>().into_future();
        // Where it was given up behind the swap, the swap stands.
        let _ = timeout(Duration::from_millis(patience), rebuild).await;
        let rows = program.rows::<Sum>().await;
        assert!(
            rows == spoilt || rows == right,
            "whoever reads sees the old rows or the new ones, and nothing between: {rows:?}"
        );
        if rows == right {
            spoil(&program).await;
        }
    }
    while let Err(error) = program.app.rebuild::<Sum>().resume().await {
        // The one that was given up has it for as long as its lease lasts, where it had no time to give it back.
        assert!(matches!(error, ViewError::Rebuilding { .. }), "{error}");
        sleep(Duration::from_millis(20)).await;
    }

    assert_eq!(program.rows::<Sum>().await, right, "{REBUILT}");
    program.add("a", 4).await;
    program.settled().await;
    assert_eq!(
        program.rows::<Sum>().await,
        scratch(program.app.store()).await,
        "the rebuilt rows are fed on"
    );
}

/// Puts a row into the served table that no event leads to. All rows.
async fn spoil<S: EventStore>(program: &Program<S>) -> Vec<Row> {
    let table = view_table(Sum::DESCRIPTOR);
    let here = program.views.checkpoint(&table).await;
    let here = here.expect("the checkpoint is read");
    let mut write = ViewWrite::new(here, here);
    let wrong = Sum {
        counter: "nobody's".to_owned(),
        ..Sum::default()
    };
    write.upserts = vec![wrong.to_row().expect("it is a row")];
    let written = program.views.write(&table, write).await;
    written.expect("rows can be written without moving the checkpoint");
    program.rows::<Sum>().await
}
