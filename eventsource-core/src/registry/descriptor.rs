//! What a derive says of the type that it stands on. Generated code makes these as constants.

use crate::command::Existence;
use crate::event::EventType;
use crate::process::{Dispatched, Dispatcher};
use crate::store::{BoxFuture, ColumnSpec, OutboxEntry};

/// How an event stands in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListedRole {
    /// In `events(…)`.
    Read,
    /// In `events(ignore(…))`.
    Ignored,
    /// In `retired(…)`.
    Retired,
}

/// Which row of a read model an event belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Keying {
    /// That of the stream's id.
    Stream,
    /// That of one of the event's fields.
    Field(&'static str),
    /// Those that a function answers.
    Function(&'static str),
    /// The one row.
    Global,
}

/// One entry of `events(…)` or `retired(…)`.
#[derive(Debug, Clone, Copy)]
pub struct ListedEvent {
    /// The Rust type, as it stands in the list.
    pub rust_name: &'static str,
    /// Its stored types.
    pub types: &'static [EventType],
    /// How it is listed.
    pub role: ListedRole,
    /// Which row it belongs to, in a projection; [`Keying::Stream`] in an aggregate.
    pub keying: Keying,
}

/// What `#[derive(Aggregate)]` says.
#[derive(Debug)]
pub struct AggregateDescriptor {
    /// The category of its streams.
    pub name: &'static str,
    /// The Rust type.
    pub rust_name: &'static str,
    /// The file of its declaration.
    pub file: &'static str,
    /// The line of its declaration.
    pub line: u32,
    /// Its events.
    pub events: &'static [ListedEvent],
    /// Its commands, as they stand in the list.
    pub commands: &'static [&'static CommandDescriptor],
    /// Whether an event type in the stream that is not listed is passed over (`unknown = "ignore"`).
    pub ignores_unknown: bool,
    /// What its id type shows of a text that it has read; `None` where it reads none like it.
    #[doc(hidden)]
    pub shown_id: fn(&str) -> Option<String>,
    /// The fingerprint of its state, where that is kept in snapshots.
    pub snapshot: Option<fn() -> crate::store::Fingerprint>,
    /// Its doc comment.
    pub docs: &'static str,
}

/// One kind of a command: the whole of a struct, or a variant.
#[derive(Debug, Clone, Copy)]
pub struct CommandKind {
    /// The variant's name; the struct's own for a struct.
    pub name: &'static str,
    /// Whether the stream must have events.
    pub existence: Existence,
    /// Its doc comment.
    pub docs: &'static str,
}

/// What `#[derive(Command)]` says.
#[derive(Debug)]
pub struct CommandDescriptor {
    /// The Rust type.
    pub rust_name: &'static str,
    /// The name that it is stored under, where it has one.
    pub name: Option<&'static str>,
    /// Its schema version.
    pub version: u16,
    /// How its versions are read, where it is stored.
    pub schema: Option<crate::lock::CommandSchema>,
    /// The name of the aggregate that it goes to.
    pub aggregate: &'static str,
    /// Its kinds.
    pub kinds: &'static [CommandKind],
    /// The file of its declaration.
    pub file: &'static str,
    /// The line of its declaration.
    pub line: u32,
    /// Its doc comment.
    pub docs: &'static str,
}

/// When a read model is folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Consistency {
    /// Behind the append, by the runner.
    #[default]
    Eventual,
    /// In the append's own transaction.
    Immediate,
}

/// What `#[derive(Projection)]` says.
#[derive(Debug)]
pub struct ProjectionDescriptor {
    /// The table's and the checkpoint's name.
    pub name: &'static str,
    /// The version: each has a table of its own.
    pub version: u32,
    /// The Rust type.
    pub rust_name: &'static str,
    /// The file of its declaration.
    pub file: &'static str,
    /// The line of its declaration.
    pub line: u32,
    /// Its events.
    pub events: &'static [ListedEvent],
    /// Its columns, in order.
    pub columns: fn() -> Vec<ColumnSpec>,
    /// When it is folded.
    pub consistency: Consistency,
    /// A new, empty fold of a stretch of the log.
    pub batch: fn() -> Box<dyn crate::projection::Batch>,
    /// Its doc comment.
    pub docs: &'static str,
    /// What else it does, where it is a process manager.
    pub process: Option<&'static ProcessDescriptor>,
}

/// Where in the log a new process manager begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StartFrom {
    /// Behind what is in the log when it is first started.
    Now,
    /// At the beginning.
    Beginning,
}

/// What `#[derive(ProcessManager)]` says beside what it says of the instances' table.
#[derive(Debug)]
pub struct ProcessDescriptor {
    /// Where a new one begins.
    pub from: StartFrom,
    /// What it may send, as it stands in the list.
    pub commands: &'static [SentCommand],
}

/// A command that a process manager may send.
#[derive(Debug)]
pub struct SentCommand {
    /// The command.
    pub command: &'static CommandDescriptor,
    /// Carries one out.
    pub dispatch: Dispatch,
}

/// Carries a command out that waits in an outbox.
pub type Dispatch = for<'a> fn(&'a Dispatcher, &'a OutboxEntry) -> BoxFuture<'a, Dispatched>;

/// What a derive hands to the registry.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Registration {
    /// A struct event or a family.
    Events(&'static [EventType]),
    /// A command.
    Command(&'static CommandDescriptor),
    /// An aggregate.
    Aggregate(&'static AggregateDescriptor),
    /// A projection.
    Projection(&'static ProjectionDescriptor),
}

inventory::collect!(Registration);
