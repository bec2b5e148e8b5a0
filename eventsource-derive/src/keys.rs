//! Every key of every attribute: the one table that parsing, suggestions and the attribute reference share.

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

const NAME: Key = Key::new(
    "name",
    Form::Text,
    "name = \"account.opened\"",
    "the stored type name",
);
const VERSION: Key = Key::new(
    "version",
    Form::Version,
    "version = 2",
    "the payload's current schema version",
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
const SINCE: Key = Key::new(
    "since",
    Form::Version,
    "since = 2, default",
    "the field exists since this version",
);
const DEFAULT: Key = Key::new(
    "default",
    Form::FlagOrExpression,
    "default` or `default = 1",
    "what older payloads have in the field's place",
);
const WAS: Key = Key::new(
    "was",
    Form::Keys,
    "was(name = \"amt\", until = 1)",
    "what the field was up to a version",
)
.repeatable();
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
    keys: &[SINCE, DEFAULT, WAS, PERSONAL],
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

const TABLE_NAME: Key = Key::new(
    "name",
    Form::Text,
    "name = \"balances\"",
    "the table's name",
);
const TABLE_VERSION: Key = Key::new(
    "version",
    Form::Version,
    "version = 1",
    "each version has a table of its own",
);
const STILL_READ: Key = Key::new(
    "retired",
    Form::Types,
    "retired(Suspended)",
    "old events that it still reads",
);

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

const ROW_KEY: Key = Key::new(
    "key",
    Form::Flag,
    "key",
    "the primary key, which the framework fills",
);
const INDEX: Key = Key::new("index", Form::Flag, "index", "has an index");
const UNIQUE: Key = Key::new("unique", Form::Flag, "unique", "no two rows have the same");
const COLUMN: Key = Key::new(
    "column",
    Form::Text,
    "column = \"owner_name\"",
    "the column's name",
);

/// `#[projection(…)]` on a field.
pub const PROJECTION_FIELD: Place = Place {
    attribute: "projection",
    item: "a field",
    within: Within::Item,
    keys: &[ROW_KEY, INDEX, UNIQUE, COLUMN],
};

/// `#[process_manager(…)]` on a field.
pub const PROCESS_MANAGER_FIELD: Place = Place {
    attribute: "process_manager",
    item: "a field",
    within: Within::Item,
    keys: &[ROW_KEY, INDEX, UNIQUE, COLUMN],
};

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
