//! Flaws that whole programs meet.

use eventsource_core::store::{Query, Skip, ViewStore, ViewTable, ViewWrite};
use eventsource_core::testing::suite::{read_side as cases, run};

use crate::Flawless;
use crate::defect::Broken;
use crate::flaw::{Answer, Flaw, Flawed};
use crate::leases::LendsToAll;

/// The wrappers themselves break nothing.
#[test]
fn without_a_flaw_every_program_goes_well() {
    macro_rules! passes {
        ($($case:ident)+) => {$(
            run(Broken::<Flawed<Flawless>>::factory(), cases::$case);
        )+};
    }
    passes! {
        what_cannot_be_folded_stops_its_projection_alone
        a_rebuild_that_is_given_up_is_taken_up_again
        one_program_feeds_and_another_goes_on_once_it_has_died
        rebuilt_rows_are_the_live_ones_and_the_fold_from_scratch
        any_cut_into_batches_gives_the_same_rows
        a_process_manager_sends_once_whoever_dies
    }
}

/// Takes a skip, and keeps none.
#[derive(Default)]
struct KeepsNoSkips;

impl Flaw for KeepsNoSkips {
    fn skip<'a>(&'a self, _: &'a dyn ViewStore, _: &'a ViewTable, _: Skip) -> Answer<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}

#[test]
fn a_store_that_keeps_no_skips_is_caught() {
    caught!(
        Flawed<KeepsNoSkips>,
        cases::what_cannot_be_folded_stops_its_projection_alone,
        "all goes on behind what is passed over"
    );
}

/// Promotes a shadow by writing its rows over the served ones: what nothing leads to stays.
#[derive(Default)]
struct AddsRows;

impl Flaw for AddsRows {
    fn promote<'a>(&'a self, inner: &'a dyn ViewStore, shadow: &'a ViewTable) -> Answer<'a, bool> {
        Box::pin(async move {
            let served = shadow.served();
            let at = inner.checkpoint(&served).await?;
            let to = inner.checkpoint(shadow).await?;
            let mut adding = ViewWrite::new(at, to);
            adding.upserts = inner.query(shadow, Query::default()).await?;
            inner.write(&served, adding).await?;
            inner.discard(shadow).await?;
            Ok(true)
        })
    }
}

#[test]
fn a_store_that_adds_a_shadows_rows_is_caught() {
    caught!(
        Flawed<AddsRows>,
        cases::a_rebuild_that_is_given_up_is_taken_up_again,
        "the rebuilt rows are those that the log leads to"
    );
}

#[test]
fn a_store_that_lends_to_two_programs_is_caught() {
    caught!(
        Flawed<LendsToAll>,
        cases::one_program_feeds_and_another_goes_on_once_it_has_died,
        "one of two programs feeds a read model"
    );
}

/// Removes no row.
#[derive(Default)]
struct RemovesNoRow;

impl Flaw for RemovesNoRow {
    fn write<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        mut write: ViewWrite,
    ) -> Answer<'a, ()> {
        write.deletes.clear();
        inner.write(table, write)
    }
}

#[test]
fn a_store_that_removes_no_row_is_caught() {
    caught!(
        Flawed<RemovesNoRow>,
        cases::rebuilt_rows_are_the_live_ones_and_the_fold_from_scratch,
        "the live rows are those of a fold from scratch"
    );
    caught!(
        Flawed<RemovesNoRow>,
        cases::any_cut_into_batches_gives_the_same_rows,
        "rows that were read back go on as if they had stayed in memory"
    );
}

/// Writes rows without what was sent with them.
#[derive(Default)]
struct LosesWhatIsSent;

impl Flaw for LosesWhatIsSent {
    fn write<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        mut write: ViewWrite,
    ) -> Answer<'a, ()> {
        write.sends.clear();
        inner.write(table, write)
    }
}

#[test]
fn a_store_that_loses_what_is_sent_is_caught() {
    caught!(
        Flawed<LosesWhatIsSent>,
        cases::a_process_manager_sends_once_whoever_dies,
        "each event is answered once"
    );
}
