//! The name of a stream.

use std::fmt;
use std::sync::Arc;

use crate::name::{NameError, check_id, check_name};

/// The name of one aggregate's stream: `category-id`, as in `account-7`.
///
/// The category is the aggregate's name and holds no `-`, so the first `-` ends it, whatever the id holds. Cheap to clone.
///
/// ```
/// use eventsource_core::StreamName;
///
/// let stream = StreamName::new("account", "7-b").unwrap();
/// assert_eq!((stream.category(), stream.id(), stream.as_str()), ("account", "7-b", "account-7-b"));
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamName(Arc<str>);

impl StreamName {
    /// The stream of the aggregate `category` with this id.
    ///
    /// # Errors
    ///
    /// When the category is no name (1 to 200 bytes of letters, digits, `_` and `.`) or the id is empty, longer than 512 bytes, or
    /// has a NUL.
    pub fn new(category: &str, id: &str) -> Result<Self, NameError> {
        check_name("an aggregate name", category)?;
        check_id(id)?;
        Ok(Self([category, "-", id].concat().into()))
    }

    /// The stream of the aggregate `category`, a name that was checked before, with what the id shows.
    pub(crate) fn of(category: &str, id: &impl fmt::Display) -> Result<Self, NameError> {
        use fmt::Write as _;
        let mut name = String::with_capacity(category.len() + 41);
        name.push_str(category);
        name.push('-');
        // Writing to a string fails only where the id's `Display` does: it is then no id.
        let shown = write!(name, "{id}").map(|()| name.get(category.len() + 1..));
        check_id(shown.ok().flatten().unwrap_or_default())?;
        Ok(Self(name.into()))
    }

    /// Reads `category-id`.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new); a text without `-` has an empty id.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let (category, id) = split(text);
        Self::new(category, id)
    }

    /// The aggregate's name.
    #[must_use]
    pub fn category(&self) -> &str {
        split(&self.0).0
    }

    /// The aggregate's id.
    #[must_use]
    pub fn id(&self) -> &str {
        split(&self.0).1
    }

    /// The whole name, `category-id`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `category-id` as its two parts.
pub(crate) fn split(text: &str) -> (&str, &str) {
    text.split_once('-').unwrap_or((text, ""))
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
