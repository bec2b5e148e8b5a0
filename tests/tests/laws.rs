//! The law of read models, on every store that outlives its program: what was fed live, what was rebuilt under writers, and a fold from scratch are the same.

use std::collections::BTreeMap;

use eventsource_core::app::AppBuilder;
use eventsource_core::prelude::*;
use eventsource_core::registry::Registry;
use eventsource_nats::{NatsOptions, NatsStore};
use eventsource_postgres::PostgresOptions;
use eventsource_sqlite::SqliteStore;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Event, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[event(name = "tab.ordered")]
struct Ordered {
    drinks: u32,
    guests: Vec<String>,
}

#[derive(Aggregate, Default, Clone, Debug, PartialEq)]
#[aggregate(
    name = "tab",
    id = String,
    error = std::convert::Infallible,
    events(Ordered),
    commands(Order)
)]
struct Tab;

impl Apply<Ordered> for Tab {
    fn apply(&mut self, _: &Ordered) {}
}

#[derive(Command, Clone)]
#[command(aggregate = Tab, upserts)]
struct Order {
    #[command(id)]
    tab: String,
    drinks: u32,
    guests: Vec<String>,
}

impl Handle<Order> for Tab {
    fn handle(&self, command: Order, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Ordered {
            drinks: command.drinks,
            guests: command.guests,
        }])
    }
}

/// A row a guest, over all tabs: an event is of several.
#[derive(Projection, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[projection(name = "guests", version = 1, events(Ordered(key_with = guests_of)))]
struct Guest {
    #[projection(key)]
    guest: String,
    drinks: u32,
}

fn guests_of(event: &Ordered, _: &EventContext<'_>) -> Vec<String> {
    event.guests.clone()
}

impl Project<Ordered> for Guest {
    fn project(&mut self, event: &Ordered, _: &EventContext<'_>) {
        self.drinks += event.drinks;
    }
}

#[derive(Projection, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[projection(name = "bar", version = 1, key = global, events(Ordered))]
struct Bar {
    drinks: u32,
    orders: u32,
}

impl Project<Ordered> for Bar {
    fn project(&mut self, event: &Ordered, _: &EventContext<'_>) {
        self.drinks += event.drinks;
        self.orders += 1;
    }
}

const WRITERS: u32 = 4;
const ORDERS: u32 = 40;

/// What one writer orders: some at tabs of its own, some at one that all write to.
fn orders(writer: u32) -> impl Iterator<Item = Order> {
    (0..ORDERS).map(move |number| Order {
        tab: match number % 3 {
            0 => "all".to_owned(),
            tab => format!("{writer} {tab}"),
        },
        drinks: number % 7 + 1,
        guests: vec![format!("g{}", number % 5), format!("w{writer}")],
    })
}

async fn holds<S: EventStore>(builder: AppBuilder<S>) {
    let registry = Registry::builder()
        .aggregate::<Tab>()
        .projection::<Guest>()
        .projection::<Bar>()
        .build();
    let app = builder.registry(registry).start().await.unwrap();
    let writing: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let app = app.clone();
            tokio::spawn(async move {
                for order in orders(writer) {
                    app.execute(order).await.unwrap();
                }
            })
        })
        .collect();
    app.rebuild::<Guest>().await.unwrap();
    app.rebuild::<Bar>().await.unwrap();
    for writer in writing {
        writer.await.unwrap();
    }
    app.settled().await.unwrap();
    let rows = || async {
        let guests = app.view::<Guest>().list().await.unwrap();
        (guests, app.view::<Bar>().global().await.unwrap())
    };
    let live = rows().await;

    app.rebuild::<Guest>().await.unwrap();
    app.rebuild::<Bar>().await.unwrap();

    assert_eq!(rows().await, live);
    let (mut guests, mut bar) = (BTreeMap::new(), Bar::default());
    for order in (0..WRITERS).flat_map(orders) {
        bar.drinks += order.drinks;
        bar.orders += 1;
        for guest in order.guests {
            *guests.entry(guest).or_insert(0) += order.drinks;
        }
    }
    let guests = guests.into_iter();
    let guests = guests.map(|(guest, drinks)| Guest { guest, drinks });
    assert_eq!(live, (guests.collect(), bar));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_in_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("bar.db")).await;
    holds(App::builder(store.unwrap())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_in_postgres() {
    let url = eventsource_test_servers::postgres::url().unwrap();
    let id = Uuid::now_v7().simple();
    let options = PostgresOptions::new()
        .schema(format!("law {id}"))
        .views_schema(format!("law views {id}"));
    holds(App::builder(options.connect(&url).await.unwrap())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_for_nats_with_views_in_sqlite() {
    let url = eventsource_test_servers::nats::url().unwrap();
    let log = format!("law-{}", Uuid::now_v7().simple());
    let store: NatsStore = NatsOptions::new().log(&log).connect(&url).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let views = SqliteStore::open(folder.path().join("views.db")).await;
    holds(App::builder(store).views(views.unwrap())).await;
}
