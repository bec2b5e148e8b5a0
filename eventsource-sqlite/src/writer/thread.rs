//! The thread's loop: take all that waits, write it together, answer.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

use eventsource_core::store::StoreError;

use super::shared::Shared;
use super::{Job, Task, checkpoint};
use crate::schema;

/// How long the thread looks for the next job before it sleeps, where the last one came as quickly. Who appends again as soon as it was
/// answered spares the wake-up; who does not costs nothing.
const SPIN: Duration = Duration::from_micros(100);

/// How often other processes' commits are looked for while somebody waits for the log to grow: one look-up in the WAL's index each.
const LOOK_EVERY: Duration = Duration::from_millis(50);

pub(super) struct Thread {
    shared: Arc<Shared>,
    jobs: Receiver<Job>,
    /// Whether the last job came within [`SPIN`].
    brisk: bool,
}

impl Thread {
    pub(super) fn new(shared: Arc<Shared>, jobs: Receiver<Job>) -> Self {
        Self {
            shared,
            jobs,
            brisk: false,
        }
    }

    pub(super) fn run(mut self) {
        let mut taken = None;
        while let Some(job) = taken.take().or_else(|| self.next()) {
            match job {
                Job::Task(task) => {
                    let tasks;
                    (tasks, taken) = self.gather(task);
                    if self.shared.write(self.shared.lent.take(), tasks) {
                        self.checkpoint();
                    }
                }
                Job::Checkpoint => self.checkpoint(),
                Job::Look => self.shared.look(),
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

    fn next(&mut self) -> Option<Job> {
        let idle_from = Instant::now();
        let job = self.wait(idle_from);
        self.brisk = idle_from.elapsed() < SPIN;
        job
    }

    /// The next job; `None` when there can be none any more.
    fn wait(&self, idle_from: Instant) -> Option<Job> {
        while self.brisk && idle_from.elapsed() < SPIN {
            match self.jobs.try_recv() {
                Ok(job) => return Some(job),
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => std::hint::spin_loop(),
            }
        }
        loop {
            if self.shared.waiting.load(Ordering::SeqCst) == 0 || self.shared.database.in_memory() {
                return self.jobs.recv().ok();
            }
            match self.jobs.recv_timeout(LOOK_EVERY) {
                Ok(job) => return Some(job),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => self.shared.look(),
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

    /// Copies the write-ahead log into the database, where that is due.
    fn checkpoint(&self) {
        if self.shared.checkpoints.take_due()
            && let Some(connection) = &self.shared.lent.take().connection
        {
            checkpoint::run(connection);
        }
    }

    fn prepare(&self, migrate: bool) -> Result<(), StoreError> {
        let database = &self.shared.database;
        let mut taken = self.shared.lent.take();
        if let Some(connection) = &mut taken.connection {
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
        taken.connection = Some(connection);
        Ok(())
    }

    /// Closes the connection; the last one of all processes copies the write-ahead log into the database.
    fn close(&self) -> Result<(), StoreError> {
        let mut taken = self.shared.lent.take();
        taken.closed = true;
        match taken.connection.take() {
            None => Ok(()),
            Some(connection) => connection
                .close()
                .map_err(|(_, error)| self.shared.place().sqlite("closing it", error)),
        }
    }
}
