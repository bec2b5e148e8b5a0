//! One domain of any size, as each of the contenders has it: ten events of five fields an aggregate, and the fold of each.

use std::fmt::Write as _;

const EVENTS_AN_AGGREGATE: usize = 10;

/// Whose derives stand on the types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Derives {
    /// Only `Debug`, `Clone` and `PartialEq`, as all the others have them too.
    None,
    Serde,
    /// With serde's. Every fifth event has had two older shapes.
    Ours,
    Evento,
    /// With serde's.
    Sourcery,
}

impl Derives {
    /// The program with so many events.
    pub fn program(self, events: usize) -> String {
        let mut code = format!("#![allow(dead_code)]\n{}", self.prelude());
        for aggregate in 0..events / EVENTS_AN_AGGREGATE {
            self.aggregate(&mut code, aggregate);
        }
        code.push_str("fn main() {}\n");
        code
    }

    fn prelude(self) -> &'static str {
        match self {
            Self::None => "trait Apply<E> { fn apply(&mut self, event: &E); }\n",
            Self::Serde => {
                "use serde::{Deserialize, Serialize};\ntrait Apply<E> { fn apply(&mut self, event: &E); }\n"
            }
            Self::Ours => {
                "use serde::{Deserialize, Serialize};\nuse eventsource_core::prelude::*;\n"
            }
            Self::Evento => "use evento::metadata::Event;\n",
            Self::Sourcery => {
                "use serde::{Deserialize, Serialize};\nuse sourcery::{Apply, DomainEvent};\n"
            }
        }
    }

    fn aggregate(self, code: &mut String, aggregate: usize) {
        let events: Vec<String> = (0..EVENTS_AN_AGGREGATE)
            .map(|event| format!("E{aggregate}x{event}"))
            .collect();
        if self == Self::Evento {
            return evento(code, aggregate, &events);
        }
        for (at, event) in events.iter().enumerate() {
            self.event(code, event, at);
        }
        let listed = events.join(", ");
        let derives = match self {
            Self::None => "#[derive(Default, Debug, Clone, PartialEq)]\n".to_owned(),
            Self::Serde => {
                "#[derive(Serialize, Deserialize, Default, Debug, Clone, PartialEq)]\n".to_owned()
            }
            Self::Ours => format!(
                "#[derive(Aggregate, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
                 #[aggregate(name = \"a{aggregate}\", id = String, error = std::convert::Infallible, events({listed}))]\n"
            ),
            Self::Sourcery | Self::Evento => format!(
                "#[derive(sourcery::Aggregate, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
                 #[aggregate(id = String, error = String, events({listed}))]\n"
            ),
        };
        let _ = writeln!(
            code,
            "{derives}pub struct A{aggregate} {{ total: u64, last: String }}"
        );
        for event in events {
            let _ = write!(
                code,
                "impl Apply<{event}> for A{aggregate} {{
                     fn apply(&mut self, event: &{event}) {{ self.total += event.amount; self.last = event.note.clone(); }}
                 }}\n"
            );
        }
    }

    fn event(self, code: &mut String, event: &str, at: usize) {
        let evolved = self == Self::Ours && at.is_multiple_of(5);
        let (renamed, added) = if evolved {
            (
                "#[event(was(name = \"amt\", until = 1))]",
                "#[event(since = 3, default)]",
            )
        } else {
            ("", "")
        };
        let derives = match self {
            Self::None => "#[derive(Debug, Clone, PartialEq)]\n".to_owned(),
            Self::Serde | Self::Sourcery | Self::Evento => {
                "#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]\n".to_owned()
            }
            Self::Ours => {
                let version = if evolved { 3 } else { 1 };
                format!(
                    "#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
                     #[event(name = \"{event}\", version = {version})]\n"
                )
            }
        };
        let _ = writeln!(
            code,
            "{derives}pub struct {event} {{ pub id: u32, {renamed} pub amount: u64, pub note: String, pub by: Option<String>, {added} pub tags: Vec<String> }}"
        );
        if self == Self::Sourcery {
            let _ = writeln!(
                code,
                "impl DomainEvent for {event} {{ const KIND: &'static str = \"{event}\"; }}"
            );
        }
    }
}

/// An enum that its macro makes structs of, and a projection that is the aggregate.
fn evento(code: &mut String, aggregate: usize, events: &[String]) {
    let _ = writeln!(
        code,
        "#[evento::aggregate(name = \"bench/a{aggregate}\")]\npub enum Events{aggregate} {{"
    );
    for event in events {
        let _ = writeln!(
            code,
            "{event} {{ id: u32, amount: u64, note: String, by: Option<String>, tags: Vec<String> }},"
        );
    }
    let _ = writeln!(
        code,
        "}}
         #[evento::projection(id = id)]
         #[evento::snapshot(none)]
         #[derive(Debug, PartialEq)]
         pub struct A{aggregate} {{ pub id: String, total: u64, last: String }}"
    );
    for event in events {
        let _ = writeln!(
            code,
            "#[evento::handler]
             async fn on_{event}(event: Event<{event}>, state: &mut A{aggregate}) -> anyhow::Result<()> {{
                 state.total += event.data.amount;
                 state.last = event.data.note.clone();
                 Ok(())
             }}"
        );
    }
    let _ = write!(
        code,
        "pub fn a{aggregate}<E: evento::Executor>() -> evento::Projection<E, A{aggregate}> {{
             evento::Projection::new::<Events{aggregate}>()"
    );
    for event in events {
        let _ = write!(code, ".handler(on_{event}())");
    }
    code.push_str(".strict()\n}\n");
}
