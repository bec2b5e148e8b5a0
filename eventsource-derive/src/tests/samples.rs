//! What the attribute reference says of a key beside what the macros parse with: its default, its example, and a mistake.

/// What is shown of a key.
pub struct Sample {
    pub key: &'static str,
    /// What holds where it is left out.
    pub default: &'static str,
    /// The example in `tests/tests/attributes/`; none for a key that is refused.
    pub example: Option<&'static str>,
    /// An item in which the key is misused, once.
    pub mistake: &'static str,
}

/// The keys of one place.
pub struct Samples {
    pub attribute: &'static str,
    pub item: &'static str,
    /// The derive that the mistakes are made under.
    pub derive: &'static str,
    pub samples: &'static [Sample],
}

const fn of(
    key: &'static str,
    default: &'static str,
    example: &'static str,
    mistake: &'static str,
) -> Sample {
    Sample {
        key,
        default,
        example: Some(example),
        mistake,
    }
}

/// Every place, in the order of the page.
pub const SAMPLES: &[Samples] = &[
    Samples {
        attribute: "event",
        item: "a struct event",
        derive: "Event",
        samples: &[
            of(
                "name",
                "required",
                "event name",
                r#"#[event(name = "account opened")]
struct Opened;"#,
            ),
            of(
                "version",
                "1",
                "event version",
                r#"#[event(name = "account.deposited", version = 3)]
struct Deposited {
    #[event(since = 2, default)]
    currency: String,
}"#,
            ),
            of(
                "aliases",
                "none",
                "event aliases",
                r#"#[event(name = "member.joined", aliases("member.joined"))]
struct Joined;"#,
            ),
            of(
                "upcast",
                "none",
                "event upcast",
                r#"#[event(name = "person.named", version = 2, upcast(from = 2, type = NamedV1))]
struct Named {
    #[event(since = 2, default)]
    given: String,
}"#,
            ),
            of(
                "retired",
                "it is written, too",
                "event retired",
                r#"#[event(name = "member.suspended", retired = true)]
struct Suspended;"#,
            ),
            of(
                "crate",
                "`::eventsource_core`",
                "event crate",
                r#"#[event(name = "account.closed", crate = "runtime")]
struct Closed;"#,
            ),
        ],
    },
    Samples {
        attribute: "event",
        item: "a family of events (an enum)",
        derive: "Event",
        samples: &[
            of(
                "prefix",
                "required, unless each variant has a `name`",
                "family prefix",
                r#"enum OrderEvent {
    Placed,
}"#,
            ),
            of(
                "crate",
                "`::eventsource_core`",
                "family crate",
                r#"#[event(prefix = "visit", crate = crate::)]
enum Visit {
    Began,
}"#,
            ),
        ],
    },
    Samples {
        attribute: "event",
        item: "a variant",
        derive: "Event",
        samples: &[
            of(
                "name",
                "the enum's `prefix`, and the variant in snake case",
                "variant name",
                r#"#[event(prefix = "parcel")]
enum ParcelEvent {
    #[event(name = "parcel.lost")]
    Sent,
    Lost,
}"#,
            ),
            of(
                "version",
                "1",
                "variant version",
                r#"#[event(prefix = "discount")]
enum DiscountEvent {
    #[event(version = 70000)]
    Applied,
}"#,
            ),
            of(
                "aliases",
                "none",
                "variant aliases",
                r#"#[event(prefix = "shipment")]
enum ShipmentEvent {
    #[event(aliases = "shipment.sent")]
    Shipped,
}"#,
            ),
            of(
                "upcast",
                "none",
                "variant upcast",
                r#"#[event(prefix = "reading")]
enum ReadingEvent {
    #[event(version = 2, upcast(from = 1))]
    #[event(upcast(from = 1, type = f64))]
    Taken(i64),
}"#,
            ),
            of(
                "retired",
                "it is written, too",
                "variant retired",
                r#"#[event(prefix = "contract")]
enum ContractEvent {
    #[event(retired(dorp))]
    Pinged,
}"#,
            ),
        ],
    },
    Samples {
        attribute: "event",
        item: "a field",
        derive: "Event",
        samples: &[
            of(
                "since",
                "1",
                "field since",
                r#"#[event(name = "note.written", version = 2)]
struct Written {
    #[event(since = 2)]
    tags: Vec<String>,
}"#,
            ),
            of(
                "default",
                "required with `since`",
                "field since",
                r#"#[event(name = "note.written")]
struct Written {
    #[event(default)]
    tags: Vec<String>,
}"#,
            ),
            of(
                "was",
                "its name and its type as they are now",
                "field was",
                r#"#[event(name = "sensor.measured", version = 3)]
struct Measured {
    #[event(was(name = "dev", until = 2), was(name = "d", until = 1))]
    device: String,
}"#,
            ),
            Sample {
                key: "personal",
                default: "",
                example: None,
                mistake: r#"#[event(name = "member.joined")]
struct Joined {
    #[event(personal)]
    email: String,
}"#,
            },
        ],
    },
    Samples {
        attribute: "upcast",
        item: "an upcast",
        derive: "Event",
        samples: &[
            of(
                "from",
                "required",
                "event upcast",
                r#"#[event(name = "person.named", version = 2)]
#[event(upcast(type = NamedV1), upcast(from = 1, type = NamedV1))]
struct Named;"#,
            ),
            of(
                "type",
                "required, or `with`",
                "event upcast",
                r#"#[event(name = "person.named", version = 2)]
#[event(upcast(from = 1, type = "NamedV1"), upcast(from = 1, with = lift))]
struct Named;"#,
            ),
            of(
                "with",
                "required, or `type`",
                "upcast with",
                r#"#[event(name = "person.named", version = 2)]
#[event(upcast(from = 1, type = NamedV1, with = lift), upcast(from = 1, with = lift))]
struct Named;"#,
            ),
        ],
    },
    Samples {
        attribute: "was",
        item: "a field's past",
        derive: "Event",
        samples: &[
            of(
                "until",
                "required",
                "field was",
                r#"#[event(name = "sensor.measured", version = 2)]
struct Measured {
    #[event(was(name = "d", until = 1), was(name = "dev", until = 2))]
    device: String,
}"#,
            ),
            of(
                "name",
                "its name now",
                "field was",
                r#"#[event(name = "sensor.measured", version = 2)]
struct Measured(#[event(was(name = "dev", until = 1))] String);"#,
            ),
            of(
                "type",
                "its type now",
                "field was",
                r#"#[event(name = "sensor.measured", version = 2)]
struct Measured {
    #[event(was(with = to_milli, until = 1))]
    milli_celsius: i64,
}"#,
            ),
            of(
                "with",
                "`From` of its type then",
                "field was",
                r#"#[event(name = "sensor.measured", version = 2)]
struct Measured {
    #[event(was(name = "celsius", with = to_milli, until = 1))]
    milli_celsius: i64,
}"#,
            ),
            of(
                "try_with",
                "`From` of its type then",
                "field was",
                r#"#[event(name = "sensor.measured", version = 2)]
struct Measured {
    #[event(was(type = String, with = unit, try_with = parse_unit, until = 1))]
    unit: Unit,
}"#,
            ),
        ],
    },
    Samples {
        attribute: "retired",
        item: "a retirement",
        derive: "Event",
        samples: &[
            of(
                "into",
                "it is read as itself",
                "retired into",
                r#"#[event(name = "member.joined_and_named", retired(into()))]
struct JoinedAndNamed;"#,
            ),
            of(
                "drop",
                "it is read as itself",
                "retired drop",
                r#"#[event(name = "member.pinged", retired(into(Joined), drop))]
struct Pinged;"#,
            ),
        ],
    },
    Samples {
        attribute: "command",
        item: "a command",
        derive: "Command",
        samples: &[
            of(
                "aggregate",
                "required",
                "command aggregate",
                r#"struct Withdraw {
    #[command(id)]
    account: String,
}"#,
            ),
            of(
                "creates",
                "the stream must exist",
                "command creates",
                r#"#[command(aggregate = Account, creates, upserts)]
struct Open {
    #[command(id)]
    account: String,
}"#,
            ),
            of(
                "upserts",
                "the stream must exist",
                "command upserts",
                r#"#[command(aggregate = Account, upserts = true)]
struct Note {
    #[command(id)]
    account: String,
}"#,
            ),
            of(
                "name",
                "it is not stored",
                "command name",
                r#"#[command(aggregate = Account, name = "")]
struct Ship {
    #[command(id)]
    account: String,
}"#,
            ),
            of(
                "version",
                "1",
                "command name",
                r#"#[command(aggregate = Account, version = 2)]
struct Ship {
    #[command(id)]
    account: String,
}"#,
            ),
            of(
                "crate",
                "`::eventsource_core`",
                "command crate",
                r#"#[command(aggregate = Account, crate)]
struct Close {
    #[command(id)]
    account: String,
}"#,
            ),
        ],
    },
    Samples {
        attribute: "command",
        item: "a family of commands (an enum)",
        derive: "Command",
        samples: &[
            of(
                "aggregate",
                "required",
                "command family",
                r#"#[command(agregate = Account)]
enum AccountCommand {
    Register(#[command(id)] String),
}"#,
            ),
            of(
                "name",
                "it is not stored",
                "command stored family",
                r#"#[command(aggregate = Account, name = Transfer)]
enum Transfer {
    Send(#[command(id)] String),
}"#,
            ),
            of(
                "version",
                "1",
                "command stored family",
                r#"#[command(aggregate = Account, name = "account.transfer", version = 2)]
enum Transfer {
    Send(#[command(id)] String),
}"#,
            ),
            of(
                "crate",
                "`::eventsource_core`",
                "command family crate",
                r#"#[command(aggregate = Account, crate = 1)]
enum Audit {
    Begin(#[command(id)] String),
}"#,
            ),
        ],
    },
    Samples {
        attribute: "command",
        item: "a variant",
        derive: "Command",
        samples: &[
            of(
                "creates",
                "the stream must exist",
                "command family",
                r#"#[command(aggregate = Account, creates)]
enum AccountCommand {
    Register(#[command(id)] String),
}"#,
            ),
            of(
                "upserts",
                "the stream must exist",
                "command family",
                r#"#[command(aggregate = Account)]
enum AccountCommand {
    #[command(upsert)]
    Remark(#[command(id)] String),
}"#,
            ),
        ],
    },
    Samples {
        attribute: "command",
        item: "a field",
        derive: "Command",
        samples: &[
            of(
                "id",
                "required, on one field",
                "command aggregate",
                r#"#[command(aggregate = Account)]
struct Withdraw {
    account: String,
}"#,
            ),
            of(
                "since",
                "1",
                "command name",
                r#"#[command(aggregate = Account)]
struct Ship {
    #[command(id)]
    account: String,
    #[command(since = 2, default)]
    tracking: String,
}"#,
            ),
            of(
                "default",
                "required with `since`",
                "command name",
                r#"#[command(aggregate = Account, name = "account.ship", version = 2)]
struct Ship {
    #[command(id)]
    account: String,
    #[command(since = 2, default, default = "none".to_owned())]
    tracking: String,
}"#,
            ),
            of(
                "was",
                "its name and its type as they are now",
                "command stored family",
                r#"#[command(aggregate = Account)]
enum Transfer {
    Send {
        #[command(id)]
        account: String,
        #[command(was(name = "amt", until = 1))]
        amount: u64,
    },
}"#,
            ),
        ],
    },
    Samples {
        attribute: "aggregate",
        item: "an aggregate",
        derive: "Aggregate",
        samples: &[
            of(
                "name",
                "required",
                "aggregate",
                r#"#[aggregate(name = "my-account", id = String, error = AccountError, events(Opened))]
struct Account;"#,
            ),
            of(
                "id",
                "required",
                "aggregate",
                r#"#[aggregate(name = "account", id = "String", error = AccountError, events(Opened))]
struct Account;"#,
            ),
            of(
                "error",
                "required",
                "aggregate",
                r#"#[aggregate(name = "account", id = String, events(Opened))]
struct Account;"#,
            ),
            of(
                "events",
                "required",
                "aggregate",
                r#"#[aggregate(name = "account", id = String, error = AccountError, events(Opened, Opened))]
struct Account;"#,
            ),
            of(
                "retired",
                "none",
                "aggregate retired",
                r#"#[aggregate(name = "member", id = String, error = AccountError, events(Opened), retired(Opened))]
struct Member;"#,
            ),
            of(
                "commands",
                "none",
                "aggregate commands",
                r#"#[aggregate(name = "teller", id = String, error = AccountError, events(Opened), commands(Open, Open))]
struct Teller;"#,
            ),
            of(
                "event_enum",
                "the type's name and `Event`, for several events; one alone is itself the event type",
                "aggregate event_enum",
                r#"#[aggregate(name = "till", id = String, error = AccountError, events(TillEvent, Closed))]
struct Till;"#,
            ),
            of(
                "command_enum",
                "no enum is made",
                "aggregate command_enum",
                r#"#[aggregate(name = "clerk", id = String, error = AccountError, events(Opened), command_enum = ClerkCommand)]
struct Clerk;"#,
            ),
            of(
                "snapshot",
                "no snapshots are kept",
                "aggregate snapshot",
                r#"#[aggregate(name = "safe", id = String, error = AccountError, events(Opened), snapshot = 100)]
struct Safe;"#,
            ),
            of(
                "unknown",
                "`\"error\"`",
                "aggregate unknown",
                r#"#[aggregate(name = "branch", id = String, error = AccountError, events(Opened), unknown = "ignored")]
struct Branch;"#,
            ),
            of(
                "crate",
                "`::eventsource_core`",
                "aggregate crate",
                r#"#[aggregate(name = "vault", id = String, error = AccountError, events(Opened), crate = "runtime")]
struct Vault;"#,
            ),
        ],
    },
    Samples {
        attribute: "snapshot",
        item: "a snapshot",
        derive: "Aggregate",
        samples: &[
            of(
                "every",
                "required",
                "aggregate snapshot",
                r#"#[aggregate(name = "safe", id = String, error = AccountError, events(Opened), snapshot(every = 0))]
struct Safe;"#,
            ),
            of(
                "version",
                "1",
                "aggregate snapshot",
                r#"#[aggregate(name = "safe", id = String, error = AccountError, events(Opened), snapshot(version = 2))]
struct Safe;"#,
            ),
        ],
    },
    Samples {
        attribute: "projection",
        item: "a projection",
        derive: "Projection",
        samples: &[
            of(
                "name",
                "required",
                "projection",
                r#"#[projection(name = "my balances", version = 1, events(Opened))]
struct Balance {
    #[projection(key)]
    account: String,
}"#,
            ),
            of(
                "version",
                "required",
                "projection",
                r#"#[projection(name = "balances", events(Opened))]
struct Balance {
    #[projection(key)]
    account: String,
}"#,
            ),
            of(
                "events",
                "required",
                "projection",
                r#"#[projection(name = "balances", version = 1, events())]
struct Balance {
    #[projection(key)]
    account: String,
}"#,
            ),
            of(
                "retired",
                "none",
                "projection retired",
                r#"#[projection(name = "standings", version = 1, events(Opened), retired(Opened))]
struct Standing {
    #[projection(key)]
    account: String,
}"#,
            ),
            of(
                "key",
                "`stream`",
                "projection key",
                r#"#[projection(name = "totals", version = 1, key = account, events(Opened))]
struct Totals {
    #[projection(key)]
    account: String,
}"#,
            ),
            of(
                "consistency",
                "`\"eventual\"`",
                "projection consistency",
                r#"#[projection(name = "logins", version = 1, events(Opened), consistency = "strong")]
struct Login {
    #[projection(key)]
    account: String,
}"#,
            ),
            of(
                "crate",
                "`::eventsource_core`",
                "projection crate",
                r#"#[projection(name = "profiles", version = 1, events(Opened), crate = "runtime")]
struct Profile {
    #[projection(key)]
    account: String,
}"#,
            ),
        ],
    },
    Samples {
        attribute: "events",
        item: "a listed event",
        derive: "Projection",
        samples: &[
            of(
                "key",
                "the projection's `key`",
                "listed key",
                r#"#[projection(name = "portfolios", version = 1, events(Opened(key = "owner")))]
struct Portfolio {
    #[projection(key)]
    owner: String,
}"#,
            ),
            of(
                "key_with",
                "the projection's `key`",
                "listed key_with",
                r#"#[projection(name = "customers", version = 1, events(OrderEvent(key = customer, key_with = customer_of)))]
struct Customer {
    #[projection(key)]
    customer: String,
}"#,
            ),
        ],
    },
    Samples {
        attribute: "projection",
        item: "a field",
        derive: "Projection",
        samples: &[
            of(
                "key",
                "required, on one field; on none with `key = global`",
                "projection",
                r#"#[projection(name = "balances", version = 1, events(Opened))]
struct Balance {
    account: String,
}"#,
            ),
            of(
                "index",
                "no index",
                "listed key_with",
                r#"#[projection(name = "customers", version = 1, events(OrderEvent))]
struct Customer {
    #[projection(key, index)]
    customer: String,
}"#,
            ),
            of(
                "unique",
                "rows may have the same",
                "projection consistency",
                r#"#[projection(name = "logins", version = 1, events(Opened))]
struct Login {
    #[projection(key)]
    account: String,
    #[projection(unique, index)]
    owner: String,
}"#,
            ),
            of(
                "column",
                "the field's name",
                "listed key_with",
                r#"#[projection(name = "customers", version = 1, events(OrderEvent))]
struct Customer {
    #[projection(key)]
    customer: String,
    #[projection(column = "Customer")]
    name: String,
}"#,
            ),
        ],
    },
];
