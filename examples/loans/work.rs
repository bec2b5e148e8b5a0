//! Work items: what the bank's people do for an application, beside its own steps.
//!
//! An item is scheduled once or several times, and worked on in sessions, by one after another and sometimes by two at once.

use std::fmt;
use std::str::FromStr;

use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

/// What is to be done.
#[derive(Serialize, Deserialize, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    FollowUpLead,
    CompleteApplication,
    CallAboutOffers,
    AssessApplication,
    CallAboutMissingPapers,
    InvestigateFraud,
    ChangeContract,
}

impl Task {
    pub const ALL: [Task; 7] = [
        Task::FollowUpLead,
        Task::CompleteApplication,
        Task::CallAboutOffers,
        Task::AssessApplication,
        Task::CallAboutMissingPapers,
        Task::InvestigateFraud,
        Task::ChangeContract,
    ];

    /// As it stands in ids; the same as in payloads.
    pub const fn name(self) -> &'static str {
        match self {
            Task::FollowUpLead => "follow_up_lead",
            Task::CompleteApplication => "complete_application",
            Task::CallAboutOffers => "call_about_offers",
            Task::AssessApplication => "assess_application",
            Task::CallAboutMissingPapers => "call_about_missing_papers",
            Task::InvestigateFraud => "investigate_fraud",
            Task::ChangeContract => "change_contract",
        }
    }
}

/// The application, and what is to be done for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WorkId {
    pub application: String,
    pub task: Task,
}

impl fmt::Display for WorkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.application, self.task.name())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a work item's id is the application's, a dot, and a task")]
pub struct WorkIdError;

impl FromStr for WorkId {
    type Err = WorkIdError;

    fn from_str(text: &str) -> Result<Self, WorkIdError> {
        let (application, name) = text.rsplit_once('.').ok_or(WorkIdError)?;
        let task = Task::ALL.into_iter().find(|task| task.name() == name);
        Ok(Self {
            application: application.to_owned(),
            task: task.ok_or(WorkIdError)?,
        })
    }
}

/// What happened to a work item.
#[derive(Event, Debug, Clone, PartialEq)]
#[event(prefix = "work")]
pub enum WorkEvent {
    Scheduled {
        task: Task,
    },
    /// Who starts is not always known.
    Started {
        task: Task,
        by: Option<String>,
        at: Timestamp,
    },
    /// A session ended, rarely by another than the one who began it.
    Completed {
        task: Task,
        begun_by: Option<String>,
        worked_ms: u64,
    },
    /// Completed while nobody was working on it: mostly the bank's clean-up, at a quarter past nine in the morning.
    Closed {
        task: Task,
    },
}

#[derive(Command, Debug, Clone)]
#[command(aggregate = WorkItem)]
pub enum WorkCommand {
    #[command(upserts)]
    Schedule {
        #[command(id)]
        item: WorkId,
    },
    Start {
        #[command(id)]
        item: WorkId,
    },
    Complete {
        #[command(id)]
        item: WorkId,
    },
}

/// Who works on it now.
#[derive(Aggregate, Default, Debug, Clone, PartialEq)]
#[aggregate(
    name = "work",
    id = WorkId,
    error = std::convert::Infallible,
    events(WorkEvent),
    commands(WorkCommand)
)]
pub struct WorkItem {
    /// Oldest first.
    sessions: Vec<Session>,
}

#[derive(Debug, Clone, PartialEq)]
struct Session {
    by: Option<String>,
    since: Timestamp,
}

/// Of several sessions one's own ends, else the oldest.
fn ending(sessions: &[Session], by: Option<&str>) -> Option<usize> {
    let own = sessions.iter().position(|it| it.by.as_deref() == by);
    own.or((!sessions.is_empty()).then_some(0))
}

