//! A connection of sqlx that asks as tokio-postgres does: the same statements, values and rows, so that what is written for one is not written
//! for the other again. Both drivers speak PostgreSQL's binary formats; only what is around a value differs.

use std::error::Error as StdError;

use bytes::BytesMut;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sqlx::encode::IsNull;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgRow, PgTypeInfo, types::Oid};
use sqlx::{
    Arguments as _, AssertSqlSafe, Either, Encode, Error, Executor as _, PgConnection, Postgres,
    Row as _, SqlSafeStr as _, Statement as _, ValueRef as _,
};
use tokio::sync::Mutex;
use tokio_postgres::types::{FromSql, ToSql, Type};

use super::Parameters;

type Failure = Box<dyn StdError + Sync + Send>;

/// A connection of sqlx that somebody has lent, one statement at a time.
pub(crate) struct Lent<'c>(Mutex<&'c mut PgConnection>);

impl<'c> Lent<'c> {
    pub(crate) fn new(connection: &'c mut PgConnection) -> Self {
        Self(Mutex::new(connection))
    }
}

/// What a session asks of a lent connection, whatever its lifetime.
pub(super) trait Ask: Send + Sync {
    fn query<'f>(
        &'f self,
        sql: &'f str,
        parameters: Parameters<'f>,
    ) -> BoxFuture<'f, Result<Vec<PgRow>, Error>>;

    fn execute<'f>(&'f self, sql: &'f str) -> BoxFuture<'f, Result<(), Error>>;
}

impl Ask for Lent<'_> {
    fn query<'f>(
        &'f self,
        sql: &'f str,
        parameters: Parameters<'f>,
    ) -> BoxFuture<'f, Result<Vec<PgRow>, Error>> {
        async move {
            let mut connection = self.0.lock().await;
            // Which type each value has to have, the server tells.
            let statement = AssertSqlSafe(sql).into_sql_str();
            let statement = connection.prepare(statement).await?;
            let types = match statement.parameters() {
                Some(Either::Left(types)) => types,
                _ => &[],
            };
            let mut arguments = PgArguments::default();
            for (parameter, of) in parameters.iter().zip(types) {
                let written = Written::new(*parameter, of).map_err(Error::Encode)?;
                arguments.add(written).map_err(Error::Encode)?;
            }
            let asked = statement.query_with(arguments);
            connection.fetch_all(asked).await
        }
        .boxed()
    }

    fn execute<'f>(&'f self, sql: &'f str) -> BoxFuture<'f, Result<(), Error>> {
        async move {
            let mut connection = self.0.lock().await;
            let asked = sqlx::raw_sql(AssertSqlSafe(sql));
            connection.execute(asked).await.map(drop)
        }
        .boxed()
    }
}

/// The type by its number, which both drivers have from the server.
fn type_of(info: &PgTypeInfo) -> Result<Type, Failure> {
    let known = info.oid().and_then(|Oid(oid)| Type::from_oid(oid));
    known.ok_or_else(|| "a type of PostgreSQL that the log does not have".into())
}

/// A value as tokio-postgres writes it.
struct Written {
    bytes: Option<BytesMut>,
    of: PgTypeInfo,
}

impl Written {
    fn new(value: &(dyn ToSql + Sync), of: &PgTypeInfo) -> Result<Self, Failure> {
        let mut bytes = BytesMut::new();
        let is_null = value.to_sql_checked(&type_of(of)?, &mut bytes)?;
        let is_null = matches!(is_null, tokio_postgres::types::IsNull::Yes);
        Ok(Self {
            bytes: (!is_null).then_some(bytes),
            of: of.clone(),
        })
    }
}

impl sqlx::Type<Postgres> for Written {
    // Each says its own.
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(0))
    }
}

impl Encode<'_, Postgres> for Written {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, Failure> {
        Ok(match &self.bytes {
            None => IsNull::Yes,
            Some(bytes) => {
                buffer.extend_from_slice(bytes);
                IsNull::No
            }
        })
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(self.of.clone())
    }

    fn size_hint(&self) -> usize {
        self.bytes.as_ref().map_or(0, BytesMut::len)
    }
}

/// A value as tokio-postgres reads it.
pub(super) fn read<'r, T: FromSql<'r>>(row: &'r PgRow, column: usize) -> Result<T, Error> {
    let value = row.try_get_raw(column)?;
    let read = || {
        let of = type_of(&value.type_info())?;
        if !T::accepts(&of) {
            return Err("a value of another type".into());
        }
        if value.is_null() {
            T::from_sql_null(&of)
        } else {
            T::from_sql(&of, value.as_bytes()?)
        }
    };
    read().map_err(|source: Failure| Error::ColumnDecode {
        index: column.to_string(),
        source,
    })
}
