//! A store that traces payloads is caught. In a process of its own: what is traced is listened to for the whole process.

use eventsource_core::MemoryStore;
use eventsource_core::testing::suite::{append, run};

#[test]
#[should_panic(expected = "a payload is traced")]
fn a_store_that_traces_a_payload_is_caught() {
    let store = MemoryStore::new();
    let opened = move || {
        let store = store.clone();
        async move { store }
    };
    run(opened, async |factory| {
        append::versions_are_contiguous(factory).await;
        let payload = r#"{"text":"0","secret":"canary-4Zq9vT"}"#;
        tracing::debug!(payload, "appending");
    });
}
