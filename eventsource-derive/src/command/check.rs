//! What must hold across the attributes of a stored command.

use super::model::Command;
use crate::ctxt::Ctxt;
use crate::event::{field_rules, opaque_shape, unaccounted, versions_are_known};

pub fn check(ctxt: &Ctxt, command: &Command) {
    let kinds: Vec<_> = command.kinds.iter().map(|kind| &kind.payload).collect();
    // What has no kinds is no command, and reported.
    if command.name.is_none() || kinds.is_empty() || !versions_are_known(ctxt, "command", &kinds) {
        return;
    }
    let before = ctxt.count();
    for kind in &kinds {
        field_rules(ctxt, "command", kind);
        opaque_shape(ctxt, &command.serde, kind);
    }
    // A version that is wrong where it stands may be the one that is missing.
    if ctxt.count() == before
        && let Some((first, steps)) = unaccounted(command.version, &kinds)
    {
        ctxt.error(
            command.version_span,
            format!(
                "nothing says how version {next} differs ({steps}): mark a field `#[command(since = {next}, default)]` or `#[command(was(name = \"…\", until = {first}))]`",
                next = first + 1,
            ),
        );
    }
}
