//! `#[aggregate(…)]`.

use super::{CRATE, Form, Key, Place, Within};

/// `#[aggregate(…)]`.
pub const AGGREGATE: Place = Place {
    attribute: "aggregate",
    item: "an aggregate",
    within: Within::Item,
    keys: &[
        Key::new(
            "name",
            Form::Text,
            "name = \"account\"",
            "the category of its streams",
        ),
        Key::new("id", Form::Type, "id = String", "the type of its id"),
        Key::new(
            "error",
            Form::Type,
            "error = AccountError",
            "the domain's own refusals",
        ),
        Key::new(
            "events",
            Form::Types,
            "events(Opened, Closed)",
            "what it writes and applies",
        ),
        Key::new(
            "retired",
            Form::Types,
            "retired(Suspended)",
            "what it reads and never writes",
        ),
        Key::new(
            "commands",
            Form::Types,
            "commands(Open, Close)",
            "what it handles",
        ),
        Key::new(
            "event_enum",
            Form::Name,
            "event_enum = AccountFact",
            "the name of the enum of its events",
        ),
        Key::new(
            "command_enum",
            Form::Name,
            "command_enum = AccountCommand",
            "makes an enum of its commands",
        ),
        Key::new(
            "snapshot",
            Form::Keys,
            "snapshot(every = 100)",
            "how often its state is kept",
        ),
        Key::new(
            "unknown",
            Form::TextOf(&["error", "ignore"]),
            "unknown = \"ignore\"",
            "what becomes of an event that is not listed",
        ),
        CRATE,
    ],
};

/// `snapshot(…)`.
pub const SNAPSHOT_KEYS: Place = Place {
    attribute: "snapshot",
    item: "a snapshot",
    within: Within::Key,
    keys: &[
        Key::new(
            "every",
            Form::Count,
            "every = 100",
            "a snapshot every so many events",
        ),
        Key::new(
            "version",
            Form::Version,
            "version = 2",
            "raise it when what an `apply` does changes",
        ),
    ],
};
