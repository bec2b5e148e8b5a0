//! One program on any store, by its argument:
//!
//! ```text
//! cargo run --example anywhere -- memory:
//! cargo run --example anywhere -- sqlite:anywhere.db
//! cargo run --example anywhere -- postgres://user:password@host:5432/database
//! cargo run --example anywhere -- nats://user:password@host:4222 sqlite:views.db
//! ```
//!
//! JetStream holds no read models: the second argument says where they are. Without an argument it runs in memory, and then on a file.

use std::error::Error;

use eventsource_core::prelude::*;
use eventsource_core::store::AnyStore;
use serde::{Deserialize, Serialize};

/// A show was put up for sale.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "show.announced")]
pub struct Announced {
    pub seats: u32,
}

/// Seats were sold.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "show.sold")]
pub struct Sold {
    pub seats: u32,
}

#[derive(Command, Debug, Clone)]
#[command(aggregate = Show, creates)]
pub struct Announce {
    #[command(id)]
    pub show: String,
    pub seats: u32,
}

#[derive(Command, Debug, Clone)]
#[command(aggregate = Show)]
pub struct Sell {
    #[command(id)]
    pub show: String,
    pub seats: u32,
}

#[derive(Aggregate, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[aggregate(
    name = "show",
    id = String,
    error = SoldOut,
    events(Announced, Sold),
    commands(Announce, Sell),
    snapshot(every = 20)
)]
pub struct Show {
    free: u32,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{free} seats are free, {asked} were asked for")]
pub struct SoldOut {
    free: u32,
    asked: u32,
}

impl Apply<Announced> for Show {
    fn apply(&mut self, event: &Announced) {
        self.free = event.seats;
    }
}

impl Apply<Sold> for Show {
    fn apply(&mut self, event: &Sold) {
        self.free -= event.seats;
    }
}

impl Handle<Announce> for Show {
    fn handle(&self, command: Announce, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Announced {
            seats: command.seats
        }])
    }
}

impl Handle<Sell> for Show {
    fn handle(&self, command: Sell, _: &Context<'_, Self>) -> Decision<Self> {
        let (free, asked) = (self.free, command.seats);
        if asked > free {
            return Err(SoldOut { free, asked });
        }
        Ok(events![Sold { seats: asked }])
    }
}

/// What was sold of each show.
#[derive(Projection, Default, Debug, Clone, PartialEq)]
#[projection(name = "sales", version = 1, events(Announced, Sold))]
pub struct Sales {
    #[projection(key)]
    pub show: String,
    pub seats: u32,
    pub sold: u32,
}

impl Project<Announced> for Sales {
    fn project(&mut self, event: &Announced, _: &EventContext<'_>) {
        self.seats = event.seats;
    }
}

impl Project<Sold> for Sales {
    fn project(&mut self, event: &Sold, _: &EventContext<'_>) {
        self.sold += event.seats;
    }
}

/// The app on the store at this URL; its read models are in the other one where it holds none itself.
async fn start(url: &str, views: &str) -> Result<App<AnyStore>, Box<dyn Error>> {
    let store = eventsource_stores::open(url).await?;
    let mut app = App::builder(store.clone());
    if store.views().is_none() {
        let beside = eventsource_stores::open(views).await?;
        app = app.views(beside.views().ok_or("this store holds no read models")?);
    }
    Ok(app.start().await?)
}

/// Sells a show of its own out, from eight tills at once.
async fn sell(app: &App<AnyStore>) -> Result<Sales, Box<dyn Error>> {
    let show = format!("show-{}", uuid::Uuid::now_v7());
    let seats = 100;
    app.execute(Announce {
        show: show.clone(),
        seats,
    })
    .await?;
    let tills: Vec<_> = (0..8)
        .map(|_| {
            let (app, show) = (app.clone(), show.clone());
            tokio::spawn(async move {
                loop {
                    let sale = Sell {
                        show: show.clone(),
                        seats: 5,
                    };
                    match app.execute(sale).await {
                        Ok(_) => {}
                        Err(ExecuteError::Rejected(SoldOut { .. })) => return Ok(()),
                        // Another till was faster, too often.
                        Err(ExecuteError::Conflict { .. }) => {}
                        Err(other) => return Err(other),
                    }
                }
            })
        })
        .collect();
    for till in tills {
        till.await??;
    }
    app.settled().await?;
    let sales: Option<Sales> = app.view::<Sales>().get(&show).await?;
    let sales = sales.ok_or("the show has a row")?;
    if (sales.seats, sales.sold) != (seats, seats) {
        return Err(format!("sold out is not what the row says: {sales:?}").into());
    }
    Ok(sales)
}

async fn run(url: &str, views: &str) -> Result<Sales, Box<dyn Error>> {
    let app = start(url, views).await?;
    let sales = sell(&app).await?;
    app.shutdown().await?;
    Ok(sales)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let views = |second: Option<String>| second.unwrap_or_else(|| "sqlite:views.db".into());
    if let Some(url) = arguments.next() {
        println!("{:?}", run(&url, &views(arguments.next())).await?);
        return Ok(());
    }
    for url in ["memory:", "sqlite:anywhere.db"] {
        println!("{url} {:?}", run(url, &views(None)).await?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: Result<String, eventsource_test_servers::NoServer>) -> String {
        url.unwrap_or_else(|error| panic!("{error}"))
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn it_runs_on_a_file_twice() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("a.db").display());
        for _ in 0..2 {
            assert_eq!(run(&url, "memory:").await.unwrap().sold, 100);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn it_runs_on_a_server() {
        let url = server(eventsource_test_servers::postgres::url());
        assert_eq!(run(&url, "memory:").await.unwrap().sold, 100);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn it_runs_on_a_cluster_with_its_read_models_beside() {
        let url = server(eventsource_test_servers::nats::url());
        let folder = tempfile::tempdir().unwrap();
        let views = format!("sqlite:{}", folder.path().join("views.db").display());
        assert_eq!(run(&url, &views).await.unwrap().sold, 100);
    }
}
