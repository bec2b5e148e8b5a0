//! Of all runners of a process manager, whatever their versions, one carries out what waits in the outbox.
//!
//! Each version has a table and a lease of its own, and they share the outbox. Two that carry out one command could come to different ends: one is
//! refused and reacts, the other a moment later is not. So the outbox has a lease too, and what comes of a command is written under its term.

use std::time::{Duration, Instant};

use super::Runner;
use super::lease::{LOOKED_AFTER_EVERY, is_unsupported};
use super::trouble::Trouble;
use crate::store::{EventStore, Lease};

/// What only a newer version knows is offered to it for so long…
const OFFERED_FOR: Duration = Duration::from_millis(500);

/// …and at most so often, since none may be running.
const OFFERED_EVERY: Duration = Duration::from_secs(5);

/// Whether a runner may carry out commands.
#[derive(Default)]
pub(super) struct Office {
    charge: Charge,
    /// The store has given the lease, and has not been told yet that it is not needed any more.
    to_be_released: bool,
    /// It does not ask before that.
    ask_at: Option<Instant>,
    offered_at: Option<Instant>,
}

#[derive(Default)]
enum Charge {
    /// It has to ask.
    #[default]
    None,
    /// It may, under this term.
    Held {
        term: u64,
        /// The store has said so in this step.
        heard: bool,
    },
    /// The store has no leases.
    Unheard,
}

impl Office {
    /// The term that a write is made under.
    pub(super) fn term(&self) -> Option<u64> {
        match self.charge {
            Charge::Held { term, .. } => Some(term),
            Charge::None | Charge::Unheard => None,
        }
    }

    /// Whether the store has taken a write under the term in this step.
    pub(super) fn hear(&mut self, yes: bool) {
        if let Charge::Held { heard, .. } = &mut self.charge {
            *heard = yes;
        }
    }
}

impl<S: EventStore> Runner<S> {
    /// Asks for the outbox where this runner does not have it.
    pub(super) async fn is_in_charge(&mut self) -> Result<bool, Trouble> {
        match self.outbox.charge {
            Charge::None => self.ask_for_outbox().await,
            Charge::Held { .. } | Charge::Unheard => Ok(true),
        }
    }

    /// Makes sure that nobody else has got the outbox meanwhile, before something is done that no term is asked for.
    pub(super) async fn stay_in_charge(&mut self) -> Result<bool, Trouble> {
        match self.outbox.charge {
            Charge::Held { heard: false, .. } => self.ask_for_outbox().await,
            Charge::None => Ok(false),
            Charge::Held { .. } | Charge::Unheard => Ok(true),
        }
    }

    async fn ask_for_outbox(&mut self) -> Result<bool, Trouble> {
        let now = Instant::now();
        if self.outbox.ask_at.is_some_and(|at| now < at) {
            return Ok(false);
        }
        let crew = &self.duty.crew;
        let name = self.duty.descriptor.name;
        let asked = crew.views.lease_outbox(name, crew.holder, crew.lease).await;
        self.outbox.charge = match asked {
            Ok(Lease::Held { term }) => {
                self.outbox.to_be_released = true;
                Charge::Held { term, heard: true }
            }
            Ok(Lease::Taken { ends_in }) => {
                self.outbox.to_be_released = false;
                self.outbox.ask_at = Some(now + ends_in.min(LOOKED_AFTER_EVERY));
                Charge::None
            }
            Err(error) if is_unsupported(&error) => Charge::Unheard,
            Err(error) => return Err(error.into()),
        };
        let elsewhere = matches!(self.outbox.charge, Charge::None);
        self.tell_in_charge(!elsewhere);
        Ok(!elsewhere)
    }

    /// Lets a newer version have the outbox for a while: it holds what only that one knows.
    pub(super) async fn offer_outbox(&mut self) {
        let now = Instant::now();
        let offered = self.outbox.offered_at;
        if offered.is_some_and(|at| now.saturating_duration_since(at) < OFFERED_EVERY) {
            return;
        }
        self.leave_outbox().await;
        self.outbox.offered_at = Some(now);
        self.outbox.ask_at = Some(now + OFFERED_FOR);
        // Whoever takes it may be done before this runner asks again.
        self.tell_in_charge(false);
    }

    /// Lets another runner carry out what waits.
    pub(super) async fn leave_outbox(&mut self) {
        if !matches!(self.outbox.charge, Charge::Unheard) {
            self.outbox.charge = Charge::None;
        }
        if !self.outbox.to_be_released {
            return;
        }
        let crew = &self.duty.crew;
        let name = self.duty.descriptor.name;
        match crew.views.release_outbox(name, crew.holder).await {
            Ok(()) => self.outbox.to_be_released = false,
            Err(error) => tracing::debug!(%error, "the lease of an outbox was not given back"),
        }
    }

    fn tell_in_charge(&self, yes: bool) {
        self.duty
            .progress
            .send_if_modified(|progress| std::mem::replace(&mut progress.in_charge, yes) != yes);
    }
}
