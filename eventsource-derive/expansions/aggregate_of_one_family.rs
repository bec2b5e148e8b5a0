// Generated for
//
//     #[derive(Aggregate)]
//     #[aggregate(name = "order", id = String, error = OrderError, events(OrderEvent), commands(Ship))]
//     pub enum Order {
//         #[default]
//         New,
//         Open { due: u64 },
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
    type __Event0 = OrderEvent;
    type __Command0 = <Ship as __es::SentTo<Order>>::Command;
    static __DESCRIPTOR: __es::AggregateDescriptor = __es::AggregateDescriptor {
        name: "order",
        rust_name: "Order",
        file: ::core::file!(),
        line: ::core::line!(),
        events: &[
            __es::ListedEvent {
                rust_name: "OrderEvent",
                types: {
                    use __es::OnlyWithoutEvent as _;
                    __es::Only::<__Event0>::READS
                },
                role: __es::ListedRole::Read,
                keying: __es::Keying::Stream,
            },
        ],
        commands: &[<__Command0 as __es::Command>::DESCRIPTOR],
        ignores_unknown: false,
        shown_id: __es::shown_id::<Order>,
        snapshot: ::core::option::Option::None,
        docs: "",
    };
    #[automatically_derived]
    impl __es::Declared for Order {}
    #[automatically_derived]
    impl __es::Aggregate for Order {
        type Id = String where for<'__a> &'__a String: __es::CanBeTheId;
        type Error = OrderError where for<'__a> &'__a OrderError: __es::CanBeTheError;
        type Event = __Event0;
        const NAME: &'static ::core::primitive::str = "order";
        const DESCRIPTOR: &'static __es::AggregateDescriptor = &__DESCRIPTOR;
        fn initial() -> Self {
            <Order as __es::Begins>::begin()
        }
        #[inline]
        fn apply_event(&mut self, event: &Self::Event) {
            <Self as __es::ListsEachEventOnce<__Event0>>::fold(self, event)
        }
        #[inline]
        fn read(
            stored: &__es::Stored<'_>,
            sink: &mut __es::Sink<'_, Self>,
        ) -> ::core::result::Result<(), __es::DecodeError> {
            use __es::OnlyWithoutEvent as _;
            if __es::Only::<__Event0>::read(stored, sink)? {
                ::core::result::Result::Ok(())
            } else {
                ::core::result::Result::Err(
                    __es::DecodeError::unknown(stored.name, stored.version),
                )
            }
        }
    }
    #[automatically_derived]
    impl __es::ListsEachEventOnce<__Event0> for Order {
        type As = __es::AsWritten<<Self as __es::Aggregate>::Event>;
        #[inline]
        fn fold(&mut self, event: &__Event0) {
            <__Event0 as __es::AppliedBy<Order>>::apply_to(event, self);
        }
        #[inline]
        fn recall(event: __Event0) -> Self::As {
            __es::AsWritten(event)
        }
    }
    const _: fn() = || {
        use __es::{AnyEntry as _, RetiredEntry as _};
        (&__es::Entry::<Order, __Event0>::NEW).check();
    };
    #[automatically_derived]
    impl __es::ListsEachCommandOnce<Ship> for Order {
        type As = Ship;
        fn list(command: Ship) -> Self::As {
            command
        }
    }
    const _: () = {
        let _ = <__Command0 as __es::HandledBy<Order>>::handle_by;
    };
    __es::inventory::submit! {
        __es::Registration::Aggregate(& __DESCRIPTOR)
    }
};
