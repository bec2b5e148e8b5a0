//! The distributed store of [`eventsource_core`]: events and snapshots in NATS JetStream, on servers of version 2.12.6 or newer.
//!
//! ```no_run
//! # async fn example() -> Result<(), eventsource_core::store::StoreError> {
//! use eventsource_nats::NatsStore;
//!
//! let store = NatsStore::connect("nats://bank:password@nats.example:4222").await?;
//! # Ok(())
//! # }
//! ```
//!
//! # What it keeps
//!
//! - **Durability.** An append that was answered is stored by the server, in a cluster by a majority of the log's servers, and survives the end of
//!   any of their processes. It survives the end of the power on all of them at once with `sync_interval: always` in their configuration alone,
//!   which has a commit wait for the disk: by default they flush every two minutes.
//! - **Order.** Positions are the sequences of the log's stream. The events of a commit share one.
//! - **One commit, one message.** A commit to one stream is one message, which the server takes if the stream ends where the commit expects it to. So it
//!   is published again until there is an answer, for as long as [`NatsOptions::resolve_wait`] says, and written once. A commit to several
//!   streams is an atomic batch.
//! - **Ids of commits.** An id that others may know is claimed before: a message on a subject of the id says where the commit is about to stand.
//!   JetStream's own window for duplicates, two minutes, is not relied on.
//! - **Immutability.** The streams refuse to delete and to purge, and have no limits. A stream that is set up otherwise is refused.
//! - **The leader's word.** What has to be found is asked of the stream's leader. Copies may lag, and what comes from them is completed.
//!
//! # What it does not keep
//!
//! Read models: JetStream has no transaction over rows and checkpoints. A program gives its builder another store for them, with
//! `AppBuilder::views`. Snapshots that are larger than the server's `max_payload` are not kept; events of that size are refused as
//! [`TooLarge`](eventsource_core::store::StoreErrorKind::TooLarge).
//!
//! # What is in the account
//!
//! For a log `bank` ([`NatsOptions::log`]):
//!
//! | | holds |
//! |---|---|
//! | stream `bank` | a message a commit, on the subject `bank.events.<category>.<id>` |
//! | stream `bank-claims` | claims of commits' ids (`bank.claims.commit.<id>`), and the types of events (`bank.claims.type.<name>.<version>`) |
//! | bucket `bank-snapshots` | the newest state of a stream and schema |
//!
//! In subjects, letters, digits, `_` and `-` of ASCII stand for themselves, and any other byte is `=` and two hexadecimal digits. Messages are
//! MessagePack: an array that describes the commit, then an array for each event, with payload and metadata as they came.
//!
//! # What is traced
//!
//! The client traces what it reads and writes, payloads included, at the level `trace`. So [`NatsStore::connect`] has it live in a thread that
//! traces nothing. A client of your own ([`NatsStore::from_client`]) traces as it did before.

#![forbid(unsafe_code)]

mod claims;
mod connect;
mod error;
mod fetch;
mod flow;
mod head;
mod layout;
mod message;
mod options;
mod pages;
mod publish;
mod quiet;
mod read;
mod scan;
mod schema;
mod snapshots;
mod store;
mod subject;
mod tails;
mod told;
mod types;
mod writer;

pub use options::NatsOptions;
pub use store::NatsStore;
