//! The read side.

use std::fmt;
use std::marker::PhantomData;

use super::feed::Feed;
use super::list::{List, Selection};
use super::{App, ViewError};
use crate::projection::RowError;
use crate::store::{EventStore, Value};
use crate::{Position, Projection};

/// A read model, to be asked. Made by [`App::view`].
///
/// It shows what its projection has folded so far. [`after`](Self::after) waits for what was just written.
#[must_use = "ask it with `get`, `global`, `list` or `stream`"]
pub struct View<'a, S, P> {
    pub(super) app: &'a App<S>,
    pub(super) after: Option<Position>,
    projection: PhantomData<fn() -> P>,
}

impl<S: EventStore> App<S> {
    /// The read model of a projection.
    pub fn view<P: Projection>(&self) -> View<'_, S, P> {
        View {
            app: self,
            after: None,
            projection: PhantomData,
        }
    }

    /// The projection, where the app has it.
    pub(super) fn feed<P: Projection>(&self) -> Result<&Feed, ViewError> {
        if self.inner.is_shut_down() {
            return Err(ViewError::ShutDown);
        }
        let descriptor = P::DESCRIPTOR;
        self.inner.feed(descriptor).ok_or(ViewError::NotRegistered {
            projection: descriptor.name,
            version: descriptor.version,
        })
    }
}

impl<'a, S: EventStore, P: Projection> View<'a, S, P> {
    /// Waits, when it is asked, until the projection has passed this position, as long as the builder's `after_timeout` says.
    pub fn after(mut self, position: Position) -> Self {
        self.after = Some(position);
        self
    }

    /// The row of this key; `None` when there is none.
    ///
    /// # Errors
    ///
    /// [`ViewError`] tells them apart.
    pub async fn get(&self, key: &P::Key) -> Result<Option<P>, ViewError> {
        let key = P::key_value(key).map_err(row_error::<P>)?;
        self.row(key).await
    }

    /// All rows, in the order of their keys, or those that the list is narrowed to. It is read when it is awaited.
    pub fn list(self) -> List<'a, S, P> {
        List {
            view: self,
            selection: Selection::default(),
        }
    }

    async fn row(&self, key: Value) -> Result<Option<P>, ViewError> {
        let feed = self.feed().await?;
        let mut rows = feed.views.rows(&feed.table, vec![key]).await?;
        rows.pop()
            .flatten()
            .map(P::from_row)
            .transpose()
            .map_err(row_error::<P>)
    }

    /// The projection, once its table can be read.
    pub(super) async fn feed(&self) -> Result<&'a Feed, ViewError> {
        let feed = self.app.feed::<P>()?;
        feed.ready(self.after, self.app.inner.after_timeout).await?;
        Ok(feed)
    }
}

impl<S: EventStore, P: Projection<Key = ()>> View<'_, S, P> {
    /// The one row of a `key = global` read model; as `Default` makes it while nothing has happened.
    ///
    /// # Errors
    ///
    /// [`ViewError`] tells them apart.
    pub async fn global(&self) -> Result<P, ViewError> {
        Ok(match self.row(Value::Null).await? {
            Some(row) => row,
            None => P::begin(Value::Null).map_err(row_error::<P>)?,
        })
    }
}

impl<S, P: Projection> fmt::Debug for View<'_, S, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View")
            .field("projection", &P::DESCRIPTOR.name)
            .field("version", &P::DESCRIPTOR.version)
            .field("after", &self.after)
            .finish_non_exhaustive()
    }
}

pub(super) fn row_error<P: Projection>(source: RowError) -> ViewError {
    ViewError::Row {
        projection: P::DESCRIPTOR.name,
        source,
    }
}
