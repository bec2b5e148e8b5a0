//! Leases on one file: whoever has it open, in this process or in another one, agrees on who feeds a read model.

mod fixture;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use eventsource_core::Position;
use eventsource_core::store::{
    ColumnSpec, ColumnType, Fingerprint, Lease, ViewStore, ViewStoreError, ViewTable, ViewWrite,
};
use fixture::{Place, prepared};
use uuid::Uuid;

/// The file's path, for the same test in another process.
const PATH: &str = "EVENTSOURCE_TEST_LEASES";

const LONG: Duration = Duration::from_secs(600);

fn balances() -> ViewTable {
    let columns = vec![ColumnSpec::new("account", ColumnType::Text, false).key(true)];
    ViewTable::new(
        "balances",
        1,
        columns,
        Fingerprint::of([b"1".as_slice()]),
        "",
    )
}

fn under(term: u64, from: u64) -> ViewWrite {
    let mut write = ViewWrite::new(Position::from_raw(from), Position::from_raw(from + 1));
    write.term = Some(term);
    write
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_stores_on_one_file_agree_on_who_feeds_a_table() {
    let place = Place::new();
    let (here, there) = (place.store().await, place.store().await);
    let (ada, bo) = (Uuid::now_v7(), Uuid::now_v7());
    let table = balances();
    ViewStore::open(&here, &table).await.unwrap();
    let short = Duration::from_secs(2);

    let held = here.lease(&table, ada, short).await.unwrap();
    let taken = there.lease(&table, bo, LONG).await.unwrap();
    assert_eq!(held, Lease::Held { term: 1 });
    let Lease::Taken { ends_in } = taken else {
        panic!("the other store has the lease, not {taken:?}");
    };
    assert!(ends_in <= short);
    here.write(&table, under(1, 0)).await.unwrap();

    // The other one dies, and says nothing.
    tokio::time::sleep(ends_in + Duration::from_millis(20)).await;
    let held = there.lease(&table, bo, LONG).await.unwrap();
    assert_eq!(held, Lease::Held { term: 2 });
    match here.write(&table, under(1, 1)).await {
        Err(ViewStoreError::Deposed { projection }) => assert_eq!(projection, "balances"),
        other => panic!("its lease was taken over: {other:?}"),
    }
    here.renew(ada, LONG).await.unwrap();
    there.write(&table, under(2, 1)).await.unwrap();
    let taken = here.lease(&table, ada, LONG).await.unwrap();
    assert!(matches!(taken, Lease::Taken { .. }), "{taken:?}");
}

#[test]
fn another_processs_lease_is_taken_and_ends_with_it() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let table = balances();
    if let Ok(path) = std::env::var(PATH) {
        return runtime.block_on(async {
            let store = prepared(Path::new(&path)).await;
            ViewStore::open(&store, &table).await.unwrap();
            let time = Duration::from_secs(3);
            let held = store.lease(&table, Uuid::now_v7(), time).await.unwrap();
            assert_eq!(held, Lease::Held { term: 1 });
            store.write(&table, under(1, 0)).await.unwrap();
            // It ends without a word, as a process that is killed does.
            std::process::exit(0);
        });
    }
    let place = Place::new();
    let name = "another_processs_lease_is_taken_and_ends_with_it";
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name])
        .env(PATH, &place.file)
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    runtime.block_on(async {
        let store = place.store().await;
        let mine = Uuid::now_v7();
        let waited = loop {
            match store.lease(&table, mine, LONG).await.unwrap() {
                Lease::Taken { ends_in } => {
                    assert!(ends_in <= Duration::from_secs(3));
                    tokio::time::sleep(ends_in).await;
                }
                held => break held,
            }
        };
        assert_eq!(waited, Lease::Held { term: 2 });
        store.write(&table, under(2, 1)).await.unwrap();
    });
}

#[tokio::test]
async fn a_clock_that_is_set_back_delays_a_takeover_by_no_more_than_a_lease() {
    let place = Place::new();
    let store = place.store().await;
    let (ada, bo) = (Uuid::now_v7(), Uuid::now_v7());
    let table = balances();
    ViewStore::open(&store, &table).await.unwrap();
    let short = Duration::from_millis(200);
    store.lease(&table, ada, short).await.unwrap();
    // Ada dies, and the clock goes back an hour: what she wrote is an hour further away.
    let hour = 3_600_000;
    place
        .connection()
        .execute("UPDATE eventsource_views SET ends = ends + ?1", [hour])
        .unwrap();

    let taken = store.lease(&table, bo, short).await.unwrap();

    let Lease::Taken { ends_in } = taken else {
        panic!("it is not free before a lease's time has passed: {taken:?}");
    };
    assert!(ends_in <= short, "{ends_in:?}");
    tokio::time::sleep(ends_in + Duration::from_millis(20)).await;
    let held = store.lease(&table, bo, short).await.unwrap();
    assert_eq!(held, Lease::Held { term: 2 });
}
