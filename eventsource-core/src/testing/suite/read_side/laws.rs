//! Live, rebuilt and from scratch: the same rows.

use super::counter::{COUNTERS, Sum, SumAnew, sums};
use super::program::Side;
use super::scratch::scratch;
use crate::app::ViewError;
use crate::testing::suite::StoreFactory;
use crate::testing::suite::record::claimed_in_part;

/// How many amounts each writer adds.
const EACH: u64 = 20;

/// A read model that is rebuilt again and again while others write holds what the live one holds, which is what a fold of the log from scratch
/// comes to.
pub async fn rebuilt_rows_are_the_live_ones_and_the_fold_from_scratch<F: StoreFactory>(factory: F) {
    let side = Side::of(factory).await;
    let program = side.start(sums()).await;
    let write = async |writer: u64| {
        for number in 0..EACH {
            // Every writer writes to every counter, and now and then one's row goes.
            let (counter, amount) = ((writer + number) % 5, (writer * 3 + number) % 11);
            let counter = COUNTERS[usize::try_from(counter).unwrap_or_default()];
            program.add(counter, amount).await;
        }
    };
    let rebuild = async {
        for _ in 0..3 {
            let rebuilt = program.app.rebuild::<Sum>().await;
            assert!(
                matches!(rebuilt, Ok(_) | Err(ViewError::TooBusy { .. })),
                "{rebuilt:?}"
            );
        }
    };
    tokio::join!(write(0), write(1), write(2), write(3), rebuild);
    program.add(COUNTERS[0], 0).await;
    program.settled().await;

    let right = scratch(program.app.store()).await;
    assert_eq!(
        program.rows::<Sum>().await,
        right,
        "the live rows are those of a fold from scratch"
    );
    let position = program.app.rebuild::<Sum>().await;
    position.expect("it is rebuilt");
    assert_eq!(
        program.rows::<Sum>().await,
        right,
        "the rebuilt rows are those of a fold from scratch"
    );
}

/// However the log is cut into what is folded together, with the rows in memory or read back from their table, the rows are the same.
pub async fn any_cut_into_batches_gives_the_same_rows<F: StoreFactory>(factory: F) {
    // The third one ends with the end of a row, which begins anew in the next.
    const CUTS: [u64; 5] = [1, 7, 3, 12, 4];
    let side = Side::of(factory).await;
    if !side.is_shared {
        // Nothing is read back.
        claimed_in_part();
    }
    let mut program = side.start(sums()).await;
    let mut number = 0;
    for (cut, events) in CUTS.into_iter().enumerate() {
        for _ in 0..events {
            let counter = COUNTERS[usize::try_from(number % 3).unwrap_or_default()];
            program.add(counter, number % 10).await;
            number += 1;
        }
        program.settled().await;
        if side.is_shared && cut + 1 < CUTS.len() {
            program.shut_down().await;
            program = side.start(sums()).await;
        }
    }
    let right = scratch(program.app.store()).await;
    assert_eq!(
        program.rows::<Sum>().await,
        right,
        "rows that were read back go on as if they had stayed in memory"
    );
    if side.is_shared {
        // Another version is built from the whole log at once.
        let anew = side.start(sums().projection::<SumAnew>()).await;
        anew.settled().await;
        assert_eq!(
            anew.rows::<SumAnew>().await,
            right,
            "all at once comes to the same as piece by piece"
        );
    }
}
