//! A row keeps the key that it was begun under: under another one it would be written over a stranger's row, and its own would stay as it was.

use super::{Projection, RowError};
use crate::store::{Row, Value};

/// Which of a row's values is its key; none is for a global read model.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeyColumn(Option<usize>);

impl KeyColumn {
    pub(crate) fn of<P: Projection>() -> Self {
        let columns = (P::DESCRIPTOR.columns)();
        Self(columns.iter().position(|column| column.key))
    }

    /// The values of the row that was begun under this key.
    pub(crate) fn row<P: Projection>(self, state: &P, key: &Value) -> Result<Row, RowError> {
        let row = state.to_row()?;
        match self.0.and_then(|at| row.get(at)) {
            Some(value) if value != key => Err(changed::<P>()),
            _ => Ok(row),
        }
    }
}

#[cold]
fn changed<P: Projection>() -> RowError {
    let columns = (P::DESCRIPTOR.columns)();
    let key = columns.into_iter().find(|column| column.key);
    RowError::new(
        key.map(|column| column.name).unwrap_or_default(),
        "it is the key, which the framework fills in, and the fold has given it another value: leave it as it is, or say which row the event belongs to with `key = …` or `key_with = …`",
    )
}
