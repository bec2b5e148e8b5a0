//! What an operator may decide: to pass over an event that cannot be folded, on record.

use eventsource_core::prelude::*;

use crate::domain::{PurseRow, Till, app, fill, open, put};

#[tokio::test]
async fn an_event_that_can_never_be_folded_is_passed_over_when_an_operator_says_so() {
    let store = MemoryStore::new();
    let app = app(&store).await;
    app.execute(open("a")).await.unwrap();
    put(&store, "a", "purse.filled", 2, "{}").await;
    app.execute(open("b")).await.unwrap();
    app.execute(fill("b", 7)).await.unwrap();
    let Err(AppError::Stopped(error)) = app.settled().await else {
        panic!("the event cannot be read");
    };
    let position = error.position().unwrap();

    app.skip::<PurseRow>(position, "written by hand, see the incident of 3 March")
        .await
        .unwrap();

    let rows = app.view::<PurseRow>().after(Position::from_raw(4));
    assert_eq!(rows.get(&"b".into()).await.unwrap().unwrap().coins, 7);
    let skips = app.skips::<PurseRow>().await.unwrap();
    assert_eq!(skips.len(), 1);
    assert_eq!(skips[0].position, position);
    assert_eq!(
        skips[0].reason,
        "written by hand, see the incident of 3 March"
    );
    // What is folded stays folded.
    let late = app
        .skip::<PurseRow>(Position::from_raw(1), "too late")
        .await;
    assert!(matches!(late, Err(ViewError::Folded { .. })), "{late:?}");
    // And what is not there yet may be anything.
    let early = app
        .skip::<PurseRow>(Position::from_raw(5), "too early")
        .await;
    assert!(
        matches!(early, Err(ViewError::NothingThere { head, .. }) if head == Position::from_raw(4)),
        "{early:?}"
    );
    // It was said of one projection: the other one stands where it stood.
    assert!(app.skips::<Till>().await.unwrap().is_empty());
    assert!(matches!(app.settled().await, Err(AppError::Stopped(_))));
    let status = app.status().await.unwrap();
    let skips: Vec<_> = status.iter().map(|it| (it.name, it.skips)).collect();
    assert_eq!(skips, [("purses", 1), ("till", 0)]);
}

#[tokio::test]
async fn what_is_passed_over_stays_so_after_a_restart_and_in_a_rebuild() {
    let store = MemoryStore::new();
    let first = app(&store).await;
    first.execute(open("a")).await.unwrap();
    put(&store, "a", "purse.filled", 2, "{}").await;
    for position in [2] {
        let position = Position::from_raw(position);
        first.skip::<PurseRow>(position, "broken").await.unwrap();
        first.skip::<Till>(position, "broken").await.unwrap();
    }
    first.settled().await.unwrap();
    first.shutdown().await.unwrap();

    let second = app(&store).await;
    second.settled().await.unwrap();
    second.rebuild::<PurseRow>().await.unwrap();

    let row = second.view::<PurseRow>().get(&"a".into()).await.unwrap();
    assert_eq!(row.unwrap().coins, 0);
}
