//! A log held against today's code before a release: `cargo run --example verify -- sqlite:bank.db`, or the URL of any other store, with the
//! events of the example `bank`.
//!
//! Without a URL, a log of some events is made in memory; a second argument says how many.

use std::error::Error;
use std::time::Instant;

use eventsource_core::prelude::*;
use eventsource_core::store::AnyStore;

#[allow(dead_code)]
#[path = "../bank.rs"]
mod bank;

use bank::{Deposit, Open};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().unwrap_or_else(|| "memory:".into());
    let events: u64 = arguments.next().map_or(Ok(1_000), |many| many.parse())?;
    let store = match url.as_str() {
        "memory:" => AnyStore::new(filled(events).await?),
        url => eventsource_stores::open(url).await?,
    };

    // Nothing is started: no schema is changed, no read model is fed, and types that nothing declares are told with the rest.
    let start = Instant::now();
    let found = App::builder(store).verify().await?;
    println!("{found}");
    println!("read in {:?}", start.elapsed());
    if found.is_sound() {
        Ok(())
    } else {
        Err("some stored events are not read as today's code stands".into())
    }
}

async fn filled(events: u64) -> Result<MemoryStore, Box<dyn Error>> {
    let store = MemoryStore::new();
    let app = App::start(store.clone()).await?;
    let account = String::from("a");
    let owner = String::from("Ada");
    app.execute(Open {
        account: account.clone(),
        owner,
    })
    .await?;
    for amount in 1..events {
        app.execute(Deposit {
            account: account.clone(),
            amount,
        })
        .await?;
    }
    app.shutdown().await?;
    Ok(store)
}
