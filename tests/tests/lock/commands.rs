//! Commands that a process manager sends: what waits in an outbox is read by the next release.

use std::path::Path;

use eventsource_core::lock::{self, DeployOrder, LockError, Mode, Report};
use eventsource_core::registry::Registry;

/// A program whose process manager sends `Ship`, a struct, and `Care`, a family, each with these keys and fields.
macro_rules! release {
    ($name:ident, $ship:tt $fields:tt, $care:tt $variants:tt) => {
        release!($name at 1, $ship $fields, $care $variants);
    };
    ($name:ident at $version:literal, { $($ship:tt)* } { $($fields:tt)* }, { $($care:tt)* } { $($variants:tt)* }) => {
        mod $name {
            use eventsource_core::prelude::*;
            use serde::{Deserialize, Serialize};

            #[derive(Event, Serialize, Deserialize)]
            #[event(name = "paid")]
            pub struct Paid {}

            #[derive(Aggregate, Default)]
            #[aggregate(
                name = "order",
                id = String,
                error = std::convert::Infallible,
                events(ignore(Paid)),
                commands(Ship, Care)
            )]
            pub struct Order {}

            #[derive(Command, Clone, Serialize, Deserialize)]
            #[command(aggregate = Order, $($ship)*)]
            pub struct Ship {
                #[command(id)]
                pub order: String,
                $($fields)*
            }

            #[derive(Command, Clone, Serialize, Deserialize)]
            #[command(aggregate = Order, $($care)*)]
            pub enum Care {
                Call {
                    #[command(id)]
                    order: String,
                },
                $($variants)*
            }

            impl Handle<Ship> for Order {
                fn handle(&self, _: Ship, _: &Context<'_, Self>) -> Decision<Self> {
                    Ok(events![])
                }
            }

            impl Handle<Care> for Order {
                fn handle(&self, _: Care, _: &Context<'_, Self>) -> Decision<Self> {
                    Ok(events![])
                }
            }

            #[derive(ProcessManager, Default)]
            #[process_manager(
                name = "fulfilment",
                version = $version,
                events(Paid),
                commands(Ship, Care),
                from = beginning
            )]
            pub struct Fulfilment {
                #[process_manager(key)]
                pub order: String,
            }

            impl React<Paid> for Fulfilment {
                fn react(&mut self, _: &Paid, _: &mut ReactContext<'_, Self>) {}
            }
        }
    };
}

