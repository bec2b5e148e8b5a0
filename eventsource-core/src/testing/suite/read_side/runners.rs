//! Two programs, of which one feeds.

use std::time::Instant;

use tokio::time::sleep;

use super::counter::{COUNTERS, Sum, sums};
use super::program::{LEASE, Program, Side, until};
use super::scratch::scratch;
use crate::store::EventStore;
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
    let (feeding, other) = one_of(first, second).await;

    // It dies while it has work.
    for (amount, counter) in (1..20).zip(COUNTERS.into_iter().cycle()) {
        other.add(counter, amount % 7).await;
    }
    drop(feeding);
    let died = Instant::now();

    until("the other program goes on", || other.feeds::<Sum>()).await;
    // A lease, and what a busy machine takes for the rest.
    let most = LEASE * 20;
    assert!(
        died.elapsed() < most,
        "it goes on after {:?}",
        died.elapsed()
    );
    other.add("a", 3).await;
    other.settled().await;
    assert_eq!(
        other.rows::<Sum>().await,
        scratch(other.app.store()).await,
        "each event is folded once, whoever feeds"
    );
}

/// The one that feeds, and the one that stands by. A machine that stands still for longer than a lease hands the work over, so it is asked again.
async fn one_of<S: EventStore>(first: Program<S>, second: Program<S>) -> (Program<S>, Program<S>) {
    let asked = Instant::now();
    loop {
        match (first.feeds::<Sum>().await, second.feeds::<Sum>().await) {
            (true, false) => return (first, second),
            (false, true) => return (second, first),
            both => assert!(
                asked.elapsed() < LEASE * 10,
                "one of two programs feeds a read model: {both:?}"
            ),
        }
        sleep(LEASE / 10).await;
    }
}
