//! Shadows: a table built anew beside the served one, and swapped with it at once.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::{all, at, checkpoint, people, person, text, views, write};
use crate::Position;
use crate::store::{Lease, Row, ViewStoreError};
use crate::testing::suite::StoreFactory;

const LONG: Duration = Duration::from_secs(600);

/// A shadow begins where its table began, has rows and a checkpoint of its own, and is removed with the read model.
pub async fn a_shadow_stands_beside_the_served_table<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = people().begins(at(2));
    let shadow = people.shadow();
    let opened = views.open(&people).await.expect("the table is made");
    assert_eq!(opened, at(2));
    let ada = person("ada", Some("a@x"), 36);
    let written = views.write(&people, write(2, 5, vec![ada.clone()], vec![]));
    written.await.expect("the served table is fed");
    let opened = views.open(&shadow).await.expect("the shadow is made");
    assert_eq!(opened, at(2), "a shadow begins where its table began");
    assert_eq!(all(&*views, &shadow).await, Vec::<Row>::new());
    // The same unique value as in the served table.
    let bo = person("bo", Some("a@x"), 20);
    let written = views.write(&shadow, write(2, 3, vec![bo.clone()], vec![text("ada")]));
    written.await.expect("the shadow is fed");
    let opened = views.open(&shadow).await.expect("it is opened again");
    assert_eq!(opened, at(3), "a rebuild goes on where it was");
    assert_eq!(
        all(&*views, &people).await,
        std::slice::from_ref(&ada),
        "the served rows are as they were"
    );
    assert_eq!(all(&*views, &shadow).await, std::slice::from_ref(&bo));
    assert_eq!(checkpoint(&*views, &people).await, at(5));
    assert_eq!(checkpoint(&*views, &shadow).await, at(3));

    views.remove("people").await.expect("it is removed");
    for table in [&people, &shadow] {
        let opened = views.open(table).await.expect("it is made anew");
        assert_eq!(opened, at(2));
        assert_eq!(all(&*views, table).await, Vec::<Row>::new());
    }
}

/// A shadow that is behind is not promoted; one that has caught up takes the served table's place with rows and checkpoint, again and again,
/// and whoever fed the served one until then is deposed.
pub async fn promoting_a_shadow_swaps_it<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = people();
    let shadow = people.shadow();
    views.open(&people).await.expect("the table is made");
    let ada = person("ada", Some("a@x"), 36);
    let written = views.write(&people, write(0, 5, vec![ada.clone()], vec![]));
    written.await.expect("the served table is fed");
    let mut served = vec![ada];
    for round in 5..8 {
        let feeder = Uuid::now_v7();
        let lease = views.lease(&people, feeder, LONG).await;
        let Ok(Lease::Held { term }) = lease else {
            panic!("whoever fed it before is deposed, and nobody holds the lease: {lease:?}");
        };
        let opened = views.open(&shadow).await.expect("the shadow is made");
        assert_eq!(opened, Position::START);
        let built = vec![
            person("bo", Some("a@x"), i64::MAX),
            person(&format!("round {round}"), None, 1),
        ];
        let written = views.write(&shadow, write(0, round - 1, built.clone(), vec![]));
        written.await.expect("the shadow is fed");
        let promoted = views.promote(&shadow).await.expect("it is tried");
        assert!(!promoted, "a shadow that is behind is not promoted");
        assert_eq!(all(&*views, &people).await, served, "nothing has changed");
        assert_eq!(checkpoint(&*views, &people).await, at(round));
        assert_eq!(checkpoint(&*views, &shadow).await, at(round - 1));
        let mut feeding = write(round, round, vec![], vec![]);
        feeding.term = Some(term);
        let written = views.write(&people, feeding.clone()).await;
        written.expect("the term goes on");

        let written = views.write(&shadow, write(round - 1, round, vec![], vec![]));
        written.await.expect("the shadow catches up");
        let promoted = views.promote(&shadow).await.expect("it is tried");
        assert!(promoted, "a shadow that has caught up is promoted");
        assert_eq!(all(&*views, &people).await, built);
        assert_eq!(checkpoint(&*views, &people).await, at(round));
        match views.write(&people, feeding).await {
            Err(ViewStoreError::Deposed { .. }) => {}
            other => panic!("whoever fed the table before the swap is refused, not {other:?}"),
        }

        // What the table promises, it promises still.
        let clash = write(round, round + 1, vec![person("cy", Some("a@x"), 1)], vec![]);
        match views.write(&people, clash).await {
            Err(ViewStoreError::Constraint { column, .. }) => assert_eq!(column, "address"),
            other => panic!("the address is taken: a refusal is due, not {other:?}"),
        }
        let opened = views.open(&shadow).await.expect("a next one is made");
        assert_eq!(opened, Position::START, "the promoted shadow is gone");
        assert_eq!(all(&*views, &shadow).await, Vec::<Row>::new());
        views.discard(&shadow).await.expect("it is removed");
        let written = views.write(&people, write(round, round + 1, vec![], vec![]));
        written.await.expect("the table is fed on");
        served = built;
    }
    views.open(&shadow).await.expect("the shadow is made");
    let written = views.write(&shadow, write(0, 20, vec![], vec![]));
    written.await.expect("it is ahead of the table");
    let promoted = views.promote(&shadow).await.expect("it is tried");
    assert!(promoted, "a shadow that is ahead is promoted");
    assert_eq!(checkpoint(&*views, &people).await, at(20));
    let missing = views.promote(&shadow).await;
    assert!(missing.is_err(), "there is no shadow any more: {missing:?}");
    assert_eq!(checkpoint(&*views, &people).await, at(20));
}

