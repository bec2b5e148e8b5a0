// Generated for
//
//     #[derive(Event)]
//     #[event(name = "account.deposited", version = 3)]
//     pub struct Deposited {
//         #[event(was(name = "amt", type = u32, until = 1, try_with = checked))]
//         pub amount: u64,
//         #[event(since = 3, default = Currency::Eur)]
//         pub currency: Currency,
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
    type __Old0 = u32;
    const _: fn() = || {
        __es::decoding::old_field::<__Old0>();
    };
    #[derive(__serde::Deserialize)]
    #[serde(
        crate = "__serde",
        bound(
            deserialize = "for < '__field > __Old0 : __es :: decoding :: OldField < '__field >"
        )
    )]
    struct __Shape0_0 {
        #[serde(rename = "amt")]
        amount: u32,
    }
    #[derive(__serde::Deserialize)]
    #[serde(crate = "__serde")]
    struct __Shape0_1 {
        amount: u64,
    }
    #[automatically_derived]
    impl __es::Encode for Deposited {
        #[inline]
        fn event_type(&self) -> &'static __es::EventType {
            &<Self as __es::Event>::TYPES[0]
        }
        #[inline]
        fn encode(
            &self,
            payload: &mut ::std::vec::Vec<::core::primitive::u8>,
        ) -> ::core::result::Result<(), __es::EncodeError> {
            <Deposited as __es::Payload>::write(
                self,
                __es::Encode::event_type(self),
                payload,
            )
        }
    }
    #[automatically_derived]
    impl __es::Event for Deposited {
        const TYPES: &'static [__es::EventType] = &[
            __es::EventType::new(
                    "account.deposited",
                    3u16,
                    "Deposited",
                    ::core::file!(),
                    ::core::line!(),
                )
                .older(
                    "amount until 1: amt u32 try_with checked\ncurrency since 3: Currency :: Eur\n",
                )
                .schema::<Self>(0usize),
        ];
        #[inline]
        fn decode(
            __stored: &__es::Stored<'_>,
        ) -> ::core::result::Result<__es::Decoded<Self>, __es::DecodeError> {
            ::core::result::Result::Ok(
                match __stored.name {
                    "account.deposited" => {
                        __es::Decoded::Event(
                            match __stored.version {
                                3u16 => <Deposited as __es::Payload>::read(__stored)?,
                                2u16 => {
                                    let __old = <__Shape0_1 as __es::Readable>::read(__stored)?;
                                    Deposited {
                                        amount: __old.amount,
                                        currency: __es::expression!(Currency::Eur),
                                    }
                                }
                                1u16 => {
                                    let __old = {
                                        use __es::decoding::{OtherFields as _, SerdeFields as _};
                                        (&__es::decoding::Fields::<__Shape0_0>::NEW).read(__stored)?
                                    };
                                    Deposited {
                                        amount: <_ as __es::TryBecomes<
                                            u64,
                                        >>::becomes(
                                            (__es::expression!(checked))(__old.amount),
                                            __stored,
                                            "amount",
                                        )?,
                                        currency: __es::expression!(Currency::Eur),
                                    }
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
                    (0usize, 3u16) => <Deposited as __es::Payload>::shape(),
                    (0usize, 2u16) => <__Shape0_1 as __es::Readable>::shape(),
                    (0usize, 1u16) => {
                        use __es::decoding::{OtherFields as _, SerdeFields as _};
                        (&__es::decoding::Fields::<__Shape0_0>::NEW).shape()
                    }
                    _ => return ::core::option::Option::None,
                },
            )
        }
    }
    #[automatically_derived]
    impl<__Reader> __es::ReplayInto<__Reader> for Deposited
    where
        __Reader: __es::Fold<Deposited>,
    {
        #[inline]
        fn replay_into(self, reader: &mut __Reader) {
            __es::Fold::fold(reader, self)
        }
    }
    #[automatically_derived]
    impl<__Aggregate: __es::Lists<Deposited>> __es::EventOf<__Aggregate> for Deposited {
        #[inline]
        fn into_event(self) -> <__Aggregate as __es::Aggregate>::Event {
            <__Aggregate as __es::Lists<Deposited>>::wrap(self)
        }
    }
    #[automatically_derived]
    impl __es::StructEvent for Deposited {
        type Itself = Self;
    }
    __es::inventory::submit! {
        __es::Registration::Events(< Deposited as __es::Event > ::TYPES)
    }
};
