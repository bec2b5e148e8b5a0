//! What is on record for a table beside its rows: until when it is being built, and why it does not go on.

use uuid::Uuid;

use super::{all, at, people, person, views, write};
use crate::store::{Skip, Stop, TableRecord, TableVersion, ViewStore, ViewStoreError, ViewTable};
use crate::testing::suite::StoreFactory;
use crate::{Position, Timestamp};

async fn record(views: &dyn ViewStore, table: &ViewTable) -> TableRecord {
    views.record(table).await.expect("the record is read")
}

async fn moved(views: &dyn ViewStore, table: &ViewTable, from: u64, to: u64) {
    let written = views.write(table, write(from, to, vec![], vec![]));
    written.await.expect("the checkpoint moves");
}

/// A table is being built until its checkpoint has come to where the log ended when it was made, whatever is said of that later. A swap keeps it.
pub async fn a_table_is_built_once_it_has_come_to_its_target<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let table = people().target(at(9));
    let missing = views.record(&table).await;
    assert!(
        matches!(missing, Err(ViewStoreError::NotOpen { .. })),
        "there is no table yet: {missing:?}"
    );
    views.open(&table).await.expect("the table is made");
    assert_eq!(
        record(&*views, &table).await,
        TableRecord::new(Position::START, at(9), None)
    );
    assert!(!record(&*views, &table).await.is_built());
    moved(&*views, &table, 0, 8).await;
    assert!(!record(&*views, &table).await.is_built());
    moved(&*views, &table, 8, 9).await;
    assert!(record(&*views, &table).await.is_built());

    let later = people().target(at(20));
    views.open(&later).await.expect("it is opened again");
    let kept = record(&*views, &later).await;
    assert_eq!(
        kept.target,
        at(9),
        "where the log ended when the table was made is kept"
    );
    assert!(kept.is_built());
    let mut second = later.clone();
    second.version = 2;
    views.open(&second).await.expect("another version is made");
    let of_second = record(&*views, &second).await;
    assert_eq!((of_second.target, of_second.is_built()), (at(20), false));

    let shadow = later.shadow();
    views.open(&shadow).await.expect("the shadow is made");
    moved(&*views, &shadow, 0, 12).await;
    assert!(views.promote(&shadow).await.expect("it is promoted"));
    let kept = record(&*views, &table).await;
    assert_eq!((kept.checkpoint, kept.target), (at(12), at(9)));

    views.remove("people").await.expect("it is removed");
    views.open(&later).await.expect("it is made anew");
    assert_eq!(record(&*views, &later).await.target, at(20));
}

/// A stop is on record until the checkpoint moves or an operator has what it stopped at passed over. It is put there under the term of who feeds the
/// table.
pub async fn a_stop_is_on_record_until_the_table_goes_on<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = people();
    let since = Timestamp::from_micros(1_700_000_000_000_001);
    let stop = |position| {
        let stop = Stop::new("it's \"broken\"; 💶", since);
        stop.at(at(position), "noted").behind_log_end(at(1))
    };
    let missing = views.put_stop(&people, None, stop(1)).await;
    assert!(
        matches!(missing, Err(ViewStoreError::NotOpen { .. })),
        "{missing:?}"
    );
    views.open(&people).await.expect("the table is made");
    views
        .open(&people.shadow())
        .await
        .expect("the shadow is made");
    let holder = Uuid::now_v7();
    let time = std::time::Duration::from_secs(600);
    views
        .lease(&people, holder, time)
        .await
        .expect("it is free");
    match views.put_stop(&people, Some(2), stop(3)).await {
        Err(ViewStoreError::Deposed { projection }) => assert_eq!(projection, "people"),
        other => panic!("no such term has begun: a refusal is due, not {other:?}"),
    }
    assert_eq!(record(&*views, &people).await.stop, None);

    for (position, told) in [(2, stop(2)), (3, stop(3))] {
        let put = views.put_stop(&people, Some(1), stop(position)).await;
        put.expect("it is put on record");
        assert_eq!(record(&*views, &people).await.stop, Some(told));
    }
    assert_eq!(record(&*views, &people.shadow()).await.stop, None);
    let ada = person("ada", None, 36);
    let changed = views.write(&people, write(0, 0, vec![ada.clone()], vec![]));
    changed.await.expect("a row is changed");
    assert_eq!(
        record(&*views, &people).await.stop,
        Some(stop(3)),
        "it stands where it stood"
    );
    moved(&*views, &people, 0, 3).await;
    assert_eq!(record(&*views, &people).await.stop, None, "it goes on");

    // Another event than the one that it stopped at.
    let skip = |position| views.skip(&people, Skip::new(at(position), "broken", since));
    let put = views.put_stop(&people, None, stop(5)).await;
    put.expect("who names no term is asked for none");
    skip(7).await.expect("it is kept");
    assert_eq!(record(&*views, &people).await.stop, Some(stop(5)));
    skip(5).await.expect("it is kept");
    assert_eq!(
        record(&*views, &people).await.stop,
        None,
        "what it stopped at is passed over"
    );
    assert_eq!(all(&*views, &people).await, [ada]);
}

