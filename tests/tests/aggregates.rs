//! Aggregates: the enums that their lists make, what they ignore, what they only read, and what they do not know.

use eventsource_core::prelude::*;
use eventsource_core::testing::replay;
use eventsource_core::{Encode, Stored};
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "box.filled")]
pub struct Filled {
    pub with: String,
}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "box.emptied")]
pub struct Emptied;

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "box.weighed", version = 2)]
pub struct Weighed {
    #[event(since = 2, default)]
    pub grams: u64,
}

#[derive(Event, Debug, Clone, PartialEq)]
#[event(prefix = "box.label")]
pub enum Labelled {
    Printed { text: String },
    Removed,
}

/// Once one fact was kept where there are three; one of them is ignored.
#[derive(Event, Deserialize, Debug)]
#[event(name = "box.packed", retired(into(Emptied, Filled, Weighed)))]
pub struct Packed {
    with: String,
    grams: u64,
}

impl From<Packed> for (Emptied, Filled, Weighed) {
    fn from(old: Packed) -> Self {
        (
            Emptied,
            Filled { with: old.with },
            Weighed { grams: old.grams },
        )
    }
}

/// A split of a split.
#[derive(Event, Deserialize, Debug)]
#[event(name = "box.packed_and_labelled", retired(into(Packed, Labelled)))]
pub struct PackedAndLabelled {
    with: String,
    text: String,
}

impl From<PackedAndLabelled> for (Packed, Labelled) {
    fn from(old: PackedAndLabelled) -> Self {
        (
            Packed {
                with: old.with,
                grams: 1,
            },
            Labelled::Printed { text: old.text },
        )
    }
}

/// Renamed by a split into one.
#[derive(Event, Deserialize, Debug)]
#[event(name = "box.stuffed", retired(into(Filled)))]
pub struct Stuffed {
    with: String,
}

impl From<Stuffed> for Filled {
    fn from(old: Stuffed) -> Self {
        Self { with: old.with }
    }
}

#[derive(Event, Deserialize, Debug)]
#[event(name = "box.sealed", retired)]
pub struct Sealed {
    by: String,
}

#[derive(Command, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[command(aggregate = Crate, upserts)]
pub struct Fill {
    #[command(id)]
    pub number: u64,
    pub with: String,
}

#[derive(Command, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[command(aggregate = Crate)]
pub struct Empty {
    #[command(id)]
    pub number: u64,
}

#[derive(Aggregate, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[aggregate(
    name = "box",
    id = u64,
    error = std::convert::Infallible,
    events(Filled, Emptied, ignore(Weighed), Labelled),
    retired(Packed, PackedAndLabelled, Stuffed, Sealed),
    commands(Fill, Empty),
    event_enum = CrateFact,
    command_enum = CrateCommand,
    snapshot(every = 2, version = 3),
    unknown = "ignore"
)]
pub struct Crate {
    content: Vec<String>,
    label: Option<String>,
    sealed_by: Option<String>,
}

impl Apply<Filled> for Crate {
    fn apply(&mut self, event: &Filled) {
        self.content.push(event.with.clone());
    }
}

impl Apply<Emptied> for Crate {
    fn apply(&mut self, _: &Emptied) {
        self.content.clear();
    }
}

impl Apply<Labelled> for Crate {
    fn apply(&mut self, event: &Labelled) {
        self.label = match event {
            Labelled::Printed { text } => Some(text.clone()),
            Labelled::Removed => None,
        };
    }
}

impl Apply<Sealed> for Crate {
    fn apply(&mut self, event: &Sealed) {
        self.sealed_by = Some(event.by.clone());
    }
}

impl Handle<Fill> for Crate {
    fn handle(&self, command: Fill, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Filled { with: command.with }, Weighed { grams: 1 }])
    }
}

impl Handle<Empty> for Crate {
    fn handle(&self, _: Empty, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(if self.content.is_empty() {
            events![]
        } else {
            vec![CrateFact::from(Emptied)].into()
        })
    }
}

