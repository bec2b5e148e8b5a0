//! What a store of read models promises.

mod check;
mod error;
mod lease;
mod outbox;
mod query;
mod record;
mod skip;
mod stop;
mod table;
mod value;
mod write;

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

pub use check::InvalidRow;
pub use error::ViewStoreError;
pub use lease::Lease;
pub use outbox::{OutboxEntry, OutboxQuery, OutboxStatus, Resolution};
pub use query::{Filter, Order, Query};
pub use record::{TableRecord, TableVersion};
pub use skip::Skip;
pub use stop::Stop;
pub use table::{ColumnSpec, ViewTable};
pub use value::{ColumnType, Row, Value};
pub use write::ViewWrite;

use super::{BoxFuture, StoreError, StoreErrorKind};
use crate::Position;

/// Tables of read models, each with its checkpoint; and the outboxes of process managers, whose states are rows of such tables.
pub trait ViewStore: Send + Sync + 'static {
    /// Creates or upgrades what the store keeps, as [`EventStore::prepare`](super::EventStore::prepare) does: an app asks for it where it keeps
    /// its read models in a store of their own. With `migrate` false nothing is written, and a schema that is missing or older is an error.
    ///
    /// By default it does nothing.
    fn prepare_views(&self, migrate: bool) -> BoxFuture<'_, Result<(), StoreError>> {
        let _ = migrate;
        Box::pin(async { Ok(()) })
    }

    /// Makes the table, its indexes and its checkpoint where they are missing, and returns the checkpoint. Under the projection's name stands,
    /// for SQL tools, its highest version.
    ///
    /// A new one's checkpoint is where the oldest of its other versions began, or [`ViewTable::begins`] where there is none. That is kept, and
    /// how far the other versions had come ([`passed`](Self::passed)). A shadow begins where the served table of its version began.
    ///
    /// A stored table of another fingerprint is [`ViewStoreError::Changed`], with the difference in words.
    fn open<'a>(&'a self, table: &'a ViewTable) -> BoxFuture<'a, Result<Position, ViewStoreError>>;

    /// The stored checkpoint.
    fn checkpoint<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<Position, ViewStoreError>>;

    /// What is on record for the table: its checkpoint, whether it is built, and why it does not go on, where it does not.
    fn record<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<TableRecord, ViewStoreError>>;

    /// Puts on record that the table does not go on, in the place of what was there. Under another term than this one, where one is named, nothing
    /// is written ([`ViewStoreError::Deposed`]). It is off the record as soon as the checkpoint moves, whoever moves it, and when an operator has
    /// the event that it stopped at passed over.
    fn put_stop<'a>(
        &'a self,
        table: &'a ViewTable,
        term: Option<u64>,
        stop: Stop,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>>;

    /// The rows of these keys, in their order; `None` where there is none. [`Value::Null`] asks for a global read model's row.
    fn rows<'a>(
        &'a self,
        table: &'a ViewTable,
        keys: Vec<Value>,
    ) -> BoxFuture<'a, Result<Vec<Option<Row>>, ViewStoreError>>;

    /// Writes rows, checkpoint and outbox in one transaction.
    fn write<'a>(
        &'a self,
        table: &'a ViewTable,
        write: ViewWrite,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>>;

    /// The rows that a query asks for.
    fn query<'a>(
        &'a self,
        table: &'a ViewTable,
        query: Query,
    ) -> BoxFuture<'a, Result<Vec<Row>, ViewStoreError>>;

    /// Removes a read model: all versions of its table, shadows too, with their checkpoints, their skips and their outbox. Its events stay, and
    /// a program that has the projection builds it anew.
    fn remove<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), ViewStoreError>>;

    /// Removes one version of a read model: its table and its shadow, with their checkpoints and skips. The outbox, which all versions share, stays,
    /// unless it was the last of them. Under the projection's name stands, for SQL tools, the highest that is left. `false`: there is no such
    /// version.
    fn remove_version<'a>(
        &'a self,
        name: &'a str,
        version: u32,
    ) -> BoxFuture<'a, Result<bool, ViewStoreError>>;

    /// The versions of a read model that have a table, from the lowest on. Shadows do not count.
    fn versions<'a>(
        &'a self,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Vec<TableVersion>, ViewStoreError>>;

    /// How far any other version of this table has come; at least how far they had come when it was made, and where it begins when there were
    /// none. What a process manager sends for events up to there, another version has sent. Of a shadow it is where the served table stood when
    /// the shadow was made.
    fn passed<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<Position, ViewStoreError>>;

    /// Asks to feed the table for so long from now. Whoever holds the lease gets it again, under the same term; another one gets it, under the
    /// next term, once it has ended or was released.
    ///
    /// All who ask for leases in one store ask for the same time. Where leases end by a clock that can be set back, a store takes an end that
    /// is further away than that for one at that time from now.
    fn lease<'a>(
        &'a self,
        table: &'a ViewTable,
        holder: Uuid,
        time: Duration,
    ) -> BoxFuture<'a, Result<Lease, ViewStoreError>>;

    /// Gives the lease to this holder at once, under the next term, whoever has it: for one that has to have the last word, as a rebuild has
    /// before its rows are put in the place of the served ones.
    fn take_over<'a>(
        &'a self,
        table: &'a ViewTable,
        holder: Uuid,
        time: Duration,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>>;

    /// Lets every lease of this holder that has not ended last for so long from now, those of outboxes too.
    fn renew(&self, holder: Uuid, time: Duration) -> BoxFuture<'_, Result<(), ViewStoreError>>;

    /// Ends the lease of this holder, so that another one may have it at once. It does nothing where the holder has none.
    fn release<'a>(
        &'a self,
        table: &'a ViewTable,
        holder: Uuid,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>>;

    /// Puts a shadow's rows and checkpoint in the place of the served table's, at once and wholly, and begins a new term of the served one,
    /// which nobody holds yet. The shadow is gone then. `false`, and nothing has changed: the shadow is behind the served table.
    fn promote<'a>(&'a self, shadow: &'a ViewTable) -> BoxFuture<'a, Result<bool, ViewStoreError>>;

    /// Removes a shadow, with its checkpoint and its lease, where there is one.
    fn discard<'a>(&'a self, shadow: &'a ViewTable) -> BoxFuture<'a, Result<(), ViewStoreError>>;

    /// Puts a skip on record. One at the same position stays as it is. A position that the table has passed is [`ViewStoreError::Folded`].
    ///
    /// In the same transaction new terms begin of the table and of its shadow, which nobody holds: whoever feeds them is refused, and asks for
    /// the skips before it goes on. A shadow that has passed the position is removed.
    fn skip<'a>(
        &'a self,
        table: &'a ViewTable,
        skip: Skip,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>>;

    /// The skips on record for this version of a read model, in the order of their positions. A shadow has those of the served table.
    fn skips<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<Vec<Skip>, ViewStoreError>>;

    /// Entries of the outbox of the process manager of this name.
    fn outbox<'a>(
        &'a self,
        process: &'a str,
        query: OutboxQuery,
    ) -> BoxFuture<'a, Result<Vec<OutboxEntry>, ViewStoreError>>;

    /// How full that outbox is.
    fn outbox_status<'a>(
        &'a self,
        process: &'a str,
    ) -> BoxFuture<'a, Result<OutboxStatus, ViewStoreError>>;

    /// Asks to carry out what waits in this outbox, for so long from now. All versions of a process manager share one lease, so that what comes
    /// of a command is decided by one of them. It is given as [`lease`](Self::lease) gives that of a table. What is written by who has it names
    /// its term in [`ViewWrite::outbox_term`].
    fn lease_outbox<'a>(
        &'a self,
        process: &'a str,
        holder: Uuid,
        time: Duration,
    ) -> BoxFuture<'a, Result<Lease, ViewStoreError>>;

    /// Ends this holder's lease of the outbox. It does nothing where the holder has none.
    fn release_outbox<'a>(
        &'a self,
        process: &'a str,
        holder: Uuid,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>>;

    /// Decides on a parked entry. `false`: there is no parked entry of this id.
    fn resolve<'a>(
        &'a self,
        process: &'a str,
        id: Uuid,
        resolution: Resolution,
    ) -> BoxFuture<'a, Result<bool, ViewStoreError>>;

    /// From now on, every append to the events beside must fold this read model in its own transaction
    /// ([`Commit::immediate`](crate::store::Commit::immediate)); one that does not is refused. Removing the read model ends it,
    /// and so does [`make_eventual`](Self::make_eventual).
    ///
    /// By default it is [`StoreErrorKind::Unsupported`]: so it is where no events are beside, or their positions are not known at the commit.
    fn make_immediate<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(async move {
            Err(ViewStoreError::Store(StoreError::new(
                StoreErrorKind::Unsupported,
                "this store of read models",
                format!(
                    "projection {} cannot be folded in the transaction of an append here: declare it `consistency = \"eventual\"`",
                    table.name
                ),
            )))
        })
    }

    /// From now on, no append has to fold this read model, in any of its versions: it is declared eventual now, and runners alone feed it.
    /// Where no append had to, nothing is written.
    ///
    /// By default it does nothing, as is right where [`make_immediate`](Self::make_immediate) is unsupported.
    fn make_eventual<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        let _ = name;
        Box::pin(async { Ok(()) })
    }
}

