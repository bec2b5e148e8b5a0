//! `#[projection(…)]`.

use super::table::{COLUMN, INDEX, ROW_KEY, STILL_READ, TABLE_NAME, TABLE_VERSION, UNIQUE};
use super::{CRATE, Form, Key, Place, Within};

/// `#[projection(…)]` on a struct.
pub const PROJECTION: Place = Place {
    attribute: "projection",
    item: "a projection",
    within: Within::Item,
    keys: &[
        TABLE_NAME,
        TABLE_VERSION,
        Key::new(
            "events",
            Form::Types,
            "events(Opened, Booked(key = order))",
            "what it folds, and into which row",
        ),
        STILL_READ,
        Key::new(
            "key",
            Form::Word(&["stream", "global"]),
            "key = global",
            "which row an event belongs to, where `events(A(key = field))` says nothing else",
        ),
        Key::new(
            "consistency",
            Form::TextOf(&["eventual", "immediate"]),
            "consistency = \"immediate\"",
            "behind the append, or in its own transaction",
        ),
        CRATE,
    ],
};

/// `#[projection(…)]` on a field.
pub const PROJECTION_FIELD: Place = Place {
    attribute: "projection",
    item: "a field",
    within: Within::Item,
    keys: &[ROW_KEY, INDEX, UNIQUE, COLUMN],
};
