//! The streams of aggregates: their names, their ids, and what they hold.

use std::fs;

use eventsource_core::Aggregate;
use eventsource_core::lock::{self, DeployOrder, LockError, Mode, Report};
use eventsource_core::registry::Registry;

/// A house at one release: its name, the type of its id, the name of its second event, and what it lists.
macro_rules! house {
    ($module:ident, $name:literal, $id:ty, ($($built:tt)*), { $($lists:tt)* }) => {
        mod $module {
            use eventsource_core::prelude::*;
            use serde::{Deserialize, Serialize};

            #[allow(unused_imports)]
            use super::*;

            #[derive(Event, Serialize, Deserialize)]
            #[event(name = "house.planned")]
            pub struct Planned {
                pub rooms: u8,
            }

            #[derive(Event, Serialize, Deserialize)]
            #[event($($built)*)]
            pub struct Built {
                pub floors: u8,
            }

            #[derive(Aggregate, Default)]
            #[aggregate(name = $name, id = $id, error = std::fmt::Error, $($lists)*)]
            pub struct House;

            impl Apply<Planned> for House {
                fn apply(&mut self, _: &Planned) {}
            }

            impl Apply<Built> for House {
                fn apply(&mut self, _: &Built) {}
            }

            pub fn registry() -> Registry {
                Registry::builder().event::<Planned>().event::<Built>().aggregate::<House>().build()
            }
        }
    };
}

house!(released, "house", u64, (name = "house.built"), {
    events(Planned, Built)
});
house!(called_home, "home", u64, (name = "house.built"), {
    events(Planned, Built)
});
house!(by_text, "house", String, (name = "house.built"), {
    events(Planned, Built)
});
house!(
    retired_and_not_listed,
    "house",
    u64,
    (name = "house.built", retired),
    { events(Planned) }
);
house!(by_less, "house", u32, (name = "house.built"), {
    events(Planned, Built)
});
house!(by_uuid, "house", uuid::Uuid, (name = "house.built"), {
    events(Planned, Built)
});
house!(by_plot, "house", Plot, (name = "house.built"), {
    events(Planned, Built)
});
house!(by_padded, "house", Padded, (name = "house.built"), {
    events(Planned, Built)
});
house!(
    event_aliased,
    "house",
    u64,
    (name = "house.raised", aliases("house.built")),
    { events(Planned, Built) }
);
house!(without, "house", u64, (name = "house.built"), {
    events(Planned)
});
house!(without_and_lenient, "house", u64, (name = "house.built"), { events(Planned), unknown = "ignore" });
house!(ignoring, "house", u64, (name = "house.built"), {
    events(Planned, ignore(Built))
});
house!(ignoring_leniently, "house", u64, (name = "house.built"), { events(Planned, ignore(Built)), unknown = "ignore" });
house!(retiring, "house", u64, (name = "house.built", retired), { events(Planned), retired(Built) });

/// An id that reads one form of text alone, which no sample has.
#[derive(Clone)]
pub struct Plot(u32);

impl std::fmt::Display for Plot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "plot {}", self.0)
    }
}

impl std::str::FromStr for Plot {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.strip_prefix("plot ").unwrap_or("none");
        number.parse().map(Self)
    }
}

/// An id that reads the numbers that were released, and shows them otherwise.
#[derive(Clone)]
pub struct Padded(u64);

impl std::fmt::Display for Padded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

impl std::str::FromStr for Padded {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// What the lock of one release says to another, and the lock once it is content.
fn held(then: &Registry, now: &Registry) -> (Result<Report, LockError>, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    lock::run(&path, then, Mode::Update).unwrap();
    let report = lock::run(&path, now, Mode::Update);
    (report, fs::read_to_string(&path).unwrap())
}

fn refused(now: &Registry) -> String {
    let (report, _) = held(&released::registry(), now);
    report.unwrap_err().to_string()
}

fn accepted(then: &Registry, now: &Registry) -> String {
    let (report, file) = held(then, now);
    let report = report.unwrap_or_else(|error| panic!("{error}\n{file}"));
    assert_eq!(report.harmful().count(), 0, "{report}");
    file
}

#[test]
fn an_aggregate_stands_in_the_file_with_its_ids_and_its_events() {
    let file = accepted(&released::registry(), &released::registry());
    let lines = "\naggregate house\n  id \"0\"\n  id \"18446744073709551615\"\n  reads house.built\n  reads house.planned\n";
    assert!(file.contains(lines), "{file}");
}

#[test]
fn another_name_is_told_with_the_one_to_write() {
    let told = refused(&called_home::registry());
    for words in [
        "renamed?: aggregate house: no aggregate of this name is declared, and its streams, house-…, are no longer loaded; home is new, and like it",
        "streams.rs:",
        "`name = \"house\"` on `House`",
    ] {
        assert!(told.contains(words), "{words}\n{told}");
    }
    assert!(told.contains("1 difference"), "{told}");
}

#[test]
fn an_aggregate_that_is_gone_is_told() {
    let told = refused(
        &Registry::builder()
            .event::<released::Planned>()
            .event::<released::Built>()
            .build(),
    );
    for words in [
        "gone: aggregate house: no aggregate of this name is declared, and its streams, house-…, can no longer be loaded",
        "declare it as it was",
    ] {
        assert!(told.contains(words), "{words}\n{told}");
    }
}

#[test]
fn an_id_that_does_not_read_what_was_released_is_told() {
    for (now, words) in [
        (
            by_less::registry(),
            "no longer reads the id \"18446744073709551615\"",
        ),
        (by_uuid::registry(), "no longer reads the id \"0\""),
        (by_plot::registry(), "no longer reads the id \"0\""),
        (
            by_padded::registry(),
            "reads the id \"0\" as \"000000\", which is another stream",
        ),
    ] {
        let told = refused(&now);
        for words in [
            "breaks: aggregate house: its id type ",
            words,
            "`id = …` on `House`",
        ] {
            assert!(told.contains(words), "{words}\n{told}");
        }
    }
}

#[test]
fn an_id_that_reads_the_same_and_more_is_accepted_and_held_from_then_on() {
    let file = accepted(&released::registry(), &by_text::registry());
    assert!(file.contains("id \"Any text"), "{file}");
    let (report, _) = held(&by_text::registry(), &released::registry());
    let told = report.unwrap_err().to_string();
    assert!(told.contains("no longer reads the id \"Any text"), "{told}");
}

#[test]
fn an_id_that_no_sample_fits_is_told_until_one_is_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    let report = lock::run(&path, &by_plot::registry(), Mode::Update).unwrap();
    let [unseen] = report.unseen() else {
        panic!("{report}");
    };
    for words in [
        "aggregate house, `House` (",
        "write a line `id \"…\"` under it",
    ] {
        assert!(
            unseen.to_lowercase().contains(&words.to_lowercase()),
            "{words}\n{unseen}"
        );
    }

