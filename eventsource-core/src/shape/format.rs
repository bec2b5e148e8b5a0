//! What a type asks for, as a tree.

/// Among the words of [`Format::Any`]: an object with some field is read, and none was seen.
pub(crate) const UNSEEN_OBJECT: &str = "unseen object";

/// Among the words of [`Format::Any`]: a list of some length is read, and none was seen.
pub(crate) const UNSEEN_LIST: &str = "unseen list";

/// What is read at one place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Format {
    /// Not seen yet, such as the elements of a list within its own type.
    #[default]
    Unseen,
    /// A word for a type that has no parts: `u64`, `bool`, `null`.
    Plain(String),
    /// A text. `Some`: not any text is read, but one like this is.
    Text(Option<String>),
    /// A type that takes what comes; the words are those for what it was seen to take.
    Any(Vec<String>),
    /// A format that no sample fits.
    Opaque(String),
    /// Present, or null.
    Optional(Box<Self>),
    List(Box<Self>),
    Map(Box<Self>, Box<Self>),
    Tuple(Vec<Self>),
    /// A named type, by the key of its description: only while it is traced.
    Named(String),
    /// The type's Rust name, and its fields.
    Struct(String, Vec<Field>, Unknown),
    /// The type's Rust name, and its variants.
    Enum(String, Vec<(String, Content)>),
    /// The same, where the variant's name stands in one field, and its content in another.
    Tagged(String, Tags, Vec<(String, Content)>),
    /// The type of this Rust name, within itself.
    Again(String),
}

/// What a struct does with a field that it does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Unknown {
    #[default]
    PassedOver,
    Refused,
}

/// The fields of an enum whose variants are told apart by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tags {
    /// The field that has the variant's name.
    pub(crate) tag: String,
    /// The field that has its content.
    pub(crate) content: String,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) format: Format,
    /// Whether a payload without it is refused.
    pub(crate) required: bool,
    /// Other names that it is read under.
    pub(crate) aliases: Vec<String>,
}

/// The content of a struct or of a variant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Content {
    #[default]
    Unseen,
    Unit,
    Newtype(Format),
    Tuple(Vec<Format>),
    Fields(Vec<Field>),
}

impl Format {
    pub(crate) fn plain(word: &str) -> Self {
        Self::Plain(word.to_owned())
    }

    /// Takes over what is known better: a later pass may see what an earlier one did not.
    pub(super) fn learn(&mut self, other: Self) {
        match (self, other) {
            (_, Self::Unseen) => {}
            (Self::Optional(mine), Self::Optional(other))
            | (Self::List(mine), Self::List(other)) => mine.learn(*other),
            (Self::Map(key, value), Self::Map(other_key, other_value)) => {
                key.learn(*other_key);
                value.learn(*other_value);
            }
            (Self::Tuple(mine), Self::Tuple(other)) if mine.len() == other.len() => {
                learn_all(mine, other);
            }
            (mine, other) => *mine = other,
        }
    }
}

fn learn_all(mine: &mut [Format], other: Vec<Format>) {
    for (mine, other) in mine.iter_mut().zip(other) {
        mine.learn(other);
    }
}

impl Content {
    pub(super) fn learn(&mut self, other: Self) {
        match (self, other) {
            (_, Self::Unseen) => {}
            (Self::Newtype(mine), Self::Newtype(other)) => mine.learn(other),
            (Self::Tuple(mine), Self::Tuple(other)) if mine.len() == other.len() => {
                learn_all(mine, other);
            }
            (Self::Fields(mine), Self::Fields(other)) => {
                for field in other {
                    match mine.iter_mut().find(|known| known.name == field.name) {
                        Some(known) => known.format.learn(field.format),
                        None => mine.push(field),
                    }
                }
            }
            (mine, other) => *mine = other,
        }
    }
}

/// A struct or an enum, while it is traced.
#[derive(Debug, Clone)]
pub(super) enum Named {
    Struct(&'static str, Content),
    Enum(&'static str, Vec<(&'static str, Content)>),
}
