//! Whoever opens the file, stored events and commits stay as they are.

mod fixture;

use eventsource_core::store::EventStore;
use fixture::{Place, commit, event, log, stream};

#[tokio::test]
async fn events_and_commits_can_neither_be_changed_nor_deleted() {
    let place = Place::new();
    let store = place.store().await;
    let first = commit(&stream("1"), 0, vec![event("a"), event("b")]);
    store.append(first).await.unwrap();
    let before = log(&store).await;

    let other = place.connection();
    for sql in [
        "UPDATE eventsource_events SET payload = '{}'",
        "UPDATE eventsource_events SET position = position + 10",
        "DELETE FROM eventsource_events WHERE version = 2",
        "DELETE FROM eventsource_events",
        "UPDATE eventsource_commits SET events = 1",
        "DELETE FROM eventsource_commits",
        "REPLACE INTO eventsource_commits SELECT * FROM eventsource_commits",
        "INSERT OR REPLACE INTO eventsource_commits SELECT commit_id, x'00', 1, 1 FROM eventsource_commits",
        "INSERT INTO eventsource_commits SELECT * FROM eventsource_commits WHERE true
         ON CONFLICT DO UPDATE SET events = 1",
        "REPLACE INTO eventsource_events SELECT * FROM eventsource_events",
        "INSERT OR REPLACE INTO eventsource_events
         SELECT 99, stream, version, event_id, name, schema_version, recorded_at, '{}', NULL FROM eventsource_events WHERE version = 1",
        "INSERT INTO eventsource_events SELECT * FROM eventsource_events WHERE true
         ON CONFLICT DO UPDATE SET payload = '{}'",
    ] {
        let refused = other.execute(sql, []).unwrap_err().to_string();
        assert!(refused.contains("never"), "{sql}: {refused}");
    }
    assert_eq!(before, log(&store).await);
}
