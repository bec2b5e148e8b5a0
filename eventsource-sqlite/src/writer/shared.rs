//! What the writing thread and the tasks that write for themselves have in common.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use eventsource_core::Position;
use eventsource_core::store::StoreError;
use rusqlite::Connection;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::watch;

use super::Task;
use super::checkpoint::Checkpoints;
use super::group::{self, Done, Failure};
use super::lent::{Held, Lent, Taken};
use crate::database::Database;
use crate::error::Place;
use crate::read::log;
use crate::schema;

/// The longest transaction that a task may expect when it writes for itself. Handing it to the thread and being woken for the answer takes
/// some 50 µs: of a millisecond's fsync that is little, and a millisecond is long for the other tasks of its worker.
const QUICK: Duration = Duration::from_millis(1);

/// What the log's readers wait for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LogState {
    /// The last position that this process knows of.
    pub(crate) head: Position,
    pub(crate) closed: bool,
}

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) database: Database,
    pub(super) lent: std::sync::Arc<Lent>,
    pub(super) log: watch::Sender<LogState>,
    /// How many wait for the log to grow: while some do, the thread looks for other processes' commits.
    pub(super) waiting: AtomicUsize,
    /// How many tasks were accepted and not yet answered.
    pub(super) pending: AtomicUsize,
    /// Whether the last transaction took longer than a task's worker should be kept.
    pub(super) slow: AtomicBool,
    pub(super) checkpoints: Checkpoints,
    pub(super) group: usize,
}

impl Shared {
    pub(super) fn new(database: Database, lent: std::sync::Arc<Lent>, group: usize) -> Self {
        Self {
            database,
            lent,
            log: watch::Sender::new(LogState::default()),
            waiting: AtomicUsize::new(0),
            pending: AtomicUsize::new(0),
            slow: AtomicBool::new(false),
            checkpoints: Checkpoints::default(),
            group,
        }
    }

    pub(super) fn place(&self) -> &Place {
        self.database.place()
    }

    /// Whether a task that nobody waits beside had better write for itself than hand it to the thread.
    pub(super) fn may_write_here(&self) -> bool {
        if self.database.in_memory() {
            return true;
        }
        !self.slow.load(Ordering::Relaxed)
            && Handle::try_current().map_or(true, |runtime| {
                // Another worker goes on with the other tasks.
                runtime.runtime_flavor() == RuntimeFlavor::MultiThread
                    && runtime.metrics().num_workers() > 1
            })
    }

    /// Writes these tasks in one transaction, and answers them. Says whether the write-ahead log has become long.
    pub(super) fn write(&self, mut taken: Taken<'_>, tasks: Vec<Task>) -> bool {
        let Held {
            connection,
            closed,
            group,
        } = &mut *taken;
        let opened = if *closed {
            Err(self.place().closed())
        } else {
            self.open(connection)
        };
        let done = match opened {
            Ok(opened) => {
                let started = Instant::now();
                let done = group.run(opened, group::begin(opened), tasks);
                self.note(opened, &done, started);
                done
            }
            Err(error) => group.refuse(tasks, &error),
        };
        self.finish(taken, done)
    }

    /// The same for a task that writes for itself. It is given back where it would hold its worker: while another program has the write lock,
    /// and where the database is yet to be opened.
    pub(super) fn write_here(&self, mut taken: Taken<'_>, task: Task) -> Result<bool, Task> {
        let Held {
            connection, group, ..
        } = &mut *taken;
        let Some(opened) = connection else {
            return Err(task);
        };
        let started = Instant::now();
        let Some(begun) = self.begin_at_once(opened) else {
            return Err(task);
        };
        let done = group.run(opened, begun, vec![task]);
        self.note(opened, &done, started);
        Ok(self.finish(taken, done))
    }

    /// Begins a transaction; `None` where that would have to wait for another program.
    fn begin_at_once(&self, connection: &Connection) -> Option<Result<(), Failure>> {
        self.database.wait_when_busy(connection, false).ok()?;
        let begun = group::begin(connection);
        // It only sets a number, which the line above could set as well.
        let _ = self.database.wait_when_busy(connection, true);
        match begun {
            Err(failure) if failure.is_busy() => None,
            begun => Some(begun),
        }
    }

    /// Takes down how a transaction went, for what is decided by it later.
    fn note(&self, connection: &Connection, done: &Done, started: Instant) {
        self.slow
            .store(started.elapsed() > QUICK, Ordering::Relaxed);
        if done.usable {
            self.checkpoints.count(connection);
        }
    }

    /// Lets go of the connection, then answers.
    fn finish(&self, mut taken: Taken<'_>, done: Done) -> bool {
        if !done.usable {
            taken.connection = None;
        }
        drop(taken);
        if let Some(head) = done.head {
            self.publish(head);
        }
        done.answer();
        self.checkpoints.are_due()
    }

    /// The connection, opened if need be.
    fn open<'a>(
        &self,
        connection: &'a mut Option<Connection>,
    ) -> Result<&'a Connection, StoreError> {
        match connection {
            Some(connection) => Ok(connection),
            // What is in memory was lost with its connection.
            None if self.database.in_memory() || !self.database.exists()? => {
                Err(schema::unprepared(&self.database))
            }
            None => {
                let opened = self.database.writer()?;
                schema::check_to_write(&self.database, &opened)?;
                Ok(connection.insert(opened))
            }
        }
    }

    /// Finds out how far the log has grown. A failure is left to those who read.
    pub(super) fn look(&self) {
        let taken = self.lent.take();
        let head = taken
            .connection
            .as_ref()
            .and_then(|connection| log::head(self.place(), connection).ok());
        drop(taken);
        if let Some(head) = head {
            self.publish(head);
        }
    }

    fn publish(&self, head: Position) {
        self.log.send_if_modified(|log| {
            let grown = head > log.head;
            log.head = log.head.max(head);
            grown
        });
    }
}
