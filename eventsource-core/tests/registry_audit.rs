//! Contradictions between declarations: each is found, names both places, and all are reported at once.

use eventsource_core::prelude::*;
use eventsource_core::registry::{Declared, Registry, RegistryError, RegistryErrors};
use serde::{Deserialize, Serialize};

// Crates whose declarations are to be found are named so.
eventsource_core::link!(proptest, uuid);

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq, Default)]
#[event(name = "lamp.lit")]
struct Lit {}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq, Default)]
#[event(name = "lamp.put_out")]
struct Put {}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq, Default)]
#[event(name = "torch.lit", aliases("lamp.lit"))]
struct OtherLit {}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq, Default)]
#[event(name = "torch.flared")]
struct Flared {}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq, Default)]
#[event(name = "bell.rang")]
struct Rang {}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq, Default)]
#[event(name = "lamp.flashed", retired(into(Lit, Put)))]
struct LitAndPut {}

impl From<LitAndPut> for (Lit, Put) {
    fn from(_: LitAndPut) -> Self {
        Self::default()
    }
}

#[derive(Command, Debug, Clone)]
#[command(aggregate = Lamp)]
struct Light {
    #[command(id)]
    id: String,
}

#[derive(Command, Debug, Clone)]
#[command(aggregate = Lamp)]
struct Break {
    #[command(id)]
    id: String,
}

#[derive(Command, Debug, Clone)]
#[command(aggregate = Bell)]
struct Ring {
    #[command(id)]
    id: String,
}

macro_rules! applies {
    ($($aggregate:ident: $event:ident),*) => {$(
        impl Apply<$event> for $aggregate {
            fn apply(&mut self, _: &$event) {}
        }
    )*};
}

macro_rules! handles {
    ($($aggregate:ident: $command:ident),*) => {$(
        impl Handle<$command> for $aggregate {
            fn handle(&self, _: $command, _: &Context<'_, Self>) -> Decision<Self> {
                Ok(events![])
            }
        }
    )*};
}

macro_rules! projects {
    ($($projection:ident: $event:ident),*) => {$(
        impl Project<$event> for $projection {
            fn project(&mut self, _: &$event, _: &EventContext<'_>) {}
        }
    )*};
}

#[derive(Aggregate, Default, Debug)]
#[aggregate(id = String, error = std::convert::Infallible, name = "lamp", events(Lit, Put), retired(LitAndPut), commands(Light))]
struct Lamp {}

#[derive(Aggregate, Default, Debug)]
#[aggregate(id = String, error = std::convert::Infallible, name = "bell", events(Rang), commands(Ring, RingAgain))]
struct Bell {}

#[derive(Aggregate, Default, Debug)]
#[aggregate(id = String, error = std::convert::Infallible, name = "lamp", events(Rang))]
struct SecondLamp {}

#[derive(Aggregate, Default, Debug)]
#[aggregate(id = String, error = std::convert::Infallible, name = "forgetful", events(Lit))]
struct Forgetful {}

#[derive(Aggregate, Default, Debug)]
#[aggregate(id = String, error = std::convert::Infallible, name = "deaf", events(Lit, Put, ignore(Rang)), retired(LitAndPut))]
struct Deaf {}

#[derive(Aggregate, Default, Debug)]
#[aggregate(id = String, error = std::convert::Infallible, name = "blind", events(Rang, ignore(Lit)))]
struct Blind {}

#[derive(Aggregate, Default, Debug)]
#[aggregate(id = String, error = std::convert::Infallible, name = "dark", events(ignore(Flared)))]
struct Dark {}

#[derive(Projection, Serialize, Deserialize, Debug, Clone, Default)]
#[projection(name = "torches", version = 1, events(Flared, Rang))]
struct Torches {
    #[projection(key)]
    key: String,
}

projects!(Torches: Flared, Torches: Rang);
applies!(Deaf: Lit, Deaf: Put, Blind: Rang);
applies!(Lamp: Lit, Lamp: Put, Bell: Rang, SecondLamp: Rang, Forgetful: Lit);
handles!(Lamp: Light, Bell: Ring);

#[derive(Projection, Serialize, Deserialize, Debug, Clone, Default)]
#[projection(name = "lamps", version = 1, events(Lit, Put), retired(LitAndPut))]
struct Lamps {
    #[projection(key)]
    key: String,
}

#[derive(Projection, Serialize, Deserialize, Debug, Clone, Default)]
#[projection(name = "lamps", version = 1, events(Rang))]
struct OtherLamps {
    #[projection(key)]
    key: String,
}

#[derive(Projection, Serialize, Deserialize, Debug, Clone, Default)]
#[projection(name = "lamps", version = 2, events(Lit, Put), retired(LitAndPut))]
struct NewLamps {
    #[projection(key)]
    key: String,
}

#[derive(Projection, Serialize, Deserialize, Debug, Clone, Default)]
#[projection(name = "lit_lamps", version = 1, events(Lit))]
struct LitLamps {
    #[projection(key)]
    key: String,
}

#[derive(Projection, Serialize, Deserialize, Debug, Clone, Default)]
#[projection(
    name = "everything",
    version = 1,
    events(Lit, Put, Rang),
    retired(LitAndPut)
)]
struct All {
    #[projection(key)]
    key: String,
}

