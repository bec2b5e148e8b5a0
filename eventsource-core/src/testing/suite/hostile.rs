//! Promise 6: names, ids and payloads are data, however they look.

use std::sync::Arc;

use uuid::Uuid;

use super::StoreFactory;
use super::fixture::{
    CANARY, append, assert_conflict, assert_log_in_order, commit, event, event_of, events,
    fingerprint, in_log, in_stream, open, part, payload, stream,
};
use crate::store::{AppendError, Commit, EventStore, NewSnapshot, RecordedEvent, StoreErrorKind};
use crate::{MAX_ID_BYTES, MAX_NAME_BYTES, Metadata, StreamName, Timestamp};

/// Ids with quotes, wildcards, separators, control characters and SQL in them, and pairs that are alike to those who trim, fold or cut.
const IDS: &[&str] = &[
    "'",
    "\"",
    "`",
    "a'b\"c`d",
    "'; DROP TABLE events; --",
    "' OR '1'='1",
    "$1",
    "?1",
    ":id",
    "@id",
    "%",
    "_",
    "a%",
    "a_",
    "ab",
    "*",
    ">",
    "a.>",
    "a.*.b",
    "..",
    "../../etc",
    "/",
    "\\",
    "\\'",
    "%00",
    " ",
    "  ",
    "a",
    "a ",
    " a",
    "A",
    "\n",
    "\r\n",
    "\t",
    "\u{1}",
    "\u{7f}",
    "\u{feff}",
    "\u{202e}a",
    "é",
    "e\u{301}",
    "ß",
    "ss",
    "İ",
    "i",
    "💶",
    "👩‍👩‍👧",
    "𝕒",
    "null",
    "NULL",
    "0",
    "00",
    "1e3",
    "-",
    "--",
    "a-b",
    "-a",
    "{}",
    "[1]",
    "%s%n",
    "${x}",
    "<b>",
    "\u{10ffff}",
];

/// Each id has a stream of its own, under its own name to the byte.
pub async fn any_id_has_a_stream_of_its_own<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let mut ids: Vec<String> = IDS.iter().map(|id| (*id).to_owned()).collect();
    // The longest ids, which differ in their last byte alone.
    ids.push("x".repeat(MAX_ID_BYTES));
    ids.push("x".repeat(MAX_ID_BYTES - 1) + "y");
    ids.push("💶".repeat(MAX_ID_BYTES / 4));
    let names: Vec<StreamName> = ids.iter().map(|id| stream(id)).collect();
    for (number, name) in names.iter().enumerate() {
        let text = format!("in stream {number}");
        let appended = store.append(commit(name, 0, vec![event(&text)])).await;
        let committed = appended.unwrap_or_else(|error| {
            panic!("the id {:?} is taken as it is: {error}", name.id());
        });
        assert_eq!(
            &committed.streams[0].stream, name,
            "the answer names the stream to the byte"
        );
        assert_conflict(store.append(commit(name, 7, events(1))).await, name, 7, 1);
    }
    for (number, name) in names.iter().enumerate() {
        let stored = in_stream(&*store, name).await;
        let texts: Vec<_> = stored.iter().map(|event| event.payload.clone()).collect();
        assert_eq!(
            texts,
            [payload(&format!("in stream {number}"))],
            "the stream of id {:?} has its own event, and no other",
            name.id()
        );
        assert_eq!(&stored[0].stream, name);
    }
    let log = in_log(&*store).await;
    assert!(
        log.iter().map(|event| &event.stream).eq(&names),
        "the log shows each stream's name to the byte"
    );
}

/// Categories and event names of the longest kind and of any alphabet are kept, and the same id in two categories is two streams.
pub async fn any_name_is_kept<F: StoreFactory>(factory: F) {
    // Two hundred bytes: twenty times ten.
    const LONG: &str = "abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.abcdefghi.";
    assert_eq!(LONG.len(), MAX_NAME_BYTES);
    let store = open(&factory).await;
    for name in [
        LONG,
        "größe.geändert",
        "select",
        "a.b",
        "a_b",
        "A.b",
        "名前",
    ] {
        let stream = StreamName::new(name, "1").expect("it is a name");
        let named = event_of(name, u16::MAX, payload(name));
        let appended = store.append(commit(&stream, 0, vec![named])).await;
        appended.expect("any name is appended");
        let stored = in_stream(&*store, &stream).await;
        let [found] = &stored[..] else {
            panic!("one event was appended to {stream}: {stored:?}");
        };
        assert_eq!(
            (&*found.name, found.schema_version, &found.payload),
            (name, u16::MAX, &payload(name))
        );
    }
}

