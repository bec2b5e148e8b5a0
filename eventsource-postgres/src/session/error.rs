//! What a statement came to, in the words of the driver that was asked.

use tokio_postgres::error::SqlState;

/// Why a statement was not carried out.
#[derive(Debug)]
pub(crate) enum Error {
    Tokio(tokio_postgres::Error),
    #[cfg(feature = "sqlx")]
    Sqlx(sqlx::Error),
}

impl Error {
    /// What the server said; `None` where it said nothing.
    pub(crate) fn code(&self) -> Option<SqlState> {
        match self {
            Self::Tokio(error) => error.code().cloned(),
            #[cfg(feature = "sqlx")]
            Self::Sqlx(error) => {
                let code = error.as_database_error()?.code()?;
                Some(SqlState::from_code(&code))
            }
        }
    }

    /// The constraint that the server says was broken.
    pub(crate) fn constraint(&self) -> Option<&str> {
        match self {
            Self::Tokio(error) => error.as_db_error()?.constraint(),
            #[cfg(feature = "sqlx")]
            Self::Sqlx(error) => error.as_database_error()?.constraint(),
        }
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Tokio(error)
    }
}

#[cfg(feature = "sqlx")]
impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Sqlx(error)
    }
}