#[derive(Projection, Serialize, Deserialize, Debug, Clone, Default)]
#[projection(name = "keyed", version = 1, events(Lit, Put, Rang(key_with = the_bell)), retired(LitAndPut))]
struct Keyed {
    #[projection(key)]
    key: String,
}

projects!(Lamps: Lit, Lamps: Put, OtherLamps: Rang, NewLamps: Lit, NewLamps: Put, LitLamps: Lit);
projects!(All: Lit, All: Put, All: Rang, Keyed: Lit, Keyed: Put, Keyed: Rang);

/// The split event's own keying says nothing: its parts are keyed by a function.
#[derive(Projection, Serialize, Deserialize, Debug, Clone, Default)]
#[projection(name = "parts", version = 1, events(Lit(key_with = the_lamp), Put(key_with = the_lamp), Rang), retired(LitAndPut))]
struct Parts {
    #[projection(key)]
    key: String,
}

projects!(Parts: Lit, Parts: Put, Parts: Rang);

#[derive(Command, Serialize, Deserialize, Debug, Clone)]
#[command(aggregate = Bell, name = "bell.ring_again")]
struct RingAgain {
    #[command(id)]
    bell: String,
}

handles!(Bell: RingAgain);

#[derive(ProcessManager, Debug, Default)]
#[process_manager(name = "ringing", version = 1, from = now, events(Lit, Put), retired(LitAndPut), commands(RingAgain))]
struct Ringing {
    #[process_manager(key)]
    key: String,
}

#[derive(ProcessManager, Debug, Default)]
#[process_manager(name = "ringing", version = 2, from = now, events(Lit, Put), retired(LitAndPut), commands(RingAgain))]
struct OtherRinging {
    #[process_manager(key)]
    key: String,
}

#[derive(Projection, Debug, Default)]
#[projection(name = "ringing", version = 3, events(Lit, Put), retired(LitAndPut))]
struct Rings {
    #[projection(key)]
    key: String,
}

macro_rules! reacts {
    ($($process:ident: $event:ident),*) => {$(
        impl React<$event> for $process {
            fn react(&mut self, _: &$event, _: &mut ReactContext<'_, Self>) {}
        }
    )*};
}

reacts!(Ringing: Lit, Ringing: Put, OtherRinging: Lit, OtherRinging: Put);
projects!(Rings: Lit, Rings: Put);

fn the_lamp<E>(_: &E, context: &EventContext<'_>) -> [String; 1] {
    [context.stream_id().to_owned()]
}

fn the_bell(_: &Rang, context: &EventContext<'_>) -> [String; 1] {
    [context.stream_id().to_owned()]
}

fn errors(registry: &Registry) -> RegistryErrors {
    registry.audit().unwrap_err()
}

fn only(registry: &Registry) -> RegistryError {
    let errors = errors(registry);
    assert_eq!(errors.iter().count(), 1, "{errors}");
    errors.iter().next().unwrap().clone()
}

fn names(declared: &[Declared]) -> Vec<&'static str> {
    declared.iter().map(|it| it.rust_name).collect()
}

