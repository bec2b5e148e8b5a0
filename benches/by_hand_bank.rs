//! `examples/bank.rs` without a framework, on rusqlite, tokio and serde: what its clean build is compared with. It does what the example
//! does, and no more: no old versions, no idempotency, no audit of what is in the log, no rebuilding of the read model.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, ErrorCode, OptionalExtension, TransactionBehavior, params};
use serde::{Deserialize, Serialize};

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
enum Event {
    #[serde(rename = "account.opened")]
    Opened { owner: String },
    #[serde(rename = "account.deposited")]
    Deposited { amount: u64, currency: Currency },
    #[serde(rename = "account.withdrawn")]
    Withdrawn { amount: u64 },
}

#[derive(Serialize, Deserialize, Debug, Clone, Copy, PartialEq, Eq)]
enum Currency {
    #[serde(rename = "EUR")]
    Eur,
    #[serde(rename = "USD")]
    Usd,
}

#[derive(Debug, Clone)]
enum Command {
    Open { owner: String },
    Deposit { amount: u64 },
    Withdraw { amount: u64 },
}

#[derive(Default, Debug, Clone, PartialEq)]
struct Account {
    owner: String,
    balance: u64,
    version: u64,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
enum AccountError {
    #[error("an amount must be above zero")]
    ZeroAmount,
    #[error("the balance is {balance}, {requested} was asked for")]
    InsufficientFunds { balance: u64, requested: u64 },
    #[error("the account is there already")]
    AlreadyExists,
    #[error("there is no such account")]
    NotFound,
}

impl Account {
    fn apply(&mut self, event: &Event) {
        self.version += 1;
        match event {
            Event::Opened { owner } => self.owner.clone_from(owner),
            Event::Deposited { amount, .. } => self.balance += amount,
            Event::Withdrawn { amount } => self.balance -= amount,
        }
    }

    fn handle(&self, command: Command) -> Result<Event, AccountError> {
        match command {
            Command::Open { .. } if self.version > 0 => Err(AccountError::AlreadyExists),
            Command::Open { owner } => Ok(Event::Opened { owner }),
            _ if self.version == 0 => Err(AccountError::NotFound),
            Command::Deposit { amount: 0 } => Err(AccountError::ZeroAmount),
            Command::Deposit { amount } => Ok(Event::Deposited {
                amount,
                currency: Currency::Eur,
            }),
            Command::Withdraw { amount } if amount > self.balance => {
                Err(AccountError::InsufficientFunds {
                    balance: self.balance,
                    requested: amount,
                })
            }
            Command::Withdraw { amount } => Ok(Event::Withdrawn { amount }),
        }
    }
}

#[derive(Debug)]
#[allow(dead_code, reason = "it is printed")]
struct Balance {
    account: String,
    owner: String,
    amount: i64,
    deposits: i64,
}

#[derive(Clone)]
struct Bank {
    connection: Arc<Mutex<Connection>>,
}

impl Bank {
    async fn open(path: String) -> Result<Self, Failure> {
        let connection = tokio::task::spawn_blocking(move || {
            let connection = Connection::open(path)?;
            connection.execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
                 CREATE TABLE IF NOT EXISTS events (
                     position INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL,
                     event_id BLOB NOT NULL, payload TEXT NOT NULL, UNIQUE (stream, version)) STRICT;
                 CREATE TABLE IF NOT EXISTS balances (
                     account TEXT PRIMARY KEY, owner TEXT NOT NULL, amount INTEGER NOT NULL,
                     deposits INTEGER NOT NULL) STRICT;",
            )?;
            Ok::<_, Failure>(connection)
        })
        .await??;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
        })
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let connection = Arc::clone(&self.connection);
        tokio::task::spawn_blocking(move || {
            work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner))
        })
        .await?
    }

    async fn execute(&self, id: &str, command: Command) -> Result<u64, Failure> {
        let id = id.to_owned();
        self.run(move |connection| {
            loop {
                let account = load(connection, &id, u64::MAX)?;
                let event = account.handle(command.clone())?;
                let version = account.version + 1;
                match append(connection, &id, version, &event) {
                    Ok(()) => return Ok(version),
                    Err(error)
                        if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        })
        .await
    }

    async fn load_at(&self, id: &str, version: u64) -> Result<Account, Failure> {
        let id = id.to_owned();
        self.run(move |connection| load(connection, &id, version))
            .await
    }

    async fn balance(&self, id: &str) -> Result<Option<Balance>, Failure> {
        let id = id.to_owned();
        self.run(move |connection| {
            let sql = "SELECT account, owner, amount, deposits FROM balances WHERE account = ?1";
            let found = connection.query_row(sql, [id], |row| {
                Ok(Balance {
                    account: row.get(0)?,
                    owner: row.get(1)?,
                    amount: row.get(2)?,
                    deposits: row.get(3)?,
                })
            });
            Ok(found.optional()?)
        })
        .await
    }
}

fn load(connection: &Connection, id: &str, to: u64) -> Result<Account, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT payload FROM events WHERE stream = ?1 AND version <= ?2 ORDER BY version",
    )?;
    let mut rows = statement.query(params![id, i64::try_from(to).unwrap_or(i64::MAX)])?;
    let mut account = Account::default();
    while let Some(row) = rows.next()? {
        account.apply(&serde_json::from_slice(row.get_ref(0)?.as_bytes()?)?);
    }
    Ok(account)
}

fn append(
    connection: &mut Connection,
    id: &str,
    version: u64,
    event: &Event,
) -> rusqlite::Result<()> {
    let payload = serde_json::to_string(event)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute(
        "INSERT INTO events (stream, version, event_id, payload) VALUES (?1, ?2, ?3, ?4)",
        params![
            id,
            version.cast_signed(),
            uuid::Uuid::now_v7().as_bytes(),
            payload
        ],
    )?;
    let (owner, amount, deposits) = match event {
        Event::Opened { owner } => (owner.as_str(), 0, 0),
        Event::Deposited { amount, .. } => ("", amount.cast_signed(), 1),
        Event::Withdrawn { amount } => ("", -amount.cast_signed(), 0),
    };
    transaction.execute(
        "INSERT INTO balances (account, owner, amount, deposits) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (account) DO UPDATE
         SET amount = amount + excluded.amount, deposits = deposits + excluded.deposits",
        params![id, owner, amount, deposits],
    )?;
    transaction.commit()
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "bank.db".into());
    let bank = Bank::open(path).await?;
    let id = uuid::Uuid::now_v7().to_string();
    let owner = "Ada".into();
    bank.execute(&id, Command::Open { owner }).await?;
    bank.execute(&id, Command::Deposit { amount: 200 }).await?;
    bank.execute(&id, Command::Withdraw { amount: 50 }).await?;
    let refused = bank.execute(&id, Command::Withdraw { amount: 1_000 }).await;
    assert!(refused.is_err(), "an overdraft is refused");
    let account = bank.load_at(&id, u64::MAX).await?;
    assert_eq!((account.balance, account.version), (150, 3));
    assert_eq!(bank.load_at(&id, 2).await?.balance, 200);
    println!("{:?}", bank.balance(&id).await?);
    Ok(())
}
