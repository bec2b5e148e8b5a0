//! The bank on sourcery. The questions that it answers: `benches/measure/src/peer.rs`; it has no SQLite store and is asked to replay alone.

mod bank;
mod replay;

use measure::peer::Question;

fn main() {
    match Question::asked() {
        Question::Replay {
            events,
            stream_length,
        } => replay::measured(events, stream_length).print(),
        other => panic!("it has no SQLite store: {other:?}"),
    }
}