#[test]
fn what_agrees_passes() {
    let registry = Registry::builder()
        .aggregate::<Lamp>()
        .aggregate::<Bell>()
        .projection::<Lamps>()
        .projection::<NewLamps>()
        .projection::<Keyed>()
        // What is listed twice counts once.
        .event::<Lit>()
        .command::<Light>()
        .aggregate::<Lamp>()
        .projection::<Lamps>()
        .build();
    assert_eq!(registry.audit(), Ok(()));
    assert_eq!(registry.aggregates().len(), 2);
    assert_eq!(registry.projections().len(), 3);
    assert_eq!(registry.events().len(), 4);
}

#[test]
fn a_registry_knows_the_versions_of_all_names() {
    let registry = Registry::builder().event::<OtherLit>().build();
    for name in ["torch.lit", "lamp.lit"] {
        assert!(registry.knows(name, 1));
        assert!(!registry.knows(name, 2));
        assert!(!registry.knows(name, 0));
    }
    assert!(!registry.knows("lamp.put_out", 1));
}

#[test]
fn discovery_finds_what_is_linked_sorted_by_name() {
    let registry = Registry::discover();
    let events: Vec<_> = registry.events().iter().map(|it| it.name).collect();
    assert!(events.is_sorted(), "{events:?}");
    for name in ["lamp.lit", "lamp", "bell", "lamps", "everything"] {
        assert!(registry.names(name), "{name}");
    }
    assert!(registry.expect(["lamp", "bell.rang"]).is_ok());
}

#[test]
fn two_events_of_one_name_are_found_also_by_alias() {
    let error = only(
        &Registry::builder()
            .event::<Lit>()
            .event::<OtherLit>()
            .build(),
    );
    let RegistryError::DuplicateEvent {
        name,
        first,
        second,
    } = error
    else {
        panic!("{error}");
    };
    assert_eq!(name, "lamp.lit");
    assert_eq!(names(&[first, second]), ["Lit", "OtherLit"]);
    let told = error.to_string();
    assert_eq!(told.matches("registry_audit.rs:").count(), 2, "{told}");
    assert_ne!(first.line, second.line);
}

