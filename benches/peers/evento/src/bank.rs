//! The domain, as evento has it: an enum of events in bitcode, and a projection that is the account.

use evento::metadata::Event;
use evento::{Executor, Projection};
use measure::history::Fact;

#[evento::aggregate(name = "bank/account")]
pub enum Bank {
    Opened {
        owner: String,
    },
    Deposited {
        amount: u64,
        reference: String,
        currency: String,
    },
    Withdrawn {
        amount: u64,
        reference: String,
    },
}

/// Without snapshots, so that every load is a replay.
#[evento::projection(id = id)]
#[evento::snapshot(none)]
pub struct Account {
    pub id: String,
    pub owner: String,
    pub balance: u64,
}

#[evento::handler]
async fn on_opened(event: Event<Opened>, account: &mut Account) -> anyhow::Result<()> {
    account.id = event.aggregate_id.clone();
    account.owner = event.data.owner.clone();
    Ok(())
}

#[evento::handler]
async fn on_deposited(event: Event<Deposited>, account: &mut Account) -> anyhow::Result<()> {
    account.balance += event.data.amount;
    Ok(())
}

#[evento::handler]
async fn on_withdrawn(event: Event<Withdrawn>, account: &mut Account) -> anyhow::Result<()> {
    account.balance -= event.data.amount;
    Ok(())
}

pub fn account<E: Executor>() -> Projection<E, Account> {
    Projection::new::<Bank>()
        .handler(on_opened())
        .handler(on_deposited())
        .handler(on_withdrawn())
        .strict()
}

/// Its handlers, for a replay without a store.
pub fn handlers() -> [Box<dyn evento::Handler<Account>>; 3] {
    [
        Box::new(on_opened()),
        Box::new(on_deposited()),
        Box::new(on_withdrawn()),
    ]
}

/// Adds what has happened to what is written.
pub fn record(writer: &mut evento::WriteBuilder, fact: Fact) {
    match fact {
        Fact::Opened { owner } => writer.event(&Opened { owner }),
        Fact::Deposited { amount, reference } => writer.event(&Deposited {
            amount,
            reference,
            currency: "EUR".into(),
        }),
        Fact::Withdrawn { amount, reference } => writer.event(&Withdrawn { amount, reference }),
    };
}

/// As a store would show it.
pub fn stored(fact: Fact, version: u16) -> evento::Event {
    use evento::{Aggregate as _, AggregateEvent as _};

    let (name, data) = match fact {
        Fact::Opened { owner } => (Opened::event_name(), bitcode::encode(&Opened { owner })),
        Fact::Deposited { amount, reference } => {
            let currency = "EUR".into();
            let event = Deposited {
                amount,
                reference,
                currency,
            };
            (Deposited::event_name(), bitcode::encode(&event))
        }
        Fact::Withdrawn { amount, reference } => {
            let event = Withdrawn { amount, reference };
            (Withdrawn::event_name(), bitcode::encode(&event))
        }
    };
    evento::Event {
        aggregate_id: "a-1".into(),
        aggregate_type: Bank::aggregate_type().into(),
        version,
        name: name.into(),
        data,
        ..Default::default()
    }
}
