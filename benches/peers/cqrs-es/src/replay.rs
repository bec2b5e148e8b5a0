//! Its way from stored bytes to a state, over a repository in memory: bytes → `serde_json::Value` → the event → apply.

use std::hint::black_box;

use cqrs_es::persist::{
    PersistedEventRepository, PersistedEventStore, PersistenceError, ReplayStream, SerializedEvent,
};
use cqrs_es::{Aggregate, EventStore};
use measure::history::fact;
use measure::peer::Answer;
use measure::{allocations, nanoseconds};
use serde_json::Value;

use crate::bank::{Account, AccountEvent};

/// Stored events: type, version and bytes. Every stream is the same.
struct Stored {
    events: Vec<(&'static str, Vec<u8>)>,
}

impl Stored {
    fn new(stream_length: usize) -> Self {
        let events = (1..=stream_length as u64).map(|version| {
            let (name, ..) = fact(version).stored();
            let event = AccountEvent::from(fact(version));
            (name, serde_json::to_vec(&event).expect("an event is JSON"))
        });
        Self {
            events: events.collect(),
        }
    }
}

impl PersistedEventRepository for &'static Stored {
    async fn get_events<A: Aggregate>(
        &self,
        aggregate_id: &str,
    ) -> Result<Vec<SerializedEvent>, PersistenceError> {
        self.events
            .iter()
            .enumerate()
            .map(|(at, (name, payload))| {
                Ok(SerializedEvent::new(
                    aggregate_id.to_owned(),
                    at + 1,
                    A::TYPE.to_owned(),
                    (*name).to_owned(),
                    "1.0".to_owned(),
                    serde_json::from_slice(payload)?,
                    Value::Object(serde_json::Map::new()),
                ))
            })
            .collect()
    }

    async fn get_last_events<A: Aggregate>(
        &self,
        aggregate_id: &str,
        _: usize,
    ) -> Result<Vec<SerializedEvent>, PersistenceError> {
        self.get_events::<A>(aggregate_id).await
    }

    async fn get_snapshot<A: Aggregate>(
        &self,
        _: &str,
    ) -> Result<Option<cqrs_es::persist::SerializedSnapshot>, PersistenceError> {
        Ok(None)
    }

    async fn persist<A: Aggregate>(
        &self,
        _: &[SerializedEvent],
        _: Option<(String, Value, usize)>,
    ) -> Result<(), PersistenceError> {
        Ok(())
    }

    async fn stream_events<A: Aggregate>(&self, _: &str) -> Result<ReplayStream, PersistenceError> {
        Ok(ReplayStream::new(1).1)
    }

    async fn stream_all_events<A: Aggregate>(&self) -> Result<ReplayStream, PersistenceError> {
        Ok(ReplayStream::new(1).1)
    }
}

pub fn measured(events: usize, stream_length: usize) -> Answer {
    let stored: &'static Stored = Box::leak(Box::new(Stored::new(stream_length)));
    let store = PersistedEventStore::<_, Account>::new_event_store(stored);
    let streams = events.div_ceil(stream_length);
    let units = (streams * stream_length) as u64;
    let work = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime starts");
        runtime.block_on(async {
            for _ in 0..streams {
                let mut loaded = store.load_aggregate("a-1").await.expect("it loads");
                black_box(cqrs_es::AggregateContext::aggregate(&mut loaded).balance);
            }
        });
    };
    std::thread::scope(|scope| {
        scope
            .spawn(|| {
                work();
                Answer {
                    value: nanoseconds(units, work),
                    beside: allocations(units, work),
                }
            })
            .join()
            .expect("it does not panic")
    })
}
