//! The messages of a subject, one after another, up to where they have to reach.

use std::time::Duration;

use eventsource_core::store::StoreError;
use tokio::time::Instant;

use crate::connect::Server;
use crate::error::Failed;
use crate::fetch::{BATCH, Batch, Get, Next, Stored};

/// How much one batch asks for, at first and at most, in bytes: who wants one event does not pay for many, and who wants all waits seldom.
const BYTES: (usize, usize) = (64 * 1024, 4 * 1024 * 1024);

/// How the size of a batch grows.
const GROWTH: usize = 4;

/// The pause before a batch that was lost is asked for again.
const PAUSE: Duration = Duration::from_millis(50);

/// A way through the messages of a subject, in their order.
pub(crate) struct Scan<'a> {
    server: &'a Server,
    stream: String,
    subject: String,
    from: u64,
    until: Option<u64>,
    batch: Option<Batch>,
    bytes: usize,
    /// How many messages the next batch has at most, and how many one may have.
    messages: usize,
    most: usize,
    /// Since when the server has been away.
    away: Option<Instant>,
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
            batch: None,
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
        self
    }

    /// The next message; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Stored>, StoreError> {
        loop {
            if self.until.is_some_and(|until| self.from > until) {
                return Ok(None);
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
                Ok(Next::End { pending: 1.., .. }) => {
                    self.messages = (self.messages + self.messages / 4 + 1).min(self.most);
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
