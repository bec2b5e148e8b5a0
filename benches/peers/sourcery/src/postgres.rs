//! Its PostgreSQL store, on sqlx's pool.

use std::sync::Arc;

use measure::history::fact;
use measure::peer::{Answer, STREAM_EVENTS};
use measure::tellers;
use sourcery::store::postgres::Store;
use sourcery::{OptimisticRepository, Repository};
use sqlx::postgres::PgPoolOptions;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use crate::bank::{Account, Deposit, Fill, id};

type Accounts = OptimisticRepository<Store<()>>;

/// Accounts in a database, of `events` events each.
async fn open(url: &str, accounts: usize, events: u64) -> Accounts {
    let pool = PgPoolOptions::new()
        .max_connections(10)
        .connect(url)
        .await
        .expect("the server is there");
    let store = Store::new(pool.clone());
    store.migrate().await.expect("the tables are made");
    let repository = Repository::new(store);
    let empty: bool = sqlx::query_scalar("SELECT NOT EXISTS (SELECT 1 FROM es_events)")
        .fetch_one(&pool)
        .await
        .expect("the database answers");
    if empty {
        for account in 0..accounts {
            let events = Fill((1..=events).map(fact).collect());
            repository
                .execute_command::<Account, Fill>(&id(account), &events, &())
                .await
                .expect("a new account takes events");
        }
        sqlx::query("ANALYZE")
            .execute(&pool)
            .await
            .expect("the tables are analyzed");
    }
    repository
}

async fn balance(repository: &Accounts, account: usize) -> u64 {
    let loaded = repository.load::<Account>(&id(account)).await;
    loaded.expect("it loads").balance
}

/// The compiler cannot prove that its future may go to another thread (rust-lang/rust issue 100013), so it stays on the one where it began.
async fn deposit(repository: Arc<Accounts>, account: usize) -> Result<(), String> {
    let deposit = Deposit {
        amount: 5_000,
        reference: "0000000000013".into(),
    };
    let account = id(account);
    let executed = || {
        let executing = repository.execute_command::<Account, Deposit>(&account, &deposit, &());
        Handle::current().block_on(executing)
    };
    block_in_place(executed).map_err(|refusal| refusal.to_string())
}

pub async fn commands(url: &str, streams: usize, tasks: usize, commands: usize) -> Answer {
    let repository = Arc::new(open(url, streams, STREAM_EVENTS).await);
    tellers::deposits(streams, tasks, commands, move |account| {
        deposit(Arc::clone(&repository), account)
    })
    .await
}

pub async fn load(url: &str, events: usize) -> Answer {
    let repository = open(url, 1, events as u64).await;
    tellers::loads(events, || balance(&repository, 0)).await
}

pub async fn balances(url: &str, streams: usize) -> Answer {
    let repository = open(url, 0, 0).await;
    let mut sum = 0;
    for account in 0..streams {
        sum += balance(&repository, account).await;
    }
    (sum as f64).into()
}
