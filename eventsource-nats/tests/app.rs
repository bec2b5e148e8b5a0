//! A whole program on JetStream: commands, snapshots, and a read model in another store.

mod fixture;

use eventsource_core::App;
use eventsource_core::prelude::*;
use eventsource_nats::NatsStore;
use eventsource_sqlite::SqliteStore;
use fixture::Place;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Event, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[event(name = "tab.ordered")]
struct Ordered {
    drinks: u32,
}

#[derive(Aggregate, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[aggregate(
    name = "tab",
    id = String,
    error = std::convert::Infallible,
    events(Ordered),
    commands(Order),
    snapshot(every = 5)
)]
struct Tab {
    drinks: u32,
}

impl Apply<Ordered> for Tab {
    fn apply(&mut self, event: &Ordered) {
        self.drinks += event.drinks;
    }
}

#[derive(Command, Serialize, Deserialize, Clone)]
#[command(aggregate = Tab, upserts)]
struct Order {
    #[command(id)]
    tab: String,
    drinks: u32,
}

impl Handle<Order> for Tab {
    fn handle(&self, command: Order, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Ordered {
            drinks: command.drinks
        }])
    }
}

#[derive(Projection, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
#[projection(name = "drinks", version = 1, events(Ordered), key = stream)]
struct Drinks {
    #[projection(key)]
    tab: String,
    drinks: u32,
}

impl Project<Ordered> for Drinks {
    fn project(&mut self, event: &Ordered, _: &EventContext<'_>) {
        self.drinks += event.drinks;
    }
}

fn order(tab: &str, drinks: u32) -> Order {
    Order {
        tab: tab.to_owned(),
        drinks,
    }
}

async fn program(place: &Place, views: &SqliteStore) -> App<NatsStore> {
    let store = place.unprepared().await;
    let app = App::builder(store).views(views.clone()).start().await;
    app.expect("it starts")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_keeps_its_read_models_in_another_store() {
    let place = Place::new();
    let folder = tempfile::tempdir().unwrap();
    let views = SqliteStore::open(folder.path().join("views.db"))
        .await
        .unwrap();
    views.prepare(true).await.unwrap();
    let app = program(&place, &views).await;
    for _ in 0..12 {
        app.execute(order("ada", 2)).await.unwrap();
    }
    let known = Metadata::new().command_id(Uuid::now_v7());
    let first = app
        .execute_with(order("ada", 1), known.clone())
        .await
        .unwrap();

    let row = app.view::<Drinks>().after(first.position());
    let row = row.get(&"ada".to_owned()).await.unwrap().unwrap();
    assert_eq!(row.drinks, 25);
    app.shutdown().await.unwrap();

    let app = program(&place, &views).await;
    let again = app.execute_with(order("ada", 1), known).await.unwrap();
    assert_eq!(again.position(), first.position(), "it is the first answer");
    let tab = app.load::<Tab>(&"ada".to_owned()).await.unwrap();
    assert_eq!((tab.version(), tab.state().drinks), (13, 25));
    let last = app.execute(order("ada", 5)).await.unwrap();
    let row = app.view::<Drinks>().after(last.position());
    let row = row.get(&"ada".to_owned()).await.unwrap().unwrap();
    assert_eq!(row.drinks, 30);
    app.shutdown().await.unwrap();
}
