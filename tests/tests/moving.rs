//! From one file to a server, as the page `docs/moving.md` shows it: its code stands here, and `pages.rs` compares the two.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use eventsource_core::moving::{self, Mark, Move, export};
use eventsource_core::prelude::*;
use eventsource_core::registry::Registry;
use eventsource_core::store::{AnyStore, EventStore, ReadLog, RecordedEvent};
use eventsource_core::{MemoryStore, Position};

#[path = "../shop/domain.rs"]
mod domain;

use domain::OrderRow;
use domain::checkout::{Customer, Dashboard, Order, OrderCommand};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn place(order: &str, total: u64) -> OrderCommand {
    OrderCommand::Place {
        order: order.into(),
        customer: "ada".into(),
        total,
    }
}

fn pay(order: &str, amount: u64) -> OrderCommand {
    OrderCommand::Pay {
        order: order.into(),
        amount,
    }
}

async fn shop(url: &str) -> Result<App<AnyStore>, Box<dyn std::error::Error>> {
    let store = eventsource_stores::open(url).await?;
    Ok(App::start(store).await?)
}

/// A shop with orders that are paid and shipped, and some that are not. Returns a command's id.
async fn a_day(url: &str) -> Result<uuid::Uuid, Box<dyn std::error::Error>> {
    let app = shop(url).await?;
    let id = uuid::Uuid::now_v7();
    let mut metadata = Metadata::new();
    metadata.command_id = Some(id);
    app.execute_with(place("first", 7), metadata).await?;
    for number in 0..40 {
        let order = format!("o-{number}");
        app.execute(place(&order, number)).await?;
        if number % 4 != 0 {
            app.execute(pay(&order, number)).await?;
        }
    }
    app.settled().await?;
    app.shutdown().await?;
    Ok(id)
}

async fn log(store: &AnyStore) -> Vec<RecordedEvent> {
    let read = ReadLog::after(Position::START);
    store.read_log(read, Vec::new()).await.unwrap()
}

fn kept(log: &[RecordedEvent]) -> Vec<RecordedEvent> {
    let events = log.iter().map(|event| RecordedEvent {
        position: Position::START,
        index: 0,
        ..event.clone()
    });
    events.collect()
}

async fn from_file_to_server(old: &AnyStore, new: &AnyStore) -> Outcome {
    old.prepare(true).await?;
    new.prepare(true).await?;
    Move::to(new).log_of(old).await?;

    let (views, new_views) = (
        old.views().ok_or("it has some")?,
        new.views().ok_or("it has some")?,
    );
    moving::read_models(&Registry::discover(), (old, &*views), (new, &*new_views)).await?;
    Ok(())
}

/// The log goes to the cluster, and the tables to the server that stands beside it.
async fn from_file_to_cluster(old: &AnyStore, log: &AnyStore, tables: &AnyStore) -> Outcome {
    old.prepare(true).await?;
    log.prepare(true).await?;
    tables.prepare(true).await?;
    Move::to(log).log_of(old).await?;

    let (views, new_views) = (
        old.views().ok_or("it has some")?,
        tables.views().ok_or("it has some")?,
    );
    moving::read_models(&Registry::discover(), (old, &*views), (log, &*new_views)).await?;
    Ok(())
}

async fn out(store: &AnyStore, file: &Path) -> Result<Mark, Box<dyn std::error::Error>> {
    let lines = BufWriter::new(File::create(file)?);
    Ok(export(store, lines, Mark::default()).await?)
}

async fn back(store: &AnyStore, file: &Path) -> Result<moving::Moved, Box<dyn std::error::Error>> {
    let lines = BufReader::new(File::open(file)?);
    Ok(Move::to(store).lines(lines).await?)
}

async fn go_on(store: &AnyStore, file: &Path) -> Result<Mark, Box<dyn std::error::Error>> {
    let (mark, bytes) = Mark::of(BufReader::new(File::open(file)?))?;
    let mut lines = File::options().append(true).open(file)?;
    lines.set_len(bytes)?;
    Ok(export(store, &mut lines, mark).await?)
}

/// The server, with a database of its own for this test.
async fn server() -> AnyStore {
    let url = eventsource_test_servers::postgres::url().unwrap_or_else(|error| panic!("{error}"));
    let options = eventsource_postgres::PostgresOptions::new()
        .schema(format!("log {}", uuid::Uuid::now_v7()))
        .views_schema(format!("views {}", uuid::Uuid::now_v7()));
    AnyStore::new(options.connect(&url).await.expect("the server is there"))
}

/// JetStream, with a log of its own for this test, and its read models in this file.
async fn jetstream(views: &Path) -> AnyStore {
    let url = eventsource_test_servers::nats::url().unwrap_or_else(|error| panic!("{error}"));
    let log = uuid::Uuid::now_v7().simple();
    let url = format!("{url}?log={log}&views=sqlite:{}", views.display());
    eventsource_stores::open(&url)
        .await
        .expect("the server is there")
}

