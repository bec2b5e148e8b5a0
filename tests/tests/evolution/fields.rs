//! Fields that are renamed, added, removed, split, merged, and have another unit.

use eventsource_core::testing::decode;

use crate::{of, passes, refused};

mod released {
    use eventsource_core::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "paid")]
    pub struct Paid {
        pub amt: u64,
        pub note: String,
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "measured")]
    pub struct Measured {
        pub celsius: f64,
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "named")]
    pub struct Named {
        pub name: String,
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "called")]
    pub struct Called {
        pub given: String,
        pub family: String,
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "moved")]
    pub struct Moved {
        pub street: String,
        pub city: String,
    }
}

mod at_first {
    use eventsource_core::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "paid")]
    pub struct Renamed {
        pub amount: u64,
        pub note: String,
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "paid")]
    pub struct Added {
        pub amt: u64,
        pub note: String,
        pub currency: String,
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "paid")]
    pub struct Removed {
        pub amt: u64,
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "measured")]
    pub struct Measured {
        pub celsius: i64,
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "paid")]
    pub struct Required {
        pub amt: u64,
        pub note: String,
        pub by: String,
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "named")]
    pub struct Named {
        pub given: String,
        pub family: String,
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "called")]
    pub struct Called {
        pub name: String,
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "moved")]
    pub struct Moved {
        pub address: Address,
    }

    #[derive(Serialize, Deserialize)]
    pub struct Address {
        pub street: String,
        pub city: String,
    }
}

mod today {
    use eventsource_core::prelude::*;
    use serde::{Deserialize, Serialize};

    use super::released;

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "paid", version = 2)]
    pub struct Renamed {
        #[event(was(name = "amt", until = 1))]
        pub amount: u64,
        pub note: String,
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "paid", version = 2)]
    pub struct Added {
        pub amt: u64,
        pub note: String,
        #[event(since = 2, default = "EUR".to_owned())]
        pub currency: String,
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "paid")]
    pub struct AddedOptional {
        pub amt: u64,
        pub note: String,
        pub currency: Option<String>,
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "paid", version = 2, upcast(from = 1, type = released::Paid))]
    pub struct Removed {
        pub amt: u64,
    }

    impl From<released::Paid> for Removed {
        fn from(old: released::Paid) -> Self {
            Self { amt: old.amt }
        }
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "measured", version = 2)]
    pub struct Measured {
        #[event(was(name = "celsius", type = f64, until = 1, with = to_milli))]
        pub milli_celsius: i64,
    }

    #[allow(clippy::cast_possible_truncation)]
    fn to_milli(celsius: f64) -> i64 {
        (celsius * 1000.0).round() as i64
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "named", version = 2, upcast(from = 1, type = released::Named))]
    pub struct Named {
        pub given: String,
        pub family: String,
    }

    impl From<released::Named> for Named {
        fn from(old: released::Named) -> Self {
            let (given, family) = old.name.split_once(' ').unwrap_or((&old.name, ""));
            Self {
                given: given.to_owned(),
                family: family.to_owned(),
            }
        }
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "called", version = 2, upcast(from = 1, type = released::Called))]
    pub struct Called {
        pub name: String,
    }

    impl From<released::Called> for Called {
        fn from(old: released::Called) -> Self {
            Self {
                name: format!("{} {}", old.given, old.family),
            }
        }
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "moved", version = 2, upcast(from = 1, with = lift))]
    pub struct Moved {
        pub address: Address,
    }

    #[derive(Serialize, Deserialize)]
    pub struct Address {
        pub street: String,
        pub city: String,
    }

    fn lift(old: serde_json::Value) -> Result<serde_json::Value, UpcastError> {
        Ok(serde_json::json!({ "address": old }))
    }
}

