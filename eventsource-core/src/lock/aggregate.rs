//! What was released of an aggregate: what the ids of its streams are like, and which events these hold.

use std::collections::{BTreeMap, BTreeSet};

use super::ids;
use crate::registry::{AggregateDescriptor, ListedRole};
use crate::shape::Node;

/// An aggregate, by the name that its streams begin with.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct LockedAggregate {
    /// Ids that its type reads, and shows as they were.
    pub(super) ids: BTreeSet<String>,
    /// The stored names of its events.
    pub(super) events: BTreeMap<String, Listing>,
}

/// What an aggregate does with an event of its streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Listing {
    /// Its state changes by it.
    Reads,
    /// It passes it over.
    Ignores,
}

impl Listing {
    pub(super) const ALL: [Self; 2] = [Self::Reads, Self::Ignores];

    /// Its word in the lock file.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Ignores => "ignores",
        }
    }
}

impl LockedAggregate {
    /// That of today's code.
    pub(super) fn of(aggregate: &AggregateDescriptor) -> Self {
        let mut events = BTreeMap::new();
        for listed in aggregate.events {
            let listing = match listed.role {
                ListedRole::Ignored => Listing::Ignores,
                _ => Listing::Reads,
            };
            let names = listed.types.iter().map(|it| it.name.to_owned());
            events.extend(names.map(|name| (name, listing)));
        }
        Self {
            ids: ids::samples(aggregate),
            events,
        }
    }

    /// Takes over what is new. An id stays that was released, and so does an event.
    pub(super) fn extend(&mut self, now: &Self) {
        // Where one is on record, others of its kind say nothing more; a wider type has new ones.
        self.ids.extend(now.ids.iter().cloned());
        self.events
            .extend(now.events.iter().map(|(name, it)| (name.clone(), *it)));
    }

    pub(super) fn to_node(&self, name: &str) -> Node {
        let id = |id: &String| format!("id {}", serde_json::Value::from(id.as_str()));
        let ids = self.ids.iter().map(id);
        let events = self.events.iter();
        let events = events.map(|(name, listing)| format!("{} {name}", listing.word()));
        let lines = ids.chain(events).map(|line| Node::new(line, Vec::new()));
        Node::new(format!("aggregate {name}"), lines.collect())
    }
}
