//! Writes into the ledgers of a database without end, or so many entries a task, and tells each entry that was acknowledged.
//!
//! `ledger_writer DATABASE [ENTRIES]`: a line `command-id ledger version amount` an acknowledged entry, written before the next one begins.

use std::io::Write as _;

use eventsource_core::prelude::*;
use eventsource_sqlite::SqliteStore;
use eventsource_tests::ledger::Enter;
use uuid::Uuid;

/// How many tasks write at once, over how many ledgers: some share one, so that they conflict.
const WRITERS: u64 = 16;
const LEDGERS: u64 = 9;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("ledger_writer DATABASE [ENTRIES]")?;
    let entries = arguments
        .next()
        .map_or(Ok(u64::MAX), |count| count.parse())?;
    let app = App::start(SqliteStore::open(path).await?).await?;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let app = app.clone();
            tokio::spawn(async move {
                for entry in 0..entries {
                    let (ledger, amount) = (writer % LEDGERS, entry % 97 + 1);
                    let id = Uuid::now_v7();
                    let receipt = app
                        .execute_with(Enter { ledger, amount }, Metadata::new().command_id(id))
                        .await
                        .map_err(|error| error.to_string())?;
                    let line = format!("{id} {ledger} {} {amount}\n", receipt.version());
                    // One write a line: a line that was begun is whole.
                    std::io::stdout()
                        .write_all(line.as_bytes())
                        .map_err(|error| error.to_string())?;
                }
                Ok::<(), String>(())
            })
        })
        .collect();
    for writer in writers {
        writer.await??;
    }
    app.shutdown().await?;
    Ok(())
}
