//! Flaws of outboxes.

use eventsource_core::store::{
    Fingerprint, OutboxEntry, OutboxQuery, Resolution, ViewStore, ViewTable, ViewWrite,
};
use eventsource_core::testing::suite::views as cases;
use eventsource_core::{Position, Timestamp};
use uuid::Uuid;

use crate::flaw::{Answer, Flaw, Flawed};

/// Everything that waits in an outbox.
const ALL: OutboxQuery = OutboxQuery::Due {
    at: Timestamp::from_micros(i64::MAX),
    limit: usize::MAX,
};

/// Replaces what is there under an id.
#[derive(Default)]
struct SendsAgain;

impl Flaw for SendsAgain {
    fn write<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        write: ViewWrite,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            let mut removing = ViewWrite::new(write.from, write.from);
            removing.removes = write.sends.iter().map(|entry| entry.id).collect();
            inner.write(table, removing).await?;
            inner.write(table, write).await
        })
    }
}

#[test]
fn a_store_that_sends_again_is_caught() {
    caught!(
        Flawed<SendsAgain>,
        cases::what_is_sent_again_is_kept_once,
        "the first of an id stays"
    );
}

/// Gives entries in the order of their ids.
#[derive(Default)]
struct OrdersByIds;

impl Flaw for OrdersByIds {
    fn outbox<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        process: &'a str,
        query: OutboxQuery,
    ) -> Answer<'a, Vec<OutboxEntry>> {
        Box::pin(async move {
            let mut entries = inner.outbox(process, query).await?;
            entries.sort_by_key(|entry| entry.id);
            Ok(entries)
        })
    }
}

#[test]
fn a_store_that_orders_an_outbox_by_ids_is_caught() {
    caught!(
        Flawed<OrdersByIds>,
        cases::an_outbox_is_in_the_order_of_its_times,
        "the earliest first, and of one time the first that was sent"
    );
}

/// Gives all that waits, due or not.
#[derive(Default)]
struct KnowsNoTime;

impl Flaw for KnowsNoTime {
    fn outbox<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        process: &'a str,
        query: OutboxQuery,
    ) -> Answer<'a, Vec<OutboxEntry>> {
        match query {
            OutboxQuery::Due { .. } => inner.outbox(process, ALL),
            parked => inner.outbox(process, parked),
        }
    }
}

#[test]
fn a_store_whose_outbox_knows_no_time_is_caught() {
    caught!(
        Flawed<KnowsNoTime>,
        cases::an_outbox_is_in_the_order_of_its_times,
        "nothing is due yet"
    );
}

/// Gives parked entries among those that are due.
#[derive(Default)]
struct TriesParkedOnes;

impl Flaw for TriesParkedOnes {
    fn outbox<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        process: &'a str,
        query: OutboxQuery,
    ) -> Answer<'a, Vec<OutboxEntry>> {
        Box::pin(async move {
            let mut entries = inner.outbox(process, query).await?;
            if matches!(query, OutboxQuery::Due { .. }) {
                let parked = OutboxQuery::Parked { limit: usize::MAX };
                entries.extend(inner.outbox(process, parked).await?);
            }
            Ok(entries)
        })
    }
}

#[test]
fn a_store_that_tries_parked_entries_is_caught() {
    caught!(
        Flawed<TriesParkedOnes>,
        cases::a_parked_entry_waits_for_a_decision,
        "a parked entry is not due"
    );
}

/// Says that it has decided, whatever is there.
#[derive(Default)]
struct DecidesOnNothing;

impl Flaw for DecidesOnNothing {
    fn resolve<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        process: &'a str,
        id: Uuid,
        resolution: Resolution,
    ) -> Answer<'a, bool> {
        Box::pin(async move {
            inner.resolve(process, id, resolution).await?;
            Ok(true)
        })
    }
}

#[test]
fn a_store_that_decides_on_nothing_is_caught() {
    caught!(
        Flawed<DecidesOnNothing>,
        cases::a_parked_entry_waits_for_a_decision,
        "Retry of 3"
    );
}

/// Removes a process manager without its outbox.
#[derive(Default)]
struct KeepsOutboxes;

impl Flaw for KeepsOutboxes {
    fn remove<'a>(&'a self, inner: &'a dyn ViewStore, name: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            let entries = inner.outbox(name, ALL).await?;
            inner.remove(name).await?;
            let table = ViewTable::new(name, 99, Vec::new(), Fingerprint::of([]), "");
            inner.open(&table).await?;
            let mut keeping = ViewWrite::new(Position::START, Position::START);
            keeping.sends = entries;
            inner.write(&table, keeping).await
        })
    }
}

#[test]
fn a_store_that_keeps_the_outbox_of_what_is_gone_is_caught() {
    caught!(
        Flawed<KeepsOutboxes>,
        cases::versions_share_an_outbox,
        "its outbox went with it"
    );
}
