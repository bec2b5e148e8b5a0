//! A reader that has seen a position never finds an event below it, whatever transactions do.

mod fixture;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use eventsource_core::Position;
use eventsource_core::store::{AppendError, EventStore};
use eventsource_test_servers::kept::Kept;
use eventsource_test_servers::report;
use fixture::{Place, commit, event, log, places, stream, tail};

/// How long the writers write: longer where the environment asks for it.
fn duration() -> Duration {
    let seconds = std::env::var("EVENTSOURCE_SECONDS").ok();
    Duration::from_secs(seconds.and_then(|text| text.parse().ok()).unwrap_or(3))
}

/// Sixteen writers in two programs; transactions of users' own that hang before they append or behind it, and are then committed, rolled back or
/// broken off, so that they end in another order than they began in; and a reader that follows the log.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_tailing_reader_misses_nothing() {
    let place = Arc::new(Place::new());
    let stores = [place.store().await, place.store().await];
    let written = Arc::new(AtomicBool::new(false));
    let acknowledged = Arc::new(AtomicU64::new(0));

    place
        .connection()
        .await
        .batch_execute("CREATE TABLE begun (number bigint)")
        .await
        .expect("it is made");

    let reader = tokio::spawn({
        let (store, written) = (place.unprepared().await, Arc::clone(&written));
        async move { tail(&store, Position::START, &written).await }
    });

    let until = Instant::now() + duration();
    let mut writers = Vec::new();
    for number in 0..16 {
        let store = stores[number % 2].clone();
        let acknowledged = Arc::clone(&acknowledged);
        writers.push(tokio::spawn(async move {
            let name = stream(&format!("writer {number}"));
            let mut version = 0;
            while Instant::now() < until {
                let texts = ["a", "b", "c"];
                let new = texts
                    .iter()
                    .take(1 + number % 3)
                    .map(|text| event(text))
                    .collect();
                let committed = store.append(commit(&name, version, new)).await;
                version = committed.expect("the stream is this writer's").streams[0].version;
                acknowledged.fetch_add(1, Ordering::Relaxed);
            }
        }));
    }
    for number in 0..6_u64 {
        let (place, store) = (Arc::clone(&place), stores[0].clone());
        let acknowledged = Arc::clone(&acknowledged);
        writers.push(tokio::spawn(async move {
            let name = stream(&format!("hanging {number}"));
            let mut version = 0;
            let mut round = number;
            while Instant::now() < until {
                let mut client = place.connection().await;
                let transaction = client.transaction().await.expect("it begins");
                // Its number among the transactions is that of its first write, and others get theirs behind it and commit before it.
                let begun = transaction.execute("INSERT INTO begun VALUES (1)", &[]);
                begun.await.expect("it writes");
                if number % 2 == 0 {
                    tokio::time::sleep(Duration::from_millis(30 * (1 + round % 5))).await;
                }
                let new = commit(&name, version, vec![event("hung")]);
                match store.append_in(&transaction, &new).await {
                    Ok(_) => {}
                    Err(AppendError::Store(_)) => continue,
                    Err(other) => panic!("the stream is this writer's: {other}"),
                }
                tokio::time::sleep(Duration::from_millis(20 * (1 + round % 4))).await;
                match round % 3 {
                    0 => {
                        transaction.commit().await.expect("it is committed");
                        version += 1;
                        acknowledged.fetch_add(1, Ordering::Relaxed);
                    }
                    1 => transaction.rollback().await.expect("it is rolled back"),
                    // Broken off: the server finds the connection gone.
                    _ => drop(transaction),
                }
                round += 1;
            }
        }));
    }
    for writer in writers {
        writer.await.expect("a writer writes to its end");
    }
    written.store(true, Ordering::SeqCst);

    let seen = reader.await.expect("a reader reads to its end");
    let log = log(&stores[0]).await;
    let mut kept = Kept::default();
    kept.tailed(&seen, &places(&log));
    let acknowledged = acknowledged.load(Ordering::Relaxed);
    report::row(
        "a tailing reader under 16 writers",
        "PostgreSQL, with transactions that hang, roll back and end out of order",
        &[
            ("seconds", duration().as_secs()),
            ("acknowledged", acknowledged),
            ("events", log.len() as u64),
            ("missed", kept.inversions),
        ],
    );
    assert_eq!(seen, places(&log), "all events, once and in order");
    let positions = seen.iter().map(|(position, _)| position.as_raw());
    assert!(positions.eq(1..=log.len() as u64), "positions have no gaps");
    let mut versions: HashMap<&str, u64> = HashMap::new();
    for event in &log {
        let version = versions.entry(event.stream.as_str()).or_default();
        *version += 1;
        assert_eq!(event.version, *version, "versions have no gaps");
    }
}

#[tokio::test]
async fn a_transaction_of_the_users_own_appends_with_what_else_it_writes() {
    let place = Place::new();
    let store = place.store().await;
    let mut client = place.connection().await;
    client
        .batch_execute("CREATE TABLE orders (id text)")
        .await
        .unwrap();
    let name = stream("1");
    let first = commit(&name, 0, vec![event("a"), event("b")]);
    for keep in [false, true] {
        let transaction = client.transaction().await.unwrap();
        transaction
            .batch_execute("INSERT INTO orders VALUES ('1')")
            .await
            .unwrap();
        let committed = store.append_in(&transaction, &first).await.unwrap();
        assert_eq!(committed.streams[0].version, 2);
        // A refusal leaves the transaction usable, and a repetition gets the first answer.
        match store
            .append_in(&transaction, &commit(&name, 0, vec![event("late")]))
            .await
        {
            Err(AppendError::Conflict { actual, .. }) => assert_eq!(actual, 2),
            other => panic!("{other:?}"),
        }
        let again = store.append_in(&transaction, &first).await.unwrap();
        assert_eq!(again, committed);
        if keep {
            transaction.commit().await.unwrap();
        } else {
            transaction.rollback().await.unwrap();
        }
        let orders = client.query("SELECT FROM orders", &[]).await.unwrap();
        assert_eq!(
            (orders.len(), log(&store).await.len()),
            if keep { (1, 2) } else { (0, 0) }
        );
    }
    store
        .append(commit(&name, 2, vec![event("c")]))
        .await
        .unwrap();
    assert_eq!(store.types().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_transaction_of_another_isolation_level_is_refused() {
    let place = Place::new();
    let store = place.store().await;
    let mut client = place.connection().await;
    let builder = client.build_transaction();
    let level = tokio_postgres::IsolationLevel::RepeatableRead;
    let transaction = builder.isolation_level(level).start().await.unwrap();
    let new = commit(&stream("1"), 0, vec![event("a")]);
    match store.append_in(&transaction, &new).await {
        Err(AppendError::Store(error)) => {
            fixture::assert_error(
                &error,
                eventsource_core::store::StoreErrorKind::Invalid,
                "READ COMMITTED",
            );
        }
        other => panic!("{other:?}"),
    }
}
