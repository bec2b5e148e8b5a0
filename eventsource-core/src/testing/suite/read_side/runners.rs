//! Two programs, of which one feeds.

use std::time::Instant;

use super::counter::{COUNTERS, Sum, sums};
use super::program::{LEASE, Side, until};
use super::scratch::scratch;
use crate::testing::suite::StoreFactory;
use crate::testing::suite::record::unclaimed;

/// Of two programs on one log, one feeds a read model, and the other stands by. It goes on within seconds of the first one's death, from where that
/// one was, and no event is folded twice.
pub async fn one_program_feeds_and_another_goes_on_once_it_has_died<F: StoreFactory>(factory: F) {
    let side = Side::of(factory).await;
    if !side.is_shared {
        return unclaimed();
    }
    let first = side.start(sums()).await;
    first.add("a", 1).await;
    first.settled().await;
    let second = side.start(sums()).await;
    second.add("a", 2).await;
    second.settled().await;
    assert_eq!(
        (first.feeds::<Sum>().await, second.feeds::<Sum>().await),
        (true, false),
        "one of two programs feeds a read model"
    );

    // It dies while it has work.
    for (amount, counter) in (1..20).zip(COUNTERS.into_iter().cycle()) {
        second.add(counter, amount % 7).await;
    }
    drop(first);
    let died = Instant::now();

    until("the other program goes on", || second.feeds::<Sum>()).await;
    // A lease, and what a busy machine takes for the rest.
    let most = LEASE * 20;
    assert!(
        died.elapsed() < most,
        "it goes on after {:?}",
        died.elapsed()
    );
    second.add("a", 3).await;
    second.settled().await;
    assert_eq!(
        second.rows::<Sum>().await,
        scratch(second.app.store()).await,
        "each event is folded once, whoever feeds"
    );
}
