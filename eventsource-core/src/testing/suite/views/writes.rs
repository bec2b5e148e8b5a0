//! Rows and checkpoints: written together, by one runner, with unique columns unique.

use std::sync::Arc;

use super::{all, at, checkpoint, people, person, text, views, write};
use crate::store::{Filter, Query, Value, ViewStoreError};
use crate::testing::suite::StoreFactory;
use crate::testing::suite::fixture::CANARY;
use crate::testing::suite::hostile::all_of;

/// Rows are inserted, replaced and removed by key; rows are read in the order of the keys that are asked for.
pub async fn rows_are_found_by_key<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = people();
    views.open(&people).await.expect("the table is made");
    let (ada, bo, cy) = (
        person("ada", None, 36),
        person("bo", Some("b@x"), 20),
        person("cy", None, 50),
    );
    let first = write(0, 1, vec![cy.clone(), ada.clone(), bo], vec![]);
    views
        .write(&people, first)
        .await
        .expect("rows are inserted");
    let bo = person("bo", None, 21);
    let second = write(1, 4, vec![bo.clone()], vec![text("cy"), text("nobody")]);
    views
        .write(&people, second)
        .await
        .expect("a row is replaced, one removed, and one that was never there too");
    assert_eq!(all(&*views, &people).await, [ada.clone(), bo.clone()]);
    let keys = ["bo", "cy", "ada", "bo", ""].map(text).to_vec();
    assert_eq!(
        views.rows(&people, keys).await.expect("rows are read"),
        [Some(bo.clone()), None, Some(ada), Some(bo), None]
    );
    let third = write(4, 5, vec![cy.clone()], vec![]);
    views.write(&people, third).await.expect("it is made anew");
    assert_eq!(
        views.rows(&people, vec![text("cy")]).await.expect("read"),
        [Some(cy)]
    );
}

/// A write from another checkpoint than the stored one is fenced, names both, and changes nothing.
pub async fn a_write_from_elsewhere_is_fenced<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = people();
    views.open(&people).await.expect("the table is made");
    let ada = person("ada", None, 36);
    let written = views.write(&people, write(0, 5, vec![ada.clone()], vec![]));
    written.await.expect("it is written");
    for from in [0, 4, 6] {
        let late = write(from, 9, vec![person("bo", None, 1)], vec![text("ada")]);
        match views.write(&people, late).await {
            Err(ViewStoreError::Fenced {
                projection,
                expected,
                actual,
            }) => assert_eq!(
                (&*projection, expected, actual),
                ("people", at(from), at(5))
            ),
            other => panic!("a write from {from} at checkpoint 5 is fenced, not {other:?}"),
        }
    }
    assert_eq!(all(&*views, &people).await, [ada]);
    assert_eq!(checkpoint(&*views, &people).await, at(5));
}

/// Of eight runners that write from one checkpoint at once, one wins and the others are fenced.
pub async fn one_of_eight_runners_wins<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = Arc::new(people());
    views.open(&people).await.expect("the table is made");
    for round in 0..10 {
        let mut racing = Vec::new();
        for runner in 0..8 {
            let (views, people) = (Arc::clone(&views), Arc::clone(&people));
            racing.push(tokio::spawn(async move {
                let row = person(&format!("{round} {runner}"), None, runner);
                let write = write(round, round + 1, vec![row], vec![]);
                views.write(&people, write).await
            }));
        }
        let mut won = 0;
        for runner in racing {
            match runner.await.expect("the store does not panic") {
                Ok(()) => won += 1,
                Err(ViewStoreError::Fenced { .. }) => {}
                Err(other) => panic!("those who lose are fenced: {other}"),
            }
        }
        assert_eq!(won, 1, "one runner of eight wins");
    }
    assert_eq!(
        all(&*views, &people).await.len(),
        10,
        "those who were fenced wrote no row"
    );
}

