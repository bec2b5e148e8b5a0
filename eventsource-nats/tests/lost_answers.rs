//! Answers that do not arrive, or not in order: what was written is written once, and whoever asks again gets the first answer.

mod fixture;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use eventsource_core::Timestamp;
use eventsource_core::store::{
    AppendError, Commit, Committed, EventStore, Fingerprint, StreamCommit,
};
use eventsource_nats::NatsStore;
use eventsource_test_servers::nats::Server;
use fixture::proxy::{Fate, Proxy, says};
use fixture::{Place, commit, event, events, log, stream};
use tokio::task::JoinHandle;
use uuid::Uuid;

/// The server of this process, behind a proxy of this test's own.
fn proxied() -> Proxy {
    let port = fixture::url().rsplit(':').next().unwrap().parse();
    Proxy::of(port.expect("the server's URL ends in its port"))
}

/// Whether it is the answer to a message that was written to this stream.
fn acknowledges(body: &[u8], stream: &str) -> bool {
    says(body, &format!("\"stream\":\"{stream}\"")) && says(body, "\"seq\":")
}

/// Loses the `which`th acknowledgement of this stream, counted from 0, and says how many there were.
fn lose(proxy: &Proxy, stream: String, which: u32) -> Arc<AtomicU32> {
    let seen = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&seen);
    proxy.decide(move |body| {
        if acknowledges(body, &stream) && counted.fetch_add(1, Ordering::SeqCst) == which {
            return Fate::IsLost;
        }
        Fate::Passes
    });
    seen
}

