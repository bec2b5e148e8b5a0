//! What a program declares: every event, command, aggregate and projection in it.

mod descriptor;

pub use descriptor::{
    AggregateDescriptor, CommandDescriptor, CommandKind, Consistency, Keying, ListedEvent,
    ListedRole, ProjectionDescriptor, Registration,
};
