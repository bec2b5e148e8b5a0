//! The messages of a subject, one after another, up to where they have to reach.
//!
//! They are read by batches, which cost little to begin. Where many are left, they flow.

use std::collections::VecDeque;
use std::time::Duration;

use eventsource_core::store::StoreError;
use tokio::time::Instant;

use crate::connect::Server;
use crate::error::Failed;
use crate::fetch::{BATCH, Batch, Get, Next, Stored};
use crate::flow::Flow;

/// How much one batch asks for, at first and at most, in bytes: who wants one event does not pay for many, and who wants all waits seldom.
const BYTES: (usize, usize) = (64 * 1024, 4 * 1024 * 1024);

/// How the size of a batch grows.
const GROWTH: usize = 4;

/// The pause before a batch that was lost is asked for again.
const PAUSE: Duration = Duration::from_millis(50);

/// So many messages are worth a flow: they take a batch about thirty times as long as it takes to make a consumer.
const MANY: u64 = 4096;

/// A way through the messages of a subject, in their order.
pub(crate) struct Scan<'a> {
    server: &'a Server,
    stream: String,
    subject: String,
    from: u64,
    until: Option<u64>,
    /// What is at hand already.
    ready: VecDeque<Stored>,
    batch: Option<Batch>,
    flow: Option<Flowing>,
    may_flow: bool,
    bytes: usize,
    /// How many messages the next batch has at most, and how many one may have.
    messages: usize,
    most: usize,
    /// Since when the server has been away.
    away: Option<Instant>,
}

/// A flow, how far it is known to come, and the sequence from which on it goes.
struct Flowing {
    flow: Flow,
    until: u64,
    next: u64,
}

impl<'a> Scan<'a> {
    /// All messages of the subject from this sequence on. With `until`, the scan goes on until it has reached that sequence, also where a server
    /// that answers is behind; without, to where the stream itself ends on the server that answers: right where there is but one copy.
    pub(crate) fn new(
        server: &'a Server,
        stream: impl Into<String>,
        subject: impl Into<String>,
        from: u64,
        until: Option<u64>,
    ) -> Self {
        Self {
            server,
            stream: stream.into(),
            subject: subject.into(),
            from,
            until,
            ready: VecDeque::new(),
            batch: None,
            flow: None,
            may_flow: true,
            bytes: BYTES.0,
            messages: BATCH,
            most: BATCH,
            away: None,
        }
    }

    /// Needs no more messages than so many.
    pub(crate) fn at_most(mut self, messages: usize) -> Self {
        self.most = messages.clamp(1, BATCH);
        self.messages = self.most;
        self.may_flow = messages > BATCH;
        self
    }

    /// Goes on from where another scan of the subject was left.
    pub(crate) fn resumed(mut self, left: Left) -> Self {
        let from = self.from;
        self.ready = left.before;
        self.ready.retain(|stored| stored.sequence >= from);
        self.flow = Some(left.flowing);
        self
    }

    /// What another scan can go on from: `shown` are the last messages that this one gave. `None` where nothing flows.
    pub(crate) fn leave(&mut self, mut shown: VecDeque<Stored>) -> Option<Box<Left>> {
        let flowing = self.flow.take()?;
        // What was at hand and not asked for is not in the flow any more.
        shown.append(&mut self.ready);
        Some(Box::new(Left {
            before: shown,
            flowing,
        }))
    }

