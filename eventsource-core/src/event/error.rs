//! Why a stored event cannot be read. No payload is ever part of it.

use std::error::Error;
use std::fmt;

use super::EventType;

/// Why an upcast could not read an older payload, in the user's own words.
///
/// Anything that is an error, or a text, becomes one by `?` or `.into()`.
#[derive(Debug)]
pub struct UpcastError(Box<dyn Error + Send + Sync>);

impl UpcastError {
    /// With this message. It reaches errors and logs, so it should not hold a payload.
    pub fn new(message: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(message.into())
    }

    pub(crate) fn into_source(self) -> Box<dyn Error + Send + Sync> {
        self.0
    }
}

impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for UpcastError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Display for UpcastError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A stored event that cannot be read: its name, schema version and field, and why. It never holds a payload.
#[derive(Debug)]
pub struct DecodeError(Box<Parts>);

#[derive(Debug)]
struct Parts {
    name: String,
    schema_version: u16,
    field: Option<String>,
    kind: DecodeErrorKind,
}

#[derive(Debug)]
pub(crate) enum DecodeErrorKind {
    /// The version was never declared; the current one is given.
    Version { current: u16 },
    /// Nobody here reads an event of this name.
    Name,
    /// It was asked for as an event of these other names.
    Foreign { names: String },
    /// It was asked for, and is declared to be read as nothing.
    Dropped,
    /// The payload is not what the version was declared to be.
    Payload { category: &'static str },
    /// The user's own conversion refused.
    Upcast(Box<dyn Error + Send + Sync>),
    /// The user's own code panicked.
    Panicked,
}

impl DecodeError {
    pub(crate) fn new(
        name: &str,
        schema_version: u16,
        field: Option<String>,
        kind: DecodeErrorKind,
    ) -> Self {
        Self(Box::new(Parts {
            name: name.to_owned(),
            schema_version,
            field,
            kind,
        }))
    }

    /// Whether a newer program may be able to read it: its version is above the one that is declared here.
    pub(crate) fn is_of_a_newer_version(&self) -> bool {
        matches!(self.0.kind, DecodeErrorKind::Version { current } if self.0.schema_version > current)
    }

    /// For a reader that lists no event of this name.
    #[must_use]
    pub fn unknown(name: &str, schema_version: u16) -> Self {
        Self::new(name, schema_version, None, DecodeErrorKind::Name)
    }

    /// For a single event that was asked for as one of these types.
    pub(crate) fn foreign(name: &str, schema_version: u16, types: &[EventType]) -> Self {
        let names: Vec<_> = types.iter().flat_map(EventType::names).collect();
        let names = names.join(", ");
        Self::new(
            name,
            schema_version,
            None,
            DecodeErrorKind::Foreign { names },
        )
    }

    /// For a single event that was asked for and is read as nothing.
    pub(crate) fn dropped(name: &str, schema_version: u16) -> Self {
        Self::new(name, schema_version, None, DecodeErrorKind::Dropped)
    }

    /// The stored type name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The schema version that it was stored with.
    #[must_use]
    pub fn schema_version(&self) -> u16 {
        self.0.schema_version
    }

    /// The field that could not be read, as a path (`lines[2].price`), where it is known.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts {
            name,
            schema_version,
            field,
            kind,
        } = &*self.0;
        write!(f, "event {name} version {schema_version}")?;
        if let Some(field) = field {
            write!(f, ", field {field}")?;
        }
        match kind {
            DecodeErrorKind::Version { current } => write!(
                f,
                ": versions 1 to {current} are declared; a newer program may have written it, else raise its `version`"
            ),
            DecodeErrorKind::Name => f.write_str(
                ": it is not listed here; add it to `events(…)`, `retired(…)` or `ignore(…)`",
            ),
            DecodeErrorKind::Foreign { names } => {
                write!(
                    f,
                    ": it is not of this type, whose stored names are {names}"
                )
            }
            DecodeErrorKind::Dropped => {
                f.write_str(": it is declared `retired(drop)`, so it is read as nothing")
            }
            DecodeErrorKind::Payload { category } => write!(f, ": {category}"),
            DecodeErrorKind::Upcast(error) => write!(f, ": {error}"),
            DecodeErrorKind::Panicked => f.write_str(
                ": a conversion or an upcast of it panics; return an error from it instead",
            ),
        }
    }
}

impl Error for DecodeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.0.kind {
            DecodeErrorKind::Upcast(error) => Some(&**error),
            _ => None,
        }
    }
}
