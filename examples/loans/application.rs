//! Loan applications: from the form that somebody sends to the loan that is paid out, or not.

use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

/// How far an application got before it was decided on.
#[derive(
    Serialize, Deserialize, Default, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    #[default]
    Submitted,
    PartlySubmitted,
    PreAccepted,
    Accepted,
    Finalized,
}

/// What happened to an application.
#[derive(Event, Debug, Clone, PartialEq)]
#[event(prefix = "application")]
pub enum ApplicationEvent {
    /// The bank's own registration date is often some milliseconds off the time of the event, so it is kept for itself. An amount of 0
    /// occurs: the customer left it open.
    Submitted {
        amount: u64,
        registered_at: Timestamp,
    },
    PartlySubmitted,
    PreAccepted,
    Accepted,
    Finalized,
    /// Approved, registered and activated come in any order, often at the same millisecond.
    Approved,
    Registered,
    Activated,
    /// The bank does not want it.
    Declined {
        stage: Stage,
    },
    /// The customer does not want it, or never answered.
    Cancelled {
        stage: Stage,
    },
}

#[derive(Command, Debug, Clone)]
#[command(aggregate = Application)]
pub enum ApplicationCommand {
    #[command(creates)]
    Submit {
        #[command(id)]
        application: String,
        amount: u64,
        registered_at: Timestamp,
    },
    SubmitPartly {
        #[command(id)]
        application: String,
    },
    PreAccept {
        #[command(id)]
        application: String,
    },
    Accept {
        #[command(id)]
        application: String,
    },
    Finalize {
        #[command(id)]
        application: String,
    },
    Approve {
        #[command(id)]
        application: String,
    },
    Register {
        #[command(id)]
        application: String,
    },
    Activate {
        #[command(id)]
        application: String,
    },
    Decline {
        #[command(id)]
        application: String,
    },
    Cancel {
        #[command(id)]
        application: String,
    },
}

/// What is known of an application when a command comes.
#[derive(Aggregate, Default, Debug, Clone, PartialEq)]
#[aggregate(
    name = "application",
    id = String,
    error = ApplicationError,
    events(ApplicationEvent),
    commands(ApplicationCommand)
)]
pub struct Application {
    stage: Stage,
    approved: bool,
    registered: bool,
    activated: bool,
    /// Declined or cancelled.
    closed: bool,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ApplicationError {
    #[error("this step follows {needed:?}, and the application is {stage:?}")]
    OutOfOrder { needed: Stage, stage: Stage },
    #[error("this was done before")]
    Repeated,
    #[error("the application was declined or cancelled before")]
    Closed,
    #[error("the loan was granted before")]
    Granted,
}

impl Application {
    fn granted(&self) -> bool {
        self.approved || self.registered || self.activated
    }

    fn advance(&self, needed: Stage, event: ApplicationEvent) -> Decision<Self> {
        if self.stage == needed {
            Ok(events![event])
        } else {
            let stage = self.stage;
            Err(ApplicationError::OutOfOrder { needed, stage })
        }
    }

    fn grant(&self, done: bool, event: ApplicationEvent) -> Decision<Self> {
        if done {
            return Err(ApplicationError::Repeated);
        }
        self.advance(Stage::Finalized, event)
    }

