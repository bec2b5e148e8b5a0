//! The pool of connections that only read.

use std::sync::{Arc, Mutex, PoisonError};

use eventsource_core::store::{StoreError, StoreErrorKind};
use rusqlite::Connection;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::database::Database;
use crate::error::Place;
use crate::schema;

/// Connections that only read, opened when they are needed.
#[derive(Debug)]
pub(crate) struct Readers {
    database: Database,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(crate) fn new(database: Database, limit: usize) -> Self {
        Self {
            database,
            permits: Arc::new(Semaphore::new(limit.min(Semaphore::MAX_PERMITS))),
            idle: Mutex::new(Vec::new()),
        }
    }

    /// A connection that is open and idle, if there is one.
    pub(crate) fn idle(self: &Arc<Self>) -> Option<Reader> {
        let permit = Arc::clone(&self.permits).try_acquire_owned().ok()?;
        let connection = self.pop()?;
        Some(Reader {
            connection: Some(connection),
            readers: Arc::clone(self),
            _permit: permit,
        })
    }

    /// The right to a connection, as soon as there is one.
    pub(crate) async fn turn(self: &Arc<Self>) -> Result<Turn, StoreError> {
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| self.database.place().closed())?;
        Ok(Turn {
            readers: Arc::clone(self),
            permit,
        })
    }

    /// Lets go of the idle connections, and of the others when they come back.
    pub(crate) fn close(&self) {
        self.permits.close();
        self.lock().clear();
    }

    fn pop(&self) -> Option<Connection> {
        self.lock().pop()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to one connection.
pub(crate) struct Turn {
    readers: Arc<Readers>,
    permit: OwnedSemaphorePermit,
}

impl Turn {
    /// Takes an idle connection, or opens one: for threads that may block.
    pub(crate) fn reader(self) -> Result<Reader, StoreError> {
        let database = &self.readers.database;
        let connection = if let Some(connection) = self.readers.pop() {
            connection
        } else {
            if !database.exists()? {
                return Err(schema::unprepared(database));
            }
            let connection = database.reader()?;
            database.wait_when_busy(&connection, true)?;
            schema::check(database, &connection)?;
            connection
        };
        database.wait_when_busy(&connection, true)?;
        Ok(Reader {
            connection: Some(connection),
            readers: self.readers,
            _permit: self.permit,
        })
    }
}

/// A connection that only reads; it goes back to the pool when it is dropped.
pub(crate) struct Reader {
    connection: Option<Connection>,
    readers: Arc<Readers>,
    _permit: OwnedSemaphorePermit,
}

impl Reader {
    pub(crate) fn connection(&self) -> Option<&Connection> {
        self.connection.as_ref()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        let unused = self
            .readers
            .database
            .wait_when_busy(&connection, false)
            .is_ok();
        let mut idle = self.readers.lock();
        if unused && !self.readers.permits.is_closed() {
            idle.push(connection);
        }
    }
}

/// Runs work that may block: on tokio's threads for that, or right here where there is no runtime. A panic of the work goes on in the caller.
pub(crate) async fn blocking<T: Send + 'static>(
    place: &Place,
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let Ok(runtime) = Handle::try_current() else {
        return work();
    };
    match runtime.spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(place.error(
                StoreErrorKind::Closed,
                "the runtime is shutting down: nothing can be read any more",
            )),
        },
    }
}
