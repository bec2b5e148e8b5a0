//! A domain for the tests that crash: ledgers with entries, and a read model of their sums.

use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

/// An entry was made.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "ledger.entered")]
pub struct Entered {
    /// How much.
    pub amount: u64,
}

/// An entry was marked: the second event of the same commit.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "ledger.marked")]
pub struct Marked {
    /// How much the entry was.
    pub amount: u64,
}

/// Makes an entry and marks it.
#[derive(Command, Serialize, Deserialize, Debug, Clone)]
#[command(aggregate = Ledger, upserts)]
pub struct Enter {
    /// Which ledger.
    #[command(id)]
    pub ledger: u64,
    /// How much.
    pub amount: u64,
}

/// A ledger.
#[derive(Aggregate, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[aggregate(
    name = "ledger",
    id = u64,
    error = std::convert::Infallible,
    events(Entered, Marked),
    commands(Enter),
    snapshot(every = 10)
)]
pub struct Ledger {
    /// The sum of its entries.
    pub sum: u64,
    /// How many of them were marked.
    pub marks: u64,
}

impl Apply<Entered> for Ledger {
    fn apply(&mut self, event: &Entered) {
        self.sum += event.amount;
    }
}

impl Apply<Marked> for Ledger {
    fn apply(&mut self, _: &Marked) {
        self.marks += 1;
    }
}

impl Handle<Enter> for Ledger {
    fn handle(&self, command: Enter, _: &Context<'_, Self>) -> Decision<Self> {
        let amount = command.amount;
        Ok(events![Entered { amount }, Marked { amount }])
    }
}

/// A row a ledger.
#[derive(Projection, Default, Debug, Clone, PartialEq)]
#[projection(name = "ledger_sums", version = 1, events(Entered, Marked))]
pub struct LedgerSum {
    /// Which ledger.
    #[projection(key)]
    pub ledger: u64,
    /// The sum of its entries.
    pub sum: u64,
    /// How many of them were marked.
    pub marks: u64,
}

impl Project<Entered> for LedgerSum {
    fn project(&mut self, event: &Entered, _: &EventContext<'_>) {
        self.sum += event.amount;
    }
}

impl Project<Marked> for LedgerSum {
    fn project(&mut self, _: &Marked, _: &EventContext<'_>) {
        self.marks += 1;
    }
}

/// The same, folded in the append's own transaction.
#[derive(Projection, Default, Debug, Clone, PartialEq)]
#[projection(
    name = "ledger_sums_now",
    version = 1,
    consistency = "immediate",
    events(Entered, Marked)
)]
pub struct LedgerSumNow {
    /// Which ledger.
    #[projection(key)]
    pub ledger: u64,
    /// The sum of its entries.
    pub sum: u64,
    /// How many of them were marked.
    pub marks: u64,
}

impl Project<Entered> for LedgerSumNow {
    fn project(&mut self, event: &Entered, _: &EventContext<'_>) {
        self.sum += event.amount;
    }
}

impl Project<Marked> for LedgerSumNow {
    fn project(&mut self, _: &Marked, _: &EventContext<'_>) {
        self.marks += 1;
    }
}
