//! The writer's connection, lent to short reads while nothing is written.

use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use rusqlite::Connection;

/// The writer's connection. While no group is being written it serves short reads: its page cache holds what was written last, whereas a
/// reader's own is emptied by each commit of another connection. In memory it is the only connection, and serves all reads.
///
/// A poisoned lock is taken as it is: a panicking reader leaves nothing in the connection but a finished statement.
#[derive(Debug, Default)]
pub(crate) struct Lent {
    connection: Mutex<Option<Connection>>,
    /// The writer waits for it, or has it: readers keep away, so that they cannot starve it.
    wanted: AtomicBool,
}

impl Lent {
    /// The connection, for the writer.
    pub(crate) fn take(&self) -> Taken<'_> {
        self.wanted.store(true, Ordering::SeqCst);
        Taken {
            connection: self
                .connection
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
            wanted: &self.wanted,
        }
    }

    /// The connection, where it is idle and open.
    pub(crate) fn borrow(&self) -> Option<Borrowed<'_>> {
        if self.wanted.load(Ordering::SeqCst) {
            return None;
        }
        match self.connection.try_lock() {
            Ok(connection) => Borrowed::of(connection),
            Err(TryLockError::Poisoned(poisoned)) => Borrowed::of(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// The connection, where it is open, after the writer is done with it.
    pub(crate) fn wait(&self) -> Option<Borrowed<'_>> {
        while self.wanted.load(Ordering::SeqCst) {
            // The writer may not have reached the lock yet; where it has, this waits for it.
            drop(
                self.connection
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner),
            );
            std::thread::yield_now();
        }
        Borrowed::of(
            self.connection
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }
}

/// The connection in the writer's hands; `None` while it is not open.
pub(crate) struct Taken<'a> {
    connection: MutexGuard<'a, Option<Connection>>,
    wanted: &'a AtomicBool,
}

impl Deref for Taken<'_> {
    type Target = Option<Connection>;

    fn deref(&self) -> &Option<Connection> {
        &self.connection
    }
}

impl std::ops::DerefMut for Taken<'_> {
    fn deref_mut(&mut self) -> &mut Option<Connection> {
        &mut self.connection
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.wanted.store(false, Ordering::SeqCst);
    }
}

/// The connection in a reader's hands.
pub(crate) struct Borrowed<'a>(MutexGuard<'a, Option<Connection>>);

impl<'a> Borrowed<'a> {
    fn of(guard: MutexGuard<'a, Option<Connection>>) -> Option<Self> {
        guard.is_some().then_some(Self(guard))
    }

    pub(crate) fn connection(&self) -> Option<&Connection> {
        self.0.as_ref()
    }
}
