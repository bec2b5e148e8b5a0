//! A bank's event log, imported: loan applications, offers and the work on them, as a real system would have recorded them.
//!
//! ```text
//! cargo run --release --example loans -- [log.xes.gz [URL of a store]]
//! ```
//!
//! The log is an XES file, packed or not, with the activities of the BPI Challenge 2012 (B. van Dongen, doi
//! 10.4121/uuid:3926db30-f712-4394-aebc-75976070e91f). Without one, a short log that was made up for this program is imported. The
//! store is any that has read models and can be opened twice: `sqlite:loans.db`, `postgres://…`. Without one, a temporary file is used. An import that was
//! interrupted can be repeated on the same store: what was recorded stays, and nothing is recorded twice.

mod application;
mod case;
mod import;
mod log;
mod offer;
mod report;
mod totals;
mod views;
mod work;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use eventsource_core::prelude::*;
use eventsource_core::store::EventStore;

use crate::application::Application;
use crate::import::{import, load_all};
use crate::log::Source;
use crate::offer::{Offer, OfferId};
use crate::totals::Totals;
use crate::views::{ApplicationRow, Funnel, Workload};
use crate::work::{Task, WorkId, WorkItem};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let (log, url) = (arguments.next(), arguments.next());
    if arguments.next().is_some() {
        return Err("at most two arguments: the log, and the URL of a store".into());
    }
    let source = Source::of(log.map(PathBuf::from));
    let totals = read(&source)?;

    // Removed at the end, where the database is not to be kept.
    let temporary = tempfile::tempdir()?;
    let url = match url {
        Some(url) => url.into_string().map_err(|_| "the URL is no UTF-8")?,
        None => format!("sqlite:{}", temporary.path().join("loans.db").display()),
    };
    let store = eventsource_stores::open(&url).await?;
    let app = start(store.clone()).await?;
    let head = store.head().await?;
    // The rest of a URL may have a password in it.
    println!(
        "The store is {}.",
        url.split(':').next().unwrap_or_default()
    );
    let first = import_and_compare(&app, &source, head, &totals).await?;
    load(&app, &first.applications, totals.events).await?;
    app.shutdown().await?;

    let second = rebuild(eventsource_stores::open(&url).await?, totals.events).await?;
    same(&first, &second)
}

/// The app of this program, on any store: its clock is the log's.
async fn start<S: EventStore>(store: S) -> Result<App<S>, StartError> {
    App::builder(store).clock(import::clock).start().await
}

/// Reads the whole log before anything is written, so that nothing of a broken log is imported.
fn read(source: &Source) -> Result<Totals, Box<dyn Error>> {
    let (began, mut totals) = (Instant::now(), Totals::default());
    for case in source.open()? {
        let case = case?;
        case::steps(&case)?;
        totals.add(&case);
    }
    report::read(&totals, began.elapsed());
    Ok(totals)
}

async fn import_and_compare<S: EventStore>(
    app: &App<S>,
    source: &Source,
    head: Position,
    totals: &Totals,
) -> Result<ReadModels, Box<dyn Error>> {
    let (began, bar) = (Instant::now(), report::bar(totals.events));
    let repeated = import(app, source, head, &bar).await?;
    bar.finish_and_clear();
    let took = began.elapsed();
    app.settled().await?;
    report::imported(totals.events, repeated, took, began.elapsed() - took);

    let models = ReadModels::of(app).await?;
    let found = Totals::of(&models.funnel, &models.workload, &models.applications);
    report::funnel(&models.funnel);
    report::workload(&models.workload);
    report::totals(&found);
    let differences = totals.differences(&found);
    if !differences.is_empty() {
        return Err(listed(
            "the read models differ from the log (is it another one than is in this database?)",
            &differences,
        ));
    }
    println!("They equal the log's, in all and for each activity, resource and case.\n");
    Ok(models)
}

/// Loads every aggregate: together they have all events.
async fn load<S: EventStore>(
    app: &App<S>,
    rows: &[ApplicationRow],
    events: u64,
) -> Result<(), Box<dyn Error>> {
    let applications = rows.iter().map(|row| row.application.clone());
    let offers = rows.iter().flat_map(|row| {
        let offer = |number| OfferId {
            application: row.application.clone(),
            number,
        };
        (1..=row.offers).map(offer)
    });
    let work = rows.iter().flat_map(|row| {
        let item = |task: &Task| WorkId {
            application: row.application.clone(),
            task: *task,
        };
        row.work.keys().map(item)
    });
    let loaded = load_kind::<Application, S>(app, "applications", applications.collect()).await?
        + load_kind::<Offer, S>(app, "offers", offers.collect()).await?
        + load_kind::<WorkItem, S>(app, "work items", work.collect()).await?;
    if loaded == events {
        Ok(())
    } else {
        Err(format!("the aggregates have {loaded} events, the log has {events}").into())
    }
}

