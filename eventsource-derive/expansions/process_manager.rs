// Generated for
//
//     #[derive(ProcessManager)]
//     #[process_manager(
//         name = "fulfilment",
//         version = 1,
//         from = beginning,
//         events(OrderEvent, Booked(key = order), Rejected<Ship>),
//         commands(Book, Ship)
//     )]
//     pub struct Fulfilment {
//         #[process_manager(key)]
//         order: String,
//         booked: bool,
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
    type __Event0 = OrderEvent;
    type __Event1 = Booked;
    pub struct __Input(__Kind);
    enum __Kind {
        Event0(__Event0),
        Event1(__Event1),
        Old(__es::OldInput<Fulfilment>),
    }
    #[automatically_derived]
    impl __es::TakesEachEventOnce<__Event0> for Fulfilment {
        #[inline]
        fn input(event: __Event0) -> ::core::option::Option<__Input> {
            ::core::option::Option::Some(__Input(__Kind::Event0(event)))
        }
    }
    #[automatically_derived]
    impl __es::TakesEachEventOnce<__Event1> for Fulfilment {
        #[inline]
        fn input(event: __Event1) -> ::core::option::Option<__Input> {
            ::core::option::Option::Some(__Input(__Kind::Event1(event)))
        }
    }
    fn __columns() -> ::std::vec::Vec<__es::ColumnSpec> {
        ::std::vec![
            (&& & __es::columns::Field:: < String > ::NEW).column("order").key(true), (&&
            & __es::columns::Field:: < bool > ::NEW).column("booked")
        ]
    }
    static __DESCRIPTOR: __es::ProjectionDescriptor = __es::ProjectionDescriptor {
        name: "fulfilment",
        version: 1u32,
        rust_name: "Fulfilment",
        file: ::core::file!(),
        line: ::core::line!(),
        events: &[
            __es::ListedEvent {
                rust_name: "OrderEvent",
                types: <__Event0 as __es::ReplayInto<
                    __es::Inputs<'_, Fulfilment>,
                >>::READS,
                role: __es::ListedRole::Read,
                keying: __es::Keying::Stream,
            },
            __es::ListedEvent {
                rust_name: "Booked",
                types: <__Event1 as __es::ReplayInto<
                    __es::Inputs<'_, Fulfilment>,
                >>::READS,
                role: __es::ListedRole::Read,
                keying: __es::Keying::Field("order"),
            },
        ],
        columns: __columns,
        consistency: __es::Consistency::Eventual,
        batch: __es::batch::<Fulfilment>,
        docs: "",
        process: ::core::option::Option::Some(&__PROCESS),
    };
    #[automatically_derived]
    impl __es::Projection for Fulfilment {
        type Key = String;
        type Input = __Input;
        const DESCRIPTOR: &'static __es::ProjectionDescriptor = &__DESCRIPTOR;
        #[inline]
        fn read(
            stored: &__es::Stored<'_>,
            inputs: &mut ::std::vec::Vec<__Input>,
        ) -> ::core::result::Result<::core::primitive::bool, __es::DecodeError> {
            let inputs = &mut __es::Inputs::<'_, Fulfilment>::new(inputs);
            ::core::result::Result::Ok(
                <__Event0 as __es::ReplayInto<
                    __es::Inputs<'_, Fulfilment>,
                >>::read(stored, inputs)?
                    || <__Event1 as __es::ReplayInto<
                        __es::Inputs<'_, Fulfilment>,
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
                    >("order", __context.stream_id())?;
                    __keys.push(<Fulfilment as __es::Projection>::key_value(&__key)?);
                }
                __Kind::Event1(__event) => {
                    let __event = __es::columns::fields_of(__event);
                    __keys
                        .push(
                            Self::key_value(__es::KeyOf::<String>::key(&__event.order))?,
                        );
                }
                __Kind::Old(__old) => __old.keys(__context, __keys)?,
            }
            ::core::result::Result::Ok(())
        }
        #[inline]
        fn fold(&mut self, input: &__Input, context: &__es::EventContext<'_>) {
            match &input.0 {
                __Kind::Event0(event) => {
                    <__Event0 as __es::ReactedBy<
                        Fulfilment,
                    >>::react_to(event, self, context)
                }
                __Kind::Event1(event) => {
                    <__Event1 as __es::ReactedBy<
                        Fulfilment,
                    >>::react_to(event, self, context)
                }
                __Kind::Old(old) => old.fold(self, context),
            }
        }
        fn key_value(
            key: &Self::Key,
        ) -> ::core::result::Result<__es::Value, __es::RowError> {
            (&&&__es::columns::Field::<String>::NEW).write("order", key)
        }
        fn begin(key: __es::Value) -> ::core::result::Result<Self, __es::RowError> {
            let mut row = <Fulfilment as __es::Begins>::begin();
            row.order = (&&&__es::columns::Field::<String>::NEW).read("order", key)?;
            ::core::result::Result::Ok(row)
        }
        fn to_row(&self) -> ::core::result::Result<__es::Row, __es::RowError> {
            ::core::result::Result::Ok(
                ::std::vec![
                    (&& & __es::columns::Field:: < String > ::NEW).write("order", & self
                    .order) ?, (&& & __es::columns::Field:: < bool > ::NEW)
                    .write("booked", & self.booked) ?
                ],
            )
        }
        fn from_row(row: __es::Row) -> ::core::result::Result<Self, __es::RowError> {
            let mut values = __es::columns::Values::new(row);
            ::core::result::Result::Ok(Self {
                order: (&&&__es::columns::Field::<String>::NEW)
                    .read("order", values.next("order")?)?,
                booked: (&&&__es::columns::Field::<bool>::NEW)
                    .read("booked", values.next("booked")?)?,
            })
        }
    }
    __es::inventory::submit! {
        __es::Registration::Projection(& __DESCRIPTOR)
    }
    type __Command0 = Book;
    type __Command1 = Ship;
    type __Rejected0 = Rejected<Ship>;
    static __PROCESS: __es::ProcessDescriptor = __es::ProcessDescriptor {
        from: __es::StartFrom::Beginning,
        commands: &[
            <__Command0 as __es::SentBy<Fulfilment>>::SENDING.sent,
            <__Command1 as __es::SentBy<Fulfilment>>::SENDING
                .sent
                .by(<__Rejected0 as __es::Returns<Fulfilment, __Command1>>::DISPATCH),
        ],
    };
    #[automatically_derived]
    impl __es::ProcessManager for Fulfilment {
        const PROCESS: &'static __es::ProcessDescriptor = &__PROCESS;
    }
    #[automatically_derived]
    impl __es::SendsEachCommandOnce<__Command0> for Fulfilment {
        const SENDING: __es::Sending<__Command0> = <__Command0 as __es::CarriedOut>::SENDING;
    }
    #[automatically_derived]
    impl __es::SendsEachCommandOnce<__Command1> for Fulfilment {
        const SENDING: __es::Sending<__Command1> = <__Command1 as __es::CarriedOut>::SENDING;
    }
};
