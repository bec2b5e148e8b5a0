//! What `kill -9` cannot show: with `sync_interval: always`, each acknowledgement leaves once the disk was told to keep its message, and without it none has to.

mod fixture;

use eventsource_core::store::EventStore;
use eventsource_nats::NatsOptions;
use eventsource_test_servers::calls::{self, synced};
use eventsource_test_servers::nats::Server;
use fixture::{commit, event, stream};

const COMMITS: u64 = 20;

/// Of the commits that were acknowledged one after another, how many were on the disk before.
async fn flushed(configuration: &str) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let (file, trace) = (folder.path().join("nats.conf"), folder.path().join("calls"));
    std::fs::write(&file, configuration).unwrap();
    let arguments = ["-c", file.to_str().unwrap()];
    let server = Server::start_traced(&arguments, &trace).unwrap_or_else(|why| panic!("{why}"));
    let options = NatsOptions::new().log("traced");
    let store = options.connect(&server.url()).await.unwrap();
    store.prepare(true).await.unwrap();
    let name = stream("1");
    // One half of a mark is enough to be found, so each is of this message alone.
    let mark = |sequence: u64| format!("ones{sequence:04}twos{sequence:04}");
    for sequence in 1..=COMMITS {
        let new = commit(&name, sequence - 1, vec![event(&mark(sequence))]);
        store.append(new.new_id()).await.unwrap();
    }
    store.close().await.unwrap();
    drop(store);
    tokio::task::spawn_blocking(move || drop(server))
        .await
        .unwrap();

    let calls = calls::of(&trace).unwrap_or_else(|why| panic!("{why}"));
    let mut flushed = 0;
    for sequence in 1..=COMMITS {
        let tells = |text: &str| {
            text.contains(r#"\"stream\":\"traced\""#)
                && text.contains(&format!(r#"\"seq\":{sequence}}}"#))
        };
        let answer = calls
            .iter()
            .find(|call| call.writes() && call.on.starts_with("TCP") && tells(&call.text))
            .expect("every acknowledgement is seen");
        let synced = synced(&calls, &mark(sequence), "/streams/traced/");
        flushed += u64::from(synced.is_ok_and(|at| at < answer.begun));
    }
    flushed
}

#[tokio::test(flavor = "multi_thread")]
async fn each_acknowledgement_follows_its_flush_where_the_server_is_told_to() {
    let always = flushed("jetstream { sync_interval: always }").await;
    assert_eq!(always, COMMITS);
    let by_default = flushed("").await;
    assert!(by_default < COMMITS, "by default it acknowledges first");
}
