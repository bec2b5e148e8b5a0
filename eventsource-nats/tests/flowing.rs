//! A log that is so long that the server pushes it: whole, in pages, with what is lost on the way.

mod fixture;

use std::ops::ControlFlow;
use std::time::Duration;

use eventsource_core::Position;
use eventsource_core::store::{EventStore, ReadLog, Recorded, Visitor};
use eventsource_nats::{NatsOptions, NatsStore};
use eventsource_test_servers::nats::Server;
use fixture::proxy::{Fate, Proxy, says};
use fixture::{Place, commit, event, jetstream, stream};
use tokio::task::JoinSet;

const STREAMS: u64 = 64;
const MESSAGES: u64 = STREAMS * 100;

/// So many messages of one event each.
async fn fill(store: &NatsStore) {
    let mut writers = JoinSet::new();
    for number in 0..STREAMS {
        let store = store.clone();
        writers.spawn(async move {
            let name = stream(&number.to_string());
            for version in 0..MESSAGES / STREAMS {
                let new = commit(&name, version, vec![event("a")]).new_id();
                store.append(new).await.unwrap();
            }
        });
    }
    while let Some(ended) = writers.join_next().await {
        ended.unwrap();
    }
}

/// Takes positions, so many at most.
struct Taking {
    left: usize,
    seen: Vec<u64>,
}

impl Visitor for Taking {
    fn event(&mut self, event: &Recorded<'_>) -> ControlFlow<()> {
        // What does not fit is asked for again.
        let Some(left) = self.left.checked_sub(1) else {
            return ControlFlow::Break(());
        };
        self.left = left;
        self.seen.push(event.position.as_raw());
        ControlFlow::Continue(())
    }
}

/// A page of so many behind this position, read as projections read: with a look at whether there is one more. Of none, it is a page whose first
/// event fails.
async fn page(store: &NatsStore, after: u64, events: usize) -> Vec<u64> {
    let read = ReadLog::after(Position::from_raw(after)).limit(events.max(300) + 1);
    let taking = Taking {
        left: events,
        seen: Vec::new(),
    };
    store.read_log(read, taking).await.unwrap().seen
}

async fn whole(store: &NatsStore, after: u64) -> Vec<u64> {
    let taking = Taking {
        left: usize::MAX,
        seen: Vec::new(),
    };
    let read = ReadLog::after(Position::from_raw(after));
    store.read_log(read, taking).await.unwrap().seen
}

/// Reads the log in pages from this position to its end.
async fn paged(store: &NatsStore, mut after: u64, events: usize) -> Vec<u64> {
    let mut seen = Vec::new();
    loop {
        let page = page(store, after, events).await;
        let Some(last) = page.last() else {
            return seen;
        };
        after = *last;
        seen.extend(page);
    }
}

#[track_caller]
fn assert_all(seen: &[u64], from: u64, to: u64) {
    assert_eq!(seen, (from..=to).collect::<Vec<_>>());
}

/// How many consumers the log has at this moment.
async fn consumers(place: &Place) -> usize {
    let log = jetstream(&fixture::url())
        .await
        .get_stream(&place.log)
        .await;
    log.unwrap().cached_info().state.consumer_count
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_log_is_the_same_whole_and_in_pages() {
    let place = Place::new();
    let store = place.store().await;
    fill(&store).await;

    assert_all(&whole(&store, 0).await, 1, MESSAGES);
    for events in [999, 4096] {
        assert_all(&paged(&store, 0, events).await, 1, MESSAGES);
    }
    // Two readers in step, and one that begins elsewhere.
    let (one, other) = tokio::join!(paged(&store, 0, 700), paged(&store, 0, 700));
    assert_all(&one, 1, MESSAGES);
    assert_all(&other, 1, MESSAGES);
    assert_all(&paged(&store, 1_000, 700).await, 1_001, MESSAGES);

    // Given a reader whose next pages are on their way, when it goes on after more was written, then it sees that too.
    assert_all(&page(&store, 0, 500).await, 1, 500);
    assert_all(&page(&store, 500, 500).await, 501, 1_000);
    assert_eq!(consumers(&place).await, 1, "it flows");
    // Given one that takes the last event of a page once more and fails at it, when it goes on, then nothing is passed over.
    assert_eq!(page(&store, 999, 0).await, [0; 0]);
    assert_all(&page(&store, 999, 300).await, 1_000, 1_299);
    assert_all(&page(&store, 1_299, 300).await, 1_300, 1_599);
    assert_eq!(page(&store, 1_598, 0).await, [0; 0]);
    assert_all(&whole(&store, 1_598).await, 1_599, MESSAGES);

    assert_all(&page(&store, 0, 500).await, 1, 500);
    assert_all(&page(&store, 500, 500).await, 501, 1_000);
    let late = commit(&stream("late"), 0, vec![event("b")]).new_id();
    store.append(late).await.unwrap();
    assert_all(&whole(&store, 1_000).await, 1_001, MESSAGES + 1);
    let late = commit(&stream("late"), 1, vec![event("b")]).new_id();
    store.append(late).await.unwrap();
    assert_all(
        &whole(&store, MESSAGES + 1).await,
        MESSAGES + 2,
        MESSAGES + 2,
    );

    // Nothing of it stays on the server.
    for _ in 0..500 {
        if consumers(&place).await == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{} consumers are left", consumers(&place).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_lost_of_a_long_log_is_pushed_again() {
    let server = Server::start(&[]).unwrap();
    let proxy = Proxy::of(server.port());
    let options = NatsOptions::new().request_wait(Duration::from_millis(500));
    let store = options.connect(&proxy.url()).await.unwrap();
    store.prepare(true).await.unwrap();
    fill(&store).await;
    for fate in [|| Fate::IsLost, || Fate::CutsOff] {
        for lost in [1, 1_500] {
            let mut pushed = 0;
            proxy.decide(move |body| {
                let event = says(body, "Nats-Expected-Last-Subject-Sequence: ");
                if event && !says(body, "Nats-Stream: ") {
                    pushed += 1;
                    if pushed == lost {
                        return fate();
                    }
                }
                Fate::Passes
            });
            assert_all(&whole(&store, 0).await, 1, MESSAGES);
            assert_all(&paged(&store, 0, 1_000).await, 1, MESSAGES);
        }
    }
}

/// The rights to the streams are there, and no right to make consumers.
#[tokio::test(flavor = "multi_thread")]
async fn a_user_without_the_right_to_consumers_reads_by_batches() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("nats.conf");
    let configuration = r#"
        jetstream: enabled
        authorization { users: [
            { user: reader, password: secret, permissions: { publish: { deny: ["$JS.API.CONSUMER.>"] } } }
        ] }
    "#;
    std::fs::write(&file, configuration).unwrap();
    let server = Server::start(&["-c", file.to_str().unwrap()]).unwrap();
    let url = format!("nats://reader:secret@127.0.0.1:{}", server.port());
    let options = NatsOptions::new().request_wait(Duration::from_millis(500));
    let store = options.connect(&url).await.unwrap();
    store.prepare(true).await.unwrap();
    fill(&store).await;
    assert_all(&whole(&store, 0).await, 1, MESSAGES);
    assert_all(&paged(&store, 0, 4_096).await, 1, MESSAGES);
}
