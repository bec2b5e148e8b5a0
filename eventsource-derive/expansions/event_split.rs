// Generated for
//
//     #[derive(Event)]
//     #[event(name = "member.joined_and_named", retired(into(Joined, Named)))]
//     pub struct JoinedAndNamed {
//         pub email: String,
//         pub name: String,
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
    type __Part0_0 = Joined;
    type __Part0_1 = Named;
    #[automatically_derived]
    impl __es::Encode for JoinedAndNamed {
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
    impl __es::Event for JoinedAndNamed {
        const TYPES: &'static [__es::EventType] = &[
            __es::EventType::new(
                    "member.joined_and_named",
                    1u16,
                    "JoinedAndNamed",
                    ::core::file!(),
                    ::core::line!(),
                )
                .status(__es::EventStatus::Split {
                    parts: &[
                        <__Part0_0 as __es::Event>::TYPES,
                        <__Part0_1 as __es::Event>::TYPES,
                    ],
                })
                .schema_of_split::<Self>(0usize),
        ];
        #[inline]
        fn decode(
            __stored: &__es::Stored<'_>,
        ) -> ::core::result::Result<__es::Decoded<Self>, __es::DecodeError> {
            ::core::result::Result::Ok(
                match __stored.name {
                    "member.joined_and_named" => {
                        __es::Decoded::Event(
                            match __stored.version {
                                1u16 => <JoinedAndNamed as __es::Readable>::read(__stored)?,
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
                    (0usize, 1u16) => <JoinedAndNamed as __es::Readable>::shape(),
                    _ => return ::core::option::Option::None,
                },
            )
        }
        fn read_parts(
            __stored: &__es::Stored<'_>,
            __recorder: &mut __es::Recorder,
        ) -> ::core::result::Result<(), __es::DecodeError> {
            use __es::{ReadNothing as _, ReadParts as _};
            (&__es::Parts::<Self>::NEW).read(__stored, __recorder)
        }
    }
    #[automatically_derived]
    impl<__Reader> __es::ReplayInto<__Reader> for JoinedAndNamed
    where
        __Reader: __es::Accepts<__Part0_0>,
        __Reader: __es::Accepts<__Part0_1>,
    {
        #[inline]
        fn replay_into(self, reader: &mut __Reader) {
            match self {
                _ => {
                    let (__part0, __part1) = <(
                        __Part0_0,
                        __Part0_1,
                    ) as __es::PartsOf<JoinedAndNamed>>::parts_of(self);
                    __es::Accepts::<__Part0_0>::accept(reader, __part0);
                    __es::Accepts::<__Part0_1>::accept(reader, __part1);
                }
            }
        }
    }
    #[automatically_derived]
    impl __es::NeverFolded for JoinedAndNamed {}
    #[automatically_derived]
    impl __es::NoLongerWritten for JoinedAndNamed {}
    #[automatically_derived]
    impl<__Aggregate: __es::Aggregate> __es::EventOf<__Aggregate> for JoinedAndNamed
    where
        __es::Retired<__Aggregate>: __es::NeverWritten<JoinedAndNamed>,
    {
        fn into_event(self) -> <__Aggregate as __es::Aggregate>::Event {
            <__es::Retired<
                __Aggregate,
            > as __es::NeverWritten<JoinedAndNamed>>::never(self)
        }
    }
    #[automatically_derived]
    impl __es::StructEvent for JoinedAndNamed {
        type Itself = Self;
    }
    __es::inventory::submit! {
        __es::Registration::Events(< JoinedAndNamed as __es::Event > ::TYPES)
    }
};
