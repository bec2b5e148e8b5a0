//! Changes to read models, within the transaction of their group.

use std::sync::{Arc, Mutex, PoisonError};

use eventsource_core::store::{StoreErrorKind, ViewStoreError};
use rusqlite::Connection;

use crate::error::Place;

/// Why a change does not go through: a refusal, which undoes the change alone, or a failure that spoils the transaction.
pub(crate) enum Stop {
    Refused(ViewStoreError),
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<ViewStoreError> for Stop {
    fn from(error: ViewStoreError) -> Self {
        Self::Refused(error)
    }
}

/// What is to be done. It may be done twice, when the transaction of the first time was spoilt.
type Work = dyn Fn(&Place, &Connection) -> Result<(), Stop> + Send;

/// A change on its way to who writes.
pub(crate) struct ViewChange(Box<Work>);

impl ViewChange {
    /// The change, and where its answer will be.
    pub(super) fn new<T, W>(work: W) -> (Self, Answer<T>)
    where
        T: Send + 'static,
        W: Fn(&Place, &Connection) -> Result<T, Stop> + Send + 'static,
    {
        let answer = Answer(Arc::new(Mutex::new(None)));
        let given = answer.clone();
        let work = move |place: &Place, connection: &Connection| {
            let done = work(place, connection)?;
            *given.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
            Ok(())
        };
        (Self(Box::new(work)), answer)
    }

    /// Makes the change, whole or not at all. The outer error is a failure that spoils the transaction.
    pub(crate) fn apply(
        &self,
        place: &Place,
        connection: &Connection,
    ) -> Result<Result<(), ViewStoreError>, rusqlite::Error> {
        whole(connection, || (self.0)(place, connection))
    }
}

/// What a change gave.
pub(super) struct Answer<T>(Arc<Mutex<Option<T>>>);

impl<T> Clone for Answer<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Answer<T> {
    /// To be taken when the change went through.
    pub(super) fn take(&self, place: &Place) -> Result<T, ViewStoreError> {
        let given = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        given.ok_or_else(|| {
            let what = "a change to read models went through without an answer: report it";
            place.error(StoreErrorKind::Other, what).into()
        })
    }
}

/// Works under a savepoint of the open transaction, so that a refusal leaves nothing of the work behind. The outer error is a failure that
/// spoils the transaction.
pub(crate) fn whole<T>(
    connection: &Connection,
    work: impl FnOnce() -> Result<T, Stop>,
) -> Result<Result<T, ViewStoreError>, rusqlite::Error> {
    let execute = |sql| connection.prepare_cached(sql)?.execute([]).map(|_| ());
    execute("SAVEPOINT change")?;
    match work() {
        Ok(done) => {
            execute("RELEASE change")?;
            Ok(Ok(done))
        }
        Err(Stop::Refused(error)) => {
            execute("ROLLBACK TO change")?;
            execute("RELEASE change")?;
            Ok(Err(error))
        }
        Err(Stop::Failed(error)) => Err(error),
    }
}
