// Generated for
//
//     #[derive(Command)]
//     #[command(aggregate = Order, name = "order.ship", version = 2)]
//     pub struct Ship {
//         #[command(id)]
//         pub order: String,
//         #[command(since = 2, default)]
//         pub tracking: String,
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
    #[derive(__serde::Deserialize)]
    #[serde(crate = "__serde")]
    struct __Shape0_0 {
        order: String,
    }
    static __DESCRIPTOR: __es::CommandDescriptor = __es::CommandDescriptor {
        rust_name: "Ship",
        name: ::core::option::Option::Some("order.ship"),
        version: 2u16,
        schema: ::core::option::Option::Some(__es::CommandSchema::of::<Ship>()),
        aggregate: <__Aggregate0 as __es::Aggregate>::NAME,
        kinds: &[
            __es::CommandKind {
                name: "Ship",
                existence: __es::Existence::Required,
                docs: "",
            },
        ],
        file: ::core::file!(),
        line: ::core::line!(),
        docs: "",
    };
    #[automatically_derived]
    impl __es::Command for Ship {
        type Aggregate = __Aggregate0;
        const DESCRIPTOR: &'static __es::CommandDescriptor = &__DESCRIPTOR;
        fn id(&self) -> &<__Aggregate0 as __es::Aggregate>::Id {
            <String as __es::SameAs<
                <__Aggregate0 as __es::Aggregate>::Id,
            >>::same(&self.order)
        }
        fn existence(&self) -> __es::Existence {
            __es::Existence::Required
        }
        fn name(&self) -> &'static ::core::primitive::str {
            "order.ship"
        }
        fn content(
            &self,
        ) -> ::core::option::Option<::std::vec::Vec<::core::primitive::u8>> {
            use __es::{NoContent as _, SerdeContent as _};
            (&__es::Content(self)).content()
        }
        fn decode(
            __stored: &__es::Stored<'_>,
        ) -> ::core::result::Result<__es::Decoded<Self>, __es::DecodeError> {
            ::core::result::Result::Ok(
                match __stored.name {
                    "order.ship" => {
                        __es::Decoded::Event(
                            match __stored.version {
                                2u16 => <Ship as __es::Payload>::read(__stored)?,
                                1u16 => {
                                    let __old = <__Shape0_0 as __es::Readable>::read(__stored)?;
                                    Ship {
                                        order: __old.order,
                                        tracking: <String as __es::Missing>::missing(),
                                    }
                                }
                                _ => return __es::beyond_command::<Self>(__stored),
                            },
                        )
                    }
                    _ => __es::Decoded::Foreign,
                },
            )
        }
        fn shape(
            __version: ::core::primitive::u16,
        ) -> ::core::option::Option<__es::Shape> {
            ::core::option::Option::Some(
                match (0_usize, __version) {
                    (0usize, 2u16) => <Ship as __es::Payload>::shape(),
                    (0usize, 1u16) => <__Shape0_0 as __es::Readable>::shape(),
                    _ => return ::core::option::Option::None,
                },
            )
        }
    }
    #[automatically_derived]
    impl __es::Outgoing for Ship
    where
        for<'__a> &'__a Ship: __es::KeptAsJson<Ship>,
    {}
    #[automatically_derived]
    impl __es::SingleCommand for Ship {}
    __es::inventory::submit! {
        __es::Registration::Command(& __DESCRIPTOR)
    }
};
