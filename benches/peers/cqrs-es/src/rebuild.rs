//! A read model by its own means: `QueryReplay` over all events, into a `GenericQuery` on sqlite-es's view table.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use cqrs_es::persist::{GenericQuery, QueryReplay};
use cqrs_es::{EventEnvelope, View};
use measure::peer::{Answer, STREAM_EVENTS};
use serde::{Deserialize, Serialize};
use sqlite_es::{SqliteEventRepository, SqliteViewRepository};

use crate::bank::{Account, AccountEvent};
use crate::sqlite::{fill, pool};

/// As its `migrations/` have it.
const VIEW: &str = "CREATE TABLE balances (
  view_id text NOT NULL, version integer CHECK (version >= 0) NOT NULL, payload text NOT NULL, PRIMARY KEY (view_id)) STRICT";

#[derive(Serialize, Deserialize, Default, Debug)]
struct Balance {
    owner: String,
    amount: u64,
    deposits: u32,
}

impl View<Account> for Balance {
    fn update(&mut self, event: &EventEnvelope<Account>) {
        match &event.payload {
            AccountEvent::Opened { owner } => self.owner.clone_from(owner),
            AccountEvent::Deposited { amount, .. } => {
                self.amount += amount;
                self.deposits += 1;
            }
            AccountEvent::Withdrawn { amount, .. } => self.amount -= amount,
        }
    }
}

pub async fn measured(file: &Path, streams: usize) -> Answer {
    let (pool, new) = pool(file).await;
    if new {
        let cqrs = sqlite_es::sqlite_cqrs::<Account>(pool.clone(), vec![], ());
        for stream in 0..streams {
            fill(&cqrs, &stream.to_string(), STREAM_EVENTS).await;
        }
    }
    for sql in ["DROP TABLE IF EXISTS balances", VIEW] {
        let made = sqlx::query(sql).execute(&pool).await;
        made.expect("the table is made");
    }
    let views = SqliteViewRepository::<Balance, Account>::new("balances", pool.clone());
    let mut query = GenericQuery::new(Arc::new(views));
    query.use_error_handler(Box::new(|error| panic!("{error}")));
    let mut replay = QueryReplay::new(SqliteEventRepository::new(pool.clone()), query);
    replay.use_error_handler(Box::new(|error| panic!("{error}")));

    let start = Instant::now();
    replay.replay_all().await.expect("it is rebuilt");
    let seconds = start.elapsed().as_secs_f64();

    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM balances")
        .fetch_one(&pool)
        .await
        .expect("the rows are counted");
    assert_eq!(rows as usize, streams);
    (streams as f64 * STREAM_EVENTS as f64 / seconds).into()
}
