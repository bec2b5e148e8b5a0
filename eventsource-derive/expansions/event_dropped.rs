// Generated for
//
//     #[derive(Event)]
//     #[event(name = "member.pinged", retired(drop))]
//     pub struct Pinged;

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
    impl __es::Encode for Pinged {
        #[inline]
        fn event_type(&self) -> &'static __es::EventType {
            &<Self as __es::Event>::TYPES[0]
        }
        #[inline]
        fn encode(
            &self,
            payload: &mut ::std::vec::Vec<::core::primitive::u8>,
        ) -> ::core::result::Result<(), __es::EncodeError> {
            __es::encoding::retired(__es::Encode::event_type(self))
        }
    }
    #[automatically_derived]
    impl __es::Event for Pinged {
        const TYPES: &'static [__es::EventType] = &[
            __es::EventType::new(
                    "member.pinged",
                    1u16,
                    "Pinged",
                    ::core::file!(),
                    ::core::line!(),
                )
                .status(__es::EventStatus::Dropped)
                .schema::<Self>(0usize),
        ];
        #[inline]
        fn decode(
            __stored: &__es::Stored<'_>,
        ) -> ::core::result::Result<__es::Decoded<Self>, __es::DecodeError> {
            ::core::result::Result::Ok(
                match __stored.name {
                    "member.pinged" => {
                        match __stored.version {
                            1u16 => __es::Decoded::Dropped,
                            _ => return __es::decoding::beyond::<Self>(__stored, 0usize),
                        }
                    }
                    _ => __es::Decoded::Foreign,
                },
            )
        }
    }
    #[automatically_derived]
    impl<__Reader> __es::ReplayInto<__Reader> for Pinged {
        #[inline]
        fn replay_into(self, _: &mut __Reader) {
            match self {
                _ => {}
            }
        }
    }
    #[automatically_derived]
    impl __es::NeverFolded for Pinged {}
    #[automatically_derived]
    impl __es::NoLongerWritten for Pinged {}
    #[automatically_derived]
    impl<__Aggregate: __es::Aggregate> __es::EventOf<__Aggregate> for Pinged
    where
        __es::Retired<__Aggregate>: __es::NeverWritten<Pinged>,
    {
        fn into_event(self) -> <__Aggregate as __es::Aggregate>::Event {
            <__es::Retired<__Aggregate> as __es::NeverWritten<Pinged>>::never(self)
        }
    }
    #[automatically_derived]
    impl __es::StructEvent for Pinged {
        type Itself = Self;
    }
    __es::inventory::submit! {
        __es::Registration::Events(< Pinged as __es::Event > ::TYPES)
    }
};
