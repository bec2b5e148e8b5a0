//! The writer's connection, lent to short reads while nothing is written.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use rusqlite::Connection;

use super::group::Group;

/// What it takes to write, in one pair of hands at a time.
#[derive(Debug)]
pub(super) struct Held {
    /// `None` until it is opened, and after it was closed.
    pub(super) connection: Option<Connection>,
    /// Closed for good.
    pub(super) closed: bool,
    pub(super) group: Group,
}

/// The writer's connection. While no group is being written it serves short reads: its page cache holds what was written last, whereas a
/// reader's own is emptied by each commit of another connection. In memory it is the only connection, and serves all reads.
///
/// A poisoned lock is taken as it is: a panicking reader leaves nothing in the connection but a finished statement.
#[derive(Debug)]
pub(crate) struct Lent {
    held: Mutex<Held>,
    /// How many are writing, or wait to: readers keep away, so that they cannot starve them.
    wanted: AtomicUsize,
}

impl Lent {
    pub(super) fn new(connection: Option<Connection>, group: Group) -> Self {
        Self {
            held: Mutex::new(Held {
                connection,
                closed: false,
                group,
            }),
            wanted: AtomicUsize::new(0),
        }
    }

    /// The connection, for who writes.
    pub(super) fn take(&self) -> Taken<'_> {
        let wanting = Wanting::new(&self.wanted);
        Taken {
            held: self.lock(),
            _wanting: wanting,
        }
    }

    /// The connection, for who writes, where nobody has it.
    pub(super) fn try_take(&self) -> Option<Taken<'_>> {
        let wanting = Wanting::new(&self.wanted);
        Some(Taken {
            held: self.try_lock()?,
            _wanting: wanting,
        })
    }

    /// The connection, for who reads, where it is idle and open.
    pub(crate) fn borrow(&self) -> Option<Borrowed<'_>> {
        if self.wanted.load(Ordering::SeqCst) > 0 {
            return None;
        }
        Borrowed::of(self.try_lock()?)
    }

    /// The connection, for who reads, where it is open, after those who write are done with it.
    pub(crate) fn wait(&self) -> Option<Borrowed<'_>> {
        while self.wanted.load(Ordering::SeqCst) > 0 {
            // A writer may not have reached the lock yet; where it has, this waits for it.
            drop(self.lock());
            std::thread::yield_now();
        }
        Borrowed::of(self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn try_lock(&self) -> Option<MutexGuard<'_, Held>> {
        match self.held.try_lock() {
            Ok(held) => Some(held),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

/// Keeps readers away while it lives.
struct Wanting<'a>(&'a AtomicUsize);

impl<'a> Wanting<'a> {
    fn new(wanted: &'a AtomicUsize) -> Self {
        wanted.fetch_add(1, Ordering::SeqCst);
        Self(wanted)
    }
}

impl Drop for Wanting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The connection in the hands of who writes.
pub(super) struct Taken<'a> {
    held: MutexGuard<'a, Held>,
    _wanting: Wanting<'a>,
}

impl Deref for Taken<'_> {
    type Target = Held;

    fn deref(&self) -> &Held {
        &self.held
    }
}

impl DerefMut for Taken<'_> {
    fn deref_mut(&mut self) -> &mut Held {
        &mut self.held
    }
}

/// The connection in the hands of who reads.
pub(crate) struct Borrowed<'a>(MutexGuard<'a, Held>);

impl<'a> Borrowed<'a> {
    fn of(held: MutexGuard<'a, Held>) -> Option<Self> {
        held.connection.is_some().then_some(Self(held))
    }

    pub(crate) fn connection(&self) -> Option<&Connection> {
        self.0.connection.as_ref()
    }
}
