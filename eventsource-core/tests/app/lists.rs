//! Rows in order, and page by page.

use eventsource_core::prelude::*;
use eventsource_core::store::ViewStoreError;
use proptest::prelude::*;
use tokio::runtime::Builder;

use crate::domain::{PurseRow, Till, app, fill, open};

/// Purses a to e, with so many coins each.
async fn filled(coins: &[u64]) -> App<MemoryStore> {
    let app = app(&MemoryStore::new()).await;
    for (purse, amount) in ('a'..).zip(coins) {
        let mut command = open(&purse.to_string());
        command.owner = if *amount > 4 { "Bo" } else { "Ada" }.into();
        app.execute(command).await.unwrap();
        app.execute(fill(&purse.to_string(), *amount))
            .await
            .unwrap();
    }
    app.settled().await.unwrap();
    app
}

fn keys(rows: &[PurseRow]) -> String {
    rows.iter().map(|row| row.purse.as_str()).collect()
}

#[tokio::test]
async fn rows_come_in_the_order_of_a_column_and_then_of_their_keys() {
    let app = filled(&[3, 9, 1, 9, 3]).await;
    let list = || app.view::<PurseRow>().list();

    assert_eq!(keys(&list().await.unwrap()), "abcde");
    assert_eq!(keys(&list().descending().await.unwrap()), "edcba");
    assert_eq!(keys(&list().order_by("coins").await.unwrap()), "caebd");
    let richest = list().order_by("coins").descending();
    assert_eq!(keys(&richest.limit(3).await.unwrap()), "dbe");
    let of_ada = list().order_by("coins").filter("owner", "Ada");
    assert_eq!(keys(&of_ada.await.unwrap()), "cae");
}

#[tokio::test]
async fn the_next_page_begins_behind_a_key_or_the_last_row() {
    let app = filled(&[3, 9, 1, 9, 3]).await;
    let list = || app.view::<PurseRow>().list().limit(2);

    let behind_b = list().after_key(&"b".into()).await.unwrap();
    assert_eq!(keys(&behind_b), "cd");
    let below_d = list().descending().after_key(&"d".into()).await.unwrap();
    assert_eq!(keys(&below_d), "cb");
    // The key need not be there.
    let behind_bb = list().after_key(&"bb".into()).await.unwrap();
    assert_eq!(keys(&behind_bb), "cd");

    let poorest = list().order_by("coins").await.unwrap();
    let next = list().order_by("coins").after_row(&poorest[1]);
    assert_eq!(
        (keys(&poorest).as_str(), keys(&next.await.unwrap()).as_str()),
        ("ca", "eb")
    );
    let gone = PurseRow {
        purse: "z".into(),
        owner: String::new(),
        coins: 4,
    };
    let behind = list().order_by("coins").after_row(&gone).await.unwrap();
    assert_eq!(keys(&behind), "bd");

    let till = app.view::<Till>().list();
    let only = app.view::<Till>().global().await.unwrap();
    assert_eq!(till.after_row(&only).await.unwrap(), []);
}

#[tokio::test]
async fn an_order_that_cannot_be_is_told_in_words() {
    let app = filled(&[3]).await;
    let list = || app.view::<PurseRow>().list();

    let unknown = list().order_by("colour").await.unwrap_err();
    let ViewError::Table(ViewStoreError::NoSuchColumn { columns, .. }) = &unknown else {
        panic!("{unknown}");
    };
    assert_eq!(columns, "purse, owner, coins");
    let row = list().await.unwrap().remove(0);
    let unknown = list().order_by("colour").after_row(&row).await.unwrap_err();
    assert!(unknown.to_string().contains("colour"), "{unknown}");

    // The second of two rows with the same number of coins cannot be found by its key, if it is gone.
    let by_key = list().order_by("coins").after_key(&"a".into());
    let error = by_key.await.unwrap_err();
    assert!(matches!(error, ViewError::Page { .. }), "{error}");
    assert!(error.to_string().contains("after_row"), "{error}");
}

proptest! {
    #![proptest_config(crate::cases(32))]

    #[test]
    fn the_pages_together_are_the_list(
        coins in prop::collection::vec(1_u64..6, 0..12),
        size in 1_usize..5,
        column in prop::option::of(prop::sample::select(vec!["coins", "owner", "purse"])),
        descending: bool,
    ) {
        Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let app = filled(&coins).await;
            let list = || {
                let list = app.view::<PurseRow>().list();
                let list = match column {
                    Some(column) => list.order_by(column),
                    None => list,
                };
                if descending { list.descending() } else { list }
            };
            let whole = list().await.unwrap();
            assert_eq!(whole.len(), coins.len());

            let mut pages = list().limit(size).await.unwrap();
            while let Some(last) = pages.last() {
                let next = list().limit(size).after_row(last).await.unwrap();
                assert!(next.len() <= size);
                if next.is_empty() {
                    break;
                }
                pages.extend(next);
            }
            assert_eq!(pages, whole);
        });
    }
}
