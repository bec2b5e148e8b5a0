//! The bank on cqrs-es and sqlite-es. The questions that it answers: `benches/measure/src/peer.rs`.

mod bank;
mod rebuild;
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
        Question::Rebuild { file, streams } => rebuild::measured(&file, streams).await,
    };
    answer.print();
}
