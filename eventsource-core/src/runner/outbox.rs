//! Carrying out what a process manager has sent.
//!
//! It happens once the runner has seen the log's end: what was scheduled and called off again long ago is not sent in between. Commands of one
//! instance go one after the other, those of several at the same time. One that cannot be tried to the end stays, with all of its instance
//! behind it, and is tried again.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use uuid::Uuid;

use super::trouble::Trouble;
use super::{ProjectionFailure, Runner};
use crate::Timestamp;
use crate::process::{Dispatched, Dispatcher, Origin, Reaction};
use crate::registry::{ProcessDescriptor, ProjectionDescriptor};
use crate::store::{
    EventStore, OutboxEntry, OutboxQuery, StoreError, StoreErrorKind, Value, ViewWrite,
};

/// At most so many commands are taken out of the outbox at a time.
const TAKEN_AT_ONCE: usize = 64;

/// Where the next command's time is unknown or far, the outbox is looked at so often: clocks can be set, and another version of the process
/// may have sent something.
const LOOKED_AT_EVERY: Duration = Duration::from_secs(1);

/// At most so many commands that a newer program has sent are passed by to see what is behind them.
const MOST_LEFT_ALONE: usize = 4_096;

/// What came of the commands that were taken.
#[derive(Default)]
struct Outcome {
    done: Vec<Uuid>,
    parks: Vec<(Uuid, String)>,
    rejected: Vec<(OutboxEntry, String, Reaction)>,
    /// The first that could not be tried to the end.
    later: Option<ProjectionFailure>,
    /// How many were left to a newer program.
    left_alone: usize,
}

