//! The domain: items on a shelf.

use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "item.registered")]
pub struct Registered {
    pub name: String,
}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "item.received")]
pub struct Received {
    pub quantity: u32,
}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "item.picked")]
pub struct Picked {
    pub quantity: u32,
}

/// Commands that are serde are told apart by their content where an id is used again for another one.
#[derive(Command, Serialize, Deserialize, Debug, Clone)]
#[command(aggregate = Item, creates)]
pub struct Register {
    #[command(id)]
    pub sku: String,
    pub name: String,
}

#[derive(Command, Serialize, Deserialize, Debug, Clone)]
#[command(aggregate = Item)]
pub struct Receive {
    #[command(id)]
    pub sku: String,
    pub quantity: u32,
}

#[derive(Command, Serialize, Deserialize, Debug, Clone)]
#[command(aggregate = Item)]
pub struct Pick {
    #[command(id)]
    pub sku: String,
    pub quantity: u32,
}

#[derive(Aggregate, Default, Debug, Clone, PartialEq)]
#[aggregate(
    name = "item",
    id = String,
    error = ItemError,
    events(ignore(Registered), Received, Picked),
    commands(Register, Receive, Pick)
)]
pub struct Item {
    on_hand: u64,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ItemError {
    #[error("a name has at least one character")]
    NoName,
    #[error("a quantity is at least one")]
    NoQuantity,
    #[error("{on_hand} are on hand, {asked} were asked for")]
    TooFew { on_hand: u64, asked: u32 },
}

impl Apply<Received> for Item {
    fn apply(&mut self, event: &Received) {
        self.on_hand += u64::from(event.quantity);
    }
}

impl Apply<Picked> for Item {
    fn apply(&mut self, event: &Picked) {
        self.on_hand -= u64::from(event.quantity);
    }
}

impl Handle<Register> for Item {
    fn handle(&self, command: Register, _: &Context<'_, Self>) -> Decision<Self> {
        if command.name.is_empty() {
            return Err(ItemError::NoName);
        }
        Ok(events![Registered { name: command.name }])
    }
}

impl Handle<Receive> for Item {
    fn handle(&self, Receive { quantity, .. }: Receive, _: &Context<'_, Self>) -> Decision<Self> {
        if quantity == 0 {
            return Err(ItemError::NoQuantity);
        }
        Ok(events![Received { quantity }])
    }
}

impl Handle<Pick> for Item {
    fn handle(&self, Pick { quantity, .. }: Pick, _: &Context<'_, Self>) -> Decision<Self> {
        let (on_hand, asked) = (self.on_hand, quantity);
        if quantity == 0 {
            return Err(ItemError::NoQuantity);
        }
        if u64::from(asked) > on_hand {
            return Err(ItemError::TooFew { on_hand, asked });
        }
        Ok(events![Picked { quantity }])
    }
}

/// What is on the shelf: a row an item, and what the service answers.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(name = "shelf", version = 1, events(Registered, Received, Picked))]
pub struct Shelf {
    #[projection(key)]
    sku: String,
    name: String,
    on_hand: u64,
}

impl Project<Registered> for Shelf {
    fn project(&mut self, event: &Registered, _: &EventContext<'_>) {
        self.name.clone_from(&event.name);
    }
}

impl Project<Received> for Shelf {
    fn project(&mut self, event: &Received, _: &EventContext<'_>) {
        self.on_hand += u64::from(event.quantity);
    }
}

impl Project<Picked> for Shelf {
    fn project(&mut self, event: &Picked, _: &EventContext<'_>) {
        self.on_hand -= u64::from(event.quantity);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_cannot_be_picked() {
        given::<Item>(events![Received { quantity: 3 }])
            .when(Pick {
                sku: "a".into(),
                quantity: 4,
            })
            .then_error(ItemError::TooFew {
                on_hand: 3,
                asked: 4,
            });
    }
}
