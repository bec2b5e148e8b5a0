//! Read models that an append folds in its own transaction. A store that cannot do it says so, and passes.

mod tally;

use std::sync::Arc;

use self::tally::{Tally, folded_from_scratch, table, tallied};
use super::StoreFactory;
use super::fixture::{append, commit, commit_of, event, in_log, in_stream, open, part, stream};
use super::record::{reopens, unclaimed};
use crate::projection::FoldCause;
use crate::store::{
    AppendError, Commit, Committed, EventStore, Query, Row, Skip, StoreErrorKind, Value, ViewStore,
    ViewStoreError, ViewTable, ViewWrite,
};
use crate::{Position, Timestamp};

/// A store, its read models, and a table that its appends fold; `None` where it cannot do that.
async fn folding<F: StoreFactory>(
    factory: &F,
) -> Option<(Arc<F::Store>, Arc<dyn ViewStore>, Tally)> {
    let store = open(factory).await;
    if let Some(views) = store.views() {
        let tally = Tally::of(table(1));
        if begin(&*views, &tally).await {
            return Some((store, views, tally));
        }
    }
    unclaimed();
    None
}

/// Opens the table and has appends fold it; `false` where the store cannot.
async fn begin(views: &dyn ViewStore, tally: &Tally) -> bool {
    views.open(&tally.table).await.expect("the table is made");
    match views.make_immediate(&tally.table).await {
        Ok(()) => true,
        Err(ViewStoreError::Store(error)) if error.kind() == StoreErrorKind::Unsupported => false,
        Err(error) => panic!("appends fold the table from now on: {error}"),
    }
}

async fn rows(views: &dyn ViewStore, table: &ViewTable) -> Vec<Row> {
    let rows = views.query(table, Query::default()).await;
    rows.expect("all rows are read")
}

async fn checkpoint(views: &dyn ViewStore, table: &ViewTable) -> Position {
    let checkpoint = views.checkpoint(table).await;
    checkpoint.expect("the checkpoint is read")
}

fn last(committed: &Committed) -> Position {
    let positions = committed.streams.iter().map(|part| part.position);
    positions.max().expect("a commit has a stream")
}

/// A commit of one event, to a stream that has so many.
fn noting(tally: &Tally, id: &str, expected_version: u64, text: &str) -> Commit {
    tally.brought_by(commit(&stream(id), expected_version, vec![event(text)]))
}

async fn appended<S: EventStore>(store: &S, commit: Commit) -> Committed {
    let appended = store.append(commit).await;
    appended.expect("a commit that brings the read model is appended")
}

/// Rows and checkpoint are there when the append is answered: of all its events, in all its streams.
pub async fn a_row_is_current_when_the_append_is_answered<F: StoreFactory>(factory: F) {
    let Some((store, views, tally)) = folding(&factory).await else {
        return;
    };
    let first = appended(&*store, noting(&tally, "a", 0, "ada=1")).await;
    assert_eq!(rows(&*views, &tally.table).await, [tallied("ada", 1, "1")]);
    assert_eq!(checkpoint(&*views, &tally.table).await, last(&first));

    let several = commit_of(vec![
        part(&stream("a"), 1, vec![event("ada=2"), event("bo=3")]),
        part(&stream("b"), 0, vec![event("ada=4")]),
    ]);
    let second = appended(&*store, tally.brought_by(several)).await;
    assert_eq!(
        rows(&*views, &tally.table).await,
        [tallied("ada", 3, "4"), tallied("bo", 1, "3")]
    );
    assert_eq!(checkpoint(&*views, &tally.table).await, last(&second));

    appended(&*store, noting(&tally, "b", 1, "ada=gone")).await;
    assert_eq!(
        rows(&*views, &tally.table).await,
        [tallied("bo", 1, "3")],
        "a fold that removes its row removes it"
    );
}

/// A commit that leads to a row which a unique column refuses is refused, with the column's name. It leaves no trace, in any of its streams.
pub async fn a_refused_row_leaves_no_trace<F: StoreFactory>(factory: F) {
    let Some((store, views, tally)) = folding(&factory).await else {
        return;
    };
    let before = appended(&*store, noting(&tally, "a", 0, "ada=red")).await;
    let several = commit_of(vec![
        part(&stream("a"), 1, vec![event("ada=blue")]),
        part(&stream("b"), 0, vec![event("cy=green"), event("bo=blue")]),
    ]);
    let refused = tally.brought_by(several);
    let id = refused.id;
    match store.append(refused).await {
        Err(AppendError::Constraint { projection, column }) => {
            assert_eq!((&*projection, &*column), (tally::NAME, "last"));
        }
        other => panic!("two rows with one unique value are refused, not {other:?}"),
    }
    assert_no_trace(&*store, &*views, &tally, id, last(&before)).await;
    assert_eq!(
        rows(&*views, &tally.table).await,
        [tallied("ada", 1, "red")]
    );

    let after = appended(&*store, noting(&tally, "b", 0, "bo=blue")).await;
    assert!(last(&after) > last(&before));
    assert_eq!(
        rows(&*views, &tally.table).await,
        [tallied("ada", 1, "red"), tallied("bo", 1, "blue")],
        "what was refused stands in nobody's way"
    );
}

