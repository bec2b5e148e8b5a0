//! The thread's loop: take all that waits, write it together, answer.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

use eventsource_core::store::StoreError;
use rusqlite::Connection;

use super::group::Group;
use super::{Job, Shared, Task};
use crate::read::log;
use crate::schema;

/// How long the thread looks for the next job before it sleeps. A program that appends again as soon as it was answered spares the wake-up;
/// an idle program pays nothing.
const SPIN: Duration = Duration::from_micros(50);

/// How often other processes' commits are looked for while somebody waits for the log to grow: one look-up in the WAL's index each.
const LOOK_EVERY: Duration = Duration::from_millis(50);

pub(super) struct Thread {
    shared: Arc<Shared>,
    jobs: Receiver<Job>,
    group: Group,
}

impl Thread {
    pub(super) fn new(shared: Arc<Shared>, jobs: Receiver<Job>) -> Self {
        let group = Group::new(shared.place().clone());
        Self {
            shared,
            jobs,
            group,
        }
    }

    pub(super) fn run(mut self) {
        let mut taken = None;
        while let Some(job) = taken.take().or_else(|| self.next()) {
            match job {
                Job::Task(task) => {
                    let tasks;
                    (tasks, taken) = self.gather(task);
                    self.write(tasks);
                }
                Job::Look => self.look(),
                Job::Prepare { migrate, answer } => {
                    let _ = answer.send(self.prepare(migrate));
                }
                Job::Close { answer } => {
                    let closed = self.close();
                    self.shared.log.send_modify(|log| log.closed = true);
                    // Whoever was too late finds its answer dropped, and the store closed.
                    drop(self);
                    let _ = answer.send(closed);
                    return;
                }
            }
        }
        // The last clone of the store is gone.
        let _ = self.close();
    }

    /// The next job; `None` when there can be none any more.
    fn next(&mut self) -> Option<Job> {
        let asleep_from = Instant::now() + SPIN;
        loop {
            match self.jobs.try_recv() {
                Ok(job) => return Some(job),
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) if Instant::now() < asleep_from => {
                    std::hint::spin_loop();
                }
                Err(TryRecvError::Empty) => break,
            }
        }
        loop {
            if self.shared.waiting.load(Ordering::SeqCst) == 0 || self.shared.database.in_memory() {
                return self.jobs.recv().ok();
            }
            match self.jobs.recv_timeout(LOOK_EVERY) {
                Ok(job) => return Some(job),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => self.look(),
            }
        }
    }

    /// All that waits behind this task, up to the size of a group; and the job after it, if that is no task.
    fn gather(&mut self, first: Task) -> (Vec<Task>, Option<Job>) {
        let mut tasks = vec![first];
        while tasks.len() < self.shared.group {
            match self.jobs.try_recv() {
                Ok(Job::Task(task)) => tasks.push(task),
                Ok(other) => return (tasks, Some(other)),
                Err(_) => break,
            }
        }
        (tasks, None)
    }

    fn write(&mut self, tasks: Vec<Task>) {
        let mut taken = self.shared.lent.take();
        match open(&self.shared, &mut taken) {
            Ok(connection) => {
                let done = self.group.run(connection, tasks);
                if !done.usable {
                    *taken = None;
                }
                drop(taken);
                if let Some(head) = done.head {
                    self.publish(head);
                }
                done.answer();
            }
            Err(error) => {
                drop(taken);
                self.group.refuse(tasks, &error);
            }
        }
    }

    fn prepare(&mut self, migrate: bool) -> Result<(), StoreError> {
        let database = &self.shared.database;
        let mut taken = self.shared.lent.take();
        if let Some(connection) = taken.as_mut() {
            return schema::prepare(database, connection, migrate);
        }
        if !database.exists()? {
            if !migrate {
                return Err(schema::unprepared(database));
            }
            database.create()?;
        }
        let mut connection = database.writer()?;
        schema::prepare(database, &mut connection, migrate)?;
        *taken = Some(connection);
        Ok(())
    }

    /// Finds out how far the log has grown. A failure is left to those who read.
    fn look(&self) {
        let taken = self.shared.lent.take();
        let head = taken
            .as_ref()
            .and_then(|connection| log::head(self.shared.place(), connection).ok());
        drop(taken);
        if let Some(head) = head {
            self.publish(head);
        }
    }

    fn publish(&self, head: eventsource_core::Position) {
        self.shared.log.send_if_modified(|log| {
            let grown = head > log.head;
            log.head = log.head.max(head);
            grown
        });
    }

    /// Closes the connection; the last one of all processes copies the WAL file into the database.
    fn close(&mut self) -> Result<(), StoreError> {
        match self.shared.lent.take().take() {
            None => Ok(()),
            Some(connection) => connection
                .close()
                .map_err(|(_, error)| self.shared.place().sqlite("closing it", error)),
        }
    }
}

/// The connection, opened if need be.
fn open<'a>(
    shared: &Shared,
    connection: &'a mut Option<Connection>,
) -> Result<&'a Connection, StoreError> {
    if connection.is_none() {
        let database = &shared.database;
        // What is in memory was lost with its connection.
        if database.in_memory() || !database.exists()? {
            return Err(schema::unprepared(database));
        }
        let opened = database.writer()?;
        schema::check(database, &opened)?;
        *connection = Some(opened);
    }
    connection.as_ref().ok_or_else(|| shared.place().closed())
}
