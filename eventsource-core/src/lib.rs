//! Declarative event sourcing: annotate plain structs and enums, and the compiler writes, and checks, the rest.
//!
//! Events are immutable facts in an append-only store. A stream is one aggregate's events in order, and its state is a fold of them. Commands
//! are decided on by aggregates and lead to events; projections fold events into read models.
//!
//! `use eventsource_core::prelude::*;` brings all that a program needs.

#![forbid(unsafe_code)]

// The derives name the runtime by its crate name, here too.
#[allow(unused_extern_crates)]
extern crate self as eventsource_core;

mod aggregate;
pub mod app;
mod backoff;
mod clock;
mod command;
mod event;
pub mod memory;
mod metadata;
mod name;
mod position;
mod stream;
pub mod testing;
mod timestamp;

#[path = "private.rs"]
#[doc(hidden)]
pub mod __private;
pub mod prelude;
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
pub use projection::{EventContext, Project, Projection};
pub use stream::StreamName;
pub use timestamp::{Timestamp, TimestampError};

#[cfg(feature = "derive")]
pub use eventsource_derive::{Aggregate, Command, Event, Projection};
