//! The derive macros of `eventsource-core`, which re-exports them: depend on that crate.
//!
//! Each macro goes the same way: attributes are parsed into a model without failing fast (`attr`, `*/model`), the model is checked across
//! fields (`*/check`), and the checked model is expanded (`*/expand`), which cannot fail. Where there are mistakes, all of them are
//! reported, each at its own token, and the item gets a stand-in implementation, so that nothing else fails because of them.

#![forbid(unsafe_code)]

mod aggregate;
mod attr;
mod command;
mod ctxt;
mod event;
mod foreign;
mod keys;
mod list;
mod naming;
mod projection;
mod serde_attr;
mod standing;
mod suggest;
mod tokens;
mod wrap;

mod tests;

use proc_macro::TokenStream;

/// Turns a struct into a stored event type, or an enum into a family of them: one a variant.
///
/// Its attribute is `#[event(…)]`; a struct event's own `#[serde(…)]` attributes are honoured, and so are those of a family's fields.
#[proc_macro_derive(
    Event,
    attributes(event, serde, aggregate, projection, process_manager)
)]
pub fn derive_event(input: TokenStream) -> TokenStream {
    event::derive(input.into()).into()
}

/// Turns a struct or an enum into a command to one aggregate.
///
/// Its attribute is `#[command(…)]`.
#[proc_macro_derive(
    Command,
    attributes(command, serde, event, aggregate, projection, process_manager)
)]
pub fn derive_command(input: TokenStream) -> TokenStream {
    command::derive(input.into()).into()
}

/// Turns a struct or an enum into an aggregate: a fold of the events that it lists, which decides on the commands that it lists.
///
/// Its attribute is `#[aggregate(…)]`.
#[proc_macro_derive(Aggregate, attributes(aggregate, event, projection, process_manager))]
pub fn derive_aggregate(input: TokenStream) -> TokenStream {
    aggregate::derive(input.into()).into()
}

/// Turns a struct into a read model: a row of a table, folded from the events that it lists.
///
/// Its attribute is `#[projection(…)]`.
#[proc_macro_derive(Projection, attributes(projection, event, aggregate, process_manager))]
pub fn derive_projection(input: TokenStream) -> TokenStream {
    projection::derive(input.into()).into()
}

/// Turns a struct into a process manager: instances that react to the events that it lists by sending the commands that it lists.
///
/// Its attribute is `#[process_manager(…)]`.
#[proc_macro_derive(
    ProcessManager,
    attributes(process_manager, event, aggregate, projection)
)]
pub fn derive_process_manager(input: TokenStream) -> TokenStream {
    projection::derive_process_manager(input.into()).into()
}
