//! Given what has happened, when a command comes, then this is what follows.

use std::fmt::{Debug, Write as _};

use crate::command::{Command, Existence};
use crate::event::{Encode, IntoHistory};
use crate::testing::round_trip::{Encoded, RoundTrip};
use crate::{Aggregate, Context, Events, Handle, Metadata, Timestamp};

/// Begins a test of an aggregate, from the events that have happened: [`events!`](crate::events), or [`history!`](crate::history)
/// where retired ones are among them.
///
/// ```
/// # use serde::{Deserialize, Serialize};
/// use eventsource_core::prelude::*;
/// #
/// # #[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
/// # #[event(name = "account.opened")]
/// # struct Opened { owner: String }
/// #
/// # #[derive(Command, Clone)]
/// # #[command(aggregate = Account)]
/// # struct Withdraw { #[command(id)] account: String, amount: u64 }
/// #
/// # #[derive(Aggregate, Default, Debug, PartialEq)]
/// # #[aggregate(name = "account", id = String, error = AccountError, events(Opened), commands(Withdraw))]
/// # struct Account { balance: u64 }
/// #
/// # #[derive(Debug, PartialEq, thiserror::Error)]
/// # #[error("the balance is {balance}, {requested} was asked for")]
/// # struct AccountError { balance: u64, requested: u64 }
/// #
/// # impl Apply<Opened> for Account {
/// #     fn apply(&mut self, _: &Opened) {}
/// # }
/// #
/// # impl Handle<Withdraw> for Account {
/// #     fn handle(&self, command: Withdraw, _: &Context<'_, Self>) -> Decision<Self> {
/// #         Err(AccountError { balance: self.balance, requested: command.amount })
/// #     }
/// # }
///
/// given::<Account>(events![Opened { owner: "Ada".into() }])
///     .when(Withdraw { account: "a".into(), amount: 11 })
///     .then_error(AccountError { balance: 0, requested: 11 });
/// ```
///
/// Each `then…` ends the test, and also checks that what was given and what came of it has the same state after it was encoded and
/// decoded. (Behind a retired event, which cannot be encoded, it checks that the events have the same encoding again.)
pub fn given<A: Aggregate + PartialEq + Debug>(history: impl IntoHistory<A>) -> Given<A> {
    let mut names = Vec::new();
    let mut state = RoundTrip::default();
    for past in history.into_history().0 {
        if let Some(stored) = past.stored {
            names.push(stored.name);
            let encoded = Encoded {
                name: stored.name,
                version: stored.schema_version,
                payload: stored.payload,
            };
            state.apply(past.fold, &encoded);
        } else {
            names.push("a retired event");
            state.apply_retired(past.fold);
        }
    }
    Given {
        names,
        state,
        now: Timestamp::default(),
        metadata: Metadata::new(),
    }
}

/// What has happened. Say next what comes: [`when`](Self::when).
#[derive(Debug)]
#[must_use = "say what comes: `.when(command)`, and then what follows"]
pub struct Given<A: Aggregate> {
    names: Vec<&'static str>,
    state: RoundTrip<A>,
    now: Timestamp,
    metadata: Metadata,
}

impl<A: Aggregate + PartialEq + Debug> Given<A> {
    /// Sets the time that the command comes at; 1970-01-01T00:00:00Z if it is not set.
    pub fn at(mut self, time: Timestamp) -> Self {
        self.now = time;
        self
    }

    /// Sets what comes with the command; nothing if it is not set.
    pub fn by(mut self, metadata: Metadata) -> Self {
        self.metadata = metadata;
        self
    }

    /// Gives the aggregate a command, as `App::execute` does: first the command's `creates` or `upserts` is
    /// looked at, then the aggregate decides.
    pub fn when<C>(self, command: C) -> When<A>
    where
        C: Command<Aggregate = A>,
        A: Handle<C>,
    {
        let version = self.names.len() as u64;
        let name = command.name();
        let outcome = match (command.existence(), version) {
            (Existence::Required, 0) => Outcome::NotFound,
            (Existence::Forbidden, 1..) => Outcome::AlreadyExists,
            _ => {
                let id = command.id().clone();
                let context = Context::new(&id, version, self.now, &self.metadata);
                match self.state.state().handle(command, &context) {
                    Ok(events) => Outcome::Decided(events),
                    Err(error) => Outcome::Rejected(error),
                }
            }
        };
        When {
            given: self.names,
            state: self.state,
            command: name,
            outcome,
        }
    }
}

