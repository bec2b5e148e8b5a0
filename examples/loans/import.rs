//! The import: every event of the log as a command, at the log's own time, by the log's own resource.

use std::error::Error;
use std::sync::Arc;

use eventsource_core::prelude::*;
use eventsource_core::store::EventStore;
use indicatif::ProgressBar;
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};
use uuid::Uuid;

use crate::case::{CaseError, Request, Step, steps};
use crate::log::{LogError, Source};

/// So many cases are imported side by side; within a case, one command follows the other.
const CASES_AT_ONCE: usize = 64;

/// The ids of commands are derived from this, so that importing a log again repeats its commands and writes nothing twice.
const NAMESPACE: Uuid = Uuid::from_u128(0x0f7d_93a8_40b6_4c1e_9a55_6a0c_2b1d_7e34);

tokio::task_local! {
    static LOG_TIME: Timestamp;
}

/// The app's clock: the time of the log's event that is being imported, and outside of an import the machine's.
pub fn clock() -> Timestamp {
    LOG_TIME
        .try_with(|time| *time)
        .unwrap_or_else(|_| Timestamp::now())
}

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Case(#[from] CaseError),
    #[error("case {case}, event {number}, {activity}: {source}")]
    Refused {
        case: String,
        number: usize,
        activity: String,
        source: Box<dyn Error + Send + Sync>,
    },
    #[error("the import was stopped: {0}")]
    Stopped(#[from] JoinError),
}

/// Carries out each event of the log, and returns how many had been carried out before: by an earlier import, up to `head`.
///
/// # Errors
///
/// At the first event that cannot be read, or that the domain refuses.
pub async fn import<S: EventStore>(
    app: &App<S>,
    source: &Source,
    head: Position,
    bar: &ProgressBar,
) -> Result<u64, ImportError> {
    let (sender, mut cases) = mpsc::channel(CASES_AT_ONCE);
    let source = source.clone();
    let reader = tokio::task::spawn_blocking(move || -> Result<(), ImportError> {
        for case in source.open()? {
            let case = case?;
            let steps = steps(&case)?;
            if sender.blocking_send((case.id, steps)).is_err() {
                break;
            }
        }
        Ok(())
    });
    let (mut running, mut repeated) = (JoinSet::new(), 0);
    while let Some((case, steps)) = cases.recv().await {
        if running.len() >= CASES_AT_ONCE
            && let Some(done) = running.join_next().await
        {
            repeated += done??;
        }
        running.spawn(import_case(app.clone(), case, steps, head, bar.clone()));
    }
    while let Some(done) = running.join_next().await {
        repeated += done??;
    }
    reader.await??;
    Ok(repeated)
}

async fn import_case<S: EventStore>(
    app: App<S>,
    case: String,
    steps: Vec<Step>,
    head: Position,
    bar: ProgressBar,
) -> Result<u64, ImportError> {
    let mut repeated = 0;
    for (number, step) in (1..).zip(steps) {
        let command_id = Uuid::new_v5(&NAMESPACE, format!("{case}/{number}").as_bytes());
        let mut metadata = Metadata::new().command_id(command_id);
        if let Some(resource) = step.resource {
            metadata = metadata.actor(resource);
        }
        let done = LOG_TIME
            .scope(step.at, carry_out(&app, step.request, metadata))
            .await;
        let receipt = done.map_err(|source| ImportError::Refused {
            case: case.clone(),
            number,
            activity: step.activity,
            source,
        })?;
        repeated += u64::from(receipt.position() <= head);
        bar.inc(1);
    }
    Ok(repeated)
}

async fn carry_out<S: EventStore>(
    app: &App<S>,
    request: Request,
    metadata: Metadata,
) -> Result<Receipt, Box<dyn Error + Send + Sync>> {
    Ok(match request {
        Request::Application(command) => app.execute_with(command, metadata).await?,
        Request::Offer(command) => app.execute_with(command, metadata).await?,
        Request::Work(command) => app.execute_with(command, metadata).await?,
    })
}

/// Loads all these aggregates, on all processors, and returns how many events they have.
///
/// # Errors
///
/// When one of them cannot be loaded.
pub async fn load_all<A: Aggregate, S: EventStore>(
    app: &App<S>,
    ids: Vec<A::Id>,
) -> Result<u64, Box<dyn Error>> {
    let ids: Arc<[A::Id]> = ids.into();
    let tasks = std::thread::available_parallelism().map_or(1, usize::from);
    let mut loading = JoinSet::new();
    for task in 0..tasks {
        let (app, ids) = (app.clone(), Arc::clone(&ids));
        loading.spawn(async move {
            let mut events = 0;
            for id in ids.iter().skip(task).step_by(tasks) {
                events += app.load::<A>(id).await?.version();
            }
            Ok::<_, LoadError>(events)
        });
    }
    let mut events = 0;
    while let Some(loaded) = loading.join_next().await {
        events += loaded??;
    }
    Ok(events)
}
