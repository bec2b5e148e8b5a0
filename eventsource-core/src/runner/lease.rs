//! Of several runners of one table, one works: who it is, and when another one takes over.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use uuid::Uuid;

use super::trouble::Trouble;
use super::{Duty, ProjectionState, Runner};
use crate::projection::{FoldCause, FoldFailure};
use crate::store::{EventStore, Lease, StoreErrorKind, ViewStore, ViewStoreError};

/// How long a lease lasts by default: so long after the death of the runner that has it, another one takes over.
pub(crate) const LEASE: Duration = Duration::from_secs(5);

/// A lease that is shorter ends before a busy machine has renewed it.
pub(crate) const SHORTEST_LEASE: Duration = Duration::from_millis(100);

/// So many times it is renewed while it would last: two renewals may fail in a row.
const RENEWALS: u32 = 4;

/// How often a runner that waits for another one looks after it.
pub(super) const LOOKED_AFTER_EVERY: Duration = Duration::from_millis(200);

/// Whether a runner may work.
pub(super) enum Tenure {
    /// It has to ask.
    None,
    /// It may, under this term.
    Held {
        term: u64,
        /// The store has said so in this step.
        heard: bool,
    },
    /// The store has no leases: the checkpoint alone keeps runners apart.
    Unheard,
}

impl Tenure {
    /// What the store has said before is not relied on.
    pub(super) fn begin_step(&mut self) {
        if let Self::Held { heard, .. } = self {
            *heard = false;
        }
    }

    /// The store has just taken a write under the term.
    pub(super) fn is_heard(&mut self) {
        if let Self::Held { heard, .. } = self {
            *heard = true;
        }
    }
}

impl<S: EventStore> Runner<S> {
    /// Makes sure that this runner may work. `false`: another one does, and some time has passed.
    pub(super) async fn is_in_office(&mut self) -> Result<bool, Trouble> {
        if !matches!(self.tenure, Tenure::None) {
            return Ok(true);
        }
        let duty = &self.duty;
        if self.reopen {
            // It may have been removed, and what has no table has no lease.
            duty.crew.views.open(&duty.table).await?;
        }
        let asked = duty
            .crew
            .views
            .lease(&duty.table, duty.crew.holder, duty.crew.lease)
            .await;
        match asked {
            Ok(Lease::Held { term }) => {
                tracing::debug!(
                    projection = duty.descriptor.name,
                    version = duty.descriptor.version,
                    term,
                    "feeding begins"
                );
                self.tenure = Tenure::Held { term, heard: true };
                self.reopen = true;
                Ok(true)
            }
            Ok(Lease::Taken { ends_in }) => {
                let checkpoint = duty.crew.views.checkpoint(&duty.table).await?;
                self.leave_outbox().await;
                self.look_from_standby(checkpoint).await?;
                self.begin_again(checkpoint);
                self.tell(checkpoint, ProjectionState::Standby);
                self.pause(ends_in.min(LOOKED_AFTER_EVERY)).await;
                Ok(false)
            }
            Err(error) if is_unsupported(&error) => {
                self.tenure = Tenure::Unheard;
                Ok(true)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Makes sure that nobody has taken over meanwhile, before something is done that no term is asked for: a command that is refused now could
    /// be accepted under the next one. The lease lasts its whole time from here.
    pub(super) async fn stay_in_office(&mut self) -> Result<(), Trouble> {
        let Tenure::Held { term, heard: false } = self.tenure else {
            return Ok(());
        };
        let Duty { crew, table, .. } = &self.duty;
        match crew.views.lease(table, crew.holder, crew.lease).await? {
            Lease::Held { term: now } if now == term => {
                self.tenure.is_heard();
                Ok(())
            }
            _ => Err(Trouble::Deposed),
        }
    }

    /// The term that a write is made under.
    pub(super) fn term(&self) -> Option<u64> {
        match self.tenure {
            Tenure::Held { term, .. } => Some(term),
            Tenure::None | Tenure::Unheard => None,
        }
    }

    /// Lets another runner work. Where the store does not hear of it, the lease ends by itself.
    pub(super) async fn leave_office(&mut self) {
        self.leave_outbox().await;
        if let Tenure::Held { .. } = self.tenure {
            self.tenure = Tenure::None;
            let duty = &self.duty;
            if let Err(error) = duty.crew.views.release(&duty.table, duty.crew.holder).await {
                tracing::debug!(%error, "a lease was not given back");
            }
        }
    }

    /// Whether a newer program may be able to go on where this one cannot.
    pub(super) fn is_for_a_newer_program(failure: &FoldFailure) -> bool {
        match &failure.cause {
            FoldCause::Undeclared => true,
            FoldCause::Decode(error) => error.is_of_a_newer_version(),
            _ => false,
        }
    }
}

/// Renews all leases of a holder, for so long each time, until it is told to stop.
pub(crate) async fn keep(
    views: Arc<dyn ViewStore>,
    holder: Uuid,
    lease: Duration,
    mut stop: watch::Receiver<bool>,
) {
    let renewed_every = lease / RENEWALS;
    loop {
        tokio::select! {
            biased;
            _ = stop.changed() => return,
            () = tokio::time::sleep(renewed_every) => {}
        }
        match views.renew(holder, lease).await {
            Ok(()) => {}
            Err(error) if is_unsupported(&error) => return,
            Err(error) => {
                tracing::warn!(%error, "the leases of this program's projections were not renewed");
            }
        }
    }
}

pub(super) fn is_unsupported(error: &ViewStoreError) -> bool {
    matches!(error, ViewStoreError::Store(error) if error.kind() == StoreErrorKind::Unsupported)
}

/// Takes what a store cannot tell for nothing.
pub(crate) fn or_default<T: Default>(
    answer: Result<T, ViewStoreError>,
) -> Result<T, ViewStoreError> {
    match answer {
        Err(error) if is_unsupported(&error) => Ok(T::default()),
        answer => answer,
    }
}
