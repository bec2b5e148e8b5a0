//! Read models that appends fold, in what only this store has: groups of commits, transactions of a user's own, schemas and rights.

mod fixture;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use eventsource_core::Position;
use eventsource_core::projection::{Batch, FoldCause, FoldFailure, RowChanges};
use eventsource_core::store::{
    AppendError, ColumnSpec, ColumnType, Commit, EventStore, Fingerprint, Immediate, Query,
    Recorded, Row, Value, ViewStore, ViewStoreError, ViewTable, ViewWrite,
};
use eventsource_postgres::PostgresStore;
use fixture::{Place, commit, event, log, role, stream, url, url_of};
use uuid::Uuid;

const GRANTS: &str = include_str!("../src/migrations/grants.sql");

/// The last payload of each stream. No two streams may have the same.
#[derive(Default)]
struct LastNote(BTreeMap<String, Vec<u8>>);

impl Batch for LastNote {
    fn read(&mut self, event: &Recorded<'_>) -> Result<bool, Box<FoldFailure>> {
        self.0
            .insert(event.stream.to_owned(), event.payload.to_vec());
        Ok(true)
    }

    fn missing(&mut self) -> Vec<Value> {
        Vec::new()
    }

    fn supply(&mut self, _: Vec<Value>, _: Vec<Option<Row>>) -> Result<(), Box<FoldFailure>> {
        Ok(())
    }

    fn changed(&self) -> usize {
        self.0.len()
    }

    fn changes(&mut self) -> Result<RowChanges, FoldCause> {
        let mut changes = RowChanges::default();
        for (stream, payload) in std::mem::take(&mut self.0) {
            changes
                .upserts
                .push(vec![Value::Text(stream), Value::Bytes(payload)]);
        }
        Ok(changes)
    }

    fn rows_in_memory(&self) -> usize {
        self.0.len()
    }

    fn begin_empty(&mut self) {}

    fn passed(&mut self, _: Position) {}

    fn forget(&mut self) {
        self.0.clear();
    }
}

fn notes() -> Arc<ViewTable> {
    let columns = vec![
        ColumnSpec::new("stream", ColumnType::Text, false).key(true),
        ColumnSpec::new("note", ColumnType::Bytes, false).unique(true),
    ];
    let fingerprint = Fingerprint::of([&b"notes"[..]]);
    Arc::new(ViewTable::new("notes", 1, columns, fingerprint, "notes"))
}

/// A commit that brings the read model, as an app's commits bring theirs: one list for all.
fn folded(immediate: &Arc<[Immediate]>, commit: Commit) -> Commit {
    commit.immediate(Arc::clone(immediate))
}

fn folds(table: &Arc<ViewTable>) -> Arc<[Immediate]> {
    Arc::from([Immediate::new(Arc::clone(table), || {
        Box::<LastNote>::default()
    })])
}

/// A store whose appends fold the notes.
async fn folding(store: &PostgresStore) -> (Arc<ViewTable>, Arc<[Immediate]>) {
    let table = notes();
    store.open(&table).await.unwrap();
    store.make_immediate(&table).await.unwrap();
    let brought = folds(&table);
    (table, brought)
}

async fn rows(store: &PostgresStore, table: &ViewTable) -> Vec<(String, String)> {
    let rows = store.query(table, Query::default()).await.unwrap();
    rows.into_iter()
        .map(|row| match &row[..] {
            [Value::Text(stream), Value::Bytes(note)] => {
                (stream.clone(), String::from_utf8(note.clone()).unwrap())
            }
            _ => panic!("{row:?}"),
        })
        .collect()
}

fn expected<const N: usize>(rows: [(&str, &str); N]) -> [(String, String); N] {
    rows.map(|(id, text)| {
        let payload = event(text).payload;
        (format!("account-{id}"), String::from_utf8(payload).unwrap())
    })
}

