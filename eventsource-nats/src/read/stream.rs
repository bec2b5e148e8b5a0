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
    let from = read.from.max(1);
    let mut kept = match (from, read.snapshot) {
        (1, Some(schema)) => server.snapshot(&read.stream, schema).await?,
        _ => None,
    };
    kept.take_if(|kept| kept.version > read.to);
    if from > read.to {
        return Ok(visitor);
    }
    // A server that is behind the leader may answer batches, and has to be asked to the leader's end.
    let mut until = None;
    let mut sequence = 1;
    if layout.replicated || from > 1 {
        let Some(last) = server.last_of(&read.stream).await? else {
            return Ok(visitor);
        };
        if from > 1 {
            if last.message(&server.place)?.last_version() < from {
                return Ok(visitor);
            }
            sequence = server.locate(&read.stream, from, &last).await?;
        }
        until = Some(last.sequence);
    }
    let subject = server.subjects.events(&read.stream);
    let scan = |sequence| Scan::new(server, server.subjects.log(), &*subject, sequence, until);
    let mut following = Following::behind(&read, from);
    if let Some(kept) = kept {
        let mut scan = scan(kept.position.as_raw()).at_most(read.limit.saturating_add(1));
        let first = scan.next().await?;
        // A snapshot is of what stands in the log, or of another one: that was restored from a backup, or has lost its end with the power.
        let holds = match &first {
            Some(first) => kept.is_of(first, &server.place)?,
            None => false,
        };
        if holds
            && visitor.snapshot(SnapshotRef {
                version: kept.version,
                position: kept.position,
                state: &kept.state,
            })
        {
            following.before = Some(kept.version);
            following.from = kept.version.saturating_add(1);
            following.tail = first.map(|first| Tail::at(server, &first)).transpose()?;
            return following.show(server, tails, scan, visitor).await;
        }
    }
    let mut scan = scan(sequence);
    if from == 1 {
        following.before = Some(0);
        // Each message has an event at least.
        scan = scan.at_most(read.limit);
    }
    following.show(server, tails, scan, visitor).await
}

/// A stream that is read forward: what is asked for, and what was seen.
struct Following<'a> {
    read: &'a ReadStream,
    /// The first version to show.
    from: u64,
    /// The last version of the message before, where it is known.
    before: Option<u64>,
    /// The end of the last message.
    tail: Option<Tail>,
}

impl<'a> Following<'a> {
    fn behind(read: &'a ReadStream, from: u64) -> Self {
        Self {
            read,
            from,
            before: None,
            tail: None,
        }
    }

    /// Shows what the scan comes to.
    async fn show<V: Visitor>(
        mut self,
        server: &Server,
        tails: &Tails,
        mut scan: Scan<'_>,
        visitor: V,
    ) -> Result<V, StoreError> {
        let versions = self.from..=self.read.to;
        let mut showing = Showing::new(visitor, self.read.limit);
        showing.over |= self.from > self.read.to;
        while !showing.over {
            let Some(stored) = scan.next().await? else {
                // All of the stream was seen.
                if let Some(tail) = self.tail {
                    tails.learn(&self.read.stream, tail);
                }
                break;
            };
            self.check(server, &stored)?;
            let seen = Tail::at(server, &stored)?;
            if seen.version >= self.from {
                showing.forward(&server.place, &stored, &versions)?;
            }
            if seen.version >= self.read.to {
                break;
            }
            self.before = Some(seen.version);
            self.tail = Some(seen);
        }
        Ok(showing.visitor)
    }

    /// Versions follow one another.
    fn check(&self, server: &Server, stored: &Stored) -> Result<(), StoreError> {
        let first = stored.message(&server.place)?.first_version;
        match self.before {
            Some(before) if first != before.saturating_add(1) => Err(server.place.corrupt(&format!(
                "message {} has version {first} of stream {}, and version {before} stands before it",
                stored.sequence, self.read.stream
            ))),
            _ => Ok(()),
        }
    }
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
