//! What a projection's stored events are read into.

use std::fmt;

use super::{EventContext, Project, Projection, RowError};
use crate::event::Fold;
use crate::store::Value;

/// The events that a projection read, in order.
pub struct Inputs<'a, P: Projection>(&'a mut Vec<P::Input>);

impl<'a, P: Projection> Inputs<'a, P> {
    /// Adds to this list.
    pub fn new(inputs: &'a mut Vec<P::Input>) -> Self {
        Self(inputs)
    }
}

impl<P: Projection> fmt::Debug for Inputs<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Inputs").field(&self.0.len()).finish()
    }
}

/// An event that the projection takes: it is projected, ignored, or retired.
///
/// Of a type that is listed under two names, rustc says that there are two implementations of this trait: its name says the rest.
#[diagnostic::on_unimplemented(
    message = "`{E}` is a part of a split event, and `{Self}` does not read it",
    label = "a part of this, `{E}`, is not listed",
    note = "list `{E}` too, in `events(…)`, `events(ignore(…))` or `retired(…)` of `{Self}`"
)]
pub trait TakesEachEventOnce<E>: Projection {
    /// As the projection's input; `None` for an event that it ignores.
    fn input(event: E) -> Option<Self::Input>;
}

impl<P: TakesEachEventOnce<E>, E> Fold<E> for Inputs<'_, P> {
    #[inline]
    fn fold(&mut self, event: E) {
        self.0.extend(P::input(event));
    }
}

/// A retired event, asked only where it is projected: what is split or dropped needs no `Project`.
#[diagnostic::on_unimplemented(
    message = "`{P}` does not project `{Self}`, which is retired and still read",
    label = "no `Project<{Self}>` for `{P}`",
    note = "write `impl Project<{Self}> for {P} {{ fn project(&mut self, event: &{Self}, context: &EventContext<'_>) {{ … }} }}`, or retire it with `retired(into(…))` or `retired(drop)`"
)]
pub trait StillProjectedBy<P> {
    /// Projects.
    fn project_to(&self, row: &mut P, context: &EventContext<'_>);
}

#[diagnostic::do_not_recommend]
impl<P: Project<E>, E> StillProjectedBy<P> for E {
    fn project_to(&self, row: &mut P, context: &EventContext<'_>) {
        row.project(self, context);
    }
}

type Keys = Box<dyn Fn(&EventContext<'_>, &mut Vec<Value>) -> Result<(), RowError> + Send>;
type ProjectInto<P> = Box<dyn Fn(&mut P, &EventContext<'_>) + Send>;

/// A retired event, with what becomes of it.
pub struct OldInput<P> {
    keys: Keys,
    fold: ProjectInto<P>,
}

impl<P: 'static> OldInput<P> {
    /// From the event, its keys, and its fold.
    pub fn new<E: Send + 'static>(
        event: E,
        keys: impl Fn(&EventContext<'_>, &mut Vec<Value>) -> Result<(), RowError> + Send + 'static,
        fold: impl Fn(&E, &mut P, &EventContext<'_>) + Send + 'static,
    ) -> Self {
        Self {
            keys: Box::new(keys),
            fold: Box::new(move |row, context| fold(&event, row, context)),
        }
    }

    /// Adds its keys.
    ///
    /// # Errors
    ///
    /// When the stream's id does not read as the key.
    pub fn keys(&self, context: &EventContext<'_>, keys: &mut Vec<Value>) -> Result<(), RowError> {
        (self.keys)(context, keys)
    }

    /// Folds it into a row.
    pub fn fold(&self, row: &mut P, context: &EventContext<'_>) {
        (self.fold)(row, context);
    }
}

impl<P> fmt::Debug for OldInput<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OldInput").finish_non_exhaustive()
    }
}