impl Handle<WorkCommand> for WorkItem {
    fn handle(&self, command: WorkCommand, context: &Context<'_, Self>) -> Decision<Self> {
        let task = context.id().task;
        let by = context.metadata().actor.clone();
        Ok(match command {
            WorkCommand::Schedule { .. } => events![WorkEvent::Scheduled { task }],
            WorkCommand::Start { .. } => events![WorkEvent::Started {
                task,
                by,
                at: context.now(),
            }],
            WorkCommand::Complete { .. } => {
                let session =
                    ending(&self.sessions, by.as_deref()).and_then(|at| self.sessions.get(at));
                match session {
                    None => events![WorkEvent::Closed { task }],
                    Some(session) => events![WorkEvent::Completed {
                        task,
                        begun_by: session.by.clone(),
                        worked_ms: milliseconds(context.now(), session.since),
                    }],
                }
            }
        })
    }
}

fn milliseconds(now: Timestamp, since: Timestamp) -> u64 {
    u64::try_from(now.saturating_since(since).as_millis()).unwrap_or(u64::MAX)
}

impl Apply<WorkEvent> for WorkItem {
    fn apply(&mut self, event: &WorkEvent) {
        match event {
            WorkEvent::Scheduled { .. } | WorkEvent::Closed { .. } => {}
            WorkEvent::Started { by, at, .. } => self.sessions.push(Session {
                by: by.clone(),
                since: *at,
            }),
            WorkEvent::Completed { begun_by, .. } => {
                if let Some(at) = ending(&self.sessions, begun_by.as_deref()) {
                    self.sessions.remove(at);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Task, WorkCommand as Command, WorkEvent as Event, WorkId, WorkItem};
    use eventsource_core::prelude::*;

    const TASK: Task = Task::CallAboutOffers;

    fn item() -> WorkId {
        WorkId {
            application: "1".into(),
            task: TASK,
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_micros(second * 1_000_000)
    }

    fn started(by: &str, second: i64) -> Event {
        Event::Started {
            task: TASK,
            by: Some(by.into()),
            at: at(second),
        }
    }

    fn complete() -> Command {
        Command::Complete { item: item() }
    }

    #[test]
    fn an_id_reads_as_it_is_written() {
        for task in Task::ALL {
            let application = "a.1".to_owned();
            let id = WorkId { application, task };
            assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    #[test]
    fn a_start_tells_who_and_when() {
        given::<WorkItem>(events![Event::Scheduled { task: TASK }])
            .at(at(5))
            .by(Metadata::new().actor("7"))
            .when(Command::Start { item: item() })
            .then(events![started("7", 5)]);
    }

    #[test]
    fn a_session_is_as_long_as_it_took() {
        given::<WorkItem>(events![started("7", 5)])
            .at(at(65))
            .by(Metadata::new().actor("7"))
            .when(complete())
            .then(events![Event::Completed {
                task: TASK,
                begun_by: Some("7".into()),
                worked_ms: 60_000
            }]);
    }

    #[test]
    fn of_two_at_work_each_ends_their_own_session() {
        given::<WorkItem>(events![started("7", 5), started("8", 6)])
            .at(at(8))
            .by(Metadata::new().actor("8"))
            .when(complete())
            .then(events![Event::Completed {
                task: TASK,
                begun_by: Some("8".into()),
                worked_ms: 2_000
            }]);
    }

    #[test]
    fn a_session_may_be_ended_by_another() {
        given::<WorkItem>(events![started("7", 5)])
            .at(at(6))
            .when(complete())
            .then(events![Event::Completed {
                task: TASK,
                begun_by: Some("7".into()),
                worked_ms: 1_000
            }]);
    }

    #[test]
    fn an_item_that_nobody_works_on_is_closed() {
        given::<WorkItem>(events![Event::Scheduled { task: TASK }])
            .when(complete())
            .then(events![Event::Closed { task: TASK }]);
    }

    #[test]
    fn nobody_starts_what_was_never_scheduled() {
        given::<WorkItem>(events![])
            .when(Command::Start { item: item() })
            .then_not_found();
    }
}
