//! What could be otherwise with three copies: reads that a lagging copy answers, ids and versions under another consensus.

mod fixture;

use std::sync::OnceLock;

use eventsource_core::testing::suite::{
    StoreFactory, append, history, idempotency, lifecycle, order, run, snapshots,
};
use eventsource_nats::NatsStore;
use eventsource_test_servers::nats::Cluster;
use fixture::Place;

fn url() -> String {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER
        .get_or_init(|| Cluster::start().unwrap_or_else(|error| panic!("{error}")))
        .url()
}

struct OnCluster(Place);

impl StoreFactory for OnCluster {
    type Store = NatsStore;

    async fn open(&self) -> NatsStore {
        let store = self.0.options().connect(&url()).await;
        store.expect("the cluster is there")
    }
}

macro_rules! on_three_copies {
    ($($theme:ident::$case:ident)+) => {
        $(
            #[test]
            fn $case() {
                run(OnCluster(Place::new()), $theme::$case);
            }
        )+
    };
}

on_three_copies! {
    append::one_of_sixteen_wins
    append::a_conflict_leaves_no_trace
    append::one_commit_reaches_several_streams
    history::sixteen_writers_and_a_reader_tell_one_history
    idempotency::repetitions_at_once_write_once
    idempotency::the_first_answer_outlives_reopening
    idempotency::other_content_under_the_same_id_is_refused
    lifecycle::types_are_all_that_was_ever_appended
    lifecycle::preparing_twice_changes_nothing
    order::a_writer_reads_its_own_writes
    order::a_tailing_reader_sees_all_once_in_order
    snapshots::only_a_right_snapshot_is_shown
}
