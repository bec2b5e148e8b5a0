//! Rows of a read model: narrowed, ordered, and page by page.

use std::fmt;
use std::future::IntoFuture;

use super::ViewError;
use super::filter::filter;
use super::view::{View, row_error};
use crate::projection::RowError;
use crate::store::{BoxFuture, EventStore, Order, Query, Row, Value, ViewTable};
use crate::{Position, Projection};

/// Rows of a read model. Awaiting it reads them.
///
/// They come in the order of their keys, or of another column. Page by page they are read from the last row of the page before, which costs
/// the same for the first page and the thousandth, and shows no row twice when rows come and go in between:
///
/// ```no_run
/// # use eventsource_core::{App, MemoryStore, Projection, ViewError};
/// # async fn pages<P: Projection>(app: App<MemoryStore>) -> Result<(), ViewError> {
/// let mut page = app.view::<P>().list().order_by("amount").descending().limit(50).await?;
/// while let Some(last) = page.last() {
///     let next = app.view::<P>().list().order_by("amount").descending().limit(50);
///     page = next.after_row(last).await?;
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "await it, or call `stream`"]
pub struct List<'a, S, P> {
    pub(super) view: View<'a, S, P>,
    pub(super) selection: Selection,
}

/// Which rows, as far as it can be said without the table.
#[derive(Default)]
pub(super) struct Selection {
    filters: Vec<(String, Value)>,
    order: Option<String>,
    descending: bool,
    limit: Option<usize>,
    behind: Option<Result<Behind, RowError>>,
}

/// Where the page before ended.
enum Behind {
    Key(Value),
    Row(Row),
}

impl<S: EventStore, P: Projection> List<'_, S, P> {
    /// Only rows whose column has this value; several filters must all hold. A column of another serde type is compared with the name of an
    /// enum's variant, or with any other text or number that it is kept as.
    pub fn filter(mut self, column: impl Into<String>, value: impl Into<Value>) -> Self {
        self.selection.filters.push((column.into(), value.into()));
        self
    }

    /// In the order of this column, least first, and of the keys among rows of the same value. Nulls come first; texts are compared by their
    /// bytes.
    pub fn order_by(mut self, column: impl Into<String>) -> Self {
        self.selection.order = Some(column.into());
        self
    }

    /// Greatest first, of the column of [`order_by`](Self::order_by), or of the keys.
    pub fn descending(mut self) -> Self {
        self.selection.descending = true;
        self
    }

    /// At most so many rows.
    pub fn limit(mut self, rows: usize) -> Self {
        self.selection.limit = Some(rows);
        self
    }

    /// Only rows behind this key, which need not be there any more. For rows in the order of their keys.
    pub fn after_key(mut self, key: &P::Key) -> Self {
        self.selection.behind = Some(P::key_value(key).map(Behind::Key));
        self
    }

    /// Only rows behind this one, the last of the page before, in whatever order the rows come. It need not be there any more.
    pub fn after_row(mut self, row: &P) -> Self {
        self.selection.behind = Some(row.to_row().map(Behind::Row));
        self
    }

    /// Waits, when it is awaited, until the projection has passed this position.
    pub fn after(mut self, position: Position) -> Self {
        self.view = self.view.after(position);
        self
    }

    async fn read(self) -> Result<Vec<P>, ViewError> {
        let feed = self.view.feed().await?;
        let query = self.selection.query::<P>(&feed.table)?;
        let rows = feed.views.query(&feed.table, query).await?;
        rows.into_iter()
            .map(|row| P::from_row(row).map_err(row_error::<P>))
            .collect()
    }
}

impl Selection {
    /// What the store is asked for. That there are such columns, the store checks.
    pub(super) fn query<P: Projection>(self, table: &ViewTable) -> Result<Query, ViewError> {
        let key_column = table.columns.iter().find(|column| column.key);
        // Backwards by key is an order of its own.
        let order = match (self.order, key_column) {
            (Some(column), _) => Some(column),
            (None, Some(key)) if self.descending => Some(key.name.clone()),
            (None, _) => None,
        };
        let place = |name: &str| table.columns.iter().position(|column| column.name == name);
        let (mut after_key, mut after_value) = (None, None);
        match self.behind.transpose().map_err(row_error::<P>)? {
            None => {}
            Some(Behind::Key(key)) => {
                if let Some(column) = &order
                    && key_column.is_none_or(|key| key.name != *column)
                {
                    return Err(ViewError::Page {
                        projection: P::DESCRIPTOR.name,
                        column: column.clone(),
                    });
                }
                after_value = order.is_some().then(|| key.clone());
                after_key = Some(key);
            }
            Some(Behind::Row(row)) => {
                let value = |place: usize| row.get(place).cloned();
                after_value = order.as_deref().and_then(place).and_then(value);
                let key = key_column.and_then(|key| place(&key.name));
                after_key = Some(key.and_then(value).unwrap_or(Value::Null));
            }
        }
        let filters = self
            .filters
            .into_iter()
            .map(|(column, value)| filter(table, P::DESCRIPTOR.name, column, value))
            .collect::<Result<_, _>>()?;
        Ok(Query {
            filters,
            order: order.map(|column| Order {
                column,
                descending: self.descending,
            }),
            limit: self.limit,
            after_key,
            after_value,
        })
    }
}

impl<'a, S: EventStore, P: Projection> IntoFuture for List<'a, S, P> {
    type Output = Result<Vec<P>, ViewError>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.read())
    }
}

impl<S, P: Projection> fmt::Debug for List<'_, S, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List")
            .field("view", &self.view)
            .field("selection", &self.selection)
            .finish()
    }
}

/// It shows no value that rows are compared with.
impl fmt::Debug for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns: Vec<&str> = self.filters.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Selection")
            .field("filters", &columns)
            .field("order_by", &self.order)
            .field("descending", &self.descending)
            .field("limit", &self.limit)
            .field("is_next_page", &self.behind.is_some())
            .finish()
    }
}
