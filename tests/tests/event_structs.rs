//! Struct events: serde's own attributes are honoured, in every version.

use std::collections::BTreeMap;

use eventsource_core::prelude::*;
use eventsource_core::testing::decode;
use eventsource_core::{Encode, EncodeError};
use serde::{Deserialize, Serialize};

fn stored<E: Event>(event: &E) -> String {
    let mut payload = Vec::new();
    event.encode(&mut payload).unwrap();
    String::from_utf8(payload).unwrap()
}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[event(name = "person.moved", version = 3)]
struct Moved {
    #[event(was(name = "streetName", until = 1))]
    street_line: String,
    #[serde(rename = "zip", default)]
    postal_code: String,
    #[event(since = 2, default = 1 + 1)]
    house_count: u8,
    #[event(was(type = u8, until = 2))]
    floor: u32,
    #[serde(skip)]
    seen: bool,
}

#[test]
fn names_follow_serde_in_every_version() {
    let moved = Moved {
        street_line: "s".into(),
        postal_code: "z".into(),
        house_count: 2,
        floor: 3,
        seen: false,
    };
    assert_eq!(
        stored(&moved),
        r#"{"streetLine":"s","zip":"z","houseCount":2,"floor":3}"#
    );
    for (version, payload) in [
        (1, r#"{"streetName":"s","zip":"z","floor":3}"#),
        (
            2,
            r#"{"streetLine":"s","zip":"z","houseCount":2,"floor":3}"#,
        ),
        (
            3,
            r#"{"streetLine":"s","zip":"z","houseCount":2,"floor":3}"#,
        ),
    ] {
        assert_eq!(
            decode::<Moved>("person.moved", version, payload).unwrap(),
            moved
        );
    }
    // What serde is told to refuse is refused in older versions too; a missing `zip` is filled in all.
    assert!(
        decode::<Moved>(
            "person.moved",
            1,
            r#"{"streetName":"s","floor":3,"more":1}"#
        )
        .is_err()
    );
    assert_eq!(
        decode::<Moved>("person.moved", 1, r#"{"streetName":"s","floor":3}"#)
            .unwrap()
            .postal_code,
        ""
    );
}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[serde(default)]
#[event(name = "person.profiled", version = 2)]
struct Profiled {
    #[event(was(name = "nick", until = 1))]
    nickname: String,
    language: String,
    #[serde(flatten)]
    more: BTreeMap<String, String>,
}

impl Default for Profiled {
    fn default() -> Self {
        Self {
            nickname: "none".into(),
            language: "en".into(),
            more: BTreeMap::new(),
        }
    }
}

/// What serde skips or flattens was a field of its own once.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "person.met", version = 2)]
struct Met {
    #[serde(skip)]
    #[event(was(type = u32, until = 1, with = |place: u32| place.to_string()))]
    place: String,
    #[serde(flatten)]
    #[event(was(name = "details", until = 1))]
    more: BTreeMap<String, String>,
}

#[test]
fn what_serde_skips_or_flattens_now_is_read_as_it_was() {
    let met = |place: &str| Met {
        place: place.into(),
        more: [("x".to_owned(), "y".to_owned())].into(),
    };
    let old = r#"{"place":7,"details":{"x":"y"}}"#;
    assert_eq!(decode::<Met>("person.met", 1, old).unwrap(), met("7"));
    let new = r#"{"x":"y"}"#;
    assert_eq!(decode::<Met>("person.met", 2, new).unwrap(), met(""));
}

#[test]
fn a_containers_default_and_flatten_hold_for_older_versions() {
    let profiled = decode::<Profiled>("person.profiled", 1, r#"{"nick":"a","x":"y"}"#).unwrap();
    assert_eq!(
        (profiled.nickname.as_str(), profiled.language.as_str()),
        ("a", "en")
    );
    assert_eq!(profiled.more.get("x").map(String::as_str), Some("y"));
    assert_eq!(
        decode::<Profiled>("person.profiled", 1, "{}")
            .unwrap()
            .nickname,
        "none"
    );
}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[serde(default = "Preferred::in_general")]
#[event(name = "person.preferred", version = 2)]
struct Preferred {
    #[event(was(name = "lang", until = 1))]
    language: String,
    #[event(was(type = u8, until = 1))]
    size: u16,
    #[event(since = 2, default = true)]
    dark: bool,
}

impl Preferred {
    fn in_general() -> Self {
        Self {
            language: "en".into(),
            size: 12,
            dark: false,
        }
    }
}

#[test]
fn so_does_a_containers_default_that_is_a_function() {
    let of = |version, payload| decode::<Preferred>("person.preferred", version, payload).unwrap();
    assert_eq!(of(2, "{}"), Preferred::in_general());
    let older = of(1, "{}");
    assert_eq!((older.language.as_str(), older.dark), ("en", true));
    // The function knows nothing of the older type.
    assert_eq!(older.size, 0);
    let older = of(1, r#"{"lang":"de","size":9}"#);
    assert_eq!((older.language.as_str(), older.size), ("de", 9));
}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[serde(default = "somewhere")]
#[event(name = "person.placed", version = 2)]
struct Placed(String, u32, #[event(since = 2, default)] Option<String>);

fn somewhere() -> Placed {
    Placed("nowhere".into(), 1, None)
}

#[test]
fn so_does_that_of_a_tuple() {
    let of = |payload| decode::<Placed>("person.placed", 1, payload).unwrap();
    assert_eq!(of(r#"["a"]"#), Placed("a".into(), 1, None));
    assert_eq!(of("[]"), somewhere());
}

#[derive(Event, Debug, Clone, PartialEq)]
#[event(name = "person.pinged")]
struct Pinged;

#[derive(Event, Debug, Clone, PartialEq)]
#[event(name = "person.ponged")]
struct Ponged();

#[test]
fn an_event_without_fields_is_an_empty_object_and_needs_no_serde() {
    assert_eq!(stored(&Pinged), "{}");
    for payload in ["{}", "null", r#"{"later":1}"#] {
        assert_eq!(
            decode::<Pinged>("person.pinged", 1, payload).unwrap(),
            Pinged
        );
        assert_eq!(
            decode::<Ponged>("person.ponged", 1, payload).unwrap(),
            Ponged()
        );
    }
}

/// A chain of value upcasts that ends in an older shape: each step is a change of its own.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "person.aged", version = 5)]
#[event(upcast(from = 1, with = out_of_text), upcast(from = 2, with = into_object))]
struct Aged {
    #[event(was(name = "age", until = 3))]
    years: u32,
    #[event(since = 5, default)]
    exact: bool,
}

fn out_of_text(old: serde_json::Value) -> Result<serde_json::Value, UpcastError> {
    let text = old.as_str().ok_or("not a text")?;
    Ok(text.parse::<u32>()?.into())
}

fn into_object(old: serde_json::Value) -> Result<serde_json::Value, UpcastError> {
    Ok(serde_json::json!({ "age": old }))
}

#[test]
fn value_upcasts_lead_into_older_shapes() {
    let aged = Aged {
        years: 36,
        exact: false,
    };
    for (version, payload) in [
        (1, r#""36""#),
        (2, "36"),
        (3, r#"{"age":36}"#),
        (4, r#"{"years":36}"#),
        (5, r#"{"years":36,"exact":false}"#),
    ] {
        assert_eq!(
            decode::<Aged>("person.aged", version, payload).unwrap(),
            aged,
            "{version}"
        );
    }
    let error = decode::<Aged>("person.aged", 1, r#""old""#)
        .unwrap_err()
        .to_string();
    assert!(error.contains("invalid digit"), "{error}");
}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "person.left", retired)]
struct Left {
    reason: String,
}

#[test]
fn a_retired_event_is_read_and_refused_for_writing() {
    let left = decode::<Left>("person.left", 1, r#"{"reason":"r"}"#).unwrap();
    assert_eq!(
        left.encode(&mut Vec::new()),
        Err(EncodeError::Retired {
            name: "person.left"
        })
    );
}

/// An amount of cents as a text.
mod as_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub fn serialize<S: Serializer>(cents: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(cents)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
#[serde(tag = "by", rename_all = "snake_case")]
enum Method {
    Card { last: u16 },
    Cash,
}

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
#[serde(untagged)]
enum Place {
    Branch(u32),
    Online(String),
}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[serde(tag = "kind")]
#[event(name = "person.paid", version = 2)]
struct Paid {
    #[serde(with = "as_text")]
    amount: u64,
    method: Method,
    #[event(was(name = "branch", until = 1))]
    place: Place,
}

#[test]
fn with_and_tags_hold_in_every_version() {
    let paid = Paid {
        amount: 5,
        method: Method::Card { last: 42 },
        place: Place::Branch(7),
    };
    let payload = r#"{"kind":"Paid","amount":"5","method":{"by":"card","last":42},"place":7}"#;
    assert_eq!(stored(&paid), payload);
    assert_eq!(decode::<Paid>("person.paid", 2, payload).unwrap(), paid);

    let old = r#"{"kind":"Paid","amount":"5","method":{"by":"cash"},"branch":"shop"}"#;
    let cash = Paid {
        amount: 5,
        method: Method::Cash,
        place: Place::Online("shop".into()),
    };
    assert_eq!(decode::<Paid>("person.paid", 1, old).unwrap(), cash);
}
