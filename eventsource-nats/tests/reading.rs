//! Nothing is passed over: what is lost between the server and a reader is asked for again, and what cannot follow is told.

mod fixture;

use std::time::Duration;

use eventsource_core::store::{
    EventStore, Fingerprint, NewSnapshot, ReadStream, Recorded, SnapshotRef, StoreErrorKind,
    Visitor,
};
use eventsource_core::{Position, StreamName};
use eventsource_nats::{NatsOptions, NatsStore};
use eventsource_test_servers::nats::Server;
use fixture::proxy::{Fate, Proxy, says};
use fixture::{Place, assert_error, commit, event, events, jetstream, log, stream};

const COMMITS: u64 = 600;

/// A stream of its own, of so many commits of one event.
async fn filled(store: &NatsStore) -> StreamName {
    let name = stream("1");
    for version in 0..COMMITS {
        let new = commit(&name, version, vec![event("a")]).new_id();
        store.append(new).await.unwrap();
    }
    name
}

#[track_caller]
fn assert_all(events: &[eventsource_core::store::RecordedEvent]) {
    let versions: Vec<u64> = events.iter().map(|event| event.version).collect();
    assert_eq!(versions, (1..=COMMITS).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_drops_what_it_cannot_take_skips_nothing() {
    let place = Place::new();
    let name = filled(&place.store().await).await;
    let client = async_nats::ConnectOptions::new()
        .subscription_capacity(16)
        .connect(fixture::url())
        .await
        .unwrap();
    let options = place.options().request_wait(Duration::from_millis(100));
    let store = options.from_client(client).await.unwrap();
    assert_all(&log(&store).await);
    assert_all(&events(&store, &name).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_that_are_lost_on_their_way_are_asked_for_again() {
    let server = Server::start(&[]).unwrap();
    let proxy = Proxy::of(server.port());
    let options = NatsOptions::new().request_wait(Duration::from_millis(300));
    let store = options.connect(&proxy.url()).await.unwrap();
    store.prepare(true).await.unwrap();
    let name = filled(&store).await;
    for fate in [|| Fate::IsLost, || Fate::CutsOff] {
        for lost in ["Nats-Sequence: 7\r", "Nats-Last-Sequence: 150\r"] {
            let mut first = true;
            proxy.decide(move |body| {
                if says(body, lost) && std::mem::take(&mut first) {
                    return fate();
                }
                Fate::Passes
            });
            assert_all(&log(&store).await);
        }
    }
    // The end of a batch, and the messages before it.
    let mut left = 3;
    proxy.decide(move |body| {
        if says(body, "Nats-Num-Pending: 0\r") && left > 0 {
            left -= 1;
            return Fate::IsLost;
        }
        Fate::Passes
    });
    assert_all(&events(&store, &name).await);
}

#[tokio::test]
async fn a_version_that_does_not_follow_is_told() {
    let place = Place::new();
    let store = place.store().await;
    let name = stream("1");
    store
        .append(commit(&name, 0, vec![event("a")]).new_id())
        .await
        .unwrap();
    // The same message by other hands.
    let jetstream = jetstream(&fixture::url()).await;
    let log = jetstream.get_stream(&place.log).await.unwrap();
    let first = log.get_raw_message(1).await.unwrap();
    let sent = jetstream.publish(first.subject, first.payload).await;
    sent.unwrap().await.unwrap();
    let read = ReadStream::new(name);
    let error = store.read_stream(read, Vec::new()).await.unwrap_err();
    assert_error(&error, StoreErrorKind::Corrupt, "version 1 of stream");
}

/// Takes the snapshot that it is shown.
#[derive(Default)]
struct Taking {
    snapshot: Option<u64>,
    events: Vec<u64>,
}

impl Visitor for Taking {
    fn snapshot(&mut self, snapshot: SnapshotRef<'_>) -> bool {
        self.snapshot = Some(snapshot.version);
        true
    }

    fn event(&mut self, event: &Recorded<'_>) -> std::ops::ControlFlow<()> {
        self.events.push(event.version);
        std::ops::ControlFlow::Continue(())
    }
}

/// A log that has lost its end, with the power or because an older backup was restored, while the snapshots were kept.
#[tokio::test]
async fn a_snapshot_of_what_the_log_does_not_have_is_not_shown() {
    let place = Place::new();
    let store = place.store().await;
    let name = stream("1");
    let fingerprint = Fingerprint::of([&b"schema"[..]]);
    let snapshot = |version| NewSnapshot {
        stream: name.clone(),
        version,
        fingerprint,
        state: b"{}".to_vec(),
    };
    let read = || ReadStream::new(name.clone()).snapshot(Some(fingerprint));
    for version in 0..3 {
        let new = commit(&name, version, vec![event("a")]).new_id();
        let new = new.snapshot((version == 2).then(|| snapshot(3)));
        store.append(new).await.unwrap();
    }
    let shown = loop {
        let shown = store.read_stream(read(), Taking::default()).await.unwrap();
        if shown.snapshot.is_some() {
            break shown;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    assert_eq!((shown.snapshot, shown.events), (Some(3), vec![]));
    store.close().await.unwrap();

    let jetstream = jetstream(&fixture::url()).await;
    jetstream.delete_stream(&place.log).await.unwrap();
    let store = place.store().await;
    for version in 0..4 {
        let shown = store.read_stream(read(), Taking::default()).await.unwrap();
        let there: Vec<u64> = (1..=version).collect();
        assert_eq!((shown.snapshot, shown.events), (None, there));
        let new = commit(&name, version, vec![event("other")]).new_id();
        store.append(new).await.unwrap();
    }
    assert_eq!(store.head().await.unwrap(), Position::from_raw(4));
}
