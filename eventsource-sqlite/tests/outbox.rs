//! Whatever happens to an outbox, it is what the store in memory has.

use eventsource_core::store::{
    EventStore, Fingerprint, OutboxEntry, OutboxQuery, Resolution, Value, ViewStore, ViewTable,
    ViewWrite,
};
use eventsource_core::{MemoryStore, Position, Timestamp};
use eventsource_sqlite::SqliteStore;
use proptest::prelude::*;
use uuid::Uuid;

/// Few ids and few times, so that entries meet.
fn id() -> impl Strategy<Value = Uuid> {
    (0..8_u128).prop_map(Uuid::from_u128)
}

fn time() -> impl Strategy<Value = Timestamp> {
    prop_oneof![-2..3_i64, Just(i64::MAX)].prop_map(Timestamp::from_micros)
}

fn entry() -> impl Strategy<Value = OutboxEntry> {
    (id(), time(), any::<u16>(), any::<Vec<u8>>()).prop_map(|(id, due, version, bytes)| {
        let instance = Value::Integer(version.into());
        OutboxEntry::new(id, instance, "ship", version, bytes.clone(), due, bytes)
    })
}

#[derive(Debug, Clone)]
enum Step {
    Write {
        sends: Vec<OutboxEntry>,
        removes: Vec<Uuid>,
        parks: Vec<(Uuid, String)>,
        /// Whether it is made from another checkpoint, and refused.
        late: bool,
    },
    Resolve(Uuid, Resolution),
    Look(Timestamp, usize),
}

fn step() -> impl Strategy<Value = Step> {
    let few = 0..4_usize;
    let write = (
        prop::collection::vec(entry(), few.clone()),
        prop::collection::vec(id(), few.clone()),
        prop::collection::vec((id(), "[a-z]{0,3}"), few),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(sends, removes, parks, late)| Step::Write {
            sends,
            removes,
            parks,
            late,
        });
    let resolution = prop_oneof![Just(Resolution::Retry), Just(Resolution::Discard)];
    prop_oneof![
        3 => write,
        1 => (id(), resolution).prop_map(|(id, resolution)| Step::Resolve(id, resolution)),
        2 => (time(), 0..10_usize).prop_map(|(time, limit)| Step::Look(time, limit)),
    ]
}

/// Does it, and gives all that is answered.
async fn answers(views: &dyn ViewStore, steps: &[Step]) -> Vec<String> {
    let table = ViewTable::new("shipping", 1, Vec::new(), Fingerprint::of([]), "");
    views.open(&table).await.unwrap();
    let mut answers = Vec::new();
    for step in steps {
        match step.clone() {
            Step::Write {
                sends,
                removes,
                parks,
                late,
            } => {
                let from = Position::from_raw(u64::from(late));
                let mut write = ViewWrite::new(from, Position::START);
                (write.sends, write.removes, write.parks) = (sends, removes, parks);
                answers.push(format!("{:?}", views.write(&table, write).await.is_ok()));
            }
            Step::Resolve(id, resolution) => {
                let decided = views.resolve("shipping", id, resolution).await.unwrap();
                answers.push(format!("{decided}"));
            }
            Step::Look(at, limit) => {
                let status = views.outbox_status("shipping").await.unwrap();
                answers.push(format!("{status:?}"));
                for query in [
                    OutboxQuery::Due { at, limit },
                    OutboxQuery::Parked { limit },
                ] {
                    for entry in views.outbox("shipping", query).await.unwrap() {
                        let told = (
                            entry.parked.clone(),
                            entry.payload.clone(),
                            entry.origin.clone(),
                        );
                        answers.push(format!("{entry:?} {told:?}"));
                    }
                }
            }
        }
    }
    views.remove("shipping").await.unwrap();
    answers
}

#[test]
fn any_outbox_is_what_the_store_in_memory_has() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let sqlite = runtime.block_on(async {
        let store = SqliteStore::in_memory().await.unwrap();
        EventStore::prepare(&store, true).await.unwrap();
        store
    });
    proptest!(|(steps in prop::collection::vec(step(), 1..24))| {
        runtime.block_on(async {
            let memory = MemoryStore::new().views().unwrap();
            let expected = answers(&*memory, &steps).await;
            assert_eq!(answers(&sqlite, &steps).await, expected);
        });
    });
}
