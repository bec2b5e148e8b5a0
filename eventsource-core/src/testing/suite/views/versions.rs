//! Where versions begin, how far others had come by then, and which events they pass over.

use std::time::Duration;

use uuid::Uuid;

use super::{at, checkpoint, people, views, write};
use crate::store::{Lease, Skip, ViewStore, ViewStoreError, ViewTable};
use crate::testing::suite::StoreFactory;
use crate::{Position, Timestamp};

fn of_version(version: u32, begins: u64) -> ViewTable {
    let mut people = people().begins(at(begins));
    people.version = version;
    people
}

async fn moved(views: &dyn ViewStore, table: &ViewTable, from: u64, to: u64) {
    let written = views.write(table, write(from, to, vec![], vec![]));
    written.await.expect("the checkpoint moves");
}

async fn passed(views: &dyn ViewStore, table: &ViewTable) -> Position {
    views.passed(table).await.expect("it is read")
}

/// The first version begins where it is told to, later ones where the oldest began; how far other versions have come is told,
/// and shadows do not count.
pub async fn a_version_begins_where_the_oldest_began<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let first = of_version(1, 4);
    assert_eq!(views.open(&first).await.expect("it is made"), at(4));
    assert_eq!(checkpoint(&*views, &first).await, at(4));
    assert_eq!(passed(&*views, &first).await, at(4), "there were none");
    moved(&*views, &first, 4, 9).await;

    let second = of_version(2, 7);
    assert_eq!(
        views.open(&second).await.expect("it is made"),
        at(4),
        "a new version begins where the oldest began"
    );
    assert_eq!(
        passed(&*views, &second).await,
        at(9),
        "how far others had come when it was made"
    );
    moved(&*views, &first, 9, 12).await;
    assert_eq!(
        passed(&*views, &second).await,
        at(12),
        "how far another one has come since"
    );
    assert_eq!(passed(&*views, &first).await, at(4));

    let shadow = first.shadow();
    assert_eq!(views.open(&shadow).await.expect("it is made"), at(4));
    moved(&*views, &shadow, 4, 20).await;
    let third = of_version(3, 0);
    assert_eq!(views.open(&third).await.expect("it is made"), at(4));
    assert_eq!(passed(&*views, &third).await, at(12));

    assert!(views.promote(&shadow).await.expect("it is promoted"));
    assert_eq!(checkpoint(&*views, &first).await, at(20));
    assert_eq!(passed(&*views, &first).await, at(4), "a swap keeps it");
    let opened = views.open(&of_version(1, 11)).await;
    assert_eq!(opened.expect("it is there"), at(20), "it has begun already");

    views.remove("people").await.expect("it is removed");
    assert_eq!(
        views.open(&of_version(2, 7)).await.expect("it is made"),
        at(7),
        "with the others, where they began is gone"
    );
    assert_eq!(passed(&*views, &second).await, at(7));
}

/// Skips are kept for one version of a read model, in the order of their positions; the first at a position stays. The shadow has those of the
/// served table.
pub async fn skips_are_on_record<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let (people, other) = (of_version(1, 0), of_version(2, 0));
    let skip = |position, reason: &str| {
        let ordered_at = Timestamp::from_micros(1_700_000_000_000_001);
        Skip::new(at(position), reason, ordered_at)
    };
    let missing = views.skip(&people, skip(1, "there is no table")).await;
    assert!(missing.is_err(), "there is no table yet");
    for table in [&people, &other] {
        views.open(table).await.expect("the table is made");
    }
    let ordered = [
        (people.clone(), skip(7, "it's \"broken\"; 💶")),
        (people.clone(), skip(3, "")),
        (people.clone(), skip(7, "another reason")),
        (people.shadow(), skip(5, "ordered while it is built anew")),
    ];
    for (table, skip) in ordered {
        views.skip(&table, skip).await.expect("it is kept");
    }
    let expected = [
        skip(3, ""),
        skip(5, "ordered while it is built anew"),
        skip(7, "it's \"broken\"; 💶"),
    ];
    views
        .open(&people.shadow())
        .await
        .expect("the shadow is made");
    for table in [people.clone(), people.shadow()] {
        let skips = views.skips(&table).await.expect("skips are read");
        assert_eq!(skips, expected, "shadow: {}", table.shadow);
    }
    assert!(
        views
            .promote(&people.shadow())
            .await
            .expect("it is promoted")
    );
    assert_eq!(views.skips(&people).await.expect("read"), expected);
    assert_eq!(
        views.skips(&other).await.expect("read"),
        [],
        "another version has skips of its own"
    );

    views.remove("people").await.expect("it is removed");
    views.open(&people).await.expect("it is made anew");
    let left = views.skips(&people).await.expect("skips are read");
    assert_eq!(left, [], "its skips went with it");
}

/// Only what was not folded yet can be passed over, and whoever feeds the table hears of it: a new term begins, so that nothing is written that was
/// folded without the skip. A shadow that has passed the position is removed.
pub async fn a_skip_is_heard_of_before_anything_is_folded<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let table = of_version(1, 0);
    let shadow = table.shadow();
    views.open(&table).await.expect("the table is made");
    moved(&*views, &table, 0, 5).await;
    let skip = |position| {
        let skip = Skip::new(at(position), "broken", Timestamp::from_micros(1));
        views.skip(&table, skip)
    };
    let mut terms = Vec::new();
    for (holder, of) in [(Uuid::now_v7(), &table), (Uuid::now_v7(), &shadow)] {
        views.open(of).await.expect("it is there");
        let lease = views.lease(of, holder, Duration::from_secs(600)).await;
        let Ok(Lease::Held { term }) = lease else {
            panic!("the lease is free: {lease:?}");
        };
        terms.push((of, term));
    }
    for position in [4, 5] {
        match skip(position).await {
            Err(ViewStoreError::Folded {
                projection,
                position: refused,
                checkpoint,
            }) => assert_eq!(
                (&*projection, refused, checkpoint),
                ("people", at(position), at(5))
            ),
            other => panic!("it is folded already: a refusal is due, not {other:?}"),
        }
    }
    assert_eq!(views.skips(&table).await.expect("read"), []);
    let under = |term, from| {
        let mut write = write(from, from + 1, vec![], vec![]);
        write.term = Some(term);
        write
    };
    for ((of, term), from) in terms.iter().zip([5, 0]) {
        let written = views.write(of, under(*term, from)).await;
        written.expect("a skip that is refused deposes nobody");
    }

    skip(8).await.expect("it is kept");
    for ((of, term), from) in terms.iter().zip([6, 1]) {
        let late = views.write(of, under(*term, from)).await;
        assert!(
            matches!(late, Err(ViewStoreError::Deposed { .. })),
            "whoever feeds it has to hear of the skip first: {late:?}"
        );
        let lease = views.lease(of, Uuid::now_v7(), Duration::from_secs(600));
        let lease = lease.await.expect("an answer is given");
        assert_eq!(lease, Lease::Held { term: term + 2 }, "nobody has it");
    }
    moved(&*views, &shadow, 1, 12).await;
    skip(12).await.expect("it is kept");
    let gone = views.checkpoint(&table).await;
    assert_eq!(gone.expect("the served table stays"), at(6));
    let gone = views.record(&shadow).await;
    assert!(
        matches!(gone, Err(ViewStoreError::NotOpen { .. })),
        "what was built past the position is gone: {gone:?}"
    );
}