/// Payload, metadata, event id, time and commit id come back as they went in, to the byte.
pub async fn what_is_stored_comes_back_to_the_byte<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let payloads = [
        String::new(),
        "null".to_owned(),
        "{}".to_owned(),
        " { \"a\" : 1.0 ,\n\t\"a\" : 1e400 } ".to_owned(),
        r#"{"nul":"\u0000","quote":"\"'","line":"\n"}"#.to_owned(),
        format!("{{\"💶\":\"{CANARY} İ ß é e\u{301}\"}}"),
        "123456789012345678901234567890".to_owned(),
    ];
    let metadata = Metadata::new()
        .actor("'; DROP TABLE events; --")
        .reason("\u{0}\n💶\"")
        .header("%_*>", "");
    let times = [
        0,
        -1,
        // The first and the last microsecond that RFC 3339 can write.
        -62_167_219_200_000_000,
        253_402_300_799_999_999,
    ];
    for (number, text) in payloads.iter().enumerate() {
        let name = stream(&format!("exact {number}"));
        let mut new = event_of("suite.exact", 1, text.clone().into_bytes());
        new.metadata = match number % 2 {
            0 => metadata.encode().into(),
            _ => Arc::from([]),
        };
        let time = Timestamp::from_micros(times[number % times.len()]);
        let id = match number {
            0 => Uuid::nil(),
            1 => Uuid::max(),
            _ => Uuid::now_v7(),
        };
        let commit = Commit::new(id, time, vec![part(&name, 0, vec![new.clone()])]);
        store.append(commit).await.expect("it is appended");
        let found = store.find_commit(id).await.expect("it is read");
        assert!(found.is_some(), "the commit is found by its id {id}");
        let stored = in_stream(&*store, &name).await;
        let [found] = &stored[..] else {
            panic!("payload {number} was appended to {name}: {stored:?}");
        };
        assert!(found.payload == new.payload, "payload {number} is kept");
        assert_eq!(found.metadata, new.metadata, "metadata {number} is kept");
        assert_eq!((found.event_id, found.recorded_at), (new.id, time));
    }
}

/// Payloads that are nested 100,000 deep, lists, objects and both, come back to the byte: a store does not parse what it keeps.
pub async fn deep_nesting_is_kept<F: StoreFactory>(factory: F) {
    const DEPTH: usize = 100_000;
    let store = open(&factory).await;
    let name = stream("nested");
    let payloads = [
        "[".repeat(DEPTH) + &"]".repeat(DEPTH),
        "{\"a\":".repeat(DEPTH) + "1" + &"}".repeat(DEPTH),
        "[{\"a\":".repeat(DEPTH) + "1" + &"}]".repeat(DEPTH),
    ];
    for (version, text) in (0..).zip(&payloads) {
        let nested = event_of("suite.nested", 1, text.clone().into_bytes());
        let appended = store.append(commit(&name, version, vec![nested])).await;
        appended.expect("it is appended");
    }
    for read in [in_stream(&*store, &name).await, in_log(&*store).await] {
        assert_eq!(read.len(), payloads.len());
        for (found, text) in read.iter().zip(&payloads) {
            assert!(
                found.payload == text.as_bytes(),
                "version {} is kept to the byte",
                found.version
            );
        }
    }
}

/// A payload of ten megabytes is kept whole, or refused as too large with nothing written; either way the store goes on.
pub async fn a_payload_of_ten_megabytes_is_kept_or_refused<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let name = stream("large");
    let large = payload(&"x".repeat(10 * 1024 * 1024));
    let part = part(
        &name,
        0,
        vec![
            event("before"),
            event_of("suite.large", 1, large.clone()),
            event("after"),
        ],
    );
    let version = match store.append(super::fixture::commit_of(vec![part])).await {
        Ok(_) => {
            let stored = in_stream(&*store, &name).await;
            assert_eq!(stored.len(), 3);
            assert!(stored[1].payload == large, "it is kept to the byte");
            3
        }
        Err(AppendError::Store(error)) => {
            assert_eq!(error.kind(), StoreErrorKind::TooLarge, "{error}");
            assert_eq!(in_log(&*store).await, [], "nothing of it is written");
            0
        }
        Err(other) => panic!("it is kept or too large, not {other}"),
    };
    append(&*store, &name, version, 1).await;
    assert_log_in_order(&in_log(&*store).await);
}

/// What a payload or a snapshot holds is in no error, no `Debug` output and no trace.
pub async fn no_payload_is_ever_told<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let name = stream("discreet");
    let mut told = Vec::new();
    let mut tell = |text: String| told.push(text);

    let first = commit(&name, 0, events(2)).snapshot(Some(NewSnapshot {
        stream: name.clone(),
        version: 2,
        fingerprint: fingerprint(1),
        state: CANARY.as_bytes().to_vec(),
    }));
    tell(format!("{first:?}"));
    let committed = store.append(first.clone()).await;
    tell(format!("{committed:?}"));
    tell(format!("{:?}", store.find_commit(first.id).await));
    let reused = Commit::new(first.id, first.recorded_at, vec![part(&name, 2, events(5))]);
    let empty = part(&name, 2, vec![]);
    let twice = vec![part(&name, 2, events(1)), part(&name, 2, events(1))];
    for refused in [
        commit(&name, 0, events(1)),
        reused,
        super::fixture::commit_of(vec![empty]),
        super::fixture::commit_of(twice),
    ] {
        let error = store.append(refused).await.expect_err("it is refused");
        tell(all_of(&error));
    }
    let stored: Vec<RecordedEvent> = in_stream(&*store, &name).await;
    tell(format!("{stored:?} {:?}", stored[0].borrow()));
    store.close().await.expect("the store closes");
    let error = store.append(commit(&name, 2, events(1))).await;
    tell(all_of(&error.expect_err("a closed store refuses")));

    for text in told {
        assert!(!text.contains(CANARY), "a payload is told: {text}");
    }
}

/// All that an error says of itself and of its causes.
pub(super) fn all_of(error: &dyn std::error::Error) -> String {
    let mut text = format!("{error} {error:?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text} {error} {error:?}");
        cause = error.source();
    }
    text
}
