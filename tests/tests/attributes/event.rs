//! `#[event(…)]`.

use eventsource_core as runtime;
use eventsource_core::prelude::*;
use eventsource_core::testing::decode;
use serde::{Deserialize, Serialize};

// example: event name
#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}
// end

// example: event version
/// Version 1 had no currency.
#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 2)]
pub struct Deposited {
    pub amount: u64,
    #[event(since = 2, default = "EUR".to_owned())]
    pub currency: String,
}
// end

// example: event aliases
#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event(name = "member.joined", aliases("user.registered", "UserCreated"))]
pub struct Joined {
    pub email: String,
}
// end

// example: event upcast
#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event(name = "person.named", version = 3)]
#[event(upcast(from = 1, type = NamedV1), upcast(from = 2, type = NamedV2))]
pub struct Named {
    pub given: String,
    pub family: Option<String>,
}

#[derive(Deserialize)]
pub struct NamedV1 {
    name: String,
}

#[derive(Deserialize)]
pub struct NamedV2 {
    given: String,
    family: String,
}

impl From<NamedV1> for NamedV2 {
    fn from(old: NamedV1) -> Self {
        let (given, family) = old.name.split_once(' ').unwrap_or((&old.name, ""));
        NamedV2 {
            given: given.to_owned(),
            family: family.to_owned(),
        }
    }
}

impl From<NamedV2> for Named {
    fn from(old: NamedV2) -> Self {
        Named {
            given: old.given,
            family: Some(old.family).filter(|family| !family.is_empty()),
        }
    }
}
// end

// example: event retired
#[derive(Event, Serialize, Deserialize)]
#[event(name = "member.suspended", retired)]
pub struct Suspended {
    pub reason: String,
}
// end

// example: event crate
#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.closed", crate = runtime)]
pub struct Closed {
    pub reason: String,
}
// end

// example: family prefix
#[derive(Event)]
#[event(prefix = "order")]
pub enum OrderEvent {
    /// `order.placed`
    Placed { customer: String, total: u64 },
    /// `order.payment_received`
    PaymentReceived { amount: u64 },
    /// `order.closed`
    Closed,
}
// end

// example: family crate
#[derive(Event)]
#[event(prefix = "visit", crate = runtime)]
pub enum Visit {
    Began,
    Ended,
}
// end

// example: variant name
#[derive(Event)]
#[event(prefix = "parcel")]
pub enum ParcelEvent {
    #[event(name = "post.parcel_sent")]
    Sent { to: String },
    /// `parcel.lost`
    Lost,
}
// end

/// The prefix is for the variant that is compiled for some targets alone.
#[derive(Event)]
#[event(prefix = "till")]
pub enum TillEvent {
    #[event(name = "shop.till_opened")]
    Opened,
    #[cfg(target_os = "none")]
    Rebooted,
}

// example: variant version
#[derive(Event, Debug, PartialEq)]
#[event(prefix = "discount")]
pub enum DiscountEvent {
    #[event(version = 2)]
    Applied {
        amount: u64,
        #[event(since = 2, default = "unrecorded".to_owned())]
        reason: String,
    },
}
// end

// example: variant aliases
#[derive(Event)]
#[event(prefix = "shipment")]
pub enum ShipmentEvent {
    #[event(aliases("shipment.sent"))]
    Shipped { tracking: String },
}
// end

// example: variant upcast
#[derive(Event, Debug, PartialEq)]
#[event(prefix = "reading")]
pub enum ReadingEvent {
    #[event(version = 2, upcast(from = 1, type = f64))]
    Taken { milli_celsius: i64 },
}

impl From<f64> for ReadingEvent {
    fn from(celsius: f64) -> Self {
        #[allow(clippy::cast_possible_truncation)]
        let milli_celsius = (celsius * 1000.0).round() as i64;
        ReadingEvent::Taken { milli_celsius }
    }
}
// end

// example: variant retired
#[derive(Event)]
#[event(prefix = "contract")]
pub enum ContractEvent {
    Signed,
    #[event(retired)]
    Faxed {
        number: String,
    },
    #[event(retired(drop))]
    Pinged,
}
// end

// example: field since
#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event(name = "note.written", version = 3)]
pub struct Written {
    pub text: String,
    #[event(since = 2, default)]
    pub tags: Vec<String>,
    #[event(since = 3, default = "en".to_owned())]
    pub language: String,
}
// end