/// Rows and checkpoint are written together or not at all: a write that a unique column refuses leaves both as they were.
pub async fn rows_and_checkpoint_are_written_together<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = people();
    views.open(&people).await.expect("the table is made");
    let before = [
        person("ada", Some("a@x"), 36),
        person("bo", Some("b@x"), 20),
    ];
    let written = views.write(&people, write(0, 3, before.to_vec(), vec![]));
    written.await.expect("it is written");
    let refused = [
        vec![person("cy", None, 1), person("dan", Some("a@x"), 2)],
        vec![person("dan", Some("d@x"), 2), person("eve", Some("d@x"), 3)],
        vec![
            person("ada", Some("b@y"), 36),
            person("cy", Some("a@y"), 1),
            person("dan", Some("a@y"), 1),
        ],
    ];
    for rows in refused {
        let failing = write(3, 9, rows, vec![text("bo")]);
        match views.write(&people, failing).await {
            Err(ViewStoreError::Constraint { projection, column }) => {
                assert_eq!((&*projection, &*column), ("people", "address"));
            }
            other => panic!("two rows would have one address: a refusal is due, not {other:?}"),
        }
        assert_eq!(all(&*views, &people).await, before, "no row has changed");
        assert_eq!(
            checkpoint(&*views, &people).await,
            at(3),
            "the checkpoint has not moved"
        );
    }
}

/// A unique value belongs to one row; rows without it are many; it is free again after its row was removed or given another, and two
/// rows may exchange theirs in one write.
pub async fn unique_values_move_between_rows<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = people();
    views.open(&people).await.expect("the table is made");
    let writes = [
        (
            vec![
                person("ada", Some("1"), 0),
                person("bo", Some("2"), 0),
                person("cy", None, 0),
                person("dan", None, 0),
            ],
            vec![],
        ),
        // Exchanged, whichever row comes first.
        (
            vec![person("ada", Some("2"), 0), person("bo", Some("1"), 0)],
            vec![],
        ),
        (
            vec![person("bo", Some("2"), 0), person("ada", Some("1"), 0)],
            vec![],
        ),
        // Passed on in a ring, and on from a removed row.
        (
            vec![
                person("ada", Some("2"), 0),
                person("bo", None, 0),
                person("cy", Some("1"), 0),
            ],
            vec![],
        ),
        (vec![person("dan", Some("2"), 0)], vec![text("ada")]),
        (vec![person("eve", Some("1"), 0)], vec![text("cy")]),
        // Let go of in one write, and taken in the next: by a removed row, and by one that has another value now.
        (vec![], vec![text("dan")]),
        (vec![person("fay", Some("2"), 0)], vec![]),
        (vec![person("fay", Some("3"), 0)], vec![]),
        (vec![person("bo", Some("2"), 0)], vec![]),
    ];
    for (number, (upserts, deletes)) in (0..).zip(writes) {
        let written = views.write(&people, write(number, number + 1, upserts, deletes));
        written.await.unwrap_or_else(|error| {
            panic!("write {number} leaves no value in two rows: {error}");
        });
    }
    assert_eq!(
        all(&*views, &people).await,
        [
            person("bo", Some("2"), 0),
            person("eve", Some("1"), 0),
            person("fay", Some("3"), 0),
        ]
    );
}

/// What a row holds is in no error.
pub async fn no_row_is_ever_told<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = people();
    views.open(&people).await.expect("the table is made");
    let secret = person(CANARY, Some(CANARY), 1);
    let written = views.write(&people, write(0, 1, vec![secret.clone()], vec![]));
    written.await.expect("a row is written");
    let other = person("other", Some(CANARY), 1);
    let mut short = secret.clone();
    short.pop();
    let mut wrong = secret.clone();
    wrong[2] = text(CANARY);
    let mut null = secret.clone();
    null[2] = Value::Null;
    for (what, write) in [
        ("a value of another row", write(1, 2, vec![other], vec![])),
        ("another checkpoint", write(0, 2, vec![secret], vec![])),
        ("a value too few", write(1, 2, vec![short], vec![])),
        ("a text for a number", write(1, 2, vec![wrong], vec![])),
        ("null for a number", write(1, 2, vec![null], vec![])),
    ] {
        let refused = views.write(&people, write).await;
        let Err(error) = refused else {
            panic!("a write with {what} is refused");
        };
        let told = all_of(&error);
        assert!(!told.contains(CANARY), "{what}: a row is told: {told}");
    }
    assert_eq!(checkpoint(&*views, &people).await, at(1));
    let filter = Filter::equals("none", text(CANARY));
    let query = Query {
        filters: vec![filter],
        ..Query::default()
    };
    let told = all_of(&views.query(&people, query).await.expect_err("no column"));
    assert!(!told.contains(CANARY), "a filter is told: {told}");
}