/// A version is removed with its shadow and its skips. The others stay, and the outbox that they share.
pub async fn a_version_is_removed_alone<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let of_version = |version| {
        let mut people = people();
        people.version = version;
        people
    };
    let (first, second) = (of_version(1), of_version(2));
    let skip = || Skip::new(at(9), "broken", Timestamp::from_micros(1));
    for table in [&first, &second] {
        views.open(table).await.expect("the table is made");
        views.skip(table, skip()).await.expect("it is kept");
        let ada = person("ada", Some("a@x"), i64::from(table.version));
        let mut fed = write(0, 3, vec![ada], vec![]);
        fed.sends = vec![super::entry(table.version.into(), 1)];
        views.write(table, fed).await.expect("it is fed");
    }
    views
        .open(&first.shadow())
        .await
        .expect("the shadow is made");
    let there = |version| TableVersion::new(version, at(0), at(3));
    let versions = views.versions("people").await.expect("they are read");
    assert_eq!(versions, [there(1), there(2)], "both, and no shadow");
    assert_eq!(views.versions("nobody").await.expect("read"), []);
    let absent = views.remove_version("people", 3).await;
    assert!(
        !absent.expect("it is looked for"),
        "there is no such version"
    );
    assert!(
        !views
            .remove_version("nobody", 1)
            .await
            .expect("it is looked for")
    );

    assert!(
        views
            .remove_version("people", 1)
            .await
            .expect("it is removed")
    );

    for gone in [&first, &first.shadow()] {
        let gone = views.record(gone).await;
        assert!(
            matches!(gone, Err(ViewStoreError::NotOpen { .. })),
            "{gone:?}"
        );
    }
    let there = views.record(&second).await;
    assert!(there.is_ok(), "the other version stays: {there:?}");
    let versions = views.versions("people").await.expect("they are read");
    let versions: Vec<u32> = versions.iter().map(|it| it.version).collect();
    assert_eq!(versions, [2], "what was removed is no version any more");
    let left = all(&*views, &second).await;
    assert_eq!(
        left,
        [person("ada", Some("a@x"), 2)],
        "the other version stays"
    );
    assert_eq!(views.skips(&second).await.expect("read"), [skip()]);
    let outbox = views.outbox_status("people").await.expect("it is read");
    assert_eq!(outbox.waiting, 2, "the versions share their outbox");
    views.open(&first).await.expect("it is made anew");
    assert_eq!(all(&*views, &first).await, Vec::<crate::store::Row>::new());
    assert_eq!(views.skips(&first).await.expect("read"), []);

    assert!(
        views
            .remove_version("people", 2)
            .await
            .expect("it is removed")
    );
    assert!(
        views
            .remove_version("people", 1)
            .await
            .expect("it is removed")
    );
    let outbox = views.outbox_status("people").await.expect("it is read");
    assert_eq!(outbox.waiting, 0, "the outbox goes with the last version");
}