    let file = fs::read_to_string(&path).unwrap();
    let file = file.replace("aggregate house\n", "aggregate house\n  id \"plot 7\"\n");
    fs::write(&path, file).unwrap();
    let report = lock::run(&path, &by_plot::registry(), Mode::Check).unwrap();
    assert_eq!(report.unseen(), [""; 0]);
    let told = lock::run(&path, &released::registry(), Mode::Read).unwrap_err();
    assert!(
        told.to_string()
            .contains("no longer reads the id \"plot 7\""),
        "{told}"
    );
}

#[test]
fn an_event_that_left_the_lists_is_told() {
    let told = refused(&without::registry());
    for words in [
        "breaks: aggregate house: the event house.built is not in its lists any more: a stream that holds it is no longer loaded",
        "`retired(Built)` on `House`",
        "or `ignore(Built)` among its `events(…)`",
    ] {
        assert!(told.contains(words), "{words}\n{told}");
    }
    let told = refused(&without_and_lenient::registry());
    assert!(
        told.contains("is passed over where a stream holds it"),
        "{told}"
    );
}

#[test]
fn an_event_that_is_read_under_another_name_or_ignored_or_retired_is_still_listed() {
    for now in [
        event_aliased::registry(),
        ignoring::registry(),
        retiring::registry(),
    ] {
        accepted(&released::registry(), &now);
    }
    accepted(
        &ignoring_leniently::registry(),
        &without_and_lenient::registry(),
    );
}

#[test]
fn an_event_that_an_aggregate_writes_anew_is_not_read_there_by_the_old_program() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    lock::run(&path, &without::registry(), Mode::Update).unwrap();
    let found = lock::compatible(&path, &released::registry()).unwrap();
    assert_eq!(found.order(), DeployOrder::ReadersFirst);
    let told = found.to_string();
    let words = "house.built version 1, `House` (";
    assert!(told.contains(words), "{told}");
    assert!(
        told.contains("does not list it in the aggregate house"),
        "{told}"
    );

    lock::run(&path, &released::registry(), Mode::Update).unwrap();
    let found = lock::compatible(&path, &event_aliased::registry()).unwrap();
    let told = found.to_string();
    assert!(!told.contains("does not list it"), "{told}");
    let found = lock::compatible(&path, &released::registry()).unwrap();
    assert_eq!(found.order(), DeployOrder::Any, "{found}");
    assert_eq!(released::House::NAME, "house");
}

#[test]
fn a_retired_event_that_left_the_lists_is_not_to_be_ignored_which_nothing_retired_can_be() {
    let told = refused(&retired_and_not_listed::registry());
    assert!(told.contains("`retired(Built)` on `House`"), "{told}");
    assert!(!told.contains("`ignore(Built)`"), "{told}");
}

#[test]
fn ids_that_the_old_program_is_not_known_to_read_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock@v1");
    lock::run(&path, &released::registry(), Mode::Update).unwrap();

    let wider = lock::compatible(&path, &by_text::registry()).unwrap();

    assert_eq!(wider.order(), DeployOrder::ReadersFirst, "{wider}");
    let told = wider.to_string();
    assert!(told.contains("aggregate house, `House` ("), "{told}");
    assert!(told.contains("its streams may have the id"), "{told}");
    let same = lock::compatible(&path, &released::registry()).unwrap();
    assert_eq!(same.order(), DeployOrder::Any, "{same}");
}
