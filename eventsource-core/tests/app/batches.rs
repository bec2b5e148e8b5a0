//! However the log is cut into stretches, and whatever is forgotten between them, the rows are the same.

use std::collections::HashMap;

use eventsource_core::prelude::*;
use eventsource_core::projection::{Batch, batch};
use eventsource_core::store::{ReadLog, RecordedEvent, Row, Value};
use proptest::prelude::*;

use crate::domain::{PurseRow, fill, open, spend, started, write_side};

/// A table by hand.
#[derive(Default)]
struct Table(HashMap<Value, Row>);

impl Table {
    /// Folds a stretch as a runner does, and writes what it leads to.
    fn take(&mut self, batch: &mut dyn Batch, events: &[RecordedEvent]) {
        for event in events {
            batch.read(&event.borrow()).unwrap();
        }
        let missing = batch.missing();
        let rows = missing.iter().map(|key| self.0.get(key).cloned());
        let rows = rows.collect();
        batch.supply(missing, rows).unwrap();
        let changes = batch.changes().unwrap();
        for key in changes.deletes {
            self.0.remove(&key);
        }
        for row in changes.upserts {
            self.0.insert(row[0].clone(), row);
        }
    }
}

async fn log(changes: &[(u8, u64)]) -> Vec<RecordedEvent> {
    let store = MemoryStore::new();
    let app = started(&store, write_side()).await;
    for purse in 0..4 {
        app.execute(open(&purse.to_string())).await.unwrap();
    }
    for (purse, amount) in changes {
        let purse = purse.to_string();
        app.execute(fill(&purse, *amount)).await.unwrap();
        if amount % 2 == 0 {
            // Who has spent all has no row.
            app.execute(spend(&purse, *amount)).await.unwrap();
        }
    }
    let read = ReadLog::after(Position::START);
    store.read_log(read, Vec::new()).await.unwrap()
}

proptest! {
    #[test]
    fn any_cut_into_batches_gives_the_same_rows(
        changes in prop::collection::vec((0_u8..4, 1_u64..6), 0..40),
        cuts in prop::collection::vec((1_usize..9, any::<bool>()), 1..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let events = runtime.block_on(log(&changes));
        let mut whole = Table::default();
        let mut of_all = batch::<PurseRow>();
        of_all.begin_empty();
        whole.take(&mut *of_all, &events);

        let mut cut = Table::default();
        let mut of_parts = batch::<PurseRow>();
        let mut rest = events.as_slice();
        for (events, forget) in cuts.into_iter().cycle() {
            let (part, behind) = rest.split_at(events.min(rest.len()));
            cut.take(&mut *of_parts, part);
            if forget {
                of_parts.forget();
            }
            rest = behind;
            if rest.is_empty() {
                break;
            }
        }

        prop_assert_eq!(cut.0, whole.0);
    }
}
