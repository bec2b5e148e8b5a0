//! Positions of one store in another one that has the same log.

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;

use uuid::Uuid;

use super::MoveError;
use crate::Position;
use crate::store::{
    EventStore, ReadLog, ReadStream, Recorded, RecordedEvent, Skip, StoreError, StoreErrorKind,
    Visitor,
};

/// The same log in two stores.
pub(super) struct Places<'s, F, T> {
    pub(super) from: &'s F,
    pub(super) to: &'s T,
}

impl<F: EventStore, T: EventStore> Places<'_, F, T> {
    /// Who has seen everything up to `position` in the one store has seen everything up to here in the other.
    pub(super) async fn position(&self, position: Position) -> Result<Position, StoreError> {
        Ok(self.place(position).await?.0)
    }

    /// The checkpoint of rows that hold what is up to `position`, and nothing else.
    pub(super) async fn checkpoint(
        &self,
        projection: &str,
        position: Position,
    ) -> Result<Position, MoveError> {
        match self.place(position).await? {
            (there, true) => Ok(there),
            (_, false) => Err(MoveError::WithinCommit {
                projection: projection.to_owned(),
                position,
            }),
        }
    }

    /// How far the other store's log goes for who has seen `position`, and whether that is all that was seen.
    async fn place(&self, position: Position) -> Result<(Position, bool), StoreError> {
        match last_before(self.from, position.next()).await? {
            Some(last) => up_to(self.to, &self.of(&last).await?).await,
            None => Ok((Position::START, true)),
        }
    }

    /// What is to be passed over in the one store, at its positions in the other. Where events of one position have several there, each of them
    /// is named; where it is the other way round, all that share it have to be passed over.
    pub(super) async fn skips(
        &self,
        projection: &str,
        skips: Vec<Skip>,
    ) -> Result<Vec<Skip>, MoveError> {
        let mut moved: BTreeMap<Position, (Position, Skip)> = BTreeMap::new();
        let mut passed_over: HashSet<Uuid> = HashSet::new();
        for skip in skips {
            for event in events_at(self.from, skip.position).await? {
                let position = self.of(&event).await?.position;
                let there = Skip::new(position, skip.reason.clone(), skip.ordered_at);
                moved.entry(position).or_insert((skip.position, there));
                passed_over.insert(event.event_id);
            }
        }
        for (there, (position, _)) in &moved {
            let events = events_at(self.to, *there).await?;
            let all = events
                .iter()
                .all(|event| passed_over.contains(&event.event_id));
            if !all {
                return Err(MoveError::Skip {
                    projection: projection.to_owned(),
                    position: *position,
                });
            }
        }
        Ok(moved.into_values().map(|(_, skip)| skip).collect())
    }

    /// The event in the other store.
    async fn of(&self, event: &RecordedEvent) -> Result<RecordedEvent, StoreError> {
        let read = ReadStream::new(event.stream.clone())
            .from(event.version)
            .to(event.version);
        let found: Vec<RecordedEvent> = self.to.read_stream(read, Vec::new()).await?;
        match found.into_iter().next() {
            Some(found) if found.event_id == event.event_id => Ok(found),
            _ => Err(StoreError::new(
                StoreErrorKind::Invalid,
                "the store that read models are moved to",
                format!(
                    "stream {} has another event at version {}, or none: move the log first",
                    event.stream, event.version
                ),
            )),
        }
    }
}

/// How far the log of `store` goes without what follows this event of it; and whether it goes up to the event: not where that shares its position
/// with one that follows.
pub(super) async fn up_to(
    store: &impl EventStore,
    event: &RecordedEvent,
) -> Result<(Position, bool), StoreError> {
    let last = last_before(store, event.position.next()).await?;
    if last.is_some_and(|last| last.event_id == event.event_id) {
        return Ok((event.position, true));
    }
    let before = last_before(store, event.position).await?;
    Ok((before.map_or(Position::START, |it| it.position), false))
}

/// The last event below this position.
async fn last_before(
    store: &impl EventStore,
    position: Position,
) -> Result<Option<RecordedEvent>, StoreError> {
    // Events that share the position are shown together.
    let read = ReadLog::before(position).limit(1);
    let events: Vec<RecordedEvent> = store.read_log(read, Vec::new()).await?;
    Ok(events.into_iter().max_by_key(|event| event.index))
}

/// The events that stand at exactly this position.
async fn events_at(
    store: &impl EventStore,
    position: Position,
) -> Result<Vec<RecordedEvent>, StoreError> {
    let read = ReadLog::before(position.next());
    let at = At {
        position,
        events: Vec::new(),
    };
    Ok(store.read_log(read, at).await?.events)
}

struct At {
    position: Position,
    events: Vec<RecordedEvent>,
}

impl Visitor for At {
    fn event(&mut self, event: &Recorded<'_>) -> ControlFlow<()> {
        if event.position != self.position {
            return ControlFlow::Break(());
        }
        match RecordedEvent::try_from(event) {
            Ok(event) => {
                self.events.push(event);
                ControlFlow::Continue(())
            }
            // The move of the log has refused it.
            Err(_) => ControlFlow::Break(()),
        }
    }
}
