// Generated for
//
//     #[derive(Event)]
//     #[event(nmae = "account.opened", name = "account.opened")]
//     pub struct Opened {
//         pub owner: String,
//     }

::core::compile_error! {
    "unknown key `nmae`, did you mean `name`? `#[event(…)]` on a struct event takes `name`, `version`, `aliases`, `upcast`, `retired`, `crate`"
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
    impl __es::Encode for Opened {
        fn event_type(&self) -> &'static __es::EventType {
            &<Self as __es::Event>::TYPES[0]
        }
        fn encode(
            &self,
            _: &mut ::std::vec::Vec<::core::primitive::u8>,
        ) -> ::core::result::Result<(), __es::EncodeError> {
            ::core::result::Result::Ok(())
        }
    }
    impl __es::Event for Opened {
        const TYPES: &'static [__es::EventType] = &[
            __es::EventType::new("", 1, "", "", 0),
        ];
        fn decode(
            _: &__es::Stored<'_>,
        ) -> ::core::result::Result<__es::Decoded<Self>, __es::DecodeError> {
            ::core::result::Result::Ok(__es::Decoded::Foreign)
        }
    }
    impl<__Reader> __es::ReplayInto<__Reader> for Opened {
        fn replay_into(self, _: &mut __Reader) {}
    }
    impl __es::NeverFolded for Opened {}
    impl __es::StructEvent for Opened {
        type Itself = Self;
    }
    impl<__Aggregate> __es::EventOf<__Aggregate> for Opened
    where
        __Aggregate: __es::Lists<Opened>,
    {
        fn into_event(self) -> <__Aggregate as __es::Aggregate>::Event {
            <__Aggregate as __es::Lists<Opened>>::wrap(self)
        }
    }
};
