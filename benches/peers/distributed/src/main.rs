//! The bank on distributed. The questions that it answers: `benches/measure/src/peer.rs`; it is not asked to replay.

mod bank;
mod sqlite;

use measure::peer::{Answer, Question};

#[tokio::main]
async fn main() {
    let answer: Answer = match Question::asked() {
        Question::Commands {
            file,
            streams,
            tasks,
            commands,
        } => sqlite::commands(&file, streams, tasks, commands).await,
        Question::Load { file, events } => sqlite::load(&file, events).await,
        other @ Question::Rebuild { .. } => panic!("it is not asked for a read model: {other:?}"),
        other @ Question::Replay { .. } => {
            panic!("it has no way to replay without a store: {other:?}")
        }
    };
    answer.print();
}