#[test]
fn a_listed_event_is_a_variant_of_the_enum_with_the_traits_of_its_parts() {
    let fact = CrateFact::from(Labelled::Removed);
    assert_eq!(fact.clone(), fact);
    assert_ne!(fact, CrateFact::Emptied(Emptied));
    assert_eq!(format!("{fact:?}"), "Removed");
    assert_eq!(fact.event_type().name, "box.label.removed");
}

#[test]
fn splits_are_read_as_their_parts_wherever_they_stand() {
    let state: Crate = replay([
        ("box.filled", 1, r#"{"with":"old"}"#),
        (
            "box.packed_and_labelled",
            1,
            r#"{"with":"new","text":"fragile"}"#,
        ),
        ("box.stuffed", 1, r#"{"with":"more"}"#),
        ("box.sealed", 1, r#"{"by":"ada"}"#),
    ])
    .unwrap();
    assert_eq!(state.content, ["new", "more"]);
    assert_eq!(
        (state.label.as_deref(), state.sealed_by.as_deref()),
        (Some("fragile"), Some("ada"))
    );
}

#[test]
fn people_are_shown_the_parts_and_not_what_can_no_longer_be_written() {
    let recall = |name, payload: &'static str| {
        Crate::recall(&Stored {
            name,
            version: 1,
            payload: payload.as_bytes(),
        })
        .unwrap()
    };
    assert_eq!(
        recall("box.packed", r#"{"with":"a","grams":2}"#),
        [
            Some(CrateFact::Emptied(Emptied)),
            Some(CrateFact::Filled(Filled { with: "a".into() })),
            Some(CrateFact::Weighed(Weighed { grams: 2 })),
        ]
    );
    assert_eq!(recall("box.sealed", r#"{"by":"a"}"#), [None]);
    // An ignored event is folded unread, and shown to people.
    assert_eq!(
        recall("box.weighed", "{}"),
        [Some(CrateFact::Weighed(Weighed { grams: 0 }))]
    );
}

#[test]
fn an_ignored_event_is_passed_over_unread_but_not_in_a_version_that_nobody_declared() {
    let mut state = Crate::default();
    assert!(
        state
            .replay(&Stored {
                name: "box.weighed",
                version: 1,
                payload: b"?"
            })
            .is_ok()
    );
    let error = state
        .replay(&Stored {
            name: "box.weighed",
            version: 9,
            payload: b"?",
        })
        .unwrap_err();
    assert!(error.to_string().contains("version 9"), "{error}");
}

#[test]
fn an_event_that_is_not_listed_is_passed_over_where_that_was_asked_for() {
    let unknown = Stored {
        name: "box.burnt",
        version: 1,
        payload: b"{}",
    };
    assert!(Crate::default().replay(&unknown).is_ok());
    let error = Strict.replay(&unknown).unwrap_err().to_string();
    assert!(
        error.contains("box.burnt") && error.contains("retired(…)"),
        "{error}"
    );
}

#[derive(Aggregate, Default)]
#[aggregate(name = "strict", id = String, error = std::convert::Infallible, events(Filled))]
struct Strict;

impl Apply<Filled> for Strict {
    fn apply(&mut self, _: &Filled) {}
}

#[test]
fn the_command_enum_is_read_and_executed_as_its_parts() {
    let command: CrateCommand =
        serde_json::from_str(r#"{"Fill":{"number":7,"with":"a"}}"#).unwrap();
    assert_eq!((*command.id(), command.name()), (7, "Fill"));
    given::<Crate>(events![])
        .when(command)
        .then(events![Filled { with: "a".into() }, Weighed { grams: 1 }]);
    given::<Crate>(events![])
        .when(CrateCommand::from(Empty { number: 7 }))
        .then_not_found();
    given::<Crate>(history![
        Filled { with: "a".into() },
        Sealed { by: "b".into() }
    ])
    .when(Empty { number: 7 })
    .then_state(|state| assert!(state.content.is_empty() && state.sealed_by.is_some()));
}

/// Two releases of one program, in which a type within the state has changed, and nothing of the state's own declaration.
mod releases {
    // rustfmt moves the attribute to the right each time it sees it.
    #[rustfmt::skip]
    macro_rules! release {
        ($release:ident, $field:ident) => {
            pub mod $release {
                use eventsource_core::prelude::*;
                use serde::{Deserialize, Serialize};

                #[derive(Event, Serialize, Deserialize)]
                #[event(name = "jar.opened")]
                pub struct Opened;

                #[derive(Serialize, Deserialize, Default)]
                pub struct Lid {
                    #[serde(default)]
                    pub $field: u8,
                }

                #[derive(Aggregate, Serialize, Deserialize, Default)]
                #[aggregate(
                    name = "jar",
                    id = u64,
                    error = std::convert::Infallible,
                    events(Opened),
                    snapshot(every = 1)
                )]
                pub struct Jar {
                    lids: Vec<Lid>,
                }

                impl Apply<Opened> for Jar {
                    fn apply(&mut self, _: &Opened) {
                        self.lids.push(Lid::default());
                    }
                }
            }
        };
    }
    release!(first, turned);
    release!(same, turned);
    release!(second, screwed);
}

#[test]
fn a_snapshot_is_not_read_when_a_type_within_the_state_has_changed() {
    fn fingerprint<A: Aggregate>() -> eventsource_core::store::Fingerprint {
        (A::SNAPSHOT.unwrap().fingerprint)()
    }
    assert_eq!(
        fingerprint::<releases::first::Jar>(),
        fingerprint::<releases::same::Jar>()
    );
    assert_ne!(
        fingerprint::<releases::first::Jar>(),
        fingerprint::<releases::second::Jar>()
    );
}

/// What was filled before currencies were written down, as each release reads it.
mod currencies {
    macro_rules! release {
        ($release:ident, default = $default:expr, $($retired:tt)*) => {
            pub mod $release {
                use eventsource_core::prelude::*;
                use serde::{Deserialize, Serialize};

                #[derive(Event, Serialize, Deserialize)]
                #[event(name = "till.filled", version = 2)]
                pub struct Filled {
                    pub amount: u64,
                    #[event(since = 2, default = $default)]
                    pub currency: String,
                }

                #[derive(Event, Serialize, Deserialize)]
                #[event(name = "till.counted", $($retired)*)]
                pub struct Counted {
                    pub amount: u64,
                }

                #[derive(Aggregate, Serialize, Deserialize, Default)]
                #[aggregate(
                    name = "till",
                    id = u64,
                    error = std::convert::Infallible,
                    events(Filled),
                    retired(Counted),
                    snapshot(every = 1)
                )]
                pub struct Till {
                    euros: u64,
                }

                impl Apply<Filled> for Till {
                    fn apply(&mut self, event: &Filled) {
                        self.euros += if event.currency == "EUR" { event.amount } else { 0 };
                    }
                }

                impl Apply<Counted> for Till {
                    fn apply(&mut self, event: &Counted) {
                        self.euros = event.amount;
                    }
                }
            }
        };
    }
    release!(first, default = "EUR".to_owned(), retired);
    release!(same, default = "EUR".to_owned(), retired);
    release!(dollars, default = "USD".to_owned(), retired);
    release!(uncounted, default = "EUR".to_owned(), retired(drop));
}

#[test]
fn a_snapshot_is_not_read_when_an_event_is_read_otherwise_under_the_same_version() {
    fn fingerprint<A: Aggregate>() -> eventsource_core::store::Fingerprint {
        (A::SNAPSHOT.unwrap().fingerprint)()
    }
    let first = fingerprint::<currencies::first::Till>();
    assert_eq!(first, fingerprint::<currencies::same::Till>());
    assert_ne!(first, fingerprint::<currencies::dollars::Till>());
    assert_ne!(first, fingerprint::<currencies::uncounted::Till>());
}