/// What came of a command. Say what should have: one of the `then…`.
#[must_use = "say what follows: `.then(events)` or another `then…`"]
pub struct When<A: Aggregate> {
    given: Vec<&'static str>,
    state: RoundTrip<A>,
    command: &'static str,
    outcome: Outcome<A>,
}

enum Outcome<A: Aggregate> {
    NotFound,
    AlreadyExists,
    Rejected(A::Error),
    Decided(Events<A>),
}

impl<A: Aggregate + PartialEq + Debug> When<A> {
    /// The command leads to these events.
    ///
    /// # Panics
    ///
    /// When it leads to others, or is refused, or an event is not the same after it was encoded and decoded.
    #[track_caller]
    pub fn then(self, events: Events<A>)
    where
        A::Event: PartialEq + Debug,
    {
        let expected = events.into_vec();
        let found = match &self.outcome {
            Outcome::Decided(found) if found.as_slice() == expected => None,
            Outcome::Decided(found) => Some(listed(found.as_slice())),
            other => Some(other.told()),
        };
        if let Some(found) = found {
            self.fail(&listed(&expected), &found);
        }
        self.check_round_trip();
    }

    /// The aggregate refuses the command with this error.
    ///
    /// # Panics
    ///
    /// When it does not, or refuses with another.
    #[track_caller]
    pub fn then_error(self, error: A::Error)
    where
        A::Error: PartialEq,
    {
        let refused = matches!(&self.outcome, Outcome::Rejected(found) if *found == error);
        if !refused {
            self.fail(&Outcome::<A>::Rejected(error).told(), &self.outcome.told());
        }
        self.check_round_trip();
    }

    /// The command needs an aggregate that exists, and nothing was given.
    ///
    /// # Panics
    ///
    /// When the command came through to the aggregate.
    #[track_caller]
    pub fn then_not_found(self) {
        if !matches!(self.outcome, Outcome::NotFound) {
            self.fail(&Outcome::<A>::NotFound.told(), &self.outcome.told());
        }
        self.check_round_trip();
    }

    /// The command creates, and there is something already.
    ///
    /// # Panics
    ///
    /// When the command came through to the aggregate.
    #[track_caller]
    pub fn then_already_exists(self) {
        if !matches!(self.outcome, Outcome::AlreadyExists) {
            self.fail(&Outcome::<A>::AlreadyExists.told(), &self.outcome.told());
        }
        self.check_round_trip();
    }

    /// The command is not refused, and the state after its events passes the check.
    ///
    /// # Panics
    ///
    /// When the command was refused, or the check panics.
    #[track_caller]
    pub fn then_state(self, check: impl FnOnce(&A)) {
        if !matches!(self.outcome, Outcome::Decided(_)) {
            self.fail("events, and a state after them", &self.outcome.told());
        }
        check(self.check_round_trip().state());
    }

    /// Applies what was decided, directly and by way of its stored form, and compares the two.
    #[track_caller]
    fn check_round_trip(self) -> RoundTrip<A> {
        let mut state = self.state;
        if let Outcome::Decided(events) = &self.outcome {
            for event in events.as_slice() {
                let event_type = event.event_type();
                let mut payload = Vec::new();
                let encoded = Encoded {
                    name: event_type.name,
                    version: event_type.version,
                    payload: event.encode(&mut payload).map(|()| payload),
                };
                state.apply(|state| state.apply_event(event), &encoded);
            }
        }
        if let Some(failure) = state.failure() {
            panic!("{failure}");
        }
        state
    }

    #[track_caller]
    fn fail(&self, expected: &str, found: &str) -> ! {
        panic!(
            "given [{}], when {}\n  expected: {expected}\n     found: {found}",
            self.given.join(", "),
            self.command
        )
    }
}

impl<A: Aggregate> Outcome<A> {
    fn told(&self) -> String {
        match self {
            Self::NotFound => "not found: the command needs an aggregate that exists".to_owned(),
            Self::AlreadyExists => "already exists: the command creates".to_owned(),
            Self::Rejected(error) => format!("the refusal {error:?} ({error})"),
            Self::Decided(events) => format!("the events {events:?}"),
        }
    }
}

/// Events with their stored names and their content: these are a test's own.
fn listed<E: Encode + Debug>(events: &[E]) -> String {
    let mut text = String::from("the events [");
    for event in events {
        let name = event.event_type().name;
        // Writing to a `String` cannot fail.
        let _ = write!(text, "\n      {name}: {event:?}");
    }
    text.push_str(if events.is_empty() { "]" } else { "\n    ]" });
    text
}
