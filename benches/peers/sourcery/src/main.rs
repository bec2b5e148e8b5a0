//! The bank on sourcery. The questions that it answers: `benches/measure/src/peer.rs`; it has no SQLite store and is asked of PostgreSQL and to
//! replay alone.

mod bank;
mod postgres;
mod replay;

use measure::peer::{Answer, Database, Question};

#[tokio::main]
async fn main() {
    let answer: Answer = match Question::asked() {
        Question::Replay {
            events,
            stream_length,
        } => replay::measured(events, stream_length),
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
        other => panic!("it has no SQLite store: {other:?}"),
    };
    answer.print();
}