async fn reached(seen: &AtomicU32, count: u32) {
    while seen.load(Ordering::SeqCst) < count {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// A store on this place through the proxy that waits so long for one answer.
async fn through(proxy: &Proxy, place: &Place, wait: u64) -> NatsStore {
    let options = place.options().request_wait(Duration::from_millis(wait));
    options.connect(&proxy.url()).await.unwrap()
}

/// So many events to this stream, under an id and a fingerprint that others use too.
fn under(id: Uuid, to: &str, expected_version: u64, count: usize) -> Commit {
    let part = StreamCommit {
        stream: stream(to),
        expected_version,
        events: vec![event("a"); count],
    };
    let fingerprint = Fingerprint::of([&b"a command"[..]]);
    Commit::with_fingerprint(id, fingerprint, Timestamp::now(), vec![part])
}

fn appending(store: &NatsStore, commit: Commit) -> JoinHandle<Result<Committed, AppendError>> {
    let store = store.clone();
    tokio::spawn(async move { store.append(commit).await })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_is_lost_or_cut_off_is_written_once() {
    let place = Place::new();
    let direct = place.store().await;
    let proxy = proxied();
    let store = through(&proxy, &place, 300).await;
    let name = stream("1");
    let mut version = 0;
    for fate in [|| Fate::IsLost, || Fate::CutsOff] {
        for new_id in [true, false] {
            let log = place.log.clone();
            let mut first = true;
            proxy.decide(move |body| {
                if acknowledges(body, &log) && std::mem::take(&mut first) {
                    return fate();
                }
                Fate::Passes
            });
            let mut new = commit(&name, version, vec![event("a")]);
            if new_id {
                new = new.new_id();
            }
            let answer = store.append(new.clone()).await.unwrap();
            version += 1;
            assert_eq!(answer.streams[0].version, version);
            assert_eq!(answer.streams[0].events, 1);
            assert_eq!(events(&direct, &name).await.len() as u64, version);
        }
    }
}

/// A leader without space says so when it comes to write what the others may have written before it.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_leader_could_not_keep_is_looked_for_among_its_copies() {
    let place = Place::new();
    place.store().await;
    let proxy = proxied();
    let log = place.log.clone();
    proxy.decide(move |body| {
        let text = String::from_utf8_lossy(body).into_owned();
        if acknowledges(body, &log) {
            let error = r#"{"error":{"code":503,"err_code":10077,"description":"no space left"},"stream":"","seq":0}"#;
            return Fate::Becomes(error.into());
        }
        if text.contains("\"num_replicas\":1") {
            let three = text.replace("\"num_replicas\":1", "\"num_replicas\":3");
            return Fate::Becomes(three.into());
        }
        Fate::Passes
    });
    let store = through(&proxy, &place, 300).await;
    let name = stream("1");
    let answer = store
        .append(commit(&name, 0, vec![event("a")]).new_id())
        .await
        .unwrap();
    assert_eq!(answer.streams[0].version, 1);
    assert_eq!(fixture::log(&place.store().await).await.len(), 1);
}

/// A server that went away, and is back when others have appended.
#[tokio::test(flavor = "multi_thread")]
async fn a_commit_without_a_claim_is_found_where_it_stands_and_claimed_behind_its_error() {
    let place = Place::new();
    let direct = place.store().await;
    let name = stream("1");
    direct
        .append(commit(&name, 0, vec![event("first")]).new_id())
        .await
        .unwrap();
    let proxy = proxied();
    let options = place.options().request_wait(Duration::from_millis(100));
    let options = options.resolve_wait(Duration::from_millis(300));
    let store = options.connect(&proxy.url()).await.unwrap();
    events(&store, &name).await;
    store
        .append(commit(&name, 1, vec![event("second")]).new_id())
        .await
        .unwrap();
    proxy.decide(|_| Fate::IsLost);
    let lost = commit(&name, 2, vec![event("lost"), event("too")]).new_id();
    let error = store.append(lost.clone()).await.unwrap_err();
    assert!(matches!(error, AppendError::Unknown { .. }), "{error}");
    // It was written; so is another one.
    assert_eq!(direct.find_commit(lost.id).await.unwrap(), None);
    direct
        .append(commit(&name, 4, vec![event("last")]).new_id())
        .await
        .unwrap();

    // A program that remembers nothing of it.
    let answer = direct.append(lost.clone()).await.unwrap();
    assert_eq!(
        (answer.streams[0].version, answer.streams[0].events),
        (4, 2)
    );

    proxy.decide(|_| Fate::Passes);
    let begun = Instant::now();
    let found = loop {
        match direct.find_commit(lost.id).await.unwrap() {
            Some(found) => break found,
            None if begun.elapsed() < Duration::from_secs(30) => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            None => panic!("its id is claimed once the server is back"),
        }
    };
    assert_eq!(found.committed, answer);
    assert_eq!(log(&direct).await.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_command_by_two_programs_is_a_conflict_for_the_one_that_is_behind() {
    let place = Place::new();
    let (direct, proxy) = (place.store().await, proxied());
    let store = through(&proxy, &place, 1_000).await;
    let first = direct.append(commit(&stream("1"), 0, vec![event("a")]).new_id());
    first.await.unwrap();
    // It has seen version 1 last.
    let second = store.append(commit(&stream("1"), 1, vec![event("b")]).new_id());
    second.await.unwrap();
    let id = Uuid::now_v7();
    let claims = lose(&proxy, format!("{}-claims", place.log), 0);

    let writes = appending(&store, under(id, "1", 2, 1));
    reached(&claims, 1).await;
    match direct.append(under(id, "1", 1, 1)).await {
        Err(AppendError::Conflict {
            expected, actual, ..
        }) => assert_eq!((expected, actual), (1, 2)),
        other => panic!("{other:?}"),
    }
    assert_eq!(writes.await.unwrap().unwrap().streams[0].version, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_on_its_way_to_another_place_is_waited_for() {
    let place = Place::new();
    let (direct, proxy) = (place.store().await, proxied());
    let store = through(&proxy, &place, 500).await;
    let id = Uuid::now_v7();
    let claims = lose(&proxy, format!("{}-claims", place.log), 0);

    let writes = appending(&store, under(id, "2", 0, 1));
    reached(&claims, 1).await;
    let answer = direct.append(under(id, "1", 0, 1)).await.unwrap();

    assert_eq!(answer.streams[0].stream, stream("2"));
    assert_eq!(writes.await.unwrap().unwrap(), answer);
}

/// Both have claimed the place, the one that was claimed first is written, and the claim that stands is the other's.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_answer_is_that_of_what_stands_in_the_log() {
    let place = Place::new();
    let direct = place.store().await;
    let (quick, slow) = (proxied(), proxied());
    let (one, other) = (
        through(&quick, &place, 700).await,
        through(&slow, &place, 2_000).await,
    );
    let id = Uuid::now_v7();
    let stream_of_claims = format!("{}-claims", place.log);
    // The id is claimed first, then the event's type.
    let quick_claims = lose(&quick, stream_of_claims.clone(), 1);
    let slow_claims = lose(&slow, stream_of_claims, 1);

    let first = appending(&one, under(id, "1", 0, 1));
    reached(&quick_claims, 2).await;
    let second = appending(&other, under(id, "1", 0, 2));
    reached(&slow_claims, 2).await;

    let first = first.await.unwrap().unwrap();
    assert_eq!((first.streams[0].version, first.streams[0].events), (1, 1));
    assert_eq!(second.await.unwrap().unwrap(), first);
    let found = direct.find_commit(id).await.unwrap().unwrap();
    assert_eq!(found.committed, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_away_for_long_has_each_commit_once() {
    let mut server = Server::start(&[]).unwrap();
    let options = NatsStore::options()
        .request_wait(Duration::from_millis(100))
        .resolve_wait(Duration::from_millis(200));
    let store = options.connect(&server.url()).await.unwrap();
    store.prepare(true).await.unwrap();
    let name = stream("1");
    let first = commit(&name, 0, vec![event("a")]).new_id();
    store.append(first.clone()).await.unwrap();
    server.kill().unwrap();
    let mut lost = Vec::new();
    for writer in 0..8 {
        let new = commit(&stream(&format!("w{writer}")), 0, vec![event("b")]).new_id();
        lost.push((new.clone(), appending(&store, new)));
    }
    for (_, appended) in &mut lost {
        assert!(appended.await.unwrap().is_err());
    }
    server.start_again().unwrap();
    for (new, _) in lost {
        while store.append(new.clone()).await.is_err() {}
    }
    assert_eq!(store.append(first).await.unwrap().streams[0].version, 1);
    assert_eq!(log(&store).await.len(), 9);
}

/// Walks away in the middle of it, and appends from where there is no runtime, and when the store's own has gone.
#[test]
fn what_was_begun_goes_on_and_a_runtime_that_has_gone_is_told() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let place = Place::new();
    let name = stream("1");
    let store = runtime.block_on(async {
        let store = place.store().await;
        let new = commit(&name, 0, vec![event("a")]).new_id();
        let mut appending = Box::pin(store.append(new));
        let begun = |context: &mut std::task::Context<'_>| {
            std::task::Poll::Ready(appending.as_mut().poll(context).is_pending())
        };
        assert!(std::future::poll_fn(begun).await, "the server is asked");
        drop(appending);
        let begun = Instant::now();
        while events(&store, &name).await.is_empty() {
            assert!(begun.elapsed() < Duration::from_secs(30), "it goes on");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        store
    });
    let new = |version| commit(&name, version, vec![event("b")]).new_id();
    let answer = waited_for(store.append(new(1))).unwrap();
    assert_eq!(answer.streams[0].version, 2);
    drop(runtime);
    let error = waited_for(store.append(new(2))).unwrap_err();
    assert!(matches!(error, AppendError::Unknown { .. }), "{error}");
}

/// Polls without a runtime.
fn waited_for<T>(future: impl Future<Output = T>) -> T {
    struct Unparks(std::thread::Thread);
    impl std::task::Wake for Unparks {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unparks(std::thread::current())).into();
    let mut context = std::task::Context::from_waker(&waker);
    let mut future = std::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            std::task::Poll::Ready(answer) => return answer,
            std::task::Poll::Pending => std::thread::park(),
        }
    }
}
