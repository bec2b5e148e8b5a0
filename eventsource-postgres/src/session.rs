//! A connection to run statements on.

use deadpool_postgres::StatementCache;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error, GenericClient, Row, Statement};

/// A connection of the pool, which keeps its statements prepared, or that of a user's own transaction.
#[derive(Clone, Copy)]
pub(crate) struct Session<'a> {
    client: &'a Client,
    cache: Option<&'a StatementCache>,
}

impl<'a> Session<'a> {
    /// A connection of the pool.
    pub(crate) fn pooled(client: &'a deadpool_postgres::Client) -> Self {
        Self {
            client,
            cache: Some(&client.statement_cache),
        }
    }

    /// A connection of the pool, in the transaction that is open on it.
    pub(crate) fn within(transaction: &'a deadpool_postgres::Transaction<'_>) -> Self {
        Self {
            client: GenericClient::client(&**transaction),
            cache: Some(&transaction.statement_cache),
        }
    }

    /// A connection that somebody else uses too, in the transaction that is open on it.
    pub(crate) fn of(client: &'a impl GenericClient) -> Self {
        Self {
            client: client.client(),
            cache: None,
        }
    }

    pub(crate) fn client(&self) -> &'a Client {
        self.client
    }

    pub(crate) async fn prepare(&self, sql: &str) -> Result<Statement, Error> {
        match self.cache {
            Some(cache) => cache.prepare(self.client, sql).await,
            None => self.client.prepare(sql).await,
        }
    }

    /// A statement with all its rows.
    pub(crate) async fn query(
        &self,
        sql: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Error> {
        let statement = self.prepare(sql).await?;
        self.client.query(&statement, parameters).await
    }
}
