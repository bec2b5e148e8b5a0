//! Read models that appends fold, where several commits share a transaction.

mod fixture;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use eventsource_core::Position;
use eventsource_core::projection::{Batch, FoldCause, FoldFailure, RowChanges};
use eventsource_core::store::{
    AppendError, ColumnSpec, ColumnType, Commit, EventStore, Fingerprint, Immediate, NewEvent,
    Query, Recorded, Row, Value, ViewStore, ViewStoreError, ViewTable, ViewWrite,
};
use eventsource_sqlite::SqliteStore;
use fixture::{Place, commit, event, log, stream};

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

fn folded(table: &Arc<ViewTable>, commit: Commit) -> Commit {
    let immediate = Immediate::new(Arc::clone(table), || Box::<LastNote>::default());
    commit.immediate(Arc::from([immediate]))
}

async fn rows(store: &SqliteStore, table: &ViewTable) -> Vec<(String, String)> {
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

/// An event of a type of its own.
fn rare(text: &str) -> NewEvent {
    let mut event = event(text);
    event.name = "account.rare";
    event
}

#[tokio::test]
async fn a_refused_commit_leaves_those_of_its_group_and_no_trace_among_them() {
    let place = Place::new();
    let store = place.store().await;
    let table = notes();
    store.open(&table).await.unwrap();
    store.make_immediate(&table).await.unwrap();
    let (a, b, c, d) = (stream("a"), stream("b"), stream("c"), stream("d"));

    // While another program holds the lock, all of them come to wait together.
    let other = place.connection();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waiting = [
        folded(&table, commit(&a, 0, vec![event("red")])),
        folded(&table, commit(&b, 0, vec![rare("red")])),
        folded(&table, commit(&c, 0, vec![event("blue")])),
        commit(&d, 0, vec![event("green")]),
        folded(&table, commit(&b, 0, vec![event("green")])),
        folded(&table, commit(&a, 1, vec![event("white")])),
        folded(&table, commit(&d, 0, vec![rare("red")])),
    ]
    .map(|commit| {
        let store = store.clone();
        tokio::spawn(async move { store.append(commit).await })
    });
    // In the order of the queue, which is that of the tasks on this one thread.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let late = ViewWrite::new(Position::START, Position::from_raw(1));
    let late = {
        let (store, table) = (store.clone(), Arc::clone(&table));
        tokio::spawn(async move { store.write(&table, late).await })
    };
    tokio::time::sleep(Duration::from_millis(100)).await;
    other.execute_batch("COMMIT").unwrap();
    let mut answers = Vec::new();
    for answer in waiting {
        answers.push(answer.await.unwrap());
    }

    for (at, position) in [(0, 1), (2, 2), (4, 3), (5, 4), (6, 5)] {
        let committed = answers[at].as_ref().unwrap();
        assert_eq!(
            committed.streams[0].position,
            Position::from_raw(position),
            "commit {at}"
        );
    }
    assert!(matches!(
        &answers[1],
        Err(AppendError::Constraint { projection, column })
            if projection == "notes" && column == "note"
    ));
    assert!(
        matches!(&answers[3], Err(AppendError::NotFolded { projection }) if projection == "notes")
    );
    match late.await.unwrap() {
        Err(ViewStoreError::Fenced { actual, .. }) => assert_eq!(actual, Position::from_raw(5)),
        other => {
            panic!("a runner sees the checkpoint that its group's commits have moved: {other:?}")
        }
    }
    assert_eq!(log(&store).await.len(), 5);
    let expected = [("a", "white"), ("b", "green"), ("c", "blue"), ("d", "red")];
    let expected = expected.map(|(id, text)| {
        let payload = event(text).payload;
        (format!("account-{id}"), String::from_utf8(payload).unwrap())
    });
    assert_eq!(rows(&store, &table).await, expected);
    assert_eq!(
        store.checkpoint(&table).await.unwrap(),
        Position::from_raw(5)
    );
    // The refused commit was the first with this type; what came after it has brought it into the log all the same.
    let types = store.types().await.unwrap();
    assert!(types.contains(&("account.rare".to_owned(), 1)), "{types:?}");
}

#[tokio::test]
async fn a_type_that_was_refused_is_not_in_the_log() {
    let place = Place::new();
    let store = place.store().await;
    let table = notes();
    store.open(&table).await.unwrap();
    store.make_immediate(&table).await.unwrap();
    let first = folded(&table, commit(&stream("a"), 0, vec![event("red")]));
    store.append(first).await.unwrap();

    let refused = folded(&table, commit(&stream("b"), 0, vec![rare("red")]));
    store.append(refused).await.unwrap_err();
    assert_eq!(
        store.types().await.unwrap(),
        [("account.noted".to_owned(), 1)]
    );

    let taken = folded(&table, commit(&stream("b"), 0, vec![rare("blue")]));
    store.append(taken).await.unwrap();
    assert_eq!(store.types().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_shadow_that_appends_fold_too_can_take_the_served_tables_place() {
    let place = Place::new();
    let store = place.store().await;
    let table = notes();
    store.open(&table).await.unwrap();
    store.make_immediate(&table).await.unwrap();
    let first = folded(&table, commit(&stream("a"), 0, vec![event("red")]));
    store.append(first).await.unwrap();
    let shadow = table.shadow();
    store.open(&shadow).await.unwrap();
    store.make_immediate(&shadow).await.unwrap();

    let second = folded(&table, commit(&stream("b"), 0, vec![event("blue")]));
    store.append(second).await.unwrap();

    let served = rows(&store, &table).await;
    assert_eq!(rows(&store, &shadow).await, served);
    assert!(store.promote(&shadow).await.unwrap());
    assert_eq!(rows(&store, &table).await, served);
    let third = folded(&table, commit(&stream("a"), 1, vec![event("green")]));
    store.append(third).await.unwrap();
    assert_eq!(
        store.checkpoint(&table).await.unwrap(),
        Position::from_raw(3)
    );
}

#[tokio::test]
async fn what_a_transaction_that_failed_has_folded_is_forgotten() {
    let place = Place::new();
    let store = place.store().await;
    let table = notes();
    store.open(&table).await.unwrap();
    store.make_immediate(&table).await.unwrap();
    let other = place.connection();
    other
        .execute_batch(
            "CREATE TRIGGER full BEFORE UPDATE OF checkpoint ON eventsource_views
             BEGIN SELECT raise(ABORT, 'the disk is full'); END",
        )
        .unwrap();
    let append = |text| folded(&table, commit(&stream("a"), 0, vec![event(text)]));
    store.append(append("red")).await.unwrap_err();
    other.execute_batch("DROP TRIGGER full").unwrap();

    // The next transaction has a change of a read model, and no append.
    store
        .renew(uuid::Uuid::now_v7(), Duration::from_secs(1))
        .await
        .unwrap();

    assert_eq!(store.checkpoint(&table).await.unwrap(), Position::START);
    store.append(append("blue")).await.unwrap();
    let payload = String::from_utf8(event("blue").payload).unwrap();
    assert_eq!(
        rows(&store, &table).await,
        [("account-a".to_owned(), payload)]
    );
}