#[tokio::test]
async fn a_refused_commit_leaves_those_of_its_group_and_no_trace_among_them() {
    let place = Place::new();
    let store = place.store().await;
    let (table, brought) = folding(&store).await;
    let (a, b, c, d) = (stream("a"), stream("b"), stream("c"), stream("d"));

    // While another transaction holds the log, all of them come to wait together.
    let mut other = place.connection().await;
    let held = other.transaction().await.unwrap();
    held.batch_execute(
        "SELECT pg_advisory_xact_lock((1702065713::bigint << 32) | 'events'::regclass::oid::bigint)",
    )
    .await
    .unwrap();
    let waiting = [
        commit(&stream("first"), 0, vec![event("first")]),
        folded(&brought, commit(&a, 0, vec![event("red")])),
        folded(&brought, commit(&b, 0, vec![event("red")])),
        folded(&brought, commit(&c, 0, vec![event("blue")])),
        commit(&d, 0, vec![event("green")]),
        folded(&brought, commit(&b, 0, vec![event("green")])),
        folded(&brought, commit(&a, 1, vec![event("white")])),
        folded(&brought, commit(&d, 0, vec![event("red")])),
    ]
    .map(|commit| {
        let store = store.clone();
        tokio::spawn(async move { store.append(commit).await })
    });
    // In the order of the queue, which is that of the tasks on this one thread.
    tokio::time::sleep(Duration::from_millis(200)).await;
    held.commit().await.unwrap();
    let mut answers = Vec::new();
    for answer in waiting {
        answers.push(answer.await.unwrap());
    }

    for (at, position) in [(1, 1), (3, 2), (5, 3), (6, 4), (7, 5)] {
        let committed = answers[at].as_ref().unwrap();
        assert_eq!(
            committed.streams[0].position,
            Position::from_raw(position),
            "commit {at}"
        );
    }
    assert!(matches!(
        &answers[2],
        Err(AppendError::Constraint { projection, column })
            if projection == "notes" && column == "note"
    ));
    for at in [0, 4] {
        assert!(
            matches!(&answers[at], Err(AppendError::NotFolded { projection }) if projection == "notes")
        );
    }
    assert_eq!(log(&store).await.len(), 5);
    assert_eq!(
        rows(&store, &table).await,
        expected([("a", "white"), ("b", "green"), ("c", "blue"), ("d", "red")])
    );
    assert_eq!(
        store.checkpoint(&table).await.unwrap(),
        Position::from_raw(5)
    );
}

