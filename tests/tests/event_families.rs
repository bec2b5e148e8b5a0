//! Enums as event families: each variant is a stored type of its own, stored as its fields alone.

use eventsource_core::prelude::*;
use eventsource_core::testing::decode;
use eventsource_core::{Decoded, Encode, EncodeError, Stored};
use proptest::prelude::*;

#[derive(Event, Debug, Clone, PartialEq)]
#[event(prefix = "order")]
enum OrderEvent {
    Placed {
        customer: String,
        total: u64,
        #[serde(rename = "type")]
        r#kind: Option<String>,
    },
    #[event(version = 2)]
    DiscountApplied {
        amount: u64,
        #[event(since = 2, default = "unrecorded".to_string())]
        reason: String,
    },
    #[event(aliases("order.sent", "OrderSent"))]
    #[serde(rename_all = "camelCase")]
    Shipped {
        tracking_number: String,
    },
    Noted(String),
    Moved(i32, i32),
    Cancelled,
    #[event(name = "legacy.frozen", retired)]
    Frozen {
        by: String,
    },
    #[event(retired(drop))]
    Pinged {
        at: std::time::Duration,
    },
    /// Version 1 was a whole other type, version 2 another form of the payload.
    #[event(version = 3, upcast(from = 1, type = ReturnedV1), upcast(from = 2, with = unwrap_reason))]
    Returned(String),
    #[event(version = 3)]
    Weighed(
        #[event(was(type = f64, until = 1, with = to_grams))] u64,
        #[event(since = 3, default)] bool,
    ),
    #[serde(rename_all = "camelCase")]
    Stamped {
        #[serde(with = "as_text")]
        stamped_at: u64,
    },
}

#[derive(serde::Deserialize)]
struct ReturnedV1 {
    because: String,
}

impl TryFrom<ReturnedV1> for OrderEvent {
    type Error = String;

    fn try_from(old: ReturnedV1) -> Result<Self, String> {
        if old.because.is_empty() {
            return Err("a return needs a reason".into());
        }
        Ok(Self::Returned(old.because))
    }
}