release!(
    released,
    { name = "order.ship" } { pub tracking: String, },
    { name = "order.care" } { Gift { #[command(id)] order: String, worth: u32 }, }
);
release!(
    renamed_field,
    { name = "order.ship" } { pub parcel: String, },
    { name = "order.care" } { Gift { #[command(id)] order: String, worth: u32 }, }
);
release!(
    renamed_in_a_version,
    { name = "order.ship", version = 2 } { #[command(was(name = "tracking", until = 1))] pub parcel: String, },
    { name = "order.care" } { Gift { #[command(id)] order: String, worth: u32 }, }
);
release!(
    renamed_beside_the_old at 2,
    { name = "order.ship", version = 2 } { #[command(was(name = "tracking", until = 1))] pub parcel: String, },
    { name = "order.care" } { Gift { #[command(id)] order: String, worth: u32 }, }
);
release!(
    retyped_in_a_variant,
    { name = "order.ship" } { pub tracking: String, },
    { name = "order.care" } { Gift { #[command(id)] order: String, worth: String }, }
);
release!(
    retyped_in_a_version,
    { name = "order.ship" } { pub tracking: String, },
    { name = "order.care", version = 2 } {
        Gift { #[command(id)] order: String, #[command(was(type = u32, until = 1, with = super::words))] worth: String },
    }
);
release!(
    without_a_variant,
    { name = "order.ship" } { pub tracking: String, },
    { name = "order.care" } {}
);
release!(
    with_more,
    { name = "order.ship" } { pub tracking: String, pub note: Option<String>, },
    { name = "order.care" } { Gift { #[command(id)] order: String, worth: u32 }, Visit { #[command(id)] order: String }, }
);
release!(
    renamed,
    { name = "order.send" } { pub tracking: String, },
    { name = "order.care" } { Gift { #[command(id)] order: String, worth: u32 }, }
);

fn words(worth: u32) -> String {
    worth.to_string()
}

macro_rules! registry {
    ($release:ident) => {
        Registry::builder()
            .aggregate::<$release::Order>()
            .process_manager::<$release::Fulfilment>()
            .build()
    };
}

fn held(path: &Path, registry: &Registry) -> Result<Report, LockError> {
    lock::run(path, &registry!(released), Mode::Update)?;
    lock::run(path, registry, Mode::Read)
}

/// What the lock of the first release says to another.
fn refused(registry: &Registry) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    held(&path, registry).unwrap_err().to_string()
}

fn passes(registry: &Registry) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    held(&path, registry).unwrap()
}

#[test]
fn the_file_holds_the_shape_and_golden_payloads_of_each_command_that_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    lock::run(&path, &registry!(released), Mode::Update).unwrap();
    let file = std::fs::read_to_string(&path).unwrap();
    for line in [
        "command order.care\n  rust Care\n  version 1\n    shape: enum Care\n",
        "command order.ship\n  rust Ship\n  version 1\n    shape: struct Ship\n      order: text\n      tracking: text\n",
        "    golden {\"order\":\"text 2\",\"tracking\":\"text 3\"}\n      is order.ship 1 {",
    ] {
        assert!(file.contains(line), "{line}\n{file}");
    }
    lock::run(&path, &registry!(released), Mode::Check).unwrap();
}

#[test]
fn a_command_that_waits_and_would_not_be_read_is_told() {
    let told = refused(&registry!(renamed_field));
    for words in [
        "needs a version: order.ship version 1: the field `tracking` is now `parcel`",
        "`version = 2` on `Ship`",
        "#[command(was(name = \"tracking\", until = 1))]  on its field `parcel`",
        "commands.rs:",
    ] {
        assert!(told.contains(words), "{words}\n{told}");
    }

    let told = refused(&registry!(retyped_in_a_variant));
    let words = "#[command(was(type = u32, until = 1, with = convert))]  on its field `worth`";
    assert!(told.contains(words), "{told}");

    let told = refused(&registry!(without_a_variant));
    assert!(
        told.contains("the variant `Gift` is no longer read"),
        "{told}"
    );
}

#[test]
fn what_is_written_as_the_lock_proposes_passes() {
    passes(&registry!(renamed_in_a_version));
    passes(&registry!(retyped_in_a_version));
}

#[test]
fn what_waiting_commands_may_lack_is_safe() {
    let report = passes(&registry!(with_more));
    assert_eq!(report.harmful().count(), 0);
    assert_eq!(report.findings().len(), 2, "{report}");
}

#[test]
fn a_command_that_has_another_name_is_proposed_its_own() {
    let told = refused(&registry!(renamed));
    assert!(told.contains("renamed?: order.ship version 1"), "{told}");
    assert!(told.contains("`name = \"order.ship\"` on `Ship`"), "{told}");

    let none = Registry::builder().event::<released::Paid>().build();
    let told = refused(&none);
    assert!(told.contains("gone: order.ship version 1"), "{told}");
    assert!(
        told.contains("take its lines out of the lock file"),
        "{told}"
    );
}

#[test]
fn a_command_that_nobody_sends_is_not_locked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    let unsent = Registry::builder().aggregate::<released::Order>().build();
    lock::run(&path, &unsent, Mode::Update).unwrap();
    let file = std::fs::read_to_string(&path).unwrap();
    assert!(!file.contains("command order."), "{file}");
}

#[test]
fn an_old_program_that_cannot_carry_a_command_out_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock@v1");
    lock::run(&path, &registry!(released), Mode::Update).unwrap();
    let found = lock::compatible(&path, &registry!(renamed_in_a_version)).unwrap();
    // Whichever is replaced first: while both run, an old one may be the one that carries out what a new one sends.
    assert_eq!(found.order(), DeployOrder::ProcessManagersApart);
    let told = found.to_string();
    for words in [
        "order.ship version 2",
        "end the old process managers before the first new one starts",
        "raise the `version` of those that send such a command",
    ] {
        assert!(told.contains(words), "{words}\n{told}");
    }
    assert!(!told.contains("replace first what only reads"), "{told}");

    // What a newer version sent is left to it by old programs.
    let found = lock::compatible(&path, &registry!(renamed_beside_the_old)).unwrap();
    assert_eq!(found.order(), DeployOrder::Any, "{found}");
}
