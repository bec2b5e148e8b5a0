//! What a type asks for.

use std::fmt;

/// What was asked for at one place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Format {
    /// Not seen yet, such as the elements of a list within its own type.
    #[default]
    Unseen,
    /// A word for a type that has no parts.
    Plain(&'static str),
    /// A format that no sample fits.
    Opaque(&'static str),
    /// A struct or an enum, by the key of its description.
    Named(String),
    Optional(Box<Self>),
    List(Box<Self>),
    Map(Box<Self>, Box<Self>),
    Tuple(Vec<Self>),
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unseen => f.write_str("unseen"),
            Self::Plain(word) => f.write_str(word),
            Self::Opaque(word) => write!(f, "opaque {word}"),
            Self::Named(name) => f.write_str(name),
            Self::Optional(inner) => write!(f, "{inner}?"),
            Self::List(inner) => write!(f, "[{inner}]"),
            Self::Map(key, value) => write!(f, "{{{key}: {value}}}"),
            Self::Tuple(parts) => {
                f.write_str("(")?;
                list(f, parts)?;
                f.write_str(")")
            }
        }
    }
}

impl Format {
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
                for (mine, other) in mine.iter_mut().zip(other) {
                    mine.learn(other);
                }
            }
            (mine, other) => *mine = other,
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, parts: &[Format]) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{part}")?;
    }
    Ok(())
}

/// The content of a struct or of a variant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Content {
    #[default]
    Unseen,
    Unit,
    Tuple(Vec<Format>),
    Fields(Vec<(&'static str, Format)>),
}

impl Content {
    pub(super) fn learn(&mut self, other: Self) {
        match (self, other) {
            (_, Self::Unseen) => {}
            (Self::Tuple(mine), Self::Tuple(other)) if mine.len() == other.len() => {
                for (mine, other) in mine.iter_mut().zip(other) {
                    mine.learn(other);
                }
            }
            (Self::Fields(mine), Self::Fields(other)) => {
                // A name that is no longer asked about has turned out to be an alias.
                mine.retain(|(name, _)| other.iter().any(|(known, _)| known == name));
                for (name, format) in other {
                    match mine.iter_mut().find(|(known, _)| *known == name) {
                        Some((_, known)) => known.learn(format),
                        None => mine.push((name, format)),
                    }
                }
            }
            (mine, other) => *mine = other,
        }
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unseen => f.write_str(" unseen"),
            Self::Unit => Ok(()),
            Self::Tuple(parts) => {
                f.write_str("(")?;
                list(f, parts)?;
                f.write_str(")")
            }
            Self::Fields(fields) => {
                f.write_str(" { ")?;
                for (at, (name, format)) in fields.iter().enumerate() {
                    if at > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{name}: {format}")?;
                }
                f.write_str(" }")
            }
        }
    }
}

/// A struct or an enum.
#[derive(Debug, Clone)]
pub(super) enum Named {
    Struct(&'static str, Content),
    /// The variants, and which are to be seen next.
    Enum(&'static str, Vec<(&'static str, Content)>),
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Struct(name, content) => write!(f, "struct {name}{content}"),
            Self::Enum(name, variants) => {
                write!(f, "enum {name} {{ ")?;
                for (at, (variant, content)) in variants.iter().enumerate() {
                    if at > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{variant}{content}")?;
                }
                f.write_str(" }")
            }
        }
    }
}
