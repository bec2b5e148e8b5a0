//! Where versions begin, how far others had come by then, and which events they pass over.

use super::{at, checkpoint, people, views, write};
use crate::store::{Skip, ViewStore, ViewTable};
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
