//! What a peer's program is asked on its command line, and how it answers.
//!
//! ```text
//! replay EVENTS STREAM_LENGTH          → nanoseconds an event · allocations an event
//! commands FILE STREAMS TASKS COMMANDS → commands a second · commands that were tried again
//! commands URL STREAMS TASKS COMMANDS  → the same, on PostgreSQL
//! load FILE EVENTS                     → events a second of processor time · 0
//! load URL EVENTS                      → events a second of the clock, on PostgreSQL · 0
//! balances URL STREAMS                 → the sum of all balances · 0
//! rebuild FILE STREAMS                 → events a second, from the log into a read model · 0
//! ```
//!
//! A file that is absent is made and filled first, and so is a database of PostgreSQL that is empty; what is timed begins after that.

use std::path::PathBuf;

/// Where a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// A file of SQLite's.
    File(PathBuf),
    /// A database of PostgreSQL's, which nobody else uses: its URL.
    Server(String),
}

/// What is to be measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// From stored bytes to states, in memory.
    Replay {
        /// In all.
        events: usize,
        /// In each stream.
        stream_length: usize,
    },
    /// Load a stream, decide, append one event.
    Commands {
        /// What it is asked of.
        database: Database,
        /// The streams that it is filled with, of [`STREAM_EVENTS`] events each.
        streams: usize,
        /// At a time.
        tasks: usize,
        /// In all.
        commands: usize,
    },
    /// Load one stream.
    Load {
        /// What it is asked of.
        database: Database,
        /// In the stream.
        events: usize,
    },
    /// Add up the balances of all streams: what the commands have come to.
    Balances {
        /// The URL of a database that has answered [`Question::Commands`].
        url: String,
        /// The streams that it was filled with.
        streams: usize,
    },
    /// Make a read model, with a row a stream, from all events.
    Rebuild {
        /// The database.
        file: PathBuf,
        /// The streams that it is filled with, of [`STREAM_EVENTS`] events each.
        streams: usize,
    },
}

/// The events of each stream that a database is filled with for [`Question::Commands`] and [`Question::Rebuild`].
pub const STREAM_EVENTS: u64 = 10;

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    /// The figure.
    pub value: f64,
    /// Allocations, or commands that were tried again.
    pub beside: f64,
}

impl From<f64> for Answer {
    fn from(value: f64) -> Self {
        Self { value, beside: 0.0 }
    }
}

impl Database {
    fn written(&self) -> String {
        match self {
            Self::File(file) => file.display().to_string(),
            Self::Server(url) => url.clone(),
        }
    }

    fn parse(written: &str) -> Self {
        if written.starts_with("postgres") && written.contains("://") {
            Self::Server(written.into())
        } else {
            Self::File(written.into())
        }
    }
}

impl Question {
    /// As a peer's arguments.
    #[must_use]
    pub fn arguments(&self) -> Vec<String> {
        match self {
            Self::Replay {
                events,
                stream_length,
            } => vec![
                "replay".into(),
                events.to_string(),
                stream_length.to_string(),
            ],
            Self::Commands {
                database,
                streams,
                tasks,
                commands,
            } => vec![
                "commands".into(),
                database.written(),
                streams.to_string(),
                tasks.to_string(),
                commands.to_string(),
            ],
            Self::Load { database, events } => {
                vec!["load".into(), database.written(), events.to_string()]
            }
            Self::Balances { url, streams } => {
                vec!["balances".into(), url.clone(), streams.to_string()]
            }
            Self::Rebuild { file, streams } => vec![
                "rebuild".into(),
                file.display().to_string(),
                streams.to_string(),
            ],
        }
    }

    /// From this program's arguments.
    ///
    /// # Panics
    ///
    /// When they are not as this module says.
    #[must_use]
    pub fn asked() -> Self {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        Self::parse(&arguments)
            .unwrap_or_else(|| panic!("not one of this program's questions: {arguments:?}"))
    }

    fn parse(arguments: &[String]) -> Option<Self> {
        let number = |at: usize| arguments.get(at)?.parse().ok();
        match arguments.first()?.as_str() {
            "replay" => Some(Self::Replay {
                events: number(1)?,
                stream_length: number(2)?,
            }),
            "commands" => Some(Self::Commands {
                database: Database::parse(arguments.get(1)?),
                streams: number(2)?,
                tasks: number(3)?,
                commands: number(4)?,
            }),
            "load" => Some(Self::Load {
                database: Database::parse(arguments.get(1)?),
                events: number(2)?,
            }),
            "balances" => Some(Self::Balances {
                url: arguments.get(1)?.clone(),
                streams: number(2)?,
            }),
            "rebuild" => Some(Self::Rebuild {
                file: arguments.get(1)?.into(),
                streams: number(2)?,
            }),
            _ => None,
        }
    }
}

impl Answer {
    /// Prints it for the bench that asked.
    pub fn print(self) {
        println!("{} {}", self.value, self.beside);
    }

    /// From what a peer printed.
    #[must_use]
    pub fn parse(printed: &str) -> Option<Self> {
        let mut numbers = printed.split_whitespace().map(str::parse);
        Some(Self {
            value: numbers.next()?.ok()?,
            beside: numbers.next()?.ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_understood_as_it_was_asked() {
        for question in [
            Question::Replay {
                events: 1,
                stream_length: 2,
            },
            Question::Commands {
                database: Database::File("a b.db".into()),
                streams: 1,
                tasks: 2,
                commands: 3,
            },
            Question::Load {
                database: Database::Server("postgres://somebody@localhost:5/a".into()),
                events: 4,
            },
            Question::Balances {
                url: "postgresql://localhost/b".into(),
                streams: 5,
            },
        ] {
            assert_eq!(Question::parse(&question.arguments()), Some(question));
        }
        assert_eq!(Question::parse(&["load".into(), "c.db".into()]), None);
    }
}
