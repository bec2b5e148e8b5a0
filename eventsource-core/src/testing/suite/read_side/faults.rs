//! What cannot be folded.

use super::counter::{ADDED, Answers, Sum, UNLUCKY, sums};
use super::program::{Program, Side};
use super::scratch::scratch;
use crate::app::{AppError, ProjectionState};
use crate::projection::FoldCause;
use crate::store::EventStore;
use crate::testing::suite::StoreFactory;
use crate::testing::suite::fixture::{CANARY, commit, event_of, in_log};
use crate::{Position, Projection as _, StreamName};

/// A projection stops at an event that cannot be decoded, or whose fold panics, and no other one does; the status says where, at what and why. It
/// goes on once an operator passes over the event, which is on record.
pub async fn what_cannot_be_folded_stops_its_projection_alone<F: StoreFactory>(factory: F) {
    let side = Side::of(factory).await;
    let program = side.start(sums().projection::<Answers>()).await;
    program.add("a", 5).await;

    let undecodable = append_undecodable(&program).await;
    program.add("a", 7).await;
    stops_at(&program, undecodable, |it| {
        matches!(it, FoldCause::Decode(_))
    })
    .await;
    pass_over(&program, undecodable).await;

    let unlucky = program.add("b", UNLUCKY).await;
    program.add("b", 1).await;
    stops_at(&program, unlucky, |it| matches!(it, FoldCause::Panic)).await;
    pass_over(&program, unlucky).await;

    let skips = program.app.skips::<Sum>().await;
    let skips = skips.expect("the skips are told");
    let skips: Vec<_> = skips.iter().map(|it| (it.position, &*it.reason)).collect();
    assert_eq!(
        skips,
        [(undecodable, REASON), (unlucky, REASON)],
        "what is passed over is on record, with its reason"
    );
}

const REASON: &str = "it is broken";

/// An event that another program has written, and wrongly.
async fn append_undecodable<S: EventStore>(program: &Program<S>) -> Position {
    let stream = StreamName::new("counter", "a").expect("the suite's ids are valid");
    let payload = format!("{{\"amount\":\"{CANARY}\"}}").into_bytes();
    let events = vec![event_of(ADDED, 1, payload)];
    let store = program.app.store();
    let appended = store.append(commit(&stream, 1, events)).await;
    appended.expect("it is appended");
    let log = in_log(store).await;
    log.last().expect("it is in the log").position
}

/// The sums stand before this position, and the answers do not.
async fn stops_at<S: EventStore>(
    program: &Program<S>,
    position: Position,
    is_cause: fn(&FoldCause) -> bool,
) {
    let app = &program.app;
    let Err(AppError::Stopped(error)) = app.settled().await else {
        panic!("an event that cannot be folded stops its projection");
    };
    assert_eq!(
        (error.projection(), error.position()),
        (Sum::DESCRIPTOR.name, Some(position)),
        "it is told what has stopped, and where"
    );
    let event = error.event().expect("it is told at which event");
    assert!(event.name == ADDED && is_cause(&event.cause), "{error}");

    let answers = app.view::<Answers>().after(position).global().await;
    answers.expect("a projection that does not read the event goes on");
    for status in app.status().await.expect("the store tells the status") {
        let has_stopped = matches!(&status.state, ProjectionState::Stopped { .. });
        assert_eq!(
            has_stopped,
            status.name == Sum::DESCRIPTOR.name,
            "{status:?}"
        );
        assert!(
            !has_stopped || status.checkpoint < position,
            "its checkpoint stays before the event: {status:?}"
        );
        let told = format!("{status:?} {error}");
        assert!(!told.contains(CANARY), "a payload is told: {told}");
    }
}

/// The operator passes it over, and all goes on without it.
async fn pass_over<S: EventStore>(program: &Program<S>, position: Position) {
    let skipped = program.app.skip::<Sum>(position, REASON).await;
    skipped.expect("an operator may pass over an event");
    let settled = program.app.settled().await;
    assert!(
        settled.is_ok(),
        "all goes on behind what is passed over: {settled:?}"
    );
    assert_eq!(
        program.rows::<Sum>().await,
        scratch(program.app.store()).await,
        "the rows hold all but what is passed over"
    );
}
