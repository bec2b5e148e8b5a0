//! What a runner keeps in memory while it catches up.

#![cfg(test)]

use super::super::page::PAGE_EVENTS;
use super::super::writing::COMMANDS_IN_MEMORY;
use super::{Ring, Rung, fixture};
use crate::prelude::*;
use crate::store::ViewStore as _;

/// One instance that answers each event.
#[derive(ProcessManager, Default, Debug, Clone, PartialEq)]
#[process_manager(
    name = "echo",
    version = 1,
    key = global,
    from = beginning,
    events(Rung),
    commands(Ring)
)]
struct Echo {
    times: u64,
}

impl React<Rung> for Echo {
    fn react(&mut self, _: &Rung, context: &mut ReactContext<'_, Self>) {
        self.times += 1;
        context.send(Ring { bell: "b".into() });
    }
}

#[tokio::test]
async fn what_a_single_instance_sends_is_written_before_it_is_too_much() {
    let events = COMMANDS_IN_MEMORY * 2 + PAGE_EVENTS / 2;
    let mut fixture = fixture::<Echo>(events).await;

    let mut most = 0;
    while matches!(fixture.runner.take_page().await, Ok(true)) {
        most = most.max(fixture.runner.shards.effects());
    }

    assert!(most <= COMMANDS_IN_MEMORY, "{most}");
    let outbox = fixture.views.outbox_status("echo").await.unwrap();
    assert_eq!(outbox.waiting, u64::try_from(events).unwrap());
}
