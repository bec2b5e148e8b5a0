//! Read models: a row an application, a row a resource, and the funnel over everything.

use std::collections::BTreeMap;

use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

use crate::application::{ApplicationEvent, Stage};
use crate::offer::{OfferEvent, OfferId};
use crate::work::{Task, WorkEvent, WorkId};

/// What became of an application.
#[derive(Serialize, Deserialize, Default, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    #[default]
    Open,
    Granted,
    Declined,
    Cancelled,
}

/// An application, with its offers and the work on it.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(
    name = "applications",
    version = 1,
    events(
        ApplicationEvent,
        OfferEvent(key_with = application_of_offer),
        WorkEvent(key_with = application_of_work)
    )
)]
pub struct ApplicationRow {
    #[projection(key)]
    pub application: String,
    pub amount: u64,
    pub stage: Stage,
    #[projection(index)]
    pub outcome: Outcome,
    pub registered_at: Timestamp,
    pub submitted_at: Timestamp,
    pub last_at: Timestamp,
    pub events: u64,
    /// Events that happened before the one that was recorded ahead of them.
    pub out_of_order: u64,
    pub offers: u32,
    pub accepted_offer: Option<u32>,
    /// Work items, and how often each was completed or closed.
    pub work: BTreeMap<Task, u32>,
    pub worked_ms: u64,
}

fn application_of_offer(_: &OfferEvent, context: &EventContext<'_>) -> Option<String> {
    let id: OfferId = context.stream_id().parse().ok()?;
    Some(id.application)
}

fn application_of_work(_: &WorkEvent, context: &EventContext<'_>) -> Option<String> {
    let id: WorkId = context.stream_id().parse().ok()?;
    Some(id.application)
}

impl ApplicationRow {
    fn note(&mut self, context: &EventContext<'_>) {
        let at = context.recorded_at();
        if at < self.last_at {
            self.out_of_order += 1;
        }
        self.last_at = at;
        self.events += 1;
    }
}

impl Project<ApplicationEvent> for ApplicationRow {
    fn project(&mut self, event: &ApplicationEvent, context: &EventContext<'_>) {
        self.note(context);
        match event {
            ApplicationEvent::Submitted {
                amount,
                registered_at,
            } => {
                self.amount = *amount;
                self.registered_at = *registered_at;
                self.submitted_at = context.recorded_at();
            }
            ApplicationEvent::PartlySubmitted => self.stage = Stage::PartlySubmitted,
            ApplicationEvent::PreAccepted => self.stage = Stage::PreAccepted,
            ApplicationEvent::Accepted => self.stage = Stage::Accepted,
            ApplicationEvent::Finalized => self.stage = Stage::Finalized,
            ApplicationEvent::Approved
            | ApplicationEvent::Registered
            | ApplicationEvent::Activated => self.outcome = Outcome::Granted,
            ApplicationEvent::Declined { .. } => self.outcome = Outcome::Declined,
            ApplicationEvent::Cancelled { .. } => self.outcome = Outcome::Cancelled,
        }
    }
}

impl Project<OfferEvent> for ApplicationRow {
    fn project(&mut self, event: &OfferEvent, context: &EventContext<'_>) {
        self.note(context);
        match event {
            OfferEvent::Selected => self.offers += 1,
            OfferEvent::Accepted => self.accepted_offer = Some(self.offers),
            _ => {}
        }
    }
}

impl Project<WorkEvent> for ApplicationRow {
    fn project(&mut self, event: &WorkEvent, context: &EventContext<'_>) {
        self.note(context);
        match event {
            WorkEvent::Scheduled { task } => {
                self.work.entry(*task).or_default();
            }
            WorkEvent::Started { .. } => {}
            WorkEvent::Completed {
                task, worked_ms, ..
            } => {
                *self.work.entry(*task).or_default() += 1;
                self.worked_ms += worked_ms;
            }
            WorkEvent::Closed { task } => *self.work.entry(*task).or_default() += 1,
        }
    }
}

/// The resource of events whose resource is not known.
pub const NOBODY: &str = "none";

/// What somebody did, over all streams.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(
    name = "workload",
    version = 1,
    events(
        ApplicationEvent(key_with = resource),
        OfferEvent(key_with = resource),
        WorkEvent(key_with = resource)
    )
)]
pub struct Workload {
    #[projection(key)]
    pub resource: String,
    pub events: u64,
    pub application_steps: u64,
    pub offer_steps: u64,
    pub scheduled: u64,
    pub sessions: u64,
    pub worked_ms: u64,
    pub first_at: Option<Timestamp>,
    pub last_at: Option<Timestamp>,
}

fn resource<E>(_: &E, context: &EventContext<'_>) -> Option<String> {
    let actor = context.metadata().actor.as_deref();
    Some(actor.unwrap_or(NOBODY).to_owned())
}

