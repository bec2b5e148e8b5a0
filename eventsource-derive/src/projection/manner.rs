//! What tells the two derives apart whose item is a table: a projection's rows are folded, a process manager's instances react.

use crate::keys::{PROCESS_MANAGER, PROCESS_MANAGER_FIELD, PROJECTION, PROJECTION_FIELD, Place};
use crate::list::Lister;

/// The words and the keys of one of them.
pub struct Manner {
    /// The item, with its article.
    pub item: &'static str,
    /// What it is called where it is one over everything.
    pub whole: &'static str,
    /// What an event belongs to.
    pub row: &'static str,
    /// The same, with its article.
    pub a_row: &'static str,
    pub keys: &'static Place,
    pub field_keys: &'static Place,
    /// The keys that cannot be left out, and how they are written. The name is proposed.
    pub required: &'static [(&'static str, &'static str)],
    /// What has to be known to write the required keys.
    pub advice: Option<(&'static str, &'static str)>,
    pub lister: Lister,
}

impl Manner {
    /// The name of its attribute.
    pub fn attribute(&self) -> &'static str {
        self.keys.attribute
    }

    /// Whether its rows act, besides changing.
    pub fn acts(&self) -> bool {
        self.lister == Lister::ProcessManager
    }
}

pub static PROJECTED: Manner = Manner {
    item: "a projection",
    whole: "read model",
    row: "row",
    a_row: "a row",
    keys: &PROJECTION,
    field_keys: &PROJECTION_FIELD,
    required: &[("version", "version = 1"), ("events", "events(…)")],
    advice: None,
    lister: Lister::Projection,
};

pub static REACTING: Manner = Manner {
    item: "a process manager",
    whole: "process manager",
    row: "instance",
    a_row: "an instance",
    keys: &PROCESS_MANAGER,
    field_keys: &PROCESS_MANAGER_FIELD,
    required: &[
        ("version", "version = 1"),
        ("from", "from = now"),
        ("events", "events(…)"),
        ("commands", "commands(…)"),
    ],
    advice: Some((
        "from",
        "`from = now` begins behind what is in the log when it is first started, `from = beginning` reacts to all of it",
    )),
    lister: Lister::ProcessManager,
};
