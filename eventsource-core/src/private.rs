//! What generated code names. Nothing here is for users, and nothing here is stable.

pub use inventory;
pub use serde;
pub use serde_json::Value as Json;

pub use std::sync::OnceLock;

pub use crate::__expression as expression;
pub use crate::aggregate::{
    Aggregate, AppliedBy, Apply, AsRead, AsWritten, Begins, CloneEvent, Context, Decision, Handle,
    HandledBy, Lists, ListsEachEventOnce, NeverWritten, NoEvent, Retired, Sink, SnapshotPolicy,
    SnapshotState, StillAppliedBy, passed_over, shown_id, snapshot_fingerprint, snapshot_of,
};
pub use crate::command::{
    Command, Content, Existence, NoContent, NoReading, Reading, SameAs, SerdeContent, SerdeReading,
    beyond_command,
};
pub use crate::event::decoding::{Becomes, Missing, MissingThen, Payload, Readable, TryBecomes};
pub use crate::event::{
    Accepts, DecodeError, Decoded, Encode, EncodeError, Event, EventOf, EventStatus, EventType,
    Fold, PartsOf, ReplayInto, Stored, decoding, encoding,
};
pub use crate::listing::{
    AnyEntry, CanBeTheError, CanBeTheId, Decides, Declared, Entry, ListsEachCommandOnce,
    NeverFolded, NoAggregate, NoLongerWritten, NoSuchEvent, NotFolded, Only, OnlyWithoutEvent,
    Past, ReadByName, RetiredEntry, SentTo, SingleCommand, StillFolded, read_by_name,
};
pub use crate::lock::{
    CommandSchema, Parts, ReadNothing, ReadParts, RecordAnything, RecordSerde, Recorder, Written,
};
pub use crate::process::{
    CarriedOut, KeptAsJson, Outgoing, ProcessManager, React, ReactedBy, Rejected, Returns, Sending,
    SendsEachCommandOnce, SentBy, StillReactedBy,
};
pub use crate::projection::{
    Batch, EventContext, Inputs, KeyOf, Keys, OldInput, ProjectedBy, Projection, RowError,
    StillProjectedBy, StreamKey, StructEvent, TakesEachEventOnce, batch, columns,
};
pub use crate::registry::{
    AggregateDescriptor, CommandDescriptor, CommandKind, Consistency, Keying, ListedEvent,
    ListedRole, ProcessDescriptor, ProjectionDescriptor, Registration, SentCommand, StartFrom,
};
pub use crate::said::{
    said_of_aggregate, said_of_event, said_of_process_manager, said_of_projection,
};
pub use crate::shape::{DescribedBySchema, Examples, Shape};
pub use crate::store::{ColumnSpec, Fingerprint, Row, Value};
