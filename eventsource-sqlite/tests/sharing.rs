//! Several stores on one file, as several programs would be: nothing is lost, and each hears of the other.

mod fixture;

use std::time::{Duration, Instant};

use eventsource_core::store::{AppendError, EventStore};
use fixture::{Place, commit, event, events, log, stream};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_stores_that_count_in_one_stream_lose_nothing() {
    const EACH: usize = 40;
    let place = Place::new();
    let name = stream("counter");
    let mut counting = Vec::new();
    for _ in 0..2 {
        let store = place.store().await;
        for _ in 0..2 {
            let (store, name) = (store.clone(), name.clone());
            counting.push(tokio::spawn(async move {
                let mut counted = 0;
                while counted < EACH {
                    let version = events(&store, &name).await.len() as u64;
                    let next = commit(&name, version, vec![event(&version.to_string())]);
                    match store.append(next).await {
                        Ok(_) => counted += 1,
                        Err(AppendError::Conflict { .. }) => {}
                        Err(other) => panic!("{other}"),
                    }
                }
            }));
        }
    }
    for task in counting {
        task.await.unwrap();
    }
    let stored = log(&place.store().await).await;
    let versions: Vec<u64> = stored.iter().map(|event| event.version).collect();
    assert_eq!(versions, (1..=4 * EACH as u64).collect::<Vec<_>>());
    for (event, version) in stored.iter().zip(0..) {
        let text = String::from_utf8_lossy(&event.payload).into_owned();
        assert_eq!(text, format!("{{\"text\":\"{version}\"}}"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_stores_commit_is_noticed_by_who_waits() {
    let place = Place::new();
    let (here, there) = (place.store().await, place.store().await);
    let name = stream("1");
    for version in 0..5 {
        let head = here.head().await.unwrap();
        let waiting = {
            let here = here.clone();
            tokio::spawn(async move { here.wait(head).await })
        };
        tokio::time::sleep(Duration::from_millis(80)).await;
        assert!(!waiting.is_finished(), "the log has not grown");
        let appended = Instant::now();
        there
            .append(commit(&name, version, vec![event("a")]))
            .await
            .unwrap();
        tokio::time::timeout(Duration::from_secs(10), waiting)
            .await
            .expect("it is noticed")
            .unwrap();
        assert!(here.head().await.unwrap() > head);
        assert!(appended.elapsed() < Duration::from_secs(10));
    }
}

#[tokio::test]
async fn what_was_accepted_outlives_the_last_clone() {
    let place = Place::new();
    let store = place.store().await;
    let name = stream("1");
    for version in 0..50 {
        let next = commit(&name, version, vec![event("a")]);
        store.append(next).await.unwrap();
    }
    drop(store);
    assert_eq!(events(&place.store().await, &name).await.len(), 50);
}

/// Read on tokio's threads or, where there is no runtime, at the call site.
#[test]
fn a_store_needs_no_runtime() {
    let place = Place::new();
    let name = stream("1");
    let many = (0..500).map(|n| event(&n.to_string())).collect();
    pollster(async {
        let store = place.store().await;
        store.append(commit(&name, 0, many)).await.unwrap();
        assert_eq!(events(&store, &name).await.len(), 500);
        assert_eq!(log(&store).await.len(), 500);
        store.close().await.unwrap();
    });
}

/// Runs a future on this thread, without tokio.
fn pollster<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(std::thread::Thread);
    impl std::task::Wake for Unpark {
        fn wake(self: std::sync::Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = std::sync::Arc::new(Unpark(std::thread::current())).into();
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            std::task::Poll::Ready(done) => return done,
            std::task::Poll::Pending => std::thread::park(),
        }
    }
}
