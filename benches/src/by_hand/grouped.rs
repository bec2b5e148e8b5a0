//! The bank on rusqlite, for many tasks at once: one thread writes what waits, up to 64 commits in a transaction, and each task reads on a
//! connection of its own.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use tokio::sync::oneshot;

use super::bank::New;
use super::sqlite::{Failure, connect, insert, load, stream_name};

/// Commits in one transaction.
const GROUP: usize = 64;

struct Append {
    stream: String,
    version: u64,
    event: New,
    answer: oneshot::Sender<Answer>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Written,
    /// The stream has moved on.
    Conflict,
}

/// The way to the writer.
pub struct Bank {
    file: PathBuf,
    writer: mpsc::Sender<Append>,
}

impl Bank {
    /// Starts the writer's thread. It ends with the last clone of the way to it.
    ///
    /// # Errors
    ///
    /// When SQLite cannot open the file.
    pub fn open(file: &Path) -> Result<Self, Failure> {
        let mut connection = connect(file)?;
        let (writer, waiting) = mpsc::channel();
        thread::spawn(move || {
            if let Err(failure) = write(&mut connection, &waiting) {
                eprintln!("the writer has stopped: {failure}");
            }
        });
        Ok(Self {
            file: file.to_owned(),
            writer,
        })
    }

    /// A task's own way to the bank.
    ///
    /// # Errors
    ///
    /// When SQLite cannot open the file.
    pub fn teller(&self) -> Result<Teller, Failure> {
        Ok(Teller {
            reader: connect(&self.file)?,
            writer: self.writer.clone(),
        })
    }
}

fn write(connection: &mut Connection, waiting: &mpsc::Receiver<Append>) -> Result<(), Failure> {
    let mut answers = Vec::with_capacity(GROUP);
    while let Ok(first) = waiting.recv() {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for append in std::iter::once(first).chain(waiting.try_iter()).take(GROUP) {
            let answer = match insert(&transaction, &append.stream, append.version, &append.event) {
                Ok(_) => Answer::Written,
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                    Answer::Conflict
                }
                Err(error) => return Err(error.into()),
            };
            answers.push((append.answer, answer));
        }
        transaction.commit()?;
        for (answer, outcome) in answers.drain(..) {
            // Whoever no longer waits has dropped the other end.
            let _ = answer.send(outcome);
        }
    }
    Ok(())
}

/// A task's own way to the bank.
pub struct Teller {
    reader: Connection,
    writer: mpsc::Sender<Append>,
}

impl Teller {
    /// Load, decide, append; and again after a conflict. The load is done on the calling task: it takes some 20 µs.
    ///
    /// # Errors
    ///
    /// When SQLite refuses.
    pub async fn deposit(&mut self, account: usize) -> Result<(), Failure> {
        loop {
            if self.request(account)?.await? == Answer::Written {
                return Ok(());
            }
        }
    }

    /// The same on a thread that may block.
    ///
    /// # Errors
    ///
    /// When SQLite refuses.
    pub fn deposit_blocking(&self, account: usize) -> Result<(), Failure> {
        loop {
            if self.request(account)?.blocking_recv()? == Answer::Written {
                return Ok(());
            }
        }
    }

    fn request(&self, account: usize) -> Result<oneshot::Receiver<Answer>, Failure> {
        let stream = stream_name(account);
        let (state, version) = load(&self.reader, &stream)?;
        let event = state.decide_deposit(5_000, "0000000000013".to_owned())?;
        let (answer, answered) = oneshot::channel();
        self.writer.send(Append {
            stream,
            version: version + 1,
            event,
            answer,
        })?;
        Ok(answered)
    }
}
