//! Reading: rows are shown to the visitor as they come from the server, so that memory does not grow with the log.
//!
//! A read knows where it is. When its connection is lost it goes on from there on another one.

pub(crate) mod log;
mod row;
pub(crate) mod stream;

use std::future::Future;

use eventsource_core::store::StoreError;

use crate::connect::Database;
use crate::error::{self, Place};
use crate::session::{self, Parameters, Row, Session};

/// Rows that are read by one statement. Where a visitor has seen enough, the rest of them comes all the same, and the connection has to wait for
/// it; and between two statements the server may clean up what the first one's snapshot kept.
const ROWS_AT_A_TIME: usize = 4_096;

/// Why a read did not come to its end.
pub(crate) enum Stop {
    /// The server, or the connection to it.
    Server(session::Error),
    /// What is stored cannot be read.
    Stored(StoreError),
}

impl From<session::Error> for Stop {
    fn from(error: session::Error) -> Self {
        Self::Server(error)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Stored(error)
    }
}

/// A read that knows where it is.
pub(crate) trait Scan: Send {
    /// What it does, for errors.
    const DOING: &'static str;

    /// Reads on to the end, from where it is.
    fn go(
        &mut self,
        place: &Place,
        session: Session<'_>,
    ) -> impl Future<Output = Result<(), Stop>> + Send;
}

/// Reads to the end. Connections of the pool may have been lost without anybody noticing: each is tried, and a new one.
pub(crate) async fn scan<S: Scan>(database: &Database, mut scan: S) -> Result<S, StoreError> {
    let place = database.place();
    let mut stale = database.connections();
    loop {
        let client = database.client().await?;
        match scan.go(place, Session::pooled(&client)).await {
            Ok(()) => return Ok(scan),
            Err(Stop::Server(error)) if error::is_lost(&error) && stale > 0 => stale -= 1,
            Err(Stop::Server(error)) => return Err(place.postgres(S::DOING, &error)),
            Err(Stop::Stored(error)) => return Err(error),
        }
    }
}

/// A query with all its rows.
pub(crate) async fn query(
    database: &Database,
    doing: &str,
    statement: &str,
    parameters: Parameters<'_>,
) -> Result<Vec<Row>, StoreError> {
    let mut stale = database.connections();
    loop {
        let client = database.client().await?;
        match Session::pooled(&client).query(statement, parameters).await {
            Ok(rows) => return Ok(rows),
            Err(error) if error::is_lost(&error) && stale > 0 => stale -= 1,
            Err(error) => return Err(database.place().postgres(doing, &error)),
        }
    }
}
