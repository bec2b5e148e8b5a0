//! Raw identifiers and names beyond ASCII.

use eventsource_core::{Event, Projection};

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
