//! What was stored in an older version, read on as what it is now: payloads, types and fields.

use std::error::Error;

use serde_json::Value;

use crate::event::error::DecodeErrorKind;
use crate::event::{DecodeError, Stored, UpcastError};

/// The function of `upcast(from = …, with = …)`.
pub type Upcaster = fn(Value) -> Result<Value, UpcastError>;

/// What it answered.
///
/// # Errors
///
/// When it refused.
pub fn upcast(
    stored: &Stored<'_>,
    result: Result<Value, UpcastError>,
) -> Result<Value, DecodeError> {
    result.map_err(|error| refused(stored, None, error.into_source()))
}

/// One step of a typed upcast chain.
///
/// # Errors
///
/// When a `TryFrom` refused.
#[inline]
pub fn step<New>(
    stored: &Stored<'_>,
    result: Result<New, Box<dyn Error + Send + Sync>>,
) -> Result<New, DecodeError> {
    result.map_err(|error| refused(stored, None, error))
}

#[cold]
fn refused(
    stored: &Stored<'_>,
    field: Option<&str>,
    error: Box<dyn Error + Send + Sync>,
) -> DecodeError {
    DecodeError::new(
        stored.name,
        stored.version,
        field.map(str::to_owned),
        DecodeErrorKind::Upcast(error),
    )
}

/// An older typed version, read on as the next: by `From` or `TryFrom`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be upcast to `{New}`",
    label = "no `From<{Self}>` or `TryFrom<{Self}>` for `{New}`",
    note = "write `impl From<{Self}> for {New}`, or `impl TryFrom<{Self}> for {New}` where an old payload may be unreadable"
)]
pub trait UpcastInto<New> {
    /// Converts.
    ///
    /// # Errors
    ///
    /// When the `TryFrom` refuses.
    fn upcast_into(self) -> Result<New, Box<dyn Error + Send + Sync>>;
}

#[diagnostic::do_not_recommend]
impl<Old, New> UpcastInto<New> for Old
where
    New: TryFrom<Old>,
    New::Error: Into<Box<dyn Error + Send + Sync>>,
{
    #[inline]
    fn upcast_into(self) -> Result<New, Box<dyn Error + Send + Sync>> {
        New::try_from(self).map_err(Into::into)
    }
}

/// What a field has in payloads that lack it.
#[diagnostic::on_unimplemented(
    message = "older payloads lack this field, and `{Self}` has no `Default`",
    label = "needs `Default`, or a value",
    note = "write the value, `default = …`, or derive `Default` on `{Self}`"
)]
pub trait Missing: Sized {
    /// The default.
    fn missing() -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Default> Missing for T {
    #[inline]
    fn missing() -> Self {
        T::default()
    }
}

/// What a field has by its older type, in payloads that lack it and may.
#[diagnostic::on_unimplemented(
    message = "`#[serde(default)]` on the struct lets older payloads lack this field, and its older type `{Self}` has no `Default`",
    label = "needs `Default`",
    note = "derive `Default` on `{Self}`, or move `#[serde(default)]` from the struct to those of its fields that payloads may lack"
)]
pub trait MissingThen: Sized {
    /// The default.
    fn missing_then() -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Default> MissingThen for T {
    #[inline]
    fn missing_then() -> Self {
        T::default()
    }
}

/// What the function of `was(…, with = f)` gives.
#[diagnostic::on_unimplemented(
    message = "the function gives `{Self}`, the field is `{New}`",
    label = "must give `{New}`",
    note = "`with` takes a function to `{New}`; for one that may fail, to `Result<{New}, _>`, write `try_with`"
)]
pub trait Becomes<New> {
    /// Itself.
    fn becomes(self) -> New;
}

#[diagnostic::do_not_recommend]
impl<New> Becomes<New> for New {
    #[inline]
    fn becomes(self) -> New {
        self
    }
}

/// What the function of `was(…, try_with = f)` gives.
#[diagnostic::on_unimplemented(
    message = "the function gives `{Self}`, not a `Result<{New}, _>`",
    label = "must give `Result<{New}, _>`",
    note = "`try_with` takes a function that may fail, with an error that has a text; for one to `{New}` itself write `with`"
)]
pub trait TryBecomes<New> {
    /// Itself, or an error that names the stored event and the field.
    ///
    /// # Errors
    ///
    /// When the function refused.
    fn becomes(self, stored: &Stored<'_>, field: &str) -> Result<New, DecodeError>;
}

#[diagnostic::do_not_recommend]
impl<New, E: Into<Box<dyn Error + Send + Sync>>> TryBecomes<New> for Result<New, E> {
    #[inline]
    fn becomes(self, stored: &Stored<'_>, field: &str) -> Result<New, DecodeError> {
        self.map_err(|error| refused(stored, Some(field), error.into()))
    }
}

/// A field's older type, read on as its type now: by `From`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not become `{New}` by itself",
    label = "no `From<{Self}>` for `{New}`",
    note = "add `with = f` (`fn({Self}) -> {New}`) or `try_with = f` (`fn({Self}) -> Result<{New}, _>`) to this `was(…)`, or write `impl From<{Self}> for {New}`"
)]
pub trait FieldInto<New> {
    /// Converts.
    fn field_into(self) -> New;
}

#[diagnostic::do_not_recommend]
impl<Old, New: From<Old>> FieldInto<New> for Old {
    #[inline]
    fn field_into(self) -> New {
        New::from(self)
    }
}

/// An expression that an attribute holds. What is no whole expression is an error of this macro, at the expression.
#[doc(hidden)]
#[macro_export]
macro_rules! __expression {
    ($expression:expr) => {
        $expression
    };
}
