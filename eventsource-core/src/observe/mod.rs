//! What a running program can be watched by: spans, log lines, and measurements.
//!
//! # Measurements
//!
//! With the feature `metrics`, the app measures through the crate [`metrics`](https://docs.rs/metrics), so that any exporter for it shows
//! them. The names below are constants here. Their form follows OpenTelemetry's
//! [rules for names](https://opentelemetry.io/docs/specs/semconv/general/naming/): namespaces with dots, no unit in a name, durations in
//! seconds, `error.type` on what failed.
//!
//! | name | kind | unit | labels | what it measures |
//! |---|---|---|---|---|
//! | [`eventsource.append.duration`](APPEND_DURATION) | histogram | seconds | aggregate, `error.type` | an append to the store, from the call to its answer |
//! | [`eventsource.append.events`](APPEND_EVENTS) | counter | events | aggregate | events that appends have written |
//! | [`eventsource.command.retries`](COMMAND_RETRIES) | counter | attempts | aggregate, reason | commands that were decided again |
//! | [`eventsource.projection.retries`](PROJECTION_RETRIES) | counter | attempts | projection, version, reason | how often a projection began again behind something that went wrong |
//! | [`eventsource.projection.events`](PROJECTION_EVENTS) | counter | events | projection, version | events of the log that a projection has put behind it, with its rows |
//! | [`eventsource.projection.lag.events`](PROJECTION_LAG_EVENTS) | gauge | positions | projection, version | how far the log's end is ahead of the table |
//! | [`eventsource.projection.lag.duration`](PROJECTION_LAG_DURATION) | gauge | seconds | projection, version | how much later the log's last event was recorded than the table's |
//! | [`eventsource.projection.stopped`](PROJECTION_STOPPED) | gauge | 0 or 1 | projection, version | whether it has stopped: alert on 1 |
//! | [`eventsource.process.waiting`](PROCESS_WAITING) | gauge | commands | process | commands of a process manager that are yet to be carried out |
//! | [`eventsource.process.retries`](PROCESS_RETRIES) | counter | attempts | process | commands of a process manager that are put off, to be tried again |
//! | [`eventsource.process.parked`](PROCESS_PARKED) | gauge | commands | process | commands that wait for an operator: alert above 0 |
//!
//! The labels are `eventsource.aggregate.name`, `eventsource.projection.name`, `eventsource.projection.version`,
//! `eventsource.process.name`, `eventsource.retry.reason` (of a command `conflict`, or `unanswered` when the store went away; of a
//! projection `event`, `store`, `fenced` when another runner went first, or `panic`) and `error.type`
//! (`conflict`, `unknown`, `command_id_reused`, `constraint`, `fold`, `not_folded` or `store`; absent on success). All values are names that the program declares,
//! never an id or a payload, so that their number is small. Gauges are set every 5 seconds, by a task that asks what
//! [`App::status`](crate::App::status) tells.
//!
//! # Spans and log lines
//!
//! Through the crate `tracing`, always. The spans, at the level `debug`:
//!
//! | span | fields | what it spans |
//! |---|---|---|
//! | `execute` | command, stream | a command, with all its attempts |
//! | `decide` | command, stream | a command that is decided and not appended, by `App::decide` |
//! | `load` | stream, to; none within `execute` and `decide` | the events of a stream, read and folded |
//! | `append` | `expected_version` | an attempt to append, from the call to the store to its answer |
//! | `history` | stream | the events of a stream, read one by one |
//! | `project` | projection, version, from | a page of the log, folded by a projection behind this position |
//!
//! The lines: `error` when a projection stops, with the event and the cause; `warn` when it cannot go on for now, when a command is parked,
//! and when an operator decides; `info` when a rebuild begins, and when it has taken the place of the served rows. No payload is in any of
//! them.

/// Histogram: how long an append took, in seconds.
pub const APPEND_DURATION: &str = "eventsource.append.duration";
/// Counter: events that appends have written.
pub const APPEND_EVENTS: &str = "eventsource.append.events";
/// Counter: how often commands were decided again.
pub const COMMAND_RETRIES: &str = "eventsource.command.retries";
/// Counter: how often a projection began again behind something that went wrong.
pub const PROJECTION_RETRIES: &str = "eventsource.projection.retries";
/// Counter: events of the log that a projection has put behind it.
pub const PROJECTION_EVENTS: &str = "eventsource.projection.events";
/// Gauge: how many positions the log's end is ahead of a projection's table; at most so many events.
pub const PROJECTION_LAG_EVENTS: &str = "eventsource.projection.lag.events";
/// Gauge: how much later the log's last event was recorded than the last one in a projection's table, in seconds.
pub const PROJECTION_LAG_DURATION: &str = "eventsource.projection.lag.duration";
/// Gauge: 1 while a projection has stopped, else 0.
pub const PROJECTION_STOPPED: &str = "eventsource.projection.stopped";
/// Gauge: commands of a process manager that are yet to be carried out.
pub const PROCESS_WAITING: &str = "eventsource.process.waiting";
/// Counter: how often a command of a process manager could not be tried to the end, and is tried again.
pub const PROCESS_RETRIES: &str = "eventsource.process.retries";
/// Gauge: commands of a process manager that wait for an operator.
pub const PROCESS_PARKED: &str = "eventsource.process.parked";

/// Label: the name of an aggregate.
pub const AGGREGATE: &str = "eventsource.aggregate.name";
/// Label: the name of a projection or a process manager.
pub const PROJECTION: &str = "eventsource.projection.name";
/// Label: its version.
pub const PROJECTION_VERSION: &str = "eventsource.projection.version";
/// Label: the name of a process manager.
pub const PROCESS: &str = "eventsource.process.name";
/// Label: why something is tried again.
pub const REASON: &str = "eventsource.retry.reason";
/// Label: what kind of error it was; absent on success.
pub const ERROR_TYPE: &str = "error.type";

/// Why a command is decided again.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Retry {
    /// Others went first.
    Conflict,
    /// The store went away before it answered.
    Unanswered,
}

/// Why a projection begins again.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Setback {
    /// An event cannot be read, folded or written.
    Event,
    /// Another runner has moved the checkpoint.
    Fenced,
    /// The log or the table cannot be read or written.
    Store,
    /// The runner panicked.
    Panic,
}

#[cfg(feature = "metrics")]
pub(crate) mod gauges;
#[cfg(feature = "metrics")]
mod recorded;
#[cfg(not(feature = "metrics"))]
#[path = "unrecorded.rs"]
mod recorded;

pub(crate) use recorded::{appended, projected, put_off, retried, set_back};
