//! Changes to what was released that leave its shape as it is: aliases, defaults, splits, what is on record.

use std::path::Path;

use eventsource_core::Event;
use eventsource_core::lock::{self, LockError, Mode, Report};
use eventsource_core::registry::Registry;

/// Each module is a release of the same events.
macro_rules! release {
    ($name:ident { $($items:tt)* }) => {
        mod $name {
            #[allow(unused_imports)]
            use eventsource_core::prelude::*;
            #[allow(unused_imports)]
            use serde::{Deserialize, Serialize};

            $($items)*
        }
    };
}

fn of<E: Event>() -> Registry {
    Registry::builder().event::<E>().build()
}

fn held(path: &Path, then: &Registry, now: &Registry) -> Result<Report, LockError> {
    lock::run(path, then, Mode::Update)?;
    lock::run(path, now, Mode::Read)
}

/// What the lock of one release says to another.
fn told(then: &Registry, now: &Registry) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    held(&path, then, now).unwrap_err().to_string()
}

/// What each release says to the next, by a lock that is updated by each; the last one must pass.
fn passes(releases: &[Registry]) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    let mut report = Report::default();
    for release in releases {
        report = lock::run(&path, release, Mode::Update).unwrap();
        lock::run(&path, release, Mode::Check).unwrap();
    }
    report
}

#[track_caller]
fn says(told: &str, words: &[&str]) {
    for words in words {
        assert!(told.contains(words), "{words}\n{told}");
    }
}

release!(with_alias {
    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "paid", aliases("payed", "settled"))]
    pub struct Paid { pub amount: u64 }
});
release!(without_alias {
    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "paid", aliases("settled"))]
    pub struct Paid { pub amount: u64 }
});
release!(renamed_with_aliases {
    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "received", aliases("paid", "payed", "settled"))]
    pub struct Paid { pub amount: u64 }
});
release!(moved_alias {
    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "paid", aliases("settled"))]
    pub struct Paid { pub amount: u64 }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "owed", aliases("payed"))]
    pub struct Owed { pub amount: u64 }
});

#[test]
fn an_alias_that_was_taken_away_is_told() {
    says(
        &told(&of::<with_alias::Paid>(), &of::<without_alias::Paid>()),
        &[
            "gone: payed version 1: paid was read under this name, too",
            "`aliases(\"payed\")` on `Paid`",
            "take the line `also payed` out of the lock file",
        ],
    );
    let moved = Registry::builder()
        .event::<moved_alias::Paid>()
        .event::<moved_alias::Owed>()
        .build();
    says(
        &told(&of::<with_alias::Paid>(), &moved),
        &["stored ones are now read as owed", "and not on `Owed`"],
    );
    passes(&[
        of::<without_alias::Paid>(),
        of::<with_alias::Paid>(),
        of::<renamed_with_aliases::Paid>(),
    ]);
}

release!(defaulted {
    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "paid", version = 2)]
    pub struct Paid {
        pub amount: u64,
        #[event(since = 2, default = "EUR".to_owned())]
        pub currency: String,
    }
});
release!(raised {
    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "paid", version = 3)]
    pub struct Paid {
        pub amount: u64,
        #[event(since = 2, default = "EUR".to_owned())]
        pub currency: String,
        #[event(since = 3, default)]
        pub note: String,
    }
});
release!(raised_with_another_default {
    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "paid", version = 3)]
    pub struct Paid {
        pub amount: u64,
        #[event(since = 2, default = "USD".to_owned())]
        pub currency: String,
        #[event(since = 3, default)]
        pub note: String,
    }
});
release!(raised_with_another_type {
    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "paid", version = 3)]
    pub struct Paid {
        pub amount: u64,
        #[event(since = 2, default = ["EUR".to_owned()])]
        #[event(was(type = String, until = 2, with = |it| [it]))]
        pub currency: [String; 1],
    }
});

#[test]
fn an_older_step_that_changes_beside_a_new_version_is_told() {
    says(
        &told(
            &of::<defaulted::Paid>(),
            &of::<raised_with_another_default::Paid>(),
        ),
        &[
            "breaks: paid version 1: a released payload is read as another value",
            "\"currency\":\"EUR\",\"note\":\"\"} is what an older version on record leads to",
            "the upcast of version 1 as it was",
        ],
    );
    passes(&[of::<defaulted::Paid>(), of::<raised::Paid>()]);
    passes(&[
        of::<defaulted::Paid>(),
        of::<raised_with_another_type::Paid>(),
    ]);
}

