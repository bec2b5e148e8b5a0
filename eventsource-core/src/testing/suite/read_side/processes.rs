//! Process managers.

use std::collections::BTreeMap;

use super::counter::{ADDED, ANSWERED, Answering, COUNTERS, declared};
use super::program::Side;
use crate::Metadata;
use crate::testing::suite::StoreFactory;
use crate::testing::suite::fixture::in_log;
use crate::testing::suite::record::claimed_in_part;

/// What a process manager sends is in its outbox in the transaction of its instances and its checkpoint, and is carried out once: one of two programs
/// dies at it, and every event has one answer, which names it as its cause.
pub async fn a_process_manager_sends_once_whoever_dies<F: StoreFactory>(factory: F) {
    let side = Side::of(factory).await;
    let answering = || declared().process_manager::<Answering>();
    let mut program = side.start(answering()).await;
    for (amount, counter) in (0..12).zip(COUNTERS.into_iter().cycle()) {
        program.add(counter, amount).await;
    }
    if side.is_shared {
        let second = side.start(answering()).await;
        for (amount, counter) in (0..12).zip(COUNTERS.into_iter().cycle()) {
            second.add(counter, amount).await;
        }
        // The first one is dropped with what it was at.
        program = second;
    } else {
        claimed_in_part();
    }
    program.add("a", 1).await;
    program.settled().await;

    let mut answers = BTreeMap::new();
    let log = in_log(program.app.store()).await;
    for event in log.iter().filter(|event| &*event.name == ADDED) {
        answers.insert(event.event_id, 0);
    }
    let asked = answers.len();
    for event in log.iter().filter(|event| &*event.name == ANSWERED) {
        let metadata = Metadata::decode(&event.metadata).expect("metadata is read");
        let cause = metadata.causation_id.expect("it has a cause");
        let times = answers.entry(cause).or_insert(0);
        *times += 1;
    }
    assert!(
        answers.len() == asked && answers.values().all(|times| *times == 1),
        "each event is answered once: {:?}",
        answers.values()
    );
    for status in program
        .app
        .status()
        .await
        .expect("the store tells the status")
    {
        let outbox = status.outbox.expect("a process manager has an outbox");
        assert_eq!((outbox.waiting, outbox.parked), (0, 0), "nothing is left");
    }
    let instances = program.app.view::<Answering>().list().await;
    let instances = instances.expect("the instances are read");
    let times: usize = instances.iter().map(|it| it.times as usize).sum();
    assert_eq!(times, asked, "each event has reached its instance once");
}
