// Generated for
//
//     #[derive(Event)]
//     #[event(name = "person.named", version = 4, aliases("person.called"))]
//     #[event(upcast(from = 1, type = NamedV1), upcast(from = 2, type = NamedV2), upcast(from = 3, with = lift))]
//     pub struct Named {
//         pub given: String,
//         pub family: Option<String>,
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
    fn __from_version_0_1(
        __stored: &__es::Stored<'_>,
        old: NamedV1,
    ) -> ::core::result::Result<Named, __es::DecodeError> {
        __from_version_0_2(
            __stored,
            __es::decoding::step(
                __stored,
                <NamedV1 as __es::decoding::UpcastInto<NamedV2>>::upcast_into(old),
            )?,
        )
    }
    fn __from_version_0_2(
        __stored: &__es::Stored<'_>,
        old: NamedV2,
    ) -> ::core::result::Result<Named, __es::DecodeError> {
        __es::decoding::step(
            __stored,
            <NamedV2 as __es::decoding::UpcastInto<Named>>::upcast_into(old),
        )
    }
    #[automatically_derived]
    impl __es::Encode for Named {
        #[inline]
        fn event_type(&self) -> &'static __es::EventType {
            &<Self as __es::Event>::TYPES[0]
        }
        #[inline]
        fn encode(
            &self,
            payload: &mut ::std::vec::Vec<::core::primitive::u8>,
        ) -> ::core::result::Result<(), __es::EncodeError> {
            <Named as __es::Payload>::write(
                self,
                __es::Encode::event_type(self),
                payload,
            )
        }
    }
    #[automatically_derived]
    impl __es::Event for Named {
        const TYPES: &'static [__es::EventType] = &[
            __es::EventType::new(
                    "person.named",
                    4u16,
                    "Named",
                    ::core::file!(),
                    ::core::line!(),
                )
                .aliases(&["person.called"])
                .older("1: type NamedV1\n2: type NamedV2\n3: with lift\n")
                .schema::<Self>(0usize),
        ];
        #[inline]
        fn decode(
            __stored: &__es::Stored<'_>,
        ) -> ::core::result::Result<__es::Decoded<Self>, __es::DecodeError> {
            ::core::result::Result::Ok(
                match __stored.name {
                    "person.named" | "person.called" => {
                        __es::Decoded::Event(
                            match __stored.version {
                                4u16 => <Named as __es::Payload>::read(__stored)?,
                                3u16 => {
                                    let __value = __es::decoding::json::<__es::Json>(__stored)?;
                                    let __upcaster: __es::decoding::Upcaster = __es::expression!(
                                        lift
                                    );
                                    let __value = __es::decoding::upcast(
                                        __stored,
                                        __upcaster(__value),
                                    )?;
                                    <Named as __es::Payload>::read_value(__stored, __value)?
                                }
                                2u16 => {
                                    __from_version_0_2(
                                        __stored,
                                        <NamedV2 as __es::Readable>::read(__stored)?,
                                    )?
                                }
                                1u16 => {
                                    __from_version_0_1(
                                        __stored,
                                        <NamedV1 as __es::Readable>::read(__stored)?,
                                    )?
                                }
                                _ => return __es::decoding::beyond::<Self>(__stored, 0usize),
                            },
                        )
                    }
                    _ => __es::Decoded::Foreign,
                },
            )
        }
        fn shape(
            __at: ::core::primitive::usize,
            __version: ::core::primitive::u16,
        ) -> ::core::option::Option<__es::Shape> {
            ::core::option::Option::Some(
                match (__at, __version) {
                    (0usize, 4u16) => <Named as __es::Payload>::shape(),
                    (0usize, 3u16) => __es::Shape::untyped(),
                    (0usize, 2u16) => <NamedV2 as __es::Readable>::shape(),
                    (0usize, 1u16) => <NamedV1 as __es::Readable>::shape(),
                    _ => return ::core::option::Option::None,
                },
            )
        }
    }
    #[automatically_derived]
    impl<__Reader> __es::ReplayInto<__Reader> for Named
    where
        __Reader: __es::Fold<Named>,
    {
        #[inline]
        fn replay_into(self, reader: &mut __Reader) {
            __es::Fold::fold(reader, self)
        }
    }
    #[automatically_derived]
    impl<__Aggregate: __es::Lists<Named>> __es::EventOf<__Aggregate> for Named {
        #[inline]
        fn into_event(self) -> <__Aggregate as __es::Aggregate>::Event {
            <__Aggregate as __es::Lists<Named>>::wrap(self)
        }
    }
    #[automatically_derived]
    impl __es::StructEvent for Named {
        type Itself = Self;
    }
    __es::inventory::submit! {
        __es::Registration::Events(< Named as __es::Event > ::TYPES)
    }
};
