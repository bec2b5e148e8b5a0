//! Why a command stopped, in words that say what to do.

use std::path::PathBuf;
use std::time::Duration;

/// Why a command stopped.
#[derive(Debug)]
pub enum Failure {
    /// A program could not be started.
    Start {
        command: String,
        source: std::io::Error,
    },
    /// A program ended with an error.
    Ended { command: String, status: String },
    /// A program did not end.
    Endless { command: String, after: Duration },
    /// A file or folder could not be read, made or removed.
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    /// Cargo's answer is not in the form that it documents.
    Answer { command: String, lacks: String },
    /// A rule of this project is broken.
    Rule(String),
    /// A command was given an argument that it does not know.
    Argument(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Start { command, source } => {
                write!(f, "`{command}` could not be started: {source}")
            }
            Self::Ended { command, status } => {
                write!(
                    f,
                    "`{command}` ended with {status}; the cause stands above, and the command can be run alone"
                )
            }
            Self::Endless { command, after } => write!(
                f,
                "`{command}` had not ended after {} s and was stopped",
                after.as_secs()
            ),
            Self::File { path, source } => write!(f, "{}: {source}", path.display()),
            Self::Answer { command, lacks } => {
                write!(f, "the answer of `{command}` lacks {lacks}")
            }
            Self::Rule(rule) => f.write_str(rule),
            Self::Argument(argument) => write!(f, "{argument}"),
        }
    }
}
