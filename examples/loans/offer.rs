//! Offers: what the bank proposes to the customer, one after another, until one is taken or the application ends.

use std::fmt;
use std::str::FromStr;

use eventsource_core::prelude::*;

/// The application, and the offer's number in it, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OfferId {
    pub application: String,
    pub number: u32,
}

impl fmt::Display for OfferId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.application, self.number)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an offer's id is the application's, a dot, and a number")]
pub struct OfferIdError;

impl FromStr for OfferId {
    type Err = OfferIdError;

    fn from_str(text: &str) -> Result<Self, OfferIdError> {
        let (application, number) = text.rsplit_once('.').ok_or(OfferIdError)?;
        Ok(Self {
            application: application.to_owned(),
            number: number.parse().map_err(|_| OfferIdError)?,
        })
    }
}

/// What happened to an offer.
#[derive(Event, Debug, Clone, PartialEq)]
#[event(prefix = "offer")]
pub enum OfferEvent {
    Selected,
    Created,
    Sent,
    /// The customer sent the papers back.
    SentBack,
    /// Some are accepted, or declined, though nothing was sent back.
    Accepted,
    Declined,
    /// One in four of the cancelled offers makes way for the next one, which was selected just before.
    Cancelled {
        replaced_by: Option<u32>,
    },
}

#[derive(Command, Debug, Clone)]
#[command(aggregate = Offer)]
pub enum OfferCommand {
    #[command(creates)]
    Select {
        #[command(id)]
        offer: OfferId,
    },
    Create {
        #[command(id)]
        offer: OfferId,
    },
    Send {
        #[command(id)]
        offer: OfferId,
    },
    SendBack {
        #[command(id)]
        offer: OfferId,
    },
    Accept {
        #[command(id)]
        offer: OfferId,
    },
    Decline {
        #[command(id)]
        offer: OfferId,
    },
    Cancel {
        #[command(id)]
        offer: OfferId,
        replaced_by: Option<u32>,
    },
}

/// An offer stands where its last event has brought it.
#[derive(Aggregate, Default, Debug, Clone, Copy, PartialEq)]
#[aggregate(
    name = "offer",
    id = OfferId,
    error = OfferError,
    events(OfferEvent),
    commands(OfferCommand)
)]
pub enum Offer {
    #[default]
    New,
    Selected,
    Created,
    Sent,
    SentBack,
    Accepted,
    Declined,
    Cancelled,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OfferError {
    #[error("the offer is {0:?}, which this cannot follow")]
    OutOfOrder(Offer),
}

impl Handle<OfferCommand> for Offer {
    fn handle(&self, command: OfferCommand, _: &Context<'_, Self>) -> Decision<Self> {
        use {OfferCommand as Command, OfferEvent as Event};

        let event = match (self, command) {
            (Offer::New, Command::Select { .. }) => Event::Selected,
            (Offer::Selected, Command::Create { .. }) => Event::Created,
            (Offer::Created, Command::Send { .. }) => Event::Sent,
            (Offer::Sent, Command::SendBack { .. }) => Event::SentBack,
            (Offer::Sent | Offer::SentBack, Command::Accept { .. }) => Event::Accepted,
            (Offer::Sent | Offer::SentBack, Command::Decline { .. }) => Event::Declined,
            (Offer::Sent | Offer::SentBack, Command::Cancel { replaced_by, .. }) => {
                Event::Cancelled { replaced_by }
            }
            _ => return Err(OfferError::OutOfOrder(*self)),
        };
        Ok(events![event])
    }
}

impl Apply<OfferEvent> for Offer {
    fn apply(&mut self, event: &OfferEvent) {
        *self = match event {
            OfferEvent::Selected => Offer::Selected,
            OfferEvent::Created => Offer::Created,
            OfferEvent::Sent => Offer::Sent,
            OfferEvent::SentBack => Offer::SentBack,
            OfferEvent::Accepted => Offer::Accepted,
            OfferEvent::Declined => Offer::Declined,
            OfferEvent::Cancelled { .. } => Offer::Cancelled,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::{Offer, OfferCommand as Command, OfferError, OfferEvent as Event, OfferId};
    use eventsource_core::prelude::*;

    fn offer() -> OfferId {
        OfferId {
            application: "1.a".into(),
            number: 2,
        }
    }

    #[test]
    fn an_id_reads_as_it_is_written() {
        assert_eq!(offer().to_string(), "1.a.2");
        assert_eq!("1.a.2".parse(), Ok(offer()));
        assert!("1".parse::<OfferId>().is_err());
    }

    #[test]
    fn an_offer_is_accepted_though_nothing_was_sent_back() {
        given::<Offer>(events![Event::Selected, Event::Created, Event::Sent])
            .when(Command::Accept { offer: offer() })
            .then(events![Event::Accepted]);
    }

    #[test]
    fn the_next_offer_takes_the_place_of_the_one_before() {
        given::<Offer>(events![
            Event::Selected,
            Event::Created,
            Event::Sent,
            Event::SentBack
        ])
        .when(Command::Cancel {
            offer: offer(),
            replaced_by: Some(3),
        })
        .then(events![Event::Cancelled {
            replaced_by: Some(3)
        }]);
    }

    #[test]
    fn an_offer_is_sent_only_once_it_was_created() {
        given::<Offer>(events![Event::Selected])
            .when(Command::Send { offer: offer() })
            .then_error(OfferError::OutOfOrder(Offer::Selected));
    }

    #[test]
    fn an_offer_that_was_never_selected_is_not_found() {
        given::<Offer>(events![])
            .when(Command::Create { offer: offer() })
            .then_not_found();
    }
}
