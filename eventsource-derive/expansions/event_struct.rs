// Generated for
//
//     #[derive(Event)]
//     #[event(name = "account.opened")]
//     pub struct Opened {
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
    #[automatically_derived]
    impl __es::Encode for Opened {
        #[inline]
        fn event_type(&self) -> &'static __es::EventType {
            &<Self as __es::Event>::TYPES[0]
        }
        #[inline]
        fn encode(
            &self,
            payload: &mut ::std::vec::Vec<::core::primitive::u8>,
        ) -> ::core::result::Result<(), __es::EncodeError> {
            <Opened as __es::Payload>::write(
                self,
                __es::Encode::event_type(self),
                payload,
            )
        }
    }
    #[automatically_derived]
    impl __es::Event for Opened {
        const TYPES: &'static [__es::EventType] = &[
            __es::EventType::new(
                    "account.opened",
                    1u16,
                    "Opened",
                    ::core::file!(),
                    ::core::line!(),
                )
                .schema::<Self>(0usize),
        ];
        #[inline]
        fn decode(
            __stored: &__es::Stored<'_>,
        ) -> ::core::result::Result<__es::Decoded<Self>, __es::DecodeError> {
            ::core::result::Result::Ok(
                match __stored.name {
                    "account.opened" => {
                        __es::Decoded::Event(
                            match __stored.version {
                                1u16 => <Opened as __es::Payload>::read(__stored)?,
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
                    (0usize, 1u16) => <Opened as __es::Payload>::shape(),
                    _ => return ::core::option::Option::None,
                },
            )
        }
    }
    #[automatically_derived]
    impl<__Reader> __es::ReplayInto<__Reader> for Opened
    where
        __Reader: __es::Fold<Opened>,
    {
        #[inline]
        fn replay_into(self, reader: &mut __Reader) {
            __es::Fold::fold(reader, self)
        }
    }
    #[automatically_derived]
    impl<__Aggregate: __es::Lists<Opened>> __es::EventOf<__Aggregate> for Opened {
        #[inline]
        fn into_event(self) -> <__Aggregate as __es::Aggregate>::Event {
            <__Aggregate as __es::Lists<Opened>>::wrap(self)
        }
    }
    #[automatically_derived]
    impl __es::StructEvent for Opened {
        type Itself = Self;
    }
    __es::inventory::submit! {
        __es::Registration::Events(< Opened as __es::Event > ::TYPES)
    }
};
