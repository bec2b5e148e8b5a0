//! Types that take fewer values than before, under an unchanged shape: the payloads at the ends of what may be there tell.

use eventsource_core::Event;
use eventsource_core::lock::{self, Mode};
use eventsource_core::registry::Registry;
use serde::{Deserialize, Serialize};

macro_rules! noted {
    ($module:ident, $minutes:ty, $title:ty, $tags:ty) => {
        mod $module {
            #[allow(unused_imports)]
            use super::*;
            use serde::{Deserialize, Serialize};

            #[derive(Event, Serialize, Deserialize)]
            #[event(name = "noted")]
            pub struct Noted {
                pub minutes: $minutes,
                pub title: $title,
                pub tags: $tags,
            }
        }
    };
}

/// A text that has to be short by now.
#[derive(Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Short(String);

impl TryFrom<String> for Short {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.chars().count() > 10 {
            return Err("a title has at most 10 letters");
        }
        Ok(Self(text))
    }
}

/// A text that has to be there by now.
#[derive(Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Filled(String);

impl TryFrom<String> for Filled {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.is_empty() {
            return Err("a title has at least one letter");
        }
        Ok(Self(text))
    }
}

noted!(released, u32, String, Vec<String>);
noted!(not_zero, std::num::NonZeroU32, String, Vec<String>);
noted!(short, u32, super::Short, Vec<String>);
noted!(not_empty, u32, super::Filled, Vec<String>);
noted!(
    without_doubles,
    u32,
    String,
    std::collections::BTreeSet<String>
);

fn of<E: Event>() -> Registry {
    Registry::builder().event::<E>().build()
}

fn told(now: &Registry) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    lock::run(&path, &of::<released::Noted>(), Mode::Update).unwrap();
    lock::run(&path, now, Mode::Read).unwrap_err().to_string()
}

#[test]
fn a_number_that_can_no_longer_be_zero_is_told() {
    let told = told(&of::<not_zero::Noted>());
    assert!(
        told.contains("breaks: noted version 1: a released payload is no longer read"),
        "{told}"
    );
    assert!(told.contains("field minutes"), "{told}");
}

#[test]
fn a_text_that_can_no_longer_be_long_or_empty_is_told() {
    for now in [of::<short::Noted>(), of::<not_empty::Noted>()] {
        let told = told(&now);
        assert!(
            told.contains("breaks: noted version 1: a released payload is no longer read"),
            "{told}"
        );
    }
}

#[test]
fn a_list_that_can_no_longer_have_doubles_is_told() {
    let told = told(&of::<without_doubles::Noted>());
    assert!(
        told.contains("breaks: noted version 1: a released payload is read as another value"),
        "{told}"
    );
}

/// What takes as much as before, or more, is no difference.
#[test]
fn what_takes_more_than_before_passes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    for release in [
        of::<without_doubles::Noted>(),
        of::<released::Noted>(),
        of::<released::Noted>(),
    ] {
        lock::run(&path, &release, Mode::Update).unwrap();
        lock::run(&path, &release, Mode::Check).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    for release in [of::<short::Noted>(), of::<released::Noted>()] {
        lock::run(&path, &release, Mode::Update).unwrap();
    }
}
