//! Who may do what: events are never changed, by nobody, and a program needs no more than to append and to read.

mod fixture;

use eventsource_core::Position;
use eventsource_core::store::{
    AppendError, ColumnSpec, ColumnType, EventStore, Fingerprint, NewSnapshot, Query, ReadStream,
    StoreErrorKind, Value, ViewStore, ViewTable, ViewWrite,
};
use fixture::{Place, assert_error, commit, event, log, role, stream, url_of};
use tokio_postgres::error::SqlState;

/// The rights of this role, as `psql` would read them.
fn grants(place: &Place, role: &str) -> String {
    include_str!("../src/migrations/grants.sql")
        .replace(":\"role\"", role)
        .replace(":\"log\"", &format!("\"{}\"", place.log))
        .replace(":\"views\"", &format!("\"{}\"", place.views))
}

#[tokio::test]
async fn nobody_changes_what_was_recorded() {
    let place = Place::new();
    let store = place.store().await;
    store
        .append(commit(&stream("1"), 0, vec![event("a"), event("b")]))
        .await
        .unwrap();
    let before = log(&store).await;
    let owner = place.connection().await;
    for table in ["events", "commits", "types"] {
        for change in [
            format!("DELETE FROM {table}"),
            format!("TRUNCATE {table}"),
            format!("TRUNCATE {table} CASCADE"),
            match table {
                "events" => "UPDATE events SET payload = ''".to_owned(),
                "commits" => "UPDATE commits SET events = 0".to_owned(),
                _ => "UPDATE types SET name = 'x'".to_owned(),
            },
        ] {
            let refused = owner.batch_execute(&change).await.unwrap_err();
            let told = refused.as_db_error().unwrap().message().to_owned();
            assert!(told.contains("never changed"), "{change}: {told}");
        }
    }
    let again = "INSERT INTO events SELECT * FROM events LIMIT 1";
    assert!(owner.batch_execute(again).await.is_err());
    let replaced = "INSERT INTO events SELECT * FROM events LIMIT 1
         ON CONFLICT (position) DO UPDATE SET payload = ''";
    assert!(owner.batch_execute(replaced).await.is_err());
    assert_eq!(log(&store).await, before);
}

#[tokio::test]
async fn a_program_with_few_rights_does_all_that_a_program_does() {
    let place = Place::new();
    place.store().await;
    let role = role("").await;
    let owner = place.connection().await;
    owner.batch_execute(&grants(&place, &role)).await.unwrap();

    let url = url_of(&role, "secret");
    let store = place.options().connect(&url).await.unwrap();
    EventStore::prepare(&store, false).await.unwrap();
    let name = stream("1");
    let kept = NewSnapshot {
        stream: name.clone(),
        version: 1,
        fingerprint: Fingerprint::of([&b"schema"[..]]),
        state: b"{}".to_vec(),
    };
    let first = commit(&name, 0, vec![event("a")]).snapshot(Some(kept.clone()));
    store.append(first.clone()).await.unwrap();
    let second =
        commit(&name, 1, vec![event("b")]).snapshot(Some(NewSnapshot { version: 2, ..kept }));
    store.append(second).await.unwrap();
    assert!(store.find_commit(first.id).await.unwrap().is_some());
    assert_eq!(store.types().await.unwrap().len(), 1);
    store
        .read_stream(ReadStream::new(name.clone()), Vec::new())
        .await
        .unwrap();

    let balances = ViewTable::new(
        "balances",
        1,
        vec![ColumnSpec::new("account", ColumnType::Text, false).key(true)],
        Fingerprint::of([&b"balances"[..]]),
        "column account: text",
    );
    store.open(&balances).await.unwrap();
    let mut write = ViewWrite::new(Position::START, Position::from_raw(2));
    write.upserts = vec![vec![Value::Text("ada".to_owned())]];
    store.write(&balances, write).await.unwrap();
    let rows = store.query(&balances, Query::default()).await.unwrap();
    assert_eq!(rows.len(), 1);
    let shown = owner.query("SELECT * FROM balances", &[]).await.unwrap();
    assert_eq!(shown.len(), 1, "any tool reads it by the projection's name");

    let app = fixture::connection(&url).await;
    for refused in [
        "DELETE FROM {}.events",
        "UPDATE {}.events SET payload = ''",
        "TRUNCATE {}.events",
        "ALTER TABLE {}.events DISABLE TRIGGER ALL",
        "DROP TABLE {}.events",
        "CREATE TABLE {}.mine ()",
        "DELETE FROM {}.commits",
    ] {
        let statement = refused.replace("{}", &format!("\"{}\"", place.log));
        assert!(app.batch_execute(&statement).await.is_err(), "{statement}");
    }
}

#[tokio::test]
async fn an_owner_who_is_no_superuser_gives_the_rights_to_a_role_that_it_is_a_member_of() {
    let place = Place::new();
    let (owner, app) = (role("").await, role("").await);
    let superuser = place.connection().await;
    let may_create = format!(
        "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO {owner}', current_database()); END $$"
    );
    superuser.batch_execute(&may_create).await.unwrap();
    let url = url_of(&owner, "secret");
    let owners = place.options().connect(&url).await.unwrap();
    EventStore::prepare(&owners, true).await.unwrap();
    let client = fixture::connection(&url).await;
    let grants = format!("BEGIN; {}; COMMIT", grants(&place, &app));

    let refused = client.batch_execute(&grants).await.unwrap_err();
    assert_eq!(refused.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE));
    client.batch_execute("ROLLBACK").await.unwrap();
    let member = format!("GRANT {app} TO {owner}");
    superuser.batch_execute(&member).await.unwrap();
    client.batch_execute(&grants).await.unwrap();

    let store = place.options().connect(&url_of(&app, "secret")).await;
    let store = store.unwrap();
    EventStore::prepare(&store, false).await.unwrap();
    let new = commit(&stream("1"), 0, vec![event("a")]);
    store.append(new).await.unwrap();
    let columns = vec![ColumnSpec::new("key", ColumnType::Text, false).key(true)];
    let table = ViewTable::new("sums", 1, columns, Fingerprint::of([]), "sums");
    store.open(&table).await.unwrap();
    store.remove("sums").await.unwrap();
}

#[tokio::test]
async fn a_role_without_rights_is_told_which_file_gives_them() {
    let place = Place::new();
    place.store().await;
    let role = role("").await;
    let url = url_of(&role, "secret");
    let store = place.options().connect(&url).await.unwrap();
    for migrate in [true, false] {
        let error = EventStore::prepare(&store, migrate).await.unwrap_err();
        assert_error(&error, StoreErrorKind::Denied, "grants.sql");
    }
    let error = store.head().await.unwrap_err();
    assert_error(&error, StoreErrorKind::Denied, "grants.sql");
    match store
        .append(commit(&stream("1"), 0, vec![event("a")]))
        .await
    {
        Err(AppendError::Store(error)) => {
            assert_error(&error, StoreErrorKind::Denied, "grants.sql");
        }
        other => panic!("{other:?}"),
    }
}
