//! All that a program needs: `use eventsource_core::prelude::*;`.
//!
//! [`EventStore`] is for functions that take an `&App<S>` of any store.

pub use crate::store::EventStore;
pub use crate::testing::given;
pub use crate::{
    Aggregate, App, AppError, Apply, Command, Context, Decision, Event, EventContext, Events,
    ExecuteError, Handle, History, LoadError, MemoryStore, Metadata, Position, ProcessManager,
    Project, Projection, React, ReactContext, Receipt, Rejected, Scheduled, StartError, Timestamp,
    UpcastError, ViewError, events, history,
};
