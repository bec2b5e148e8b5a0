//! Seats: reserved for a while, paid or let go, and confirmed by the hall.

use eventsource_core::prelude::*;
use eventsource_core::registry::Registry;
use serde::{Deserialize, Serialize};

#[derive(Event, Debug, Clone, PartialEq)]
#[event(prefix = "seat")]
pub enum SeatEvent {
    Reserved { hall: String },
    Paid,
    LetGo,
    Confirmed,
    Refunded { reason: String },
}

#[derive(Command, Debug, Clone)]
#[command(aggregate = Seat)]
pub enum SeatCommand {
    #[command(creates)]
    Reserve {
        #[command(id)]
        seat: String,
        hall: String,
    },
    Pay {
        #[command(id)]
        seat: String,
    },
}

macro_rules! sent {
    ($($(#[$meta:meta])* $name:ident = $stored:literal { $($field:ident),* })*) => {$(
        $(#[$meta])*
        #[derive(Command, Serialize, Deserialize, Debug, Clone, PartialEq)]
        #[command(aggregate = Seat, name = $stored)]
        pub struct $name {
            #[command(id)]
            pub seat: String,
            $(pub $field: String,)*
        }
    )*};
}

sent! {
    LetGo = "seat.let_go" {}
    Confirm = "seat.confirm" {}
    Refund = "seat.refund" { reason }
}

#[derive(Aggregate, Default, Debug, Clone, PartialEq)]
#[aggregate(
    name = "seat",
    id = String,
    error = SeatError,
    events(SeatEvent),
    commands(SeatCommand, LetGo, Confirm, Refund)
)]
pub struct Seat {
    pub hall: String,
    pub paid: bool,
    pub free: bool,
    pub confirmed: u32,
    pub refunded: u32,
}

#[derive(Debug, PartialEq, thiserror::Error)]
pub enum SeatError {
    #[error("the seat was let go")]
    Gone,
    #[error("the hall is closed")]
    HallClosed,
    #[error("the seat is paid")]
    Paid,
}

impl Apply<SeatEvent> for Seat {
    fn apply(&mut self, event: &SeatEvent) {
        match event {
            SeatEvent::Reserved { hall } => self.hall.clone_from(hall),
            SeatEvent::Paid => self.paid = true,
            SeatEvent::LetGo => self.free = true,
            SeatEvent::Confirmed => self.confirmed += 1,
            SeatEvent::Refunded { .. } => self.refunded += 1,
        }
    }
}

impl Handle<SeatCommand> for Seat {
    fn handle(&self, command: SeatCommand, _: &Context<'_, Self>) -> Decision<Self> {
        match command {
            SeatCommand::Reserve { hall, .. } => Ok(events![SeatEvent::Reserved { hall }]),
            SeatCommand::Pay { .. } if self.free => Err(SeatError::Gone),
            SeatCommand::Pay { .. } => Ok(events![SeatEvent::Paid]),
        }
    }
}

impl Handle<LetGo> for Seat {
    fn handle(&self, _: LetGo, _: &Context<'_, Self>) -> Decision<Self> {
        if self.paid {
            return Err(SeatError::Paid);
        }
        Ok(events![SeatEvent::LetGo])
    }
}

impl Handle<Confirm> for Seat {
    fn handle(&self, _: Confirm, _: &Context<'_, Self>) -> Decision<Self> {
        match self.hall.as_str() {
            "closed" => Err(SeatError::HallClosed),
            "burning" => panic!("a handler that panics"),
            _ => Ok(events![SeatEvent::Confirmed]),
        }
    }
}

impl Handle<Refund> for Seat {
    fn handle(&self, command: Refund, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![SeatEvent::Refunded {
            reason: command.reason
        }])
    }
}

/// How long a seat is kept for who has not paid.
pub const KEPT: i64 = 15 * 60 * 1_000_000;

/// Unpaid seats are let go after a while, paid ones confirmed, and refunded where that is refused.
#[derive(ProcessManager, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[process_manager(
    name = "reservation",
    version = 1,
    from = beginning,
    events(SeatEvent, Rejected<Confirm>),
    commands(LetGo, Confirm, Refund)
)]
pub struct Reservation {
    #[process_manager(key)]
    pub seat: String,
    pub let_go: Option<Scheduled>,
    pub refused: u32,
}

