// Generated for
//
//     #[derive(Projection)]
//     #[projection(name = "dashboard", version = 1, key = global, events(OrderEvent))]
//     pub struct Dashboard {
//         placed: u64,
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
    pub struct __Input(__Kind);
    enum __Kind {
        Event0(__Event0),
        Old(__es::OldInput<Dashboard>),
    }
    #[automatically_derived]
    impl __es::TakesEachEventOnce<__Event0> for Dashboard {
        #[inline]
        fn input(event: __Event0) -> ::core::option::Option<__Input> {
            ::core::option::Option::Some(__Input(__Kind::Event0(event)))
        }
    }
    fn __columns() -> ::std::vec::Vec<__es::ColumnSpec> {
        ::std::vec![(&& & __es::columns::Field:: < u64 > ::NEW).column("placed")]
    }
    static __DESCRIPTOR: __es::ProjectionDescriptor = __es::ProjectionDescriptor {
        name: "dashboard",
        version: 1u32,
        rust_name: "Dashboard",
        file: ::core::file!(),
        line: ::core::line!(),
        events: &[
            __es::ListedEvent {
                rust_name: "OrderEvent",
                types: <__Event0 as __es::ReplayInto<
                    __es::Inputs<'_, Dashboard>,
                >>::READS,
                role: __es::ListedRole::Read,
                keying: __es::Keying::Global,
            },
        ],
        columns: __columns,
        consistency: __es::Consistency::Eventual,
        batch: __es::batch::<Dashboard>,
        docs: "",
        process: ::core::option::Option::None,
    };
    #[automatically_derived]
    impl __es::Projection for Dashboard {
        type Key = ();
        type Input = __Input;
        const DESCRIPTOR: &'static __es::ProjectionDescriptor = &__DESCRIPTOR;
        #[inline]
        fn read(
            stored: &__es::Stored<'_>,
            inputs: &mut ::std::vec::Vec<__Input>,
        ) -> ::core::result::Result<::core::primitive::bool, __es::DecodeError> {
            let inputs = &mut __es::Inputs::<'_, Dashboard>::new(inputs);
            ::core::result::Result::Ok(
                <__Event0 as __es::ReplayInto<
                    __es::Inputs<'_, Dashboard>,
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
                    let _ = __context;
                    __keys.push(__es::Value::Null);
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
                        Dashboard,
                    >>::project_to(event, self, context)
                }
                __Kind::Old(old) => old.fold(self, context),
            }
        }
        fn key_value(
            key: &Self::Key,
        ) -> ::core::result::Result<__es::Value, __es::RowError> {
            let () = key;
            ::core::result::Result::Ok(__es::Value::Null)
        }
        fn begin(key: __es::Value) -> ::core::result::Result<Self, __es::RowError> {
            let _ = key;
            ::core::result::Result::Ok(<Dashboard as __es::Begins>::begin())
        }
        fn to_row(&self) -> ::core::result::Result<__es::Row, __es::RowError> {
            ::core::result::Result::Ok(
                ::std::vec![
                    (&& & __es::columns::Field:: < u64 > ::NEW).write("placed", & self
                    .placed) ?
                ],
            )
        }
        fn from_row(row: __es::Row) -> ::core::result::Result<Self, __es::RowError> {
            let mut values = __es::columns::Values::new(row);
            ::core::result::Result::Ok(Self {
                placed: (&&&__es::columns::Field::<u64>::NEW)
                    .read("placed", values.next("placed")?)?,
            })
        }
    }
    __es::inventory::submit! {
        __es::Registration::Projection(& __DESCRIPTOR)
    }
};
