//! What a decision leads to: a list of one aggregate's events.

use std::fmt;

use crate::Aggregate;
use crate::aggregate::Sink;

/// The events that a command leads to, in order. Made by [`events!`](crate::events), or from a `Vec<A::Event>`.
pub struct Events<A: Aggregate>(Vec<A::Event>);

impl<A: Aggregate> Events<A> {
    /// None: the command changes nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds an event behind the others.
    #[must_use]
    pub fn with<E: EventOf<A>>(mut self, event: E) -> Self {
        self.0.push(event.into_event());
        self
    }

    /// The events.
    #[must_use]
    pub fn as_slice(&self) -> &[A::Event] {
        &self.0
    }

    /// The events, by value.
    #[must_use]
    pub fn into_vec(self) -> Vec<A::Event> {
        self.0
    }
}

impl<A: Aggregate> Default for Events<A> {
    fn default() -> Self {
        Self::new()
    }
}

impl<A: Aggregate> From<Vec<A::Event>> for Events<A> {
    fn from(events: Vec<A::Event>) -> Self {
        Self(events)
    }
}

impl<A: Aggregate> Clone for Events<A>
where
    A::Event: Clone,
{
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<A: Aggregate> PartialEq for Events<A>
where
    A::Event: PartialEq,
{
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

/// Shows the names of the events, never their payloads.
impl<A: Aggregate> fmt::Debug for Events<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use crate::Encode as _;
        f.debug_list()
            .entries(self.0.iter().map(|event| event.event_type().name))
            .finish()
    }
}

/// An event that the aggregate `A` can write: one of its `events(…)`, or the enum of them.
///
/// Written by `#[derive(Aggregate)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event of `{A}`",
    label = "not listed in `events(…)` of `{A}`",
    note = "add `{Self}` to `#[aggregate(events(…))]` on `{A}`, or write one of the events that stand there"
)]
pub trait EventOf<A: Aggregate> {
    /// As the aggregate's event type.
    fn into_event(self) -> A::Event;
}

/// Events as they are stored, for tests: those that can be written, and retired ones. Made by [`history!`](crate::history).
pub struct History<A: Aggregate>(pub(crate) Vec<PastEvent<A>>);

/// One event of a [`History`].
pub(crate) struct PastEvent<A> {
    pub(crate) fold: Box<dyn FnOnce(&mut A) + Send>,
    /// The stored form, for an event that can be written.
    pub(crate) stored: Option<Stored>,
}

/// The stored form of an event that can be written.
pub(crate) struct Stored {
    pub(crate) name: &'static str,
    pub(crate) schema_version: u16,
    pub(crate) payload: Result<Vec<u8>, super::EncodeError>,
}

impl<A: Aggregate> History<A> {
    /// Nothing has happened yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds an event behind the others: any that the aggregate reads, retired ones too.
    #[must_use]
    pub fn with<E: for<'a> super::ReplayInto<Sink<'a, A>> + Send>(mut self, event: E) -> Self {
        let mut payload = Vec::new();
        let encoded = event.encode(&mut payload);
        let stored = match encoded {
            Err(super::EncodeError::Retired { .. }) => None,
            Err(refused) => Some(Err(refused)),
            Ok(()) => Some(Ok(payload)),
        };
        let event_type = event.event_type();
        self.0.push(PastEvent {
            stored: stored.map(|payload| Stored {
                name: event_type.name,
                schema_version: event_type.version,
                payload,
            }),
            fold: Box::new(move |state| event.replay_into(&mut Sink::State(state))),
        });
        self
    }
}

impl<A: Aggregate> Default for History<A> {
    fn default() -> Self {
        Self::new()
    }
}

/// What a test can begin from: [`events!`](crate::events) or [`history!`](crate::history).
pub trait IntoHistory<A: Aggregate> {
    /// As a history.
    fn into_history(self) -> History<A>;
}

impl<A: Aggregate> IntoHistory<A> for History<A> {
    fn into_history(self) -> History<A> {
        self
    }
}

impl<A: Aggregate> IntoHistory<A> for Events<A> {
    fn into_history(self) -> History<A> {
        use crate::Encode as _;
        History(
            self.0
                .into_iter()
                .map(|event| {
                    let mut payload = Vec::new();
                    let encoded = event.encode(&mut payload).map(|()| payload);
                    let event_type = event.event_type();
                    PastEvent {
                        stored: Some(Stored {
                            name: event_type.name,
                            schema_version: event_type.version,
                            payload: encoded,
                        }),
                        fold: Box::new(move |state: &mut A| state.apply_event(&event)),
                    }
                })
                .collect(),
        )
    }
}

/// The events that a command leads to, in order: none, one or several of the aggregate's `events(…)`.
///
/// ```
/// # #[cfg(feature = "derive")] {
/// # use eventsource_core::prelude::*;
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Event, Serialize, Deserialize)]
/// # #[event(name = "account.withdrawn")]
/// # struct Withdrawn {
/// #     amount: u64,
/// # }
/// # #[derive(Event, Deserialize)]
/// # #[event(name = "account.suspended", retired)]
/// # struct Suspended;
/// # #[derive(Aggregate, Default, Debug, PartialEq)]
/// # #[aggregate(name = "account", id = String, error = std::convert::Infallible, events(Withdrawn), retired(Suspended))]
/// # struct Account {
/// #     withdrawn: u64,
/// # }
/// # impl Apply<Withdrawn> for Account {
/// #     fn apply(&mut self, event: &Withdrawn) {
/// #         self.withdrawn += event.amount;
/// #     }
/// # }
/// # impl Apply<Suspended> for Account {
/// #     fn apply(&mut self, _: &Suspended) {}
/// # }
/// let events: Events<Account> = events![Withdrawn { amount: 4 }, Withdrawn { amount: 5 }];
/// assert_eq!(events.as_slice().len(), 2);
/// # }
/// ```
#[macro_export]
macro_rules! events {
    ($($event:expr),* $(,)?) => {
        $crate::Events::new()$(.with($event))*
    };
}

/// Events that have happened, for tests: as [`events!`], and retired events too.
///
/// ```
/// # #[cfg(feature = "derive")] {
/// # use eventsource_core::prelude::*;
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Event, Serialize, Deserialize)]
/// # #[event(name = "account.withdrawn")]
/// # struct Withdrawn {
/// #     amount: u64,
/// # }
/// # #[derive(Event, Deserialize)]
/// # #[event(name = "account.suspended", retired)]
/// # struct Suspended;
/// # #[derive(Aggregate, Default, Debug, PartialEq)]
/// # #[aggregate(name = "account", id = String, error = std::convert::Infallible, events(Withdrawn), retired(Suspended))]
/// # struct Account {
/// #     withdrawn: u64,
/// # }
/// # impl Apply<Withdrawn> for Account {
/// #     fn apply(&mut self, event: &Withdrawn) {
/// #         self.withdrawn += event.amount;
/// #     }
/// # }
/// # impl Apply<Suspended> for Account {
/// #     fn apply(&mut self, _: &Suspended) {}
/// # }
/// let past: History<Account> = history![Withdrawn { amount: 4 }, Suspended];
/// # }
/// ```
#[macro_export]
macro_rules! history {
    ($($event:expr),* $(,)?) => {
        $crate::History::new()$(.with($event))*
    };
}
