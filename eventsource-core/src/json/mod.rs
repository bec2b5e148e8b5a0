//! JSON that reads back as what was written, and bytes that are the same for the same content.
//!
//! `serde_json` writes a float that is no number as `null`, and writes nests that it refuses to read. What is stored is read for ever, so
//! both are refused before anything is stored.

mod canonical;
mod finite;
mod form;

use serde::Serialize;

pub(crate) use canonical::canonical;

/// `serde_json` reads lists and objects in one another up to here: its recursion limit is 128, and the outermost one counts.
pub(crate) const DEEPEST: u32 = 127;

/// Why a value has no JSON that would be read again as the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unwritable {
    /// Its `Serialize` refused, or a map in it has keys that are no strings.
    Refused,
    /// A float in it is infinite or no number.
    NotFinite,
    /// It nests deeper than [`DEEPEST`].
    TooDeep,
}

impl Unwritable {
    /// Why, as a part of a sentence about the value.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Refused => "its `Serialize` refused, or a map in it has keys that are no strings",
            Self::NotFinite => {
                "a float in it is NaN or infinite, which JSON cannot hold: check it where it comes in"
            }
            Self::TooDeep => {
                "lists and objects in it nest more than 127 deep, which would not be read again"
            }
        }
    }
}

/// Writes the value behind what `out` holds. When it cannot be written, `out` is as it was.
pub(crate) fn write<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) -> Result<(), Unwritable> {
    let begin = out.len();
    let form = form::Form::default();
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, form.noting());
    let written = value.serialize(&mut serializer);
    let verdict = match written {
        Err(_) if form.is_too_deep() => Err(Unwritable::TooDeep),
        Err(_) => Err(Unwritable::Refused),
        Ok(()) if form.has_nulls() => finite::check(value),
        Ok(()) => Ok(()),
    };
    if verdict.is_err() {
        out.truncate(begin);
    }
    verdict
}

/// The value as JSON.
pub(crate) fn to_vec<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, Unwritable> {
    let mut out = Vec::new();
    write(value, &mut out)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
    enum Tree {
        Leaf,
        Measured { value: f64, small: Option<f32> },
        Below(Box<Tree>),
        Beside(Vec<Tree>, BTreeMap<String, Tree>),
    }

    fn written(tree: &Tree) -> Result<String, Unwritable> {
        to_vec(tree).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    fn measured(value: f64, small: Option<f32>) -> Tree {
        Tree::Beside(
            vec![Tree::Leaf, Tree::Measured { value, small }],
            BTreeMap::new(),
        )
    }

    fn nested(depth: usize) -> Tree {
        (0..depth).fold(Tree::Leaf, |below, _| Tree::Below(Box::new(below)))
    }

    #[test]
    fn a_float_that_json_cannot_hold_is_refused_wherever_it_stands() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(written(&measured(value, None)), Err(Unwritable::NotFinite));
        }
        assert_eq!(
            written(&measured(1.0, Some(f32::NAN))),
            Err(Unwritable::NotFinite)
        );
        assert!(written(&measured(1.0, None)).is_ok_and(|json| json.contains("null")));
    }

    #[test]
    fn what_nests_as_deep_as_can_be_read_is_written_and_nothing_deeper() {
        let deepest = usize::try_from(DEEPEST).unwrap();
        let json = written(&nested(deepest)).unwrap();
        assert!(serde_json::from_str::<Tree>(&json).is_ok());
        assert_eq!(written(&nested(deepest + 1)), Err(Unwritable::TooDeep));
        let json = serde_json::to_string(&nested(deepest + 1)).unwrap();
        assert!(serde_json::from_str::<Tree>(&json).is_err());
    }

    #[test]
    fn what_is_refused_leaves_what_was_there() {
        let mut out = b"before".to_vec();
        assert!(write(&measured(f64::NAN, None), &mut out).is_err());
        assert!(write(&BTreeMap::from([((1, 2), 3)]), &mut out).is_err());
        assert_eq!(out, b"before");
    }

    fn trees() -> impl Strategy<Value = Tree> {
        let leaf = prop_oneof![
            Just(Tree::Leaf),
            (any::<f64>(), any::<Option<f32>>())
                .prop_map(|(value, small)| Tree::Measured { value, small }),
        ];
        leaf.prop_recursive(8, 64, 4, |below| {
            prop_oneof![
                below.clone().prop_map(|below| Tree::Below(Box::new(below))),
                (
                    prop::collection::vec(below.clone(), 0..4),
                    prop::collection::btree_map(".{0,8}", below, 0..4)
                )
                    .prop_map(|(list, map)| Tree::Beside(list, map)),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_the_same(tree in trees()) {
            if let Ok(json) = written(&tree) {
                prop_assert_eq!(serde_json::from_str::<Tree>(&json).unwrap(), tree);
            }
        }

        #[test]
        fn every_finite_float_is_read_as_itself(value in any::<f64>(), small in any::<f32>()) {
            let given = measured(value, Some(small));
            match written(&given) {
                Ok(json) => prop_assert_eq!(serde_json::from_str::<Tree>(&json).unwrap(), given),
                Err(_) => prop_assert!(!(value.is_finite() && small.is_finite())),
            }
        }
    }
}
