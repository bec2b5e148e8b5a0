//! Every key of every attribute: the one table that parsing, suggestions and the attribute reference share.

mod aggregate;
mod command;
mod event;
mod payload;
mod process_manager;
mod projection;
mod table;

pub use aggregate::{AGGREGATE, SNAPSHOT_KEYS};
pub use command::{COMMAND_ENUM, COMMAND_FIELD, COMMAND_STRUCT, COMMAND_VARIANT};
pub use event::{EVENT_ENUM, EVENT_FIELD, EVENT_STRUCT, EVENT_VARIANT, RETIRED_KEYS, UPCAST_KEYS};
pub use payload::WAS_KEYS;
pub use process_manager::{PROCESS_MANAGER, PROCESS_MANAGER_FIELD};
pub use projection::{PROJECTION, PROJECTION_FIELD};
pub use table::LISTED_KEYS;

/// What a key is followed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Nothing: `creates`.
    Flag,
    /// A string: `name = "…"`.
    Text,
    /// Strings in parentheses: `aliases("…", "…")`.
    Texts,
    /// A whole number from 1 to 65535: `version = 2`.
    Version,
    /// A whole number from 1: `every = 100`.
    Count,
    /// A type: `id = String`.
    Type,
    /// A path: `crate = my::eventsource_core`.
    Path,
    /// An expression: `with = f`.
    Expression,
    /// Nothing, or an expression: `default`, `default = 1`.
    FlagOrExpression,
    /// A name of the user's choice: `event_enum = Name`.
    Name,
    /// One of these words: `key = global`.
    Word(&'static [&'static str]),
    /// One of these strings: `unknown = "ignore"`.
    TextOf(&'static [&'static str]),
    /// More keys in parentheses: `was(…)`.
    Keys,
    /// Nothing, or more in parentheses: `retired`, `retired(drop)`.
    FlagOrKeys,
    /// Types in parentheses: `events(A, B)`.
    Types,
}

/// A key.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    pub name: &'static str,
    pub form: Form,
    /// How it is written; it is shown between backticks.
    pub example: &'static str,
    /// What it means, in a line.
    pub meaning: &'static str,
    /// Whether it may stand several times on one item.
    pub repeatable: bool,
}

impl Key {
    const fn new(
        name: &'static str,
        form: Form,
        example: &'static str,
        meaning: &'static str,
    ) -> Self {
        Self {
            name,
            form,
            example,
            meaning,
            repeatable: false,
        }
    }

    const fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }
}

/// Where keys stand: the attribute, and the kind of item.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The attribute's name: `event`.
    pub attribute: &'static str,
    /// The item that it stands on, with its article: `a field`.
    pub item: &'static str,
    pub within: Within,
    pub keys: &'static [Key],
}

/// What the keys of a place stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    /// The attribute of an item.
    Item,
    /// The parentheses of another key.
    Key,
    /// The parentheses behind an entry of a list.
    List,
}

impl Place {
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The place in words: `#[event(…)]` on a field.
    pub fn written(&self) -> String {
        let (attribute, item) = (self.attribute, self.item);
        match self.within {
            Within::Item => format!("`#[{attribute}(…)]` on {item}"),
            Within::Key => format!("`{attribute}(…)`"),
            Within::List => format!("what stands behind {item}"),
        }
    }
}

const CRATE: Key = Key::new(
    "crate",
    Form::Path,
    "crate = my::eventsource_core",
    "the runtime crate's path",
);

/// Every place, in the order in which the reference tells them.
pub const ALL: &[Place] = &[
    EVENT_STRUCT,
    EVENT_ENUM,
    EVENT_VARIANT,
    EVENT_FIELD,
    UPCAST_KEYS,
    WAS_KEYS,
    RETIRED_KEYS,
    COMMAND_STRUCT,
    COMMAND_ENUM,
    COMMAND_VARIANT,
    COMMAND_FIELD,
    AGGREGATE,
    SNAPSHOT_KEYS,
    PROJECTION,
    LISTED_KEYS,
    PROJECTION_FIELD,
    PROCESS_MANAGER,
    PROCESS_MANAGER_FIELD,
];
