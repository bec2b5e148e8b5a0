//! What a program can be traced by. In a process of its own: which spans are made is settled for the whole process.

use std::fmt::{Debug, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use eventsource_core::prelude::*;
use eventsource_core::registry::Registry;
use serde::{Deserialize, Serialize};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::set_global_default;
use tracing::{Event as Line, Metadata as Of, Subscriber};

const CANARY: &str = "the canary in the payload";

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "diary.written")]
struct Written {
    text: String,
}

#[derive(Command, Serialize, Deserialize, Debug, Clone)]
#[command(aggregate = Diary, upserts)]
struct Write {
    #[command(id)]
    diary: String,
    text: String,
}

#[derive(Aggregate, Default, Debug, Clone, PartialEq)]
#[aggregate(name = "diary", id = String, error = std::convert::Infallible, events(Written), commands(Write))]
struct Diary {
    text: String,
}

impl Apply<Written> for Diary {
    fn apply(&mut self, event: &Written) {
        self.text.clone_from(&event.text);
    }
}

impl Handle<Write> for Diary {
    fn handle(&self, command: Write, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Written { text: command.text }])
    }
}

#[derive(Projection, Default, Debug, Clone, PartialEq)]
#[projection(name = "pages", version = 4, events(Written))]
struct Page {
    #[projection(key)]
    diary: String,
    text: String,
}

impl Project<Written> for Page {
    fn project(&mut self, event: &Written, _: &EventContext<'_>) {
        self.text.clone_from(&event.text);
    }
}

/// Every span and line of the process, with its fields.
#[derive(Clone, Default)]
struct Trace {
    told: Arc<Mutex<Vec<String>>>,
    ids: Arc<AtomicU64>,
}

impl Trace {
    fn has(&self, span: &str, fields: &[&str]) -> bool {
        self.told.lock().unwrap().iter().any(|told| {
            told.starts_with(&format!("{span} ")) && fields.iter().all(|field| told.contains(field))
        })
    }
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, "{field}={value:?} ").unwrap();
    }
}

impl Subscriber for Trace {
    fn enabled(&self, _: &Of<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields(format!("{} ", span.metadata().name()));
        span.record(&mut fields);
        self.told.lock().unwrap().push(fields.0);
        Id::from_u64(self.ids.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut fields = Fields("later ".to_owned());
        values.record(&mut fields);
        self.told.lock().unwrap().push(fields.0);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Line<'_>) {
        let mut fields = Fields("line ".to_owned());
        event.record(&mut fields);
        self.told.lock().unwrap().push(fields.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn execute_append_load_and_project_are_spans_with_names_and_versions_and_no_payload() {
    let trace = Trace::default();
    set_global_default(trace.clone()).unwrap();
    let registry = Registry::builder()
        .event::<Written>()
        .command::<Write>()
        .aggregate::<Diary>()
        .projection::<Page>()
        .build();
    let app = App::builder(MemoryStore::new())
        .registry(registry)
        .start()
        .await
        .unwrap();
    let id = "7".to_owned();
    for _ in 0..2 {
        let write = Write {
            diary: id.clone(),
            text: CANARY.to_owned(),
        };
        app.execute(write).await.unwrap();
    }
    assert_eq!(app.load::<Diary>(&id).await.unwrap().state().text, CANARY);
    assert_eq!(app.history::<Diary>(&id).await.unwrap().len(), 2);
    app.settled().await.unwrap();
    app.shutdown().await.unwrap();

    for (span, fields) in [
        ("execute", &["command=\"Write\"", "stream=\"diary-7\""][..]),
        ("append", &["expected_version=1"]),
        ("load", &["stream=\"diary-7\""]),
        ("history", &["stream=\"diary-7\""]),
        ("project", &["projection=\"pages\"", "version=4"]),
    ] {
        assert!(
            trace.has(span, fields),
            "no span {span} with {fields:?}: {:?}",
            trace.told
        );
    }
    let told = trace.told.lock().unwrap();
    assert!(!told.iter().any(|told| told.contains(CANARY)), "{told:?}");
}
