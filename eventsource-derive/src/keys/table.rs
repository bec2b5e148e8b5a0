//! What is said of a table of rows, a read model's as well as a process manager's.

use super::{Form, Key, Place, Within};

pub const TABLE_NAME: Key = Key::new(
    "name",
    Form::Text,
    "name = \"balances\"",
    "the table's name",
);

pub const TABLE_VERSION: Key = Key::new(
    "version",
    Form::Version,
    "version = 1",
    "each version has a table of its own",
);

pub const STILL_READ: Key = Key::new(
    "retired",
    Form::Types,
    "retired(Suspended)",
    "old events that it still reads",
);

/// What stands behind an event in a projection's `events(…)`.
pub const LISTED_KEYS: Place = Place {
    attribute: "events",
    item: "a listed event",
    within: Within::List,
    keys: &[
        Key::new(
            "key",
            Form::Name,
            "key = order",
            "the event's field that holds the row's key",
        ),
        Key::new(
            "key_with",
            Form::Expression,
            "key_with = f",
            "fn(&E, &EventContext) -> impl IntoIterator<Item = Key>",
        ),
    ],
};

pub const ROW_KEY: Key = Key::new(
    "key",
    Form::Flag,
    "key",
    "the primary key, which the framework fills",
);

pub const INDEX: Key = Key::new("index", Form::Flag, "index", "has an index");

pub const UNIQUE: Key = Key::new("unique", Form::Flag, "unique", "no two rows have the same");

pub const COLUMN: Key = Key::new(
    "column",
    Form::Text,
    "column = \"owner_name\"",
    "the column's name",
);
