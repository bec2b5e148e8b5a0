//! The domain, as evento has it: an enum of events in bitcode, and a projection that is the account.

use evento::metadata::Event;
use evento::{Executor, Projection, ProjectionAggregate as _};
use measure::history::{Fact, fact};

/// Events in one write: its versions are 16 bits wide, and a statement of SQLite has a largest size.
const BATCH: u64 = 1_000;

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

/// Writes the first events of an account.
pub async fn fill(executor: &impl Executor, id: &str, events: u64) -> anyhow::Result<()> {
    let mut written = 0;
    while written < events {
        let mut writer = evento::append(id);
        writer.original_version(u16::try_from(written)?);
        for version in written + 1..=events.min(written + BATCH) {
            record(&mut writer, fact(version));
            written = version;
        }
        writer.commit(executor).await?;
    }
    Ok(())
}

/// Pays in.
pub async fn deposit(executor: &impl Executor, id: &str) -> anyhow::Result<()> {
    let loaded = account().load(id).execute(executor).await?;
    let account = loaded.ok_or_else(|| anyhow::anyhow!("{id} is not there"))?;
    account
        .write()?
        .event(&Deposited {
            amount: 5_000,
            reference: "0000000000013".into(),
            currency: "EUR".into(),
        })
        .commit(executor)
        .await?;
    Ok(())
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
