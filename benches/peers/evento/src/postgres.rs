//! Its PostgreSQL executor, on sqlx's pool.

use evento::Postgres;
use evento::migrator::{Migrate as _, Plan};
use measure::peer::{Answer, STREAM_EVENTS};
use measure::tellers;
use sqlx::postgres::PgPoolOptions;

use crate::bank;

/// An executor on a database that holds these accounts, of `events` events each.
async fn open(
    url: &str,
    accounts: impl Iterator<Item = String>,
    events: u64,
) -> anyhow::Result<Postgres> {
    let pool = PgPoolOptions::new()
        .max_connections(10)
        .connect(url)
        .await?;
    let empty: bool = sqlx::query_scalar("SELECT to_regclass('event') IS NULL")
        .fetch_one(&pool)
        .await?;
    let executor = Postgres::from(pool.clone());
    if empty {
        let mut connection = pool.acquire().await?;
        evento::sql_migrator::new::<sqlx::Postgres>()?
            .run(&mut *connection, &Plan::apply_all())
            .await?;
        for account in accounts {
            bank::fill(&executor, &account, events).await?;
        }
        sqlx::query("ANALYZE").execute(&mut *connection).await?;
    }
    Ok(executor)
}

fn id(account: usize) -> String {
    format!("a-{account}")
}

async fn balance(executor: &Postgres, id: &str) -> u64 {
    let loaded = bank::account().load(id).execute(executor).await;
    loaded.expect("it loads").expect("it is there").balance
}

pub async fn commands(url: &str, streams: usize, tasks: usize, commands: usize) -> Answer {
    let executor = open(url, (0..streams).map(id), STREAM_EVENTS)
        .await
        .expect("the database is filled");
    tellers::deposits(streams, tasks, commands, move |account| {
        let executor = executor.clone();
        async move { bank::deposit(&executor, &id(account)).await }
    })
    .await
}

pub async fn load(url: &str, events: usize) -> Answer {
    let executor = open(url, std::iter::once(id(0)), events as u64)
        .await
        .expect("the database is filled");
    tellers::loads(events, || async { balance(&executor, &id(0)).await }).await
}

pub async fn balances(url: &str, streams: usize) -> Answer {
    let executor = open(url, std::iter::empty(), 0)
        .await
        .expect("the database opens");
    let mut sum = 0;
    for account in 0..streams {
        sum += balance(&executor, &id(account)).await;
    }
    (sum as f64).into()
}
