//! derive
use proc_macro::TokenStream;
#[proc_macro_derive(Event, attributes(event, serde))]
pub fn event(_: TokenStream) -> TokenStream {
    TokenStream::new()
}
#[proc_macro_derive(Command, attributes(command, serde))]
pub fn command(_: TokenStream) -> TokenStream {
    TokenStream::new()
}
#[proc_macro_derive(Aggregate, attributes(aggregate))]
pub fn aggregate(_: TokenStream) -> TokenStream {
    TokenStream::new()
}
#[proc_macro_derive(Projection, attributes(projection))]
pub fn projection(_: TokenStream) -> TokenStream {
    TokenStream::new()
}
