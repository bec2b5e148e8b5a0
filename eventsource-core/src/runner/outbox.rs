//! Carrying out what a process manager has sent, and what comes of it.
//!
//! It happens once the runner has seen the log's end: what was scheduled and called off again long ago is not sent in between. Commands of one
//! instance go one after the other, those of several at the same time. One that cannot be tried to the end has its instance
//! [wait](super::put_off), and is tried again.

use std::time::Duration;

use uuid::Uuid;

use super::carrying_out::{Outcome, carry_out_all, ids};
use super::lease::LOOKED_AFTER_EVERY;
use super::trouble::Trouble;
use super::{Duty, ProjectionError, Runner};
use crate::Timestamp;
use crate::observe;
use crate::process::Reaction;
use crate::store::{EventStore, OutboxEntry, OutboxQuery, ViewWrite};

/// Where the next command's time is unknown or far, the outbox is looked at so often: clocks can be set, and another version of the process
/// may have sent something.
const LOOKED_AT_EVERY: Duration = Duration::from_secs(1);

impl<S: EventStore> Runner<S> {
    /// Carries out what is due.
    pub(super) async fn carry_out(&mut self) -> Result<(), Trouble> {
        let (Some(process), Some(dispatcher)) = (
            self.duty.descriptor.process,
            self.duty.crew.dispatcher.clone(),
        ) else {
            self.until_next_due = Duration::MAX;
            return Ok(());
        };
        if !self.is_in_charge().await? {
            self.leave_to_others();
            return Ok(());
        }
        let now = dispatcher.0.now();
        let limit = self.put_off.to_be_read();
        // What waits for its time stands behind what is due, so that one look tells both.
        let query = OutboxQuery::Due {
            at: Timestamp::from_micros(i64::MAX),
            limit,
        };
        let Duty {
            crew, descriptor, ..
        } = &self.duty;
        let mut entries = crew.views.outbox(descriptor.name, query).await?;
        let is_whole_batch = entries.len() >= limit;
        let due = entries.partition_point(|entry| entry.due <= now);
        let next_due = entries.get(due).map(|entry| entry.due);
        entries.truncate(due);
        let all_due_are_seen = next_due.is_some() || !is_whole_batch;
        let entries = self.put_off.choose(entries, all_due_are_seen);
        let outcome = if entries.is_empty() {
            Outcome::default()
        } else {
            // What an instance is to react with has to be on record.
            self.write().await?;
            self.stay_in_office().await?;
            if !self.stay_in_charge().await? {
                self.leave_to_others();
                return Ok(());
            }
            carry_out_all(self.duty.descriptor, process, &dispatcher, entries).await
        };
        let is_at_a_standstill = outcome.is_empty();
        let is_for_a_newer_version = !outcome.left_alone.is_empty();
        self.settle(outcome).await?;
        if is_for_a_newer_version {
            self.offer_outbox().await;
        }
        // The log is looked at between two batches: it may hold what calls a command off that is due by then.
        let goes_on = !is_at_a_standstill || (!all_due_are_seen && self.put_off.may_pass_by_more());
        self.until_next_due = if goes_on {
            Duration::ZERO
        } else {
            let due = next_due.map(|due| due.as_micros().saturating_sub(now.as_micros()));
            let due = due.map(|micros| Duration::from_micros(u64::try_from(micros).unwrap_or(0)));
            let next = [due, self.put_off.next()].into_iter().flatten().min();
            next.unwrap_or(LOOKED_AT_EVERY).min(LOOKED_AT_EVERY)
        };
        self.stuck = self.put_off.stuck().filter(|_| is_at_a_standstill);
        Ok(())
    }

    /// Another version's runner carries out what waits.
    fn leave_to_others(&mut self) {
        self.until_next_due = LOOKED_AFTER_EVERY;
        self.stuck = None;
    }

    /// Puts on record what came of the commands.
    pub(super) async fn settle(&mut self, outcome: Outcome) -> Result<(), Trouble> {
        let Outcome {
            done,
            parks,
            rejected,
            put_off,
            left_alone,
        } = outcome;
        let ended = done.iter().chain(parks.iter().map(|(entry, _)| entry));
        for entry in ended.chain(rejected.iter().map(|(entry, ..)| entry)) {
            self.put_off.forget(&entry.instance);
        }
        for instance in left_alone {
            self.put_off.leave_alone(instance);
        }
        for (instance, failure) in put_off {
            let error = ProjectionError::new(self.duty.descriptor, failure);
            self.tell_error(&error);
            observe::put_off(self.duty.descriptor.name);
            self.put_off.put(instance, error);
        }
        // Told before it can be seen in the outbox, so that who waits for all to be settled looks again.
        let count = u64::try_from(done.len().saturating_add(rejected.len())).unwrap_or(u64::MAX);
        if count > 0 {
            self.duty.progress.send_modify(|progress| {
                progress.dispatched = progress.dispatched.saturating_add(count);
            });
        }
        let parks = parks.into_iter();
        let parks = parks.map(|(entry, reason)| (entry.id, reason)).collect();
        self.put_aside(ids(&done), parks).await?;
        let mut parks = Vec::new();
        for (entry, reason, reaction) in rejected {
            if let Some(reason) = self.react(&entry, reason, reaction).await? {
                parks.push((entry.id, reason));
            }
        }
        self.put_aside(Vec::new(), parks).await
    }

    /// Removes what was carried out, and parks what cannot be.
    async fn put_aside(
        &mut self,
        done: Vec<Uuid>,
        parks: Vec<(Uuid, String)>,
    ) -> Result<(), Trouble> {
        if done.is_empty() && parks.is_empty() {
            return Ok(());
        }
        for (id, reason) in &parks {
            tracing::warn!(
                process = self.duty.descriptor.name,
                command_id = %id,
                reason,
                "a command was parked"
            );
        }
        let mut write = ViewWrite::new(self.stored, self.stored);
        write.removes = done;
        write.parks = parks;
        write.term = self.term();
        write.outbox_term = self.outbox.term();
        Ok(self.duty.crew.views.write(&self.duty.table, write).await?)
    }

    /// Lets an instance react to a refusal; the reason to park the command for, where it does not.
    async fn react(
        &mut self,
        entry: &OutboxEntry,
        reason: String,
        reaction: Reaction,
    ) -> Result<Option<String>, Trouble> {
        let duty = &self.duty;
        let keys = vec![entry.instance.clone()];
        let mut rows = duty.crew.views.rows(&duty.table, keys).await?;
        let changes = match reaction(rows.pop().flatten()) {
            Ok(Some(changes)) => changes,
            Ok(None) => return Ok(Some(format!("{reason} (its instance has ended)"))),
            Err(cause) => {
                return Ok(Some(format!(
                    "{reason} (its instance cannot react to that: {cause})"
                )));
            }
        };
        let mut write = ViewWrite::new(self.stored, self.stored);
        write.upserts = changes.upserts;
        write.deletes = changes.deletes;
        write.sends = changes.sends;
        write.removes = changes.cancels;
        write.removes.push(entry.id);
        write.term = self.term();
        write.outbox_term = self.outbox.term();
        match duty.crew.views.write(&duty.table, write).await {
            Ok(()) => {}
            Err(error) => match Trouble::write(error) {
                Trouble::Row(cause) => {
                    return Ok(Some(format!(
                        "{reason} (its instance cannot react to that: {cause})"
                    )));
                }
                trouble => return Err(trouble),
            },
        }
        // The row in memory is not the stored one any more.
        self.shards.forget();
        Ok(None)
    }
}
