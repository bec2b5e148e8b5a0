//! A log as JSON lines.

use std::io::Write;

use serde::Serialize;

use super::line::{Count, EventLine, FORMAT, Heading};
use super::source::Source;
use super::{Mark, MoveError};
use crate::store::EventStore;

/// Writes the events behind a mark, a line each: all of the log from [`Mark::default`], else what follows the lines that were written before. A line
/// that counts them ends it. Returns the mark behind the last event.
///
/// Events that are appended meanwhile may be among them or not: end the programs that append before the last export.
///
/// It writes where it stands, without leaving the task: give it a runtime, or a task, that nobody else waits for.
///
/// # Errors
///
/// When the store or the writer fails. What was written is whole lines and at most one that is not: [`Mark::of`] finds where to go on.
pub async fn export<S: EventStore>(
    store: &S,
    mut to: impl Write + Send,
    behind: Mark,
) -> Result<Mark, MoveError> {
    let mut mark = behind;
    let failed = |mark: Mark| {
        move |source| MoveError::Io {
            doing: "writing lines",
            events: mark.events,
            source,
        }
    };
    if mark == Mark::default() {
        let heading = Heading {
            eventsource_log: FORMAT,
        };
        line(&mut to, &heading).map_err(failed(mark))?;
    }
    let mut source = Source::behind(store, mark.position);
    loop {
        let page = source.next().await?;
        if page.is_empty() {
            break;
        }
        for moving in &page {
            let next = mark.behind(moving);
            line(&mut to, &EventLine::of(moving, next.chain)).map_err(failed(mark))?;
            mark = next;
        }
    }
    let count = Count {
        events: mark.events,
        chain: mark.chain.to_string(),
    };
    line(&mut to, &count).map_err(failed(mark))?;
    to.flush().map_err(failed(mark))?;
    Ok(mark)
}

fn line(to: &mut impl Write, line: &impl Serialize) -> std::io::Result<()> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    to.write_all(&bytes)
}
