//! Raw identifiers and names beyond ASCII.

use eventsource_core::{Aggregate, Command, Event, ProcessManager, Projection};

/// A raw name is stored without its `r#`.
#[derive(Event, Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[event(name = "named.raw", version = 2)]
pub struct r#Struct {
    /// Stored as `type`.
    pub r#type: u8,
    /// Once called otherwise.
    #[event(was(name = "match", until = 1))]
    pub r#fn: u8,
}

/// Variants too.
#[derive(Event, Debug, Clone, PartialEq, Eq)]
#[event(prefix = "named")]
pub enum r#Enum {
    /// Stored as `named.größe_geändert`.
    GrößeGeändert {
        /// Stored as `größe`.
        größe: u8,
        /// Stored as `type`.
        r#type: u8,
    },
    /// Stored as `named.try`.
    r#Try(u8),
}

/// Columns too.
#[derive(Projection, Debug, Clone, PartialEq, Eq, Default)]
#[projection(name = "größen", version = 1, events(r#Struct, ignore(r#Enum)))]
pub struct Größe {
    #[projection(key)]
    r#type: String,
    größe: u8,
}

impl eventsource_core::Project<r#Struct> for Größe {
    fn project(&mut self, event: &r#Struct, _: &eventsource_core::EventContext<'_>) {
        self.größe = event.r#type;
    }
}

/// Aggregates too.
#[derive(Aggregate, Debug, Clone, PartialEq, Eq, Default)]
#[aggregate(name = "möbel", id = String, error = std::convert::Infallible, events(r#Struct), commands(r#Move))]
pub struct Möbel {
    größe: u8,
}

impl eventsource_core::Apply<r#Struct> for Möbel {
    fn apply(&mut self, event: &r#Struct) {
        self.größe = event.r#fn;
    }
}

/// Commands too.
#[derive(Command, Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[command(aggregate = Möbel, name = "möbel.move", upserts)]
pub struct r#Move {
    /// Stored as `type`.
    #[command(id)]
    pub r#type: String,
}

impl eventsource_core::Handle<r#Move> for Möbel {
    fn handle(
        &self,
        _: r#Move,
        _: &eventsource_core::Context<'_, Self>,
    ) -> eventsource_core::Decision<Self> {
        Ok(eventsource_core::events![r#Struct {
            r#type: self.größe,
            r#fn: 0
        }])
    }
}

/// Instances too.
#[derive(ProcessManager, Debug, Clone, PartialEq, Eq, Default)]
#[process_manager(
    name = "umzüge",
    version = 1,
    from = now,
    events(r#Struct, ignore(r#Enum), eventsource_core::Rejected<self::r#Move>),
    commands(r#Move)
)]
pub struct Umzüge {
    #[process_manager(key)]
    r#type: String,
    größe: u8,
}

impl eventsource_core::React<r#Struct> for Umzüge {
    fn react(&mut self, event: &r#Struct, context: &mut eventsource_core::ReactContext<'_, Self>) {
        self.größe = event.r#type;
        context.send(r#Move {
            r#type: self.r#type.clone(),
        });
    }
}

impl eventsource_core::React<eventsource_core::Rejected<r#Move>> for Umzüge {
    fn react(
        &mut self,
        _: &eventsource_core::Rejected<r#Move>,
        context: &mut eventsource_core::ReactContext<'_, Self>,
    ) {
        context.complete();
    }
}

#[cfg(test)]
mod tests {
    use super::{Enum, Struct};
    use eventsource_core::testing::decode;

    #[test]
    fn raw_and_foreign_names_are_stored_as_they_are_read() {
        let event = Struct { r#type: 1, r#fn: 2 };
        assert_eq!(
            decode::<Struct>("named.raw", 1, r#"{"type":1,"match":2}"#).unwrap(),
            event
        );
        assert_eq!(
            decode::<Struct>("named.raw", 2, r#"{"type":1,"fn":2}"#).unwrap(),
            event
        );
        let event = Enum::GrößeGeändert {
            größe: 1,
            r#type: 2,
        };
        assert_eq!(
            decode::<Enum>("named.größe_geändert", 1, r#"{"größe":1,"type":2}"#).unwrap(),
            event
        );
        assert_eq!(decode::<Enum>("named.try", 1, "3").unwrap(), Enum::r#Try(3));
    }
}
