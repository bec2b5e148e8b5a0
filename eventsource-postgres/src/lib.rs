//! The server store of [`eventsource_core`]: events, snapshots and read models in PostgreSQL.

#![forbid(unsafe_code)]