// example: field was
#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event(name = "sensor.measured", version = 4)]
pub struct Measured {
    #[event(was(name = "dev", until = 1))]
    pub device: String,
    #[event(was(type = f64, until = 2, with = to_milli))]
    pub milli_celsius: i64,
    /// Two changes of one field, oldest first.
    #[event(was(name = "temp_unit", type = String, until = 1, try_with = parse_unit))]
    #[event(was(type = String, until = 3, try_with = parse_unit))]
    pub unit: Unit,
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
pub enum Unit {
    Celsius,
}

#[allow(clippy::cast_possible_truncation)]
fn to_milli(celsius: f64) -> i64 {
    (celsius * 1000.0).round() as i64
}

fn parse_unit(unit: String) -> Result<Unit, String> {
    match unit.as_str() {
        "C" => Ok(Unit::Celsius),
        other => Err(format!("unknown unit {other:?}")),
    }
}
// end

// example: upcast with
#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event(name = "address.changed", version = 2, upcast(from = 1, with = lift))]
pub struct AddressChanged {
    pub address: Address,
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
pub struct Address {
    pub street: String,
    pub city: String,
}

fn lift(old: serde_json::Value) -> Result<serde_json::Value, UpcastError> {
    Ok(serde_json::json!({ "address": { "street": old["street"], "city": old["city"] } }))
}
// end

// example: retired into
#[derive(Event, Serialize, Deserialize)]
#[event(name = "member.joined_and_named", retired(into(Joined, Named)))]
pub struct JoinedAndNamed {
    pub email: String,
    pub name: String,
}

impl From<JoinedAndNamed> for (Joined, Named) {
    fn from(old: JoinedAndNamed) -> Self {
        let named = Named {
            given: old.name,
            family: None,
        };
        (Joined { email: old.email }, named)
    }
}
// end

// example: retired drop
#[derive(Event)]
#[event(name = "member.pinged", retired(drop))]
pub struct Pinged;
// end

// example: field example
/// Tagged within, so that no sample of the lock's fits: the examples stand in its golden payloads.
#[derive(Event, Serialize, Deserialize)]
#[event(name = "order.paid")]
pub struct Paid {
    #[event(example = Payment::Card { digits: 1234 })]
    #[event(example = Payment::Cash)]
    pub by: Payment,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "by")]
pub enum Payment {
    Card { digits: u16 },
    Cash,
}
// end

// example: field schemars
/// The same for a type that describes itself: each of its variants and options stands in the golden payloads.
#[derive(Event, Serialize, Deserialize)]
#[event(name = "order.refunded")]
pub struct Refunded {
    #[event(schemars)]
    pub to: Account,
}

#[derive(Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "at")]
pub enum Account {
    Bank { iban: String, bic: Option<String> },
    Card { digits: u16 },
}
// end

#[test]
fn the_examples_read_what_they_say() {
    let joined = decode::<Joined>("UserCreated", 1, r#"{"email":"a@x"}"#).unwrap();
    assert_eq!(joined.email, "a@x");
    let named = decode::<Named>("person.named", 1, r#"{"name":"Ada Lovelace"}"#).unwrap();
    assert_eq!(named.family.as_deref(), Some("Lovelace"));
    let taken = decode::<ReadingEvent>("reading.taken", 1, "21.5").unwrap();
    let milli_celsius = 21_500;
    assert_eq!(taken, ReadingEvent::Taken { milli_celsius });
    let written = decode::<Written>("note.written", 1, r#"{"text":"hi"}"#).unwrap();
    assert_eq!(written.language, "en");
    let stored = r#"{"dev":"d","milli_celsius":1.5,"temp_unit":"C"}"#;
    let measured = decode::<Measured>("sensor.measured", 1, stored).unwrap();
    assert_eq!(
        (measured.milli_celsius, measured.unit),
        (1500, Unit::Celsius)
    );
    let stored = r#"{"street":"s","city":"London"}"#;
    let changed = decode::<AddressChanged>("address.changed", 1, stored).unwrap();
    assert_eq!(changed.address.city, "London");
}

#[test]
fn examples_and_schemas_stand_in_the_payloads_that_the_lock_and_the_catalogue_know() {
    let registry = runtime::registry::Registry::builder()
        .event::<Paid>()
        .event::<Refunded>()
        .build();
    let catalogue = registry.catalogue();
    let [paid, refunded] = catalogue.events() else {
        panic!("{catalogue:?}");
    };
    assert_eq!(paid.examples(1).len(), 2);
    assert_eq!(refunded.examples(1).len(), 3);
}
