//! Types that no sample fits, and what helps: values that the user gives, and the type's own JSON Schema.

use std::fs;

use eventsource_core::Event;
use eventsource_core::lock::{self, LockError, Mode, Report};
use eventsource_core::registry::Registry;
use serde::{Deserialize, Serialize};

/// Tagged within, so that it is read from whatever comes; no sample of the tracer's has the tag.
#[derive(Serialize, Deserialize, Clone, schemars::JsonSchema)]
#[serde(tag = "by")]
pub enum Payment {
    Card { last_digits: u16 },
    Transfer { iban: String, note: Option<String> },
}

/// The same, with a field that has another name now.
#[derive(Serialize, Deserialize, Clone, schemars::JsonSchema)]
#[serde(tag = "by")]
pub enum Renamed {
    Card { digits: u16 },
    Transfer { iban: String, note: Option<String> },
}

/// The same, with what released payloads may lack.
#[derive(Serialize, Deserialize, Clone, schemars::JsonSchema)]
#[serde(tag = "by")]
pub enum More {
    Card {
        last_digits: u16,
        #[serde(default)]
        holder: Option<String>,
    },
    Transfer {
        iban: String,
        note: Option<String>,
    },
    Cash,
}

macro_rules! paid {
    ($name:ident, $payment:ty, { $($keys:tt)* }, { $($more:tt)* }) => {
        mod $name {
            use eventsource_core::prelude::*;
            use serde::{Deserialize, Serialize};

            #[allow(unused_imports)]
            use super::*;

            #[derive(Event, Serialize, Deserialize)]
            #[event(name = "paid")]
            #[serde(rename_all = "camelCase")]
            pub struct Paid {
                pub amount: u64,
                $($keys)*
                pub paid_how: $payment,
                pub note: Option<String>,
                $($more)*
            }
        }
    };
}

