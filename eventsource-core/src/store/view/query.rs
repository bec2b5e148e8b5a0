//! What is asked of a read model.

use super::Value;

/// A condition on one column.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Filter {
    /// The column's name.
    pub column: String,
    /// The value that it must equal; null matches null.
    pub equals: Value,
}

impl Filter {
    /// Rows whose column has this value.
    pub fn equals(column: impl Into<String>, value: Value) -> Self {
        Self {
            column: column.into(),
            equals: value,
        }
    }
}

/// The order of the answered rows: by a column, and by the key among rows of the same value. Nulls come before all values; backwards, behind
/// them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Order {
    /// The column's name.
    pub column: String,
    /// Greatest first, and greatest key first.
    pub descending: bool,
}

impl Order {
    /// By this column, least first.
    pub fn by(column: impl Into<String>) -> Self {
        Self {
            column: column.into(),
            descending: false,
        }
    }

    /// Greatest first.
    #[must_use]
    pub fn descending(mut self) -> Self {
        self.descending = true;
        self
    }
}

/// Which rows are wanted. They come in the order of their keys, where no other is asked for.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Query {
    /// Conditions that must all hold.
    pub filters: Vec<Filter>,
    /// Another order than that of the keys.
    pub order: Option<Order>,
    /// At most so many rows.
    pub limit: Option<usize>,
    /// Only rows behind the one of this key: the next page.
    pub after_key: Option<Value>,
    /// Where another order is asked for: what the row of `after_key` has in that column.
    pub after_value: Option<Value>,
}
