//! What is found of the types that serde reads.

#![cfg(test)]

use std::collections::BTreeMap;
use std::num::NonZeroU8;

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::text::Node;
use super::{Format, Shape, shape_of, trace};
use crate::Timestamp;

#[derive(Serialize, Deserialize)]
#[allow(dead_code)]
struct Account {
    id: Uuid,
    opened: Timestamp,
    #[serde(alias = "proprietor", rename = "holder")]
    owner: Owner,
    kinds: Vec<Kind>,
    limits: BTreeMap<String, NonZeroU8>,
    #[serde(default)]
    closed: bool,
    parent: Option<Box<Self>>,
}

#[derive(Serialize, Deserialize)]
struct Owner(String);

#[derive(Serialize, Deserialize)]
#[allow(dead_code)]
enum Kind {
    Private,
    Shared(u8, bool),
    Business { register: Register },
}

#[derive(Serialize, Deserialize)]
#[allow(dead_code)]
struct Register {
    number: u64,
    place: Option<Place>,
}

#[derive(Serialize, Deserialize)]
#[allow(dead_code)]
enum Place {
    Here,
    There,
}

const ACCOUNT: &str = "\
struct Account
  id: text like \"00000000-0000-0000-0000-000000000001\"
  opened: text like \"1970-01-01T00:00:00Z\"
  holder or proprietor: text
  kinds: list of enum Kind
    Private
    Shared: tuple
      0: u8
      1: bool
    Business: struct
      register: struct Register
        number: u64
        place?: optional enum Place
          Here
          There
  limits: map
    key: text
    value: u8
  closed?: bool
  parent?: optional again Account
";

#[test]
fn nested_types_are_seen_however_deep_they_stand() {
    assert_eq!(shape_of::<Account>(), ACCOUNT);
}

#[test]
fn what_is_written_down_is_read_back() {
    let nodes = Node::parse(ACCOUNT);
    let [node] = nodes.as_slice() else {
        panic!("one line is not indented")
    };
    let format = Format::from_lines(&node.text, &node.children).unwrap();
    assert_eq!(format, trace::<Account>().format);
}

#[test]
fn the_samples_have_each_variant_and_each_option_both_ways() {
    let Shape { samples, .. } = trace::<Account>();
    let text: Vec<String> = samples.iter().map(ToString::to_string).collect();
    for part in [
        r#""Private""#,
        r#"{"Shared":["#,
        r#"{"Business":"#,
        r#""place":"Here""#,
        r#""place":"There""#,
        r#""parent":{"#,
        r#""closed":true"#,
        r#""kinds":[]"#,
    ] {
        assert!(text.iter().any(|it| it.contains(part)), "{part} {text:#?}");
    }
    for absent in ["\"closed\"", "\"parent\"", "\"place\""] {
        assert!(text.iter().any(|it| !it.contains(absent)), "{absent}");
    }
    for sample in samples {
        serde_json::from_value::<Account>(sample).unwrap();
    }
}

mod other {
    use super::*;

    #[derive(Serialize, Deserialize)]
    #[allow(dead_code)]
    pub struct Register {
        pub number: String,
        pub place: bool,
    }
}

#[derive(Serialize, Deserialize)]
#[allow(dead_code)]
struct Both {
    one: Register,
    two: other::Register,
}

#[test]
fn two_types_of_one_name_are_two() {
    let shape = shape_of::<Both>();
    assert!(shape.contains("number: u64"), "{shape}");
    assert!(shape.contains("number: text"), "{shape}");
}

#[derive(Serialize, Deserialize)]
#[allow(dead_code)]
enum Sum {
    Add(Box<Self>, Box<Self>),
    Number(u64),
    Named { name: String },
}

#[test]
fn a_type_within_itself_has_an_end() {
    let Shape {
        format, samples, ..
    } = trace::<Sum>();
    assert_eq!(
        format.to_string(),
        "enum Sum\n  Add: tuple\n    0: again Sum\n    1: again Sum\n  Number: u64\n  Named: struct\n    name: text\n"
    );
    assert!(samples.iter().any(|it| it.get("Named").is_some()));
    assert!(samples.iter().any(|it| it.get("Add").is_some()));
}

#[derive(Serialize, Deserialize)]
#[serde(try_from = "String")]
struct Picky;

impl TryFrom<String> for Picky {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text == "exactly this" {
            Ok(Self)
        } else {
            Err("not this")
        }
    }
}

#[derive(Serialize, Deserialize)]
#[allow(dead_code)]
struct Holder {
    picky: Picky,
    after: u8,
    nested: Register,
}

