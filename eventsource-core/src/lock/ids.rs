//! What the ids of streams are like, found by letting the id type read texts.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::registry::AggregateDescriptor;
use crate::shape::TEXTS;

/// Who reads this reads any text.
const ANY: &str = r#"Any text: like "this", ñ or 🙂 - 1.0"#;

/// Numbers from narrow to wide, below and above zero: of each row the last that is read tells how far the type reaches.
const NUMBERS: [&[&str]; 3] = [
    &["0"],
    &[
        "1",
        "127",
        "255",
        "32767",
        "65535",
        "2147483647",
        "4294967295",
        "9223372036854775807",
        "18446744073709551615",
        "170141183460469231731687303715884105727",
        "340282366920938463463374607431768211455",
    ],
    &[
        "-1",
        "-128",
        "-32768",
        "-2147483648",
        "-9223372036854775808",
        "-170141183460469231731687303715884105728",
    ],
];

/// What the id type of an aggregate shows of this text when it has read it.
pub(super) fn shown(aggregate: &AggregateDescriptor, text: &str) -> Option<String> {
    // Code of the user's.
    catch_unwind(AssertUnwindSafe(|| (aggregate.shown_id)(text))).unwrap_or_default()
}

/// Ids that the streams of an aggregate may have: one of each kind that its type reads.
pub(super) fn samples(aggregate: &AggregateDescriptor) -> BTreeSet<String> {
    let stored = |text: &str| {
        let id = shown(aggregate, text)?;
        (shown(aggregate, &id)? == id).then_some(id)
    };
    if stored(ANY).is_some_and(|id| id == ANY) {
        return BTreeSet::from([ANY.to_owned()]);
    }
    let numbers = NUMBERS
        .iter()
        .filter_map(|row| row.iter().rev().find_map(|text| stored(text)));
    let texts = TEXTS
        .iter()
        .filter(|text| text.parse::<u128>().is_err())
        .filter_map(|text| stored(text));
    let ids = numbers.chain(texts);
    ids.filter(|id| crate::name::check_id(id).is_ok()).collect()
}
