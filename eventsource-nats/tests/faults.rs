//! What can go wrong with a server: a typed error that says what, where and what to do; nothing written, nothing lost.

mod fixture;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::time::Duration;

use async_nats::jetstream::stream::{Config, DiscardPolicy, StorageType};
use eventsource_core::store::{AppendError, EventStore, StoreErrorKind};
use eventsource_nats::{NatsOptions, NatsStore};
use eventsource_test_servers::nats::Server;
use fixture::{Place, assert_error, commit, event, events, jetstream, log, stream};

#[tokio::test]
async fn a_server_that_is_away_at_the_start_is_told() {
    let error = NatsStore::connect("nats://bank:secret@127.0.0.1:1")
        .await
        .unwrap_err();
    assert_error(&error, StoreErrorKind::Unavailable, "check that it runs");
    assert!(error.to_string().contains("at 127.0.0.1:1"), "{error}");
}

#[tokio::test]
async fn a_url_that_cannot_be_read_is_told_without_its_password() {
    let error = NatsStore::connect("nats://bank:secret@host:port")
        .await
        .unwrap_err();
    assert_error(&error, StoreErrorKind::Invalid, "nats://user");
}

#[tokio::test]
async fn a_name_that_a_stream_cannot_have_is_told() {
    for name in ["", "a.b", "a b", "a*", "é", &"x".repeat(101)] {
        let options = NatsOptions::new().log(name);
        let error = options.connect("nats://127.0.0.1:1").await.unwrap_err();
        assert_error(&error, StoreErrorKind::Invalid, "NatsOptions::log");
    }
}

#[tokio::test]
async fn a_wrong_password_is_told() {
    let server = Server::start(&["--user", "bank", "--pass", "secret@1"]).unwrap();
    for wrong in ["nats://", "nats://bank:secret2@", "nats://secret@"] {
        let url = server.url().replace("nats://", wrong);
        let error = NatsStore::connect(&url).await.unwrap_err();
        assert_error(&error, StoreErrorKind::Denied, "the password in the URL");
    }
    let url = server.url().replace("nats://", "nats://bank:secret%401@");
    NatsStore::connect(&url).await.unwrap();
}

#[tokio::test]
async fn a_token_is_a_user_without_a_password() {
    let server = Server::start(&["--auth", "secret"]).unwrap();
    let url = server.url().replace("nats://", "nats://secret@");
    NatsStore::connect(&url).await.unwrap();
}

#[tokio::test]
async fn a_credentials_file_that_is_not_there_is_told() {
    let options = NatsOptions::new().credentials("/no/such/file.creds");
    let error = options.connect(&fixture::url()).await.unwrap_err();
    assert_error(&error, StoreErrorKind::Denied, "/no/such/file.creds");
}

/// Answers as a server of this version, as far as a connection needs it.
fn server_of_version(version: &str, jetstream: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("nats://{}", listener.local_addr().unwrap());
    let info = format!(
        "INFO {{\"server_id\":\"x\",\"version\":\"{version}\",\"proto\":1,\"headers\":true,\"max_payload\":1048576,\"jetstream\":{jetstream}}}\r\n"
    );
    std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        connection.write_all(info.as_bytes()).unwrap();
        let lines = BufReader::new(connection.try_clone().unwrap()).lines();
        for line in lines.map_while(Result::ok) {
            if line.starts_with("PING") {
                connection.write_all(b"PONG\r\n").unwrap();
            }
        }
    });
    url
}

#[tokio::test]
async fn an_older_server_is_refused() {
    let url = server_of_version("2.12.5", true);
    let error = NatsStore::connect(&url).await.unwrap_err();
    assert_error(&error, StoreErrorKind::Unsupported, "2.12.6 or newer");
    assert!(error.to_string().contains("2.12.5"), "{error}");
}

#[tokio::test]
async fn a_server_without_jetstream_is_refused() {
    let url = server_of_version("2.15.0", false);
    let error = NatsStore::connect(&url).await.unwrap_err();
    assert_error(&error, StoreErrorKind::Unsupported, "-js");
}

