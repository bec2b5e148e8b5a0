//! Listens to all that is traced while the suite runs, for payloads in it.

use std::fmt::{Debug, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::fixture::CANARY;

static TOLD: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Begins to listen, for the whole process. Where another subscriber was installed before, nothing is heard.
pub(super) fn listen() {
    let _ = tracing::subscriber::set_global_default(Listener(AtomicU64::new(0)));
}

/// What was traced with a payload in it, so far.
pub(super) fn told() -> Vec<String> {
    TOLD.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

struct Listener(AtomicU64);

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut text = Text::of(span.metadata());
        span.record(&mut text);
        text.check();
        Id::from_u64(self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut text = Text(String::new());
        values.record(&mut text);
        text.check();
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text::of(event.metadata());
        event.record(&mut text);
        text.check();
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Text(String);

impl Text {
    fn of(metadata: &Metadata<'_>) -> Self {
        Self(format!("{} {}", metadata.target(), metadata.name()))
    }

    fn check(self) {
        if self.0.contains(CANARY) {
            let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
            told.push(self.0);
        }
    }
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Writing to a `String` cannot fail.
        let _ = write!(self.0, " {field}={value:?}");
    }
}
