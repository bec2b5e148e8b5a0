//! Items that are two things at once, each with its attribute, and attributes under a condition.

use eventsource_core::prelude::{Apply, EventContext, Project};
use eventsource_core::{Aggregate, Event, Projection};

/// An event whose attributes stand under a condition.
#[derive(Event, Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(not(miri), event(name = "both.counted", version = 2))]
pub struct Counted {
    /// A field.
    #[cfg_attr(not(miri), event(since = 2, default = 1))]
    pub by: u8,
}

/// A state that is a row, too.
#[derive(Aggregate, Projection, Debug, Clone, PartialEq, Eq, Default)]
#[aggregate(name = "both", id = String, error = std::convert::Infallible, events(Counted))]
#[projection(name = "both_rows", version = 1, events(Counted))]
pub struct Count {
    #[projection(key)]
    of: String,
    /// A column.
    #[projection(index)]
    pub count: u8,
}

impl Apply<Counted> for Count {
    fn apply(&mut self, event: &Counted) {
        self.count = event.by;
    }
}

impl Project<Counted> for Count {
    fn project(&mut self, event: &Counted, _: &EventContext<'_>) {
        self.count = event.by;
    }
}

#[cfg(test)]
mod tests {
    use super::Counted;
    use eventsource_core::testing::decode;

    #[test]
    fn an_attribute_under_a_condition_is_read() {
        let event = decode::<Counted>("both.counted", 1, "{}").unwrap();
        assert_eq!(event, Counted { by: 1 });
    }
}
