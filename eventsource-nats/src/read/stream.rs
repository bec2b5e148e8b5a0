//! The events of one stream.

use eventsource_core::store::{Direction, ReadStream, SnapshotRef, StoreError, Visitor};

use super::Showing;
use crate::connect::Server;
use crate::fetch::Stored;
use crate::scan::Scan;
use crate::schema::Layout;
use crate::tails::{Tail, Tails};

/// How many versions are read at once, to be shown the last one first.
const WINDOW: u64 = 1000;

/// Shows the events that are asked for, and gives the visitor back.
pub(crate) async fn read<V: Visitor>(
    server: &Server,
    layout: Layout,
    tails: &Tails,
    read: ReadStream,
    visitor: V,
) -> Result<V, StoreError> {
    match read.direction {
        Direction::Forward => forward(server, layout, tails, read, visitor).await,
        Direction::Backward => backward(server, layout, tails, read, visitor).await,
    }
}

async fn forward<V: Visitor>(
    server: &Server,
    layout: Layout,
    tails: &Tails,
    read: ReadStream,
    mut visitor: V,
) -> Result<V, StoreError> {
    let (mut from, mut sequence) = (read.from.max(1), 1);
    if let (1, Some(schema)) = (from, read.snapshot)
        && let Some(kept) = server.snapshot(&read.stream, schema).await?
        && kept.version <= read.to
        && visitor.snapshot(SnapshotRef {
            version: kept.version,
            position: kept.position,
            state: &kept.state,
        })
    {
        from = kept.version.saturating_add(1);
        sequence = kept.position.as_raw().saturating_add(1);
    }
    if from > read.to {
        return Ok(visitor);
    }
    // A server that is behind the leader may answer batches, and has to be asked to the leader's end.
    let mut until = None;
    let searched = sequence == 1 && from > 1;
    if layout.replicated || searched {
        let Some(last) = server.last_of(&read.stream).await? else {
            return Ok(visitor);
        };
        if searched {
            if last.message(&server.place)?.last_version() < from {
                return Ok(visitor);
            }
            sequence = server.locate(&read.stream, from, &last).await?;
        }
        until = Some(last.sequence);
    }
    let versions = from..=read.to;
    let subject = server.subjects.events(&read.stream);
    let mut scan = Scan::new(server, server.subjects.log(), subject, sequence, until);
    if !searched {
        // Each message has an event at least.
        scan = scan.at_most(read.limit);
    }
    let mut showing = Showing::new(visitor, read.limit);
    let mut tail = None;
    while !showing.over {
        let Some(stored) = scan.next().await? else {
            // All of the stream was seen.
            if let Some(tail) = tail {
                tails.learn(&read.stream, tail);
            }
            break;
        };
        let seen = Tail::at(server, &stored)?;
        if seen.version >= from {
            showing.forward(&server.place, &stored, &versions)?;
        }
        if seen.version >= read.to {
            break;
        }
        tail = Some(seen);
    }
    Ok(showing.visitor)
}

async fn backward<V: Visitor>(
    server: &Server,
    layout: Layout,
    tails: &Tails,
    read: ReadStream,
    visitor: V,
) -> Result<V, StoreError> {
    let Some(last) = server.last_of(&read.stream).await? else {
        return Ok(visitor);
    };
    let tail = Tail::at(server, &last)?;
    tails.learn(&read.stream, tail);
    let from = read.from.max(1);
    let mut to = read.to.min(tail.version);
    let mut showing = Showing::new(visitor, read.limit);
    while !showing.over && to >= from {
        let left = u64::try_from(showing.left).unwrap_or(u64::MAX);
        let low = to.saturating_sub(left.min(WINDOW) - 1).max(from);
        let versions = low..=to;
        for stored in window(server, layout, &read, &last, low, to)
            .await?
            .iter()
            .rev()
        {
            if !showing.over {
                showing.backward(&server.place, stored, &versions)?;
            }
        }
        to = low - 1;
    }
    Ok(showing.visitor)
}

/// The messages that hold these versions.
async fn window(
    server: &Server,
    layout: Layout,
    read: &ReadStream,
    last: &Stored,
    low: u64,
    high: u64,
) -> Result<Vec<Stored>, StoreError> {
    if last.message(&server.place)?.first_version <= low {
        return Ok(vec![last.clone()]);
    }
    let sequence = server.locate(&read.stream, low, last).await?;
    let subject = server.subjects.events(&read.stream);
    let until = layout.replicated.then_some(last.sequence);
    let mut scan = Scan::new(server, server.subjects.log(), subject, sequence, until);
    let mut found = Vec::new();
    while let Some(stored) = scan.next().await? {
        let message = stored.message(&server.place)?;
        let (first, end) = (message.first_version, message.last_version());
        if end >= low && first <= high {
            found.push(stored);
        }
        if end >= high {
            break;
        }
    }
    Ok(found)
}

impl Tail {
    /// The end of a stream whose last message this is.
    pub(crate) fn at(server: &Server, last: &Stored) -> Result<Self, StoreError> {
        let message = last.message(&server.place)?;
        Ok(Self {
            version: message.last_version(),
            sequence: last.sequence,
            recorded_at: message.recorded_at,
        })
    }
}