#[test]
fn two_aggregates_of_one_name_are_found() {
    let registry = Registry::builder()
        .aggregate::<Lamp>()
        .aggregate::<SecondLamp>()
        .build();
    let error = only(&registry);
    let RegistryError::DuplicateAggregate { first, second, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(names(&[first, second]), ["Lamp", "SecondLamp"]);
}

#[test]
fn two_projections_of_one_name_and_version_are_found() {
    let registry = Registry::builder()
        .aggregate::<Lamp>()
        .aggregate::<Bell>()
        .projection::<Lamps>()
        .projection::<OtherLamps>()
        .build();
    let error = only(&registry);
    let RegistryError::DuplicateProjection {
        name: "lamps",
        version: 1,
        first,
        second,
    } = error
    else {
        panic!("{error}");
    };
    assert_eq!(names(&[first, second]), ["Lamps", "OtherLamps"]);
}

#[test]
fn a_process_manager_has_its_name_alone() {
    let lamps = Registry::builder().aggregate::<Lamp>().aggregate::<Bell>();
    let ringing = lamps.clone().process_manager::<Ringing>();
    assert_eq!(ringing.clone().build().audit(), Ok(()));
    let others = [
        (
            "OtherRinging",
            ringing.clone().process_manager::<OtherRinging>(),
        ),
        ("Rings", ringing.projection::<Rings>()),
    ];
    for (other, registry) in others {
        let error = only(&registry.build());
        let RegistryError::DuplicateProcess {
            name: "ringing",
            first,
            second,
        } = error
        else {
            panic!("{error}");
        };
        let mut found = names(&[first, second]);
        found.sort_unstable();
        assert_eq!(found, [other.min("Ringing"), other.max("Ringing")]);
    }
}

#[test]
fn a_process_manager_needs_the_aggregates_that_it_sends_to() {
    let registry = Registry::builder()
        .aggregate::<Lamp>()
        .process_manager::<Ringing>()
        .build();
    let error = only(&registry);
    assert!(
        matches!(
            error,
            RegistryError::NoHandler {
                aggregate: "bell",
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn a_command_that_its_aggregate_does_not_list_is_found() {
    let registry = Registry::builder()
        .aggregate::<Lamp>()
        .command::<Break>()
        .build();
    let error = only(&registry);
    let RegistryError::Unhandled {
        command, handler, ..
    } = error
    else {
        panic!("{error}");
    };
    assert_eq!(names(&[command, handler]), ["Break", "Lamp"]);
}

#[test]
fn a_command_whose_aggregate_is_not_there_is_found() {
    let error = only(&Registry::builder().command::<Ring>().build());
    assert!(
        matches!(
            error,
            RegistryError::NoHandler {
                aggregate: "bell",
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn a_split_event_with_an_unknown_part_is_found() {
    let registry = Registry::builder()
        .event::<LitAndPut>()
        .event::<Lit>()
        .build();
    let error = only(&registry);
    let RegistryError::UnknownPart { split, part, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(names(&[split, part]), ["LitAndPut", "Put"]);
}

#[test]
fn who_lists_a_part_and_forgot_the_split_event_is_found() {
    let registry = Registry::builder()
        .aggregate::<Lamp>()
        .aggregate::<Forgetful>()
        .projection::<LitLamps>()
        .build();
    let errors = errors(&registry);
    let mut readers = Vec::new();
    for error in &errors {
        match error {
            RegistryError::ForgottenSplit {
                reader,
                part,
                split,
                ..
            } => {
                assert_eq!(names(&[*part, *split]), ["Lit", "LitAndPut"]);
                readers.push(reader.rust_name);
            }
            // The two aggregates share an event.
            RegistryError::StreamKeyOverTwo { .. } => {}
            other => panic!("{other}"),
        }
    }
    assert_eq!(readers, ["Forgetful", "LitLamps"]);
}

#[test]
fn a_stream_key_over_two_aggregates_is_found() {
    let registry = Registry::builder()
        .aggregate::<Lamp>()
        .aggregate::<Bell>()
        .projection::<All>()
        .build();
    let error = only(&registry);
    let RegistryError::StreamKeyOverTwo {
        projection,
        first,
        second,
    } = error
    else {
        panic!("{error}");
    };
    assert_eq!(names(&[projection, first, second]), ["All", "Lamp", "Bell"]);
}

#[test]
fn a_split_event_is_keyed_as_its_parts_are() {
    let registry = Registry::builder()
        .aggregate::<Lamp>()
        .aggregate::<Bell>()
        .projection::<Parts>()
        .build();
    assert_eq!(registry.audit(), Ok(()));
}

#[test]
fn an_event_that_is_passed_over_belongs_to_who_reads_it_or_else_to_who_passes_it_over() {
    let keyed_by_stream = |with_its_reader: bool| {
        let mut builder = Registry::builder()
            .aggregate::<Deaf>()
            .projection::<OtherLamps>();
        if with_its_reader {
            builder = builder.aggregate::<Bell>();
        }
        builder.build().audit()
    };
    assert_eq!(keyed_by_stream(true), Ok(()));
    assert_eq!(keyed_by_stream(false), Ok(()));

    // Nobody reads the torch, so its events are of the one that passes them over: another than the bell.
    let registry = Registry::builder()
        .aggregate::<Bell>()
        .aggregate::<Dark>()
        .projection::<Torches>()
        .build();
    let error = only(&registry);
    let RegistryError::StreamKeyOverTwo { first, second, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(names(&[first, second]), ["Dark", "Bell"]);
}

#[test]
fn an_aggregate_that_passes_over_a_part_needs_the_split_event_too() {
    // To an aggregate, an event that it does not list is an error.
    let registry = Registry::builder()
        .aggregate::<Lamp>()
        .aggregate::<Blind>()
        .build();
    let error = only(&registry);
    let RegistryError::ForgottenSplit { reader, part, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(names(&[reader, part]), ["Blind", "Lit"]);
}

#[test]
fn all_is_reported_at_once_a_line_each() {
    let registry = Registry::builder()
        .aggregate::<Lamp>()
        .aggregate::<Bell>()
        .event::<OtherLit>()
        .command::<Break>()
        .projection::<All>()
        .projection::<LitLamps>()
        .build();
    let errors = errors(&registry);
    assert_eq!(errors.iter().count(), 4, "{errors}");
    assert_eq!(errors.to_string().lines().count(), 4);
}