impl Workload {
    /// Cases are imported side by side, so times of different cases come in any order.
    fn note(&mut self, context: &EventContext<'_>) {
        let at = context.recorded_at();
        self.events += 1;
        self.first_at = Some(self.first_at.map_or(at, |first| first.min(at)));
        self.last_at = Some(self.last_at.map_or(at, |last| last.max(at)));
    }
}

impl Project<ApplicationEvent> for Workload {
    fn project(&mut self, _: &ApplicationEvent, context: &EventContext<'_>) {
        self.note(context);
        self.application_steps += 1;
    }
}

impl Project<OfferEvent> for Workload {
    fn project(&mut self, _: &OfferEvent, context: &EventContext<'_>) {
        self.note(context);
        self.offer_steps += 1;
    }
}

impl Project<WorkEvent> for Workload {
    fn project(&mut self, event: &WorkEvent, context: &EventContext<'_>) {
        self.note(context);
        match event {
            WorkEvent::Scheduled { .. } => self.scheduled += 1,
            WorkEvent::Started { .. } => self.sessions += 1,
            WorkEvent::Completed { worked_ms, .. } => self.worked_ms += worked_ms,
            WorkEvent::Closed { .. } => {}
        }
    }
}

/// How many came how far: one row over everything.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(
    name = "funnel",
    version = 1,
    key = global,
    events(ApplicationEvent, OfferEvent, WorkEvent)
)]
pub struct Funnel {
    pub amount_requested: u64,
    pub submitted: u64,
    pub partly_submitted: u64,
    pub pre_accepted: u64,
    pub accepted: u64,
    pub finalized: u64,
    pub approved: u64,
    pub registered: u64,
    pub activated: u64,
    pub declined: u64,
    pub declined_at: BTreeMap<Stage, u64>,
    pub cancelled: u64,
    pub cancelled_at: BTreeMap<Stage, u64>,
    pub offers_selected: u64,
    pub offers_created: u64,
    pub offers_sent: u64,
    pub offers_sent_back: u64,
    pub offers_accepted: u64,
    pub offers_declined: u64,
    pub offers_cancelled: u64,
    pub offers_replaced: u64,
    pub work: BTreeMap<Task, WorkCounts>,
}

#[derive(Serialize, Deserialize, Default, Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkCounts {
    pub scheduled: u64,
    pub started: u64,
    pub completed: u64,
    pub closed: u64,
    pub worked_ms: u64,
}

impl Project<ApplicationEvent> for Funnel {
    fn project(&mut self, event: &ApplicationEvent, _: &EventContext<'_>) {
        match event {
            ApplicationEvent::Submitted { amount, .. } => {
                self.submitted += 1;
                self.amount_requested += amount;
            }
            ApplicationEvent::PartlySubmitted => self.partly_submitted += 1,
            ApplicationEvent::PreAccepted => self.pre_accepted += 1,
            ApplicationEvent::Accepted => self.accepted += 1,
            ApplicationEvent::Finalized => self.finalized += 1,
            ApplicationEvent::Approved => self.approved += 1,
            ApplicationEvent::Registered => self.registered += 1,
            ApplicationEvent::Activated => self.activated += 1,
            ApplicationEvent::Declined { stage } => {
                self.declined += 1;
                *self.declined_at.entry(*stage).or_default() += 1;
            }
            ApplicationEvent::Cancelled { stage } => {
                self.cancelled += 1;
                *self.cancelled_at.entry(*stage).or_default() += 1;
            }
        }
    }
}

impl Project<OfferEvent> for Funnel {
    fn project(&mut self, event: &OfferEvent, _: &EventContext<'_>) {
        match event {
            OfferEvent::Selected => self.offers_selected += 1,
            OfferEvent::Created => self.offers_created += 1,
            OfferEvent::Sent => self.offers_sent += 1,
            OfferEvent::SentBack => self.offers_sent_back += 1,
            OfferEvent::Accepted => self.offers_accepted += 1,
            OfferEvent::Declined => self.offers_declined += 1,
            OfferEvent::Cancelled { replaced_by } => {
                self.offers_cancelled += 1;
                self.offers_replaced += u64::from(replaced_by.is_some());
            }
        }
    }
}

impl Project<WorkEvent> for Funnel {
    fn project(&mut self, event: &WorkEvent, _: &EventContext<'_>) {
        match event {
            WorkEvent::Scheduled { task } => self.work.entry(*task).or_default().scheduled += 1,
            WorkEvent::Started { task, .. } => self.work.entry(*task).or_default().started += 1,
            WorkEvent::Completed {
                task, worked_ms, ..
            } => {
                let counts = self.work.entry(*task).or_default();
                counts.completed += 1;
                counts.worked_ms += worked_ms;
            }
            WorkEvent::Closed { task } => self.work.entry(*task).or_default().closed += 1,
        }
    }
}
