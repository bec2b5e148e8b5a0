//! Projections: read models that are folds of events, a row an entity, kept in tables.

mod batch;
mod column;
mod context;
mod input;
mod key;

pub(crate) use batch::guarded;
pub use batch::{Batch, FoldCause, FoldFailure, RowChanges, batch};
pub use column::{RowError, generated as columns};
pub use context::EventContext;
#[doc(hidden)]
pub use input::{Inputs, OldInput, StillProjectedBy, TakesEachEventOnce};
pub(crate) use key::KeyColumn;

use crate::event::{DecodeError, Stored};
use crate::registry::ProjectionDescriptor;
use crate::store::{Row, Value};

/// A read model: a row of a table, folded from events.
///
/// Written by `#[derive(Projection)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a projection",
    label = "not a projection",
    note = "write `#[derive(Projection, Default)]` and `#[projection(name = \"…\", version = 1, events(…))]` on `{Self}`"
)]
pub trait Projection: Send + Sync + Sized + 'static {
    /// What a row is found by: the type of the `#[projection(key)]` field; `()` for a global read model.
    type Key: Send + Sync;

    /// One of the listed events, read.
    #[doc(hidden)]
    type Input: Send + 'static;

    /// What the registry knows of it.
    #[doc(hidden)]
    const DESCRIPTOR: &'static ProjectionDescriptor;

    /// Reads a stored event and adds what it is read as. `false`: the event is not listed.
    #[doc(hidden)]
    fn read(stored: &Stored<'_>, inputs: &mut Vec<Self::Input>) -> Result<bool, DecodeError>;

    /// Adds the keys of the rows that the event belongs to; [`Value::Null`] is the one row of a global read model.
    #[doc(hidden)]
    fn keys(
        input: &Self::Input,
        context: &EventContext<'_>,
        keys: &mut Vec<Value>,
    ) -> Result<(), RowError>;

    /// Folds an event into its row.
    #[doc(hidden)]
    fn fold(&mut self, input: &Self::Input, context: &EventContext<'_>);

    /// A key as its column's value.
    #[doc(hidden)]
    fn key_value(key: &Self::Key) -> Result<Value, RowError>;

    /// A new row of this key.
    #[doc(hidden)]
    fn begin(key: Value) -> Result<Self, RowError>;

    /// The row's values, in the order of the table's columns.
    #[doc(hidden)]
    fn to_row(&self) -> Result<Row, RowError>;

    /// A row from its values.
    #[doc(hidden)]
    fn from_row(row: Row) -> Result<Self, RowError>;
}

/// How a row changes by an event.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not project `{E}`",
    label = "no `Project<{E}>` for `{Self}`",
    note = "write `impl Project<{E}> for {Self} {{ fn project(&mut self, event: &{E}, context: &EventContext<'_>) {{ … }} }}`, or list it as `ignore({E})`"
)]
pub trait Project<E>: Sized {
    /// Changes the row; `context.delete()` removes it.
    fn project(&mut self, event: &E, context: &EventContext<'_>);
}

/// An event seen from the projection that lists it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{P}` does not project `{Self}`",
    label = "no `Project<{Self}>` for `{P}`",
    note = "write `impl Project<{Self}> for {P} {{ fn project(&mut self, event: &{Self}, context: &EventContext<'_>) {{ … }} }}`, or list it as `ignore({Self})`"
)]
pub trait ProjectedBy<P> {
    /// Projects.
    fn project_to(&self, row: &mut P, context: &EventContext<'_>);
}

#[diagnostic::do_not_recommend]
impl<P: Project<E>, E> ProjectedBy<P> for E {
    #[inline]
    fn project_to(&self, row: &mut P, context: &EventContext<'_>) {
        row.project(self, context);
    }
}

/// An event that is a struct, whose fields `key = field` can name. Written by `#[derive(Event)]`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no struct event, and `key = …` names a field of one",
    label = "no field of a struct event",
    note = "key a family of events by a function: `{Self}(key_with = f)`, with `fn f(event: &{Self}, context: &EventContext<'_>) -> Option<Key>`"
)]
pub trait StructEvent {
    /// The struct.
    type Itself;
}

/// What the function of `key_with` gives: the keys of the rows that an event belongs to.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the function gives `{Self}`, which is no list of keys",
    label = "must give an `Option`, a `Vec` or an array of keys",
    note = "an event belongs to no row, one or several: give `Some(key)` for one"
)]
pub trait Keys {
    /// A key.
    type Key;

    /// The keys, one at a time.
    fn listed(self) -> impl Iterator<Item = Self::Key>;
}

#[diagnostic::do_not_recommend]
impl<T: IntoIterator> Keys for T {
    type Key = T::Item;

    fn listed(self) -> impl Iterator<Item = Self::Key> {
        self.into_iter()
    }
}

/// A key that is read from a stream's id.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a stream's id",
    label = "needs `FromStr`",
    note = "by default an event belongs to the row of its stream: give the key field the aggregate's id type, or say which row, `events(A(key = field))` or `events(A(key_with = f))`"
)]
pub trait StreamKey: Sized {
    /// The key; `None` when the id does not read as one.
    fn of_stream(id: &str) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: std::str::FromStr> StreamKey for T {
    fn of_stream(id: &str) -> Option<Self> {
        id.parse().ok()
    }
}

/// A key that an event gives is of the key field's type.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this key is `{Self}`, the key field is `{Key}`",
    label = "must be `{Key}`",
    note = "key by a field of the same type as the one that is marked `key`, or by a function: `key_with = f`"
)]
pub trait KeyOf<Key> {
    /// Itself.
    fn key(&self) -> &Key;
}

#[diagnostic::do_not_recommend]
impl<Key> KeyOf<Key> for Key {
    fn key(&self) -> &Key {
        self
    }
}
