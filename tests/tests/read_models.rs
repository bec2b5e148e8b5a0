//! Read models of a shop, asked, rebuilt and kept elsewhere, as the pages `docs/read-side.md`, `docs/rebuilding.md` and
//! `docs/process-managers.md` show it: their code stands here, and `pages.rs` compares the two.

use std::time::Duration;

use eventsource_core::app::ProjectionState;
use eventsource_core::prelude::*;
use eventsource_sqlite::SqliteStore;
use tokio::time::timeout;

#[path = "../shop/domain.rs"]
mod domain;

use domain::OrderRow;
use domain::checkout::{Customer, Dashboard, Fulfilment, OrderCommand};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn place(order: &str, customer: &str, total: u64) -> OrderCommand {
    OrderCommand::Place {
        order: order.into(),
        customer: customer.into(),
        total,
    }
}

fn pay(order: &str, amount: u64) -> OrderCommand {
    OrderCommand::Pay {
        order: order.into(),
        amount,
    }
}

/// A shop with eight orders of Ada's and one of Grace's, all of them paid.
async fn shop(store: SqliteStore) -> Result<App<SqliteStore>, Box<dyn std::error::Error>> {
    // A rebuild that was given up can be taken up again when its lease has ended.
    let lease = Duration::from_millis(200);
    let app = App::builder(store).lease(lease).start().await?;
    for number in 1..=8 {
        let (order, total) = (format!("a-{number}"), number * 100);
        app.execute(place(&order, "ada", total)).await?;
        app.execute(pay(&order, total)).await?;
    }
    app.execute(place("g-1", "grace", 50)).await?;
    app.execute(pay("g-1", 50)).await?;
    app.settled().await?;
    Ok(app)
}

#[tokio::test]
async fn rows_are_asked_for_by_key_and_by_column() -> Outcome {
    let app = shop(SqliteStore::in_memory().await?).await?;

    let ada = app.view::<Customer>().get(&"ada".to_owned()).await?;
    let nobody = app.view::<Customer>().get(&"nobody".to_owned()).await?;
    let dashboard = app.view::<Dashboard>().global().await?;
    let dearest = app
        .view::<OrderRow>()
        .list()
        .filter("customer", "ada")
        .order_by("total")
        .descending()
        .limit(3)
        .await?;

    assert!(ada.is_some() && nobody.is_none());
    assert_ne!(dashboard, Dashboard::default());
    let totals: Vec<u64> = dearest.iter().map(|row| row.total).collect();
    assert_eq!(totals, [800, 700, 600]);
    Ok(())
}

#[tokio::test]
async fn after_waits_for_what_was_just_written() -> Outcome {
    let app = shop(SqliteStore::in_memory().await?).await?;

    let receipt = app.execute(place("g-2", "grace", 70)).await?;
    let order = app
        .view::<OrderRow>()
        .after(receipt.position())
        .get(&"g-2".to_owned())
        .await?;

    assert_eq!(order.map(|row| row.total), Some(70));
    Ok(())
}

#[tokio::test]
async fn a_read_model_is_built_anew_beside_the_served_one() -> Outcome {
    let app = shop(SqliteStore::in_memory().await?).await?;
    let before = app.view::<OrderRow>().list().await?;

    let position = app.rebuild::<OrderRow>().await?;

    assert_eq!(app.view::<OrderRow>().list().await?, before);
    assert_eq!(position, app.head().await?);
    // Given up after a moment, and taken up again.
    let soon = Duration::from_micros(1);
    if timeout(soon, app.rebuild::<OrderRow>()).await.is_err() {
        while let Err(ViewError::Rebuilding { .. }) = app.rebuild::<OrderRow>().resume().await {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
    assert_eq!(app.view::<OrderRow>().list().await?, before);
    Ok(())
}

#[tokio::test]
async fn read_models_are_kept_in_a_file_of_their_own() -> Outcome {
    let folder = tempfile::tempdir()?;
    let file = |name| folder.path().join(name);

    let views = SqliteStore::open(file("views.db")).await?;
    views.prepare(true).await?;
    let app = App::builder(SqliteStore::open(file("events.db")).await?)
        .views(views.views().ok_or("it keeps read models")?)
        .start()
        .await?;
    let receipt = app.execute(place("a-1", "ada", 10)).await?;

    let shown = app.view::<Customer>().after(receipt.position());
    assert!(shown.get(&"ada".to_owned()).await?.is_some());
    app.shutdown().await?;
    views.close().await?;
    let rows = |name| {
        let select = r#"SELECT count(*) FROM sqlite_schema WHERE name = 'customers@1'"#;
        rusqlite::Connection::open(file(name))?.query_row(select, [], |row| row.get::<_, i64>(0))
    };
    assert_eq!((rows("events.db")?, rows("views.db")?), (0, 1));
    Ok(())
}

#[tokio::test]
async fn a_program_says_how_long_its_leases_last() -> Outcome {
    let store = SqliteStore::in_memory().await?;

    let app = App::builder(store)
        .lease(Duration::from_secs(1))
        .start()
        .await?;

    app.settled().await?;
    Ok(())
}

#[tokio::test]
async fn status_tells_how_read_models_and_outboxes_are_doing() -> Outcome {
    let app = shop(SqliteStore::in_memory().await?).await?;

    for status in app.status().await? {
        if let ProjectionState::Stopped { error, retry_at } = &status.state {
            println!("{error}; tried again at {retry_at}");
        }
        println!("{} is {} positions behind", status.name, status.lag);
        if let Some(outbox) = status.outbox {
            println!("{} wait, {} are parked", outbox.waiting, outbox.parked);
        }
    }
    for command in app.parked::<Fulfilment>(100).await? {
        println!("{} {}: {}", command.id, command.command, command.reason);
    }

    let status = app.status().await?;
    let names: Vec<_> = status.iter().map(|it| it.name).collect();
    assert_eq!(names, ["customers", "dashboard", "fulfilment", "orders"]);
    assert!(status.iter().all(|it| it.lag == 0));
    let instance = app.view::<Fulfilment>().get(&"a-1".to_owned()).await?;
    assert!(instance.is_some());
    Ok(())
}
