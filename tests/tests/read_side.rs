//! Asking read models, as `docs/read-side.md` shows it: the page's code stands here, and `pages.rs` compares the two.

use std::path::Path;
use std::time::Duration;

use eventsource_core::app::{Change, Changes};
use eventsource_core::prelude::*;
use eventsource_core::store::{EventStore, ReadLog, RecordedEvent, StoreError};
use eventsource_sqlite::SqliteStore;
use rusqlite::{Connection, OpenFlags};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{Sender, channel};
use tokio::time::timeout;

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "account.deposited")]
pub struct Deposited {
    pub amount: u64,
}

#[derive(Command, Debug, Clone)]
#[command(aggregate = Account, creates)]
pub struct Open {
    #[command(id)]
    pub account: String,
    pub owner: String,
}

#[derive(Command, Debug, Clone)]
#[command(aggregate = Account)]
pub struct Deposit {
    #[command(id)]
    pub account: String,
    pub amount: u64,
}

#[derive(Aggregate, Default, Debug, Clone, PartialEq)]
#[aggregate(
    name = "account",
    id = String,
    error = std::convert::Infallible,
    events(ignore(Opened, Deposited)),
    commands(Open, Deposit)
)]
pub struct Account {}

impl Handle<Open> for Account {
    fn handle(&self, command: Open, _: &Context<'_, Self>) -> Decision<Self> {
        let owner = command.owner;
        Ok(events![Opened { owner }])
    }
}

impl Handle<Deposit> for Account {
    fn handle(&self, command: Deposit, _: &Context<'_, Self>) -> Decision<Self> {
        let amount = command.amount;
        Ok(events![Deposited { amount }])
    }
}

#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(name = "balances", version = 1, events(Opened, Deposited))]
pub struct Balance {
    #[projection(key)]
    account: String,
    #[projection(index)]
    owner: String,
    amount: u64,
}

impl Project<Opened> for Balance {
    fn project(&mut self, event: &Opened, _: &EventContext<'_>) {
        self.owner.clone_from(&event.owner);
    }
}

impl Project<Deposited> for Balance {
    fn project(&mut self, event: &Deposited, _: &EventContext<'_>) {
        self.amount += event.amount;
    }
}

/// The accounts with the most money, two a page.
async fn richest(
    app: &App<SqliteStore>,
    last: Option<&Balance>,
) -> Result<Vec<Balance>, ViewError> {
    let page = app
        .view::<Balance>()
        .list()
        .order_by("amount")
        .descending()
        .limit(2);
    match last {
        Some(last) => page.after_row(last).await,
        None => page.await,
    }
}

/// What each owner has, over all accounts.
fn totals(file: &Path) -> rusqlite::Result<Vec<(String, i64)>> {
    let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut totals = database
        .prepare("select owner, sum(amount) from balances group by owner order by owner")?;
    let rows = totals.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// Tells of one owner's accounts, from now on.
async fn follow(app: App<SqliteStore>, owner: &str) -> Result<(), ViewError> {
    let mut changes = app.view::<Balance>().list().filter("owner", owner).stream();
    while let Some(change) = changes.next().await {
        match change? {
            Change::Inserted(row) | Change::Updated(row) => println!("{row:?}"),
            Change::Removed(row) => println!("gone: {row:?}"),
            _ => {}
        }
    }
    Ok(())
}

/// Hands all deposits on, behind the last one that was handed on before.
async fn hand_on(
    app: App<SqliteStore>,
    last: Position,
    to: Sender<RecordedEvent>,
) -> Result<(), StoreError> {
    let mut deposits = app.subscribe().after(last).event::<Deposited>().stream();
    while let Some(deposit) = deposits.next().await {
        if to.send(deposit?).await.is_err() {
            break;
        }
    }
    Ok(())
}

async fn filled(file: &Path) -> App<SqliteStore> {
    let store = SqliteStore::open(file).await.unwrap();
    let app = App::start(store).await.unwrap();
    for (account, owner, amount) in [
        ("a", "Ada", 10),
        ("b", "Bo", 30),
        ("c", "Ada", 20),
        ("d", "Bo", 30),
        ("e", "Cy", 5),
    ] {
        let (account, owner) = (account.to_owned(), owner.to_owned());
        let open = Open {
            account: account.clone(),
            owner,
        };
        app.execute(open).await.unwrap();
        app.execute(Deposit { account, amount }).await.unwrap();
    }
    app.settled().await.unwrap();
    app
}

#[tokio::test]
async fn pages_follow_an_order_that_is_not_that_of_the_keys() {
    let folder = tempfile::tempdir().unwrap();
    let app = filled(&folder.path().join("bank.db")).await;

    let mut accounts = String::new();
    let mut page = richest(&app, None).await.unwrap();
    while let Some(last) = page.last() {
        accounts.extend(page.iter().map(|row| row.account.as_str()));
        accounts.push(' ');
        page = richest(&app, Some(last)).await.unwrap();
    }

    assert_eq!(accounts, "db ca e ");
}

#[tokio::test]
async fn a_read_model_is_a_table_for_sql() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.db");
    let _app = filled(&file).await;

    let totals = totals(&file).unwrap();

    let expected = [("Ada", 30), ("Bo", 60), ("Cy", 5)];
    assert_eq!(totals, expected.map(|(owner, sum)| (owner.to_owned(), sum)));
}

