//! What is said of a stored payload, an event's as well as a command's: its version, and what its fields were in older ones.

use super::{Form, Key, Place, Within};

pub const VERSION: Key = Key::new(
    "version",
    Form::Version,
    "version = 2",
    "the payload's current schema version",
);

pub const SINCE: Key = Key::new(
    "since",
    Form::Version,
    "since = 2, default",
    "the field exists since this version",
);

pub const DEFAULT: Key = Key::new(
    "default",
    Form::FlagOrExpression,
    "default` or `default = 1",
    "what older payloads have in the field's place",
);

pub const WAS: Key = Key::new(
    "was",
    Form::Keys,
    "was(name = \"amt\", until = 1)",
    "what the field was up to a version",
)
.repeatable();

/// `was(…)`.
pub const WAS_KEYS: Place = Place {
    attribute: "was",
    item: "a field's past",
    within: Within::Key,
    keys: &[
        Key::new(
            "until",
            Form::Version,
            "until = 1",
            "the last version that it was so",
        ),
        Key::new("name", Form::Text, "name = \"amt\"", "its name then"),
        Key::new("type", Form::Type, "type = f64", "its type then"),
        Key::new(
            "with",
            Form::Expression,
            "with = f",
            "from its type then to its type now",
        ),
        Key::new(
            "try_with",
            Form::Expression,
            "try_with = f",
            "the same, where it may fail",
        ),
    ],
};