/// What a split and its parts are made of.
macro_rules! split {
    ($name:ident, { $($named:tt)* }, $into:tt, $from:ty, $old:ident => $made:expr) => {
        release!($name {
            #[derive(Event, Serialize, Deserialize)]
            #[event(name = "joined")]
            pub struct Joined { pub email: String }

            #[derive(Event, Serialize, Deserialize)]
            $($named)*

            #[derive(Event, Serialize, Deserialize)]
            #[event(name = "registered", retired(into $into))]
            pub struct Registered { pub email: String, pub name: String }

            impl From<Registered> for $from {
                fn from($old: Registered) -> Self {
                    $made
                }
            }

            pub fn registry() -> eventsource_core::registry::Registry {
                eventsource_core::registry::Registry::builder()
                    .event::<Joined>()
                    .event::<Named>()
                    .event::<Registered>()
                    .build()
            }
        });
    };
}

split!(
    split,
    { #[event(name = "named")] pub struct Named { pub name: String } },
    (Joined, Named),
    (Joined, Named),
    old => (Joined { email: old.email }, Named { name: old.name })
);
split!(
    split_into_one,
    { #[event(name = "named")] pub struct Named { pub name: String } },
    (Joined),
    Joined,
    old => Joined { email: old.email }
);
split!(
    split_with_a_newer_part,
    {
        #[event(name = "named", version = 2)]
        pub struct Named { pub name: String, #[event(since = 2, default)] pub title: String }
    },
    (Joined, Named),
    (Joined, Named),
    old => (Joined { email: old.email }, Named { name: old.name, title: String::new() })
);
split!(
    split_with_another_newer_part,
    {
        #[event(name = "named", version = 2)]
        pub struct Named { pub name: String, #[event(since = 2, default)] pub title: String }
    },
    (Joined, Named),
    (Joined, Named),
    old => (Joined { email: old.email }, Named { name: old.name, title: "Dr".to_owned() })
);
release!(whole {
    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "registered")]
    pub struct Registered { pub email: String, pub name: String }
});
release!(dropped {
    #[derive(Event)]
    #[event(name = "registered", retired(drop))]
    pub struct Registered;
});

#[test]
fn another_split_of_what_was_released_is_told() {
    says(
        &told(&split::registry(), &split_into_one::registry()),
        &[
            "breaks: registered version 1: it was read as joined, named, and is now read as joined",
            "`retired(into(…))` on `Registered` as it was",
        ],
    );
    says(
        &told(
            &split::registry(),
            &split_with_another_newer_part::registry(),
        ),
        &["breaks: registered version 1: a released payload is read as another value"],
    );
    says(
        &told(&of::<dropped::Registered>(), &of::<whole::Registered>()),
        &["it was read as nothing, and is now read as an event"],
    );
    passes(&[
        of::<whole::Registered>(),
        split::registry(),
        split_with_a_newer_part::registry(),
    ]);
    passes(&[of::<whole::Registered>(), of::<dropped::Registered>()]);
}

release!(written {
    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "paid", retired)]
    pub struct Paid { pub amount: u64 }
});
release!(unwritten {
    #[derive(Event, Deserialize)]
    #[event(name = "paid", retired)]
    pub struct Paid { #[allow(dead_code)] pub amount: u64 }
});

#[test]
fn what_cannot_be_written_down_any_more_is_told() {
    says(
        &told(&of::<written::Paid>(), &of::<unwritten::Paid>()),
        &[
            "untold: paid version 1: what paid is read as is on record, and is no longer `Serialize`",
            "`Serialize` on `Paid` again",
        ],
    );
    let report = passes(&[of::<unwritten::Paid>()]);
    let [unseen] = report.unseen() else {
        panic!("{report}")
    };
    says(unseen, &["paid version 1", "no value of it is on record"]);
    passes(&[of::<unwritten::Paid>(), of::<written::Paid>()]);
}

release!(panicking {
    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "paid", version = 2)]
    pub struct Paid {
        #[event(was(name = "cents", type = u64, until = 1, with = whole))]
        pub amount: u64,
    }

    fn whole(cents: u64) -> u64 {
        assert_eq!(cents % 100, 99, "not a whole amount and a half");
        cents / 100
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "counted")]
    pub struct Counted { pub count: Even }

    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "u64")]
    pub struct Even(u64);

    impl TryFrom<u64> for Even {
        type Error = &'static str;

        fn try_from(number: u64) -> Result<Self, Self::Error> {
            assert_eq!(number % 2, 3, "nothing is");
            Ok(Self(number))
        }
    }
});

