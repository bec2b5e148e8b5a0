//! Stores that break a promise, each in a way that real ones do, and the case of the suite that catches it.

/// Runs a case on a broken store, and checks that it fails in these words.
macro_rules! caught {
    ($defect:ty, $case:expr, $words:expr) => {{
        let case = $case;
        let name = std::any::type_name_of_val(&case);
        let failure = crate::failure_of(|| {
            eventsource_core::testing::suite::run(crate::defect::Broken::<$defect>::factory(), case)
        });
        assert!(
            failure.contains($words),
            "it is caught, but in other words: {failure}"
        );
        crate::note_caught(std::any::type_name::<$defect>(), name);
    }};
}

mod defect;
mod flaw;
mod immediate;
mod leases;
mod outboxes;
mod pages;
mod read_side;
mod reading;
mod records;
mod shadows;
mod views;
mod writing;

use std::panic::{AssertUnwindSafe, catch_unwind};

use defect::{Broken, Defect, Sound};
use eventsource_core::testing::suite::{
    self, append, history, hostile, idempotency, order, snapshots,
};
use eventsource_core::testing::suite::{run, views as view_cases};
use flaw::{Flaw, Flawed};

fn failure_of(case: impl FnOnce()) -> String {
    let Err(panic) = catch_unwind(AssertUnwindSafe(case)) else {
        panic!("the suite does not catch this store");
    };
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_default()
}

/// Writes down, for the table of a run, which case catches which defect.
fn note_caught(defect: &str, case: &str) {
    // `broken_stores::flaw::Flawed<broken_stores::views::LateCheckpoint>` is a late checkpoint.
    let defect = defect.trim_end_matches('>').rsplit("::").next();
    // `eventsource_core::testing::suite::views::writes::one_of_eight_runners_wins<…>` is a case of `views`.
    let mut parts = case.split('<').next().unwrap_or_default().split("::");
    let theme = parts.by_ref().skip_while(|part| *part != "suite").nth(1);
    let (Some(defect), Some(theme), Some(case)) = (defect, theme, parts.last()) else {
        panic!("{defect:?}, {case}: these are no names of a defect and a case");
    };
    suite::record("broken", &format!("{defect}::{theme}::{case}"), "caught");
}

#[derive(Default)]
struct Flawless;

impl Flaw for Flawless {}

/// The wrappers themselves break nothing, so what is caught below is the defect.
#[test]
fn without_a_defect_every_case_passes() {
    fn passes<D: Defect>() {
        run(
            Broken::<D>::factory(),
            idempotency::the_same_commit_gets_the_first_answer,
        );
        run(
            Broken::<D>::factory(),
            idempotency::other_content_under_the_same_id_is_refused,
        );
        run(
            Broken::<D>::factory(),
            append::expected_versions_are_compared,
        );
        run(Broken::<D>::factory(), append::one_of_sixteen_wins);
        run(Broken::<D>::factory(), append::a_counter_loses_no_update);
        run(
            Broken::<D>::factory(),
            append::a_commit_that_fails_at_any_stream_leaves_no_trace,
        );
        run(
            Broken::<D>::factory(),
            order::a_tailing_reader_sees_all_once_in_order,
        );
        run(
            Broken::<D>::factory(),
            history::sixteen_writers_and_a_reader_tell_one_history,
        );
        run(
            Broken::<D>::factory(),
            order::a_long_log_is_shown_row_by_row,
        );
        run(
            Broken::<D>::factory(),
            order::recorded_times_never_decrease_in_a_stream,
        );
        run(
            Broken::<D>::factory(),
            snapshots::only_a_right_snapshot_is_shown,
        );
        run(
            Broken::<D>::factory(),
            hostile::any_id_has_a_stream_of_its_own,
        );
        run(Broken::<D>::factory(), hostile::deep_nesting_is_kept);
        run(Broken::<D>::factory(), hostile::no_payload_is_ever_told);
        run(
            Broken::<D>::factory(),
            view_cases::one_of_eight_runners_wins,
        );
        run(
            Broken::<D>::factory(),
            view_cases::rows_and_checkpoint_are_written_together,
        );
        run(
            Broken::<D>::factory(),
            suite::lifecycle::a_closed_store_refuses,
        );
        run(
            Broken::<D>::factory(),
            view_cases::an_old_term_writes_nothing,
        );
        run(Broken::<D>::factory(), view_cases::a_lease_has_one_holder);
        run(
            Broken::<D>::factory(),
            view_cases::promoting_a_shadow_swaps_it,
        );
        run(
            Broken::<D>::factory(),
            view_cases::a_version_begins_where_the_oldest_began,
        );
        run(Broken::<D>::factory(), view_cases::skips_are_on_record);
        run(
            Broken::<D>::factory(),
            view_cases::a_skip_is_heard_of_before_anything_is_folded,
        );
        run(
            Broken::<D>::factory(),
            view_cases::a_table_is_built_once_it_has_come_to_its_target,
        );
        run(
            Broken::<D>::factory(),
            view_cases::a_stop_is_on_record_until_the_table_goes_on,
        );
        run(
            Broken::<D>::factory(),
            view_cases::a_version_is_removed_alone,
        );
        run(Broken::<D>::factory(), view_cases::an_outbox_has_one_holder);
        run(Broken::<D>::factory(), view_cases::versions_share_an_outbox);
        run(
            Broken::<D>::factory(),
            view_cases::a_parked_entry_waits_for_a_decision,
        );
        run(
            Broken::<D>::factory(),
            view_cases::any_column_orders_and_pages,
        );
    }
    passes::<Sound>();
    passes::<Flawed<Flawless>>();
}

