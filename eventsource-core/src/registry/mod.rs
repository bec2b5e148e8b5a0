//! What a program declares: every event, command, aggregate and projection in it.

mod audit;
mod builder;
mod descriptor;
mod error;
mod readers;

use std::collections::HashMap;

pub use builder::RegistryBuilder;
pub use descriptor::{
    AggregateDescriptor, CommandDescriptor, CommandKind, Consistency, Dispatch, Keying,
    ListedEvent, ListedRole, ProcessDescriptor, ProjectionDescriptor, Registration, SentCommand,
    StartFrom,
};
pub use error::{Declared, RegistryError, RegistryErrors};

use crate::event::EventType;

/// All that a program declares, sorted by name.
///
/// [`discover`](Self::discover) finds what is linked into the program; [`builder`](Self::builder) lists it by hand, for linkers that drop
/// sections. Reading stored events never depends on either: what an aggregate or a projection needs is in its own generated code.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    events: Vec<&'static EventType>,
    commands: Vec<&'static CommandDescriptor>,
    aggregates: Vec<&'static AggregateDescriptor>,
    projections: Vec<&'static ProjectionDescriptor>,
    /// The current version of each name and alias.
    versions: HashMap<&'static str, u16>,
}

impl Registry {
    /// All that is derived in the crates that are linked into this program.
    ///
    /// A crate that stands in `Cargo.toml` but is never named in code is not linked: name it in [`link!`](crate::link).
    #[must_use]
    pub fn discover() -> Self {
        let mut builder = Self::builder();
        for registration in inventory::iter::<Registration> {
            builder = builder.register(*registration);
        }
        builder.build()
    }

    /// An empty list, to be filled by hand.
    #[must_use]
    pub fn builder() -> RegistryBuilder {
        RegistryBuilder::new()
    }

    /// The stored event types.
    #[must_use]
    pub fn events(&self) -> &[&'static EventType] {
        &self.events
    }

    /// The commands.
    #[must_use]
    pub fn commands(&self) -> &[&'static CommandDescriptor] {
        &self.commands
    }

    /// The aggregates.
    #[must_use]
    pub fn aggregates(&self) -> &[&'static AggregateDescriptor] {
        &self.aggregates
    }

    /// The projections.
    #[must_use]
    pub fn projections(&self) -> &[&'static ProjectionDescriptor] {
        &self.projections
    }

    /// Whether a stored event of this name and schema version is declared.
    #[must_use]
    pub fn knows(&self, name: &str, schema_version: u16) -> bool {
        self.versions
            .get(name)
            .is_some_and(|current| (1..=*current).contains(&schema_version))
    }

    /// Whether an event, a command, an aggregate or a projection of this stored name is declared.
    #[must_use]
    pub fn names(&self, name: &str) -> bool {
        self.versions.contains_key(name)
            || self
                .commands
                .iter()
                .any(|command| command.name == Some(name))
            || self
                .aggregates
                .iter()
                .any(|aggregate| aggregate.name == name)
            || self
                .projections
                .iter()
                .any(|projection| projection.name == name)
    }

    /// Looks for contradictions between declarations that no derive can see alone, and reports all of them at once.
    ///
    /// # Errors
    ///
    /// Each contradiction, with both places.
    pub fn audit(&self) -> Result<(), RegistryErrors> {
        RegistryErrors::of(audit::all(self))
    }

    /// Checks that these are declared: events, commands, aggregates or projections, by their stored names.
    ///
    /// # Errors
    ///
    /// Each name that is missing.
    pub fn expect<'a>(
        &self,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), RegistryErrors> {
        RegistryErrors::of(
            names
                .into_iter()
                .filter(|name| !self.names(name))
                .map(|name| RegistryError::Missing {
                    name: name.to_owned(),
                })
                .collect(),
        )
    }
}

/// Names crates whose events, aggregates and projections are to be found, though no code of theirs is called.
///
/// A linker leaves out a crate that nothing names, and [`Registry::discover`](crate::registry::Registry::discover) cannot find what is not there.
///
/// ```
/// // In a program, the crates that declare its domain: `eventsource_core::link!(accounts, orders);`
/// eventsource_core::link!(serde, tokio);
/// ```
#[macro_export]
macro_rules! link {
    ($($crate_name:ident),+ $(,)?) => {
        $(use $crate_name as _;)+
    };
}