/// A commit whose event cannot be folded is refused, with that event and the cause. It leaves no trace.
pub async fn a_fold_that_fails_leaves_no_trace<F: StoreFactory>(factory: F) {
    let Some((store, views, tally)) = folding(&factory).await else {
        return;
    };
    let before = appended(&*store, noting(&tally, "a", 0, "ada=red")).await;
    let events = vec![event("bo=blue"), event(tally::POISON)];
    let refused = tally.brought_by(commit(&stream("b"), 0, events));
    let id = refused.id;
    match store.append(refused).await {
        Err(AppendError::Fold { projection, source }) => {
            assert_eq!(projection, tally::NAME);
            assert_eq!(
                (&*source.stream, source.stream_version),
                ("suite-b", 2),
                "the failure names the event"
            );
            assert!(matches!(source.cause, FoldCause::Panic));
        }
        other => panic!("a commit that cannot be folded is refused, not {other:?}"),
    }
    assert_no_trace(&*store, &*views, &tally, id, last(&before)).await;
    assert_eq!(
        rows(&*views, &tally.table).await,
        [tallied("ada", 1, "red")]
    );
}

async fn assert_no_trace<S: EventStore>(
    store: &S,
    views: &dyn ViewStore,
    tally: &Tally,
    id: uuid::Uuid,
    head: Position,
) {
    let found = store.find_commit(id).await.expect("it is looked for");
    assert_eq!(found, None, "a refused commit is not remembered");
    assert_eq!(store.head().await.expect("the head is read"), head);
    assert_eq!(in_log(store).await.len(), 1, "no event of it is there");
    assert!(in_stream(store, &stream("b")).await.is_empty());
    assert_eq!(checkpoint(views, &tally.table).await, head);
}

/// While appends are to fold a read model, a commit that does not bring it is refused and leaves no trace, until the read model is removed.
pub async fn a_commit_that_does_not_bring_it_is_refused<F: StoreFactory>(factory: F) {
    let Some((store, views, tally)) = folding(&factory).await else {
        return;
    };
    let before = appended(&*store, noting(&tally, "a", 0, "ada=red")).await;
    let other = Tally::of(tally::table_of("other", 1));
    let bare = commit(&stream("b"), 0, vec![event("bo=blue")]);
    let id = bare.id;
    for commit in [bare.clone(), other.brought_by(bare.clone())] {
        match store.append(commit).await {
            Err(AppendError::NotFolded { projection }) => assert_eq!(projection, tally::NAME),
            answer => panic!("a commit without the read model is refused, not {answer:?}"),
        }
        assert_no_trace(&*store, &*views, &tally, id, last(&before)).await;
    }
    views.remove(tally::NAME).await.expect("it is removed");
    store
        .append(bare)
        .await
        .expect("nothing has to be folded any more");
}

/// What nobody told the store to fold it does not fold: that is the runner's.
pub async fn a_table_that_it_was_not_told_of_is_left_alone<F: StoreFactory>(factory: F) {
    let Some((store, views, tally)) = folding(&factory).await else {
        return;
    };
    let other = Tally::of(tally::table_of("other", 1));
    views.open(&other.table).await.expect("the table is made");
    let both = other.brought_by(noting(&tally, "a", 0, "ada=red"));
    appended(&*store, both).await;
    assert_eq!(rows(&*views, &other.table).await, [] as [Row; 0]);
    assert_eq!(checkpoint(&*views, &other.table).await, Position::START);
    assert_eq!(
        rows(&*views, &tally.table).await,
        [tallied("ada", 1, "red")]
    );
}

/// The same commit again gets the first answer, and is not folded again.
pub async fn a_repetition_is_folded_once<F: StoreFactory>(factory: F) {
    let Some((store, views, tally)) = folding(&factory).await else {
        return;
    };
    let commit = noting(&tally, "a", 0, "ada=red");
    let first = appended(&*store, commit.clone()).await;
    appended(&*store, noting(&tally, "b", 0, "bo=blue")).await;
    assert_eq!(appended(&*store, commit).await, first);
    assert_eq!(
        rows(&*views, &tally.table).await,
        [tallied("ada", 1, "red"), tallied("bo", 1, "blue")]
    );
}

