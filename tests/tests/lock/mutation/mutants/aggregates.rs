//! The streams of aggregates: their names, their ids, and what is listed.

use super::{Mutant, harmful, harmless};

/// A type of its own around the id's text, and what stands before an event's declaration.
const NEWTYPE: &str = "
#[derive(Clone)]
pub struct Name(String);

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Name {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

#[derive(Aggregate";

/// The same, where the text is written in another way than it was.
const LOWERED: &str = "
#[derive(Clone)]
pub struct Name(String);

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.to_lowercase())
    }
}

impl std::str::FromStr for Name {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

#[derive(Aggregate";

const DERIVE: &str = "#[derive(Aggregate";

pub const MUTANTS: &[Mutant] = &[
    harmful("bank", &[(r#"name = "account","#, r#"name = "accounts","#)]),
    harmful(
        "evolution",
        &[(r#"name = "member","#, r#"name = "person","#)],
    ),
    harmful("evolution", &[("id = String", "id = u64")]),
    harmful("deep", &[("id = String", "id = std::net::IpAddr")]),
    harmful("deep", &[("id = String", "id = char")]),
    harmful("forms", &[("id = String", "id = Name"), (DERIVE, LOWERED)]),
    harmless("forms", &[("id = String", "id = Name"), (DERIVE, NEWTYPE)]),
    harmful(
        "checkout",
        &[(r#"name = "shipment","#, r#"name = "parcel","#)],
    ),
    harmless(
        "evolution",
        &[("Named, AddressChanged,", "Named, ignore(AddressChanged),")],
    ),
    harmless(
        "evolution",
        &[("id = String,", "id = String,\n    unknown = \"ignore\",")],
    ),
    harmless(
        "deep",
        &[(
            "events(Sent, Way)",
            "events(Way, Sent), event_enum = OnItsWay",
        )],
    ),
];
