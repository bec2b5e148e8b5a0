//! Flaws of what is on record for a table, and of skips that nobody hears of.

use std::time::Duration;

use eventsource_core::store::{
    Lease, Skip, Stop, TableRecord, ViewStore, ViewStoreError, ViewTable, ViewWrite,
};
use eventsource_core::testing::suite::views as cases;
use uuid::Uuid;

use crate::flaw::{Answer, Flaw, Flawed};

/// Takes for the target what is said today.
#[derive(Default)]
struct TargetOfToday;

impl Flaw for TargetOfToday {
    fn record<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
    ) -> Answer<'a, TableRecord> {
        Box::pin(async move {
            let mut record = inner.record(table).await?;
            record.target = table.target;
            Ok(record)
        })
    }
}

#[test]
fn a_store_that_keeps_no_target_is_caught() {
    caught!(
        Flawed<TargetOfToday>,
        cases::a_table_is_built_once_it_has_come_to_its_target,
        "where the log ended when the table was made is kept"
    );
}

/// Takes a stop from whoever tells of one.
#[derive(Default)]
struct BelievesStops;

impl Flaw for BelievesStops {
    fn put_stop<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        _term: Option<u64>,
        stop: Stop,
    ) -> Answer<'a, ()> {
        inner.put_stop(table, None, stop)
    }
}

#[test]
fn a_store_that_is_told_of_stops_by_anybody_is_caught() {
    caught!(
        Flawed<BelievesStops>,
        cases::a_stop_is_on_record_until_the_table_goes_on,
        "no such term has begun"
    );
}

/// Keeps a stop on record though the table goes on.
#[derive(Default)]
struct KeepsStops;

impl Flaw for KeepsStops {
    fn write<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        write: ViewWrite,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            let stop = inner.record(table).await?.stop;
            inner.write(table, write).await?;
            match stop {
                Some(stop) => inner.put_stop(table, None, stop).await,
                None => Ok(()),
            }
        })
    }
}

#[test]
fn a_store_that_keeps_a_stop_on_record_is_caught() {
    caught!(
        Flawed<KeepsStops>,
        cases::a_stop_is_on_record_until_the_table_goes_on,
        "it goes on"
    );
}

/// Removes all versions.
#[derive(Default)]
struct RemovesAll;

impl Flaw for RemovesAll {
    fn remove_version<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        name: &'a str,
        version: u32,
    ) -> Answer<'a, bool> {
        Box::pin(async move {
            let is_there = inner.remove_version(name, version).await?;
            if is_there {
                inner.remove(name).await?;
            }
            Ok(is_there)
        })
    }
}

#[test]
fn a_store_that_removes_all_versions_is_caught() {
    caught!(
        Flawed<RemovesAll>,
        cases::a_version_is_removed_alone,
        "the other version stays"
    );
}

/// Takes a skip for what is folded already.
#[derive(Default)]
struct SkipsTheFolded;

impl Flaw for SkipsTheFolded {
    fn skip<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        skip: Skip,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            match inner.skip(table, skip).await {
                Err(ViewStoreError::Folded { .. }) => Ok(()),
                answer => answer,
            }
        })
    }
}

#[test]
fn a_store_that_skips_what_is_folded_is_caught() {
    caught!(
        Flawed<SkipsTheFolded>,
        cases::a_skip_is_heard_of_before_anything_is_folded,
        "it is folded already"
    );
}

/// Lets whoever feeds the table go on without hearing of a skip.
#[derive(Default)]
struct SkipsInSilence;

impl Flaw for SkipsInSilence {
    fn write<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        mut write: ViewWrite,
    ) -> Answer<'a, ()> {
        write.term = None;
        inner.write(table, write)
    }
}

#[test]
fn a_store_whose_runners_do_not_hear_of_skips_is_caught() {
    caught!(
        Flawed<SkipsInSilence>,
        cases::a_skip_is_heard_of_before_anything_is_folded,
        "whoever feeds it has to hear of the skip first"
    );
}

/// Gives an outbox to whoever asks.
#[derive(Default)]
struct SharesOutboxes;

impl Flaw for SharesOutboxes {
    fn lease_outbox<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        process: &'a str,
        _holder: Uuid,
        time: Duration,
    ) -> Answer<'a, Lease> {
        inner.lease_outbox(process, Uuid::nil(), time)
    }
}

#[test]
fn a_store_that_gives_an_outbox_to_all_is_caught() {
    caught!(
        Flawed<SharesOutboxes>,
        cases::an_outbox_has_one_holder,
        "another one has the outbox"
    );
}

/// Asks for the table's term alone.
#[derive(Default)]
struct ForgetsOutboxTerms;

impl Flaw for ForgetsOutboxTerms {
    fn write<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        mut write: ViewWrite,
    ) -> Answer<'a, ()> {
        write.outbox_term = None;
        inner.write(table, write)
    }
}

#[test]
fn a_store_that_asks_for_no_term_of_an_outbox_is_caught() {
    caught!(
        Flawed<ForgetsOutboxTerms>,
        cases::an_outbox_has_one_holder,
        "another one has the outbox now"
    );
}
