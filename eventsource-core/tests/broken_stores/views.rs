//! Flaws of rows: in one transaction, their checkpoint or the outbox in another.

use eventsource_core::store::{ViewStore, ViewTable, ViewWrite};
use eventsource_core::testing::suite::views as cases;

use crate::flaw::{Answer, Flaw, Flawed};

/// Writes the rows, then the checkpoint.
#[derive(Default)]
struct LateCheckpoint;

impl Flaw for LateCheckpoint {
    fn write<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        mut write: ViewWrite,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            let checkpoint = ViewWrite::new(write.from, write.to);
            write.to = write.from;
            inner.write(table, write).await?;
            tokio::task::yield_now().await;
            inner.write(table, checkpoint).await
        })
    }
}

#[test]
fn a_store_that_writes_its_checkpoint_behind_the_rows_is_caught() {
    caught!(
        Flawed<LateCheckpoint>,
        cases::one_of_eight_runners_wins,
        "those who were fenced wrote no row"
    );
}

/// Writes the checkpoint, then the rows.
#[derive(Default)]
struct EarlyCheckpoint;

impl Flaw for EarlyCheckpoint {
    fn write<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        mut write: ViewWrite,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            let checkpoint = ViewWrite::new(write.from, write.to);
            inner.write(table, checkpoint).await?;
            write.from = write.to;
            inner.write(table, write).await
        })
    }
}

#[test]
fn a_store_that_moves_its_checkpoint_before_the_rows_is_caught() {
    caught!(
        Flawed<EarlyCheckpoint>,
        cases::rows_and_checkpoint_are_written_together,
        "the checkpoint has not moved"
    );
}

/// Changes the outbox, then the rows.
#[derive(Default)]
struct EarlyOutbox;

impl Flaw for EarlyOutbox {
    fn write<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        mut write: ViewWrite,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            let now = inner.checkpoint(table).await?;
            let mut outbox = ViewWrite::new(now, now);
            outbox.sends = std::mem::take(&mut write.sends);
            outbox.removes = std::mem::take(&mut write.removes);
            outbox.parks = std::mem::take(&mut write.parks);
            inner.write(table, outbox).await?;
            inner.write(table, write).await
        })
    }
}

#[test]
fn a_store_that_sends_before_it_writes_rows_is_caught() {
    caught!(
        Flawed<EarlyOutbox>,
        cases::rows_and_outbox_are_written_together,
        "a refused write leaves the outbox as it was"
    );
    caught!(
        Flawed<EarlyOutbox>,
        cases::an_old_term_writes_nothing,
        "nothing was sent under the old term"
    );
}

/// Writes under any term.
#[derive(Default)]
struct ForgetsTerms;

impl Flaw for ForgetsTerms {
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
fn a_store_that_asks_for_no_terms_is_caught() {
    caught!(
        Flawed<ForgetsTerms>,
        cases::an_old_term_writes_nothing,
        "no such term has begun"
    );
    caught!(
        Flawed<ForgetsTerms>,
        cases::promoting_a_shadow_swaps_it,
        "whoever fed the table before the swap is refused"
    );
}
