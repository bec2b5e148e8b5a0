//! The schema is made once, whoever starts at the same time.

mod fixture;

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Barrier};

use eventsource_core::Position;
use eventsource_core::store::{
    ColumnSpec, ColumnType, EventStore, Fingerprint, Lease, Query, StoreErrorKind, Value,
    ViewStore, ViewTable,
};
use eventsource_sqlite::SqliteStore;
use fixture::{Place, commit, event, events, log, prepared, stream};

/// The file's path, for the same test in another process.
const PATH: &str = "EVENTSOURCE_TEST_MIGRATIONS";

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// Starts on the file and appends one event to a stream of its own.
fn start_and_append(path: &Path, id: &str) {
    runtime().block_on(async {
        let store = prepared(path).await;
        let first = commit(&stream(id), 0, vec![event(id)]);
        store.append(first).await.unwrap();
        store.close().await.unwrap();
    });
}

#[test]
fn sixteen_stores_start_at_once() {
    for _ in 0..10 {
        let place = Place::new();
        let start = Arc::new(Barrier::new(16));
        std::thread::scope(|scope| {
            for number in 0..16 {
                let (path, start) = (&place.file, Arc::clone(&start));
                scope.spawn(move || {
                    start.wait();
                    start_and_append(path, &number.to_string());
                });
            }
        });
        runtime().block_on(async {
            let store = place.store().await;
            assert_eq!(log(&store).await.len(), 16);
        });
    }
}

#[test]
fn eight_processes_start_at_once() {
    if let Ok(path) = std::env::var(PATH) {
        return start_and_append(Path::new(&path), &std::process::id().to_string());
    }
    let place = Place::new();
    let processes: Vec<_> = (0..8)
        .map(|_| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "eight_processes_start_at_once", "--nocapture"])
                .env(PATH, &place.file)
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for process in processes {
        let id = process.id().to_string();
        let output = process.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{told}");
        runtime().block_on(async {
            let store = place.store().await;
            assert_eq!(events(&store, &stream(&id)).await.len(), 1);
        });
    }
    runtime().block_on(async {
        let store = place.store().await;
        assert_eq!(log(&store).await.len(), 8);
    });
}

#[test]
fn a_database_of_the_first_schema_is_upgraded_with_what_it_holds() {
    let place = Place::new();
    place
        .connection()
        .execute_batch(&format!(
            "{}
             PRAGMA application_id = {}; PRAGMA user_version = 1;
             INSERT INTO eventsource_commits VALUES (zeroblob(16), zeroblob(16), 1, 1);
             INSERT INTO eventsource_events VALUES (1, 'account-1', 1, zeroblob(16), 'account.noted', 1, 0, '{{}}', NULL);",
            include_str!("../src/migrations/0001_log_snapshots_views.sql"),
            0x6573_7631,
        ))
        .unwrap();
    runtime().block_on(async {
        let store = SqliteStore::open(&place.file).await.unwrap();
        let refused = EventStore::prepare(&store, false).await.unwrap_err();
        assert_eq!(refused.kind(), StoreErrorKind::OlderSchema, "{refused}");

        EventStore::prepare(&store, true).await.unwrap();

        assert_eq!(log(&store).await.len(), 1);
        let second = commit(&stream("1"), 1, vec![event("b")]);
        store.append(second).await.unwrap();
        assert_eq!(events(&store, &stream("1")).await.len(), 2);
    });
    let replaced = place.connection().execute(
        "REPLACE INTO eventsource_commits SELECT * FROM eventsource_commits",
        [],
    );
    let refused = replaced.unwrap_err().to_string();
    assert!(refused.contains("never"), "{refused}");
}

/// As the first schema left it: a read model that was fed up to position 7.
#[test]
fn read_models_of_the_first_schema_go_on() {
    let place = Place::new();
    let columns = vec![ColumnSpec::new("account", ColumnType::Text, false).key(true)];
    let fingerprint = Fingerprint::of([b"balances".as_slice()]);
    let table = ViewTable::new("balances", 2, columns, fingerprint, "column account: text");
    let older = place.connection();
    older
        .execute_batch(include_str!(
            "../src/migrations/0001_log_snapshots_views.sql"
        ))
        .unwrap();
    older
        .execute_batch(
            "CREATE TABLE \"balances@2\" (account TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
             INSERT INTO \"balances@2\" VALUES ('ada');
             CREATE VIEW balances AS SELECT account FROM \"balances@2\";
             -- A view that was left behind must not stand in the way.
             CREATE VIEW broken AS SELECT * FROM gone;
             PRAGMA application_id = 0x65737631; PRAGMA user_version = 1;",
        )
        .unwrap();
    older
        .execute(
            "INSERT INTO eventsource_views VALUES ('balances', 2, ?1, ?2, 7)",
            (fingerprint.to_bytes(), &table.description),
        )
        .unwrap();
    drop(older);
    runtime().block_on(async {
        let store = SqliteStore::open(&place.file).await.unwrap();
        let refused = EventStore::prepare(&store, false).await.unwrap_err();
        assert_eq!(refused.kind(), StoreErrorKind::OlderSchema);
        EventStore::prepare(&store, true).await.unwrap();

        let opened = ViewStore::open(&store, &table).await.unwrap();
        assert_eq!(opened, Position::from_raw(7));
        let rows = store.query(&table, Query::default()).await.unwrap();
        assert_eq!(rows, [[Value::Text("ada".into())]]);
        let lease = store.lease(&table, uuid::Uuid::now_v7(), std::time::Duration::MAX);
        assert_eq!(lease.await.unwrap(), Lease::Held { term: 1 });
        let shadow = table.shadow();
        let began = ViewStore::open(&store, &shadow).await.unwrap();
        assert_eq!(began, Position::START, "it began at the log's start");
    });
}