#[tokio::test]
async fn a_shop_goes_on_where_it_was() -> Outcome {
    goes_on(server().await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_goes_on_in_a_cluster_with_its_read_models_in_a_file() -> Outcome {
    let folder = tempfile::tempdir()?;
    let views = folder.path().join("views.db");
    goes_on(jetstream(&views).await).await
}

/// A day in a file, and the next one in the new store.
async fn goes_on(new: AnyStore) -> Outcome {
    let folder = tempfile::tempdir()?;
    let file = format!("sqlite:{}", folder.path().join("shop.db").display());
    let id = a_day(&file).await?;
    let old = eventsource_stores::open(&file).await?;

    from_file_to_server(&old, &new).await?;
    // Once more does nothing.
    from_file_to_server(&old, &new).await?;

    let moved = log(&new).await;
    assert_eq!(kept(&moved), kept(&log(&old).await));
    assert!(moved.iter().any(|event| &*event.name == "order.shipped"));
    let app = App::start(new.clone()).await?;
    app.settled().await?;
    // Nothing was sent again, and no read model was begun anew.
    assert_eq!(kept(&log(&new).await), kept(&moved));
    let before = App::builder(old.clone()).runner(false).start().await?;
    assert_eq!(
        app.view::<Dashboard>().global().await?,
        before.view::<Dashboard>().global().await?
    );
    assert_eq!(
        app.view::<OrderRow>().list().await?,
        before.view::<OrderRow>().list().await?
    );
    assert_eq!(
        app.view::<Customer>().list().await?,
        before.view::<Customer>().list().await?
    );

    // A command that is repeated after the move gets the answer from before.
    let mut metadata = Metadata::new();
    metadata.command_id = Some(id);
    let receipt = app.execute_with(place("first", 7), metadata).await?;
    assert_eq!(receipt.version(), 1);
    assert_eq!(log(&new).await.len(), moved.len());

    // And what was under way goes on.
    app.execute(pay("o-4", 4)).await?;
    app.settled().await?;
    assert_eq!(
        *app.load::<Order>(&"o-4".to_owned()).await?.state(),
        Order::Shipped
    );
    app.shutdown().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_goes_on_in_a_cluster_with_its_tables_on_a_server() -> Outcome {
    let folder = tempfile::tempdir()?;
    let file = format!("sqlite:{}", folder.path().join("shop.db").display());
    let id = a_day(&file).await?;
    let old = eventsource_stores::open(&file).await?;
    let url = eventsource_test_servers::nats::url().unwrap_or_else(|error| panic!("{error}"));
    let options = eventsource_nats::NatsOptions::new();
    let options = options.log(format!("moved-{}", uuid::Uuid::now_v7().simple()));
    let (new, tables) = (AnyStore::new(options.connect(&url).await?), server().await);

    from_file_to_cluster(&old, &new, &tables).await?;
    // Once more does nothing.
    from_file_to_cluster(&old, &new, &tables).await?;

    let moved = log(&new).await;
    assert_eq!(kept(&moved), kept(&log(&old).await));
    let views = tables.views().ok_or("it has some")?;
    let app = App::builder(new.clone()).views(views).start().await?;
    app.settled().await?;
    assert_eq!(
        kept(&log(&new).await),
        kept(&moved),
        "nothing is sent again"
    );
    let before = App::builder(old.clone()).runner(false).start().await?;
    assert_eq!(
        app.view::<Dashboard>().global().await?,
        before.view::<Dashboard>().global().await?
    );
    assert_eq!(
        app.view::<OrderRow>().list().await?,
        before.view::<OrderRow>().list().await?
    );

    let mut metadata = Metadata::new();
    metadata.command_id = Some(id);
    let receipt = app.execute_with(place("first", 7), metadata).await?;
    assert_eq!(receipt.version(), 1);
    app.execute(pay("o-4", 4)).await?;
    app.settled().await?;
    assert_eq!(
        *app.load::<Order>(&"o-4".to_owned()).await?.state(),
        Order::Shipped
    );
    app.shutdown().await?;
    Ok(())
}

#[tokio::test]
async fn a_log_goes_through_a_file_of_lines() -> Outcome {
    let folder = tempfile::tempdir()?;
    let old = eventsource_stores::open("sqlite::memory:").await?;
    let app = App::start(old.clone()).await?;
    app.execute(place("a", 1)).await?;
    app.execute(place("b", 2)).await?;
    let file = folder.path().join("shop.jsonl");
    out(&old, &file).await?;
    app.execute(place("c", 3)).await?;
    app.settled().await?;
    let mark = go_on(&old, &file).await?;
    let all = log(&old).await;
    assert_eq!(mark.events, all.len() as u64);

    let views = folder.path().join("views.db");
    for new in [
        AnyStore::new(MemoryStore::new()),
        server().await,
        jetstream(&views).await,
    ] {
        new.prepare(true).await?;
        let moved = back(&new, &file).await?;
        assert_eq!((moved.events, moved.chain), (mark.events, mark.chain));
        assert_eq!(kept(&log(&new).await), kept(&all));
    }
    app.shutdown().await?;
    Ok(())
}

#[tokio::test]
async fn a_subscribers_position_is_mapped() -> Outcome {
    let old = eventsource_stores::open("sqlite::memory:").await?;
    let app = App::start(old.clone()).await?;
    app.execute(place("a", 1)).await?;
    let receipt = app.execute(place("b", 2)).await?;
    app.execute(place("c", 3)).await?;
    app.settled().await?;
    let seen = receipt.position();
    let new = server().await;
    new.prepare(true).await?;

    let moved = Move::to(&new).positions([seen]).log_of(&old).await?;
    let seen = moved.positions[&seen];

    let read = ReadLog::after(seen);
    let unseen: Vec<RecordedEvent> = new.read_log(read, Vec::new()).await?;
    assert_eq!(unseen[0].stream.as_str(), "order-c");
    app.shutdown().await?;
    Ok(())
}
