//! Reading: messages out of the log, and the events out of them.

mod locate;
pub(crate) mod log;
pub(crate) mod stream;

use std::ops::{ControlFlow, RangeInclusive};

use eventsource_core::store::{StoreError, Visitor};

use crate::error::Place;
use crate::fetch::{Stored, unreadable};

/// Who is shown events, and how many more.
struct Showing<V> {
    visitor: V,
    left: usize,
    over: bool,
}

impl<V: Visitor> Showing<V> {
    fn new(visitor: V, limit: usize) -> Self {
        Self {
            visitor,
            left: limit,
            over: limit == 0,
        }
    }

    /// Shows the events of a message that are of these versions, in order, up to the limit.
    fn forward(
        &mut self,
        place: &Place,
        stored: &Stored,
        versions: &RangeInclusive<u64>,
    ) -> Result<(), StoreError> {
        let mut message = stored.message(place)?;
        for index in 0..message.events {
            if self.over || message.first_version + index > *versions.end() {
                return Ok(());
            }
            let event = message
                .event(index)
                .map_err(|error| unreadable(place, stored.sequence, &error))?;
            if event.version >= *versions.start() {
                self.one(&event);
            }
        }
        Ok(())
    }

    /// The same, the last one first.
    fn backward(
        &mut self,
        place: &Place,
        stored: &Stored,
        versions: &RangeInclusive<u64>,
    ) -> Result<(), StoreError> {
        let mut message = stored.message(place)?;
        let mut events = Vec::new();
        for index in 0..message.events {
            let event = message
                .event(index)
                .map_err(|error| unreadable(place, stored.sequence, &error))?;
            if versions.contains(&event.version) {
                events.push(event);
            }
        }
        for event in events.iter().rev() {
            if self.over {
                return Ok(());
            }
            self.one(event);
        }
        Ok(())
    }

    fn one(&mut self, event: &eventsource_core::store::Recorded<'_>) {
        self.left = self.left.saturating_sub(1);
        let shown = self.visitor.event(event);
        self.over = self.left == 0 || shown == ControlFlow::Break(());
    }
}
