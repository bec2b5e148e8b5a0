//! Types within events: variants, nested structs, ids, what may be absent, and numbers.

use eventsource_core::testing::decode;

use crate::{of, passes, refused};

mod released {
    use eventsource_core::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "ordered")]
    pub struct Ordered {
        pub id: u64,
        pub size: Size,
        pub to: Address,
        pub note: Option<String>,
        pub count: u16,
    }

    #[derive(Serialize, Deserialize)]
    pub enum Size {
        Small,
        Large,
    }

    #[derive(Serialize, Deserialize)]
    pub struct Address {
        pub street: String,
    }
}

/// The event as it was, but for one part.
macro_rules! ordered {
    ($($event:literal,)? $id:ty, $(#[$size_attribute:meta])* $size:ty, $to:ty, $(#[$note_attribute:meta])* $note:ty, $count:ty) => {
        ordered! { version 1, $id, $(#[$size_attribute])* $size, $to, $(#[$note_attribute])* $note, $count }
    };
    (version $version:literal, $(#[$id_attribute:meta])* $id:ty, $(#[$size_attribute:meta])* $size:ty, $(#[$to_attribute:meta])* $to:ty, $(#[$note_attribute:meta])* $note:ty, $count:ty) => {
        #[derive(eventsource_core::Event, serde::Serialize, serde::Deserialize)]
        #[event(name = "ordered", version = $version)]
        pub struct Ordered {
            $(#[$id_attribute])*
            pub id: $id,
            $(#[$size_attribute])*
            pub size: $size,
            $(#[$to_attribute])*
            pub to: $to,
            $(#[$note_attribute])*
            pub note: $note,
            pub count: $count,
        }
    };
}

const STORED: &str = r#"{"id":7,"size":"Large","to":{"street":"s"},"note":null,"count":1}"#;

mod variant_added {
    use super::released::Address;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize)]
    pub enum Size {
        Small,
        Medium,
        Large,
    }
    ordered! { version 1, u64, Size, Address, Option<String>, u16 }
}

#[test]
fn add_a_variant() {
    passes(&of::<released::Ordered>(), &of::<variant_added::Ordered>());
}

mod variant_removed {
    use super::released::Address;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize)]
    pub enum Size {
        Small,
    }
    pub mod at_first {
        use super::{Address, Size};
        ordered! { version 1, u64, Size, Address, Option<String>, u16 }
    }
    ordered! { version 2, u64, #[event(was(type = super::released::Size, until = 1, with = only_small))] Size, Address, Option<String>, u16 }

    fn only_small(_: super::released::Size) -> Size {
        Size::Small
    }
}

#[test]
fn remove_a_variant() {
    refused(
        &of::<released::Ordered>(),
        &of::<variant_removed::at_first::Ordered>(),
        &["needs a version: ordered version 1, `size`: the variant `Large` is no longer read"],
    );
    passes(
        &of::<released::Ordered>(),
        &of::<variant_removed::Ordered>(),
    );
    assert!(decode::<variant_removed::Ordered>("ordered", 1, STORED).is_ok());
}

mod variant_renamed {
    use super::released::Address;
    use serde::{Deserialize, Serialize};

    pub mod at_first {
        use super::{Address, Deserialize, Serialize};

        #[derive(Serialize, Deserialize)]
        pub enum Size {
            Small,
            Big,
        }
        ordered! { version 1, u64, Size, Address, Option<String>, u16 }
    }

    #[derive(Serialize, Deserialize, Debug, PartialEq)]
    pub enum Size {
        Small,
        #[serde(alias = "Large")]
        Big,
    }
    ordered! { version 1, u64, Size, Address, Option<String>, u16 }
}

#[test]
fn rename_a_variant() {
    refused(
        &of::<released::Ordered>(),
        &of::<variant_renamed::at_first::Ordered>(),
        &[
            "needs a version: ordered version 1, `size`: the variant `Large` is now `Big`",
            "#[serde(alias = \"Large\")]  on `Big`, where the version stays as it is",
        ],
    );
    passes(
        &of::<released::Ordered>(),
        &of::<variant_renamed::Ordered>(),
    );
    let ordered: variant_renamed::Ordered = decode("ordered", 1, STORED).unwrap();
    assert_eq!(ordered.size, variant_renamed::Size::Big);
}

mod nested_field_renamed {
    use super::released::Size;
    use serde::{Deserialize, Serialize};

    pub mod at_first {
        use super::{Deserialize, Serialize, Size};

        #[derive(Serialize, Deserialize)]
        pub struct Address {
            pub road: String,
        }
        ordered! { version 1, u64, Size, Address, Option<String>, u16 }
    }

    #[derive(Serialize, Deserialize)]
    pub struct Address {
        #[serde(alias = "street")]
        pub road: String,
    }
    ordered! { version 1, u64, Size, Address, Option<String>, u16 }
}

#[test]
fn rename_a_field_of_a_nested_type() {
    refused(
        &of::<released::Ordered>(),
        &of::<nested_field_renamed::at_first::Ordered>(),
        &[
            "needs a version: ordered version 1, `to`: the field `street` is now `road`",
            "#[serde(alias = \"street\")]  on `road`",
        ],
    );
    passes(
        &of::<released::Ordered>(),
        &of::<nested_field_renamed::Ordered>(),
    );
}

mod nested_type_changed {
    use super::released::{self, Size};
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize, Debug, PartialEq)]
    pub struct Address {
        pub lines: Vec<String>,
    }

    impl From<released::Address> for Address {
        fn from(old: released::Address) -> Self {
            Self {
                lines: vec![old.street],
            }
        }
    }
    ordered! { version 2, u64, Size, #[event(was(type = released::Address, until = 1))] Address, Option<String>, u16 }
}

#[test]
fn change_a_nested_type() {
    passes(
        &of::<released::Ordered>(),
        &of::<nested_type_changed::Ordered>(),
    );
    let ordered: nested_type_changed::Ordered = decode("ordered", 1, STORED).unwrap();
    assert_eq!(ordered.to.lines, ["s"]);
}

mod id_changed {
    use super::released::{Address, Size};

    pub mod at_first {
        use super::{Address, Size};
        ordered! { version 1, String, Size, Address, Option<String>, u16 }
    }
    ordered! { version 2, #[event(was(type = u64, until = 1, with = in_words))] String, Size, Address, Option<String>, u16 }

    fn in_words(id: u64) -> String {
        format!("o-{id}")
    }
}

#[test]
fn change_the_type_of_an_id() {
    refused(
        &of::<released::Ordered>(),
        &of::<id_changed::at_first::Ordered>(),
        &[
            "needs a version: ordered version 1, `id`: it was u64 and is now text",
            "#[event(was(type = u64, until = 1, with = convert))]  on its field `id`",
        ],
    );
    passes(&of::<released::Ordered>(), &of::<id_changed::Ordered>());
    let ordered: id_changed::Ordered = decode("ordered", 1, STORED).unwrap();
    assert_eq!(ordered.id, "o-7");
}

mod option_dropped {
    use super::released::{Address, Size};

    pub mod at_first {
        use super::{Address, Size};
        ordered! { version 1, u64, Size, Address, String, u16 }
    }
    ordered! { version 2, u64, Size, Address, #[event(was(type = Option<String>, until = 1, with = Option::unwrap_or_default))] String, u16 }
}

#[test]
fn require_what_could_be_absent() {
    refused(
        &of::<released::Ordered>(),
        &of::<option_dropped::at_first::Ordered>(),
        &["ordered version 1, `note`: it could be absent or null, and must now be there"],
    );
    passes(&of::<released::Ordered>(), &of::<option_dropped::Ordered>());
    let ordered: option_dropped::Ordered = decode("ordered", 1, STORED).unwrap();
    assert_eq!(ordered.note, "");
}

mod wider {
    use super::released::{Address, Size};
    ordered! { version 1, u64, Size, Address, Option<String>, u64 }
}

#[test]
fn widen_a_number() {
    passes(&of::<released::Ordered>(), &of::<wider::Ordered>());
    refused(
        &of::<wider::Ordered>(),
        &of::<released::Ordered>(),
        &["ordered version 1, `count`: it was u64 and is now u16"],
    );
}
