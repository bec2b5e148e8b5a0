//! The server store of [`eventsource_core`]: events, snapshots and read models in one PostgreSQL database.
//!
//! ```no_run
//! # async fn example() -> Result<(), eventsource_core::store::StoreError> {
//! use eventsource_postgres::PostgresStore;
//!
//! let store = PostgresStore::connect("postgres://bank@db.example/bank").await?;
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

mod commits;
mod connect;
mod error;
mod head;
mod options;
mod read;
mod schema;
mod sql;
mod store;
mod views;
mod writer;

pub use options::PostgresOptions;
pub use store::PostgresStore;