    fn close(&self, event: ApplicationEvent) -> Decision<Self> {
        if self.granted() {
            return Err(ApplicationError::Granted);
        }
        Ok(events![event])
    }
}

impl Handle<ApplicationCommand> for Application {
    fn handle(&self, command: ApplicationCommand, _: &Context<'_, Self>) -> Decision<Self> {
        use {ApplicationCommand as Command, ApplicationEvent as Event};

        if self.closed {
            return Err(ApplicationError::Closed);
        }
        let stage = self.stage;
        match command {
            Command::Submit {
                amount,
                registered_at,
                ..
            } => Ok(events![Event::Submitted {
                amount,
                registered_at
            }]),
            Command::SubmitPartly { .. } => self.advance(Stage::Submitted, Event::PartlySubmitted),
            Command::PreAccept { .. } => self.advance(Stage::PartlySubmitted, Event::PreAccepted),
            Command::Accept { .. } => self.advance(Stage::PreAccepted, Event::Accepted),
            Command::Finalize { .. } => self.advance(Stage::Accepted, Event::Finalized),
            Command::Approve { .. } => self.grant(self.approved, Event::Approved),
            Command::Register { .. } => self.grant(self.registered, Event::Registered),
            Command::Activate { .. } => self.grant(self.activated, Event::Activated),
            Command::Decline { .. } => self.close(Event::Declined { stage }),
            Command::Cancel { .. } => self.close(Event::Cancelled { stage }),
        }
    }
}

impl Apply<ApplicationEvent> for Application {
    fn apply(&mut self, event: &ApplicationEvent) {
        match event {
            ApplicationEvent::Submitted { .. } => self.stage = Stage::Submitted,
            ApplicationEvent::PartlySubmitted => self.stage = Stage::PartlySubmitted,
            ApplicationEvent::PreAccepted => self.stage = Stage::PreAccepted,
            ApplicationEvent::Accepted => self.stage = Stage::Accepted,
            ApplicationEvent::Finalized => self.stage = Stage::Finalized,
            ApplicationEvent::Approved => self.approved = true,
            ApplicationEvent::Registered => self.registered = true,
            ApplicationEvent::Activated => self.activated = true,
            ApplicationEvent::Declined { .. } | ApplicationEvent::Cancelled { .. } => {
                self.closed = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Application, ApplicationCommand as Command, ApplicationError, ApplicationEvent as Event,
        Stage,
    };
    use eventsource_core::prelude::*;

    fn submitted() -> Event {
        Event::Submitted {
            amount: 5_000,
            registered_at: Timestamp::from_micros(1),
        }
    }

    fn finalized() -> Events<Application> {
        events![
            submitted(),
            Event::PartlySubmitted,
            Event::PreAccepted,
            Event::Accepted,
            Event::Finalized
        ]
    }

    fn application() -> String {
        "1".into()
    }

    #[test]
    fn an_application_is_submitted_once() {
        given::<Application>(events![submitted()])
            .when(Command::Submit {
                application: application(),
                amount: 1,
                registered_at: Timestamp::from_micros(2),
            })
            .then_already_exists();
    }

    #[test]
    fn an_application_is_accepted_only_after_it_was_pre_accepted() {
        given::<Application>(events![submitted(), Event::PartlySubmitted])
            .when(Command::Accept {
                application: application(),
            })
            .then_error(ApplicationError::OutOfOrder {
                needed: Stage::PreAccepted,
                stage: Stage::PartlySubmitted,
            });
    }

    #[test]
    fn approved_registered_and_activated_come_in_any_order() {
        given::<Application>(finalized().with(Event::Activated).with(Event::Registered))
            .when(Command::Approve {
                application: application(),
            })
            .then(events![Event::Approved]);
    }

    #[test]
    fn nothing_is_approved_twice() {
        given::<Application>(finalized().with(Event::Approved))
            .when(Command::Approve {
                application: application(),
            })
            .then_error(ApplicationError::Repeated);
    }

    #[test]
    fn a_declined_application_remembers_how_far_it_got() {
        given::<Application>(finalized())
            .when(Command::Decline {
                application: application(),
            })
            .then(events![Event::Declined {
                stage: Stage::Finalized
            }]);
    }

    #[test]
    fn a_granted_loan_is_not_cancelled() {
        given::<Application>(finalized().with(Event::Registered))
            .when(Command::Cancel {
                application: application(),
            })
            .then_error(ApplicationError::Granted);
    }

    #[test]
    fn nothing_follows_a_cancellation() {
        given::<Application>(events![
            submitted(),
            Event::Cancelled {
                stage: Stage::Submitted
            }
        ])
        .when(Command::SubmitPartly {
            application: application(),
        })
        .then_error(ApplicationError::Closed);
    }
}
