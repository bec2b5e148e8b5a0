//! The outboxes of process managers.

use std::collections::{HashMap, HashSet};

use crate::session::Row;
use eventsource_core::Timestamp;
use eventsource_core::store::{
    OutboxEntry, OutboxQuery, OutboxStatus, Resolution, Value, ViewStoreError, ViewWrite,
};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::PostgresStore;
use crate::read;
use crate::sql::Hidden;

const DOING: &str = "reading an outbox";

const COLUMNS: &str =
    "id, instance_type, instance, command, schema_version, payload, due, origin, parked";

pub(super) async fn entries(
    store: &PostgresStore,
    process: &str,
    query: OutboxQuery,
) -> Result<Vec<OutboxEntry>, ViewStoreError> {
    store.writer().check_open()?;
    let (condition, until, limit) = match query {
        OutboxQuery::Due { at, limit } => ("parked IS NULL", at.as_micros(), limit),
        OutboxQuery::Parked { limit } => ("parked IS NOT NULL", i64::MAX, limit),
        _ => return Ok(Vec::new()),
    };
    let statement = store.view_tables().own(&format!(
        "SELECT {COLUMNS} FROM @.\"@outbox\" WHERE process = $1 AND due <= $2 AND {condition}
         ORDER BY due, number LIMIT $3"
    ));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = read::query(
        store.database(),
        DOING,
        &statement,
        &[&process, &until, &limit],
    )
    .await?;
    rows.iter()
        .map(|row| {
            entry(row).ok_or_else(|| {
                let what = format!("an entry of the outbox of {process} cannot be read");
                store.place().corrupt(&what).into()
            })
        })
        .collect()
}

fn entry(row: &Row) -> Option<OutboxEntry> {
    let instance = instance(row.try_get(1).ok()?, row.try_get(2).ok()?)?;
    let mut entry = OutboxEntry::new(
        row.try_get(0).ok()?,
        instance,
        row.try_get::<&str>(3).ok()?,
        row.try_get::<i32>(4).ok()?.try_into().ok()?,
        row.try_get(5).ok()?,
        Timestamp::from_micros(row.try_get(6).ok()?),
        row.try_get(7).ok()?,
    );
    entry.parked = row.try_get(8).ok()?;
    Some(entry)
}

pub(super) async fn status(
    store: &PostgresStore,
    process: &str,
) -> Result<OutboxStatus, ViewStoreError> {
    store.writer().check_open()?;
    let statement = store.view_tables().own(
        "SELECT count(*) FILTER (WHERE parked IS NULL), min(due) FILTER (WHERE parked IS NULL),
             count(*) FILTER (WHERE parked IS NOT NULL)
         FROM @.\"@outbox\" WHERE process = $1",
    );
    let rows = read::query(store.database(), DOING, &statement, &[&process]).await?;
    let status = rows.first().and_then(|row| {
        let waiting: i64 = row.try_get(0).ok()?;
        let next_due: Option<i64> = row.try_get(1).ok()?;
        let parked: i64 = row.try_get(2).ok()?;
        Some(OutboxStatus::new(
            waiting.unsigned_abs(),
            next_due.map(Timestamp::from_micros),
            parked.unsigned_abs(),
        ))
    });
    status.ok_or_else(|| store.place().corrupt("an outbox cannot be read").into())
}

pub(super) async fn resolve(
    store: &PostgresStore,
    process: &str,
    id: Uuid,
    resolution: Resolution,
) -> Result<bool, ViewStoreError> {
    store.writer().check_open()?;
    let change = match resolution {
        Resolution::Retry => "UPDATE @.\"@outbox\" SET parked = NULL",
        Resolution::Discard => "DELETE FROM @.\"@outbox\"",
        _ => return Ok(false),
    };
    let statement = store.view_tables().own(&format!(
        "{change} WHERE process = $1 AND id = $2 AND parked IS NOT NULL RETURNING true"
    ));
    let client = store.database().fresh_client().await?;
    let failed = |error| {
        store
            .place()
            .postgres("deciding on a parked command", &error)
    };
    let statement = client.prepare_cached(&statement).await.map_err(failed)?;
    let found = client.query(&statement, &[&process, &id]).await;
    Ok(!found.map_err(failed)?.is_empty())
}

