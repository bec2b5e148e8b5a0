//! `#[command(…)]`.

use super::payload::{DEFAULT, SINCE, VERSION, WAS};
use super::{CRATE, Form, Key, Place, Within};

const CREATES: Key = Key::new(
    "creates",
    Form::Flag,
    "creates",
    "the stream must not exist",
);

const UPSERTS: Key = Key::new(
    "upserts",
    Form::Flag,
    "upserts",
    "the stream may or may not exist",
);

const COMMAND_NAME: Key = Key::new(
    "name",
    Form::Text,
    "name = \"order.ship\"",
    "the name that it is stored under, where it waits in an outbox",
);

/// `#[command(…)]` on a struct.
pub const COMMAND_STRUCT: Place = Place {
    attribute: "command",
    item: "a command",
    within: Within::Item,
    keys: &[
        Key::new(
            "aggregate",
            Form::Type,
            "aggregate = Account",
            "who handles it",
        ),
        CREATES,
        UPSERTS,
        COMMAND_NAME,
        VERSION,
        CRATE,
    ],
};

/// `#[command(…)]` on an enum.
pub const COMMAND_ENUM: Place = Place {
    attribute: "command",
    item: "a family of commands (an enum)",
    within: Within::Item,
    keys: &[
        Key::new(
            "aggregate",
            Form::Type,
            "aggregate = Order",
            "who handles it",
        ),
        COMMAND_NAME,
        VERSION,
        CRATE,
    ],
};

/// `#[command(…)]` on a variant.
pub const COMMAND_VARIANT: Place = Place {
    attribute: "command",
    item: "a variant",
    within: Within::Item,
    keys: &[CREATES, UPSERTS],
};

/// `#[command(…)]` on a field.
pub const COMMAND_FIELD: Place = Place {
    attribute: "command",
    item: "a field",
    within: Within::Item,
    keys: &[
        Key::new(
            "id",
            Form::Flag,
            "id",
            "the field that holds the aggregate's id",
        ),
        SINCE,
        DEFAULT,
        WAS,
    ],
};
