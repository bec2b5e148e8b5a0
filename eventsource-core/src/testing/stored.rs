//! Stored payloads, as tests write them down: name, version and JSON.

use crate::Aggregate;
use crate::event::{DecodeError, Decoded, Event, Stored};

/// Reads a stored payload as an `E`, by the way that every reader goes.
///
/// ```
/// use eventsource_core::prelude::*;
/// use eventsource_core::testing::decode;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Event, Serialize, Deserialize)]
/// #[event(name = "account.deposited", version = 2)]
/// struct Deposited {
///     #[event(was(name = "amt", until = 1))]
///     amount: u64,
/// }
///
/// let deposited: Deposited = decode("account.deposited", 1, r#"{"amt":5}"#).unwrap();
/// assert_eq!(deposited.amount, 5);
/// ```
///
/// # Errors
///
/// When it is not such a payload, when the version was never declared, when the name is of another event, and when the event is
/// declared to be dropped.
pub fn decode<E: Event>(name: &str, version: u16, payload: &str) -> Result<E, DecodeError> {
    let stored = stored(name, version, payload);
    match E::decode(&stored)? {
        Decoded::Event(event) => Ok(event),
        Decoded::Dropped => Err(DecodeError::dropped(name, version)),
        Decoded::Foreign => Err(DecodeError::foreign(name, version, E::TYPES)),
    }
}

/// The state that these stored events lead to, each given by its name, schema version and JSON payload.
///
/// ```
/// use eventsource_core::prelude::*;
/// use eventsource_core::testing::replay;
/// # use serde::{Deserialize, Serialize};
/// #
/// # #[derive(Event, Serialize, Deserialize)]
/// # #[event(name = "account.opened")]
/// # struct Opened { owner: String }
/// #
/// # #[derive(Aggregate, Default)]
/// # #[aggregate(name = "account", id = String, error = std::convert::Infallible, events(Opened))]
/// # struct Account { owner: String }
/// #
/// # impl Apply<Opened> for Account {
/// #     fn apply(&mut self, event: &Opened) {
/// #         self.owner = event.owner.clone();
/// #     }
/// # }
///
/// let account: Account = replay([("account.opened", 1, r#"{"owner":"Ada"}"#)]).unwrap();
/// assert_eq!(account.owner, "Ada");
/// ```
///
/// # Errors
///
/// When one of them cannot be read, or is not listed by the aggregate.
pub fn replay<'a, A: Aggregate>(
    events: impl IntoIterator<Item = (&'a str, u16, &'a str)>,
) -> Result<A, DecodeError> {
    let mut state = A::initial();
    for (name, version, payload) in events {
        state.replay(&stored(name, version, payload))?;
    }
    Ok(state)
}

fn stored<'a>(name: &'a str, version: u16, payload: &'a str) -> Stored<'a> {
    Stored {
        name,
        version,
        payload: payload.as_bytes(),
    }
}
