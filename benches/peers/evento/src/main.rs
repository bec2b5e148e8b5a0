//! The bank on evento. The questions that it answers: `benches/measure/src/peer.rs`.

mod bank;
mod replay;
mod sqlite;

use measure::peer::{Answer, Question};

#[tokio::main]
async fn main() {
    let answer: Answer = match Question::asked() {
        Question::Replay {
            events,
            stream_length,
        } => replay::measured(events, stream_length),
        Question::Commands {
            file,
            streams,
            tasks,
            commands,
        } => sqlite::commands(&file, streams, tasks, commands).await,
        Question::Load { file, events } => sqlite::load(&file, events).await,
        other @ Question::Rebuild { .. } => panic!("it is not asked for a read model: {other:?}"),
    };
    answer.print();
}