async fn load_kind<A: Aggregate, S: EventStore>(
    app: &App<S>,
    what: &str,
    ids: Vec<A::Id>,
) -> Result<u64, Box<dyn Error>> {
    let (began, aggregates) = (Instant::now(), ids.len());
    let events = load_all::<A, S>(app, ids).await?;
    report::loaded(what, aggregates, events, began.elapsed());
    Ok(events)
}

/// Deletes the read models, and lets an app that starts anew build them from the log.
async fn rebuild<S: EventStore>(store: S, events: u64) -> Result<ReadModels, Box<dyn Error>> {
    let views = store.views().ok_or("the store keeps no read models")?;
    for name in ["applications", "workload", "funnel"] {
        views.remove(name).await?;
    }
    let began = Instant::now();
    let app = start(store).await?;
    app.settled().await?;
    report::rebuilt(events, began.elapsed());
    let models = ReadModels::of(&app).await?;
    app.shutdown().await?;
    Ok(models)
}

/// All rows of all read models.
#[derive(Debug, PartialEq)]
struct ReadModels {
    funnel: Funnel,
    workload: Vec<Workload>,
    applications: Vec<ApplicationRow>,
}

impl ReadModels {
    async fn of<S: EventStore>(app: &App<S>) -> Result<Self, ViewError> {
        Ok(Self {
            funnel: app.view::<Funnel>().global().await?,
            workload: app.view::<Workload>().list().await?,
            applications: app.view::<ApplicationRow>().list().await?,
        })
    }
}

/// Whether the rebuilt read models are what was there before.
fn same(first: &ReadModels, second: &ReadModels) -> Result<(), Box<dyn Error>> {
    let differences: Vec<String> = [
        ("funnel", first.funnel == second.funnel),
        ("workload", first.workload == second.workload),
        ("applications", first.applications == second.applications),
    ]
    .into_iter()
    .filter(|(_, same)| !same)
    .map(|(name, _)| name.to_owned())
    .collect();
    if !differences.is_empty() {
        return Err(listed("not as before they were rebuilt", &differences));
    }
    println!("Each row is as it was before.");
    Ok(())
}

/// At most this many differences are told.
const TOLD: usize = 20;

fn listed(what: &str, differences: &[String]) -> Box<dyn Error> {
    let mut text = what.to_owned();
    for difference in differences.iter().take(TOLD) {
        text.push_str("\n  ");
        text.push_str(difference);
    }
    if differences.len() > TOLD {
        text.push_str("\n  … and ");
        text.push_str(&(differences.len() - TOLD).to_string());
        text.push_str(" more");
    }
    text.into()
}

// A test: what a release of this program stored is read by the next as it was.
eventsource_core::lock!("schema.lock");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::Outcome;

    fn totals() -> Totals {
        let mut totals = Totals::default();
        for case in Source::Short.open().unwrap() {
            totals.add(&case.unwrap());
        }
        totals
    }

    async fn imported() -> (App<MemoryStore>, ReadModels) {
        let app = start(MemoryStore::new()).await.unwrap();
        let models = import_and_compare(&app, &Source::Short, Position::START, &totals()).await;
        (app, models.unwrap())
    }

    #[tokio::test]
    async fn the_short_log_has_what_the_read_models_have() {
        let (app, models) = imported().await;
        load(&app, &models.applications, totals().events)
            .await
            .unwrap();
        let granted = app
            .view::<ApplicationRow>()
            .list()
            .filter("outcome", "granted");
        let granted: Vec<ApplicationRow> = granted.await.unwrap();
        assert_eq!(granted.len(), 2);
        assert!(granted.iter().all(|row| row.outcome == Outcome::Granted));
    }

    #[tokio::test]
    async fn an_import_that_is_repeated_records_nothing_twice() {
        let (app, models) = imported().await;
        let (events, bar) = (totals().events, report::bar(0));
        let repeated = import(&app, &Source::Short, Position::from_raw(u64::MAX), &bar).await;
        assert_eq!(repeated.unwrap(), events);
        app.settled().await.unwrap();
        same(&models, &ReadModels::of(&app).await.unwrap()).unwrap();
    }

    #[tokio::test]
    async fn events_are_recorded_at_the_logs_times_and_by_its_resources() {
        let (app, models) = imported().await;
        let case = Source::Short.open().unwrap().next().unwrap().unwrap();
        let row = models
            .applications
            .iter()
            .find(|row| row.application == case.id);
        assert_eq!(row.unwrap().accepted_offer, Some(1));

        let history = app.history::<Application>(&case.id).await.unwrap();
        let first = (&history[0], &case.events[0]);
        assert_eq!(first.0.recorded_at(), first.1.at);
        assert_eq!(first.0.metadata().actor, first.1.resource);
    }

    #[tokio::test]
    async fn totals_that_differ_are_told() {
        let (app, _) = imported().await;
        let mut totals = totals();
        totals.amount_requested += 1;
        totals.resources.remove("desk-1");
        let error = import_and_compare(&app, &Source::Short, Position::START, &totals)
            .await
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("amount requested") && error.contains("desk-1"),
            "{error}"
        );
    }
}
