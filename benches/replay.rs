//! From stored bytes to a state, in memory: `cargo bench --bench replay`, with the peers `cargo bench --bench replay -- --peers`.

use std::hint::black_box;

use eventsource_benches::peers::{self, Peer};
use eventsource_benches::{bank, by_hand};
use eventsource_core::{Aggregate as _, Stored};
use measure::history::{Event, History};
use measure::peer::{Answer, Question};
use measure::race::{Race, Target};
use measure::{allocations, nanoseconds};

const EVENTS: usize = 1_000_000;
const STREAM_LENGTH: usize = 1_000;
const ROUNDS: usize = 21;

const BY_HAND: &str = "by hand: match, from_slice, fold";
const OURS: &str = "eventsource: Aggregate::replay";

fn by_hand(history: &History) {
    for stream in history.streams() {
        let mut account = by_hand::bank::Account::default();
        for event in stream {
            account
                .replay(event.name, event.payload)
                .expect("the event is as it was written");
        }
        black_box(&account);
    }
}

fn by_hand_old(history: &History) {
    for stream in history.streams() {
        let mut account = by_hand::bank::Account::default();
        for event in stream {
            account
                .replay_v1(event.name, event.payload)
                .expect("the event is as it was written");
        }
        black_box(&account);
    }
}

fn ours(history: &History) {
    for stream in history.streams() {
        let mut account = bank::Account::default();
        for event in stream {
            account
                .replay(&stored(&event))
                .expect("the event is as it was written");
        }
        black_box(&account);
    }
}

fn stored<'a>(event: &Event<'a>) -> Stored<'a> {
    Stored {
        name: event.name,
        version: event.version,
        payload: event.payload,
    }
}

fn timed(history: &History, work: impl Fn(&History)) -> Answer {
    Answer {
        value: nanoseconds(history.events(), || work(history)),
        beside: allocations(history.events(), || work(history)),
    }
}

/// The states that both programs come to must be the same, or the figures tell nothing.
fn check(history: &History) {
    for stream in history.streams() {
        let (mut left, mut right) = (by_hand::bank::Account::default(), bank::Account::default());
        for event in stream {
            left.replay(event.name, event.payload)
                .expect("the event is as it was written");
            right
                .replay(&stored(&event))
                .expect("the event is as it was written");
        }
        assert_eq!(left.balance(), right.balance());
    }
}

fn main() {
    let peers = Peer::asked_for(peers::REPLAY);
    let current = History::new(EVENTS, STREAM_LENGTH);
    check(&current);
    let mut race = Race::new(
        format!("{EVENTS} events of 60 bytes, current versions, in streams of {STREAM_LENGTH}"),
        "ns an event",
    )
    .beside("allocations an event");
    race.runner(BY_HAND, || Some(timed(&current, by_hand)));
    race.runner(OURS, || Some(timed(&current, ours)));
    let outcome = race.run(ROUNDS, true);
    outcome.target(OURS, Target::AtMost(1.10));

    let old = History::of_old_deposits(EVENTS);
    let mut race = Race::new(
        format!("{EVENTS} deposits of schema version 1, read as version 3 by field attributes"),
        "ns an event",
    )
    .beside("allocations an event");
    let old_by_hand = "by hand: the old struct, and From";
    race.runner(old_by_hand, || Some(timed(&old, by_hand_old)));
    race.runner(OURS, || Some(timed(&old, ours)));
    let outcome = race.run(ROUNDS, true);
    outcome.target(OURS, Target::AtMost(1.3));

    if peers.is_empty() {
        return;
    }
    for stream_length in [10, STREAM_LENGTH, 100_000] {
        let history = History::new(EVENTS, stream_length);
        let mut race = Race::new(
            format!("beside the published crates, in streams of {stream_length}"),
            "ns an event",
        )
        .beside("allocations an event");
        race.runner(BY_HAND, || Some(timed(&history, by_hand)));
        race.runner(OURS, || Some(timed(&history, ours)));
        for peer in &peers {
            if peer.name() == "evento" && stream_length > usize::from(u16::MAX) {
                println!("(evento: a stream holds at most 65,535 events)");
                continue;
            }
            race.runner(peer.name(), || {
                peer.ask(&Question::Replay {
                    events: EVENTS,
                    stream_length,
                })
            });
        }
        let _ = race.run(5, true);
    }
}
