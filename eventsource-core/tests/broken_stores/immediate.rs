//! Flaws of read models that appends fold.

use std::sync::Arc;

use eventsource_core::MemoryStore;
use eventsource_core::projection::Batch;
use eventsource_core::store::{
    AppendError, Commit, Committed, EventStore, Immediate, Skip, ViewStore, ViewTable,
};
use eventsource_core::testing::suite::immediate as cases;

use crate::defect::Defect;
use crate::flaw::{Answer, Flaw, Flawed};

/// Says that it will fold, and does not.
#[derive(Default)]
struct OnlyPromises;

impl Flaw for OnlyPromises {
    fn make_immediate<'a>(&'a self, _: &'a dyn ViewStore, _: &'a ViewTable) -> Answer<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}

#[test]
fn a_store_that_does_not_fold_is_caught() {
    caught!(
        Flawed<OnlyPromises>,
        cases::a_row_is_current_when_the_append_is_answered,
        "left == right"
    );
}

/// The commit as that of a program with another version of the read model: the store takes it, and folds nothing.
fn unfolded(commit: Commit, name: &str) -> Commit {
    fn none() -> Box<dyn Batch> {
        unreachable!("nothing is folded for another version")
    }
    let nothing = eventsource_core::store::Fingerprint::of([]);
    let table = ViewTable::new(name, u32::MAX, Vec::new(), nothing, "");
    let immediate = Immediate::new(Arc::new(table), none);
    commit.immediate(Arc::from([immediate]))
}

/// Writes the events first and the rows in a transaction of their own: what the rows refuse stays in the log.
#[derive(Default)]
struct KeepsRefusedEvents;

impl Defect for KeepsRefusedEvents {
    async fn append(&self, inner: &MemoryStore, commit: Commit) -> Result<Committed, AppendError> {
        let answer = inner.append(commit.clone()).await;
        if let Err(
            AppendError::Constraint { projection, .. } | AppendError::Fold { projection, .. },
        ) = &answer
        {
            inner.append(unfolded(commit, projection)).await?;
        }
        answer
    }
}

#[test]
fn a_store_that_keeps_refused_events_is_caught() {
    caught!(
        KeepsRefusedEvents,
        cases::a_refused_row_leaves_no_trace,
        "a refused commit is not remembered"
    );
    caught!(
        KeepsRefusedEvents,
        cases::a_fold_that_fails_leaves_no_trace,
        "a refused commit is not remembered"
    );
}

/// Takes commits of programs that do not have the read model.
#[derive(Default)]
struct TakesAnyCommit;

impl Defect for TakesAnyCommit {
    async fn append(&self, inner: &MemoryStore, commit: Commit) -> Result<Committed, AppendError> {
        match inner.append(commit.clone()).await {
            Err(AppendError::NotFolded { projection }) => {
                inner.append(unfolded(commit, &projection)).await
            }
            answer => answer,
        }
    }
}

#[test]
fn a_store_that_takes_commits_without_the_read_model_is_caught() {
    caught!(
        TakesAnyCommit,
        cases::a_commit_that_does_not_bring_it_is_refused,
        "a commit without the read model is refused"
    );
}

/// Keeps what an operator passes over, and has appends fold it all the same.
#[derive(Default)]
struct ForgetsSkips;

impl Flaw for ForgetsSkips {
    fn skip<'a>(&'a self, _: &'a dyn ViewStore, _: &'a ViewTable, _: Skip) -> Answer<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}

#[test]
fn a_store_whose_appends_fold_what_is_passed_over_is_caught() {
    caught!(
        Flawed<ForgetsSkips>,
        cases::a_gap_is_filled_past_what_an_operator_passes_over,
        "is appended"
    );
}

/// Goes on asking appends for a read model that is declared eventual now.
#[derive(Default)]
struct StaysImmediate;

impl Flaw for StaysImmediate {
    fn make_eventual<'a>(&'a self, _: &'a dyn ViewStore, _: &'a str) -> Answer<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}

#[test]
fn a_store_that_goes_on_asking_for_an_eventual_read_model_is_caught() {
    caught!(
        Flawed<StaysImmediate>,
        cases::one_that_is_made_eventual_is_left_to_runners,
        "no append has to fold it any more"
    );
}
