//! The embedded store of [`eventsource_core`]: events, snapshots and read models in one SQLite file.
//!
//! ```
//! # async fn example() -> Result<(), eventsource_core::store::StoreError> {
//! use eventsource_sqlite::SqliteStore;
//!
//! let store = SqliteStore::open("bank.db").await?;
//! # Ok(())
//! # }
//! ```
//!
//! # What it keeps
//!
//! - **Durability.** Write-ahead log, `synchronous = FULL`: an append that was answered survives the end of the process, of the system and of the
//!   power, as far as the disk keeps what it was told to keep. A database in memory ends with its store.
//! - **Order.** One connection writes. What waits while it writes is written next, together, in one transaction and with one fsync, each commit
//!   with an outcome of its own. Several programs may use one file at once; SQLite's lock puts their transactions in an order.
//! - **Immutability.** Triggers refuse `UPDATE` and `DELETE` on events and commits, whoever opens the file.
//! - **Privacy.** A file that the store creates may be read and written by its owner alone (0600), on systems that have such modes.
//!
//! # What is in the file
//!
//! | table | holds |
//! |---|---|
//! | `eventsource_events` | the log; payloads and metadata as text |
//! | `eventsource_commits` | the ids of commits, for ever |
//! | `eventsource_types` | each event name and schema version in the log |
//! | `eventsource_snapshots` | the newest state of a stream |
//! | `eventsource_views` | the checkpoints of read models, and who feeds them |
//! | `eventsource_skips` | positions that an operator lets a read model pass over |
//! | `eventsource_outbox` | commands that process managers have sent and nobody has carried out yet |
//! | `balances@1` | the rows of projection `balances`, version 1 |
//! | `balances@1@shadow` | the same, while they are built anew |
//! | `balances` | an SQL view of its highest version: `sqlite3 bank.db 'select * from balances'` |
//!
//! In a read model, numbers and bytes are SQLite's own; a boolean is 0 or 1, a UUID and JSON are text, and a timestamp is RFC 3339 text with six
//! decimals and `Z`, which sorts by time (one outside the years 0 to 9999 is `~` or `-` and a number). −0.0 is kept as 0.0.
//!
//! # Runtimes
//!
//! Short reads are done where they are asked for, out of SQLite's page cache; longer ones run on tokio's blocking threads, or where they are asked
//! for if there is no tokio runtime. Other programs' appends are noticed within 50 ms by those who wait for them.

#![forbid(unsafe_code)]

mod database;
mod error;
mod options;
mod read;
mod readers;
mod schema;
mod store;
mod views;
mod writer;

pub use options::SqliteOptions;
pub use store::SqliteStore;
