//! A command that is carried out in a transaction of the program's own, with what else it writes.

mod fixture;

use std::convert::Infallible;

use eventsource_core::app::Decided;
use eventsource_core::prelude::*;
use eventsource_core::store::{AppendError, Commit};
use eventsource_postgres::PostgresStore;
use fixture::Place;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "letter.written")]
struct Written {
    words: u32,
}

#[derive(Command, Debug, Clone)]
#[command(aggregate = Letter, upserts)]
struct Write {
    #[command(id)]
    letter: String,
    words: u32,
}

#[derive(Aggregate, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[aggregate(name = "letter", id = String, error = Infallible, events(Written), commands(Write))]
struct Letter {
    words: u32,
}

impl Apply<Written> for Letter {
    fn apply(&mut self, event: &Written) {
        self.words += event.words;
    }
}

impl Handle<Write> for Letter {
    fn handle(&self, command: Write, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Written {
            words: command.words
        }])
    }
}

/// Folded in the append's own transaction, whoever began it.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(
    name = "lengths",
    version = 1,
    consistency = "immediate",
    events(Written)
)]
struct Length {
    #[projection(key)]
    letter: String,
    words: u32,
    last: Option<Uuid>,
    written: Option<Timestamp>,
    mean: f64,
    long: bool,
    longest: Option<i64>,
    each: Vec<u32>,
}

impl Project<Written> for Length {
    fn project(&mut self, event: &Written, context: &EventContext<'_>) {
        self.words += event.words;
        self.last = Some(context.event_id());
        self.written = Some(context.recorded_at());
        self.each.push(event.words);
        self.mean = f64::from(self.words) / self.each.iter().map(|_| 1.0).sum::<f64>();
        self.long = self.words > 3;
        self.longest = self.each.iter().copied().max().map(i64::from);
    }
}

fn write(words: u32) -> Write {
    Write {
        letter: "1".into(),
        words,
    }
}

async fn commit(app: &App<PostgresStore>, command: Write) -> Commit {
    match app.decide(command, Metadata::new()).await.unwrap() {
        Decided::Append(commit) => commit,
        Decided::Done(receipt) => panic!("nothing to append: {receipt:?}"),
    }
}

async fn words(app: &App<PostgresStore>) -> Option<u32> {
    let row = app.view::<Length>().get(&"1".to_owned()).await.unwrap();
    row.map(|row| row.words)
}

#[tokio::test]
async fn a_decision_is_appended_and_projected_with_what_else_the_transaction_writes() {
    let place = Place::new();
    let store = place.store().await;
    let app = App::start(store.clone()).await.unwrap();
    let mut own = place.connection().await;
    own.batch_execute("CREATE TABLE stamps (value integer)")
        .await
        .unwrap();

    // Given up, nothing of it is there.
    let transaction = own.transaction().await.unwrap();
    let decided = commit(&app, write(3)).await;
    store.append_in(&transaction, &decided).await.unwrap();
    transaction.rollback().await.unwrap();
    assert_eq!(words(&app).await, None);
    assert!(app.load::<Letter>(&"1".into()).await.is_err());

    // Committed, all of it.
    let transaction = own.transaction().await.unwrap();
    transaction
        .batch_execute("INSERT INTO stamps VALUES (80)")
        .await
        .unwrap();
    store.append_in(&transaction, &decided).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(words(&app).await, Some(3));
    let letter = app.load::<Letter>(&"1".into()).await.unwrap();
    assert_eq!((letter.version(), letter.state().words), (1, 3));

    // Another command goes first: it is decided again, in the same transaction.
    let late = commit(&app, write(4)).await;
    app.execute(write(5)).await.unwrap();
    let transaction = own.transaction().await.unwrap();
    assert!(matches!(
        store.append_in(&transaction, &late).await,
        Err(AppendError::Conflict {
            expected: 1,
            actual: 2,
            ..
        })
    ));
    let again = commit(&app, write(4)).await;
    store.append_in(&transaction, &again).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(words(&app).await, Some(12));
    let stamps = own.query("SELECT FROM stamps", &[]).await.unwrap();
    assert_eq!(stamps.len(), 1);
    app.shutdown().await.unwrap();
}

#[cfg(feature = "sqlx")]
#[tokio::test]
async fn in_a_transaction_of_sqlx_rows_of_every_kind_are_folded_as_elsewhere() {
    use sqlx::Connection as _;

    let place = Place::new();
    let store = place.store().await;
    let app = App::start(store.clone()).await.unwrap();
    let mut own = sqlx::PgConnection::connect(&fixture::url()).await.unwrap();

    for words in [3, 5] {
        let mut transaction = own.begin().await.unwrap();
        let decided = commit(&app, write(words)).await;
        store
            .append_in_sqlx(&mut transaction, &decided)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
    }
    // And on by the other driver.
    app.execute(write(1)).await.unwrap();

    let folded = app.view::<Length>().get(&"1".to_owned()).await.unwrap();
    let row = folded.as_ref().unwrap();
    assert_eq!(
        (row.words, &row.each[..], row.longest),
        (9, &[3, 5, 1][..], Some(5))
    );
    app.rebuild::<Length>().await.unwrap();
    let rebuilt = app.view::<Length>().get(&"1".to_owned()).await.unwrap();
    assert_eq!(folded, rebuilt);
    app.shutdown().await.unwrap();
}
