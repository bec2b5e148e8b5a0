//! `#[process_manager(…)]`.

use super::table::{COLUMN, INDEX, ROW_KEY, STILL_READ, TABLE_NAME, TABLE_VERSION, UNIQUE};
use super::{CRATE, Form, Key, Place, Within};

/// `#[process_manager(…)]` on a struct.
pub const PROCESS_MANAGER: Place = Place {
    attribute: "process_manager",
    item: "a process manager",
    within: Within::Item,
    keys: &[
        TABLE_NAME,
        TABLE_VERSION,
        Key::new(
            "from",
            Form::Word(&["now", "beginning"]),
            "from = now",
            "where in the log a new one begins to react: behind what is there when it is first started, or at the beginning",
        ),
        Key::new(
            "events",
            Form::Types,
            "events(Paid, Booked(key = order), Rejected<Ship>)",
            "what it reacts to, and which instance does",
        ),
        STILL_READ,
        Key::new(
            "commands",
            Form::Types,
            "commands(Book, Ship)",
            "what it may send",
        ),
        Key::new(
            "key",
            Form::Word(&["stream", "global"]),
            "key = global",
            "which instance an event belongs to, where `events(A(key = field))` says nothing else",
        ),
        CRATE,
    ],
};

/// `#[process_manager(…)]` on a field.
pub const PROCESS_MANAGER_FIELD: Place = Place {
    attribute: "process_manager",
    item: "a field",
    within: Within::Item,
    keys: &[ROW_KEY, INDEX, UNIQUE, COLUMN],
};
