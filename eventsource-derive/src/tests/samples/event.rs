//! `#[event(…)]`.

#![cfg(test)]

use super::{Sample, Samples, of};

pub const SAMPLES: &[Samples] = &[
    Samples {
        attribute: "event",
        item: "a struct event",
        derive: "Event",
        keys: &[
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
        keys: &[
            of(
                "prefix",
                "required, unless each variant has a `name`",
                "family prefix",
                r"enum OrderEvent {
    Placed,
}",
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
        keys: &[
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
        keys: &[
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
            of(
                "example",
                "what the lock finds by itself",
                "field example",
                r#"#[event(name = "order.paid")]
struct Paid {
    #[event(example)]
    by: Payment,
}"#,
            ),
            of(
                "schemars",
                "",
                "field schemars",
                r#"#[event(name = "order.paid")]
struct Paid {
    #[event(schemars = Payment)]
    by: Payment,
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
        keys: &[
            of(
                "from",
                "required",
                "event upcast",
                r#"#[event(name = "person.named", version = 2)]
#[event(upcast(type = NamedV1))]
struct Named;"#,
            ),
            of(
                "type",
                "required, or `with`",
                "event upcast",
                r#"#[event(name = "person.named", version = 2)]
#[event(upcast(from = 1, type = "NamedV1"))]
struct Named;"#,
            ),
            of(
                "with",
                "required, or `type`",
                "upcast with",
                r#"#[event(name = "person.named", version = 2)]
#[event(upcast(from = 1, type = NamedV1, with = lift))]
struct Named;"#,
            ),
        ],
    },
    Samples {
        attribute: "was",
        item: "a field's past",
        derive: "Event",
        keys: &[
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
        keys: &[
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
];
