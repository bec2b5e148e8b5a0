//! What the attributes of another derive say of an item: right where that is derived, too.

use crate::{Aggregate, Event, ProcessManager, Projection};

/// An event.
#[diagnostic::on_unimplemented(
    message = "`#[event(…)]` is for events, and `{Self}` is none",
    label = "not an event",
    note = "write its keys into the attribute of what `{Self}` is, and take this one away; or derive `Event` on `{Self}`, too"
)]
pub trait SaidOfEvent {}

#[diagnostic::do_not_recommend]
impl<T: Event> SaidOfEvent for T {}

/// Asks it of a type.
pub fn said_of_event<T: SaidOfEvent>() {}

/// An aggregate.
#[diagnostic::on_unimplemented(
    message = "`#[aggregate(…)]` is for aggregates, and `{Self}` is none",
    label = "not an aggregate",
    note = "write its keys into the attribute of what `{Self}` is, and take this one away; or derive `Aggregate` on `{Self}`, too"
)]
pub trait SaidOfAggregate {}

#[diagnostic::do_not_recommend]
impl<T: Aggregate> SaidOfAggregate for T {}

/// Asks it of a type.
pub fn said_of_aggregate<T: SaidOfAggregate>() {}

/// A projection.
#[diagnostic::on_unimplemented(
    message = "`#[projection(…)]` is for projections, and `{Self}` is none",
    label = "not a projection",
    note = "write its keys into the attribute of what `{Self}` is, and take this one away; or derive `Projection` on `{Self}`, too"
)]
pub trait SaidOfProjection {}

#[diagnostic::do_not_recommend]
impl<T: Projection> SaidOfProjection for T {}

/// Asks it of a type.
pub fn said_of_projection<T: SaidOfProjection>() {}

/// A process manager.
#[diagnostic::on_unimplemented(
    message = "`#[process_manager(…)]` is for process managers, and `{Self}` is none",
    label = "not a process manager",
    note = "write its keys into the attribute of what `{Self}` is, and take this one away; or derive `ProcessManager` on `{Self}`, too"
)]
pub trait SaidOfProcessManager {}

#[diagnostic::do_not_recommend]
impl<T: ProcessManager> SaidOfProcessManager for T {}

/// Asks it of a type.
pub fn said_of_process_manager<T: SaidOfProcessManager>() {}