impl Outcome {
    /// Whether nothing came of any command.
    fn is_empty(&self) -> bool {
        self.done.is_empty() && self.parks.is_empty() && self.rejected.is_empty()
    }
}

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
        let now = dispatcher.0.now();
        let query = OutboxQuery::Due {
            at: now,
            limit: TAKEN_AT_ONCE.saturating_add(self.left_alone),
        };
        let name = self.duty.descriptor.name;
        let entries = self.duty.crew.views.outbox(name, query).await?;
        if entries.is_empty() {
            self.left_alone = 0;
            return self.pause_until_due(now).await;
        }
        // What an instance is to react with has to be on record.
        self.write().await?;
        let outcome = carry_out_all(self.duty.descriptor, process, &dispatcher, entries).await;
        self.left_alone = outcome.left_alone.min(MOST_LEFT_ALONE);
        // The log is looked at between two batches: it may hold what calls a command off that is due by then.
        self.until_next_due = if outcome.is_empty() {
            LOOKED_AT_EVERY
        } else {
            Duration::ZERO
        };
        self.settle(outcome).await
    }

    async fn pause_until_due(&mut self, now: Timestamp) -> Result<(), Trouble> {
        let name = self.duty.descriptor.name;
        let query = OutboxQuery::Due {
            at: Timestamp::from_micros(i64::MAX),
            limit: 1,
        };
        let next = self.duty.crew.views.outbox(name, query).await?;
        let until = next.first().map_or(LOOKED_AT_EVERY, |next| {
            let micros = next.due.as_micros().saturating_sub(now.as_micros());
            Duration::from_micros(u64::try_from(micros).unwrap_or_default())
        });
        self.until_next_due = until.min(LOOKED_AT_EVERY);
        Ok(())
    }

    /// Puts on record what came of the commands.
    async fn settle(&mut self, outcome: Outcome) -> Result<(), Trouble> {
        let Outcome {
            done,
            parks,
            rejected,
            later,
            left_alone: _,
        } = outcome;
        // Told before it can be seen in the outbox, so that who waits for all to be settled looks again.
        let count = u64::try_from(done.len().saturating_add(rejected.len())).unwrap_or(u64::MAX);
        self.duty.progress.send_modify(|progress| {
            progress.dispatched = progress.dispatched.saturating_add(count);
        });
        self.put_aside(done, parks).await?;
        let mut parks = Vec::new();
        for (entry, reason, reaction) in rejected {
            if let Some(reason) = self.react(&entry, reason, reaction).await? {
                parks.push((entry.id, reason));
            }
        }
        self.put_aside(Vec::new(), parks).await?;
        if let Some(failure) = later {
            return Err(Trouble::Store(failure));
        }
        self.store_retries.reset();
        Ok(())
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

/// Carries out each instance's commands in order, and the instances side by side.
async fn carry_out_all(
    descriptor: &'static ProjectionDescriptor,
    process: &'static ProcessDescriptor,
    dispatcher: &Arc<Dispatcher>,
    entries: Vec<OutboxEntry>,
) -> Outcome {
    let mut places: HashMap<Value, usize> = HashMap::new();
    let mut instances: Vec<Vec<OutboxEntry>> = Vec::new();
    for entry in entries {
        let place = *places.entry(entry.instance.clone()).or_insert_with(|| {
            instances.push(Vec::new());
            instances.len() - 1
        });
        if let Some(instance) = instances.get_mut(place) {
            instance.push(entry);
        }
    }
    let mut working = JoinSet::new();
    for instance in instances {
        let dispatcher = Arc::clone(dispatcher);
        working.spawn(async move {
            carry_out_in_order(descriptor, process, &dispatcher, instance).await
        });
    }
    let mut outcome = Outcome::default();
    while let Some(ended) = working.join_next().await {
        let Ok(of_instance) = ended else {
            // A runtime that is being shut down takes its tasks with it: what they were to do is still in the outbox.
            outcome.later.get_or_insert_with(interrupted);
            continue;
        };
        outcome.done.extend(of_instance.done);
        outcome.parks.extend(of_instance.parks);
        outcome.rejected.extend(of_instance.rejected);
        outcome.left_alone = outcome.left_alone.saturating_add(of_instance.left_alone);
        if outcome.later.is_none() {
            outcome.later = of_instance.later;
        }
    }
    outcome
}

fn interrupted() -> ProjectionFailure {
    ProjectionFailure::Log(StoreError::new(
        StoreErrorKind::Unavailable,
        "the commands of a process manager",
        "the runtime has ended the task that carried them out",
    ))
}

async fn carry_out_in_order(
    descriptor: &'static ProjectionDescriptor,
    process: &'static ProcessDescriptor,
    dispatcher: &Arc<Dispatcher>,
    entries: Vec<OutboxEntry>,
) -> Outcome {
    let mut outcome = Outcome::default();
    for entry in entries {
        let sent = process
            .commands
            .iter()
            .find(|sent| sent.command.name == Some(entry.command.as_str()));
        let is_known = sent.is_some_and(|sent| entry.schema_version <= sent.command.version);
        if !is_known && is_of_a_newer_version(&entry, descriptor) {
            outcome.left_alone = 1;
            return outcome;
        }
        let Some(sent) = sent else {
            let reason = format!(
                "this version of the process does not list the command {} in `commands(…)`: list it, and retry it",
                entry.command
            );
            outcome.parks.push((entry.id, reason));
            continue;
        };
        let working = {
            let (dispatcher, entry) = (Arc::clone(dispatcher), entry.clone());
            // A task of its own: what panics in `handle` is this command's failure.
            tokio::spawn(async move { (sent.dispatch)(&dispatcher, &entry).await })
        };
        match working.await {
            Ok(Dispatched::Done) => outcome.done.push(entry.id),
            Ok(Dispatched::Refused(reason)) => outcome.parks.push((entry.id, reason)),
            Ok(Dispatched::Rejected(reason, reaction)) => {
                outcome.rejected.push((entry, reason, reaction));
                // What the instance sends next may follow from how it reacts.
                return outcome;
            }
            Ok(Dispatched::Later(cause)) => {
                outcome.later = Some(ProjectionFailure::Command {
                    command: entry.command,
                    id: entry.id,
                    cause,
                });
                return outcome;
            }
            Err(error) if error.is_panic() => {
                let reason = "its `handle` panicked: mend it, and retry it".to_owned();
                outcome.parks.push((entry.id, reason));
            }
            Err(_) => {
                outcome.later = Some(interrupted());
                return outcome;
            }
        }
    }
    outcome
}

/// Whether a newer version of the process has sent it, which knows what this one does not.
fn is_of_a_newer_version(entry: &OutboxEntry, descriptor: &ProjectionDescriptor) -> bool {
    let origin = Origin::decode(&entry.origin);
    origin.is_some_and(|origin| origin.process_version() > descriptor.version)
}