impl React<SeatEvent> for Reservation {
    fn react(&mut self, event: &SeatEvent, context: &mut ReactContext<'_, Self>) {
        let seat = self.seat.clone();
        match event {
            SeatEvent::Reserved { .. } => {
                let micros = context.recorded_at().as_micros() + KEPT;
                let at = Timestamp::from_micros(micros);
                self.let_go = Some(context.schedule(at, LetGo { seat }));
            }
            SeatEvent::Paid => {
                if let Some(scheduled) = self.let_go.take() {
                    context.cancel(&scheduled);
                }
                context.send(Confirm { seat });
            }
            SeatEvent::LetGo | SeatEvent::Confirmed => context.complete(),
            SeatEvent::Refunded { .. } => {}
        }
    }
}

impl React<Rejected<Confirm>> for Reservation {
    fn react(&mut self, rejected: &Rejected<Confirm>, context: &mut ReactContext<'_, Self>) {
        self.refused += 1;
        context.send(Refund {
            seat: rejected.command().seat.clone(),
            reason: rejected.error().to_string(),
        });
    }
}

/// Refunds whoever was confirmed: nobody takes its refusals back, and it is not of the beginning.
#[derive(ProcessManager, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[process_manager(
    name = "confirming",
    version = 1,
    from = now,
    events(SeatEvent),
    commands(Confirm)
)]
pub struct Confirming {
    #[process_manager(key)]
    pub seat: String,
    pub paid: u32,
}

impl React<SeatEvent> for Confirming {
    fn react(&mut self, event: &SeatEvent, context: &mut ReactContext<'_, Self>) {
        if let SeatEvent::Paid = event {
            self.paid += 1;
            context.send(Confirm {
                seat: self.seat.clone(),
            });
        }
    }
}

/// The next version of [`Confirming`], with another state.
#[derive(ProcessManager, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[process_manager(
    name = "confirming",
    version = 2,
    from = now,
    events(SeatEvent),
    commands(Confirm)
)]
pub struct Confirming2 {
    #[process_manager(key)]
    pub seat: String,
    pub payments: u32,
    pub events: u32,
}

impl React<SeatEvent> for Confirming2 {
    fn react(&mut self, event: &SeatEvent, context: &mut ReactContext<'_, Self>) {
        self.events += 1;
        if let SeatEvent::Paid = event {
            self.payments += 1;
            context.send(Confirm {
                seat: self.seat.clone(),
            });
        }
    }
}

pub fn reserve(seat: &str, hall: &str) -> SeatCommand {
    SeatCommand::Reserve {
        seat: seat.to_owned(),
        hall: hall.to_owned(),
    }
}

pub fn pay(seat: &str) -> SeatCommand {
    SeatCommand::Pay {
        seat: seat.to_owned(),
    }
}

pub fn seats() -> eventsource_core::registry::RegistryBuilder {
    Registry::builder().aggregate::<Seat>()
}

/// The version after that, which sends one command more, and before the one that was always sent.
#[derive(ProcessManager, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[process_manager(
    name = "confirming",
    version = 3,
    from = now,
    events(SeatEvent),
    commands(Confirm, Refund)
)]
pub struct Confirming3 {
    #[process_manager(key)]
    pub seat: String,
}

impl React<SeatEvent> for Confirming3 {
    fn react(&mut self, event: &SeatEvent, context: &mut ReactContext<'_, Self>) {
        let seat = self.seat.clone();
        if let SeatEvent::Paid = event {
            context.send(Refund {
                seat: seat.clone(),
                reason: "a thousandth visitor".to_owned(),
            });
            context.send(Confirm { seat });
        }
    }
}

/// Takes another seat for its own when a confirmation is refused.
#[derive(ProcessManager, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[process_manager(
    name = "moving",
    version = 1,
    from = beginning,
    events(SeatEvent, Rejected<Confirm>),
    commands(Confirm)
)]
pub struct Moving {
    #[process_manager(key)]
    pub seat: String,
    pub refused: u32,
}

impl React<SeatEvent> for Moving {
    fn react(&mut self, event: &SeatEvent, context: &mut ReactContext<'_, Self>) {
        if let SeatEvent::Paid = event {
            let seat = self.seat.clone();
            context.send(Confirm { seat });
        }
    }
}

impl React<Rejected<Confirm>> for Moving {
    fn react(&mut self, _: &Rejected<Confirm>, _: &mut ReactContext<'_, Self>) {
        self.refused += 1;
        "a2".clone_into(&mut self.seat);
    }
}