#[tokio::test]
async fn streams_that_were_never_made_are_told_and_not_made() {
    let place = Place::new();
    let store = place.unprepared().await;
    let error = store.prepare(false).await.unwrap_err();
    assert_error(&error, StoreErrorKind::OlderSchema, "App::start");
    let error = store.head().await.unwrap_err();
    assert_error(&error, StoreErrorKind::OlderSchema, "App::start");
    match store
        .append(commit(&stream("1"), 0, vec![event("a")]))
        .await
    {
        Err(AppendError::Store(error)) => {
            assert_error(&error, StoreErrorKind::OlderSchema, "App::start");
        }
        other => panic!("{other:?}"),
    }
    store.prepare(true).await.unwrap();
    store.prepare(false).await.unwrap();
}

/// The configuration of a log that is right, to be made wrong.
async fn right() -> (Place, Config) {
    let place = Place::new();
    place.store().await;
    let jetstream = jetstream(&fixture::url()).await;
    let made = jetstream.get_stream(&place.log).await.unwrap();
    let mut config = made.cached_info().config.clone();
    // One that is made anew under another name.
    let other = Place::new();
    config.subjects = vec![format!("{}.events.>", other.log)];
    config.name.clone_from(&other.log);
    (other, config)
}

/// Makes a right configuration wrong.
type Wrong = fn(&mut Config);

#[tokio::test]
async fn a_stream_that_forgets_or_changes_events_is_refused() {
    let wrongs: [(&str, Wrong); 10] = [
        ("storage", |config| config.storage = StorageType::Memory),
        ("discard", |config| config.discard = DiscardPolicy::Old),
        ("deny_delete", |config| config.deny_delete = false),
        ("deny_purge", |config| config.deny_purge = false),
        ("max_age", |config| {
            config.max_age = Duration::from_secs(3600);
        }),
        ("max_msgs", |config| config.max_messages = 1_000_000),
        ("max_bytes", |config| config.max_bytes = 1 << 30),
        ("allow_direct", |config| config.allow_direct = false),
        ("allow_atomic", |config| config.allow_atomic_publish = false),
        ("subjects", |config| {
            config.subjects.push(format!("{}.other", config.name));
        }),
    ];
    let jetstream = jetstream(&fixture::url()).await;
    for (setting, make_wrong) in wrongs {
        let (place, mut config) = right().await;
        make_wrong(&mut config);
        jetstream.create_stream(config).await.unwrap();
        let store = place.unprepared().await;
        let error = store.prepare(true).await.unwrap_err();
        assert_error(&error, StoreErrorKind::Corrupt, setting);
        let advice = match setting {
            "storage" => "another name",
            _ => "nats stream edit",
        };
        assert!(error.to_string().contains(advice), "what to do: {error}");
    }
    let (place, config) = right().await;
    jetstream.create_stream(config).await.unwrap();
    place.unprepared().await.prepare(true).await.unwrap();
}

#[tokio::test]
async fn streams_of_another_program_and_of_a_newer_release_are_left_alone() {
    let jetstream = jetstream(&fixture::url()).await;
    let (place, mut config) = right().await;
    config.metadata.clear();
    jetstream.create_stream(config).await.unwrap();
    let error = place.unprepared().await.prepare(true).await.unwrap_err();
    assert_error(&error, StoreErrorKind::Corrupt, "a name of its own");

    let (place, mut config) = right().await;
    let layout = config.metadata.get_mut("eventsource.layout").unwrap();
    *layout = "99".to_owned();
    jetstream.create_stream(config).await.unwrap();
    let error = place.unprepared().await.prepare(true).await.unwrap_err();
    assert_error(&error, StoreErrorKind::NewerSchema, "start a newer release");
}

#[tokio::test]
async fn a_message_of_other_hands_stops_the_reader_and_is_told() {
    let place = Place::new();
    let store = place.store().await;
    let jetstream = jetstream(&fixture::url()).await;
    let subject = format!("{}.events.account.1", place.log);
    let sent = jetstream.publish(subject, "hello".into()).await.unwrap();
    sent.await.unwrap();
    let read = eventsource_core::store::ReadStream::new(stream("1"));
    let error = store.read_stream(read, Vec::new()).await.unwrap_err();
    assert_error(&error, StoreErrorKind::Corrupt, "message 1 is no commit");
}