#[test]
fn rename_a_field() {
    refused(
        &of::<released::Paid>(),
        &of::<at_first::Renamed>(),
        &[
            "needs a version: paid version 1: the field `amt` is now `amount`",
            "#[event(was(name = \"amt\", until = 1))]  on its field `amount`",
        ],
    );
    passes(&of::<released::Paid>(), &of::<today::Renamed>());
    let paid: today::Renamed = decode("paid", 1, r#"{"amt":5,"note":"-"}"#).unwrap();
    assert_eq!(paid.amount, 5);
}

#[test]
fn add_a_field() {
    refused(
        &of::<released::Paid>(),
        &of::<at_first::Added>(),
        &[
            "needs a version: paid version 1: the field `currency` was added, and released payloads lack it",
            "#[event(since = 2, default)]  on its field `currency`",
        ],
    );
    passes(&of::<released::Paid>(), &of::<today::Added>());
    let paid: today::Added = decode("paid", 1, r#"{"amt":5,"note":"-"}"#).unwrap();
    assert_eq!(paid.currency, "EUR");
}

#[test]
fn add_a_field_that_may_be_absent() {
    passes(&of::<released::Paid>(), &of::<today::AddedOptional>());
    let paid: today::AddedOptional = decode("paid", 1, r#"{"amt":5,"note":"-"}"#).unwrap();
    assert_eq!(paid.currency, None);
}

#[test]
fn remove_a_field() {
    refused(
        &of::<released::Paid>(),
        &of::<at_first::Removed>(),
        &[
            "needs a version: paid version 1: the field `note` is no longer read",
            "#[event(upcast(from = 1, type = RemovedV1))]",
        ],
    );
    passes(&of::<released::Paid>(), &of::<today::Removed>());
    let paid: today::Removed = decode("paid", 1, r#"{"amt":5,"note":"-"}"#).unwrap();
    assert_eq!(paid.amt, 5);
}

#[test]
fn change_a_unit() {
    refused(
        &of::<released::Measured>(),
        &of::<at_first::Measured>(),
        &[
            "needs a version: measured version 1, `celsius`: it was f64 and is now i64",
            "#[event(was(type = f64, until = 1, with = convert))]  on its field `celsius`",
        ],
    );
    passes(&of::<released::Measured>(), &of::<today::Measured>());
    let measured: today::Measured = decode("measured", 1, r#"{"celsius":21.5}"#).unwrap();
    assert_eq!(measured.milli_celsius, 21_500);
}

#[test]
fn split_a_field() {
    refused(
        &of::<released::Named>(),
        &of::<at_first::Named>(),
        &[
            "needs a version: named version 1: the field `name` is now `given`",
            "needs a version: named version 1: the field `family` was added, and released payloads lack it",
        ],
    );
    passes(&of::<released::Named>(), &of::<today::Named>());
    let named: today::Named = decode("named", 1, r#"{"name":"Ada Lovelace"}"#).unwrap();
    assert_eq!(
        (named.given.as_str(), named.family.as_str()),
        ("Ada", "Lovelace")
    );
}

#[test]
fn merge_two_fields() {
    refused(
        &of::<released::Called>(),
        &of::<at_first::Called>(),
        &[
            "needs a version: called version 1: the field `given` is now `name`",
            "needs a version: called version 1: the field `family` is no longer read",
        ],
    );
    passes(&of::<released::Called>(), &of::<today::Called>());
    let stored = r#"{"given":"Ada","family":"Lovelace"}"#;
    let called: today::Called = decode("called", 1, stored).unwrap();
    assert_eq!(called.name, "Ada Lovelace");
}

#[test]
fn move_fields_into_a_type() {
    refused(
        &of::<released::Moved>(),
        &of::<at_first::Moved>(),
        &[
            "needs a version: moved version 1: the field `address` was added, and released payloads lack it",
            "needs a version: moved version 1: the field `street` is no longer read",
        ],
    );
    passes(&of::<released::Moved>(), &of::<today::Moved>());
    let moved: today::Moved = decode("moved", 1, r#"{"street":"s","city":"London"}"#).unwrap();
    assert_eq!(moved.address.city, "London");
}
