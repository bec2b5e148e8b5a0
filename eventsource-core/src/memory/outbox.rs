//! The outbox of one process manager.

use std::collections::HashMap;
use std::mem;

use uuid::Uuid;

use super::lease::Tenure;
use crate::Timestamp;
use crate::store::{OutboxEntry, OutboxQuery, OutboxStatus, Resolution, ViewWrite};

/// What a write does to the outbox.
pub(super) struct OutboxChanges {
    sends: Vec<OutboxEntry>,
    removes: Vec<Uuid>,
    parks: Vec<(Uuid, String)>,
}

impl OutboxChanges {
    pub(super) fn taken_from(write: &mut ViewWrite) -> Self {
        Self {
            sends: mem::take(&mut write.sends),
            removes: mem::take(&mut write.removes),
            parks: mem::take(&mut write.parks),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.sends.is_empty() && self.removes.is_empty() && self.parks.is_empty()
    }
}

/// Entries by their ids, each with the number under which it came.
#[derive(Default)]
pub(super) struct Outbox {
    /// Who carries its entries out.
    pub(super) tenure: Tenure,
    entries: HashMap<Uuid, (u64, OutboxEntry)>,
    came: u64,
}

impl Outbox {
    pub(super) fn term(&self) -> u64 {
        self.tenure.term
    }

    pub(super) fn change(&mut self, changes: OutboxChanges) {
        for entry in changes.sends {
            let number = self.came;
            self.came = self.came.saturating_add(1);
            self.entries.entry(entry.id).or_insert((number, entry));
        }
        for id in &changes.removes {
            self.entries.remove(id);
        }
        for (id, reason) in changes.parks {
            if let Some((_, entry)) = self.entries.get_mut(&id) {
                entry.parked = Some(reason);
            }
        }
    }

    pub(super) fn entries(&self, query: OutboxQuery) -> Vec<OutboxEntry> {
        let (until, parked, limit) = match query {
            OutboxQuery::Due { at, limit } => (Some(at), false, limit),
            OutboxQuery::Parked { limit } => (None, true, limit),
        };
        let mut found: Vec<&(u64, OutboxEntry)> = self
            .entries
            .values()
            .filter(|(_, entry)| entry.parked.is_some() == parked)
            .filter(|(_, entry)| until.is_none_or(|until| entry.due <= until))
            .collect();
        found.sort_by_key(|(number, entry)| (entry.due, *number));
        found
            .into_iter()
            .take(limit)
            .map(|(_, entry)| entry.clone())
            .collect()
    }

    pub(super) fn status(&self) -> OutboxStatus {
        let (mut waiting, mut parked) = (0, 0);
        let mut next_due: Option<Timestamp> = None;
        for (_, entry) in self.entries.values() {
            if entry.parked.is_some() {
                parked += 1;
            } else {
                waiting += 1;
                next_due = Some(next_due.map_or(entry.due, |due| due.min(entry.due)));
            }
        }
        OutboxStatus::new(waiting, next_due, parked)
    }

    pub(super) fn resolve(&mut self, id: Uuid, resolution: Resolution) -> bool {
        let Some((_, entry)) = self.entries.get_mut(&id) else {
            return false;
        };
        if entry.parked.is_none() {
            return false;
        }
        match resolution {
            Resolution::Retry => entry.parked = None,
            Resolution::Discard => {
                self.entries.remove(&id);
            }
        }
        true
    }
}
