//! What the lock says of the tables of projections.

use eventsource_core::lock::{self, LockError, Mode, Report};
use eventsource_core::registry::Registry;

/// A projection over an event of this declaration.
macro_rules! seen {
    ($module:ident, ($($event:tt)*), $sum:ident) => {
        mod $module {
            use eventsource_core::prelude::*;
            use serde::{Deserialize, Serialize};

            #[derive(Event, Serialize, Deserialize)]
            #[event($($event)*)]
            pub struct Repaired {
                pub parts: u64,
            }

            #[derive(Projection, Serialize, Deserialize, Default)]
            #[projection(name = "repairs", version = 1, events(Repaired))]
            pub struct Repairs {
                #[projection(key)]
                machine: String,
                $sum: u64,
            }

            impl Project<Repaired> for Repairs {
                fn project(&mut self, event: &Repaired, _: &EventContext<'_>) {
                    self.$sum += event.parts;
                }
            }

            pub fn registry() -> super::Registry {
                super::Registry::builder().event::<Repaired>().projection::<Repairs>().build()
            }
        }
    };
}

seen!(released, (name = "machine.repaired"), parts);
seen!(renamed, (name = "machine.fixed"), parts);
seen!(
    aliased,
    (name = "machine.fixed", aliases("machine.repaired")),
    parts
);
seen!(
    of_another_column,
    (name = "machine.fixed", aliases("machine.repaired")),
    spare_parts
);

fn held(now: &Registry) -> Result<Report, LockError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    lock::run(&path, &released::registry(), Mode::Update).unwrap();
    lock::run(&path, now, Mode::Read)
}

#[test]
fn an_event_that_is_renamed_without_an_alias_is_no_change_of_the_table() {
    let told = held(&renamed::registry()).unwrap_err().to_string();
    assert!(told.contains("renamed?: machine.repaired"), "{told}");
    assert!(!told.contains("repairs"), "{told}");
    assert!(held(&aliased::registry()).is_ok());
}

#[test]
fn a_table_of_other_columns_needs_a_version() {
    let told = held(&of_another_column::registry())
        .unwrap_err()
        .to_string();
    assert!(
        told.contains("needs a version: repairs version 1: the projection changed"),
        "{told}"
    );
    assert!(told.contains("`version = 2` on `Repairs`"), "{told}");
}
