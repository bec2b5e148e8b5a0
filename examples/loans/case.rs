//! What a log's case means in the domain: each of its events as a command to the aggregate that it is about.

use eventsource_core::Timestamp;

use crate::application::ApplicationCommand;
use crate::log::{Case, Entry, Transition};
use crate::offer::{OfferCommand, OfferId};
use crate::work::{Task, WorkCommand, WorkId};

/// What somebody asked for, and when.
#[derive(Debug, Clone)]
pub struct Step {
    /// The log's name for it.
    pub activity: String,
    pub at: Timestamp,
    pub resource: Option<String>,
    pub request: Request,
}

/// A command to one of the three aggregates.
#[derive(Debug, Clone)]
pub enum Request {
    Application(ApplicationCommand),
    Offer(OfferCommand),
    Work(WorkCommand),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseError {
    #[error(
        "case {case}, event {number}: this program knows no activity {activity:?} with a transition {transition}"
    )]
    Unknown {
        case: String,
        number: usize,
        activity: String,
        transition: Transition,
    },
    #[error("case {case}, event {number}: {activity}, and no offer was selected or created before")]
    NoOffer {
        case: String,
        number: usize,
        activity: String,
    },
}

/// The names that the bank's log has for tasks.
pub const fn activity(task: Task) -> &'static str {
    match task {
        Task::FollowUpLead => "W_Afhandelen leads",
        Task::CompleteApplication => "W_Completeren aanvraag",
        Task::CallAboutOffers => "W_Nabellen offertes",
        Task::AssessApplication => "W_Valideren aanvraag",
        Task::CallAboutMissingPapers => "W_Nabellen incomplete dossiers",
        Task::InvestigateFraud => "W_Beoordelen fraude",
        Task::ChangeContract => "W_Wijzigen contractgegevens",
    }
}

/// Which offer an event is about. The log does not say; but an application has at most one offer that the customer can answer, the one that
/// was created last, and perhaps the next one, selected and not created yet.
#[derive(Default)]
struct Offers {
    selected: u32,
    created: u32,
}

impl Offers {
    fn request(&mut self, application: &str, activity: &str) -> Option<Result<OfferCommand, ()>> {
        let id = |number: u32| {
            let application = application.to_owned();
            let id = OfferId {
                application,
                number,
            };
            if number == 0 { Err(()) } else { Ok(id) }
        };
        let next = (self.selected > self.created).then_some(self.selected);
        let current = id(self.created);
        Some(match activity {
            "O_SELECTED" => {
                self.selected = self.selected.saturating_add(1);
                id(self.selected).map(|offer| OfferCommand::Select { offer })
            }
            "O_CREATED" => {
                self.created = self.selected;
                id(self.created).map(|offer| OfferCommand::Create { offer })
            }
            "O_SENT" => current.map(|offer| OfferCommand::Send { offer }),
            "O_SENT_BACK" => current.map(|offer| OfferCommand::SendBack { offer }),
            "O_ACCEPTED" => current.map(|offer| OfferCommand::Accept { offer }),
            "O_DECLINED" => current.map(|offer| OfferCommand::Decline { offer }),
            "O_CANCELLED" => current.map(|offer| OfferCommand::Cancel {
                offer,
                replaced_by: next,
            }),
            _ => return None,
        })
    }
}

fn application_request(case: &Case, activity: &str) -> Option<ApplicationCommand> {
    let application = case.id.clone();
    Some(match activity {
        "A_SUBMITTED" => ApplicationCommand::Submit {
            application,
            amount: case.amount,
            registered_at: case.registered_at,
        },
        "A_PARTLYSUBMITTED" => ApplicationCommand::SubmitPartly { application },
        "A_PREACCEPTED" => ApplicationCommand::PreAccept { application },
        "A_ACCEPTED" => ApplicationCommand::Accept { application },
        "A_FINALIZED" => ApplicationCommand::Finalize { application },
        "A_APPROVED" => ApplicationCommand::Approve { application },
        "A_REGISTERED" => ApplicationCommand::Register { application },
        "A_ACTIVATED" => ApplicationCommand::Activate { application },
        "A_DECLINED" => ApplicationCommand::Decline { application },
        "A_CANCELLED" => ApplicationCommand::Cancel { application },
        _ => return None,
    })
}

