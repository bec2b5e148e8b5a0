//! `#[event(…)]`.

use super::payload::{DEFAULT, SINCE, VERSION, WAS};
use super::{CRATE, Form, Key, Place, Within};

const NAME: Key = Key::new(
    "name",
    Form::Text,
    "name = \"account.opened\"",
    "the stored type name",
);

const ALIASES: Key = Key::new(
    "aliases",
    Form::Texts,
    "aliases(\"old.name\")",
    "older names, read and never written",
);

const UPCAST: Key = Key::new(
    "upcast",
    Form::Keys,
    "upcast(from = 1, type = OpenedV1)",
    "how an older version is read",
)
.repeatable();

const RETIRED: Key = Key::new(
    "retired",
    Form::FlagOrKeys,
    "retired`, `retired(into(A, B))` or `retired(drop)",
    "read and never written; split into others; read as nothing",
);

const EXAMPLE: Key = Key::new(
    "example",
    Form::Expression,
    "example = Payment::Cash",
    "a value of the field, for the schema lock and the catalogue",
)
.repeatable();

const SCHEMARS: Key = Key::new(
    "schemars",
    Form::Flag,
    "schemars",
    "its examples are made from its type's `schemars::JsonSchema`",
);

const PERSONAL: Key = Key::new("personal", Form::Flag, "personal", "reserved");

/// `#[event(…)]` on a struct.
pub const EVENT_STRUCT: Place = Place {
    attribute: "event",
    item: "a struct event",
    within: Within::Item,
    keys: &[NAME, VERSION, ALIASES, UPCAST, RETIRED, CRATE],
};

/// `#[event(…)]` on an enum.
pub const EVENT_ENUM: Place = Place {
    attribute: "event",
    item: "a family of events (an enum)",
    within: Within::Item,
    keys: &[
        Key::new(
            "prefix",
            Form::Text,
            "prefix = \"order\"",
            "what each variant's stored name begins with",
        ),
        CRATE,
    ],
};

/// `#[event(…)]` on a variant.
pub const EVENT_VARIANT: Place = Place {
    attribute: "event",
    item: "a variant",
    within: Within::Item,
    keys: &[NAME, VERSION, ALIASES, UPCAST, RETIRED],
};

/// `#[event(…)]` on a field.
pub const EVENT_FIELD: Place = Place {
    attribute: "event",
    item: "a field",
    within: Within::Item,
    keys: &[SINCE, DEFAULT, WAS, EXAMPLE, SCHEMARS, PERSONAL],
};

/// `upcast(…)`.
pub const UPCAST_KEYS: Place = Place {
    attribute: "upcast",
    item: "an upcast",
    within: Within::Key,
    keys: &[
        Key::new(
            "from",
            Form::Version,
            "from = 1",
            "the version that it reads",
        ),
        Key::new(
            "type",
            Form::Type,
            "type = OpenedV1",
            "the type that this version is decoded as",
        ),
        Key::new(
            "with",
            Form::Expression,
            "with = f",
            "fn(serde_json::Value) -> Result<serde_json::Value, UpcastError>",
        ),
    ],
};

/// `retired(…)`, of an event.
pub const RETIRED_KEYS: Place = Place {
    attribute: "retired",
    item: "a retirement",
    within: Within::Key,
    keys: &[
        Key::new(
            "into",
            Form::Types,
            "into(A, B)",
            "the events that it is read as, in their order",
        ),
        Key::new("drop", Form::Flag, "drop", "it is read as nothing"),
    ],
};