/// The changes of a write to the outbox, a list for each column.
pub(super) struct Sends<'a> {
    ids: Vec<Uuid>,
    instance_types: Vec<&'static str>,
    instances: Hidden<Vec<Vec<u8>>>,
    commands: Vec<&'a str>,
    schemas: Vec<i32>,
    payloads: Hidden<Vec<&'a [u8]>>,
    dues: Vec<i64>,
    origins: Hidden<Vec<&'a [u8]>>,
    parked: Hidden<Vec<Option<String>>>,
    removes: Vec<Uuid>,
    parked_ids: Vec<Uuid>,
    reasons: Hidden<Vec<String>>,
}

impl<'a> Sends<'a> {
    /// `None` where the outbox stays as it is. What is sent and removed in one write was never there.
    pub(super) fn of(write: &'a ViewWrite) -> Option<Self> {
        if write.sends.is_empty() && write.removes.is_empty() && write.parks.is_empty() {
            return None;
        }
        let mut sends = Self {
            ids: Vec::new(),
            instance_types: Vec::new(),
            instances: Hidden(Vec::new()),
            commands: Vec::new(),
            schemas: Vec::new(),
            payloads: Hidden(Vec::new()),
            dues: Vec::new(),
            origins: Hidden(Vec::new()),
            parked: Hidden(Vec::new()),
            removes: write.removes.clone(),
            parked_ids: Vec::new(),
            reasons: Hidden(Vec::new()),
        };
        for (id, reason) in &write.parks {
            sends.parked_ids.push(*id);
            sends.reasons.0.push(without_nul(reason));
        }
        let removes: HashSet<&Uuid> = write.removes.iter().collect();
        let parks: HashMap<&Uuid, &String> = write
            .parks
            .iter()
            .map(|(id, reason)| (id, reason))
            .collect();
        let sent = write.sends.iter();
        for entry in sent.filter(|entry| !removes.contains(&entry.id)) {
            let parked = parks.get(&entry.id).copied().or(entry.parked.as_ref());
            let (of, instance) = kept(&entry.instance);
            sends.ids.push(entry.id);
            sends.instance_types.push(of);
            sends.instances.0.push(instance);
            sends.commands.push(&entry.command);
            sends.schemas.push(entry.schema_version.into());
            sends.payloads.0.push(&entry.payload);
            sends.dues.push(entry.due.as_micros());
            sends.origins.0.push(&entry.origin);
            sends
                .parked
                .0
                .push(parked.map(|reason| without_nul(reason)));
        }
        Some(sends)
    }

    pub(super) fn parameters(&self) -> [&(dyn ToSql + Sync); super::plan::OF_OUTBOX] {
        [
            &self.ids,
            &self.instance_types,
            &self.instances,
            &self.commands,
            &self.schemas,
            &self.payloads,
            &self.dues,
            &self.origins,
            &self.parked,
            &self.removes,
            &self.parked_ids,
            &self.reasons,
        ]
    }
}

/// Words for people, in which PostgreSQL keeps no NUL.
fn without_nul(reason: &str) -> String {
    reason.replace('\0', "\u{fffd}")
}

/// A key of an instance, as its type and bytes.
fn kept(instance: &Value) -> (&'static str, Vec<u8>) {
    match instance {
        Value::Integer(integer) => ("integer", integer.to_be_bytes().to_vec()),
        Value::Real(real) => ("real", real.to_be_bytes().to_vec()),
        Value::Boolean(boolean) => ("boolean", vec![u8::from(*boolean)]),
        Value::Text(text) => ("text", text.clone().into_bytes()),
        Value::Bytes(bytes) => ("bytes", bytes.clone()),
        Value::Timestamp(time) => ("timestamp", time.as_micros().to_be_bytes().to_vec()),
        Value::Uuid(uuid) => ("uuid", uuid.as_bytes().to_vec()),
        Value::Json(json) => ("json", json.clone().into_bytes()),
        _ => ("null", Vec::new()),
    }
}

fn instance(of: &str, bytes: &[u8]) -> Option<Value> {
    let text = || std::str::from_utf8(bytes).map(str::to_owned).ok();
    let eight = || bytes.try_into().ok();
    Some(match of {
        "integer" => Value::Integer(i64::from_be_bytes(eight()?)),
        "real" => Value::Real(f64::from_be_bytes(eight()?)),
        "boolean" => Value::Boolean(*bytes.first()? != 0),
        "text" => Value::Text(text()?),
        "bytes" => Value::Bytes(bytes.to_vec()),
        "timestamp" => Value::Timestamp(Timestamp::from_micros(i64::from_be_bytes(eight()?))),
        "uuid" => Value::Uuid(Uuid::from_slice(bytes).ok()?),
        "json" => Value::Json(text()?),
        "null" => Value::Null,
        _ => return None,
    })
}
