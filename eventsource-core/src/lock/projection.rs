//! What a read model's table is made of.

use std::collections::BTreeSet;

use crate::registry::ProjectionDescriptor;

/// Its columns, keys and events, a line each.
pub(super) fn lines(projection: &ProjectionDescriptor) -> BTreeSet<String> {
    let table = crate::runner::view_table(projection);
    table.description.lines().map(str::to_owned).collect()
}