#[tokio::test]
async fn a_commit_over_the_servers_limit_is_refused_and_leaves_nothing() {
    let place = Place::new();
    let store = place.store().await;
    let name = stream("1");
    let large = commit(&name, 0, vec![event(&"x".repeat(1024 * 1024))]);
    for large in [large.clone(), large.new_id()] {
        match store.append(large).await {
            Err(AppendError::Store(error)) => {
                assert_error(&error, StoreErrorKind::TooLarge, "max_payload");
                assert!(error.to_string().contains("account-1"), "{error}");
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(log(&store).await, []);
    store
        .append(commit(&name, 0, vec![event("a")]))
        .await
        .unwrap();
}

/// A server whose configuration file says this.
fn configured(text: &str) -> (Server, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("nats.conf");
    std::fs::write(&file, text).unwrap();
    let server = Server::start(&["-c", file.to_str().unwrap()]).unwrap();
    (server, folder)
}

fn impatient() -> NatsOptions {
    NatsOptions::new().request_wait(Duration::from_millis(200))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_without_rights_is_told_what_it_lacks() {
    let (server, _folder) = configured(
        r#"authorization { users = [
            { user: owner, password: secret }
            { user: reader, password: secret, permissions: { publish: { deny: ["eventsource.>"] } } }
            { user: deaf, password: secret, permissions: { subscribe: { deny: ["_INBOX.>"] } } }
            { user: mute, password: secret, permissions: { publish: { deny: ["$JS.API.>"] } } }
            { user: blind, password: secret, permissions: { publish: { deny: ["$JS.API.DIRECT.>"] } } }
        ] }"#,
    );
    let open = async |user: &str| {
        let url = server
            .url()
            .replace("nats://", &format!("nats://{user}:secret@"));
        impatient().connect(&url).await.unwrap()
    };
    let owner = open("owner").await;
    owner.prepare(true).await.unwrap();
    let name = stream("1");
    owner
        .append(commit(&name, 0, vec![event("a")]))
        .await
        .unwrap();

    for user in ["mute", "deaf"] {
        let error = open(user).await.prepare(true).await.unwrap_err();
        assert_error(&error, StoreErrorKind::Denied, "$JS.API.>");
    }
    let read = || eventsource_core::store::ReadStream::new(name.clone());
    let error = open("blind").await.read_stream(read(), Vec::new()).await;
    assert_error(&error.unwrap_err(), StoreErrorKind::Denied, "$JS.API.>");
    let reader = open("reader").await;
    reader.prepare(true).await.unwrap();
    reader.read_stream(read(), Vec::new()).await.unwrap();
    for new in [
        commit(&name, 1, vec![event("b")]),
        commit(&name, 1, vec![event("b")]).new_id(),
    ] {
        match reader.append(new).await {
            Err(AppendError::Store(error)) => {
                assert_error(&error, StoreErrorKind::Denied, "the log's subjects");
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(log(&owner).await.len(), 1);
}

#[tokio::test]
async fn a_server_out_of_connections_is_told() {
    let (server, _folder) = configured("max_connections: 1");
    let _first = NatsStore::connect(&server.url()).await.unwrap();
    let error = NatsStore::connect(&server.url()).await.unwrap_err();
    assert_error(&error, StoreErrorKind::Busy, "max_connections");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_that_is_refused_while_the_program_runs_is_told_and_taken_back() {
    let authorization =
        |password: &str| format!("authorization {{ user: bank, password: \"{password}\" }}");
    let (mut server, folder) = configured(&authorization("secret1"));
    let url = server.url().replace("nats://", "nats://bank:secret1@");
    let options = impatient().resolve_wait(Duration::from_millis(500));
    let store = options.connect(&url).await.unwrap();
    store.prepare(true).await.unwrap();
    for (password, refused) in [("secret2", true), ("secret1", false)] {
        std::fs::write(folder.path().join("nats.conf"), authorization(password)).unwrap();
        server.kill().unwrap();
        server.start_again().unwrap();
        let begun = std::time::Instant::now();
        loop {
            match store.head().await {
                Ok(_) if !refused => break,
                Err(error) if refused && error.kind() == StoreErrorKind::Denied => {
                    assert_error(&error, StoreErrorKind::Denied, "the password in the URL");
                    break;
                }
                other => assert!(begun.elapsed() < Duration::from_secs(30), "{other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn a_server_without_space_is_told_and_keeps_what_it_has() {
    let (server, _folder) = configured("jetstream { max_file_store: 300KB }");
    let store = NatsStore::connect(&server.url()).await.unwrap();
    store.prepare(true).await.unwrap();
    let name = stream("1");
    let mut version = 0;
    let error = loop {
        let large = commit(&name, version, vec![event(&"x".repeat(50_000))]).new_id();
        match store.append(large).await {
            Ok(committed) => version = committed.streams[0].version,
            Err(AppendError::Store(error)) => break error,
            Err(other) => panic!("{other}"),
        }
        assert!(version < 10, "300 KB are full");
    };
    assert_error(&error, StoreErrorKind::Full, "max_file_store");
    assert!(version > 0);
    assert_eq!(events(&store, &name).await.len() as u64, version);
}

#[tokio::test]
async fn a_log_that_lacks_messages_or_copies_is_refused() {
    let place = Place::new();
    let store = place.store().await;
    let copies = place.options().replicas(3);
    let copies = copies.connect(&fixture::url()).await.unwrap();
    let error = copies.prepare(true).await.unwrap_err();
    assert_error(&error, StoreErrorKind::Corrupt, "--replicas 3");

    for version in 0..3 {
        let new = commit(&stream("1"), version, vec![event("a")]).new_id();
        store.append(new).await.unwrap();
    }
    // A log that was set up otherwise for a while.
    let jetstream = jetstream(&fixture::url()).await;
    let other = Place::new();
    let mut config = Config {
        name: other.log.clone(),
        subjects: vec![format!("{}.events.>", other.log)],
        ..Config::default()
    };
    jetstream.create_stream(config.clone()).await.unwrap();
    for _ in 0..3 {
        let sent = jetstream.publish(format!("{}.events.a.1", other.log), "a".into());
        sent.await.unwrap().await.unwrap();
    }
    let made = jetstream.get_stream(&other.log).await.unwrap();
    made.delete_message(2).await.unwrap();
    let right = jetstream.get_stream(&place.log).await.unwrap();
    let subjects = config.subjects;
    config = right.cached_info().config.clone();
    config.name.clone_from(&other.log);
    config.subjects = subjects;
    jetstream.update_stream(config).await.unwrap();
    let error = other.unprepared().await.prepare(true).await.unwrap_err();
    assert_error(&error, StoreErrorKind::Corrupt, "lacks 1 of the 3 messages");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_without_an_answer_is_resolved_by_its_id() {
    let mut server = Server::start(&[]).unwrap();
    let options = NatsOptions::new()
        .request_wait(Duration::from_millis(100))
        .resolve_wait(Duration::from_millis(300));
    let store = options.connect(&server.url()).await.unwrap();
    store.prepare(true).await.unwrap();
    let name = stream("1");
    // A type that is in the log already, so that the commits below are one message.
    let first = commit(&name, 0, vec![event("first")]).new_id();
    store.append(first).await.unwrap();

    server.kill().unwrap();
    let lost = commit(&name, 1, vec![event("lost")]).new_id();
    match store.append(lost.clone()).await {
        Err(AppendError::Unknown { commit_id, source }) => {
            assert_eq!(commit_id, lost.id);
            assert_error(&source, StoreErrorKind::Unavailable, "check that it runs");
        }
        Err(AppendError::Store(error)) => {
            assert_error(&error, StoreErrorKind::Unavailable, "check that it runs");
        }
        other => panic!("{other:?}"),
    }
    let error = store.head().await.unwrap_err();
    assert_error(&error, StoreErrorKind::Unavailable, "check that it runs");

    server.start_again().unwrap();
    let begun = std::time::Instant::now();
    let answer = loop {
        match store.append(lost.clone()).await {
            Ok(answer) => break answer,
            Err(AppendError::Unknown { .. } | AppendError::Store(_))
                if begun.elapsed() < Duration::from_secs(30) => {}
            Err(other) => panic!("{other}"),
        }
    };
    assert_eq!(answer.streams[0].version, 2);
    assert_eq!(events(&store, &name).await.len(), 2, "it is there once");
}
