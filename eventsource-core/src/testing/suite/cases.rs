//! The list of cases, as tests.

/// The conformance suite of [`testing::suite`](crate::testing::suite), a `#[test]` a case.
///
/// Takes what makes a fresh [`StoreFactory`](crate::testing::suite::StoreFactory), on an empty log of its own: a closure or the path of
/// a function without arguments. Call it once in a module, where tests stand.
#[macro_export]
#[doc(hidden)]
macro_rules! __store_suite {
    ($make_store:expr) => {
        $crate::__store_suite! { @cases $make_store;
            append {
                versions_are_contiguous
                expected_versions_are_compared
                one_of_sixteen_wins
                a_conflict_leaves_no_trace
                a_commit_that_fails_at_any_stream_leaves_no_trace
                one_commit_reaches_several_streams
                an_empty_commit_is_refused
                a_counter_loses_no_update
                a_thousand_events_are_one_commit
            }
            idempotency {
                the_same_commit_gets_the_first_answer
                the_first_answer_outlives_reopening
                a_commit_that_lost_is_not_remembered
                other_content_under_the_same_id_is_refused
                repetitions_at_once_write_once
                an_answer_that_was_lost_is_found
            }
            order {
                a_tailing_reader_sees_all_once_in_order
                pages_in_both_directions_equal_the_whole
                payloads_alone_are_those_of_the_whole
                a_long_log_is_shown_row_by_row
                a_long_log_is_replayed_in_bounded_memory
                a_writer_reads_its_own_writes
                recorded_times_never_decrease_in_a_stream
            }
            history {
                sixteen_writers_and_a_reader_tell_one_history
            }
            hostile {
                any_id_has_a_stream_of_its_own
                any_name_is_kept
                what_is_stored_comes_back_to_the_byte
                deep_nesting_is_kept
                a_payload_of_ten_megabytes_is_kept_or_refused
                no_payload_is_ever_told
            }
            snapshots {
                only_a_right_snapshot_is_shown
                a_snapshot_is_shown_to_a_whole_forward_read_alone
            }
            views {
                a_table_is_made_once
                rows_are_found_by_key
                a_write_from_elsewhere_is_fenced
                one_of_eight_runners_wins
                rows_and_checkpoint_are_written_together
                unique_values_move_between_rows
                every_value_comes_back
                queries_are_filtered_and_paged
                an_unknown_column_is_named
                a_changed_table_is_told_in_words
                a_table_whose_event_was_renamed_goes_on
                versions_stand_beside_each_other
                a_global_read_model_has_one_row
                any_name_and_key_is_data
                read_models_outlive_the_store
                no_row_is_ever_told
                any_column_orders_and_pages
                a_page_begins_behind_a_row_that_is_gone
                an_unknown_order_is_named
                a_lease_has_one_holder
                a_lease_ends_unless_it_is_renewed
                an_old_term_writes_nothing
                a_lease_can_be_taken_over
                one_of_eight_gets_the_lease
                an_outbox_has_one_holder
                a_shadow_stands_beside_the_served_table
                promoting_a_shadow_swaps_it
                discarding_a_shadow_leaves_the_served_table
                a_reader_never_sees_half_a_swap
                a_version_begins_where_the_oldest_began
                skips_are_on_record
                a_skip_is_heard_of_before_anything_is_folded
                a_table_is_built_once_it_has_come_to_its_target
                a_stop_is_on_record_until_the_table_goes_on
                a_version_is_removed_alone
                an_outbox_is_in_the_order_of_its_times
                an_entry_comes_back_whole
                what_is_sent_again_is_kept_once
                a_parked_entry_waits_for_a_decision
                rows_and_outbox_are_written_together
                versions_share_an_outbox
                whatever_is_kept_outlives_the_store
            }
            immediate {
                a_row_is_current_when_the_append_is_answered
                a_refused_row_leaves_no_trace
                a_fold_that_fails_leaves_no_trace
                a_commit_that_does_not_bring_it_is_refused
                a_table_that_it_was_not_told_of_is_left_alone
                a_repetition_is_folded_once
                a_gap_is_filled_by_the_next_append
                a_gap_is_filled_past_what_an_operator_passes_over
                a_runner_is_fenced_by_an_append
                appends_at_once_see_each_others_rows
                what_another_opening_makes_immediate_is_noticed
                one_that_is_made_eventual_is_left_to_runners
            }
            lifecycle {
                an_empty_log_is_empty
                types_are_all_that_was_ever_appended
                the_head_is_the_last_position
                waiting_ends_when_the_log_grows
                preparing_twice_changes_nothing
                a_closed_store_refuses
                a_reopened_store_has_what_was_written
            }
        }
        $crate::__store_suite_of_programs! { $make_store }
    };
    (@cases $make_store:expr; $($theme:ident { $($case:ident)+ })+) => {
        $(
            mod $theme {
                // Where the factory's expression names nothing of the file around it, nothing of this is used.
                #[allow(unused_imports)]
                use super::*;

                $(
                    #[test]
                    fn $case() {
                        $crate::testing::suite::run_of(
                            ::core::env!("CARGO_PKG_NAME"),
                            ::core::concat!(::core::module_path!(), "::", ::core::stringify!($case)),
                            ($make_store)(),
                            $crate::testing::suite::$theme::$case,
                        );
                    }
                )+
            }
        )+
    };
}

/// The cases of whole programs, which are written with the derives.
#[cfg(feature = "derive")]
#[macro_export]
#[doc(hidden)]
macro_rules! __store_suite_of_programs {
    ($make_store:expr) => {
        $crate::__store_suite! { @cases $make_store;
            read_side {
                what_cannot_be_folded_stops_its_projection_alone
                a_rebuild_that_is_given_up_is_taken_up_again
                one_program_feeds_and_another_goes_on_once_it_has_died
                rebuilt_rows_are_the_live_ones_and_the_fold_from_scratch
                any_cut_into_batches_gives_the_same_rows
                a_process_manager_sends_once_whoever_dies
            }
        }
    };
}

/// Without the derives there are none.
#[cfg(not(feature = "derive"))]
#[macro_export]
#[doc(hidden)]
macro_rules! __store_suite_of_programs {
    ($make_store:expr) => {};
}
