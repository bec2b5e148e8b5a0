//! Takes orders without end, and tells each payment that was acknowledged. Its read models and its process manager follow meanwhile.
//!
//! `shop DATABASE WRITERS [LEASE]`: so many tasks that write, and leases of so many milliseconds. A line `started`, then a line an order.

mod domain;

use std::io::Write as _;
use std::time::Duration;

use domain::checkout::OrderCommand;
use eventsource_core::prelude::*;
use eventsource_sqlite::SqliteStore;

const CUSTOMERS: u64 = 7;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let usage = "shop DATABASE WRITERS [LEASE]";
    let path = arguments.next().ok_or(usage)?;
    let writers: u64 = arguments.next().ok_or(usage)?.parse()?;
    let mut builder = App::builder(SqliteStore::open(path).await?);
    if let Some(lease) = arguments.next() {
        builder = builder.lease(Duration::from_millis(lease.parse()?));
    }
    let app = builder.start().await?;
    tell("started")?;
    let mut working = tokio::task::JoinSet::new();
    for writer in 0..writers {
        working.spawn(take_orders(app.clone(), writer));
    }
    while let Some(ended) = working.join_next().await {
        ended??;
    }
    // What only feeds does so until it is killed.
    std::future::pending().await
}

/// One of five is never paid, one of three has a discount, and whoever pays too little is refused and pays again.
async fn take_orders(app: App<SqliteStore>, writer: u64) -> Result<(), Failure> {
    for number in 0_u64.. {
        let order = uuid::Uuid::now_v7().to_string();
        let (total, amount) = (100 + number % 97, number % 3 * 10);
        app.execute(OrderCommand::Place {
            order: order.clone(),
            customer: format!("customer {}", (writer + number) % CUSTOMERS),
            total,
        })
        .await?;
        if amount > 0 {
            app.execute(OrderCommand::Discount {
                order: order.clone(),
                amount,
                reason: "spring".into(),
            })
            .await?;
        }
        if number % 5 == 4 {
            continue;
        }
        let pay = |amount| OrderCommand::Pay {
            order: order.clone(),
            amount,
        };
        if number % 11 == 0 {
            let too_little = app.execute(pay(1)).await;
            if !matches!(too_little, Err(ExecuteError::Rejected(_))) {
                return Err(format!("1 was taken for {total}: {too_little:?}").into());
            }
        }
        app.execute(pay(total - amount)).await?;
        tell(&order)?;
    }
    Ok(())
}

/// One write a line: a line that was begun is whole.
fn tell(line: &str) -> std::io::Result<()> {
    std::io::stdout().write_all(format!("{line}\n").as_bytes())
}
