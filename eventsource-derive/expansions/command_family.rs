// Generated for
//
//     #[derive(Command)]
//     #[command(aggregate = Order)]
//     pub enum OrderCommand {
//         #[command(creates)]
//         Place {
//             #[command(id)]
//             order: String,
//             customer: String,
//         },
//         Pay {
//             #[command(id)]
//             order: String,
//             amount: u64,
//         },
//     }

#[doc(hidden)]
#[allow(
    deprecated,
    private_interfaces,
    unused_qualifications,
    unused_imports,
    non_camel_case_types,
    non_snake_case,
    unused_results,
    clippy::all,
    clippy::pedantic,
    clippy::nursery,
    clippy::restriction
)]
const _: () = {
    #[allow(unused_extern_crates, clippy::useless_attribute)]
    use ::eventsource_core::__private as __es;
    use __es::serde as __serde;
    type __Aggregate0 = <Order as __es::Decides>::Aggregate;
    static __DESCRIPTOR: __es::CommandDescriptor = __es::CommandDescriptor {
        rust_name: "OrderCommand",
        name: ::core::option::Option::None,
        version: 1u16,
        schema: ::core::option::Option::None,
        aggregate: <__Aggregate0 as __es::Aggregate>::NAME,
        kinds: &[
            __es::CommandKind {
                name: "Place",
                existence: __es::Existence::Forbidden,
                docs: "",
            },
            __es::CommandKind {
                name: "Pay",
                existence: __es::Existence::Required,
                docs: "",
            },
        ],
        file: ::core::file!(),
        line: ::core::line!(),
        docs: "",
    };
    #[automatically_derived]
    impl __es::Command for OrderCommand {
        type Aggregate = __Aggregate0;
        const DESCRIPTOR: &'static __es::CommandDescriptor = &__DESCRIPTOR;
        fn id(&self) -> &<__Aggregate0 as __es::Aggregate>::Id {
            match self {
                Self::Place { order: __id, .. } => {
                    <String as __es::SameAs<
                        <__Aggregate0 as __es::Aggregate>::Id,
                    >>::same(__id)
                }
                Self::Pay { order: __id, .. } => {
                    <String as __es::SameAs<
                        <__Aggregate0 as __es::Aggregate>::Id,
                    >>::same(__id)
                }
            }
        }
        fn existence(&self) -> __es::Existence {
            match self {
                Self::Place { .. } => __es::Existence::Forbidden,
                Self::Pay { .. } => __es::Existence::Required,
            }
        }
        fn name(&self) -> &'static ::core::primitive::str {
            match self {
                Self::Place { .. } => "OrderCommand::Place",
                Self::Pay { .. } => "OrderCommand::Pay",
            }
        }
        fn content(
            &self,
        ) -> ::core::option::Option<::std::vec::Vec<::core::primitive::u8>> {
            use __es::{NoContent as _, SerdeContent as _};
            (&__es::Content(self)).content()
        }
    }
    #[automatically_derived]
    impl __es::SingleCommand for OrderCommand {}
    __es::inventory::submit! {
        __es::Registration::Command(& __DESCRIPTOR)
    }
};
