// Generated for
//
//     #[derive(Aggregate)]
//     #[aggregate(
//         name = "account",
//         id = String,
//         error = AccountError,
//         events(Opened, Deposited, ignore(Noted)),
//         retired(Suspended),
//         commands(Open, Deposit),
//         command_enum = AccountCommand,
//         snapshot(every = 100)
//     )]
//     pub struct Account {
//         owner: String,
//         balance: u64,
//     }

///The events that [`Account`] writes: those of its `events(…)`.
#[allow(
    deprecated,
    non_camel_case_types,
    clippy::large_enum_variant,
    clippy::enum_variant_names
)]
pub enum AccountEvent {
    ///[`Opened`].
    Opened(Opened),
    ///[`Deposited`].
    Deposited(Deposited),
    ///[`Noted`].
    Noted(Noted),
}
///The commands that [`Account`] handles: those of its `commands(…)`, each under its name.
#[derive(Clone)]
#[allow(deprecated, non_camel_case_types, clippy::large_enum_variant)]
pub enum AccountCommand {
    ///[`Open`].
    Open(Open),
    ///[`Deposit`].
    Deposit(Deposit),
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
    type __Event0 = Opened;
    type __Event1 = Deposited;
    type __Event2 = Noted;
    type __Retired0 = Suspended;
    type __Command0 = <Open as __es::SentTo<Account>>::Command;
    type __Command1 = <Deposit as __es::SentTo<Account>>::Command;
    static __DESCRIPTOR: __es::AggregateDescriptor = __es::AggregateDescriptor {
        name: "account",
        rust_name: "Account",
        file: ::core::file!(),
        line: ::core::line!(),
        events: &[
            __es::ListedEvent {
                rust_name: "Opened",
                types: <__Event0 as __es::ReplayInto<__es::Sink<'_, Account>>>::READS,
                role: __es::ListedRole::Read,
                keying: __es::Keying::Stream,
            },
            __es::ListedEvent {
                rust_name: "Deposited",
                types: <__Event1 as __es::ReplayInto<__es::Sink<'_, Account>>>::READS,
                role: __es::ListedRole::Read,
                keying: __es::Keying::Stream,
            },
            __es::ListedEvent {
                rust_name: "Noted",
                types: <__Event2 as __es::ReplayInto<__es::Sink<'_, Account>>>::READS,
                role: __es::ListedRole::Ignored,
                keying: __es::Keying::Stream,
            },
            __es::ListedEvent {
                rust_name: "Suspended",
                types: <__Retired0 as __es::ReplayInto<__es::Sink<'_, Account>>>::READS,
                role: __es::ListedRole::Retired,
                keying: __es::Keying::Stream,
            },
        ],
        commands: &[
            <__Command0 as __es::Command>::DESCRIPTOR,
            <__Command1 as __es::Command>::DESCRIPTOR,
        ],
        ignores_unknown: false,
        shown_id: __es::shown_id::<Account>,
        snapshot: __es::snapshot_of::<Account>(),
        docs: "",
    };
    #[automatically_derived]
    impl __es::Declared for Account {}
    #[automatically_derived]
    impl __es::Aggregate for Account {
        type Id = String where for<'__a> &'__a String: __es::CanBeTheId;
        type Error = AccountError
        where
            for<'__a> &'__a AccountError: __es::CanBeTheError;
        type Event = AccountEvent;
        const NAME: &'static ::core::primitive::str = "account";
        const DESCRIPTOR: &'static __es::AggregateDescriptor = &__DESCRIPTOR;
        const SNAPSHOT: ::core::option::Option<__es::SnapshotPolicy<Self>> = ::core::option::Option::Some(__es::SnapshotPolicy {
            every: 100u64,
            fingerprint: || {
                static ONCE: __es::OnceLock<__es::Fingerprint> = __es::OnceLock::new();
                *ONCE
                    .get_or_init(|| __es::snapshot_fingerprint::<
                        Account,
                    >("pub struct Account { owner : String , balance : u64 , }", 1u16))
            },
            encode: <Account as __es::SnapshotState>::encode_state,
            decode: <Account as __es::SnapshotState>::decode_state,
        });
        fn initial() -> Self {
            <Account as __es::Begins>::begin()
        }
        #[inline]
        fn apply_event(&mut self, event: &Self::Event) {
            match event {
                AccountEvent::Opened(event) => {
                    <Self as __es::ListsEachEventOnce<__Event0>>::fold(self, event)
                }
                AccountEvent::Deposited(event) => {
                    <Self as __es::ListsEachEventOnce<__Event1>>::fold(self, event)
                }
                AccountEvent::Noted(event) => {
                    <Self as __es::ListsEachEventOnce<__Event2>>::fold(self, event)
                }
            }
        }
        #[inline]
        fn read(
            stored: &__es::Stored<'_>,
            sink: &mut __es::Sink<'_, Self>,
        ) -> ::core::result::Result<(), __es::DecodeError> {
            if <__Event0 as __es::ReplayInto<
                __es::Sink<'_, Account>,
            >>::read(stored, sink)?
                || <__Event1 as __es::ReplayInto<
                    __es::Sink<'_, Account>,
                >>::read(stored, sink)?
                || <__Event2 as __es::ReplayInto<
                    __es::Sink<'_, Account>,
                >>::pass(stored, sink)?
                || <__Retired0 as __es::ReplayInto<
                    __es::Sink<'_, Account>,
                >>::read(stored, sink)?
            {
                ::core::result::Result::Ok(())
            } else {
                ::core::result::Result::Err(
                    __es::DecodeError::unknown(stored.name, stored.version),
                )
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for AccountEvent
    where
        for<'__a> &'__a __Event0: ::core::fmt::Debug,
        for<'__a> &'__a __Event1: ::core::fmt::Debug,
        for<'__a> &'__a __Event2: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::Opened(event) => ::core::fmt::Debug::fmt(&event, f),
                Self::Deposited(event) => ::core::fmt::Debug::fmt(&event, f),
                Self::Noted(event) => ::core::fmt::Debug::fmt(&event, f),
            }
        }
    }
    #[automatically_derived]
    impl ::core::clone::Clone for AccountEvent
    where
        for<'__a> &'__a __Event0: __es::CloneEvent<__Event0>,
        for<'__a> &'__a __Event1: __es::CloneEvent<__Event1>,
        for<'__a> &'__a __Event2: __es::CloneEvent<__Event2>,
    {
        fn clone(&self) -> Self {
            match self {
                Self::Opened(event) => Self::Opened(__es::CloneEvent::clone_event(event)),
                Self::Deposited(event) => {
                    Self::Deposited(__es::CloneEvent::clone_event(event))
                }
                Self::Noted(event) => Self::Noted(__es::CloneEvent::clone_event(event)),
            }
        }
    }
    #[automatically_derived]
    impl ::core::cmp::Eq for AccountEvent
    where
        for<'__a> &'__a __Event0: ::core::cmp::Eq,
        for<'__a> &'__a __Event1: ::core::cmp::Eq,
        for<'__a> &'__a __Event2: ::core::cmp::Eq,
    {}
    #[automatically_derived]
    impl ::core::cmp::PartialEq for AccountEvent
    where
        for<'__a> &'__a __Event0: ::core::cmp::PartialEq,
        for<'__a> &'__a __Event1: ::core::cmp::PartialEq,
        for<'__a> &'__a __Event2: ::core::cmp::PartialEq,
    {
        fn eq(&self, other: &Self) -> ::core::primitive::bool {
            match (self, other) {
                (Self::Opened(left), Self::Opened(right)) => {
                    ::core::cmp::PartialEq::eq(&left, &right)
                }
                (Self::Deposited(left), Self::Deposited(right)) => {
                    ::core::cmp::PartialEq::eq(&left, &right)
                }
                (Self::Noted(left), Self::Noted(right)) => {
                    ::core::cmp::PartialEq::eq(&left, &right)
                }
                _ => false,
            }
        }
    }
    #[automatically_derived]
    impl<__Listed: __es::Event> ::core::convert::From<__Listed> for AccountEvent
    where
        Account: __es::Lists<__Listed>,
    {
        #[inline]
        fn from(event: __Listed) -> Self {
            <Account as __es::Lists<__Listed>>::wrap(event)
        }
    }
    #[automatically_derived]
    impl __es::Encode for AccountEvent {
        #[inline]
        fn event_type(&self) -> &'static __es::EventType {
            match self {
                Self::Opened(event) => {
                    <__Event0 as __es::ReplayInto<
                        __es::Sink<'_, Account>,
                    >>::written_as(event)
                }
                Self::Deposited(event) => {
                    <__Event1 as __es::ReplayInto<
                        __es::Sink<'_, Account>,
                    >>::written_as(event)
                }
                Self::Noted(event) => {
                    <__Event2 as __es::ReplayInto<
                        __es::Sink<'_, Account>,
                    >>::written_as(event)
                }
            }
        }
        #[inline]
        fn encode(
            &self,
            payload: &mut ::std::vec::Vec<::core::primitive::u8>,
        ) -> ::core::result::Result<(), __es::EncodeError> {
            match self {
                Self::Opened(event) => {
                    <__Event0 as __es::ReplayInto<
                        __es::Sink<'_, Account>,
                    >>::write(event, payload)
                }
                Self::Deposited(event) => {
                    <__Event1 as __es::ReplayInto<
                        __es::Sink<'_, Account>,
                    >>::write(event, payload)
                }
                Self::Noted(event) => {
                    <__Event2 as __es::ReplayInto<
                        __es::Sink<'_, Account>,
                    >>::write(event, payload)
                }
            }
        }
    }
    #[automatically_derived]
    impl __es::EventOf<Account> for AccountEvent {
        #[inline]
        fn into_event(self) -> Self {
            self
        }
    }
    #[automatically_derived]
    impl<__Listed: __es::SingleCommand> ::core::convert::From<__Listed>
    for AccountCommand
    where
        Account: __es::ListsEachCommandOnce<__Listed, As = AccountCommand>,
    {
        fn from(command: __Listed) -> Self {
            <Account as __es::ListsEachCommandOnce<__Listed>>::list(command)
        }
    }
    const _: fn() = || {
        __es::read_by_name::<__Command0>();
        __es::read_by_name::<__Command1>();
    };
    #[derive(__serde::Deserialize)]
    #[serde(
        crate = "__serde",
        remote = "AccountCommand",
        bound(
            deserialize = "for < '__command > __Command0 : __es :: ReadByName < '__command > , for < '__command > __Command1 : __es :: ReadByName < '__command >"
        )
    )]
    enum __Command {
        #[serde(rename = "Open")]
        Open(__Command0),
        #[serde(rename = "Deposit")]
        Deposit(__Command1),
    }
    #[automatically_derived]
    impl<'de> __serde::Deserialize<'de> for AccountCommand
    where
        for<'__command> __Command0: __es::ReadByName<'__command>,
        for<'__command> __Command1: __es::ReadByName<'__command>,
    {
        fn deserialize<__D: __serde::Deserializer<'de>>(
            deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            __Command::deserialize(deserializer)
        }
    }
    #[automatically_derived]
    impl __es::Command for AccountCommand {
        type Aggregate = Account;
        const DESCRIPTOR: &'static __es::CommandDescriptor = &__es::CommandDescriptor {
            rust_name: "AccountCommand",
            name: ::core::option::Option::None,
            version: 1,
            schema: ::core::option::Option::None,
            aggregate: <Account as __es::Aggregate>::NAME,
            kinds: &[],
            file: ::core::file!(),
            line: ::core::line!(),
            docs: "",
        };
        fn id(&self) -> &<Account as __es::Aggregate>::Id {
            match self {
                Self::Open(command) => __es::Command::id(command),
                Self::Deposit(command) => __es::Command::id(command),
            }
        }
        fn existence(&self) -> __es::Existence {
            match self {
                Self::Open(command) => __es::Command::existence(command),
                Self::Deposit(command) => __es::Command::existence(command),
            }
        }
        fn name(&self) -> &'static ::core::primitive::str {
            match self {
                Self::Open(command) => __es::Command::name(command),
                Self::Deposit(command) => __es::Command::name(command),
            }
        }
        fn content(
            &self,
        ) -> ::core::option::Option<::std::vec::Vec<::core::primitive::u8>> {
            match self {
                Self::Open(command) => __es::Command::content(command),
                Self::Deposit(command) => __es::Command::content(command),
            }
        }
    }
    #[automatically_derived]
    impl __es::Handle<AccountCommand> for Account {
        fn handle(
            &self,
            command: AccountCommand,
            context: &__es::Context<'_, Self>,
        ) -> __es::Decision<Self> {
            match command {
                AccountCommand::Open(command) => {
                    __es::HandledBy::handle_by(command, self, context)
                }
                AccountCommand::Deposit(command) => {
                    __es::HandledBy::handle_by(command, self, context)
                }
            }
        }
    }
    #[automatically_derived]
    impl __es::ListsEachEventOnce<__Event0> for Account {
        type As = __es::AsWritten<<Self as __es::Aggregate>::Event>;
        #[inline]
        fn fold(&mut self, event: &__Event0) {
            <__Event0 as __es::AppliedBy<Account>>::apply_to(event, self);
        }
        #[inline]
        fn recall(event: __Event0) -> Self::As {
            __es::AsWritten(AccountEvent::Opened(event))
        }
    }
    #[automatically_derived]
    impl __es::ListsEachEventOnce<__Event1> for Account {
        type As = __es::AsWritten<<Self as __es::Aggregate>::Event>;
        #[inline]
        fn fold(&mut self, event: &__Event1) {
            <__Event1 as __es::AppliedBy<Account>>::apply_to(event, self);
        }
        #[inline]
        fn recall(event: __Event1) -> Self::As {
            __es::AsWritten(AccountEvent::Deposited(event))
        }
    }
    #[automatically_derived]
    impl __es::ListsEachEventOnce<__Event2> for Account {
        type As = __es::AsWritten<<Self as __es::Aggregate>::Event>;
        #[inline]
        fn fold(&mut self, event: &__Event2) {
            let _ = event;
        }
        #[inline]
        fn recall(event: __Event2) -> Self::As {
            __es::AsWritten(AccountEvent::Noted(event))
        }
    }
    #[automatically_derived]
    impl __es::ListsEachEventOnce<__Retired0> for Account {
        type As = __es::AsRead;
        fn fold(&mut self, event: &__Retired0) {
            use __es::{NoSuchEvent as _, NotFolded as _, StillFolded as _};
            (&&__es::Past::<__Retired0>::NEW).apply(event, self);
        }
        fn recall(_: __Retired0) -> Self::As {
            __es::AsRead
        }
    }
    const _: fn() = || {
        use __es::{AnyEntry as _, RetiredEntry as _};
        (&__es::Entry::<Account, __Event0>::NEW).check();
        (&__es::Entry::<Account, __Event1>::NEW).check();
        (&__es::Entry::<Account, __Event2>::NEW).check();
    };
    #[automatically_derived]
    impl __es::ListsEachCommandOnce<Open> for Account {
        type As = AccountCommand;
        fn list(command: Open) -> Self::As {
            AccountCommand::Open(command)
        }
    }
    #[automatically_derived]
    impl __es::ListsEachCommandOnce<Deposit> for Account {
        type As = AccountCommand;
        fn list(command: Deposit) -> Self::As {
            AccountCommand::Deposit(command)
        }
    }
    const _: () = {
        let _ = <__Command0 as __es::HandledBy<Account>>::handle_by;
        let _ = <__Command1 as __es::HandledBy<Account>>::handle_by;
    };
    __es::inventory::submit! {
        __es::Registration::Aggregate(& __DESCRIPTOR)
    }
};
