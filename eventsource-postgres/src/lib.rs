//! The server store of [`eventsource_core`]: events, snapshots and read models in one PostgreSQL database, version 15 to 18.
//!
//! ```no_run
//! # async fn example() -> Result<(), eventsource_core::store::StoreError> {
//! use eventsource_postgres::PostgresStore;
//!
//! let store = PostgresStore::connect("postgres://bank@db.example/bank").await?;
//! # Ok(())
//! # }
//! ```
//!
//! # What it keeps
//!
//! - **Durability.** An append that was answered is committed, with what the server's `synchronous_commit` and `fsync` promise: by default it
//!   survives the end of the server, of its system and of the power.
//! - **Order.** Positions are 1, 2, 3 … without a gap, in the order in which commits become visible. An append takes a lock of the log that
//!   PostgreSQL holds until the transaction has become visible, and only then reads where the log ends. A sequence gives its numbers before:
//!   a reader that goes by them misses what is committed late.
//! - **Groups.** Commits that wait together are appended together, in one transaction with one flush to the disk, each with an outcome of its own.
//!   An append is one message to the server and one answer, so a client that dies holds up nobody. Read models that are folded with it take a
//!   few more, and the server ends a transaction that falls silent between them.
//! - **Lost answers.** When the connection is lost in mid-commit, the commit is asked for again under its id, which writes nothing twice, for as long
//!   as [`PostgresOptions::resolve_wait`] says.
//! - **Immutability.** Triggers refuse `UPDATE`, `DELETE` and `TRUNCATE` on events, commits and types.
//! - **Few rights.** A program needs `SELECT` and `INSERT` on the log, `UPDATE` on the snapshots beside, a say in what is folded, and the schema of its read models:
//!   `src/migrations/grants.sql` gives them. It then starts with `migrate(false)`.
//!
//! # What is in the database
//!
//! In the schema `eventsource` ([`PostgresOptions::schema`]):
//!
//! | table | holds |
//! |---|---|
//! | `events` | the log; payloads and metadata to the byte |
//! | `log` | a view of it for people, with payloads as text and times as times |
//! | `commits` | the ids of commits, for ever |
//! | `types` | each event name and schema version in the log |
//! | `snapshots` | the newest state of a stream |
//! | `immediate` | which read models appends fold |
//!
//! In the schema `read_models` ([`PostgresOptions::views_schema`]):
//!
//! | table | holds |
//! |---|---|
//! | `balances@1` | the rows of projection `balances`, version 1; `balances@1#` is the one that a rebuild fills |
//! | `balances` | a view of its highest version: `select * from read_models.balances` |
//! | `@projections`, `@skips`, `@outbox` | checkpoints and leases, positions that are passed over, commands that process managers have sent |
//!
//! In a read model, integers are `bigint`, floats `double precision`, and booleans, text, bytes, timestamps, UUIDs and JSON `boolean`, `text`,
//! `bytea`, `timestamptz`, `uuid` and `jsonb`. PostgreSQL keeps no NUL in text and JSON: a row with one is refused. The largest and the least timestamp
//! are `infinity` and `-infinity`.
//!
//! The tables are made by plain SQL files, `src/migrations/`, which can be run by hand.
//!
//! # With what else a program writes
//!
//! [`PostgresStore::append_in`] appends in a transaction of the program's own, and with the feature `sqlx` `append_in_sqlx` in one of sqlx. [`PostgresStore::from_pool`] takes a pool that is there already.
//!
//! # Waiting
//!
//! Appends of the same store are noticed at once by those who wait for them, those of others within [`PostgresOptions::look_every`]: the log's end is
//! looked for, one short query for all who wait. `NOTIFY` would have every committing transaction take a lock of the whole server.

#![forbid(unsafe_code)]

mod commits;
mod connect;
mod error;
mod head;
mod options;
mod read;
mod schema;
mod session;
mod sql;
mod store;
mod views;
mod writer;

pub use options::PostgresOptions;
pub use store::PostgresStore;