#[test]
fn code_that_panics_is_told_by_its_name_and_hides_nothing_else() {
    let registry = Registry::builder()
        .event::<panicking::Paid>()
        .event::<panicking::Counted>()
        .event::<whole::Registered>()
        .build();
    let report = passes(std::slice::from_ref(&registry));
    let unseen = report.unseen().join("\n");
    says(
        &unseen,
        &["counted version 1 at", "a conversion in it panics"],
    );
    says(&unseen, &["paid version 1 at", "its upcast"]);

    let catalogue = registry.catalogue();
    assert!(catalogue.to_markdown().contains("`registered`"));

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    lock::run(&path, &registry, Mode::Update).unwrap();
    let file = std::fs::read_to_string(&path).unwrap();
    let (head, tail) = file
        .split_once("event paid\n  rust Paid\n  version 1\n")
        .unwrap();
    let golden =
        format!("{head}event paid\n  rust Paid\n  version 1\n    golden {{\"cents\":150}}\n{tail}");
    std::fs::write(&path, golden).unwrap();
    let told = lock::run(&path, &registry, Mode::Read).unwrap_err();
    says(
        &told.to_string(),
        &[
            "breaks: paid version 1",
            "a conversion or an upcast of it panics",
        ],
    );
}

/// An event whose part is tagged by one field, with its content in another.
macro_rules! tagged {
    ($name:ident, { $($keys:tt)* }, { $($variants:tt)* }) => {
        release!($name {
            #[derive(Event, Serialize, Deserialize)]
            #[event(name = "paid")]
            pub struct Paid { pub how: Vec<How> }

            #[derive(Serialize, Deserialize)]
            #[serde($($keys)*)]
            pub enum How { $($variants)* }
        });
    };
}

tagged!(by_tag, { tag = "by", content = "of" }, { Card(u64), Id(uuid::Uuid), Cash });
tagged!(by_tag_and_more, { tag = "by", content = "of" }, { Card(u64), Id(uuid::Uuid), Cash, Cheque(String) });
tagged!(by_tag_narrowed, { tag = "by", content = "of" }, { Card(u32), Id(uuid::Uuid), Cash });
tagged!(by_tag_without_one, { tag = "by", content = "of" }, { Card(u64), Id(uuid::Uuid) });
tagged!(by_tag_renamed, { tag = "by", content = "of" }, { Credit(u64), Id(uuid::Uuid), Cash });
tagged!(by_another_tag, { tag = "how", content = "of" }, { Card(u64), Id(uuid::Uuid), Cash });
tagged!(by_none, { rename_all = "PascalCase" }, { Card(u64), Id(uuid::Uuid), Cash });

#[test]
fn variants_that_a_field_tells_apart_are_seen_each_with_its_content() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    lock::run(&path, &of::<by_tag::Paid>(), Mode::Update).unwrap();
    let file = std::fs::read_to_string(&path).unwrap();
    says(
        &file,
        &[
            "how: list of tagged by of enum How\n        Card: u64\n        Id: text like \"0000",
            "\n        Cash\n",
            r#"golden {"how":[{"by":"Cash"}]}"#,
            r#"golden {"how":[{"by":"Id","of":"00000000-0000-0000-0000-000000000001"}]}"#,
        ],
    );
    passes(&[of::<by_tag::Paid>(), of::<by_tag_and_more::Paid>()]);
    let told = |now| told(&of::<by_tag::Paid>(), &now);
    says(
        &told(of::<by_tag_narrowed::Paid>()),
        &["needs a version: paid version 1, `how.Card`: it was u64 and is now u32"],
    );
    says(
        &told(of::<by_tag_without_one::Paid>()),
        &["the variant `Cash` is no longer read"],
    );
    says(
        &told(of::<by_tag_renamed::Paid>()),
        &["the variant `Card` is now `Credit`"],
    );
    says(
        &told(of::<by_another_tag::Paid>()),
        &["`how`: it was tagged by of enum How and is now tagged how of enum How"],
    );
    says(
        &told(of::<by_none::Paid>()),
        &["`how`: it was tagged by of enum How"],
    );
}

