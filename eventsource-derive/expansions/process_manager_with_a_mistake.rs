// Generated for
//
//     #[derive(ProcessManager)]
//     #[process_manager(name = "fulfilment", version = 1, events(Booked), commands(Ship))]
//     pub struct Fulfilment {
//         #[process_manager(key)]
//         order: String,
//     }

::core::compile_error! {
    "a process manager needs more to be said of it: add `from = now` to `#[process_manager(…)]`; `from = now` begins behind what is in the log when it is first started, `from = beginning` reacts to all of it"
}
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
    #[diagnostic::do_not_recommend]
    impl __es::Projection for Fulfilment {
        type Key = String;
        type Input = ();
        const DESCRIPTOR: &'static __es::ProjectionDescriptor = &__es::ProjectionDescriptor {
            name: "fulfilment",
            version: 1,
            rust_name: "Fulfilment",
            file: "",
            line: 0,
            events: &[],
            columns: ::std::vec::Vec::new,
            consistency: __es::Consistency::Eventual,
            batch: __es::batch::<Self>,
            docs: "",
            process: ::core::option::Option::None,
        };
        fn read(
            _: &__es::Stored<'_>,
            _: &mut ::std::vec::Vec<()>,
        ) -> ::core::result::Result<::core::primitive::bool, __es::DecodeError> {
            ::core::result::Result::Ok(false)
        }
        fn keys(
            _: &(),
            _: &__es::EventContext<'_>,
            _: &mut ::std::vec::Vec<__es::Value>,
        ) -> ::core::result::Result<(), __es::RowError> {
            ::core::result::Result::Ok(())
        }
        fn fold(&mut self, _: &(), _: &__es::EventContext<'_>) {}
        fn key_value(
            _: &Self::Key,
        ) -> ::core::result::Result<__es::Value, __es::RowError> {
            ::core::result::Result::Ok(__es::Value::Null)
        }
        fn begin(_: __es::Value) -> ::core::result::Result<Self, __es::RowError> {
            loop {}
        }
        fn to_row(&self) -> ::core::result::Result<__es::Row, __es::RowError> {
            ::core::result::Result::Ok(::std::vec::Vec::new())
        }
        fn from_row(_: __es::Row) -> ::core::result::Result<Self, __es::RowError> {
            loop {}
        }
    }
    impl __es::ProcessManager for Fulfilment {
        const PROCESS: &'static __es::ProcessDescriptor = &__es::ProcessDescriptor {
            from: __es::StartFrom::Now,
            commands: &[],
        };
    }
    impl<__C> __es::SendsEachCommandOnce<__C> for Fulfilment
    where
        __C: __es::CarriedOut,
    {
        const SENDING: __es::Sending<__C> = <__C as __es::CarriedOut>::SENDING;
    }
};
