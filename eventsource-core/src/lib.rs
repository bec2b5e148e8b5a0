//! Declarative event sourcing: annotate plain structs and enums, and the compiler writes, and checks, the rest.
//!
//! Events are immutable facts in an append-only store. A stream is one aggregate's events in order, and its state is a fold of them. Commands
//! are decided on by aggregates and lead to events; projections fold events into read models.
//!
//! `use eventsource_core::prelude::*;` brings all that a program needs.
//!
//! ```standalone_crate
//! use eventsource_core::prelude::*;
//! use serde::{Deserialize, Serialize};
//!
//! /// A fact, stored under its own name.
//! #[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
//! #[event(name = "counter.raised")]
//! struct Raised {
//!     by: u64,
//! }
//!
//! /// A request to one aggregate, which it makes where it is missing.
//! #[derive(Command, Debug, Clone)]
//! #[command(aggregate = Counter, upserts)]
//! struct Raise {
//!     #[command(id)]
//!     counter: String,
//!     by: u64,
//! }
//!
//! /// A state that decides on commands, and changes by events alone.
//! #[derive(Aggregate, Default, Debug, PartialEq)]
//! #[aggregate(name = "counter", id = String, error = TooMuch, events(Raised), commands(Raise))]
//! struct Counter {
//!     total: u64,
//! }
//!
//! #[derive(Debug, PartialEq, thiserror::Error)]
//! #[error("a counter is raised by at most 10")]
//! struct TooMuch;
//!
//! impl Apply<Raised> for Counter {
//!     fn apply(&mut self, event: &Raised) {
//!         self.total += event.by;
//!     }
//! }
//!
//! impl Handle<Raise> for Counter {
//!     fn handle(&self, command: Raise, _: &Context<'_, Self>) -> Decision<Self> {
//!         if command.by > 10 {
//!             return Err(TooMuch);
//!         }
//!         Ok(events![Raised { by: command.by }])
//!     }
//! }
//!
//! /// A read model: a row a counter.
//! #[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
//! #[projection(name = "totals", version = 1, events(Raised))]
//! struct Total {
//!     #[projection(key)]
//!     counter: String,
//!     total: u64,
//! }
//!
//! impl Project<Raised> for Total {
//!     fn project(&mut self, event: &Raised, _: &EventContext<'_>) {
//!         self.total += event.by;
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! let app = App::start(MemoryStore::new()).await?;
//! let visitors = String::from("visitors");
//!
//! let receipt = app.execute(Raise { counter: visitors.clone(), by: 7 }).await?;
//! let refused = app.execute(Raise { counter: visitors.clone(), by: 11 }).await;
//! assert!(matches!(refused, Err(ExecuteError::Rejected(TooMuch))));
//!
//! assert_eq!(app.load::<Counter>(&visitors).await?.state().total, 7);
//! let row = app.view::<Total>().after(receipt.position()).get(&visitors).await?;
//! assert_eq!(row.map(|row| row.total), Some(7));
//!
//! app.shutdown().await?;
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! # Where to look
//!
//! - [`Event`], [`Command`], [`Aggregate`], [`Projection`]: the traits that the derives of the same names write; [`Apply`], [`Handle`] and
//!   [`Project`]: those that you write.
//! - [`App`]: everything that a running program can be asked.
//! - [`testing`]: given, when, then; old payloads; the conformance suite for stores.
//! - [`store`]: what a store promises. [`MemoryStore`] is here, SQLite is in the crate `eventsource-sqlite`.
//! - [`registry`]: what a program declares, found and audited when it starts.
//! - [`mod@lock`]: what was released, held against today's code; [`catalogue`]: the same knowledge as documentation.
//! - [`observe`]: what is measured, logged and traced.
//!
//! # Features
//!
//! - `derive` (on by default): the derive macros. Without it, the crate `eventsource-derive` is not built.
//! - `metrics`: measurements through the crate `metrics`, see [`observe`].
//! - `schemars`: examples for the schema lock out of a type's own JSON Schema, see [`mod@lock`].

#![forbid(unsafe_code)]

// The derives name the runtime by its crate name, here too.
#[allow(unused_extern_crates)]
extern crate self as eventsource_core;

mod aggregate;
pub mod app;
mod backoff;
pub mod catalogue;
mod clock;
mod command;
mod event;
mod ids;
mod json;
mod listing;
pub mod lock;
pub mod memory;
mod metadata;
pub mod moving;
mod name;
pub mod observe;
mod position;
mod said;
mod shape;
mod stream;
pub mod testing;
mod timestamp;

#[path = "private.rs"]
#[doc(hidden)]
pub mod __private;
pub mod prelude;
pub mod process;
pub mod projection;
pub mod registry;
mod runner;
pub mod store;

pub use aggregate::{Aggregate, Apply, Context, Decision, Handle, Loaded};
pub use app::{App, AppError, ExecuteError, LoadError, Receipt, StartError, ViewError};
pub use clock::{Clock, ManualClock, SystemClock};
pub use command::{Command, Existence};
pub use event::{
    DecodeError, Decoded, Encode, EncodeError, Event, EventOf, EventStatus, EventType, Events,
    History, IntoHistory, Stored, UpcastError,
};
pub use memory::MemoryStore;
pub use metadata::{Metadata, MetadataError};
pub use name::{MAX_ID_BYTES, MAX_NAME_BYTES, NameError, check_id, check_name};
pub use position::Position;
pub use process::{ProcessManager, React, ReactContext, Rejected, Scheduled};
pub use projection::{EventContext, Project, Projection};
pub use stream::StreamName;
pub use timestamp::{Timestamp, TimestampError};

#[cfg(feature = "derive")]
pub use eventsource_derive::{Aggregate, Command, Event, ProcessManager, Projection};
