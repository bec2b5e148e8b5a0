//! The suite's own domain: counters to which amounts are added, what is read of them, and who answers each of them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::prelude::*;
use crate::registry::{Registry, RegistryBuilder};
use crate::testing::suite::fixture::CANARY;

/// The stored name of what is added.
pub(super) const ADDED: &str = "suite.added";

/// The stored name of an answer.
pub(super) const ANSWERED: &str = "suite.answered";

/// The counters' ids.
pub(super) const COUNTERS: [&str; 5] = ["a", "b", "it's \"c\"", "d -", "é"];

/// What stands in front of a counter's id in the id of the one that answers it.
const ANSWERING: &str = "answering ";

/// An amount that no fold takes.
pub(super) const UNLUCKY: u64 = 13;

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(crate = crate::testing::unregistered, name = "suite.added")]
pub(super) struct Added {
    pub(super) amount: u64,
    secret: String,
}

/// An answer to an event.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(crate = crate::testing::unregistered, name = "suite.answered")]
pub(super) struct Answered {
    pub(super) event: Uuid,
}

#[derive(Command, Debug, Clone)]
#[command(crate = crate::testing::unregistered, aggregate = Counter, upserts)]
pub(super) struct Add {
    #[command(id)]
    pub(super) counter: String,
    pub(super) amount: u64,
}

#[derive(Command, Serialize, Deserialize, Debug, Clone)]
#[command(crate = crate::testing::unregistered, aggregate = Counter, name = "suite.answer", upserts)]
pub(super) struct Answer {
    #[command(id)]
    counter: String,
    event: Uuid,
}

#[derive(Aggregate, Default, Debug, Clone)]
#[aggregate(
    crate = crate::testing::unregistered,
    name = "counter",
    id = String,
    error = std::convert::Infallible,
    events(ignore(Added, Answered)),
    commands(Add, Answer)
)]
pub(super) struct Counter {}

impl Handle<Add> for Counter {
    fn handle(&self, command: Add, _: &Context<'_, Self>) -> Decision<Self> {
        let amount = command.amount;
        let secret = CANARY.to_owned();
        Ok(events![Added { amount, secret }])
    }
}

impl Handle<Answer> for Counter {
    fn handle(&self, command: Answer, _: &Context<'_, Self>) -> Decision<Self> {
        let event = command.event;
        Ok(events![Answered { event }])
    }
}

/// A row whose columns are kept in many ways, so that one that is read back is compared with one that never left the memory.
macro_rules! sums {
    ($name:ident, $version:literal) => {
        #[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
        #[projection(crate = crate::testing::unregistered, name = "suite_sums", version = $version, events(Added, ignore(Answered)))]
        pub(super) struct $name {
            #[projection(key)]
            pub(super) counter: String,
            #[projection(index)]
            pub(super) sum: u64,
            pub(super) times: u32,
            pub(super) last: Option<Uuid>,
            pub(super) at: Option<Timestamp>,
            pub(super) amounts: Vec<u64>,
        }

        impl Project<Added> for $name {
            fn project(&mut self, event: &Added, context: &EventContext<'_>) {
                assert_ne!(event.amount, UNLUCKY, "the fold takes no unlucky amount");
                self.sum += event.amount;
                self.times += 1;
                self.last = Some(context.event_id());
                self.at = Some(context.recorded_at());
                self.amounts.push(event.amount);
                // Nothing ends the row, until something is added again.
                if event.amount == 0 {
                    context.delete();
                }
            }
        }
    };
}
sums!(Sum, 1);
sums!(SumAnew, 2);

/// How many answers there are: it has nothing to do with what was added.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(
    crate = crate::testing::unregistered,
    name = "suite_answers",
    version = 1,
    key = global,
    events(Answered, ignore(Added))
)]
pub(super) struct Answers {
    times: u32,
}

impl Project<Answered> for Answers {
    fn project(&mut self, _: &Answered, _: &EventContext<'_>) {
        self.times += 1;
    }
}

/// Has each event answered once.
#[derive(ProcessManager, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[process_manager(
    crate = crate::testing::unregistered,
    name = "suite_answering",
    version = 1,
    from = beginning,
    events(Added, ignore(Answered)),
    commands(Answer)
)]
pub(super) struct Answering {
    #[process_manager(key)]
    pub(super) counter: String,
    pub(super) times: u32,
}

impl React<Added> for Answering {
    fn react(&mut self, _: &Added, context: &mut ReactContext<'_, Self>) {
        self.times += 1;
        let counter = format!("{ANSWERING}{}", self.counter);
        let event = context.event_id();
        context.send(Answer { counter, event });
    }
}

pub(super) fn declared() -> RegistryBuilder {
    Registry::builder().aggregate::<Counter>()
}

pub(super) fn sums() -> RegistryBuilder {
    declared().projection::<Sum>()
}

/// An amount to a counter.
pub(super) fn add(counter: &str, amount: u64) -> Add {
    Add {
        counter: counter.to_owned(),
        amount,
    }
}
