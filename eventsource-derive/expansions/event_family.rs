// Generated for
//
//     #[derive(Event)]
//     #[event(prefix = "order")]
//     pub enum OrderEvent {
//         Placed { customer: String, total: u64 },
//         #[event(version = 2)]
//         DiscountApplied {
//             amount: u64,
//             #[event(since = 2, default = "unrecorded".to_string())]
//             reason: String,
//         },
//         #[event(aliases("order.sent"))]
//         Shipped {
//             #[serde(rename = "tracking_no")]
//             tracking: String,
//         },
//         Noted(String),
//         Closed,
//         #[event(retired)]
//         Paused,
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
    type __Field0 = String;
    type __Field1 = u64;
    const _: fn() = || {
        __es::decoding::stored_field::<__Field0>();
        __es::decoding::stored_field::<__Field1>();
    };
    #[derive(__serde::Serialize)]
    #[serde(
        crate = "__serde",
        remote = "OrderEvent",
        untagged,
        bound(
            serialize = "for < '__field > __Field0 : __es :: decoding :: StoredField < '__field > , for < '__field > __Field1 : __es :: decoding :: StoredField < '__field >"
        )
    )]
    enum __Shadow {
        Placed { customer: String, total: u64 },
        DiscountApplied { amount: u64, reason: String },
        Shipped { #[serde(rename = "tracking_no")] tracking: String },
        Noted(String),
        #[serde(skip)]
        Closed,
        #[serde(skip)]
        Paused,
    }
    struct __Written<'a>(&'a OrderEvent);
    impl __serde::Serialize for __Written<'_>
    where
        for<'__field> __Field0: __es::decoding::StoredField<'__field>,
        for<'__field> __Field1: __es::decoding::StoredField<'__field>,
    {
        fn serialize<__S: __serde::Serializer>(
            &self,
            serializer: __S,
        ) -> ::core::result::Result<__S::Ok, __S::Error> {
            __Shadow::serialize(self.0, serializer)
        }
    }
    #[derive(__serde::Deserialize)]
    #[serde(
        crate = "__serde",
        bound(
            deserialize = "for < '__field > __Field0 : __es :: decoding :: StoredField < '__field > , for < '__field > __Field1 : __es :: decoding :: StoredField < '__field >"
        )
    )]
    struct __Current0 {
        customer: String,
        total: u64,
    }
    #[derive(__serde::Deserialize)]
    #[serde(
        crate = "__serde",
        bound(
            deserialize = "for < '__field > __Field1 : __es :: decoding :: StoredField < '__field > , for < '__field > __Field0 : __es :: decoding :: StoredField < '__field >"
        )
    )]
    struct __Current1 {
        amount: u64,
        reason: String,
    }
    #[derive(__serde::Deserialize)]
    #[serde(
        crate = "__serde",
        bound(
            deserialize = "for < '__field > __Field1 : __es :: decoding :: StoredField < '__field >"
        )
    )]
    struct __Shape1_0 {
        amount: u64,
    }
    #[derive(__serde::Deserialize)]
    #[serde(
        crate = "__serde",
        bound(
            deserialize = "for < '__field > __Field0 : __es :: decoding :: StoredField < '__field >"
        )
    )]
    struct __Current2 {
        #[serde(rename = "tracking_no")]
        tracking: String,
    }
    #[automatically_derived]
    impl __es::Encode for OrderEvent {
        #[inline]
        fn event_type(&self) -> &'static __es::EventType {
            &<Self as __es::Event>::TYPES[match self {
                Self::Placed { .. } => 0usize,
                Self::DiscountApplied { .. } => 1usize,
                Self::Shipped { .. } => 2usize,
                Self::Noted { .. } => 3usize,
                Self::Closed { .. } => 4usize,
                Self::Paused { .. } => 5usize,
            }]
        }
        #[inline]
        fn encode(
            &self,
            payload: &mut ::std::vec::Vec<::core::primitive::u8>,
        ) -> ::core::result::Result<(), __es::EncodeError> {
            match self {
                Self::Closed { .. } => __es::encoding::unit(payload),
                Self::Paused { .. } => {
                    __es::encoding::retired(__es::Encode::event_type(self))
                }
                _ => {
                    use __es::decoding::{OtherFamily as _, SerdeFamily as _};
                    (&__Written(self)).write(__es::Encode::event_type(self), payload)
                }
            }
        }
    }
    #[automatically_derived]
    impl __es::Event for OrderEvent {
        const TYPES: &'static [__es::EventType] = &[
            __es::EventType::new(
                    "order.placed",
                    1u16,
                    "OrderEvent::Placed",
                    ::core::file!(),
                    ::core::line!(),
                )
                .schema::<Self>(0usize),
            __es::EventType::new(
                    "order.discount_applied",
                    2u16,
                    "OrderEvent::DiscountApplied",
                    ::core::file!(),
                    ::core::line!(),
                )
                .older("reason since 2: \"unrecorded\" . to_string ()\n")
                .schema::<Self>(1usize),
            __es::EventType::new(
                    "order.shipped",
                    1u16,
                    "OrderEvent::Shipped",
                    ::core::file!(),
                    ::core::line!(),
                )
                .aliases(&["order.sent"])
                .schema::<Self>(2usize),
            __es::EventType::new(
                    "order.noted",
                    1u16,
                    "OrderEvent::Noted",
                    ::core::file!(),
                    ::core::line!(),
                )
                .schema::<Self>(3usize),
            __es::EventType::new(
                    "order.closed",
                    1u16,
                    "OrderEvent::Closed",
                    ::core::file!(),
                    ::core::line!(),
                )
                .schema::<Self>(4usize),
            __es::EventType::new(
                    "order.paused",
                    1u16,
                    "OrderEvent::Paused",
                    ::core::file!(),
                    ::core::line!(),
                )
                .status(__es::EventStatus::Retired)
                .schema::<Self>(5usize),
        ];
        #[inline]
        fn decode(
            __stored: &__es::Stored<'_>,
        ) -> ::core::result::Result<__es::Decoded<Self>, __es::DecodeError> {
            ::core::result::Result::Ok(
                match __stored.name {
                    "order.placed" => {
                        __es::Decoded::Event(
                            match __stored.version {
                                1u16 => {
                                    let __old = {
                                        use __es::decoding::{OtherFields as _, SerdeFields as _};
                                        (&__es::decoding::Fields::<__Current0>::NEW).read(__stored)?
                                    };
                                    OrderEvent::Placed {
                                        customer: __old.customer,
                                        total: __old.total,
                                    }
                                }
                                _ => return __es::decoding::beyond::<Self>(__stored, 0usize),
                            },
                        )
                    }
                    "order.discount_applied" => {
                        __es::Decoded::Event(
                            match __stored.version {
                                2u16 => {
                                    let __old = {
                                        use __es::decoding::{OtherFields as _, SerdeFields as _};
                                        (&__es::decoding::Fields::<__Current1>::NEW).read(__stored)?
                                    };
                                    OrderEvent::DiscountApplied {
                                        amount: __old.amount,
                                        reason: __old.reason,
                                    }
                                }
                                1u16 => {
                                    let __old = {
                                        use __es::decoding::{OtherFields as _, SerdeFields as _};
                                        (&__es::decoding::Fields::<__Shape1_0>::NEW).read(__stored)?
                                    };
                                    OrderEvent::DiscountApplied {
                                        amount: __old.amount,
                                        reason: __es::expression!("unrecorded".to_string()),
                                    }
                                }
                                _ => return __es::decoding::beyond::<Self>(__stored, 1usize),
                            },
                        )
                    }
                    "order.shipped" | "order.sent" => {
                        __es::Decoded::Event(
                            match __stored.version {
                                1u16 => {
                                    let __old = {
                                        use __es::decoding::{OtherFields as _, SerdeFields as _};
                                        (&__es::decoding::Fields::<__Current2>::NEW).read(__stored)?
                                    };
                                    OrderEvent::Shipped {
                                        tracking: __old.tracking,
                                    }
                                }
                                _ => return __es::decoding::beyond::<Self>(__stored, 2usize),
                            },
                        )
                    }
                    "order.noted" => {
                        __es::Decoded::Event(
                            match __stored.version {
                                1u16 => {
                                    OrderEvent::Noted({
                                        use __es::decoding::{OtherFields as _, SerdeFields as _};
                                        (&__es::decoding::Fields::<String>::NEW).read(__stored)?
                                    })
                                }
                                _ => return __es::decoding::beyond::<Self>(__stored, 3usize),
                            },
                        )
                    }
                    "order.closed" => {
                        __es::Decoded::Event(
                            match __stored.version {
                                1u16 => {
                                    __es::decoding::unit(__stored)?;
                                    OrderEvent::Closed {}
                                }
                                _ => return __es::decoding::beyond::<Self>(__stored, 4usize),
                            },
                        )
                    }
                    "order.paused" => {
                        __es::Decoded::Event(
                            match __stored.version {
                                1u16 => {
                                    __es::decoding::unit(__stored)?;
                                    OrderEvent::Paused {}
                                }
                                _ => return __es::decoding::beyond::<Self>(__stored, 5usize),
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
                    (0usize, 1u16) => {
                        use __es::decoding::{OtherFields as _, SerdeFields as _};
                        (&__es::decoding::Fields::<__Current0>::NEW).shape()
                    }
                    (1usize, 2u16) => {
                        use __es::decoding::{OtherFields as _, SerdeFields as _};
                        (&__es::decoding::Fields::<__Current1>::NEW).shape()
                    }
                    (1usize, 1u16) => {
                        use __es::decoding::{OtherFields as _, SerdeFields as _};
                        (&__es::decoding::Fields::<__Shape1_0>::NEW).shape()
                    }
                    (2usize, 1u16) => {
                        use __es::decoding::{OtherFields as _, SerdeFields as _};
                        (&__es::decoding::Fields::<__Current2>::NEW).shape()
                    }
                    (3usize, 1u16) => {
                        use __es::decoding::{OtherFields as _, SerdeFields as _};
                        (&__es::decoding::Fields::<String>::NEW).shape()
                    }
                    (4usize, 1u16) => __es::Shape::unit(),
                    (5usize, 1u16) => __es::Shape::unit(),
                    _ => return ::core::option::Option::None,
                },
            )
        }
    }
    #[automatically_derived]
    impl<__Reader> __es::ReplayInto<__Reader> for OrderEvent
    where
        __Reader: __es::Fold<OrderEvent>,
    {
        #[inline]
        fn replay_into(self, reader: &mut __Reader) {
            __es::Fold::fold(reader, self)
        }
    }
    #[automatically_derived]
    impl<__Aggregate: __es::Lists<OrderEvent>> __es::EventOf<__Aggregate>
    for OrderEvent {
        #[inline]
        fn into_event(self) -> <__Aggregate as __es::Aggregate>::Event {
            <__Aggregate as __es::Lists<OrderEvent>>::wrap(self)
        }
    }
    __es::inventory::submit! {
        __es::Registration::Events(< OrderEvent as __es::Event > ::TYPES)
    }
};
