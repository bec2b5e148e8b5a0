//! Commands on their way out: each instance's in order, the instances side by side.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::task::JoinSet;
use uuid::Uuid;

use super::ProjectionFailure;
use crate::process::{Dispatched, Dispatcher, Origin, Reaction};
use crate::registry::{ProcessDescriptor, ProjectionDescriptor};
use crate::store::{OutboxEntry, Value};

/// What came of commands.
#[derive(Default)]
pub(super) struct Outcome {
    /// What was carried out.
    pub(super) done: Vec<OutboxEntry>,
    /// What nobody takes back, each with the reason.
    pub(super) parks: Vec<(OutboxEntry, String)>,
    /// What its instance reacts to.
    pub(super) rejected: Vec<(OutboxEntry, String, Reaction)>,
    /// What could not be tried to the end: its instance waits.
    pub(super) put_off: Vec<(Value, ProjectionFailure)>,
    /// Instances whose next command is left to a newer program.
    pub(super) left_alone: Vec<Value>,
}

impl Outcome {
    /// Whether nothing came of any command.
    pub(super) fn is_empty(&self) -> bool {
        self.done.is_empty() && self.parks.is_empty() && self.rejected.is_empty()
    }

    fn append(&mut self, mut other: Self) {
        self.done.append(&mut other.done);
        self.parks.append(&mut other.parks);
        self.rejected.append(&mut other.rejected);
        self.put_off.append(&mut other.put_off);
        self.left_alone.append(&mut other.left_alone);
    }
}

/// Carries out each instance's commands in order, and the instances side by side.
pub(super) async fn carry_out_all(
    descriptor: &'static ProjectionDescriptor,
    process: &'static ProcessDescriptor,
    dispatcher: &Arc<Dispatcher>,
    entries: Vec<OutboxEntry>,
) -> Outcome {
    let mut instances: HashMap<Value, Vec<OutboxEntry>> = HashMap::new();
    for entry in entries {
        let of_instance = instances.entry(entry.instance.clone()).or_default();
        of_instance.push(entry);
    }
    let mut working = JoinSet::new();
    for of_instance in instances.into_values() {
        let dispatcher = Arc::clone(dispatcher);
        working.spawn(async move {
            carry_out_in_order(descriptor, process, &dispatcher, of_instance).await
        });
    }
    let mut outcome = Outcome::default();
    while let Some(ended) = working.join_next().await {
        // A runtime that is being shut down takes its tasks with it: what they were to do is still in the outbox.
        outcome.append(ended.unwrap_or_default());
    }
    outcome
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
            outcome.left_alone.push(entry.instance);
            return outcome;
        }
        let Some(sent) = sent else {
            let reason = format!(
                "this version of the process does not list the command {} in `commands(…)`: list it, and retry it",
                entry.command
            );
            outcome.parks.push((entry, reason));
            continue;
        };
        let working = {
            let (dispatcher, entry) = (Arc::clone(dispatcher), entry.clone());
            // A task of its own: what panics in `handle`, or while the command is read, is this command's failure.
            tokio::spawn(async move { (sent.dispatch)(&dispatcher, &entry).await })
        };
        match working.await {
            Ok(Dispatched::Done) => outcome.done.push(entry),
            Ok(Dispatched::Refused(reason)) => outcome.parks.push((entry, reason)),
            Ok(Dispatched::Rejected(reason, reaction)) => {
                outcome.rejected.push((entry, reason, reaction));
                // What the instance sends next may follow from how it reacts.
                return outcome;
            }
            Ok(Dispatched::Later(cause)) => {
                let failure = ProjectionFailure::Command {
                    command: entry.command,
                    id: entry.id,
                    cause,
                };
                outcome.put_off.push((entry.instance, failure));
                return outcome;
            }
            Err(error) if error.is_panic() => {
                let reason = "its `handle`, or other code of it or its aggregate, panicked: mend it, and retry it".to_owned();
                outcome.parks.push((entry, reason));
            }
            // The runtime is being shut down.
            Err(_) => return outcome,
        }
    }
    outcome
}

/// Whether a newer version of the process has sent it, which knows what this one does not.
fn is_of_a_newer_version(entry: &OutboxEntry, descriptor: &ProjectionDescriptor) -> bool {
    let origin = Origin::decode(&entry.origin);
    origin.is_some_and(|origin| origin.process_version() > descriptor.version)
}

/// The ids of commands.
pub(super) fn ids(entries: &[OutboxEntry]) -> Vec<Uuid> {
    entries.iter().map(|entry| entry.id).collect()
}