#[test]
fn what_no_sample_fits_is_opaque_and_hides_nothing_behind_it() {
    let Shape {
        format, samples, ..
    } = trace::<Holder>();
    let shape = format.to_string();
    assert!(shape.contains("picky: opaque text"), "{shape}");
    assert!(
        shape.contains("nested: struct Register\n    number: u64"),
        "{shape}"
    );
    assert_eq!(samples, Vec::<serde_json::Value>::new());
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
#[allow(dead_code)]
enum Either {
    Number(u8),
    Text(String),
}

#[test]
fn what_takes_anything_says_what_it_takes() {
    assert_eq!(
        shape_of::<Vec<Either>>(),
        "list of anything\n  number\n  text\n"
    );
    assert_eq!(trace::<Either>().samples, [json!(2), json!("text 3")]);
    assert_eq!(
        shape_of::<serde_json::Value>(),
        "anything\n  null\n  bool\n  number\n  u16\n  u32\n  u64\n  negative\n  fraction\n  text\n  list\n  object\n"
    );
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
#[allow(dead_code)]
enum Contact {
    Number(u32),
    Mail { address: String },
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
#[allow(dead_code)]
enum Point {
    Name(String),
    At(u8, u8),
}

#[test]
fn what_takes_more_than_it_was_given_says_so() {
    assert_eq!(
        shape_of::<Contact>(),
        "anything\n  number\n  u16\n  u32\n  unseen object\n"
    );
    assert_eq!(shape_of::<Point>(), "anything\n  text\n  unseen list\n");
    assert!(!shape_of::<Either>().contains("unseen"));
}

#[derive(Serialize, Deserialize)]
#[serde(try_from = "u8")]
struct Odd(u8);

impl TryFrom<u8> for Odd {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        assert_eq!(number % 2, 1, "not odd");
        Ok(Self(number))
    }
}

#[test]
fn a_conversion_that_panics_has_refused_its_sample() {
    let shape = trace::<(Odd, Odd)>();
    assert!(shape.panicked);
    assert_eq!(shape.samples, [json!([1, 3])]);
    assert!(!trace::<Register>().panicked);
}

/// Takes no long text.
#[derive(Deserialize)]
#[serde(try_from = "String")]
#[allow(dead_code)]
struct Short(String);

impl TryFrom<String> for Short {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.len() > 10 {
            return Err("too long");
        }
        Ok(Self(text))
    }
}

#[test]
fn payloads_go_to_the_ends_of_what_a_type_takes() {
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Ends {
        count: u32,
        balance: i64,
        note: String,
        tags: Vec<String>,
        limits: BTreeMap<String, u8>,
    }

    let ends = trace::<Ends>().ends;

    let [low, high] = &ends[..] else {
        panic!("{ends:?}");
    };
    assert_eq!(low["count"], json!(0));
    assert_eq!(low["balance"], json!(-2_000_000_000_000_i64));
    assert_eq!(low["note"], json!(""));
    assert_eq!(high["count"], json!(2_000_000));
    assert_eq!(high["balance"], json!(2_000_000_000_000_i64));
    let long = high["note"].as_str().unwrap();
    assert!(long.len() > 64);
    // Two are alike, and they are in no order.
    let tags: Vec<&str> = high["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_str().unwrap())
        .collect();
    assert_eq!((tags.len(), tags[0], tags[2]), (3, long, long));
    assert!(tags[1] < tags[0]);
    assert_eq!(high["limits"].as_object().unwrap().len(), 1);
}

#[test]
fn an_end_that_a_place_refuses_hides_no_other() {
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Narrow {
        count: std::num::NonZeroU32,
        title: Short,
        letters: [char; 2],
        odd: u8,
        id: Uuid,
    }

    let Shape { format, ends, .. } = trace::<Narrow>();

    let [low, high] = &ends[..] else {
        panic!("{ends:?}");
    };
    // Zero is refused.
    assert_ne!(low["count"], json!(0));
    assert_eq!((&low["title"], &low["odd"]), (&json!(""), &json!(0)));
    assert_eq!(
        (&high["count"], &high["odd"]),
        (&json!(2_000_000), &json!(120))
    );
    assert!(high["title"].as_str().unwrap().len() <= 10);
    assert!(!format.to_string().contains("unseen"), "{format}");
}

#[test]
fn each_variant_goes_to_its_own_ends_and_those_without_are_given_once() {
    #[derive(Deserialize)]
    #[allow(dead_code)]
    enum Kind {
        None,
        Some(u8),
        Many { of: i16 },
        Another,
    }

    assert_eq!(
        trace::<Kind>().ends,
        [
            json!({ "Some": 0 }),
            json!({ "Many": { "of": -3000 } }),
            json!({ "Some": 120 }),
            json!({ "Many": { "of": 3000 } }),
        ]
    );
}
