//! The bank on disintegrate. The questions that it answers: `benches/measure/src/peer.rs`; it has a PostgreSQL store alone.

mod bank;
mod postgres;

use measure::peer::{Answer, Database, Question};

#[tokio::main]
async fn main() {
    let answer: Answer = match Question::asked() {
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
        other => panic!("it has a PostgreSQL store alone: {other:?}"),
    };
    answer.print();
}
