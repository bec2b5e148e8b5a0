//! What a runner is to do, and what it has in common with the others of its program.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use uuid::Uuid;

use super::{Declarations, Progress};
use crate::process::Dispatcher;
use crate::registry::ProjectionDescriptor;
use crate::store::{ViewStore, ViewTable};

/// What all runners of a program have in common.
pub(crate) struct Crew<S> {
    pub(crate) store: Arc<S>,
    pub(crate) views: Arc<dyn ViewStore>,
    pub(crate) declarations: Arc<Declarations>,
    /// Who asks for leases.
    pub(crate) holder: Uuid,
    /// How long leases last.
    pub(crate) lease: Duration,
    /// What carries out the commands of process managers.
    pub(crate) dispatcher: Option<Arc<Dispatcher>>,
}

// Derived, it would ask for stores that can be cloned.
impl<S> Clone for Crew<S> {
    fn clone(&self) -> Self {
        Self {
            store: Arc::clone(&self.store),
            views: Arc::clone(&self.views),
            declarations: Arc::clone(&self.declarations),
            holder: self.holder,
            lease: self.lease,
            dispatcher: self.dispatcher.clone(),
        }
    }
}

impl<S> Crew<S> {
    /// The duty to feed a table, until it is told to stop.
    pub(crate) fn duty(
        &self,
        descriptor: &'static ProjectionDescriptor,
        table: Arc<ViewTable>,
        progress: watch::Sender<Progress>,
        stop: watch::Receiver<bool>,
    ) -> Duty<S> {
        Duty {
            crew: self.clone(),
            table,
            descriptor,
            progress,
            stop,
            nudge: Arc::default(),
        }
    }
}

/// What a runner is to feed, and who is told.
pub(crate) struct Duty<S> {
    pub(super) crew: Crew<S>,
    pub(super) table: Arc<ViewTable>,
    pub(super) descriptor: &'static ProjectionDescriptor,
    pub(super) progress: watch::Sender<Progress>,
    pub(super) stop: watch::Receiver<bool>,
    /// Told when an operator has changed something.
    pub(crate) nudge: Arc<Notify>,
}
