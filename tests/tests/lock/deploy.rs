//! Two releases side by side.

use eventsource_core::lock::{self, Compatibility, DeployOrder, Mode};
use eventsource_core::registry::Registry;

macro_rules! release {
    ($name:ident, $version:literal, { $($fields:tt)* }, { $($variants:tt)* }) => {
        mod $name {
            use eventsource_core::prelude::*;
            use serde::{Deserialize, Serialize};

            #[derive(Event, Serialize, Deserialize)]
            #[event(name = "paid", version = $version)]
            pub struct Paid {
                pub amount: u64,
                pub by: By,
                $($fields)*
            }

            #[derive(Serialize, Deserialize)]
            pub enum By {
                Card,
                $($variants)*
            }
        }
    };
}

release!(released, 1, {}, {});
release!(optional, 1, { pub note: Option<String>, }, {});
release!(variant, 1, {}, { Cash, });
release!(version, 2, { #[event(since = 2, default)] pub currency: String, }, {});
release!(broken, 1, { pub currency: String, }, {});
release!(hidden, 1, { pub how: Option<super::How>, }, {});
release!(hidden_and_more, 1, { pub how: Option<super::How>, pub note: Option<String>, }, {});
release!(exemplified, 1, { #[event(example = super::How::Transfer { iban: "DE00".into() })] pub how: super::How, }, {});

/// Tagged within, so that no sample fits it.
#[derive(serde::Serialize, serde::Deserialize, Clone)]
#[serde(tag = "how")]
pub enum How {
    Transfer { iban: String },
}

macro_rules! strict {
    ($name:ident, { $($fields:tt)* }) => {
        mod $name {
            use eventsource_core::prelude::*;
            use serde::{Deserialize, Serialize};

            #[derive(Event, Serialize, Deserialize)]
            #[event(name = "paid")]
            pub struct Paid {
                pub by: By,
            }

            #[derive(Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct By {
                pub card: u64,
                $($fields)*
            }
        }
    };
}

strict!(strict, {});
strict!(strict_with_more, { pub holder: Option<String>, });

fn of<E: eventsource_core::Event>() -> Registry {
    Registry::builder().event::<E>().build()
}

fn side_by_side(old: &Registry, new: &Registry) -> Compatibility {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock@v1");
    lock::run(&path, old, Mode::Update).unwrap();
    lock::compatible(&path, new).unwrap()
}

#[test]
fn what_the_old_program_passes_over_may_be_deployed_in_any_order() {
    let found = side_by_side(&of::<released::Paid>(), &of::<optional::Paid>());
    assert_eq!(found.order(), DeployOrder::Any, "{found}");
}

#[test]
fn a_variant_that_the_old_program_does_not_know_is_told() {
    let found = side_by_side(&of::<released::Paid>(), &of::<variant::Paid>());
    assert_eq!(found.order(), DeployOrder::ReadersFirst);
    let told = found.to_string();
    assert!(
        told.contains("in `by`, it knows no variant `Cash`"),
        "{told}"
    );
    assert!(told.contains("replace first what only reads"), "{told}");
}

#[test]
fn a_version_that_the_old_program_does_not_know_is_told() {
    let found = side_by_side(&of::<released::Paid>(), &of::<version::Paid>());
    assert_eq!(found.order(), DeployOrder::ReadersFirst);
    assert!(found.to_string().contains("paid version 2"), "{found}");
    assert!(found.to_string().contains("it is at version 1"), "{found}");
}

#[test]
fn an_event_that_the_old_program_does_not_know_is_told() {
    let both = Registry::builder()
        .event::<released::Paid>()
        .event::<super::bank::Opened>()
        .build();
    let found = side_by_side(&of::<released::Paid>(), &both);
    assert_eq!(found.unread.len(), 1);
    assert_eq!(found.unread[0].name, "account.opened");
}

#[test]
fn a_program_that_does_not_read_what_is_stored_is_not_deployed() {
    let found = side_by_side(&of::<released::Paid>(), &of::<broken::Paid>());
    assert_eq!(found.order(), DeployOrder::Never);
}

#[test]
fn a_field_that_the_old_program_refuses_is_told() {
    let found = side_by_side(&of::<strict::Paid>(), &of::<strict_with_more::Paid>());
    assert_eq!(found.order(), DeployOrder::ReadersFirst, "{found}");
    let told = found.to_string();
    assert!(
        told.contains("in `by`, it refuses the field `holder`, which it does not know"),
        "{told}"
    );
    let same = side_by_side(&of::<strict::Paid>(), &of::<strict::Paid>());
    assert_eq!(same.order(), DeployOrder::Any, "{same}");
}

#[test]
fn what_is_not_seen_is_not_said_to_be_read() {
    for (old, new) in [
        (of::<hidden::Paid>(), of::<hidden_and_more::Paid>()),
        (of::<exemplified::Paid>(), of::<exemplified::Paid>()),
    ] {
        let found = side_by_side(&old, &new);
        assert_eq!(found.order(), DeployOrder::Unknown, "{found}");
        assert!(found.unread.is_empty());
        let told = found.to_string();
        assert!(told.contains("paid version 1"), "{told}");
        assert!(told.contains("replace first what only reads"), "{told}");
    }
}

#[test]
fn a_program_that_must_not_be_deployed_is_told_what_the_old_one_does_not_read_as_well() {
    let new = Registry::builder()
        .event::<broken::Paid>()
        .event::<super::bank::Opened>()
        .build();
    let found = side_by_side(&of::<released::Paid>(), &new);
    assert_eq!(found.order(), DeployOrder::Never);
    let told = found.to_string();
    for words in [
        "the new program does not read what the old one wrote",
        "the field `currency` was added",
        "neither does the old program read all that the new one writes",
        "account.opened version 1",
    ] {
        assert!(told.contains(words), "{words}\n{told}");
    }
}

#[test]
fn a_release_whose_lock_file_is_not_there_is_told_where_to_take_it_from() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock@v1.4");
    let told = lock::compatible(&path, &of::<released::Paid>()).unwrap_err();
    let told = told.to_string();
    assert!(told.contains("take it from the release"), "{told}");
    assert!(told.contains("schema.lock@v1.4"), "{told}");
}