#[tokio::test]
async fn each_commit_of_a_group_is_held_to_a_unique_column_by_itself() {
    let place = Place::new();
    let store = place.store().await;
    let (table, brought) = folding(&store).await;
    let (a, b) = (stream("a"), stream("b"));
    let first = folded(&brought, commit(&a, 0, vec![event("red")]));
    store.append(first).await.unwrap();

    let mut other = place.connection().await;
    let held = other.transaction().await.unwrap();
    held.batch_execute(
        "SELECT pg_advisory_xact_lock((1702065713::bigint << 32) | 'events'::regclass::oid::bigint)",
    )
    .await
    .unwrap();
    let waiting = [
        folded(&brought, commit(&stream("z"), 0, vec![event("first")])),
        // What the next one gives up it may not have yet.
        folded(&brought, commit(&b, 0, vec![event("red")])),
        folded(&brought, commit(&a, 1, vec![event("white")])),
    ]
    .map(|commit| {
        let store = store.clone();
        tokio::spawn(async move { store.append(commit).await })
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    held.commit().await.unwrap();
    let mut answers = Vec::new();
    for answer in waiting {
        answers.push(answer.await.unwrap());
    }

    assert!(matches!(&answers[1], Err(AppendError::Constraint { .. })));
    assert!(answers[2].is_ok());
    assert_eq!(
        rows(&store, &table).await,
        expected([("a", "white"), ("z", "first")])
    );
}

#[tokio::test]
async fn a_transaction_of_a_users_own_folds_too() {
    let place = Place::new();
    let store = place.store().await;
    let (table, brought) = folding(&store).await;
    let mut own = place.connection().await;
    own.batch_execute("CREATE TABLE letters (text text)")
        .await
        .unwrap();

    let given_up = own.transaction().await.unwrap();
    let red = folded(&brought, commit(&stream("a"), 0, vec![event("red")]));
    store.append_in(&given_up, &red).await.unwrap();
    given_up.rollback().await.unwrap();
    assert_eq!(rows(&store, &table).await, []);

    let transaction = own.transaction().await.unwrap();
    transaction
        .batch_execute("INSERT INTO letters VALUES ('sent')")
        .await
        .unwrap();
    store.append_in(&transaction, &red).await.unwrap();
    // A refusal undoes itself alone.
    let again = folded(&brought, commit(&stream("b"), 0, vec![event("red")]));
    assert!(matches!(
        store.append_in(&transaction, &again).await,
        Err(AppendError::Constraint { column, .. }) if column == "note"
    ));
    let bare = commit(&stream("c"), 0, vec![event("green")]);
    assert!(matches!(
        store.append_in(&transaction, &bare).await,
        Err(AppendError::NotFolded { .. })
    ));
    let blue = folded(&brought, commit(&stream("b"), 0, vec![event("blue")]));
    store.append_in(&transaction, &blue).await.unwrap();
    transaction.commit().await.unwrap();

    let letters = own.query("SELECT FROM letters", &[]).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!(log(&store).await.len(), 2);
    assert_eq!(
        rows(&store, &table).await,
        expected([("a", "red"), ("b", "blue")])
    );
}

#[cfg(feature = "sqlx")]
#[tokio::test]
async fn so_does_one_of_sqlx() {
    use eventsource_core::Timestamp;
    use eventsource_core::store::StreamCommit;
    use sqlx::{Connection as _, Executor as _};

    let place = Place::new();
    let store = place.store().await;
    let (table, brought) = folding(&store).await;
    let mut own = sqlx::PgConnection::connect(&url()).await.unwrap();

    let mut given_up = own.begin().await.unwrap();
    let red = folded(&brought, commit(&stream("a"), 0, vec![event("red")]));
    store.append_in_sqlx(&mut given_up, &red).await.unwrap();
    given_up.rollback().await.unwrap();
    assert_eq!(rows(&store, &table).await, []);

    let mut transaction = own.begin().await.unwrap();
    let first = store.append_in_sqlx(&mut transaction, &red).await.unwrap();
    // A refusal undoes itself alone.
    let again = folded(&brought, commit(&stream("b"), 0, vec![event("red")]));
    assert!(matches!(
        store.append_in_sqlx(&mut transaction, &again).await,
        Err(AppendError::Constraint { column, .. }) if column == "note"
    ));
    let bare = commit(&stream("c"), 0, vec![event("green")]);
    assert!(matches!(
        store.append_in_sqlx(&mut transaction, &bare).await,
        Err(AppendError::NotFolded { .. })
    ));
    let late = folded(&brought, commit(&stream("a"), 0, vec![event("late")]));
    assert!(matches!(
        store.append_in_sqlx(&mut transaction, &late).await,
        Err(AppendError::Conflict { actual: 1, .. })
    ));
    let repeated = store.append_in_sqlx(&mut transaction, &red).await.unwrap();
    assert_eq!(repeated, first);
    // Several streams at once, behind what is not committed yet.
    let part = |stream, expected_version, events| StreamCommit {
        stream,
        expected_version,
        events,
    };
    let streams = vec![
        part(stream("b"), 0, vec![event("blue"), event("grey")]),
        part(stream("a"), 1, vec![event("white")]),
    ];
    let many = Commit::new(Uuid::now_v7(), Timestamp::now(), streams);
    let many = folded(&brought, many);
    store.append_in_sqlx(&mut transaction, &many).await.unwrap();
    assert_eq!(rows(&store, &table).await, []);
    transaction.commit().await.unwrap();

    assert_eq!(log(&store).await.len(), 4);
    assert_eq!(
        rows(&store, &table).await,
        expected([("a", "white"), ("b", "grey")])
    );
    // The connection is as it was.
    let time = own.fetch_one("SHOW lock_timeout").await.unwrap();
    assert_eq!(sqlx::Row::get::<&str, _>(&time, 0), "0");
}

#[tokio::test]
async fn a_shadow_that_appends_fold_too_can_take_the_served_tables_place() {
    let place = Place::new();
    let store = place.store().await;
    let (table, brought) = folding(&store).await;
    let first = folded(&brought, commit(&stream("a"), 0, vec![event("red")]));
    store.append(first).await.unwrap();
    let shadow = table.shadow();
    store.open(&shadow).await.unwrap();
    store.make_immediate(&shadow).await.unwrap();
    let second = folded(&brought, commit(&stream("b"), 0, vec![event("blue")]));
    store.append(second).await.unwrap();
    let served = rows(&store, &table).await;
    assert_eq!(rows(&store, &shadow).await, served);

    assert!(store.promote(&shadow).await.unwrap());
    assert_eq!(rows(&store, &table).await, served);
    let third = folded(&brought, commit(&stream("a"), 1, vec![event("green")]));
    store.append(third).await.unwrap();
    assert_eq!(
        store.checkpoint(&table).await.unwrap(),
        Position::from_raw(3)
    );

    // One that is given up is folded no more.
    store.open(&shadow).await.unwrap();
    store.make_immediate(&shadow).await.unwrap();
    store.discard(&shadow).await.unwrap();
    let fourth = folded(&brought, commit(&stream("a"), 2, vec![event("white")]));
    store.append(fourth).await.unwrap();
    store.remove("notes").await.unwrap();
    let bare = commit(&stream("a"), 3, vec![event("black")]);
    store.append(bare).await.unwrap();
}

#[tokio::test]
async fn programs_with_other_schemas_for_their_read_models_are_held_to_it_too() {
    let place = Place::new();
    let store = place.store().await;
    folding(&store).await;
    let other = place.options().views_schema(format!("{} too", place.views));
    let other = other.connect(&url()).await.unwrap();
    EventStore::prepare(&other, true).await.unwrap();
    let refused = other.append(commit(&stream("a"), 0, vec![event("red")]));
    assert!(matches!(
        refused.await,
        Err(AppendError::NotFolded { projection }) if projection == "notes"
    ));
    assert_eq!(log(&store).await, []);
}

#[tokio::test]
async fn a_role_with_few_rights_folds() {
    let place = Place::new();
    place.store().await;
    let role = role("").await;
    let grants = GRANTS
        .replace(":\"role\"", &role)
        .replace(":\"log\"", &format!("\"{}\"", place.log))
        .replace(":\"views\"", &format!("\"{}\"", place.views));
    place
        .connection()
        .await
        .batch_execute(&grants)
        .await
        .unwrap();
    let store = place.options().connect(&url_of(&role, "secret")).await;
    let store = store.unwrap();
    EventStore::prepare(&store, false).await.unwrap();

    let (table, brought) = folding(&store).await;
    let red = folded(&brought, commit(&stream("a"), 0, vec![event("red")]));
    store.append(red).await.unwrap();
    assert_eq!(rows(&store, &table).await, expected([("a", "red")]));
    store.make_eventual("notes").await.unwrap();
    let bare = commit(&stream("a"), 1, vec![event("blue")]);
    store.append(bare).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn appends_runners_leases_and_rebuilds_do_not_stand_in_each_others_way() {
    let place = Place::new();
    let store = place.store().await;
    let (table, brought) = folding(&store).await;
    let holder = Uuid::now_v7();
    let time = Duration::from_secs(30);
    let shadow = table.shadow();
    let mut writing = Vec::new();
    for writer in 0..8 {
        let (store, brought) = (store.clone(), Arc::clone(&brought));
        writing.push(tokio::spawn(async move {
            let name = stream(&format!("writer {writer}"));
            for version in 0..20 {
                let text = format!("{writer} {version}");
                let next = commit(&name, version, vec![event(&text)]);
                store.append(folded(&brought, next)).await.unwrap();
            }
        }));
    }
    for _ in 0..5 {
        store.lease(&table, holder, time).await.unwrap();
        store.open(&shadow).await.unwrap();
        store.lease(&shadow, holder, time).await.unwrap();
        store.make_immediate(&shadow).await.unwrap();
        store.renew(holder, time).await.unwrap();
        let late = ViewWrite::new(Position::START, Position::from_raw(1));
        match store.write(&table, late).await {
            Ok(()) | Err(ViewStoreError::Fenced { .. }) => {}
            Err(error) => panic!("a runner is fenced at most: {error}"),
        }
        // Where no append came since, the shadow is behind.
        if !store.promote(&shadow).await.unwrap() {
            store.discard(&shadow).await.unwrap();
        }
    }
    for writer in writing {
        writer.await.unwrap();
    }
    let last = rows(&store, &table).await;
    assert_eq!(last.len(), 8);
    for (writer, row) in last.iter().enumerate() {
        let payload = event(&format!("{writer} 19")).payload;
        assert_eq!(row.1, String::from_utf8(payload).unwrap());
    }
}
