//! A row, whichever driver has brought it.

use tokio_postgres::types::FromSql;

use super::Error;

/// A row that was read.
pub(crate) struct Row(Brought);

enum Brought {
    Tokio(tokio_postgres::Row),
    #[cfg(feature = "sqlx")]
    Sqlx(sqlx::postgres::PgRow),
}

impl Row {
    /// What stands in this column, counted from 0.
    pub(crate) fn try_get<'r, T: FromSql<'r>>(&'r self, column: usize) -> Result<T, Error> {
        match &self.0 {
            Brought::Tokio(row) => Ok(row.try_get(column)?),
            #[cfg(feature = "sqlx")]
            Brought::Sqlx(row) => Ok(super::of_sqlx::read(row, column)?),
        }
    }
}

impl From<tokio_postgres::Row> for Row {
    fn from(row: tokio_postgres::Row) -> Self {
        Self(Brought::Tokio(row))
    }
}

#[cfg(feature = "sqlx")]
impl From<sqlx::postgres::PgRow> for Row {
    fn from(row: sqlx::postgres::PgRow) -> Self {
        Self(Brought::Sqlx(row))
    }
}
