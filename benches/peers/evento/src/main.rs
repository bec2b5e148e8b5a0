//! The bank on evento. The questions that it answers: `benches/measure/src/peer.rs`.

mod bank;
mod postgres;
mod replay;
mod sqlite;

use measure::peer::{Answer, Database, Question};

#[tokio::main]
async fn main() {
    let answer: Answer = match Question::asked() {
        Question::Replay {
            events,
            stream_length,
        } => replay::measured(events, stream_length),
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
        Question::Commands {
            database: Database::Server(url),
            streams,
            tasks,
            commands,
        } => postgres::commands(&url, streams, tasks, commands).await,
        Question::Load {
            database: Database::Server(url),
            events,
        } => postgres::load(&url, events).await,
        Question::Balances { url, streams } => postgres::balances(&url, streams).await,
        other @ Question::Rebuild { .. } => panic!("it is not asked for a read model: {other:?}"),
    };
    answer.print();
}