paid!(unhelped, Payment, {}, {});
paid!(exemplified, Payment, { #[event(example = Payment::Card { last_digits: 1234 }, example = Payment::Transfer { iban: "DE00".into(), note: None })] }, {});
paid!(exemplified_renamed, Renamed, { #[event(example = Renamed::Card { digits: 1234 }, example = Renamed::Transfer { iban: "DE00".into(), note: None })] }, {});
paid!(exemplified_more, More, { #[event(example = More::Cash)] }, { pub hint: Option<u8>, });
paid!(exemplified_needs, Payment, { #[event(example = Payment::Card { last_digits: 1 })] }, { pub fee: u64, });
paid!(described, Payment, { #[event(schemars)] }, {});
paid!(described_renamed, Renamed, { #[event(schemars)] }, {});
paid!(described_more, More, { #[event(schemars)] }, { pub hint: Option<u8>, });

paid!(maybe, Option<Payment>, {}, {});
paid!(maybe_exemplified, Option<Payment>, { #[event(example = Some(Payment::Card { last_digits: 1234 }))] }, {});
paid!(maybe_exemplified_renamed, Option<Renamed>, { #[event(example = Some(Renamed::Card { digits: 1234 }))] }, {});
paid!(several, Vec<Payment>, {}, {});
paid!(several_described, Vec<Payment>, { #[event(schemars)] }, {});
paid!(several_described_renamed, Vec<Renamed>, { #[event(schemars)] }, {});
paid!(untagged, Untagged, {}, {});
paid!(untagged_exemplified, Untagged, { #[event(example = Untagged::Card { last_digits: 1234 })] }, {});

/// Read from whatever fits one of its variants.
#[derive(Serialize, Deserialize, Clone)]
#[serde(untagged)]
pub enum Untagged {
    Cash(u64),
    Card { last_digits: u16 },
}

mod families {
    use eventsource_core::prelude::*;

    use super::Payment;

    /// Each form of a variant, with an older version in which the field had another name.
    #[derive(Event)]
    #[event(prefix = "bill")]
    pub enum Bill {
        #[event(version = 2)]
        Named {
            #[event(was(name = "how", until = 1), example = Payment::Card { last_digits: 7 })]
            paid: Payment,
        },
        One(#[event(schemars)] Payment),
        Two(
            u8,
            #[event(example = Payment::Card { last_digits: 8 })] Payment,
        ),
    }
}

fn of<E: Event>() -> Registry {
    Registry::builder().event::<E>().build()
}

/// What the lock of one release says to another, and the lock.
fn held(then: &Registry, now: &Registry) -> (Result<Report, LockError>, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    let report = lock::run(&path, then, Mode::Update).unwrap();
    assert_eq!(report.harmful().count(), 0, "{report}");
    let file = fs::read_to_string(&path).unwrap();
    (lock::run(&path, now, Mode::Read), file)
}

fn goldens(file: &str) -> Vec<&str> {
    let lines = file.lines().map(str::trim);
    lines.filter(|line| line.starts_with("golden ")).collect()
}

#[test]
fn a_type_that_no_sample_fits_is_told_with_both_ways_to_help_it() {
    let paid = of::<unhelped::Paid>();
    let (report, file) = held(&paid, &paid);
    let report = report.unwrap();
    let [unseen] = report.unseen() else {
        panic!("{report}");
    };
    for words in [
        "paid version 1",
        "examples.rs:",
        "a type in it refuses every sample",
        "on `paidHow`, write `#[event(example = …)]`",
        "`#[event(schemars)]` where its type derives `schemars::JsonSchema`",
        "write `golden {…}` under it",
    ] {
        assert!(unseen.contains(words), "{words}\n{unseen}");
    }
    assert!(file.contains("unseen: no payload is known"), "{file}");
}

#[test]
fn an_example_stands_in_the_golden_payloads_beside_all_that_is_seen() {
    let paid = of::<exemplified::Paid>();
    let (report, file) = held(&paid, &paid);
    assert_eq!(report.unwrap().unseen(), [""; 0]);
    for line in [
        r#"golden {"amount":2,"note":"text 3","paidHow":{"by":"Card","last_digits":1234}}"#,
        r#""note":null,"paidHow":{"by":"Transfer","iban":"DE00","note":null}}"#,
        "paidHow: opaque example",
        "note?: optional text",
    ] {
        assert!(file.contains(line), "{line}\n{file}");
    }
}

#[test]
fn what_was_unseen_is_seen_once_it_is_helped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    lock::run(&path, &of::<unhelped::Paid>(), Mode::Update).unwrap();
    let report = lock::run(&path, &of::<exemplified::Paid>(), Mode::Update).unwrap();
    assert_eq!(report.unseen(), [""; 0]);
    let file = fs::read_to_string(&path).unwrap();
    assert!(file.contains("paidHow: opaque example"), "{file}");
    assert!(goldens(&file).len() > 2, "{file}");
    lock::run(&path, &of::<exemplified::Paid>(), Mode::Check).unwrap();
}

#[test]
fn a_part_that_may_be_absent_is_told_and_held_once_it_is_helped() {
    for (unhelped, helped, renamed) in [
        (
            of::<maybe::Paid>(),
            of::<maybe_exemplified::Paid>(),
            of::<maybe_exemplified_renamed::Paid>(),
        ),
        (
            of::<several::Paid>(),
            of::<several_described::Paid>(),
            of::<several_described_renamed::Paid>(),
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("schema.lock");
        let report = lock::run(&path, &unhelped, Mode::Update).unwrap();
        let [unseen] = report.unseen() else {
            panic!("{report}");
        };
        for words in ["paid version 1", "which may be absent", "on `paidHow`"] {
            assert!(unseen.contains(words), "{words}\n{unseen}");
        }

        let report = lock::run(&path, &helped, Mode::Update).unwrap();
        let file = fs::read_to_string(&path).unwrap();
        assert_eq!(report.unseen(), [""; 0], "{file}");
        assert!(file.contains("last_digits"), "{file}");
        lock::run(&path, &helped, Mode::Check).unwrap();
        let told = lock::run(&path, &renamed, Mode::Read)
            .unwrap_err()
            .to_string();
        assert!(told.contains("breaks: paid version 1"), "{told}");
    }
}

#[test]
fn an_untagged_type_that_reads_more_than_was_seen_is_told() {
    let paid = of::<untagged::Paid>();
    let (report, file) = held(&paid, &paid);
    let report = report.unwrap();
    let [unseen] = report.unseen() else {
        panic!("{report}");
    };
    assert!(unseen.contains("takes more than was seen"), "{unseen}");
    assert!(file.contains("unseen object"), "{file}");

    let paid = of::<untagged_exemplified::Paid>();
    let (report, file) = held(&paid, &paid);
    assert_eq!(report.unwrap().unseen(), [""; 0], "{file}");
}

#[test]
fn a_type_that_describes_itself_has_golden_payloads_of_each_variant_and_option() {
    let paid = of::<described::Paid>();
    let (report, file) = held(&paid, &paid);
    assert_eq!(report.unwrap().unseen(), [""; 0]);
    for part in [
        r#"{"by":"Card","last_digits":1}"#,
        r#"{"by":"Transfer","iban":"text 1","note":"text 1"}"#,
        r#"{"by":"Transfer","iban":"text 1","note":null}"#,
    ] {
        assert!(
            goldens(&file).iter().any(|it| it.contains(part)),
            "{part}\n{file}"
        );
    }
}

#[test]
fn a_change_within_such_a_type_is_caught_by_its_golden_payloads() {
    for (then, now) in [
        (of::<exemplified::Paid>(), of::<exemplified_renamed::Paid>()),
        (of::<described::Paid>(), of::<described_renamed::Paid>()),
        (of::<exemplified::Paid>(), of::<exemplified_needs::Paid>()),
    ] {
        let (result, file) = held(&then, &now);
        let told = result.expect_err(&file).to_string();
        assert!(
            told.contains("breaks: paid version 1")
                || told.contains("needs a version: paid version 1"),
            "{told}"
        );
    }
}

#[test]
fn what_released_payloads_may_lack_within_such_a_type_passes() {
    for (then, now) in [
        (of::<exemplified::Paid>(), of::<exemplified_more::Paid>()),
        (of::<described::Paid>(), of::<described_more::Paid>()),
        (of::<unhelped::Paid>(), of::<described_more::Paid>()),
        (of::<unhelped::Paid>(), of::<exemplified::Paid>()),
    ] {
        let (result, file) = held(&then, &now);
        let report = result.unwrap_or_else(|error| panic!("{error}\n{file}"));
        assert_eq!(report.harmful().count(), 0, "{report}\n{file}");
    }
}

#[test]
fn an_example_is_given_to_each_form_of_a_variant_and_to_the_versions_that_had_its_type() {
    let bill = of::<families::Bill>();
    let (report, file) = held(&bill, &bill);
    assert_eq!(report.unwrap().unseen(), [""; 0], "{file}");
    for line in [
        r#"golden {"how":{"by":"Card","last_digits":7}}"#,
        r#"golden {"paid":{"by":"Card","last_digits":7}}"#,
        r#"golden {"by":"Card","last_digits":1}"#,
        r#"golden [2,{"by":"Card","last_digits":8}]"#,
    ] {
        assert!(goldens(&file).contains(&line), "{line}\n{file}");
    }
}
