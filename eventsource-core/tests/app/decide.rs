//! Commands that are decided first and appended by somebody else.

use eventsource_core::app::Decided;
use eventsource_core::prelude::*;
use eventsource_core::store::{AppendError, Commit, EventStore};
use uuid::Uuid;

use crate::domain::{Purse, PurseError, TopUp, app, fill, open, spend};

/// What is to be appended.
fn commit(decided: Decided) -> Commit {
    match decided {
        Decided::Append(commit) => commit,
        Decided::Done(receipt) => panic!("nothing to append: {receipt:?}"),
    }
}

#[tokio::test]
async fn what_is_decided_is_there_once_it_is_appended() {
    let store = MemoryStore::new();
    let app = app(&store).await;
    app.execute(open("a")).await.unwrap();
    let actor = Metadata::new().actor("the till");

    let decided = app.decide(fill("a", 3), actor.clone()).await.unwrap();
    assert_eq!(app.load::<Purse>(&"a".into()).await.unwrap().version(), 1);
    let committed = store.append(commit(decided)).await.unwrap();

    let purse = app.load::<Purse>(&"a".into()).await.unwrap();
    assert_eq!((purse.version(), purse.state().coins), (2, 3));
    let history = app.history::<Purse>(&"a".into()).await.unwrap();
    assert_eq!(history[1].metadata(), &actor);
    assert_eq!(history[1].position(), committed.streams[0].position);
}

#[tokio::test]
async fn it_is_decided_again_when_another_command_went_first() {
    let store = MemoryStore::new();
    let app = app(&store).await;
    app.execute(open("a")).await.unwrap();
    app.execute(fill("a", 3)).await.unwrap();

    let decided = app.decide(spend("a", 3), Metadata::new()).await.unwrap();
    app.execute(spend("a", 1)).await.unwrap();
    match store.append(commit(decided)).await {
        Err(AppendError::Conflict {
            expected: 2,
            actual: 3,
            ..
        }) => {}
        other => panic!("{other:?}"),
    }

    let refused = app.decide(spend("a", 3), Metadata::new()).await;
    assert!(matches!(
        refused,
        Err(ExecuteError::Rejected(PurseError { coins: 2, asked: 3 }))
    ));
}

#[tokio::test]
async fn the_rules_of_existence_hold() {
    let app = app(&MemoryStore::new()).await;

    let missing = app.decide(fill("a", 1), Metadata::new()).await;
    assert!(matches!(missing, Err(ExecuteError::NotFound { .. })));

    app.execute(open("a")).await.unwrap();
    let existing = app.decide(open("a"), Metadata::new()).await;
    assert!(matches!(
        existing,
        Err(ExecuteError::AlreadyExists { version: 1, .. })
    ));
}

#[tokio::test]
async fn what_leads_to_nothing_or_was_carried_out_is_done() {
    let store = MemoryStore::new();
    let app = app(&store).await;
    app.execute(open("a")).await.unwrap();
    let nothing = TopUp {
        purse: "a".into(),
        to: 0,
    };

    match app.decide(nothing, Metadata::new()).await.unwrap() {
        Decided::Done(receipt) => assert_eq!((receipt.events(), receipt.version()), (0, 1)),
        Decided::Append(commit) => panic!("{commit:?}"),
    }

    let with = || Metadata::new().command_id(Uuid::from_u128(7));
    let decided = app.decide(fill("a", 3), with()).await.unwrap();
    store.append(commit(decided)).await.unwrap();
    for again in [fill("a", 3), fill("a", 3)] {
        match app.decide(again, with()).await.unwrap() {
            Decided::Done(receipt) => {
                assert_eq!((receipt.is_repeat(), receipt.version()), (true, 2));
            }
            Decided::Append(commit) => panic!("{commit:?}"),
        }
    }
    assert!(matches!(
        app.decide(fill("a", 4), with()).await,
        Err(ExecuteError::CommandIdReused { .. })
    ));
    // And `execute_with` finds it too.
    assert!(
        app.execute_with(fill("a", 3), with())
            .await
            .unwrap()
            .is_repeat()
    );
}

#[tokio::test]
async fn an_app_that_was_shut_down_decides_nothing() {
    let app = app(&MemoryStore::new()).await;
    app.execute(open("a")).await.unwrap();
    app.shutdown().await.unwrap();

    let late = app.decide(fill("a", 1), Metadata::new()).await;

    assert!(matches!(late, Err(ExecuteError::ShutDown)));
}