#[test]
fn a_store_that_remembers_the_last_commits_alone_is_caught() {
    caught!(
        writing::ForgetfulDedup,
        idempotency::the_same_commit_gets_the_first_answer,
        "the look-up of the id comes before any check of versions"
    );
}

#[test]
fn a_store_that_compares_ids_alone_is_caught() {
    caught!(
        writing::DedupWithoutContent,
        idempotency::other_content_under_the_same_id_is_refused,
        "the id was used for another content"
    );
}

#[test]
fn a_store_that_compares_no_versions_is_caught() {
    caught!(
        writing::NoVersionCheck,
        append::expected_versions_are_compared,
        "a conflict is due"
    );
}

#[test]
fn a_store_that_compares_versions_before_its_transaction_is_caught() {
    caught!(
        writing::EarlyVersionCheck,
        append::one_of_sixteen_wins,
        "one of sixteen wins"
    );
    caught!(
        writing::EarlyVersionCheck,
        append::a_counter_loses_no_update,
        "no update is lost"
    );
}

#[test]
fn a_store_that_writes_stream_by_stream_is_caught() {
    caught!(
        writing::SplitAppend,
        append::a_commit_that_fails_at_any_stream_leaves_no_trace,
        "no stream is written to"
    );
}

#[test]
fn a_store_that_numbers_before_it_commits_is_caught() {
    caught!(
        reading::NaiveSequence,
        order::a_tailing_reader_sees_all_once_in_order,
        "a tailing reader sees all events, once and in order"
    );
}

#[test]
fn a_store_whose_history_is_another_than_its_answers_is_caught() {
    caught!(
        writing::AnswersWithoutWriting,
        history::sixteen_writers_and_a_reader_tell_one_history,
        "an event of an acknowledged commit is in the log exactly once"
    );
    caught!(
        writing::WritesTwice,
        history::sixteen_writers_and_a_reader_tell_one_history,
        "is in the log exactly once"
    );
    caught!(
        reading::SkipsBehind,
        history::sixteen_writers_and_a_reader_tell_one_history,
        "a tailing reader sees every event once"
    );
}

#[test]
fn a_store_that_gathers_the_log_in_memory_is_caught() {
    caught!(
        reading::GathersFirst,
        order::a_long_log_is_shown_row_by_row,
        "rows are gathered before they are shown"
    );
}

#[test]
fn a_store_whose_memory_grows_with_the_log_is_caught() {
    caught!(
        reading::GathersFirst,
        order::a_long_log_is_replayed_in_bounded_memory,
        "memory grows with the log"
    );
}

#[test]
fn a_store_that_believes_the_clock_is_caught() {
    caught!(
        reading::BelievesTheClock,
        order::recorded_times_never_decrease_in_a_stream,
        "times never decrease"
    );
}

#[test]
fn a_store_that_folds_case_is_caught() {
    caught!(
        reading::FoldsCase,
        hostile::any_id_has_a_stream_of_its_own,
        "is taken as it is"
    );
}

#[test]
fn a_store_that_keeps_snapshots_without_their_schema_is_caught() {
    caught!(
        reading::SnapshotOfAnySchema,
        snapshots::only_a_right_snapshot_is_shown,
        "which is of another schema"
    );
}

#[test]
fn a_store_that_shows_a_default_state_for_a_snapshot_that_it_lacks_is_caught() {
    caught!(
        reading::DefaultStateForASnapshot,
        snapshots::only_a_right_snapshot_is_shown,
        ": the state"
    );
}

#[test]
fn a_store_that_parses_payloads_is_caught() {
    caught!(
        writing::ParsesPayloads,
        hostile::deep_nesting_is_kept,
        "it is appended"
    );
}

#[test]
fn a_store_that_tells_a_payload_is_caught() {
    caught!(
        writing::TellsPayloads,
        hostile::no_payload_is_ever_told,
        "a payload is told"
    );
}
