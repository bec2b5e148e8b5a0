//! States, now and as they were.

use eventsource_core::prelude::*;
use eventsource_core::{ManualClock, Timestamp};

use crate::domain::{Purse, app, fill, open, spend, write_side};

fn hour(hour: i64) -> Timestamp {
    Timestamp::from_micros(hour * 3_600_000_000)
}

#[tokio::test]
async fn an_absent_stream_is_not_found() {
    let app = app(&MemoryStore::new()).await;
    let id = "a".to_string();
    for error in [
        app.load::<Purse>(&id).await.unwrap_err(),
        app.load_at::<Purse>(&id, 0).await.unwrap_err(),
        app.load_at::<Purse>(&id, 7).await.unwrap_err(),
        app.load_as_of::<Purse>(&id, hour(1)).await.unwrap_err(),
        app.history::<Purse>(&id).await.unwrap_err(),
    ] {
        assert!(
            matches!(&error, LoadError::NotFound { stream } if stream.as_str() == "purse-a"),
            "{error}"
        );
    }
    let error = app.load::<Purse>(&String::new()).await.unwrap_err();
    assert!(matches!(error, LoadError::Id { .. }), "{error}");
}

#[tokio::test]
async fn a_state_is_loaded_as_of_any_version() {
    let app = app(&MemoryStore::new()).await;
    let id = "a".to_string();
    app.execute(open(&id)).await.unwrap();
    // With a snapshot every five events, some versions are before, at and behind one.
    for amount in 1..=12 {
        app.execute(fill(&id, amount)).await.unwrap();
    }
    for version in 0..=13_u64 {
        let loaded = app.load_at::<Purse>(&id, version).await.unwrap();
        let fills = version.saturating_sub(1);
        assert_eq!(loaded.version(), version);
        assert_eq!(loaded.state().coins, fills * (fills + 1) / 2);
    }
    let beyond = app.load_at::<Purse>(&id, 14).await.unwrap_err();
    assert!(matches!(
        beyond,
        LoadError::BeyondHead {
            version: 14,
            head: 13,
            ..
        }
    ));
}

#[tokio::test]
async fn a_state_is_loaded_as_of_any_time() {
    let clock = ManualClock::at(hour(1));
    let app = App::builder(MemoryStore::new())
        .registry(write_side())
        .clock(clock.clone())
        .start()
        .await
        .unwrap();
    let id = "a".to_string();
    app.execute(open(&id)).await.unwrap();
    clock.set(hour(3));
    app.execute(fill(&id, 7)).await.unwrap();
    // A clock that goes back does not take the log with it.
    clock.set(hour(2));
    app.execute(spend(&id, 3)).await.unwrap();

    let coins = async |time| {
        let loaded = app.load_as_of::<Purse>(&id, time).await?;
        Ok::<_, LoadError>((loaded.version(), loaded.state().coins))
    };
    assert_eq!(coins(hour(1)).await.unwrap(), (1, 0));
    assert_eq!(coins(hour(2)).await.unwrap(), (1, 0));
    assert_eq!(coins(hour(3)).await.unwrap(), (3, 4));
    assert!(matches!(
        coins(hour(0)).await,
        Err(LoadError::NotFound { .. })
    ));
}