/// A commit of a program that has another version leaves this one's table behind; the next commit of a program that has it fills the gap
/// first.
pub async fn a_gap_is_filled_by_the_next_append<F: StoreFactory>(factory: F) {
    let Some((store, views, old)) = folding(&factory).await else {
        return;
    };
    appended(&*store, noting(&old, "a", 0, "ada=0")).await;
    let new = Tally::of(table(2));
    assert!(begin(&*views, &new).await);
    let log = stream("many");
    for part in 0..5 {
        let events = (0..200).map(|number| event(&format!("{}={part}.{number}", number % 7)));
        let commit = commit(&log, part * 200, events.collect());
        appended(&*store, new.brought_by(commit)).await;
    }
    assert_eq!(
        rows(&*views, &old.table).await,
        [tallied("ada", 1, "0")],
        "an older program's table is not a newer one's to fold"
    );
    appended(&*store, noting(&old, "a", 1, "ada=1")).await;
    let expected = folded_from_scratch(&in_log(&*store).await);
    assert_eq!(rows(&*views, &old.table).await, expected);
    assert_eq!(
        checkpoint(&*views, &old.table).await,
        store.head().await.expect("the head is read")
    );
    appended(&*store, noting(&new, "b", 0, "bo=2")).await;
    let expected = folded_from_scratch(&in_log(&*store).await);
    assert_eq!(rows(&*views, &new.table).await, expected);
}

/// What cannot be folded in a gap refuses the commit, until it is on record that the read model, and a shadow of it, pass it over.
pub async fn a_gap_is_filled_past_what_an_operator_passes_over<F: StoreFactory>(factory: F) {
    let Some((store, views, old)) = folding(&factory).await else {
        return;
    };
    let new = Tally::of(table(2));
    let broken = appended(&*store, noting(&new, "a", 0, tally::POISON)).await;
    appended(&*store, noting(&new, "a", 1, "ada=1")).await;
    let refused = noting(&old, "b", 0, "bo=2");
    for attempt in 0..2 {
        match store.append(refused.clone()).await {
            Err(AppendError::Fold { source, .. }) => {
                assert_eq!(source.position, last(&broken), "attempt {attempt}");
            }
            other => panic!("the gap cannot be filled, not {other:?}"),
        }
    }

    let skip = Skip::new(last(&broken), "broken", Timestamp::from_micros(0));
    let skipped = views.skip(&old.table, skip).await;
    skipped.expect("it is put on record");
    let committed = appended(&*store, refused).await;

    assert_eq!(
        rows(&*views, &old.table).await,
        [tallied("ada", 1, "1"), tallied("bo", 1, "2")],
        "what is passed over is folded by no append"
    );
    assert_eq!(checkpoint(&*views, &old.table).await, last(&committed));

    let shadow = old.table.shadow();
    views.open(&shadow).await.expect("the shadow is made");
    let made = views.make_immediate(&shadow).await;
    made.expect("appends fold the shadow too");
    let committed = appended(&*store, noting(&old, "b", 1, "ada=3")).await;
    assert_eq!(
        rows(&*views, &shadow).await,
        [tallied("ada", 2, "3"), tallied("bo", 1, "2")],
        "the shadow passes over what the served one does"
    );
    assert_eq!(checkpoint(&*views, &shadow).await, last(&committed));
}

/// A runner that fills a gap is fenced by an append that did it first.
pub async fn a_runner_is_fenced_by_an_append<F: StoreFactory>(factory: F) {
    let Some((store, views, tally)) = folding(&factory).await else {
        return;
    };
    let committed = appended(&*store, noting(&tally, "a", 0, "ada=red")).await;
    let late = ViewWrite::new(Position::START, last(&committed));
    match views.write(&tally.table, late).await {
        Err(ViewStoreError::Fenced { actual, .. }) => assert_eq!(actual, last(&committed)),
        other => panic!("a write from before the append is fenced, not {other:?}"),
    }
    let moved = appended(&*store, noting(&tally, "a", 1, "ada=blue")).await;
    assert_eq!(
        rows(&*views, &tally.table).await,
        [tallied("ada", 2, "blue")]
    );
    assert_eq!(checkpoint(&*views, &tally.table).await, last(&moved));
}

