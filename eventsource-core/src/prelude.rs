//! All that a program needs: `use eventsource_core::prelude::*;`.

pub use crate::testing::given;
pub use crate::{
    Aggregate, Apply, Command, Context, Decision, Event, EventContext, Events, Handle, History,
    MemoryStore, Metadata, Position, Project, Projection, Timestamp, UpcastError, events, history,
};