fn work_request(case: &Case, entry: &Entry) -> Option<WorkCommand> {
    let mut tasks = Task::ALL.into_iter();
    let item = WorkId {
        application: case.id.clone(),
        task: tasks.find(|task| activity(*task) == entry.activity)?,
    };
    Some(match entry.transition {
        Transition::Schedule => WorkCommand::Schedule { item },
        Transition::Start => WorkCommand::Start { item },
        Transition::Complete => WorkCommand::Complete { item },
    })
}

/// The steps of a case, one an event, in their order.
///
/// # Errors
///
/// When one of its events means nothing here.
pub fn steps(case: &Case) -> Result<Vec<Step>, CaseError> {
    let mut offers = Offers::default();
    let mut steps = Vec::with_capacity(case.events.len());
    for (number, entry) in (1..).zip(&case.events) {
        let request = request(case, entry, &mut offers).map_err(|unfit| match unfit {
            Unfit::Unknown => CaseError::Unknown {
                case: case.id.clone(),
                number,
                activity: entry.activity.clone(),
                transition: entry.transition,
            },
            Unfit::NoOffer => CaseError::NoOffer {
                case: case.id.clone(),
                number,
                activity: entry.activity.clone(),
            },
        })?;
        steps.push(Step {
            activity: entry.activity.clone(),
            at: entry.at,
            resource: entry.resource.clone(),
            request,
        });
    }
    Ok(steps)
}

enum Unfit {
    Unknown,
    NoOffer,
}

fn request(case: &Case, entry: &Entry, offers: &mut Offers) -> Result<Request, Unfit> {
    if let Some(command) = work_request(case, entry) {
        return Ok(Request::Work(command));
    }
    if entry.transition != Transition::Complete {
        return Err(Unfit::Unknown);
    }
    if let Some(command) = application_request(case, &entry.activity) {
        return Ok(Request::Application(command));
    }
    match offers.request(&case.id, &entry.activity) {
        Some(Ok(command)) => Ok(Request::Offer(command)),
        Some(Err(())) => Err(Unfit::NoOffer),
        None => Err(Unfit::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::{CaseError, Request, steps};
    use crate::log::{Case, Entry, Transition};
    use crate::offer::OfferCommand;
    use eventsource_core::Timestamp;

    fn case(activities: &[&str]) -> Case {
        let at = Timestamp::from_micros(1);
        let entry = |activity: &&str| Entry {
            activity: (*activity).to_owned(),
            transition: Transition::Complete,
            at,
            resource: None,
        };
        Case {
            id: "1".into(),
            amount: 1,
            registered_at: at,
            events: activities.iter().map(entry).collect(),
        }
    }

    fn cancelled(activities: &[&str]) -> (u32, Option<u32>) {
        let last = steps(&case(activities)).unwrap().pop();
        match last.unwrap().request {
            Request::Offer(OfferCommand::Cancel { offer, replaced_by }) => {
                (offer.number, replaced_by)
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_offer_is_cancelled_in_favour_of_the_one_that_was_selected_since() {
        let first = ["O_SELECTED", "O_CREATED", "O_SENT"];
        assert_eq!(
            cancelled(&[&first[..], &["O_CANCELLED"]].concat()),
            (1, None)
        );
        assert_eq!(
            cancelled(&[&first[..], &["O_SELECTED", "O_CANCELLED"]].concat()),
            (1, Some(2))
        );
        assert_eq!(
            cancelled(&[&first[..], &["O_SELECTED", "O_CREATED", "O_CANCELLED"]].concat()),
            (2, None)
        );
    }

    #[test]
    fn an_answer_to_no_offer_is_told() {
        let error = steps(&case(&["A_SUBMITTED", "O_SENT_BACK"])).unwrap_err();
        assert!(
            matches!(error, CaseError::NoOffer { number: 2, .. }),
            "{error}"
        );
    }

    #[test]
    fn what_is_unknown_is_told() {
        let mut case = case(&["A_SUBMITTED"]);
        case.events[0].transition = Transition::Start;
        let error = steps(&case).unwrap_err().to_string();
        assert!(
            error.contains("A_SUBMITTED") && error.contains("START"),
            "{error}"
        );
    }
}
