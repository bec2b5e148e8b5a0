//! Outboxes: in the rows' own transaction, in the order of due times, each entry once, parked ones aside.

use uuid::Uuid;

use super::{all, at, checkpoint, entry, people, person, text, views, write};
use crate::Timestamp;
use crate::store::{
    EventStore as _, Lease, OutboxEntry, OutboxQuery, OutboxStatus, Resolution, Skip, Stop,
    TableRecord, Value, ViewStore, ViewStoreError, ViewWrite,
};
use crate::testing::suite::StoreFactory;
use crate::testing::suite::fixture::{CANARY, open};
use crate::testing::suite::hostile::all_of;
use crate::testing::suite::record::{reopens, unclaimed};

fn micros(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// A write from a position to the next one.
fn changes(from: u64) -> ViewWrite {
    write(from, from + 1, vec![], vec![])
}

async fn due(views: &dyn ViewStore, process: &str, time: i64, limit: usize) -> Vec<OutboxEntry> {
    let query = OutboxQuery::Due {
        at: micros(time),
        limit,
    };
    let entries = views.outbox(process, query).await;
    entries.expect("the outbox is read")
}

async fn due_ids(views: &dyn ViewStore, time: i64) -> Vec<u128> {
    let entries = due(views, "people", time, 100).await;
    entries.iter().map(|entry| entry.id.as_u128()).collect()
}

async fn parked(views: &dyn ViewStore, limit: usize) -> Vec<(u128, Option<String>)> {
    let query = OutboxQuery::Parked { limit };
    let entries = views.outbox("people", query).await;
    let entries = entries.expect("the outbox is read").into_iter();
    entries
        .map(|entry| (entry.id.as_u128(), entry.parked))
        .collect()
}

async fn status(views: &dyn ViewStore, process: &str) -> OutboxStatus {
    views.outbox_status(process).await.expect("it is read")
}

/// Entries that are due come in the order of their times, and those of one time in the order in which they were sent.
pub async fn an_outbox_is_in_the_order_of_its_times<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = people();
    views.open(&people).await.expect("the table is made");
    assert_eq!(status(&*views, "people").await, OutboxStatus::default());
    assert_eq!(due_ids(&*views, i64::MAX).await, []);

    let mut first = changes(0);
    first.sends = vec![
        entry(9, 30),
        entry(8, 10),
        entry(7, -5),
        entry(6, 10),
        entry(5, 20),
    ];
    views.write(&people, first).await.expect("they are sent");
    let mut second = changes(1);
    second.sends = vec![entry(4, 10), entry(3, 40), entry(2, 20)];
    views.write(&people, second).await.expect("they are sent");

    assert_eq!(due_ids(&*views, -6).await, [], "nothing is due yet");
    assert_eq!(due_ids(&*views, 9).await, [7]);
    assert_eq!(
        due_ids(&*views, 10).await,
        [7, 8, 6, 4],
        "the earliest first, and of one time the first that was sent"
    );
    assert_eq!(due_ids(&*views, 40).await, [7, 8, 6, 4, 5, 2, 9, 3]);
    for limit in 0..3 {
        let found = due(&*views, "people", 40, limit).await;
        assert_eq!(found.len(), limit, "no more than are asked for");
    }
    assert_eq!(
        status(&*views, "people").await,
        OutboxStatus::new(8, Some(micros(-5)), 0)
    );

    let mut third = changes(2);
    third.removes = vec![id(7), id(8), id(3), id(77)];
    third.sends = vec![entry(1, 10)];
    let carried = views.write(&people, third).await;
    carried.expect("what was carried out is removed, and what is not there is passed over");
    assert_eq!(due_ids(&*views, 40).await, [6, 4, 1, 5, 2, 9]);
    assert_eq!(
        status(&*views, "people").await,
        OutboxStatus::new(6, Some(micros(10)), 0)
    );
}

/// Every part of an entry comes back as it went in.
pub async fn an_entry_comes_back_whole<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = people();
    views.open(&people).await.expect("the table is made");
    let instances = [
        Value::Null,
        Value::Integer(i64::MIN),
        Value::Boolean(true),
        text("1"),
        text(""),
        text("'; -- 💶"),
        Value::Bytes(vec![0, 255]),
        Value::Timestamp(micros(-1)),
        Value::Uuid(Uuid::max()),
        Value::Json("[1,\"a\"]".to_owned()),
    ];
    let entries: Vec<OutboxEntry> = (1..)
        .zip(instances)
        .map(|(number, instance)| {
            OutboxEntry::new(
                id(number),
                instance,
                format!("suite.command{number}"),
                u16::MAX,
                format!("{{\"secret\":\"{CANARY}\",\"number\":{number}}}").into_bytes(),
                micros(1_700_000_000_000_001),
                vec![0, 255, 1, 128],
            )
        })
        .collect();
    let mut sending = changes(0);
    sending.sends.clone_from(&entries);
    views.write(&people, sending).await.expect("they are sent");
    let found = due(&*views, "people", i64::MAX, 100).await;
    assert_eq!(found.len(), entries.len());
    for (found, sent) in found.iter().zip(&entries) {
        assert!(found == sent, "{found:?} was sent as {sent:?}");
    }
    let told = format!("{found:?}");
    assert!(!told.contains(CANARY), "a command is told: {told}");
}

