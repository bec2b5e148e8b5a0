//! A connection to run statements on, whichever driver it is of.

mod error;
#[cfg(feature = "sqlx")]
mod of_sqlx;
mod row;

use std::pin::Pin;

use deadpool_postgres::StatementCache;
use futures_util::TryStreamExt as _;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, GenericClient, RowStream, Statement};

pub(crate) use self::error::Error;
#[cfg(feature = "sqlx")]
pub(crate) use self::of_sqlx::Lent;
pub(crate) use self::row::Row;

/// The values of a statement, in their order.
pub(crate) type Parameters<'p> = &'p [&'p (dyn ToSql + Sync)];

/// A connection of the pool, which keeps its statements prepared, or that of a user's own transaction.
#[derive(Clone, Copy)]
pub(crate) struct Session<'a>(Driver<'a>);

#[derive(Clone, Copy)]
enum Driver<'a> {
    Tokio {
        client: &'a Client,
        cache: Option<&'a StatementCache>,
    },
    #[cfg(feature = "sqlx")]
    Sqlx(&'a dyn of_sqlx::Ask),
}

/// The rows of a statement, as they come.
pub(crate) struct Rows(Coming);

enum Coming {
    Tokio(Pin<Box<RowStream>>),
    #[cfg(feature = "sqlx")]
    Sqlx(std::vec::IntoIter<sqlx::postgres::PgRow>),
}

impl Rows {
    pub(crate) async fn next(&mut self) -> Result<Option<Row>, Error> {
        Ok(match &mut self.0 {
            Coming::Tokio(rows) => rows.try_next().await?.map(Row::from),
            #[cfg(feature = "sqlx")]
            Coming::Sqlx(rows) => rows.next().map(Row::from),
        })
    }
}

impl<'a> Session<'a> {
    /// A connection of the pool.
    pub(crate) fn pooled(client: &'a deadpool_postgres::Client) -> Self {
        Self(Driver::Tokio {
            client,
            cache: Some(&client.statement_cache),
        })
    }

    /// A connection of the pool, in the transaction that is open on it.
    pub(crate) fn within(transaction: &'a deadpool_postgres::Transaction<'_>) -> Self {
        Self(Driver::Tokio {
            client: GenericClient::client(&**transaction),
            cache: Some(&transaction.statement_cache),
        })
    }

    /// A connection that somebody else uses too, in the transaction that is open on it.
    pub(crate) fn of(client: &'a impl GenericClient) -> Self {
        Self(Driver::Tokio {
            client: client.client(),
            cache: None,
        })
    }

    /// The same, of sqlx.
    #[cfg(feature = "sqlx")]
    pub(crate) fn of_sqlx(lent: &'a Lent<'_>) -> Self {
        Self(Driver::Sqlx(lent))
    }

    /// A statement with all its rows.
    pub(crate) async fn query(
        self,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Row>, Error> {
        match self.0 {
            Driver::Tokio { client, cache } => {
                let statement = prepare(client, cache, sql).await?;
                let rows = client.query(&statement, parameters).await?;
                Ok(rows.into_iter().map(Row::from).collect())
            }
            #[cfg(feature = "sqlx")]
            Driver::Sqlx(lent) => {
                let rows = lent.query(sql, parameters).await?;
                Ok(rows.into_iter().map(Row::from).collect())
            }
        }
    }

    /// A statement with its one row.
    pub(crate) async fn query_one(
        self,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<Row, Error> {
        match self.0 {
            Driver::Tokio { client, cache } => {
                let statement = prepare(client, cache, sql).await?;
                Ok(client.query_one(&statement, parameters).await?.into())
            }
            #[cfg(feature = "sqlx")]
            Driver::Sqlx(lent) => {
                let row = lent.query(sql, parameters).await?.pop();
                Ok(row.ok_or(sqlx::Error::RowNotFound)?.into())
            }
        }
    }

    /// A statement with its rows as they come. Where the connection is lent, they come together.
    pub(crate) async fn rows(self, sql: &str, parameters: Parameters<'_>) -> Result<Rows, Error> {
        Ok(Rows(match self.0 {
            Driver::Tokio { client, cache } => {
                let statement = prepare(client, cache, sql).await?;
                let parameters = parameters.iter().copied();
                Coming::Tokio(Box::pin(client.query_raw(&statement, parameters).await?))
            }
            #[cfg(feature = "sqlx")]
            Driver::Sqlx(lent) => Coming::Sqlx(lent.query(sql, parameters).await?.into_iter()),
        }))
    }

    /// Statements without values and without rows.
    pub(crate) async fn execute(self, sql: &str) -> Result<(), Error> {
        match self.0 {
            Driver::Tokio { client, .. } => Ok(client.batch_execute(sql).await?),
            #[cfg(feature = "sqlx")]
            Driver::Sqlx(lent) => Ok(lent.execute(sql).await?),
        }
    }
}

async fn prepare(
    client: &Client,
    cache: Option<&StatementCache>,
    sql: &str,
) -> Result<Statement, tokio_postgres::Error> {
    match cache {
        Some(cache) => cache.prepare(client, sql).await,
        None => client.prepare(sql).await,
    }
}
