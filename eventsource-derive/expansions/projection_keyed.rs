// Generated for
//
//     #[derive(Projection)]
//     #[projection(
//         name = "balances",
//         version = 1,
//         events(Opened, Booked(key = account), OrderEvent(key_with = accounts_of), ignore(Noted)),
//         retired(Suspended)
//     )]
//     pub struct Balance {
//         #[projection(key)]
//         account: String,
//         #[projection(index, column = "owner_name")]
//         owner: String,
//         amount: Option<u64>,
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
    use __es::columns::{Json as _, Native as _, NotKept as _, NullableJson as _};
    type __Event0 = Opened;
    type __Event1 = Booked;
    type __Event2 = OrderEvent;
    type __Event3 = Noted;
    type __Retired0 = Suspended;
    pub struct __Input(__Kind);
    enum __Kind {
        Event0(__Event0),
        Event1(__Event1),
        Event2(__Event2),
        Old(__es::OldInput<Balance>),
    }
    #[automatically_derived]
    impl __es::TakesEachEventOnce<__Event0> for Balance {
        #[inline]
        fn input(event: __Event0) -> ::core::option::Option<__Input> {
            ::core::option::Option::Some(__Input(__Kind::Event0(event)))
        }
    }
    #[automatically_derived]
    impl __es::TakesEachEventOnce<__Event1> for Balance {
        #[inline]
        fn input(event: __Event1) -> ::core::option::Option<__Input> {
            ::core::option::Option::Some(__Input(__Kind::Event1(event)))
        }
    }
    #[automatically_derived]
    impl __es::TakesEachEventOnce<__Event2> for Balance {
        #[inline]
        fn input(event: __Event2) -> ::core::option::Option<__Input> {
            ::core::option::Option::Some(__Input(__Kind::Event2(event)))
        }
    }
    #[automatically_derived]
    impl __es::TakesEachEventOnce<__Event3> for Balance {
        #[inline]
        fn input(_: __Event3) -> ::core::option::Option<__Input> {
            ::core::option::Option::None
        }
    }
    #[automatically_derived]
    impl __es::TakesEachEventOnce<__Retired0> for Balance {
        fn input(event: __Retired0) -> ::core::option::Option<__Input> {
            ::core::option::Option::Some(
                __Input(
                    __Kind::Old(
                        __es::OldInput::new(
                            event,
                            |__context, __keys| {
                                let __key = __es::columns::stream_key::<
                                    String,
                                >("account", __context.stream_id())?;
                                __keys
                                    .push(<Balance as __es::Projection>::key_value(&__key)?);
                                ::core::result::Result::Ok(())
                            },
                            |event: &__Retired0, row: &mut Balance, context| {
                                use __es::{
                                    NoSuchEvent as _, NotFolded as _, StillFolded as _,
                                };
                                (&&__es::Past::<__Retired0>::NEW)
                                    .project(event, row, context);
                            },
                        ),
                    ),
                ),
            )
        }
    }
    fn __columns() -> ::std::vec::Vec<__es::ColumnSpec> {
        ::std::vec![
            (&& & __es::columns::Field:: < String > ::NEW).column("account").key(true),
            (&& & __es::columns::Field:: < String > ::NEW).column("owner_name")
            .index(true), (&& & __es::columns::Field:: < Option < u64 > > ::NEW)
            .column("amount")
        ]
    }
    static __DESCRIPTOR: __es::ProjectionDescriptor = __es::ProjectionDescriptor {
        name: "balances",
        version: 1u32,
        rust_name: "Balance",
        file: ::core::file!(),
        line: ::core::line!(),
        events: &[
            __es::ListedEvent {
                rust_name: "Opened",
                types: <__Event0 as __es::ReplayInto<__es::Inputs<'_, Balance>>>::READS,
                role: __es::ListedRole::Read,
                keying: __es::Keying::Stream,
            },
            __es::ListedEvent {
                rust_name: "Booked",
                types: <__Event1 as __es::ReplayInto<__es::Inputs<'_, Balance>>>::READS,
                role: __es::ListedRole::Read,
                keying: __es::Keying::Field("account"),
            },
            __es::ListedEvent {
                rust_name: "OrderEvent",
                types: <__Event2 as __es::ReplayInto<__es::Inputs<'_, Balance>>>::READS,
                role: __es::ListedRole::Read,
                keying: __es::Keying::Function("accounts_of"),
            },
            __es::ListedEvent {
                rust_name: "Noted",
                types: <__Event3 as __es::ReplayInto<__es::Inputs<'_, Balance>>>::READS,
                role: __es::ListedRole::Ignored,
                keying: __es::Keying::Stream,
            },
            __es::ListedEvent {
                rust_name: "Suspended",
                types: <__Retired0 as __es::ReplayInto<
                    __es::Inputs<'_, Balance>,
                >>::READS,
                role: __es::ListedRole::Retired,
                keying: __es::Keying::Stream,
            },
        ],
        columns: __columns,
        consistency: __es::Consistency::Eventual,
        batch: __es::batch::<Balance>,
        docs: "",
        process: ::core::option::Option::None,
    };
    #[automatically_derived]
    impl __es::Projection for Balance {
        type Key = String;
        type Input = __Input;
        const DESCRIPTOR: &'static __es::ProjectionDescriptor = &__DESCRIPTOR;
        #[inline]
        fn read(
            stored: &__es::Stored<'_>,
            inputs: &mut ::std::vec::Vec<__Input>,
        ) -> ::core::result::Result<::core::primitive::bool, __es::DecodeError> {
            let inputs = &mut __es::Inputs::<'_, Balance>::new(inputs);
            ::core::result::Result::Ok(
                <__Event0 as __es::ReplayInto<
                    __es::Inputs<'_, Balance>,
                >>::read(stored, inputs)?
                    || <__Event1 as __es::ReplayInto<
                        __es::Inputs<'_, Balance>,
                    >>::read(stored, inputs)?
                    || <__Event2 as __es::ReplayInto<
                        __es::Inputs<'_, Balance>,
                    >>::read(stored, inputs)?
                    || __es::passed_over(
                        <__Event3 as __es::ReplayInto<__es::Inputs<'_, Balance>>>::READS,
                        stored,
                    )?
                    || <__Retired0 as __es::ReplayInto<
                        __es::Inputs<'_, Balance>,
                    >>::read(stored, inputs)?,
            )
        }
        fn keys(
            __input: &__Input,
            __context: &__es::EventContext<'_>,
            __keys: &mut ::std::vec::Vec<__es::Value>,
        ) -> ::core::result::Result<(), __es::RowError> {
            match &__input.0 {
                __Kind::Event0(_) => {
                    let __key = __es::columns::stream_key::<
                        String,
                    >("account", __context.stream_id())?;
                    __keys.push(<Balance as __es::Projection>::key_value(&__key)?);
                }
                __Kind::Event1(__event) => {
                    let __event = __es::columns::fields_of(__event);
                    __keys
                        .push(
                            Self::key_value(
                                __es::KeyOf::<String>::key(&__event.account),
                            )?,
                        );
                }
                __Kind::Event2(__event) => {
                    let __function: __es::columns::KeyFunction<
                        '_,
                        '_,
                        '_,
                        __Event2,
                        _,
                    > = __es::expression!(accounts_of);
                    for __key in <_ as __es::Keys>::listed(
                        __function(__event, __context),
                    ) {
                        __keys
                            .push(Self::key_value(__es::KeyOf::<String>::key(&__key))?);
                    }
                }
                __Kind::Old(__old) => __old.keys(__context, __keys)?,
            }
            ::core::result::Result::Ok(())
        }
        #[inline]
        fn fold(&mut self, input: &__Input, context: &__es::EventContext<'_>) {
            match &input.0 {
                __Kind::Event0(event) => {
                    <__Event0 as __es::ProjectedBy<
                        Balance,
                    >>::project_to(event, self, context)
                }
                __Kind::Event1(event) => {
                    <__Event1 as __es::ProjectedBy<
                        Balance,
                    >>::project_to(event, self, context)
                }
                __Kind::Event2(event) => {
                    <__Event2 as __es::ProjectedBy<
                        Balance,
                    >>::project_to(event, self, context)
                }
                __Kind::Old(old) => old.fold(self, context),
            }
        }
        fn key_value(
            key: &Self::Key,
        ) -> ::core::result::Result<__es::Value, __es::RowError> {
            (&&&__es::columns::Field::<String>::NEW).write("account", key)
        }
        fn begin(key: __es::Value) -> ::core::result::Result<Self, __es::RowError> {
            let mut row = <Balance as __es::Begins>::begin();
            row.account = (&&&__es::columns::Field::<String>::NEW).read("account", key)?;
            ::core::result::Result::Ok(row)
        }
        fn to_row(&self) -> ::core::result::Result<__es::Row, __es::RowError> {
            ::core::result::Result::Ok(
                ::std::vec![
                    (&& & __es::columns::Field:: < String > ::NEW).write("account", &
                    self.account) ?, (&& & __es::columns::Field:: < String > ::NEW)
                    .write("owner_name", & self.owner) ?, (&& & __es::columns::Field:: <
                    Option < u64 > > ::NEW).write("amount", & self.amount) ?
                ],
            )
        }
        fn from_row(row: __es::Row) -> ::core::result::Result<Self, __es::RowError> {
            let mut values = __es::columns::Values::new(row);
            ::core::result::Result::Ok(Self {
                account: (&&&__es::columns::Field::<String>::NEW)
                    .read("account", values.next("account")?)?,
                owner: (&&&__es::columns::Field::<String>::NEW)
                    .read("owner_name", values.next("owner_name")?)?,
                amount: (&&&__es::columns::Field::<Option<u64>>::NEW)
                    .read("amount", values.next("amount")?)?,
            })
        }
    }
    __es::inventory::submit! {
        __es::Registration::Projection(& __DESCRIPTOR)
    }
};