/// So that the read models of one store can be lent to several apps.
impl<V: ViewStore + ?Sized> ViewStore for Arc<V> {
    fn prepare_views(&self, migrate: bool) -> BoxFuture<'_, Result<(), StoreError>> {
        (**self).prepare_views(migrate)
    }

    fn open<'a>(&'a self, table: &'a ViewTable) -> BoxFuture<'a, Result<Position, ViewStoreError>> {
        (**self).open(table)
    }

    fn checkpoint<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<Position, ViewStoreError>> {
        (**self).checkpoint(table)
    }

    fn record<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<TableRecord, ViewStoreError>> {
        (**self).record(table)
    }

    fn put_stop<'a>(
        &'a self,
        table: &'a ViewTable,
        term: Option<u64>,
        stop: Stop,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        (**self).put_stop(table, term, stop)
    }

    fn rows<'a>(
        &'a self,
        table: &'a ViewTable,
        keys: Vec<Value>,
    ) -> BoxFuture<'a, Result<Vec<Option<Row>>, ViewStoreError>> {
        (**self).rows(table, keys)
    }

    fn write<'a>(
        &'a self,
        table: &'a ViewTable,
        write: ViewWrite,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        (**self).write(table, write)
    }

    fn query<'a>(
        &'a self,
        table: &'a ViewTable,
        query: Query,
    ) -> BoxFuture<'a, Result<Vec<Row>, ViewStoreError>> {
        (**self).query(table, query)
    }

    fn remove<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        (**self).remove(name)
    }

    fn remove_version<'a>(
        &'a self,
        name: &'a str,
        version: u32,
    ) -> BoxFuture<'a, Result<bool, ViewStoreError>> {
        (**self).remove_version(name, version)
    }

    fn versions<'a>(
        &'a self,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Vec<TableVersion>, ViewStoreError>> {
        (**self).versions(name)
    }

    fn passed<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<Position, ViewStoreError>> {
        (**self).passed(table)
    }

    fn lease<'a>(
        &'a self,
        table: &'a ViewTable,
        holder: Uuid,
        time: Duration,
    ) -> BoxFuture<'a, Result<Lease, ViewStoreError>> {
        (**self).lease(table, holder, time)
    }

    fn take_over<'a>(
        &'a self,
        table: &'a ViewTable,
        holder: Uuid,
        time: Duration,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        (**self).take_over(table, holder, time)
    }

    fn renew(&self, holder: Uuid, time: Duration) -> BoxFuture<'_, Result<(), ViewStoreError>> {
        (**self).renew(holder, time)
    }

    fn release<'a>(
        &'a self,
        table: &'a ViewTable,
        holder: Uuid,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        (**self).release(table, holder)
    }

    fn promote<'a>(&'a self, shadow: &'a ViewTable) -> BoxFuture<'a, Result<bool, ViewStoreError>> {
        (**self).promote(shadow)
    }

    fn discard<'a>(&'a self, shadow: &'a ViewTable) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        (**self).discard(shadow)
    }

    fn skip<'a>(
        &'a self,
        table: &'a ViewTable,
        skip: Skip,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        (**self).skip(table, skip)
    }

    fn skips<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<Vec<Skip>, ViewStoreError>> {
        (**self).skips(table)
    }

    fn outbox<'a>(
        &'a self,
        process: &'a str,
        query: OutboxQuery,
    ) -> BoxFuture<'a, Result<Vec<OutboxEntry>, ViewStoreError>> {
        (**self).outbox(process, query)
    }

    fn outbox_status<'a>(
        &'a self,
        process: &'a str,
    ) -> BoxFuture<'a, Result<OutboxStatus, ViewStoreError>> {
        (**self).outbox_status(process)
    }

    fn lease_outbox<'a>(
        &'a self,
        process: &'a str,
        holder: Uuid,
        time: Duration,
    ) -> BoxFuture<'a, Result<Lease, ViewStoreError>> {
        (**self).lease_outbox(process, holder, time)
    }

    fn release_outbox<'a>(
        &'a self,
        process: &'a str,
        holder: Uuid,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        (**self).release_outbox(process, holder)
    }

    fn resolve<'a>(
        &'a self,
        process: &'a str,
        id: Uuid,
        resolution: Resolution,
    ) -> BoxFuture<'a, Result<bool, ViewStoreError>> {
        (**self).resolve(process, id, resolution)
    }

    fn make_immediate<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        (**self).make_immediate(table)
    }

    fn make_eventual<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        (**self).make_eventual(name)
    }
}
