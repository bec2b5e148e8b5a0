//! The shape of a serde type, nested types and all, found by letting it deserialize itself from samples.
//!
//! A type tells a deserializer what it asks for: a struct its name and fields, an enum its variants, a field its type. The tracer answers
//! each request with a sample and writes down what was asked for, over as many passes as there are variants to see and samples to try
//! (a UUID does not read from an empty text). What no sample fits is written down as opaque.

mod access;
mod format;
mod samples;
mod tracer;

use serde::de::DeserializeOwned;

use tracer::{Traced, Tracer};

/// As many passes as a type is given. A type with more variants and samples to try is described as far as these reach.
const PASSES: usize = 512;

/// What `T` reads, in words: its own format, then each named type once, sorted.
pub(crate) fn shape_of<T: DeserializeOwned>() -> String {
    let mut traced = Traced::default();
    for _ in 0..PASSES {
        let result = Tracer::new(&mut traced).pass::<T>();
        if !traced.goes_on(result.is_ok()) {
            break;
        }
    }
    traced.describe()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::num::NonZeroU8;

    use serde::{Deserialize, Serialize};
    use uuid::Uuid;

    use super::shape_of;
    use crate::Timestamp;

    #[derive(Serialize, Deserialize)]
    #[allow(dead_code)]
    struct Account {
        id: Uuid,
        opened: Timestamp,
        #[serde(alias = "proprietor", rename = "holder")]
        owner: Owner,
        kinds: Vec<Kind>,
        limits: BTreeMap<String, NonZeroU8>,
        parent: Option<Box<Self>>,
    }

    #[derive(Serialize, Deserialize)]
    struct Owner(String);

    #[derive(Serialize, Deserialize)]
    #[allow(dead_code)]
    enum Kind {
        Private,
        Shared(u8, bool),
        Business { register: Register },
    }

    #[derive(Serialize, Deserialize)]
    #[allow(dead_code)]
    struct Register {
        number: u64,
    }

    #[test]
    fn nested_types_are_seen_however_deep_they_stand() {
        let shape = shape_of::<Account>();
        for line in [
            "struct Account { id: text, opened: text, holder: Owner, kinds: [Kind], limits: {text: u8}, parent: Account? }",
            "struct Owner(text)",
            "enum Kind { Private, Shared(u8, bool), Business { register: Register } }",
            "struct Register { number: u64 }",
        ] {
            assert!(shape.lines().any(|it| it == line), "{line}\n---\n{shape}");
        }
    }

    mod changed {
        use super::*;

        #[derive(Serialize, Deserialize)]
        #[allow(dead_code)]
        pub struct Account {
            pub kinds: Vec<Kind>,
        }

        #[derive(Serialize, Deserialize)]
        #[allow(dead_code)]
        pub enum Kind {
            Business { register: Register },
        }

        #[derive(Serialize, Deserialize)]
        #[allow(dead_code)]
        pub struct Register {
            #[serde(default)]
            pub no: u64,
        }
    }

    mod original {
        use super::*;

        #[derive(Serialize, Deserialize)]
        #[allow(dead_code)]
        pub struct Account {
            pub kinds: Vec<Kind>,
        }

        #[derive(Serialize, Deserialize)]
        #[allow(dead_code)]
        pub enum Kind {
            Business { register: Register },
        }
    }

    #[test]
    fn a_change_three_types_down_changes_the_shape() {
        assert_ne!(
            shape_of::<original::Account>(),
            shape_of::<changed::Account>()
        );
        assert_eq!(
            shape_of::<original::Account>(),
            shape_of::<original::Account>()
        );
    }

    #[derive(Serialize, Deserialize, Clone)]
    #[serde(try_from = "String", into = "String")]
    struct Picky;

    impl TryFrom<String> for Picky {
        type Error = &'static str;

        fn try_from(text: String) -> Result<Self, Self::Error> {
            if text == "exactly this" {
                Ok(Self)
            } else {
                Err("not this")
            }
        }
    }

    impl From<Picky> for String {
        fn from(_: Picky) -> Self {
            "exactly this".into()
        }
    }

    #[derive(Serialize, Deserialize)]
    #[allow(dead_code)]
    struct Holder {
        picky: Picky,
        after: u8,
        nested: Register,
    }

    #[test]
    fn what_no_sample_fits_is_opaque_and_hides_nothing_behind_it() {
        let shape = shape_of::<Holder>();
        assert!(
            shape.contains("picky: opaque text, after: u8, nested: Register"),
            "{shape}"
        );
        assert!(shape.contains("struct Register { number: u64 }"), "{shape}");
    }

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    #[allow(dead_code)]
    enum Either {
        Number(u8),
        Text(String),
    }

    #[test]
    fn what_describes_itself_is_said_to_be_anything() {
        assert_eq!(shape_of::<serde_json::Value>(), "anything");
        assert_eq!(shape_of::<Vec<Either>>(), "[anything]");
        assert_eq!(shape_of::<u64>(), "u64");
    }
}