fn unwrap_reason(old: serde_json::Value) -> Result<serde_json::Value, UpcastError> {
    old.get("reason").cloned().ok_or_else(|| "no reason".into())
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn to_grams(kilograms: f64) -> u64 {
    (kilograms * 1000.0) as u64
}

mod as_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<T: std::fmt::Display, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

fn stored<E: Event>(event: &E) -> (&'static str, u16, String) {
    let mut payload = Vec::new();
    event.encode(&mut payload).unwrap();
    (
        event.event_type().name,
        event.event_type().version,
        String::from_utf8(payload).unwrap(),
    )
}

#[test]
fn each_variant_form_is_stored_as_its_fields_alone() {
    use OrderEvent::{Cancelled, DiscountApplied, Moved, Noted, Placed, Shipped, Stamped, Weighed};
    for (event, name, version, payload) in [
        (
            Placed {
                customer: "ada".into(),
                total: 2,
                kind: None,
            },
            "order.placed",
            1,
            r#"{"customer":"ada","total":2,"type":null}"#,
        ),
        (
            DiscountApplied {
                amount: 1,
                reason: "r".into(),
            },
            "order.discount_applied",
            2,
            r#"{"amount":1,"reason":"r"}"#,
        ),
        (
            Shipped {
                tracking_number: "t".into(),
            },
            "order.shipped",
            1,
            r#"{"trackingNumber":"t"}"#,
        ),
        (Noted("n".into()), "order.noted", 1, r#""n""#),
        (Moved(1, -2), "order.moved", 1, "[1,-2]"),
        (Cancelled, "order.cancelled", 1, "{}"),
        (Weighed(5, true), "order.weighed", 3, "[5,true]"),
        (
            Stamped { stamped_at: 7 },
            "order.stamped",
            1,
            r#"{"stampedAt":"7"}"#,
        ),
    ] {
        assert_eq!(stored(&event), (name, version, payload.to_string()));
        assert_eq!(decode::<OrderEvent>(name, version, payload).unwrap(), event);
    }
}

#[test]
fn older_versions_and_names_are_read_as_the_current_ones() {
    for (name, version, payload, event) in [
        (
            "order.discount_applied",
            1,
            r#"{"amount":1}"#,
            OrderEvent::DiscountApplied {
                amount: 1,
                reason: "unrecorded".into(),
            },
        ),
        (
            "order.sent",
            1,
            r#"{"trackingNumber":"t"}"#,
            OrderEvent::Shipped {
                tracking_number: "t".into(),
            },
        ),
        (
            "OrderSent",
            1,
            r#"{"trackingNumber":"t"}"#,
            OrderEvent::Shipped {
                tracking_number: "t".into(),
            },
        ),
        (
            "order.returned",
            1,
            r#"{"because":"broken"}"#,
            OrderEvent::Returned("broken".into()),
        ),
        (
            "order.returned",
            2,
            r#"{"reason":"broken"}"#,
            OrderEvent::Returned("broken".into()),
        ),
        ("order.weighed", 1, "1.5", OrderEvent::Weighed(1500, false)),
        ("order.weighed", 2, "1500", OrderEvent::Weighed(1500, false)),
        ("order.cancelled", 1, "null", OrderEvent::Cancelled),
        (
            "legacy.frozen",
            1,
            r#"{"by":"x"}"#,
            OrderEvent::Frozen { by: "x".into() },
        ),
    ] {
        assert_eq!(decode::<OrderEvent>(name, version, payload).unwrap(), event);
    }
}

#[test]
fn what_cannot_be_read_says_what_and_where_and_never_the_payload() {
    for (name, version, payload, told) in [
        (
            "order.placed",
            1,
            r#"{"customer":"SECRET","total":"SECRET"}"#,
            "field total",
        ),
        (
            "order.returned",
            1,
            r#"{"because":""}"#,
            "a return needs a reason",
        ),
        ("order.returned", 2, r#"{"SECRET":1}"#, "no reason"),
        ("order.placed", 2, "{}", "version 2"),
        ("order.moved", 1, r#"[1,"SECRET"]"#, "field [1]"),
        ("order.cancelled", 1, r#""SECRET""#, "order.cancelled"),
    ] {
        let error = decode::<OrderEvent>(name, version, payload).unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.contains(name) && text.contains(told), "{text}");
        assert!(!text.contains("SECRET"), "{text}");
    }
}

#[test]
fn a_retired_variant_is_read_and_refused_for_writing() {
    let frozen = OrderEvent::Frozen { by: "x".into() };
    let refused = frozen.encode(&mut Vec::new()).unwrap_err();
    assert_eq!(
        refused,
        EncodeError::Retired {
            name: "legacy.frozen"
        }
    );
    let pinged = OrderEvent::Pinged {
        at: std::time::Duration::ZERO,
    };
    assert_eq!(
        pinged.encode(&mut Vec::new()),
        Err(EncodeError::Retired {
            name: "order.pinged"
        })
    );
    let pinged = Stored {
        name: "order.pinged",
        version: 1,
        payload: b"not even JSON",
    };
    assert_eq!(OrderEvent::decode(&pinged).unwrap(), Decoded::Dropped);
    let other = Stored {
        name: "shipment.booked",
        version: 1,
        payload: b"{}",
    };
    assert_eq!(OrderEvent::decode(&other).unwrap(), Decoded::Foreign);
}

fn any_event() -> impl Strategy<Value = OrderEvent> {
    prop_oneof![
        (".*", any::<u64>(), any::<Option<String>>()).prop_map(|(customer, total, kind)| {
            OrderEvent::Placed {
                customer,
                total,
                kind,
            }
        }),
        (any::<u64>(), ".*")
            .prop_map(|(amount, reason)| OrderEvent::DiscountApplied { amount, reason }),
        ".*".prop_map(|tracking_number| OrderEvent::Shipped { tracking_number }),
        ".*".prop_map(OrderEvent::Noted),
        any::<(i32, i32)>().prop_map(|(x, y)| OrderEvent::Moved(x, y)),
        Just(OrderEvent::Cancelled),
        ".*".prop_map(OrderEvent::Returned),
        any::<(u64, bool)>().prop_map(|(grams, tared)| OrderEvent::Weighed(grams, tared)),
        any::<u64>().prop_map(|stamped_at| OrderEvent::Stamped { stamped_at }),
    ]
}

proptest! {
    #[test]
    fn decode_of_encode_is_the_value(event in any_event()) {
        let (name, version, payload) = stored(&event);
        prop_assert_eq!(decode::<OrderEvent>(name, version, &payload).unwrap(), event);
    }

    #[test]
    fn no_stored_bytes_make_decoding_panic(
        at in 0_usize..OrderEvent::TYPES.len(),
        version in 0_u16..5,
        payload in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let name = OrderEvent::TYPES[at].name;
        let _ = OrderEvent::decode(&Stored { name, version, payload: &payload });
    }
}

/// A family of which one variant was split into struct events of their own, and moved out.
#[derive(Event, Debug, Clone, PartialEq)]
#[event(prefix = "parcel")]
enum ParcelEvent {
    Weighed {
        grams: u64,
    },
    #[event(retired(into(Sent, Insured)))]
    SentInsured {
        to: String,
        value: u64,
    },
}

#[derive(Event, serde::Serialize, serde::Deserialize, Debug, Clone, PartialEq)]
#[event(name = "parcel.sent")]
struct Sent {
    to: String,
}

#[derive(Event, serde::Serialize, serde::Deserialize, Debug, Clone, PartialEq)]
#[event(name = "parcel.insured")]
struct Insured {
    value: u64,
}

impl From<ParcelEvent> for (Sent, Insured) {
    fn from(old: ParcelEvent) -> Self {
        match old {
            ParcelEvent::SentInsured { to, value } => (Sent { to }, Insured { value }),
            // Only the split variant is asked for.
            ParcelEvent::Weighed { .. } => (Sent { to: String::new() }, Insured { value: 0 }),
        }
    }
}

#[derive(Aggregate, Default, Debug, Clone, PartialEq)]
#[aggregate(
    name = "parcel",
    id = u64,
    error = std::convert::Infallible,
    events(ParcelEvent, Sent, Insured),
    event_enum = ParcelFact
)]
struct Parcel {
    seen: Vec<String>,
}

impl Apply<ParcelEvent> for Parcel {
    fn apply(&mut self, event: &ParcelEvent) {
        self.seen.push(format!("{event:?}"));
    }
}

impl Apply<Sent> for Parcel {
    fn apply(&mut self, event: &Sent) {
        self.seen.push(format!("{event:?}"));
    }
}

impl Apply<Insured> for Parcel {
    fn apply(&mut self, event: &Insured) {
        self.seen.push(format!("{event:?}"));
    }
}

#[test]
fn a_variant_can_be_split_into_other_events() {
    let parcel: Parcel = eventsource_core::testing::replay([
        ("parcel.weighed", 1, r#"{"grams":5}"#),
        ("parcel.sent_insured", 1, r#"{"to":"ada","value":7}"#),
    ])
    .unwrap();
    assert_eq!(
        parcel.seen,
        [
            "Weighed { grams: 5 }",
            "Sent { to: \"ada\" }",
            "Insured { value: 7 }",
        ]
    );
}

#[derive(Event, Debug, Clone, PartialEq)]
#[event(prefix = "basket")]
enum BasketEvent {
    #[event(version = 2)]
    Filled {
        #[serde(default)]
        gift: bool,
        #[serde(skip)]
        seen: bool,
        #[event(was(name = "count", until = 1))]
        items: u32,
        #[serde(flatten)]
        more: std::collections::BTreeMap<String, String>,
    },
}

#[test]
fn a_variants_fields_follow_serde_in_every_version() {
    let filled = BasketEvent::Filled {
        gift: false,
        seen: false,
        items: 3,
        more: [("note".to_owned(), "ripe".to_owned())].into(),
    };
    for (version, payload) in [
        (1, r#"{"count":3,"note":"ripe"}"#),
        (2, r#"{"items":3,"note":"ripe"}"#),
        (2, r#"{"gift":false,"items":3,"note":"ripe"}"#),
    ] {
        let read = decode::<BasketEvent>("basket.filled", version, payload).unwrap();
        assert_eq!(read, filled, "{payload}");
    }
    let mut payload = Vec::new();
    filled.encode(&mut payload).unwrap();
    assert_eq!(
        String::from_utf8(payload).unwrap(),
        r#"{"gift":false,"items":3,"note":"ripe"}"#
    );
}

#[derive(Event, Debug, Clone, PartialEq)]
#[event(prefix = "probe")]
enum ProbeEvent {
    Measured { celsius: f64, spread: Option<f64> },
    Drifted(f32),
}

#[test]
fn a_float_that_would_not_read_back_is_refused() {
    let refused = ProbeEvent::Measured {
        celsius: 1.5,
        spread: Some(f64::NAN),
    };
    let error = refused.encode(&mut Vec::new()).unwrap_err();
    assert!(
        matches!(
            &error,
            EncodeError::Refused {
                name: "probe.measured",
                schema_version: 1,
                ..
            }
        ),
        "{error}"
    );
    assert!(
        ProbeEvent::Drifted(f32::INFINITY)
            .encode(&mut Vec::new())
            .is_err()
    );
}

proptest! {
    #[test]
    fn floats_of_a_family_are_read_as_themselves(celsius in -1e9..1e9_f64, spread in prop::option::of(0.0..1.0_f64), drift in -1e9..1e9_f32) {
        for event in [ProbeEvent::Measured { celsius, spread }, ProbeEvent::Drifted(drift)] {
            let (name, version, payload) = stored(&event);
            prop_assert_eq!(decode::<ProbeEvent>(name, version, &payload).unwrap(), event);
        }
    }
}
