//! Its PostgreSQL store, on its own `default_postgress_pool`.

use std::sync::Arc;

use cqrs_es::persist::PersistedEventStore;
use cqrs_es::{AggregateContext as _, EventStore as _};
use measure::history::fact;
use measure::peer::{Answer, STREAM_EVENTS};
use measure::tellers;
use postgres_es::{PostgresCqrs, PostgresEventRepository};
use sqlx::{Pool, Postgres};

use crate::bank::{Account, AccountCommand};

type Store = PersistedEventStore<PostgresEventRepository, Account>;

/// The one table that is needed, from its `db/init.sql`.
const EVENTS: &str = "CREATE TABLE events (
  aggregate_type text NOT NULL, aggregate_id text NOT NULL, sequence bigint CHECK (sequence >= 0) NOT NULL,
  event_type text NOT NULL, event_version text NOT NULL, payload json NOT NULL, metadata json NOT NULL,
  PRIMARY KEY (aggregate_type, aggregate_id, sequence))";

/// A pool on a database that holds these accounts, of `events` events each.
async fn pool(url: &str, accounts: impl Iterator<Item = String>, events: u64) -> Pool<Postgres> {
    let pool = postgres_es::default_postgress_pool(url).await;
    let empty: bool = sqlx::query_scalar("SELECT to_regclass('events') IS NULL")
        .fetch_one(&pool)
        .await
        .expect("the database answers");
    if empty {
        sqlx::query(EVENTS)
            .execute(&pool)
            .await
            .expect("the table is made");
        let cqrs = cqrs(&pool);
        for account in accounts {
            let events = (1..=events).map(|version| fact(version).into()).collect();
            cqrs.execute(&account, AccountCommand::Fill(events))
                .await
                .expect("a new account takes events");
        }
        sqlx::query("ANALYZE")
            .execute(&pool)
            .await
            .expect("the table is analyzed");
    }
    pool
}

fn cqrs(pool: &Pool<Postgres>) -> PostgresCqrs<Account> {
    postgres_es::postgres_cqrs(pool.clone(), vec![], ())
}

fn store(pool: &Pool<Postgres>) -> Store {
    PersistedEventStore::new_event_store(PostgresEventRepository::new(pool.clone()))
}

async fn balance(store: &Store, account: &str) -> u64 {
    let mut loaded = store.load_aggregate(account).await.expect("it loads");
    loaded.aggregate().balance
}

pub async fn commands(url: &str, streams: usize, tasks: usize, commands: usize) -> Answer {
    let accounts = (0..streams).map(|account| account.to_string());
    let cqrs = Arc::new(cqrs(&pool(url, accounts, STREAM_EVENTS).await));
    tellers::deposits(streams, tasks, commands, move |account| {
        let cqrs = Arc::clone(&cqrs);
        async move {
            let deposit = AccountCommand::Deposit {
                amount: 5_000,
                reference: "0000000000013".into(),
            };
            cqrs.execute(&account.to_string(), deposit).await
        }
    })
    .await
}

pub async fn load(url: &str, events: usize) -> Answer {
    let accounts = std::iter::once("long".to_owned());
    let store = store(&pool(url, accounts, events as u64).await);
    tellers::loads(events, || balance(&store, "long")).await
}

pub async fn balances(url: &str, streams: usize) -> Answer {
    let store = store(&pool(url, std::iter::empty(), 0).await);
    let mut sum = 0;
    for account in 0..streams {
        sum += balance(&store, &account.to_string()).await;
    }
    (sum as f64).into()
}
