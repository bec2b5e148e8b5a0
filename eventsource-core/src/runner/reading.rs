//! The log, read in pages and folded into rows in memory.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::page::{PAGE_EVENTS, Page};
use super::trouble::Trouble;
use super::{Duty, Runner, shards};
use crate::Position;
use crate::registry::ProjectionDescriptor;
use crate::store::{EventStore, ReadLog, Row, StoreError, StoreErrorKind, Value};

impl<S: EventStore> Runner<S> {
    /// Reads and folds a page. `true`: there may be more behind it.
    pub(super) async fn read_page(&mut self) -> Result<bool, Trouble> {
        let limit = self
            .narrowed
            .as_ref()
            .map_or(PAGE_EVENTS, |narrowed| narrowed.events.min(PAGE_EVENTS));
        // Where several workers read, they are to come to the same end, though the log grows meanwhile.
        let until = self.shards.until();
        let before = match (&self.stop_at, until) {
            (Some(failure), _) => Some(failure.position),
            (None, until) => until.map(Position::next),
        };
        let mut reading = JoinSet::new();
        let mut read = Vec::new();
        let workers = self.shards.take();
        let alone = workers.len() == 1;
        for (place, (share, batch)) in workers.into_iter().enumerate() {
            let page = Page::new(
                batch,
                Arc::clone(&self.duty.crew.declarations),
                Arc::clone(&self.skips),
                share,
                before,
                limit,
            );
            // One more than a page has, so that the last page is known to be the last.
            let log = ReadLog::after(self.cursor).limit(limit.saturating_add(1));
            if alone {
                let page = self.duty.crew.store.read_log(log, page).await;
                read.push((place, page.map_err(Trouble::log)?));
            } else {
                let store = Arc::clone(&self.duty.crew.store);
                reading.spawn(async move { (place, store.read_log(log, page).await) });
            }
        }
        while let Some(ended) = reading.join_next().await {
            let (place, page) =
                ended.map_err(|_| Trouble::log(interrupted(self.duty.descriptor)))?;
            read.push((place, page.map_err(Trouble::log)?));
        }
        read.sort_by_key(|(place, _)| *place);
        self.take_in(read.into_iter().map(|(_, page)| page), until)
            .await
    }

    /// Takes what the workers have read.
    async fn take_in(
        &mut self,
        pages: impl Iterator<Item = Page>,
        until: Option<Position>,
    ) -> Result<bool, Trouble> {
        let (mut batches, mut failures) = (Vec::new(), Vec::new());
        let (mut events, mut last, mut more, mut only) = (0, None, false, None);
        for page in pages {
            batches.push(page.batch);
            failures.extend(page.failure);
            (events, last, more, only) = (page.events, page.last, page.more, page.first);
        }
        self.shards.put_back(batches);
        if let Some(failure) = shards::first(failures) {
            return Err(Trouble::Event(failure));
        }
        let mut failures = Vec::new();
        for batch in self.shards.batches() {
            let missing = batch.missing();
            if !missing.is_empty() {
                let rows = fetch(&self.duty, &missing).await?;
                failures.extend(batch.supply(missing, rows).err());
            }
        }
        if let Some(failure) = shards::first(failures) {
            return Err(Trouble::Event(failure));
        }
        self.woken_in_vain = events == 0;
        self.cursor = last.unwrap_or(self.cursor);
        self.unwritten = self.unwritten.saturating_add(events);
        self.only = only;
        if let (Some(until), false) = (until, more) {
            // The rest is short, and a page of it not worth several workers.
            self.cursor = self.cursor.max(until);
            self.write().await?;
            self.shards.gather();
            return Ok(true);
        }
        Ok(more)
    }
}

/// The rows of these keys, one for each.
async fn fetch<S>(duty: &Duty<S>, keys: &[Value]) -> Result<Vec<Option<Row>>, Trouble> {
    let rows = duty.crew.views.rows(&duty.table, keys.to_vec()).await?;
    if rows.len() != keys.len() {
        return Err(Trouble::log(StoreError::new(
            StoreErrorKind::Corrupt,
            format!("projection {}", duty.descriptor.name),
            format!("{} rows were answered for {} keys", rows.len(), keys.len()),
        )));
    }
    Ok(rows)
}

fn interrupted(descriptor: &ProjectionDescriptor) -> StoreError {
    StoreError::new(
        StoreErrorKind::Unavailable,
        format!("projection {}", descriptor.name),
        "the runtime has ended the task that read the log",
    )
}
