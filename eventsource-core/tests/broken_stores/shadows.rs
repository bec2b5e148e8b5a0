//! Flaws of rebuilding, and of versions.

use eventsource_core::Position;
use eventsource_core::store::{Query, Skip, ViewStore, ViewTable, ViewWrite};
use eventsource_core::testing::suite::views as cases;

use crate::flaw::{Answer, Flaw, Flawed};

/// Promotes a shadow that is behind: what the served table got meanwhile is lost.
#[derive(Default)]
struct LosesLaterRows;

impl Flaw for LosesLaterRows {
    fn promote<'a>(&'a self, inner: &'a dyn ViewStore, shadow: &'a ViewTable) -> Answer<'a, bool> {
        Box::pin(async move {
            let built = inner.checkpoint(shadow).await?;
            let served = inner.checkpoint(&shadow.served()).await?;
            let claimed = ViewWrite::new(built, served.max(built));
            inner.write(shadow, claimed).await?;
            inner.promote(shadow).await
        })
    }
}

#[test]
fn a_store_whose_swap_loses_later_rows_is_caught() {
    caught!(
        Flawed<LosesLaterRows>,
        cases::promoting_a_shadow_swaps_it,
        "a shadow that is behind is not promoted"
    );
}

/// Empties the served table, then copies the shadow's rows.
#[derive(Default)]
struct CopiesRows;

impl Flaw for CopiesRows {
    fn promote<'a>(&'a self, inner: &'a dyn ViewStore, shadow: &'a ViewTable) -> Answer<'a, bool> {
        Box::pin(async move {
            let served = shadow.served();
            let at = inner.checkpoint(&served).await?;
            let to = inner.checkpoint(shadow).await?;
            let old = inner.query(&served, Query::default()).await?;
            let mut emptying = ViewWrite::new(at, at);
            emptying.deletes = old.into_iter().map(|mut row| row.swap_remove(0)).collect();
            inner.write(&served, emptying).await?;
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            let mut filling = ViewWrite::new(at, to);
            filling.upserts = inner.query(shadow, Query::default()).await?;
            inner.write(&served, filling).await?;
            inner.discard(shadow).await?;
            Ok(true)
        })
    }
}

#[test]
fn a_store_that_copies_a_shadows_rows_is_caught() {
    caught!(
        Flawed<CopiesRows>,
        cases::a_reader_never_sees_half_a_swap,
        "what is read is whole"
    );
}

/// Keeps a discarded shadow.
#[derive(Default)]
struct KeepsShadows;

impl Flaw for KeepsShadows {
    fn discard<'a>(&'a self, _: &'a dyn ViewStore, _: &'a ViewTable) -> Answer<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}

#[test]
fn a_store_that_keeps_a_discarded_shadow_is_caught() {
    caught!(
        Flawed<KeepsShadows>,
        cases::discarding_a_shadow_leaves_the_served_table,
        "there is no shadow to be fed"
    );
}

/// Builds anew in the served table itself.
#[derive(Default)]
struct BuildsInPlace;

impl Flaw for BuildsInPlace {
    fn write<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        write: ViewWrite,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            if !table.shadow {
                return inner.write(table, write).await;
            }
            let at = inner.checkpoint(&table.served()).await?;
            let mut in_place = write.clone();
            (in_place.from, in_place.to) = (at, at);
            inner.write(&table.served(), in_place).await?;
            inner.write(table, write).await
        })
    }
}

#[test]
fn a_store_that_builds_in_place_is_caught() {
    caught!(
        Flawed<BuildsInPlace>,
        cases::a_shadow_stands_beside_the_served_table,
        "the served rows are as they were"
    );
}

/// Begins each version where it is told to, whatever the oldest one did.
#[derive(Default)]
struct BeginsAnywhere;

impl Flaw for BeginsAnywhere {
    fn open<'a>(&'a self, inner: &'a dyn ViewStore, table: &'a ViewTable) -> Answer<'a, Position> {
        Box::pin(async move {
            let there = inner.passed(table).await.is_ok();
            let at = inner.open(table).await?;
            if there {
                return Ok(at);
            }
            let moved = ViewWrite::new(at, table.begins);
            inner.write(table, moved).await?;
            Ok(table.begins)
        })
    }
}

#[test]
fn a_store_whose_versions_begin_anywhere_is_caught() {
    caught!(
        Flawed<BeginsAnywhere>,
        cases::a_version_begins_where_the_oldest_began,
        "a new version begins where the oldest began"
    );
}

/// Tells how far a version is, not how far others were.
#[derive(Default)]
struct TellsCheckpoints;

impl Flaw for TellsCheckpoints {
    fn passed<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
    ) -> Answer<'a, Position> {
        inner.checkpoint(table)
    }
}

#[test]
fn a_store_that_forgets_how_far_others_were_is_caught() {
    caught!(
        Flawed<TellsCheckpoints>,
        cases::a_version_begins_where_the_oldest_began,
        "how far others had come"
    );
}

/// Keeps skips for all versions.
#[derive(Default)]
struct SkipsInAllVersions;

impl Flaw for SkipsInAllVersions {
    fn skip<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        skip: Skip,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            let mut other = table.clone();
            other.version = 3 - table.version;
            inner.skip(table, skip.clone()).await?;
            inner.skip(&other, skip).await
        })
    }
}

#[test]
fn a_store_that_skips_in_all_versions_is_caught() {
    caught!(
        Flawed<SkipsInAllVersions>,
        cases::skips_are_on_record,
        "another version has skips of its own"
    );
}
