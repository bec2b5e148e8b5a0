//! Its PostgreSQL store, on sqlx's pool.

use disintegrate::serde::json::Json;
use disintegrate::{EventSourcedStateStore, EventStore as _, LoadState as _, NoSnapshot};
use disintegrate_postgres::{PgDecisionMaker, PgEventStore, decision_maker};
use measure::history::fact;
use measure::peer::{Answer, STREAM_EVENTS};
use measure::tellers;
use sqlx::postgres::PgPoolOptions;

use crate::bank::{Account, BankEvent, Deposit, event};

type Store = PgEventStore<BankEvent, Json<BankEvent>>;
type Maker = PgDecisionMaker<BankEvent, Json<BankEvent>, NoSnapshot>;

/// A store with these accounts, of `events` events each.
async fn open(url: &str, accounts: usize, events: u64) -> Store {
    let pool = PgPoolOptions::new()
        .max_connections(10)
        .connect(url)
        .await
        .expect("the server is there");
    let store = Store::try_new(pool.clone(), Json::default())
        .await
        .expect("the tables are made");
    let empty: bool = sqlx::query_scalar("SELECT NOT EXISTS (SELECT 1 FROM event)")
        .fetch_one(&pool)
        .await
        .expect("the database answers");
    if empty {
        for account in 0..accounts {
            // One insert of several values takes a limited number of parameters.
            for versions in (1..=events).collect::<Vec<_>>().chunks(500) {
                let facts = versions.iter().map(|version| fact(*version));
                let events = facts.map(|fact| event(account, fact)).collect();
                store
                    .append_without_validation(events)
                    .await
                    .expect("a new account takes events");
            }
        }
        sqlx::query("ANALYZE")
            .execute(&pool)
            .await
            .expect("the tables are analyzed");
    }
    store
}

async fn balance(store: &Store, account: usize) -> u64 {
    let states = EventSourcedStateStore::new(store.clone(), NoSnapshot);
    let loaded = states.load(Account::of(account)).await;
    loaded.expect("it loads").state().balance
}

pub async fn commands(url: &str, streams: usize, tasks: usize, commands: usize) -> Answer {
    let maker: Maker = decision_maker(open(url, streams, STREAM_EVENTS).await, NoSnapshot);
    tellers::deposits(streams, tasks, commands, move |account| {
        let maker = maker.clone();
        async move {
            let deposit = Deposit {
                account,
                amount: 5_000,
                reference: "0000000000013".into(),
            };
            maker.make(deposit).await.map(|_| ())
        }
    })
    .await
}

pub async fn load(url: &str, events: usize) -> Answer {
    let store = open(url, 1, events as u64).await;
    tellers::loads(events, || balance(&store, 0)).await
}

pub async fn balances(url: &str, streams: usize) -> Answer {
    let store = open(url, 0, 0).await;
    let mut sum = 0;
    for account in 0..streams {
        sum += balance(&store, account).await;
    }
    (sum as f64).into()
}
