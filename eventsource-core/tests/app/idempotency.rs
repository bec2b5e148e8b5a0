//! A command id: the same command again writes nothing, another one is refused.

use eventsource_core::prelude::*;
use uuid::Uuid;

use crate::domain::{Purse, TopUp, app, fill, open, spend};

fn with(id: Uuid) -> Metadata {
    Metadata::new().command_id(id)
}

#[tokio::test]
async fn the_same_command_again_returns_the_first_receipt() {
    let app = app(&MemoryStore::new()).await;
    let (first, second) = (Uuid::now_v7(), Uuid::now_v7());

    // Before the existence rule: the second time, the purse exists.
    let opened = app.execute_with(open("a"), with(first)).await.unwrap();
    assert_eq!(
        app.execute_with(open("a"), with(first)).await.unwrap(),
        opened
    );

    let filled = app.execute_with(fill("a", 5), with(second)).await.unwrap();
    app.execute(fill("a", 1)).await.unwrap();
    assert_eq!(
        app.execute_with(fill("a", 5), with(second)).await.unwrap(),
        filled
    );

    let purse = app.load::<Purse>(&"a".into()).await.unwrap();
    assert_eq!((purse.state().coins, purse.version()), (6, 3));
}

#[tokio::test]
async fn a_receipt_tells_whether_it_is_of_a_repetition() {
    let app = app(&MemoryStore::new()).await;
    let id = Uuid::now_v7();

    let first = app.execute_with(open("a"), with(id)).await.unwrap();
    let second = app.execute_with(open("a"), with(id)).await.unwrap();
    let other = app.execute_with(fill("a", 5), with(Uuid::now_v7()));

    assert!(!first.is_repeat());
    assert!(second.is_repeat());
    assert!(!other.await.unwrap().is_repeat());
}

#[tokio::test]
async fn a_command_that_was_carried_out_is_not_decided_again() {
    let app = app(&MemoryStore::new()).await;
    let id = Uuid::now_v7();
    let top_up = || TopUp {
        purse: "a".into(),
        to: 5,
    };
    app.execute(open("a")).await.unwrap();

    let first = app.execute_with(top_up(), with(id)).await.unwrap();
    assert_eq!((first.version(), first.events()), (2, 1));

    // Decided anew, it would lead to no event.
    assert_eq!(app.execute_with(top_up(), with(id)).await.unwrap(), first);
    assert_eq!(app.execute(top_up()).await.unwrap().events(), 0);
}

#[tokio::test]
async fn another_command_under_the_same_id_is_refused() {
    let app = app(&MemoryStore::new()).await;
    let id = Uuid::now_v7();
    app.execute(open("a")).await.unwrap();
    app.execute(open("b")).await.unwrap();
    app.execute_with(fill("a", 5), with(id)).await.unwrap();

    let other_content = app.execute_with(fill("a", 6), with(id)).await.unwrap_err();
    let other_stream = app.execute_with(fill("b", 5), with(id)).await.unwrap_err();
    let other_command = app.execute_with(spend("a", 5), with(id)).await.unwrap_err();

    for error in [other_content, other_stream, other_command] {
        assert!(
            matches!(error, ExecuteError::CommandIdReused { command_id, .. } if command_id == id),
            "{error}"
        );
    }
}

#[tokio::test]
async fn what_is_not_serde_is_compared_by_stream_and_command() {
    let app = app(&MemoryStore::new()).await;
    let id = Uuid::now_v7();
    app.execute(open("a")).await.unwrap();
    app.execute(fill("a", 9)).await.unwrap();

    let spent = app.execute_with(spend("a", 5), with(id)).await.unwrap();

    assert_eq!(
        app.execute_with(spend("a", 4), with(id)).await.unwrap(),
        spent
    );
    let other = TopUp {
        purse: "a".into(),
        to: 9,
    };
    let error = app.execute_with(other, with(id)).await.unwrap_err();
    assert!(
        matches!(error, ExecuteError::CommandIdReused { .. }),
        "{error}"
    );
}

#[tokio::test]
async fn a_refused_command_is_not_remembered() {
    let app = app(&MemoryStore::new()).await;
    let id = Uuid::now_v7();
    app.execute(open("a")).await.unwrap();

    app.execute_with(spend("a", 5), with(id)).await.unwrap_err();
    app.execute(fill("a", 5)).await.unwrap();

    let receipt = app.execute_with(spend("a", 5), with(id)).await.unwrap();
    assert_eq!((receipt.version(), receipt.events()), (3, 1));
}

#[tokio::test]
async fn a_command_id_is_known_after_a_restart() {
    let store = MemoryStore::new();
    let id = Uuid::now_v7();
    let before = app(&store).await;
    let receipt = before.execute_with(open("a"), with(id)).await.unwrap();
    before.shutdown().await.unwrap();

    let after = app(&store).await;

    assert_eq!(
        after.execute_with(open("a"), with(id)).await.unwrap(),
        receipt
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_at_once_under_one_id_one_writes_and_all_have_its_receipt() {
    let app = app(&MemoryStore::new()).await;
    for round in 0..50 {
        let id = Uuid::now_v7();
        let purse = format!("p{round}");
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let (app, command) = (app.clone(), open(&purse));
                tokio::spawn(async move { app.execute_with(command, with(id)).await })
            })
            .collect();
        let mut receipts = Vec::new();
        for task in tasks {
            receipts.push(task.await.unwrap().unwrap());
        }
        assert!(receipts.iter().all(|receipt| *receipt == receipts[0]));
        assert_eq!(app.load::<Purse>(&purse).await.unwrap().version(), 1);
    }
}
