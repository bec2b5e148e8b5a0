//! A program with eight writers, three read models and a process manager is killed in the middle of it, again and again: what it shows is what
//! its log comes to, and every paid order is booked once and shipped once.

mod by_hand;
mod models;
mod program;

#[path = "../../shop/domain.rs"]
mod domain;

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use by_hand::ByHand;
use domain::OrderRow;
use domain::checkout::{Customer, Dashboard, Order, OrderCommand};
use eventsource_core::prelude::*;
use eventsource_sqlite::SqliteStore;
use eventsource_test_servers::report;
use program::Program;

const WRITERS: u32 = 8;

/// Short, so that a life is long enough to work in: the lease of the one before ends with it.
const LEASE: Duration = Duration::from_millis(150);

/// A takeover lasts as long as a lease, 5 seconds by default. The rest is for a machine that does other things.
const TAKEOVER: Duration = Duration::from_secs(30);

/// How often the program is killed: 20 times in the test command, more in `cargo xtask soak`.
fn crashes() -> u64 {
    std::env::var("EVENTSOURCE_CRASHES")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(20)
}

/// Where the lengths of the lives come from: another seed at each run, which is told, so that a failure can be had again with
/// `EVENTSOURCE_SEED`.
fn seed() -> u64 {
    let given = std::env::var("EVENTSOURCE_SEED").ok();
    let seed = given.map_or_else(
        || uuid::Uuid::now_v7().as_u64_pair().1,
        |seed| seed.parse().expect("EVENTSOURCE_SEED is a number"),
    );
    println!("killed at the moments of EVENTSOURCE_SEED={seed}");
    seed
}

/// From before the database is opened to well into the work, by chance.
fn lives() -> impl Iterator<Item = Duration> {
    let mut state = seed();
    (0..crashes()).map(move |_| Duration::from_micros(20_000 + random(&mut state) % 680_000))
}

/// SplitMix64 (G. Steele et al., "Fast Splittable Pseudorandom Number Generators", 2014).
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[test]
fn the_same_seed_gives_the_same_moments() {
    let moments = |seed| {
        let mut state = seed;
        (0..20).map(|_| random(&mut state)).collect::<Vec<_>>()
    };
    assert_eq!(moments(7), moments(7));
    assert_ne!(moments(7), moments(8));
}

/// Lets everything that is left be done, and looks at all of it.
async fn check_the_end(database: &Path, by_hand: &mut ByHand) {
    let store = SqliteStore::open(database).await.unwrap();
    let app = App::builder(store).lease(LEASE).start().await.unwrap();
    app.settled().await.unwrap();
    by_hand.check_settled();

    let outbox = app
        .status()
        .await
        .unwrap()
        .into_iter()
        .find_map(|it| it.outbox);
    let outbox = outbox.unwrap();
    assert_eq!((outbox.waiting, outbox.parked), (0, 0));
    // Anew from the log, they come to the same.
    app.rebuild::<Customer>().await.unwrap();
    app.rebuild::<Dashboard>().await.unwrap();
    app.rebuild::<OrderRow>().await.unwrap();
    app.settled().await.unwrap();
    by_hand.check_settled();
    app.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_killed_when_views_are_folds_and_each_paid_order_is_shipped_once() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("shop.db");
    let mut by_hand = None;
    let mut told = Vec::new();
    for life in lives() {
        let program = Program::start(&database, WRITERS, Some(LEASE));
        sleep(life);
        told.extend(program.kill());
        // The first lives may end before there is a file.
        if by_hand.is_none() && !told.is_empty() {
            by_hand = Some(ByHand::of(&database));
        }
        if let Some(by_hand) = &mut by_hand {
            by_hand.check();
        }
    }
    let mut by_hand = by_hand.expect("the program was killed before it wrote anything");
    check_the_end(&database, &mut by_hand).await;
    for order in &told {
        assert!(
            by_hand.is_paid(order),
            "order {order} was taken and is lost"
        );
    }
    report::row(
        "a shop with read models and a process manager",
        "SQLite, program",
        &[
            ("kills", crashes()),
            ("taken", told.len() as u64),
            ("paid", by_hand.paid() as u64),
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn lives_that_overlap_hand_their_work_over() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("shop.db");
    let mut working = Program::start(&database, WRITERS, Some(LEASE));
    working.wait_until_started();
    let mut by_hand = ByHand::of(&database);
    for life in lives().step_by(2) {
        let next = Program::start(&database, WRITERS, Some(LEASE));
        next.wait_until_started();
        sleep(life);
        std::mem::replace(&mut working, next).kill();
        by_hand.check();
    }
    working.kill();
    check_the_end(&database, &mut by_hand).await;
    assert!(by_hand.paid() > 0);
}

/// Pays an order, and waits until it is shipped and shown so.
async fn is_shipped(app: &App<SqliteStore>, order: &str) {
    let order = order.to_owned();
    app.execute(OrderCommand::Place {
        order: order.clone(),
        customer: "ada".into(),
        total: 200,
    })
    .await
    .unwrap();
    app.execute(OrderCommand::Pay {
        order: order.clone(),
        amount: 200,
    })
    .await
    .unwrap();
    while *app.load::<Order>(&order).await.unwrap().state() != Order::Shipped {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let head = app.head().await.unwrap();
    let row = app
        .view::<OrderRow>()
        .after(head)
        .get(&order)
        .await
        .unwrap();
    assert_eq!(row.unwrap().shipments, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_programs_on_one_file_the_other_takes_over_within_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("shop.db");
    let works = Program::start(&database, 0, None);
    works.wait_until_started();
    let store = SqliteStore::open(&database).await.unwrap();
    let app = App::builder(store).runner(false).start().await.unwrap();
    is_shipped(&app, "o-1").await;
    let stands_by = Program::start(&database, 0, None);
    stands_by.wait_until_started();

    works.kill();
    let died = Instant::now();
    let shipped = tokio::time::timeout(TAKEOVER, is_shipped(&app, "o-2")).await;

    shipped.expect("the other program takes over");
    println!(
        "taken over {} ms after the death",
        died.elapsed().as_millis()
    );
    // The read models follow what was shipped.
    app.settled().await.unwrap();
    stands_by.kill();
    ByHand::of(&database).check_settled();
}
