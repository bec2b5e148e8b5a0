//! Its way from a stored event to a state: the handler of its name, bitcode, the fold. The reading of a row into `evento::Event`, which any
//! store of it has to do, is left out: its stores are databases.

use std::collections::HashMap;
use std::hint::black_box;
use std::task::{Context, Poll, Waker};

use measure::history::fact;
use measure::peer::Answer;
use measure::{allocations, nanoseconds};

use crate::bank::{self, Account};

pub fn measured(events: usize, stream_length: usize) -> Answer {
    // Its versions are 16 bits wide.
    let stored: Vec<evento::Event> = (1..=stream_length as u64)
        .map(|version| bank::stored(fact(version), u16::try_from(version).unwrap_or(u16::MAX)))
        .collect();
    let handlers: HashMap<String, Box<dyn evento::Handler<Account>>> = bank::handlers()
        .into_iter()
        .map(|handler| {
            let key = format!("{}_{}", handler.aggregate_type(), handler.event_name());
            (key, handler)
        })
        .collect();
    let streams = events.div_ceil(stream_length);
    let units = (streams * stream_length) as u64;
    let work = || {
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..streams {
            let mut account = Account::default();
            for event in &stored {
                // As its `Projection::load` finds a handler.
                let key = format!("{}_{}", event.aggregate_type, event.name);
                let mut handled = handlers[&key].handle(&mut account, event);
                assert!(matches!(
                    handled.as_mut().poll(&mut context),
                    Poll::Ready(Ok(()))
                ));
            }
            black_box(account.balance);
        }
    };
    work();
    Answer {
        value: nanoseconds(units, work),
        beside: allocations(units, work),
    }
}