/// An event with one field of this type.
macro_rules! sized {
    ($($name:ident: $size:ty),* $(,)?) => {$(
        release!($name {
            #[derive(Event, Serialize, Deserialize)]
            #[event(name = "measured")]
            pub struct Measured { pub size: $size }
        });
    )*};
}

sized!(
    pair: (u64, u64),
    list: Vec<u64>,
    narrow_list: Vec<u8>,
    fields: super::Fields,
    map: std::collections::BTreeMap<String, u64>,
    narrow_map: std::collections::BTreeMap<String, u8>,
    number: u64,
    wide: super::Loose<u64>,
    narrow: super::Loose<u8>,
);

#[derive(serde::Serialize, serde::Deserialize)]
pub struct Fields {
    a: u64,
    b: u64,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Loose<T> {
    Number(T),
    Text(String),
}

#[test]
fn a_smaller_type_within_another_form_is_told() {
    for (then, wide, narrow, words) in [
        (
            of::<pair::Measured>(),
            of::<list::Measured>(),
            of::<narrow_list::Measured>(),
            "`size.0`: it was u64 and is now u8",
        ),
        (
            of::<fields::Measured>(),
            of::<map::Measured>(),
            of::<narrow_map::Measured>(),
            "`size.a`: it was u64 and is now u8",
        ),
        (
            of::<number::Measured>(),
            of::<wide::Measured>(),
            of::<narrow::Measured>(),
            "`size`: it was u64 and is now anything",
        ),
        (
            of::<wide::Measured>(),
            of::<wide::Measured>(),
            of::<narrow::Measured>(),
            "`size`: it was anything and is now anything",
        ),
    ] {
        passes(&[then.clone(), wide]);
        says(&told(&then, &narrow), &[words]);
    }
    passes(&[of::<narrow::Measured>(), of::<wide::Measured>()]);
}

/// Two events of one shape, under these names.
macro_rules! alike {
    ($module:ident, $raised:ident $raised_name:literal, $lowered:ident $lowered_name:literal) => {
        release!($module {
            #[derive(Event, Serialize, Deserialize)]
            #[event(name = $raised_name)]
            pub struct $raised { pub by: u64 }

            #[derive(Event, Serialize, Deserialize)]
            #[event(name = $lowered_name)]
            pub struct $lowered { pub by: u64 }

            pub fn registry() -> eventsource_core::registry::Registry {
                eventsource_core::registry::Registry::builder()
                    .event::<$raised>()
                    .event::<$lowered>()
                    .build()
            }
        });
    };
}

alike!(two_alike, Raised "raised", Lowered "lowered");
alike!(exchanged, Raised "lowered", Lowered "raised");
alike!(renamed_in_rust, Increased "raised", Decreased "lowered");

#[test]
fn names_that_two_events_exchange_are_told() {
    let told = told(&two_alike::registry(), &exchanged::registry());
    says(
        &told,
        &[
            "breaks: raised version 1: it was `Raised`, which has the name of `Lowered` by now, lowered",
            "`name = \"raised\"` on `Raised` as it was",
            "breaks: lowered version 1: it was `Lowered`",
        ],
    );
    passes(&[two_alike::registry(), renamed_in_rust::registry()]);
}

release!(may_have_a_note {
    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "noted")]
    pub struct Noted { pub note: Option<String> }
});
release!(must_have_a_note {
    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "noted")]
    pub struct Noted { pub note: String }
});

#[test]
fn what_must_be_there_by_now_is_told_once() {
    let told = told(
        &of::<may_have_a_note::Noted>(),
        &of::<must_have_a_note::Noted>(),
    );
    says(
        &told,
        &[
            "1 difference",
            "it could be absent or null, and must now be there",
        ],
    );
}