async fn amount(changes: &mut Changes<Balance>) -> u64 {
    let change = timeout(Duration::from_secs(10), changes.next()).await;
    change.expect("nothing came").unwrap().unwrap().row().amount
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_are_seen_in_the_program_that_feeds_the_table_and_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.db");
    let app = filled(&file).await;
    let beside = App::builder(SqliteStore::open(&file).await.unwrap()).runner(false);
    let beside = beside.start().await.unwrap();
    let following = tokio::spawn(follow(app.clone(), "Ada"));
    let (to, mut deposits) = channel(1);
    let handing_on = tokio::spawn(hand_on(app.clone(), Position::START, to));
    let account = "a".to_owned();
    let mut here = app.view::<Balance>().stream_of(&account);
    let mut there = beside.view::<Balance>().stream_of(&account);
    assert_eq!(
        (amount(&mut here).await, amount(&mut there).await),
        (10, 10)
    );

    let mut expected = 10;
    for amount_in in 1..=5 {
        let account = account.clone();
        let deposit = Deposit {
            account,
            amount: amount_in,
        };
        app.execute(deposit).await.unwrap();
        expected += amount_in;
        assert_eq!(amount(&mut here).await, expected);
        assert_eq!(amount(&mut there).await, expected);
    }

    for version in [2, 2, 2, 2, 2, 3, 4, 5, 6, 7] {
        assert_eq!(deposits.recv().await.unwrap().version, version);
    }
    beside.shutdown().await.unwrap();
    assert!(there.next().await.is_none());
    app.shutdown().await.unwrap();
    following.await.unwrap().unwrap();
    handing_on.await.unwrap().unwrap();
    assert!(deposits.recv().await.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_beside_the_writers_is_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.db");
    let app = filled(&file).await;
    let beside = App::builder(SqliteStore::open(&file).await.unwrap()).runner(false);
    let beside = beside.start().await.unwrap();
    let mut events = beside.subscribe().page(3).stream();

    let writers = ["a", "b", "c", "a"].map(|account| {
        let app = app.clone();
        tokio::spawn(async move {
            for amount in 1..=25 {
                let account = account.to_owned();
                app.execute(Deposit { account, amount }).await.unwrap();
            }
        })
    });
    let mut seen = Vec::new();
    while seen.len() < 110 {
        let event = timeout(Duration::from_secs(10), events.next()).await;
        seen.push(event.expect("nothing came").unwrap().unwrap());
    }
    for writer in writers {
        writer.await.unwrap();
    }

    let store = SqliteStore::open(&file).await.unwrap();
    let log = ReadLog::after(Position::START);
    let log: Vec<RecordedEvent> = store.read_log(log, Vec::new()).await.unwrap();
    assert_eq!(seen, log);
}
