// Generated for
//
//     #[derive(Command)]
//     #[command(aggregate = Account, creates)]
//     pub struct Open {
//         #[command(id)]
//         pub account: String,
//         pub owner: String,
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
    type __Aggregate0 = <Account as __es::Decides>::Aggregate;
    static __DESCRIPTOR: __es::CommandDescriptor = __es::CommandDescriptor {
        rust_name: "Open",
        name: ::core::option::Option::None,
        version: 1u16,
        schema: ::core::option::Option::None,
        aggregate: <__Aggregate0 as __es::Aggregate>::NAME,
        kinds: &[
            __es::CommandKind {
                name: "Open",
                existence: __es::Existence::Forbidden,
                docs: "",
            },
        ],
        file: ::core::file!(),
        line: ::core::line!(),
        docs: "",
    };
    #[automatically_derived]
    impl __es::Command for Open {
        type Aggregate = __Aggregate0;
        const DESCRIPTOR: &'static __es::CommandDescriptor = &__DESCRIPTOR;
        fn id(&self) -> &<__Aggregate0 as __es::Aggregate>::Id {
            <String as __es::SameAs<
                <__Aggregate0 as __es::Aggregate>::Id,
            >>::same(&self.account)
        }
        fn existence(&self) -> __es::Existence {
            __es::Existence::Forbidden
        }
        fn name(&self) -> &'static ::core::primitive::str {
            "Open"
        }
        fn content(
            &self,
        ) -> ::core::option::Option<::std::vec::Vec<::core::primitive::u8>> {
            use __es::{NoContent as _, SerdeContent as _};
            (&__es::Content(self)).content()
        }
    }
    #[automatically_derived]
    impl __es::SingleCommand for Open {}
    __es::inventory::submit! {
        __es::Registration::Command(& __DESCRIPTOR)
    }
};
