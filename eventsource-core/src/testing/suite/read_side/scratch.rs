//! What the rows have to be: a fold of the whole log, by hand.

use std::collections::BTreeMap;

use super::counter::{ADDED, Sum, UNLUCKY};
use crate::Projection as _;
use crate::store::{EventStore, Row};
use crate::testing::suite::fixture::in_log;

/// The sums of a log, in the order of their keys. What no fold takes is passed over.
pub(super) async fn scratch<S: EventStore>(store: &S) -> Vec<Row> {
    let mut rows = BTreeMap::new();
    for event in in_log(store).await {
        let payload = serde_json::from_slice::<serde_json::Value>(&event.payload);
        let amount = payload.ok().and_then(|payload| payload["amount"].as_u64());
        let Some(amount) = amount.filter(|amount| &*event.name == ADDED && *amount != UNLUCKY)
        else {
            continue;
        };
        let counter = event.stream.id().to_owned();
        if amount == 0 {
            rows.remove(&counter);
            continue;
        }
        let row = rows.entry(counter.clone()).or_insert_with(|| Sum {
            counter,
            ..Sum::default()
        });
        row.sum += amount;
        row.times += 1;
        row.last = Some(event.event_id);
        row.at = Some(event.recorded_at);
        row.amounts.push(amount);
    }
    let rows = rows.values().map(|row| row.to_row().expect("it is a row"));
    rows.collect()
}