/// An entry whose id is there already is left as it is: what is folded again sends nothing twice.
pub async fn what_is_sent_again_is_kept_once<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = people();
    views.open(&people).await.expect("the table is made");
    let first = entry(1, 10);
    let mut other = entry(1, 5);
    other.payload = b"{}".to_vec();
    let mut sending = changes(0);
    sending.sends = vec![first.clone(), other.clone()];
    views.write(&people, sending).await.expect("it is sent");
    let mut again = changes(1);
    again.sends = vec![other.clone(), entry(2, 20)];
    views.write(&people, again).await.expect("the rest is sent");
    assert_eq!(
        due(&*views, "people", 30, 100).await,
        [first.clone(), entry(2, 20)],
        "the first of an id stays"
    );
    let mut parking = changes(2);
    parking.parks = vec![(first.id, "refused".to_owned())];
    views.write(&people, parking).await.expect("it is parked");
    let mut again = changes(3);
    again.sends = vec![other];
    views
        .write(&people, again)
        .await
        .expect("it is there already");
    assert_eq!(due_ids(&*views, 30).await, [2], "it stays parked");
}

/// A parked entry is not due, is told with its reason, and waits until it is tried again or discarded.
pub async fn a_parked_entry_waits_for_a_decision<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = people();
    views.open(&people).await.expect("the table is made");
    let mut sending = changes(0);
    sending.sends = (1..=5_i64)
        .map(|n| entry(n.unsigned_abs().into(), 10 - n))
        .collect();
    views.write(&people, sending).await.expect("they are sent");
    let mut parking = changes(1);
    let because = |number: u128| (id(number), format!("refused: {number}"));
    parking.parks = vec![because(1), because(4), because(3), because(9)];
    views
        .write(&people, parking)
        .await
        .expect("three are parked");

    assert_eq!(
        due_ids(&*views, 100).await,
        [5, 2],
        "a parked entry is not due"
    );
    let told = |number: u128| (number, Some(format!("refused: {number}")));
    assert_eq!(parked(&*views, 100).await, [told(4), told(3), told(1)]);
    assert_eq!(parked(&*views, 2).await, [told(4), told(3)]);
    assert_eq!(
        status(&*views, "people").await,
        OutboxStatus::new(2, Some(micros(5)), 3)
    );

    for (number, resolution, decided) in [
        (3, Resolution::Retry, true),
        (3, Resolution::Retry, false),
        (3, Resolution::Discard, false),
        (2, Resolution::Discard, false),
        (9, Resolution::Retry, false),
        (4, Resolution::Discard, true),
        (4, Resolution::Discard, false),
    ] {
        let found = views.resolve("people", id(number), resolution).await;
        assert_eq!(
            found.expect("it is decided"),
            decided,
            "{resolution:?} of {number}"
        );
    }
    let elsewhere = views.resolve("persons", id(1), Resolution::Discard).await;
    assert!(!elsewhere.expect("there is no such outbox"));
    assert_eq!(due_ids(&*views, 100).await, [5, 3, 2]);
    assert_eq!(parked(&*views, 100).await, [told(1)]);
    let mut removing = changes(2);
    removing.removes = vec![id(1)];
    views.write(&people, removing).await.expect("it is removed");
    assert_eq!(
        status(&*views, "people").await,
        OutboxStatus::new(3, Some(micros(5)), 0)
    );
}

/// A write that is refused changes the outbox as little as the rows.
pub async fn rows_and_outbox_are_written_together<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = people();
    views.open(&people).await.expect("the table is made");
    let mut first = changes(0);
    first.upserts = vec![person("ada", Some("a@x"), 36)];
    first.sends = vec![entry(1, 10), entry(2, 20)];
    views.write(&people, first).await.expect("it is written");

    let with_outbox = |mut write: ViewWrite| {
        let mut secret = entry(3, 30);
        secret.payload = CANARY.as_bytes().to_vec();
        write.sends = vec![secret];
        write.removes = vec![id(1)];
        write.parks = vec![(id(2), "refused".to_owned())];
        write
    };
    let clash = with_outbox(write(1, 2, vec![person("bo", Some("a@x"), 1)], vec![]));
    let fenced = with_outbox(write(0, 2, vec![], vec![]));
    for refused in [clash, fenced] {
        match views.write(&people, refused).await {
            Err(error @ (ViewStoreError::Constraint { .. } | ViewStoreError::Fenced { .. })) => {
                let told = all_of(&error);
                assert!(!told.contains(CANARY), "a command is told: {told}");
            }
            other => panic!("a refusal is due, not {other:?}"),
        }
        assert_eq!(
            due_ids(&*views, 100).await,
            [1, 2],
            "a refused write leaves the outbox as it was"
        );
        assert_eq!(checkpoint(&*views, &people).await, at(1));
        assert_eq!(all(&*views, &people).await.len(), 1);
    }
    let good = with_outbox(write(1, 2, vec![person("bo", Some("b@x"), 1)], vec![]));
    views.write(&people, good).await.expect("it is written");
    assert_eq!(due_ids(&*views, 100).await, [3]);
    assert_eq!(parked(&*views, 100).await.len(), 1);
}

