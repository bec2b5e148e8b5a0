//! However the log is cut into stretches, and whatever is forgotten between them, the rows are the same.

use std::collections::HashMap;

use eventsource_core::prelude::*;
use eventsource_core::projection::{Batch, batch};
use eventsource_core::store::{ReadLog, RecordedEvent, Row, Value};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::domain::{Filled, Opened, PurseRow, Spent, fill, open, spend, started, write_side};

/// A row an amount: an event has a row of its own amount, and those of all greater ones of the same remainder. Who spends nearly all of an
/// amount has its row removed. What was folded, and in which order, is seen by the trail.
#[derive(Projection, Default, Debug, Clone, PartialEq)]
#[projection(
    name = "amounts",
    version = 1,
    events(Filled(key_with = rows_of_filled), Spent(key_with = rows_of_spent))
)]
struct Amount {
    #[projection(key)]
    amount: u64,
    trail: i64,
}

fn rows_of(amount: u64) -> Vec<u64> {
    // Some are named more than once.
    let others = (amount..6).filter(|other| (other - amount).is_multiple_of(2));
    std::iter::once(amount).chain(others).collect()
}

fn rows_of_filled(event: &Filled, _: &EventContext<'_>) -> Vec<u64> {
    rows_of(event.amount)
}

fn rows_of_spent(event: &Spent, _: &EventContext<'_>) -> Vec<u64> {
    rows_of(event.amount)
}

fn step(trail: i64, context: &EventContext<'_>) -> i64 {
    let position = i64::try_from(context.position().as_raw()).unwrap();
    trail.wrapping_mul(31).wrapping_add(position)
}

impl Project<Filled> for Amount {
    fn project(&mut self, _: &Filled, context: &EventContext<'_>) {
        self.trail = step(self.trail, context);
    }
}

impl Project<Spent> for Amount {
    fn project(&mut self, event: &Spent, context: &EventContext<'_>) {
        self.trail = step(self.trail, context);
        if event.amount + 2 >= self.amount {
            context.delete();
        }
    }
}

/// One row, which is removed now and then.
#[derive(Projection, Default, Debug, Clone, PartialEq)]
#[projection(name = "whole", version = 1, key = global, events(Opened, Filled, Spent))]
struct Whole {
    trail: i64,
}

impl Project<Opened> for Whole {
    fn project(&mut self, _: &Opened, context: &EventContext<'_>) {
        self.trail = step(self.trail, context);
    }
}

impl Project<Filled> for Whole {
    fn project(&mut self, _: &Filled, context: &EventContext<'_>) {
        self.trail = step(self.trail, context);
    }
}

impl Project<Spent> for Whole {
    fn project(&mut self, event: &Spent, context: &EventContext<'_>) {
        self.trail = step(self.trail, context);
        if event.amount == 4 {
            context.delete();
        }
    }
}

/// A table by hand.
struct Table {
    key: Option<usize>,
    rows: HashMap<Value, Row>,
}

impl Table {
    fn of<P: Projection>() -> Self {
        let columns = (P::DESCRIPTOR.columns)();
        Self {
            key: columns.iter().position(|column| column.key),
            rows: HashMap::new(),
        }
    }

    /// Folds a stretch as a runner does, and writes what it leads to.
    fn take(&mut self, batch: &mut dyn Batch, events: &[RecordedEvent]) {
        for event in events {
            batch.read(&event.borrow()).unwrap();
        }
        let missing = batch.missing();
        let rows = missing.iter().map(|key| self.rows.get(key).cloned());
        let rows = rows.collect();
        batch.supply(missing, rows).unwrap();
        let changes = batch.changes().unwrap();
        for key in changes.deletes {
            self.rows.remove(&key);
        }
        for row in changes.upserts {
            let key = self.key.map_or(Value::Null, |at| row[at].clone());
            self.rows.insert(key, row);
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

/// The rows of the log as one stretch, which is also read into an empty table.
fn as_one<P: Projection>(events: &[RecordedEvent]) -> HashMap<Value, Row> {
    let mut whole = Table::of::<P>();
    let mut batch = batch::<P>();
    batch.begin_empty();
    whole.take(&mut *batch, events);
    whole.rows
}

/// The same in stretches of so many events, after some of which all rows are forgotten.
fn in_parts<P: Projection>(
    events: &[RecordedEvent],
    cuts: &[(usize, bool)],
) -> HashMap<Value, Row> {
    let mut cut = Table::of::<P>();
    let mut batch = batch::<P>();
    let mut rest = events;
    for (events, forget) in cuts.iter().cycle() {
        let (part, behind) = rest.split_at((*events).min(rest.len()));
        cut.take(&mut *batch, part);
        if *forget {
            batch.forget();
        }
        rest = behind;
        if rest.is_empty() {
            break;
        }
    }
    cut.rows
}

fn law<P: Projection>(
    events: &[RecordedEvent],
    cuts: &[(usize, bool)],
) -> Result<(), TestCaseError> {
    prop_assert_eq!(in_parts::<P>(events, cuts), as_one::<P>(events));
    Ok(())
}

proptest! {
    #[test]
    fn any_cut_into_batches_gives_the_same_rows(
        changes in prop::collection::vec((0_u8..4, 1_u64..6), 0..40),
        cuts in prop::collection::vec((1_usize..9, any::<bool>()), 1..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let events = runtime.block_on(log(&changes));

        law::<PurseRow>(&events, &cuts)?;
        law::<Amount>(&events, &cuts)?;
        law::<Whole>(&events, &cuts)?;
    }
}

/// How often it was filled.
#[derive(Projection, Default, Debug, Clone, PartialEq)]
#[projection(name = "fillings", version = 1, events(Filled(key_with = thrice)))]
struct Fillings {
    #[projection(key)]
    purse: String,
    times: u64,
}

fn thrice(_: &Filled, context: &EventContext<'_>) -> Vec<String> {
    let purse = context.stream_id();
    vec![purse.into(), "all".into(), purse.into(), purse.into()]
}

impl Project<Filled> for Fillings {
    fn project(&mut self, _: &Filled, _: &EventContext<'_>) {
        self.times += 1;
    }
}

#[tokio::test]
async fn an_event_that_names_a_row_twice_is_folded_into_it_once() {
    let events = log(&[(1, 3), (1, 3), (2, 3)]).await;

    for cuts in [(1, true), (2, false), (9, false)] {
        let rows = in_parts::<Fillings>(&events, &[cuts]);
        let times = |purse: &str| rows[&Value::Text(purse.into())][1].clone();
        assert_eq!(times("1"), Value::Integer(2));
        assert_eq!(times("2"), Value::Integer(1));
        assert_eq!(times("all"), Value::Integer(3));
    }
    let rows = as_one::<Fillings>(&events);
    assert_eq!(rows[&Value::Text("1".into())][1], Value::Integer(2));
}
