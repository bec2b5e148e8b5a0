//! The bank on PostgreSQL with tokio-postgres: a select, the fold, an insert in a transaction of its own. Positions are a sequence's, so that a
//! reader of the log can miss what is committed late; commits have no ids.

use futures_util::{TryStreamExt as _, pin_mut};
use measure::history::fact;
use tokio_postgres::{Client, NoTls, Statement};
use uuid::Uuid;

use super::bank::Account;
use super::sqlite::Failure;

const TABLE: &str = "
CREATE SCHEMA IF NOT EXISTS by_hand;
CREATE TABLE IF NOT EXISTS by_hand.events (
    position bigserial PRIMARY KEY,
    stream text COLLATE \"C\" NOT NULL,
    version bigint NOT NULL,
    event_id uuid NOT NULL,
    name text NOT NULL,
    schema_version integer NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    payload bytea NOT NULL,
    UNIQUE (stream, version)
)";

/// One connection, with its statements prepared.
pub struct Teller {
    client: Client,
    select: Statement,
    insert: Statement,
}

/// A connection to the server.
///
/// # Errors
///
/// When the server cannot be reached.
pub async fn connect(url: &str) -> Result<Client, Failure> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// Makes the table, and accounts of these ids, of `events` events each.
///
/// # Errors
///
/// When the server refuses.
pub async fn fill(
    client: &Client,
    accounts: impl Iterator<Item = String>,
    events: u64,
) -> Result<(), Failure> {
    client.batch_execute(TABLE).await?;
    insert(client, accounts, events).await?;
    client.batch_execute("ANALYZE by_hand.events").await?;
    Ok(())
}

/// Inserts accounts of these ids, of `events` events each: one statement an account.
///
/// # Errors
///
/// When the server refuses.
pub async fn insert(
    client: &Client,
    accounts: impl Iterator<Item = String>,
    events: u64,
) -> Result<(), Failure> {
    let insert = client
        .prepare(
            "INSERT INTO by_hand.events (stream, version, event_id, name, schema_version, payload)
             SELECT $1, * FROM unnest($2::bigint[], $3::uuid[], $4::text[], $5::integer[], $6::bytea[])",
        )
        .await?;
    let facts: Vec<_> = (1..=events).map(|version| fact(version).stored()).collect();
    let versions: Vec<i64> = (1..=events).map(u64::cast_signed).collect();
    let names: Vec<&str> = facts.iter().map(|fact| fact.0).collect();
    let schemas: Vec<i32> = facts.iter().map(|fact| fact.1.into()).collect();
    let payloads: Vec<&[u8]> = facts.iter().map(|fact| fact.2.as_bytes()).collect();
    for account in accounts {
        let stream = format!("account-{account}");
        let ids: Vec<Uuid> = versions.iter().map(|_| Uuid::now_v7()).collect();
        client
            .execute(
                &insert,
                &[&stream, &versions, &ids, &names, &schemas, &payloads],
            )
            .await?;
    }
    Ok(())
}

impl Teller {
    /// A teller with a connection of its own.
    ///
    /// # Errors
    ///
    /// When the server cannot be reached.
    pub async fn new(url: &str) -> Result<Self, Failure> {
        let client = connect(url).await?;
        let select = client
            .prepare("SELECT name, payload FROM by_hand.events WHERE stream = $1 ORDER BY version")
            .await?;
        let insert = client
            .prepare(
                "INSERT INTO by_hand.events (stream, version, event_id, name, schema_version, payload)
                 VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .await?;
        Ok(Self {
            client,
            select,
            insert,
        })
    }

    /// The account and its version.
    ///
    /// # Errors
    ///
    /// When the server refuses, or an event cannot be read.
    pub async fn load(&self, stream: &str) -> Result<(Account, u64), Failure> {
        let rows = self.client.query_raw(&self.select, [stream]).await?;
        pin_mut!(rows);
        let mut account = Account::default();
        let mut version = 0;
        while let Some(row) = rows.try_next().await? {
            account.replay(row.try_get(0)?, row.try_get(1)?)?;
            version += 1;
        }
        Ok((account, version))
    }

    /// What all these accounts hold.
    ///
    /// # Errors
    ///
    /// When the server refuses, or an event cannot be read.
    pub async fn balances(&self, accounts: usize) -> Result<u64, Failure> {
        let mut sum = 0;
        for account in 0..accounts {
            let (state, _) = self.load(&format!("account-{account}")).await?;
            sum += state.balance();
        }
        Ok(sum)
    }

    /// Pays in.
    ///
    /// # Errors
    ///
    /// When the server refuses, or another one was first.
    pub async fn deposit(&self, account: usize) -> Result<(), Failure> {
        let stream = format!("account-{account}");
        let (state, version) = self.load(&stream).await?;
        let new = state.decide_deposit(5_000, "0000000000013".to_owned())?;
        self.client
            .execute(
                &self.insert,
                &[
                    &stream,
                    &(version + 1).cast_signed(),
                    &Uuid::now_v7(),
                    &new.name,
                    &i32::from(new.version),
                    &new.payload.as_bytes(),
                ],
            )
            .await?;
        Ok(())
    }
}
