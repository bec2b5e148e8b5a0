//! The events of the whole log.

use std::collections::VecDeque;
use std::sync::Arc;

use eventsource_core::Position;
use eventsource_core::store::{Direction, ReadLog, StoreError, Visitor};

use super::Showing;
use crate::connect::Server;
use crate::error::Failed;
use crate::pages::{self, Before, Pages};
use crate::scan::Scan;
use crate::schema::{self, Layout};

/// How many messages are read at once, to be shown the last one first.
const WINDOW: u64 = 500;

/// So many events are a page of a way through the log.
const PAGE: usize = 256;

/// Every version.
const ALL: std::ops::RangeInclusive<u64> = 0..=u64::MAX;

/// The position of the last event, from the leader, and how the log is laid out.
pub(crate) async fn head(server: &Server) -> Result<(Position, Layout), StoreError> {
    server
        .patiently("reading the log's end", || async {
            match schema::info(server, server.subjects.log()).await? {
                Some(info) => Ok((
                    Position::from_raw(info.state.last_sequence),
                    Layout::of(&info),
                )),
                None => Err(Failed::For(server.place.not_prepared())),
            }
        })
        .await
}

/// Shows the events that are asked for, and gives the visitor back.
pub(crate) async fn read<V: Visitor>(
    server: &Server,
    layout: Layout,
    pages: &Arc<Pages>,
    read: ReadLog,
    visitor: V,
) -> Result<V, StoreError> {
    // Those that share a position are shown together, so the limit is looked at between messages.
    let mut showing = Showing::new(visitor, usize::MAX);
    let mut left = read.limit;
    match read.direction {
        Direction::Forward => {
            // A look at a few events is no page, and costs no consumer.
            let pages = Some(pages).filter(|_| read.limit >= PAGE);
            let mut scan = after(server, layout, pages, read).await?;
            let mut shown = VecDeque::new();
            loop {
                if left == 0 || showing.over {
                    if let Some(pages) = pages {
                        pages.ended(&mut scan, shown);
                    }
                    break;
                }
                let Some(stored) = scan.next().await? else {
                    break;
                };
                let before = showing.left;
                showing.forward(&server.place, &stored, &ALL)?;
                left = left.saturating_sub(before - showing.left);
                pages::keep(&mut shown, stored);
            }
        }
        Direction::Backward => {
            let (head, _) = head(server).await?;
            let head = head.as_raw();
            let mut end = read.cursor.as_raw().min(head.saturating_add(1));
            while left > 0 && !showing.over && end > 1 {
                let messages = u64::try_from(left).unwrap_or(u64::MAX).min(WINDOW);
                let begin = end.saturating_sub(messages).max(1);
                let mut scan = Scan::new(
                    server,
                    server.subjects.log(),
                    server.subjects.all_events(),
                    begin,
                    Some(end - 1),
                );
                let mut window = Vec::new();
                while let Some(stored) = scan.next().await? {
                    window.push(stored);
                }
                for stored in window.iter().rev() {
                    if left == 0 || showing.over {
                        break;
                    }
                    let before = showing.left;
                    showing.backward(&server.place, stored, &ALL)?;
                    left = left.saturating_sub(before - showing.left);
                }
                end = begin;
            }
        }
    }
    Ok(showing.visitor)
}

/// A way through the log from the cursor on: where the page before this one has left it, or a new one.
async fn after<'a>(
    server: &'a Server,
    layout: Layout,
    pages: Option<&Arc<Pages>>,
    read: ReadLog,
) -> Result<Scan<'a>, StoreError> {
    // A server that is behind the leader may answer batches, and has to be asked to the leader's end.
    let until = if layout.replicated {
        Some(head(server).await?.0.as_raw())
    } else {
        None
    };
    let from = read.cursor.as_raw().saturating_add(1);
    let log = server.subjects.log();
    let scan = Scan::new(server, log, server.subjects.all_events(), from, until);
    // Each message has an event at least.
    let mut scan = scan.at_most(read.limit);
    match pages.map_or(Before::None, |pages| pages.before(from)) {
        Before::None => {}
        Before::Page => scan.flow_if_long().await?,
        Before::Flow(left) => return Ok(scan.resumed(*left)),
    }
    Ok(scan)
}