    /// The next message; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Stored>, StoreError> {
        loop {
            if self.until.is_some_and(|until| self.from > until) {
                return Ok(None);
            }
            if let Some(stored) = self.ready.pop_front() {
                self.from = stored.sequence.saturating_add(1);
                return Ok(Some(stored));
            }
            if let Some(flowing) = self.flow.take() {
                if self.from > flowing.until && self.until.is_none() {
                    // It has come to where the subject ended when it was looked at.
                    let Some(end) = self.end().await? else {
                        return Ok(None);
                    };
                    self.flow = Some(Flowing {
                        until: end,
                        ..flowing
                    });
                } else if let Some(stored) = self.flowing(flowing).await? {
                    return Ok(Some(stored));
                }
                continue;
            }
            let mut batch = match self.batch.take() {
                Some(batch) => batch,
                None => self.ask().await?,
            };
            match batch.next().await {
                Ok(Next::Message(stored)) => {
                    self.batch = Some(batch);
                    self.away = None;
                    self.from = stored.sequence.saturating_add(1);
                    return Ok(Some(stored));
                }
                Ok(Next::End {
                    pending: pending @ 1..,
                    ..
                }) => {
                    self.messages = (self.messages + self.messages / 4 + 1).min(self.most);
                    if pending >= MANY {
                        self.flow_on().await?;
                    }
                }
                Ok(Next::End {
                    pending: 0,
                    original,
                }) => {
                    if self.until.is_none() && original {
                        return Ok(None);
                    }
                    // The server that answered may be behind. The leader is not.
                    let get = Get::next(&self.subject, self.from);
                    let Some(stored) = self.server.get(&self.stream, get).await? else {
                        return Ok(None);
                    };
                    self.from = stored.sequence.saturating_add(1);
                    return Ok(Some(stored));
                }
                Err(Failed::For(error)) => return Err(error),
                Err(Failed::Away(error)) => self.again(batch.count(), error).await?,
            }
        }
    }

    /// Lets what is left flow, if it is much. For a subject whose every message of the stream is of it.
    pub(crate) async fn flow_if_long(&mut self) -> Result<(), StoreError> {
        self.may_flow = true;
        match self.end().await? {
            Some(end) if end - self.from >= MANY => self.begin(end).await,
            _ => {}
        }
        Ok(())
    }

    async fn flow_on(&mut self) -> Result<(), StoreError> {
        if self.may_flow
            && let Some(end) = self.end().await?
        {
            self.begin(end).await;
        }
        Ok(())
    }

    async fn begin(&mut self, until: u64) {
        // Where there is none, batches do.
        self.may_flow = false;
        let flow = self.server.flow(&self.stream, &self.subject, self.from);
        self.flow = flow.await.map(|flow| Flowing {
            flow,
            until,
            next: self.from,
        });
    }

    /// The last message of the subject, from the leader, unless the scan is behind it.
    async fn end(&mut self) -> Result<Option<u64>, StoreError> {
        let last = Get::last(&self.subject);
        let last = self.server.get(&self.stream, last).await?;
        let end = last.map_or(0, |last| last.sequence);
        Ok((end >= self.from).then_some(end))
    }

    /// The next message of the flow; `None` where it has dried up, and batches are asked for.
    async fn flowing(&mut self, mut flowing: Flowing) -> Result<Option<Stored>, StoreError> {
        match self.server.flowing(&mut flowing.flow).await {
            Ok(stored) if stored.sequence >= self.from => {
                self.from = stored.sequence.saturating_add(1);
                flowing.next = self.from;
                self.flow = Some(flowing);
                Ok(Some(stored))
            }
            Ok(_) | Err(Failed::Away(_)) => Ok(None),
            Err(Failed::For(error)) => Err(error),
        }
    }

    /// After a batch of which only so many messages came: the rest is asked for again, in smaller batches, until the patience ends.
    async fn again(&mut self, came: usize, error: StoreError) -> Result<(), StoreError> {
        self.messages = (came / 2).max(1);
        // While some come, it goes on.
        if came > 0 {
            return Ok(());
        }
        let since = *self.away.get_or_insert_with(Instant::now);
        if since.elapsed() > self.server.patience {
            return Err(error);
        }
        tokio::time::sleep(PAUSE).await;
        Ok(())
    }

    /// Asks for a batch, which is larger than the one before.
    async fn ask(&mut self) -> Result<Batch, StoreError> {
        let bytes = self.bytes;
        self.bytes = (bytes * GROWTH).min(BYTES.1);
        self.server
            .batch(&self.stream, &self.subject, self.from, self.messages, bytes)
            .await
    }
}

/// What a scan has left, for another scan of the same subject.
pub(crate) struct Left {
    /// The messages right before those that flow: the last ones that were given, which may be asked for once more, and what was at hand.
    before: VecDeque<Stored>,
    flowing: Flowing,
}

impl Left {
    /// Whether a scan from this sequence on can go on with it. For a subject whose every message of the stream is of it.
    pub(crate) fn reaches(&self, from: u64) -> bool {
        let next = self.flowing.next;
        let first = self.before.front().map_or(next, |first| first.sequence);
        (first..=next).contains(&from)
    }
}
