//! What stored names and ids may be.

use std::fmt;

/// The longest stored name, in bytes.
pub const MAX_NAME_BYTES: usize = 200;
/// The longest aggregate id, in bytes.
pub const MAX_ID_BYTES: usize = 512;

/// A name or an id that the log cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameError {
    /// Nothing was given.
    Empty {
        /// What it should have named: `"an event name"`, `"an aggregate id"`, …
        what: &'static str,
    },
    /// It is longer than the log keeps.
    TooLong {
        /// What it names.
        what: &'static str,
        /// Its length in bytes.
        bytes: usize,
        /// The longest length in bytes.
        limit: usize,
    },
    /// A character that may not stand in it.
    Character {
        /// What it names.
        what: &'static str,
        /// The character.
        character: char,
        /// Its place, in bytes from the start.
        at: usize,
        /// What may stand there.
        allowed: &'static str,
    },
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty { what } => write!(f, "{what} is empty: give it at least one character"),
            Self::TooLong { what, bytes, limit } => {
                write!(f, "{what} is {bytes} bytes long: at most {limit} are kept")
            }
            Self::Character {
                what,
                character,
                at,
                allowed,
            } => {
                write!(f, "{what} has {character:?} at byte {at}: {allowed}")
            }
        }
    }
}

impl std::error::Error for NameError {}

fn check(
    what: &'static str,
    text: &str,
    limit: usize,
    allowed: &'static str,
    may: impl Fn(char) -> bool,
) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty { what });
    }
    if text.len() > limit {
        return Err(NameError::TooLong {
            what,
            bytes: text.len(),
            limit,
        });
    }
    match text.char_indices().find(|(_, character)| !may(*character)) {
        Some((at, character)) => Err(NameError::Character {
            what,
            character,
            at,
            allowed,
        }),
        None => Ok(()),
    }
}

/// Checks the name of an event, an aggregate, a projection or a process manager: 1 to 200 bytes of letters, digits, `_` and `.`.
///
/// # Errors
///
/// What is wrong with it.
pub fn check_name(what: &'static str, name: &str) -> Result<(), NameError> {
    check(
        what,
        name,
        MAX_NAME_BYTES,
        "only letters, digits, `_` and `.` may stand in it",
        |c| c.is_alphanumeric() || c == '_' || c == '.',
    )
}

/// Checks an aggregate's id: 1 to 512 bytes of UTF-8 without NUL.
///
/// # Errors
///
/// What is wrong with it.
pub fn check_id(id: &str) -> Result<(), NameError> {
    check(
        "an aggregate id",
        id,
        MAX_ID_BYTES,
        "an id may hold anything but NUL",
        |c| c != '\0',
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_and_ids_pass() {
        for name in ["account", "account.opened", "order_2", "größe.geändert"] {
            assert_eq!(check_name("an event name", name), Ok(()));
        }
        for id in ["7", "a 'quoted' \"id\"", "💶.💶", "a-b-c", &"x".repeat(512)] {
            assert_eq!(check_id(id), Ok(()));
        }
    }

    #[test]
    fn others_are_refused_in_words() {
        assert!(
            check_name("an event name", "a b")
                .unwrap_err()
                .to_string()
                .contains("' ' at byte 1")
        );
        assert!(check_name("an event name", "a-b").is_err());
        assert!(
            check_name("an event name", &"x".repeat(201))
                .unwrap_err()
                .to_string()
                .contains("201 bytes")
        );
        assert!(check_id("").unwrap_err().to_string().contains("empty"));
        assert!(check_id("a\0").unwrap_err().to_string().contains("NUL"));
        assert!(check_id(&"x".repeat(513)).is_err());
    }
}