/// A discarded shadow leaves the served table alone, and takes no more rows.
pub async fn discarding_a_shadow_leaves_the_served_table<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = people();
    let shadow = people.shadow();
    views.open(&people).await.expect("the table is made");
    let ada = person("ada", Some("a@x"), 36);
    let written = views.write(&people, write(0, 5, vec![ada.clone()], vec![]));
    written.await.expect("the served table is fed");
    let holder = Uuid::now_v7();
    for _ in 0..2 {
        let opened = views.open(&shadow).await.expect("the shadow is made");
        assert_eq!(opened, Position::START, "nothing is left of the last one");
        let lease = views.lease(&shadow, Uuid::now_v7(), LONG).await;
        assert!(
            matches!(lease, Ok(Lease::Held { term: 1 })),
            "a discarded shadow's lease is gone too: {lease:?}"
        );
        let written = views.write(
            &shadow,
            write(0, 9, vec![person("bo", None, 1)], vec![text("ada")]),
        );
        written.await.expect("the shadow is fed");
        views.discard(&shadow).await.expect("it is removed");
        views
            .discard(&shadow)
            .await
            .expect("there is none any more");
        let late = views.write(&shadow, write(0, 1, vec![], vec![])).await;
        assert!(late.is_err(), "whoever builds it still is told");
        let late = views.lease(&shadow, holder, LONG).await;
        assert!(late.is_err(), "there is no shadow to be fed: {late:?}");
        assert_eq!(all(&*views, &people).await, std::slice::from_ref(&ada));
        assert_eq!(checkpoint(&*views, &people).await, at(5));
    }
}

/// Whoever reads while a shadow is promoted finds all the rows from before, or all from behind.
pub async fn a_reader_never_sees_half_a_swap<F: StoreFactory>(factory: F) {
    const ROUNDS: u64 = 10;
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = Arc::new(people());
    let shadow = people.shadow();
    let rows_of = |round: u64| -> Vec<Row> {
        let age = i64::try_from(round).unwrap_or_default();
        (0..50)
            .map(|number| person(&format!("{number:02}"), None, age))
            .collect()
    };
    views.open(&people).await.expect("the table is made");
    let written = views.write(&people, write(0, 1, rows_of(0), vec![]));
    written.await.expect("the served table is fed");
    let reading = {
        let (views, people) = (Arc::clone(&views), Arc::clone(&people));
        let whole: Vec<Vec<Row>> = (0..=ROUNDS).map(rows_of).collect();
        tokio::spawn(async move {
            let mut seen = 0;
            while seen < whole.len() - 1 {
                let rows = all(&*views, &people).await;
                let round = whole.iter().position(|whole| *whole == rows);
                let round = round.expect("a reader finds the rows of one side of the swap");
                assert!(round >= seen, "a swap is never undone");
                seen = round;
            }
        })
    };
    for round in 1..=ROUNDS {
        views.open(&shadow).await.expect("the shadow is made");
        let written = views.write(&shadow, write(0, round + 1, rows_of(round), vec![]));
        written.await.expect("the shadow is fed");
        assert!(views.promote(&shadow).await.expect("it is promoted"));
    }
    reading
        .await
        .expect("what is read is whole, up to the last");
}
