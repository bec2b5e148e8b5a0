//! Stored commands: what waits in an outbox outlives deploys, so it is versioned like an event.

use eventsource_core::prelude::*;
use eventsource_core::{Decoded, Stored};
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "parcel.sent")]
struct Sent {}

#[derive(Aggregate, Default, Debug)]
#[aggregate(
    name = "parcel",
    id = String,
    error = std::convert::Infallible,
    events(Sent),
    commands(Send, Handling)
)]
struct Parcel;

impl Apply<Sent> for Parcel {
    fn apply(&mut self, _: &Sent) {}
}

/// Version 1 had no carrier and named the parcel `box`; version 2 wrote the weight in kilograms.
#[derive(Command, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[command(aggregate = Parcel, name = "parcel.send", version = 3)]
struct Send {
    #[command(id, was(name = "box", until = 1))]
    parcel: String,
    #[command(since = 2, default = "post".to_owned())]
    carrier: String,
    #[command(was(name = "kilograms", type = u32, until = 2, with = |kilograms: u32| kilograms * 1000))]
    grams: u32,
}

impl Handle<Send> for Parcel {
    fn handle(&self, _: Send, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Sent {}])
    }
}

/// What is missing from it is as serde was told, in its older version too.
#[derive(Command, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[command(aggregate = Parcel, name = "parcel.mark", version = 2)]
#[serde(default = "unmarked")]
struct Mark {
    #[command(id)]
    parcel: String,
    #[command(was(name = "sign", until = 1))]
    mark: String,
}

fn unmarked() -> Mark {
    Mark {
        parcel: String::new(),
        mark: "none".to_owned(),
    }
}

#[test]
fn a_containers_default_holds_for_older_versions() {
    let older = |payload: &str| {
        let stored = Stored {
            name: "parcel.mark",
            version: 1,
            payload: payload.as_bytes(),
        };
        match Mark::decode(&stored) {
            Ok(Decoded::Event(mark)) => mark.mark,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(older(r#"{"parcel":"p","sign":"s"}"#), "s");
    assert_eq!(older(r#"{"parcel":"p"}"#), "none");
}

/// A family is stored as serde writes it, under one name.
#[derive(Command, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[command(aggregate = Parcel, name = "parcel.handling", version = 3)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Handling {
    Weigh {
        #[command(id)]
        parcel: String,
        #[command(since = 2, default = 1)]
        times: u8,
    },
    PutAway {
        #[command(id)]
        parcel: String,
        #[command(was(name = "place", type = u16, until = 2, try_with = shelf))]
        #[serde(rename = "at")]
        shelf: String,
    },
}

fn shelf(place: u16) -> Result<String, String> {
    if place == 0 {
        return Err("there is no shelf 0".to_owned());
    }
    Ok(format!("shelf {place}"))
}

impl Handle<Handling> for Parcel {
    fn handle(&self, _: Handling, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![])
    }
}

/// Not stored, so never read.
#[derive(Command, Debug, Clone, PartialEq)]
#[command(aggregate = Parcel)]
struct Lose {
    #[command(id)]
    parcel: String,
}

fn decode<C: Command>(name: &str, version: u16, payload: &str) -> Result<Decoded<C>, String> {
    C::decode(&Stored {
        name,
        version,
        payload: payload.as_bytes(),
    })
    .map_err(|error| error.to_string())
}

#[test]
fn a_stored_command_is_read_in_every_version() {
    let now = Send {
        parcel: "p-1".into(),
        carrier: "post".into(),
        grams: 3000,
    };
    for (version, stored) in [
        (1, r#"{"box":"p-1","kilograms":3}"#),
        (2, r#"{"parcel":"p-1","carrier":"post","kilograms":3}"#),
        (3, r#"{"parcel":"p-1","carrier":"post","grams":3000}"#),
    ] {
        assert_eq!(
            decode("parcel.send", version, stored),
            Ok(Decoded::Event(now.clone())),
            "version {version}"
        );
    }
}

#[test]
fn a_stored_family_is_read_in_every_version() {
    for version in 1..=3 {
        let stored = if version == 1 {
            r#"{"do":"weigh","parcel":"p-1"}"#
        } else {
            r#"{"do":"weigh","parcel":"p-1","times":1}"#
        };
        assert_eq!(
            decode("parcel.handling", version, stored),
            Ok(Decoded::Event(Handling::Weigh {
                parcel: "p-1".into(),
                times: 1
            })),
            "version {version}"
        );
        let stored = if version == 3 {
            r#"{"do":"put_away","parcel":"p-1","at":"shelf 7"}"#
        } else {
            r#"{"do":"put_away","parcel":"p-1","place":7}"#
        };
        assert_eq!(
            decode("parcel.handling", version, stored),
            Ok(Decoded::Event(Handling::PutAway {
                parcel: "p-1".into(),
                shelf: "shelf 7".into()
            })),
            "version {version}"
        );
    }
}

#[test]
fn what_is_written_is_what_is_read() {
    let send = Send {
        parcel: "p-1".into(),
        carrier: "bike".into(),
        grams: 5,
    };
    let payload = Command::content(&send).unwrap();
    let payload = String::from_utf8(payload).unwrap();
    assert_eq!(decode("parcel.send", 3, &payload), Ok(Decoded::Event(send)));
}

#[test]
fn what_cannot_be_read_says_why() {
    let error = decode::<Handling>(
        "parcel.handling",
        2,
        r#"{"do":"put_away","parcel":"p","place":0}"#,
    )
    .unwrap_err();
    assert!(error.contains("shelf"), "{error}");
    assert!(error.contains("there is no shelf 0"), "{error}");
    let error = decode::<Send>("parcel.send", 4, "{}").unwrap_err();
    assert!(error.contains("versions 1 to 3"), "{error}");
}

#[test]
fn another_name_is_another_command() {
    assert_eq!(
        decode::<Send>("parcel.handling", 1, "{}"),
        Ok(Decoded::Foreign)
    );
    assert_eq!(
        decode::<Lose>("Lose", 1, r#"{"parcel":"p"}"#),
        Ok(Decoded::Foreign)
    );
}
