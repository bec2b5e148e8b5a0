//! The bank on distributed. The questions that it answers: `benches/measure/src/peer.rs`; it is not asked to replay.

mod bank;
mod sqlite;

use measure::peer::{Answer, Database, Question};

#[tokio::main]
async fn main() {
    let answer: Answer = match Question::asked() {
        Question::Commands {
            database: Database::File(file),
            streams,
            tasks,
            commands,
        } => sqlite::commands(&file, streams, tasks, commands).await,
        Question::Load {
            database: Database::File(file),
            events,
        } => sqlite::load(&file, events).await,
        other => panic!("it is asked for commands and loads on SQLite alone: {other:?}"),
    };
    answer.print();
}
