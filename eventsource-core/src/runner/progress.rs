//! How far a projection is, for those who wait for it.

use super::ProjectionError;
use crate::{Position, Timestamp};

/// What a projection's runner is doing.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ProjectionState {
    /// It reads what was in the log when it started, or what it fell behind by.
    CatchingUp,
    /// It has seen the end of the log, and takes new events as they come.
    Live,
    /// Another program feeds it. This one takes over when that one ends.
    Standby,
    /// It cannot go on. Everything before the event that it stopped at is in its table. A process manager that cannot carry out what it has sent
    /// still takes events.
    Stopped {
        /// Why.
        error: ProjectionError,
        /// When it tries again, by the machine's clock.
        retry_at: Timestamp,
    },
    /// This program does not feed it (`runner(false)`).
    NotRunning,
}

/// What a runner tells.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    /// Up to here the log is in the table.
    pub(crate) position: Position,
    pub(crate) state: ProjectionState,
    /// What last went wrong, even if it goes on by now.
    pub(crate) last_error: Option<ProjectionError>,
    /// Of a process manager: whether this program carries out what waits, and no other version's.
    pub(crate) in_charge: bool,
    /// How many commands of a process manager were carried out.
    pub(crate) dispatched: u64,
}

impl Progress {
    pub(crate) fn at(position: Position) -> Self {
        Self {
            position,
            state: ProjectionState::CatchingUp,
            last_error: None,
            in_charge: false,
            dispatched: 0,
        }
    }

    /// At the start of a program, with what stands in the way from there.
    pub(crate) fn begin(position: Position, stopped: Option<ProjectionError>) -> Self {
        let Some(error) = stopped else {
            return Self::at(position);
        };
        Self {
            state: ProjectionState::Stopped {
                error: error.clone(),
                retry_at: Timestamp::now(),
            },
            last_error: Some(error),
            ..Self::at(position)
        }
    }

    pub(crate) fn stopped(&self) -> Option<&ProjectionError> {
        match &self.state {
            ProjectionState::Stopped { error, .. } => Some(error),
            _ => None,
        }
    }
}
