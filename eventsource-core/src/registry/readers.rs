//! What aggregates and projections list, seen the same way.

use super::{
    AggregateDescriptor, Declared, Keying, ListedEvent, ListedRole, ProjectionDescriptor, Registry,
};
use crate::event::{EventStatus, EventType};

/// Whoever lists events.
#[derive(Clone, Copy)]
pub(super) struct Reader {
    pub(super) declared: Declared,
    events: &'static [ListedEvent],
    /// Whether an event that is not listed is an error to it, so that ignoring a part is reading it too.
    strict: bool,
}

impl From<&AggregateDescriptor> for Reader {
    fn from(aggregate: &AggregateDescriptor) -> Self {
        Self {
            declared: aggregate.into(),
            events: aggregate.events,
            strict: !aggregate.ignores_unknown,
        }
    }
}

impl From<&ProjectionDescriptor> for Reader {
    fn from(projection: &ProjectionDescriptor) -> Self {
        Self {
            declared: projection.into(),
            events: projection.events,
            strict: false,
        }
    }
}

impl Reader {
    /// Whether it lists this type in any role.
    pub(super) fn lists(self, event: &EventType) -> bool {
        types(self.events, |_| true).any(|listed| listed.name == event.name)
    }

    /// Whether it reads this type as a part of a split one would have to be read.
    pub(super) fn reads(self, event: &EventType) -> bool {
        types(self.events, |listed| {
            self.strict || listed.role != ListedRole::Ignored
        })
        .any(|listed| listed.name == event.name)
    }
}

fn types(
    events: &'static [ListedEvent],
    which: impl Fn(&ListedEvent) -> bool,
) -> impl Iterator<Item = &'static EventType> {
    events
        .iter()
        .filter(move |listed| which(listed))
        .flat_map(|listed| listed.types)
}

/// The aggregates whose streams hold this type: those that read it, or, where none does, those that list it to pass it over.
pub(super) fn owners<'a>(
    registry: &'a Registry,
    event: &EventType,
) -> impl Iterator<Item = &'static AggregateDescriptor> + use<'a> {
    let name = event.name;
    let listing = move |aggregate: &AggregateDescriptor, ignored: bool| {
        types(aggregate.events, |listed| {
            (listed.role == ListedRole::Ignored) == ignored
        })
        .any(|listed| listed.name == name)
    };
    let read = registry
        .aggregates()
        .iter()
        .any(|aggregate| listing(aggregate, false));
    registry
        .aggregates()
        .iter()
        .copied()
        .filter(move |aggregate| listing(aggregate, !read))
}

/// The types that a projection finds the rows of by their streams. A split event has the keys of its parts, a dropped one none.
pub(super) fn keyed_by_stream(
    projection: &ProjectionDescriptor,
) -> impl Iterator<Item = &'static EventType> {
    types(projection.events, |listed| {
        listed.keying == Keying::Stream && listed.role != ListedRole::Ignored
    })
    .filter(|event| {
        !matches!(
            event.status,
            EventStatus::Split { .. } | EventStatus::Dropped
        )
    })
}
