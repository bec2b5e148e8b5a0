//! Reading: short reads at the call site, long ones on threads that may block.
//!
//! A read of a few rows takes some 20 µs out of the page cache, about as long as it takes to hand it to another thread and to be woken for
//! the answer; so it is done at once, on the task that asks. What is longer, has to open a connection or finds the database locked moves on
//! to tokio's blocking threads, and goes on there from where it was.

pub(crate) mod log;
mod row;
pub(crate) mod stream;

use std::sync::Arc;

use eventsource_core::store::{StoreError, StoreErrorKind};
use rusqlite::Connection;

use crate::database::Database;
use crate::error::Place;
use crate::readers::{Readers, blocking};
use crate::schema;
use crate::writer::lent::Lent;

/// Rows that are read at the call site before the rest moves to a blocking thread.
pub(crate) const INLINE_ROWS: usize = 64;

/// Rows that are read in one go on a blocking thread. Between two goes the writer may have the connection in memory, and reset the WAL file.
const ROWS_AT_A_TIME: usize = 4_096;

/// Whether there is more to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    More,
    Done,
}

/// A read in goes. It knows where it is: a go may be on another connection than the one before, and one that fails before a row was shown
/// may be tried again.
pub(crate) trait Scan: Send + 'static {
    /// Reads at most `rows` more rows.
    fn go(
        &mut self,
        place: &Place,
        connection: &Connection,
        rows: usize,
    ) -> Result<Progress, StoreError>;
}

/// A read of one go, whatever its length.
pub(crate) struct Once<F, T> {
    read: F,
    pub(crate) answer: Option<T>,
}

impl<F, T> Once<F, T> {
    pub(crate) fn new(read: F) -> Self {
        Self { read, answer: None }
    }
}

impl<F, T> Scan for Once<F, T>
where
    F: FnMut(&Place, &Connection) -> Result<T, StoreError> + Send + 'static,
    T: Send + 'static,
{
    fn go(
        &mut self,
        place: &Place,
        connection: &Connection,
        _: usize,
    ) -> Result<Progress, StoreError> {
        self.answer = Some((self.read)(place, connection)?);
        Ok(Progress::Done)
    }
}

/// The ways to a connection that can read.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    database: Database,
    lent: Arc<Lent>,
    readers: Arc<Readers>,
}

impl Reading {
    pub(crate) fn new(database: Database, lent: Arc<Lent>, readers: Arc<Readers>) -> Self {
        Self {
            database,
            lent,
            readers,
        }
    }

    /// Does the whole read: its first `inline` rows here, if there are any to be, and the rest on a blocking thread.
    pub(crate) async fn scan<S: Scan>(&self, mut scan: S, inline: usize) -> Result<S, StoreError> {
        if inline > 0 && self.here(&mut scan, inline)? == Progress::Done {
            return Ok(scan);
        }
        let place = self.database.place();
        if self.database.in_memory() {
            let reading = self.clone();
            return blocking(place, move || {
                while reading.in_memory(&mut scan, ROWS_AT_A_TIME)? == Progress::More {}
                Ok(scan)
            })
            .await;
        }
        let turn = self.readers.turn().await?;
        let database = self.database.clone();
        blocking(place, move || {
            let reader = turn.reader()?;
            while let Some(connection) = reader.connection()
                && scan.go(database.place(), connection, ROWS_AT_A_TIME)? == Progress::More
            {
            }
            Ok(scan)
        })
        .await
    }

    /// A short read with one answer.
    pub(crate) async fn once<F, T>(&self, read: F) -> Result<T, StoreError>
    where
        F: FnMut(&Place, &Connection) -> Result<T, StoreError> + Send + 'static,
        T: Send + 'static,
    {
        self.answer(read, 1).await
    }

    /// A read with one answer that may take long.
    pub(crate) async fn once_blocking<F, T>(&self, read: F) -> Result<T, StoreError>
    where
        F: FnMut(&Place, &Connection) -> Result<T, StoreError> + Send + 'static,
        T: Send + 'static,
    {
        self.answer(read, 0).await
    }

    async fn answer<F, T>(&self, read: F, inline: usize) -> Result<T, StoreError>
    where
        F: FnMut(&Place, &Connection) -> Result<T, StoreError> + Send + 'static,
        T: Send + 'static,
    {
        let done = self.scan(Once::new(read), inline).await?;
        done.answer.ok_or_else(|| self.database.place().closed())
    }

    /// A go on whatever connection is idle. `More` also when there is none, or when the database is busy.
    fn here<S: Scan>(&self, scan: &mut S, rows: usize) -> Result<Progress, StoreError> {
        let place = self.database.place();
        if let Some(lent) = self.lent.borrow()
            && let Some(connection) = lent.connection()
        {
            return scan.go(place, connection, rows);
        }
        if self.database.in_memory() {
            return self.in_memory(scan, rows);
        }
        let Some(reader) = self.readers.idle() else {
            return Ok(Progress::More);
        };
        let Some(connection) = reader.connection() else {
            return Ok(Progress::More);
        };
        match scan.go(place, connection, rows) {
            Err(error) if error.kind() == StoreErrorKind::Busy => Ok(Progress::More),
            done => done,
        }
    }

    fn in_memory<S: Scan>(&self, scan: &mut S, rows: usize) -> Result<Progress, StoreError> {
        match self.lent.wait() {
            Some(lent) => match lent.connection() {
                Some(connection) => scan.go(self.database.place(), connection, rows),
                None => Err(self.database.place().closed()),
            },
            None => Err(schema::unprepared(&self.database)),
        }
    }
}
