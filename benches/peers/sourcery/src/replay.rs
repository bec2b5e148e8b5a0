//! Its way from stored bytes to a state: `Repository::load` over a store that holds JSON. Its own store in memory holds parsed values,
//! which are no stored bytes; so this one is written for the bench, and decodes with `serde_json::from_slice`.

use std::future::{Future, ready};
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use measure::history::fact;
use measure::peer::Answer;
use measure::{allocations, nanoseconds};
use sourcery::event::EventKind;
use sourcery::store::{
    CommitError, Committed, EventFilter, EventStore, NonEmpty, OptimisticCommitError, StoredEvent,
};
use sourcery::{Aggregate as _, DomainEvent, Repository};

use uuid::Uuid;

use crate::bank::{self, Account};

/// Stored events: kind and bytes. Every stream is the same.
struct Stored {
    events: Vec<(&'static str, Vec<u8>)>,
}

type Json = StoredEvent<Uuid, u64, Vec<u8>, ()>;

#[derive(Debug, thiserror::Error)]
#[error("the payload cannot be read")]
struct Unreadable(#[from] serde_json::Error);

impl EventStore for Stored {
    type Id = Uuid;
    type Position = u64;
    type Error = Unreadable;
    type Metadata = ();
    type Data = Vec<u8>;

    fn decode_event<E>(&self, stored: &Json) -> Result<E, Unreadable>
    where
        E: DomainEvent + serde::de::DeserializeOwned,
    {
        Ok(serde_json::from_slice(&stored.data)?)
    }

    fn stream_version<'a>(
        &'a self,
        _: &'a str,
        _: &'a Uuid,
    ) -> impl Future<Output = Result<Option<u64>, Unreadable>> + Send + 'a {
        ready(Ok(Some(self.events.len() as u64)))
    }

    fn commit_events<'a, E>(
        &'a self,
        _: &'a str,
        _: &'a Uuid,
        _: NonEmpty<E>,
        (): &'a (),
    ) -> impl Future<Output = Result<Committed<u64>, CommitError<Unreadable>>> + Send + 'a
    where
        E: EventKind + serde::Serialize + Send + Sync + 'a,
    {
        ready(Ok(Committed { last_position: 0 }))
    }

    fn commit_events_optimistic<'a, E>(
        &'a self,
        _: &'a str,
        _: &'a Uuid,
        _: Option<u64>,
        _: NonEmpty<E>,
        (): &'a (),
    ) -> impl Future<Output = Result<Committed<u64>, OptimisticCommitError<u64, Unreadable>>> + Send + 'a
    where
        E: EventKind + serde::Serialize + Send + Sync + 'a,
    {
        ready(Ok(Committed { last_position: 0 }))
    }

    fn load_events<'a>(
        &'a self,
        filters: &'a [EventFilter<Uuid, u64>],
    ) -> impl Future<Output = Result<Vec<Json>, Unreadable>> + Send + 'a {
        let id = filters
            .first()
            .and_then(|filter| filter.aggregate_id)
            .unwrap_or_default();
        let events = (0..)
            .zip(&self.events)
            .map(|(position, (kind, payload))| StoredEvent {
                aggregate_kind: Account::KIND.to_owned(),
                aggregate_id: id,
                kind: (*kind).to_owned(),
                position,
                data: payload.clone(),
                metadata: (),
            });
        ready(Ok(events.collect()))
    }
}

pub fn measured(events: usize, stream_length: usize) -> Answer {
    let stored = (1..=stream_length as u64).map(|version| {
        let (name, _, payload) = fact(version).stored();
        (name, payload.into_bytes())
    });
    let repository = Repository::new(Stored {
        events: stored.collect(),
    });
    let streams = events.div_ceil(stream_length);
    let units = (streams * stream_length) as u64;
    let id = bank::id(1);
    let work = || {
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..streams {
            let loading = pin!(repository.load::<Account>(&id));
            match loading.poll(&mut context) {
                Poll::Ready(Ok(account)) => black_box(account.balance),
                _ => panic!("it does not load"),
            };
        }
    };
    work();
    Answer {
        value: nanoseconds(units, work),
        beside: allocations(units, work),
    }
}
