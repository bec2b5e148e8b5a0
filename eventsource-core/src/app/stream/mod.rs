//! Live queries: a read model's rows, and how they change.

mod following;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use self::following::{Following, Wanted};
use super::ViewError;
use super::list::List;
use super::pull::Pull;
use super::view::{View, row_error};
use crate::Projection;
use crate::store::EventStore;

/// How a read model has changed.
///
/// Applied one after the other to an empty picture, the changes keep it equal to the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change<P> {
    /// A row that was not there; at first, each row that is there already.
    Inserted(P),
    /// A row as it is now.
    Updated(P),
    /// A row that is gone, as it was last seen.
    Removed(P),
}

impl<P> Change<P> {
    /// The row: as it is now, or as it was last seen.
    pub fn row(&self) -> &P {
        match self {
            Self::Inserted(row) | Self::Updated(row) | Self::Removed(row) => row,
        }
    }
}

/// The rows of a read model, and how they change from then on: a [`Stream`]. Made by [`View::stream`], [`View::stream_of`] and
/// [`List::stream`].
///
/// It begins with the rows that are there. Whenever the projection has moved on, it reads again and yields the difference, rows that are
/// gone first. A reader that is slower than the changes misses the states in between, never the last one: nothing piles up behind it. The
/// rows that it has shown are kept to be compared with, so ask for those that you need, with a filter and a limit.
///
/// It is woken within the program that feeds the projection; beside it, it looks for changes every 100 milliseconds at most. It reads for
/// at most a tenth of its time, so a list that takes 10 milliseconds to read is read every 100.
///
/// It ends when the app is shut down, and keeps the app alive as a clone does. An error that lies in what was asked for ends it too. After
/// any other error it goes on where it was, behind a pause that grows from 50 milliseconds to 10 seconds.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Changes<P> {
    pull: Pull<Result<Change<P>, ViewError>>,
}

// No item is ever pinned.
impl<P> Unpin for Changes<P> {}

impl<P> Changes<P> {
    /// The next change; `None` when there will be none. Dropping the wait loses nothing.
    pub async fn next(&mut self) -> Option<Result<Change<P>, ViewError>> {
        std::future::poll_fn(|context| self.pull.poll(context)).await
    }
}

impl<P> Stream for Changes<P> {
    type Item = Result<Change<P>, ViewError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().pull.poll(context)
    }
}

impl<P: Projection> fmt::Debug for Changes<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes")
            .field("projection", &P::DESCRIPTOR.name)
            .field("version", &P::DESCRIPTOR.version)
            .finish_non_exhaustive()
    }
}

impl<S: EventStore, P: Projection> View<'_, S, P> {
    /// All rows, and how they change from then on. With [`after`](Self::after), it begins behind that position.
    ///
    /// ```no_run
    /// # use eventsource_core::{App, MemoryStore, Projection, ViewError};
    /// # use eventsource_core::app::Change;
    /// # async fn follow<P: Projection + std::fmt::Debug>(app: App<MemoryStore>) -> Result<(), ViewError> {
    /// let mut changes = app.view::<P>().stream();
    /// while let Some(change) = changes.next().await {
    ///     match change? {
    ///         Change::Inserted(row) | Change::Updated(row) => println!("now {row:?}"),
    ///         Change::Removed(row) => println!("gone: {row:?}"),
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(self) -> Changes<P> {
        self.list().stream()
    }

    /// The row of this key, and how it changes from then on.
    pub fn stream_of(self, key: &P::Key) -> Changes<P> {
        let wanted = P::key_value(key).map(Wanted::Row);
        changes(&self, wanted.map_err(row_error::<P>))
    }
}

impl<S: EventStore, P: Projection> List<'_, S, P> {
    /// These rows, and how they change from then on. A row that no longer passes the filters, or that others have pushed beyond the limit,
    /// is gone as if it were removed.
    pub fn stream(self) -> Changes<P> {
        let wanted = self.view.app.feed::<P>().and_then(|feed| {
            let query = self.selection.query::<P>(&feed.table)?;
            Ok(Wanted::List(query))
        });
        changes(&self.view, wanted)
    }
}

fn changes<S: EventStore, P: Projection>(
    view: &View<'_, S, P>,
    wanted: Result<Wanted, ViewError>,
) -> Changes<P> {
    let following = Following::<S, P>::new(view.app.clone(), view.after, wanted);
    Changes {
        pull: Pull::new(following),
    }
}
