//! Raw events from the log, as they are recorded.

mod page;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use tokio::sync::watch;
use tokio::time::sleep;

use self::page::{Page, SCANNED_EVENTS, Selection};
use super::App;
use super::pull::{Pull, Pulled, Source};
use crate::backoff::Backoff;
use crate::store::{BoxFuture, EventStore, ReadLog, RecordedEvent, StoreError, StoreErrorKind};
use crate::{Event, EventType, Position, StreamName};

/// How many events are read ahead by default.
const PAGE_EVENTS: usize = 256;

/// What to be shown of the log. Made by [`App::subscribe`].
#[derive(Debug)]
#[must_use = "call `stream`"]
pub struct Subscribe<'a, S> {
    app: &'a App<S>,
    selection: Selection,
    after: Position,
    page: usize,
}

impl<S: EventStore> App<S> {
    /// The recorded events, from the log's start unless it is told otherwise, and those that come.
    ///
    /// ```no_run
    /// # use eventsource_core::{App, MemoryStore, Position};
    /// # async fn forward(app: App<MemoryStore>, seen: Position) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut events = app.subscribe().after(seen).in_category("order").stream();
    /// while let Some(event) = events.next().await {
    ///     let event = event?;
    ///     println!("{} {} in {}", event.position, event.name, event.stream);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn subscribe(&self) -> Subscribe<'_, S> {
        Subscribe {
            app: self,
            selection: Selection::default(),
            after: Position::START,
            page: PAGE_EVENTS,
        }
    }
}

impl<S: EventStore> Subscribe<'_, S> {
    /// Begins behind this position: the last one that was dealt with. Events may share a position, so keep it once all of them are dealt
    /// with, which is known when an event of another one comes. [`App::head`] is behind all that there is.
    pub fn after(mut self, position: Position) -> Self {
        self.after = position;
        self
    }

    /// Only events that are stored under this name; several names are alternatives.
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.selection.names.push(name.into());
        self
    }

    /// Only events of this type, under all names that it has or had; several types are alternatives.
    pub fn event<E: Event>(mut self) -> Self {
        let names = E::TYPES.iter().flat_map(EventType::names);
        self.selection.names.extend(names.map(str::to_owned));
        self
    }

    /// Only events of this aggregate's streams; several categories and streams are alternatives.
    pub fn in_category(mut self, aggregate: impl Into<String>) -> Self {
        self.selection.categories.push(aggregate.into());
        self
    }

    /// Only events of this stream; several categories and streams are alternatives.
    pub fn in_stream(mut self, stream: &StreamName) -> Self {
        self.selection.streams.push(stream.clone());
        self
    }

    /// Reads so many events ahead, at least 1, and those that share the last one's position. 256 by default; fewer when they are large.
    pub fn page(mut self, events: usize) -> Self {
        self.page = events.max(1);
        self
    }

    /// The events.
    pub fn stream(self) -> Subscription {
        let following = Following {
            app: self.app.clone(),
            stop: self.app.inner.stop.subscribe(),
            selection: Arc::new(self.selection),
            cursor: self.after,
            page: self.page,
            failures: Backoff::new(Duration::from_millis(50), Duration::from_secs(10)),
            pause: Duration::ZERO,
        };
        Subscription {
            pull: Pull::new(following),
        }
    }
}

/// Recorded events in the order of the log: a [`Stream`]. Made by [`Subscribe::stream`].
///
/// Every event that was asked for comes once, and none before an earlier one. It reads a page when the page before is taken, so that a slow
/// reader holds back its own reading and nothing else; a read of the whole log in between is filtered where the events are.
///
/// It ends when the app is shut down, and keeps the app alive as a clone does. After an error it goes on where it was, behind a pause that
/// grows from 50 milliseconds to 10 seconds.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Subscription {
    pull: Pull<Result<RecordedEvent, StoreError>>,
}

impl Subscription {
    /// The next event; `None` when there will be none. Dropping the wait loses nothing.
    pub async fn next(&mut self) -> Option<Result<RecordedEvent, StoreError>> {
        std::future::poll_fn(|context| self.pull.poll(context)).await
    }
}

impl Stream for Subscription {
    type Item = Result<RecordedEvent, StoreError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().pull.poll(context)
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").finish_non_exhaustive()
    }
}

/// What follows the log for one reader.
struct Following<S> {
    app: App<S>,
    stop: watch::Receiver<bool>,
    selection: Arc<Selection>,
    /// Up to here everything was seen.
    cursor: Position,
    page: usize,
    failures: Backoff,
    /// What is waited for before the next reading, after a failure.
    pause: Duration,
}

impl<S: EventStore> Following<S> {
    /// The next events: at least one.
    async fn events(&mut self) -> Result<Vec<RecordedEvent>, StoreError> {
        sleep(std::mem::take(&mut self.pause)).await;
        let store = &self.app.inner.store;
        let mut woken = false;
        loop {
            let read = ReadLog::after(self.cursor).limit(SCANNED_EVENTS);
            let page = Page::new(Arc::clone(&self.selection), self.page);
            let page = store.read_log(read, page).await?;
            self.failures.reset();
            self.cursor = page.seen.unwrap_or(self.cursor);
            if !page.taken.is_empty() {
                return Ok(page.taken);
            }
            if let Some(error) = page.failure {
                return Err(error);
            }
            if page.seen.is_some() {
                // A store in memory never waits by itself.
                tokio::task::yield_now().await;
                woken = false;
                continue;
            }
            if woken {
                // A store may wake early; it must not keep a processor busy.
                sleep(Duration::from_millis(1)).await;
            }
            store.wait(self.cursor).await;
            woken = true;
        }
    }
}

impl<S: EventStore> Source for Following<S> {
    type Item = Result<RecordedEvent, StoreError>;

    fn pull(mut self: Box<Self>) -> BoxFuture<'static, Pulled<Self::Item>> {
        Box::pin(async move {
            let mut stop = self.stop.clone();
            let events = tokio::select! {
                biased;
                _ = stop.wait_for(|told| *told) => return Pulled::end(),
                events = self.events() => events,
            };
            let items = match events {
                Ok(events) => events.into_iter().map(Ok).collect(),
                Err(error) if error.kind() == StoreErrorKind::Closed => return Pulled::end(),
                Err(error) => {
                    self.pause = self.failures.next();
                    vec![Err(error)]
                }
            };
            Pulled {
                items,
                next: Some(self),
            }
        })
    }
}