/// Each process manager has an outbox of its own, which its versions share, and which goes with it.
pub async fn versions_share_an_outbox<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let first = people();
    let mut second = people();
    second.version = 2;
    let mut other = people();
    "people_".clone_into(&mut other.name);
    for (table, numbers) in [(&first, [1, 2]), (&second, [2, 3]), (&other, [1, 4])] {
        views.open(table).await.expect("the table is made");
        let mut sending = changes(0);
        sending.sends = numbers.map(|number| entry(number, 10)).to_vec();
        views.write(table, sending).await.expect("they are sent");
    }
    assert_eq!(due_ids(&*views, 10).await, [1, 2, 3]);
    assert_eq!(due(&*views, "people_", 10, 9).await.len(), 2);
    let mut removing = changes(1);
    removing.removes = vec![id(1)];
    views
        .write(&second, removing)
        .await
        .expect("another version's entry is removed");
    assert_eq!(due_ids(&*views, 10).await, [2, 3]);

    views.remove("people").await.expect("it is removed");
    assert_eq!(
        status(&*views, "people").await,
        OutboxStatus::default(),
        "its outbox went with it"
    );
    assert_eq!(
        status(&*views, "people_").await,
        OutboxStatus::new(2, Some(micros(10)), 0),
        "another process manager's stays"
    );
    views.open(&first).await.expect("it is made anew");
    assert_eq!(due_ids(&*views, 10).await, [], "with an empty outbox");
}

/// Outbox, skips, stops, leases and shadows are there for another store on the same log.
pub async fn whatever_is_kept_outlives_the_store<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let Some(views) = store.views() else {
        return unclaimed();
    };
    let people = people().target(at(40));
    let shadow = people.shadow();
    views.open(&people).await.expect("the table is made");
    views.open(&shadow).await.expect("the shadow is made");
    let mut sending = changes(0);
    sending.sends = vec![entry(1, 10), entry(2, 20)];
    sending.parks = vec![(id(2), "refused".to_owned())];
    views.write(&people, sending).await.expect("they are sent");
    let moved = views.write(&shadow, write(0, 7, vec![], vec![])).await;
    moved.expect("the shadow is fed");
    let skip = Skip::new(at(9), "broken", micros(1));
    let skipped = views.skip(&people, skip.clone()).await;
    skipped.expect("it is kept");
    let (holder, long) = (Uuid::now_v7(), std::time::Duration::from_secs(600));
    let lease = views.lease(&people, holder, long).await;
    let lease = lease.expect("it is free");
    let of_outbox = views.lease_outbox("people", holder, long).await;
    assert_eq!(of_outbox.expect("it is free"), Lease::Held { term: 1 });
    let stop = Stop::new("its column is too narrow", micros(2)).at(at(5), "it's \"noted\"; 💶");
    let put = views.put_stop(&people, None, stop.clone()).await;
    put.expect("it is kept");
    store.close().await.expect("the store closes");
    drop((store, views));
    if !reopens(&factory) {
        return;
    }

    let store = open(&factory).await;
    let views = store.views().expect("it has read models again");
    assert_eq!(due_ids(&*views, 100).await, [1]);
    assert_eq!(parked(&*views, 9).await, [(2, Some("refused".to_owned()))]);
    assert_eq!(views.skips(&people).await.expect("read"), [skip]);
    assert_eq!(views.open(&shadow).await.expect("it is there"), at(7));
    let other = views.lease(&people, Uuid::now_v7(), long).await;
    assert!(matches!(other, Ok(Lease::Taken { .. })), "{other:?}");
    let same = views.lease(&people, holder, long).await;
    assert_eq!(same.expect("it is the holder's"), lease);
    let other = views.lease_outbox("people", Uuid::now_v7(), long).await;
    assert!(matches!(other, Ok(Lease::Taken { .. })), "{other:?}");
    let record = views.record(&people).await.expect("it is read");
    assert_eq!(record, TableRecord::new(at(1), at(40), Some(stop)));
}