/// Commits of 16 writers at once that lead to one row each see what the others made of it; of those that want the same unique value, one
/// wins. Rows are those of a fold from scratch.
pub async fn appends_at_once_see_each_others_rows<F: StoreFactory>(factory: F) {
    let Some((store, views, tally)) = folding(&factory).await else {
        return;
    };
    let mut writing = Vec::new();
    for writer in 0..16_u64 {
        let (store, tally) = (Arc::clone(&store), tally.clone());
        writing.push(tokio::spawn(async move {
            let (mut version, mut refused) = (0, 0_u64);
            for round in 0..12 {
                let mut events = vec![event(&format!("shared{}={writer}.{round}", round % 2))];
                // Every fourth time, all want one value for a row of their own beside it.
                if round % 4 == 3 {
                    events.push(event(&format!("own{writer}.{round}=wanted{round}")));
                }
                let added = events.len() as u64;
                let commit = commit(&stream(&format!("writer{writer}")), version, events);
                match store.append(tally.brought_by(commit)).await {
                    Ok(_) => version += added,
                    Err(AppendError::Constraint { .. }) => refused += 1,
                    Err(other) => panic!("a commit is appended or breaks a constraint: {other}"),
                }
            }
            refused
        }));
    }
    let mut refused = 0;
    for writer in writing {
        refused += writer.await.expect("the store does not panic");
    }
    assert_eq!(refused, 3 * 15, "of 16 that want one value, one gets it");
    let log = in_log(&*store).await;
    assert_eq!(log.len(), 16 * 9 + 3 * 2);
    assert_eq!(rows(&*views, &tally.table).await, folded_from_scratch(&log));
    let shared = rows(&*views, &tally.table).await;
    let counts: i64 = shared
        .iter()
        .filter(|row| matches!(&row[0], Value::Text(key) if key.starts_with("shared")))
        .map(|row| match row[1] {
            Value::Integer(count) => count,
            _ => 0,
        })
        .sum();
    assert_eq!(
        counts,
        16 * 9 + 3,
        "no event was folded into an older row, or into one that was refused"
    );
}

/// A read model that another opening of the store has appends fold is folded by this one's too, from the next append on; and so it stays
/// when the store is opened anew.
pub async fn what_another_opening_makes_immediate_is_noticed<F: StoreFactory>(factory: F) {
    if !reopens(&factory) {
        return unclaimed();
    }
    let old = open(&factory).await;
    append(&*old, &stream("a"), 0, 1).await;
    let Some((new, views, tally)) = folding(&factory).await else {
        return;
    };
    let bare = commit(&stream("b"), 0, vec![event("bo=blue")]);
    match old.append(bare.clone()).await {
        Err(AppendError::NotFolded { projection }) => assert_eq!(projection, tally::NAME),
        other => panic!("the other opening's read model is folded too, not {other:?}"),
    }
    appended(&*old, tally.brought_by(bare)).await;
    let expected = folded_from_scratch(&in_log(&*new).await);
    assert_eq!(rows(&*views, &tally.table).await, expected);

    new.close().await.expect("it is closed");
    old.close().await.expect("it is closed");
    let again = open(&factory).await;
    let bare = commit(&stream("c"), 0, vec![event("cy=green")]);
    assert!(matches!(
        again.append(bare.clone()).await,
        Err(AppendError::NotFolded { .. })
    ));
    appended(&*again, tally.brought_by(bare)).await;
    let views = again.views().expect("it had read models before");
    let expected = folded_from_scratch(&in_log(&*again).await);
    assert_eq!(rows(&*views, &tally.table).await, expected);
}

/// A read model that is made eventual is folded by no append any more, in any of its versions; another one goes on. What is made so twice,
/// or is not there, is no mistake.
pub async fn one_that_is_made_eventual_is_left_to_runners<F: StoreFactory>(factory: F) {
    let Some((store, views, tally)) = folding(&factory).await else {
        return;
    };
    let newer = Tally::of(table(2));
    assert!(begin(&*views, &newer).await);
    let other = Tally::of(tally::table_of("other", 1));
    assert!(begin(&*views, &other).await);
    let first = other.brought_by(noting(&tally, "a", 0, "ada=red"));
    let first = appended(&*store, first).await;

    for name in [tally::NAME, tally::NAME, "nobody"] {
        let made = views.make_eventual(name).await;
        made.expect("no append has to fold it");
    }

    let bare = commit(&stream("b"), 0, vec![event("bo=blue")]);
    match store.append(bare.clone()).await {
        Err(AppendError::NotFolded { projection }) => {
            assert_eq!(projection, "other");
        }
        answer => panic!("the other read model is folded as before, not {answer:?}"),
    }
    let second = store.append(other.brought_by(bare)).await;
    let second = second.expect("no append has to fold it any more");
    assert_eq!(checkpoint(&*views, &other.table).await, last(&second));
    let both = other.brought_by(noting(&tally, "b", 1, "bo=white"));
    appended(&*store, both).await;
    assert_eq!(
        checkpoint(&*views, &tally.table).await,
        last(&first),
        "it is the runner's"
    );
    assert_eq!(
        rows(&*views, &tally.table).await,
        [tallied("ada", 1, "red")]
    );

    assert!(
        begin(&*views, &tally).await,
        "it can be made immediate again"
    );
    let third = other.brought_by(noting(&tally, "b", 2, "bo=green"));
    let third = appended(&*store, third).await;
    assert_eq!(checkpoint(&*views, &tally.table).await, last(&third));
}
