//! Versions that no sample fits: the file says so, and takes a payload that was written by hand.

use std::fs;
use std::path::Path;

use eventsource_core::lock::{self, Mode};
use eventsource_core::registry::Registry;

mod released {
    use eventsource_core::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "moved", version = 2, upcast(from = 1, with = lift))]
    pub struct Moved {
        pub address: Vec<String>,
    }

    #[allow(clippy::unnecessary_wraps)]
    fn lift(old: serde_json::Value) -> Result<serde_json::Value, UpcastError> {
        Ok(serde_json::json!({ "address": [old["street"], old["city"]] }))
    }
}

mod changed {
    use eventsource_core::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "moved", version = 2, upcast(from = 1, with = lift))]
    pub struct Moved {
        pub address: Vec<String>,
    }

    #[allow(clippy::unnecessary_wraps)]
    fn lift(old: serde_json::Value) -> Result<serde_json::Value, UpcastError> {
        Ok(serde_json::json!({ "address": [old["city"], old["street"]] }))
    }
}

mod unsteady {
    use std::sync::atomic::{AtomicU64, Ordering};

    use eventsource_core::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "ticked", version = 2)]
    pub struct Ticked {
        #[event(since = 2, default = now())]
        pub at: u64,
    }

    fn now() -> u64 {
        static TIME: AtomicU64 = AtomicU64::new(0);
        TIME.fetch_add(1, Ordering::Relaxed)
    }
}

fn moved(path: &Path, mode: Mode) -> lock::Report {
    let registry = Registry::builder().event::<released::Moved>().build();
    lock::run(path, &registry, mode).unwrap()
}

#[test]
fn a_payload_that_was_written_by_hand_is_golden_from_then_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    let report = moved(&path, Mode::Update);
    let [unseen] = report.unseen() else {
        panic!("{report}")
    };
    assert!(unseen.contains("moved version 1"), "{unseen}");
    assert!(unseen.contains("write `golden {…}` under it"), "{unseen}");

    let file = fs::read_to_string(&path).unwrap();
    let line = file.lines().find(|line| line.contains("unseen:")).unwrap();
    let golden = r#"    golden {"street":"s","city":"London"}"#;
    fs::write(&path, file.replace(line, golden)).unwrap();
    moved(&path, Mode::Update);

    let file = fs::read_to_string(&path).unwrap();
    assert!(
        file.contains(r#"is moved 2 {"address":["s","London"]}"#),
        "{file}"
    );
    moved(&path, Mode::Check);
    let changed = Registry::builder().event::<changed::Moved>().build();
    let error = lock::run(&path, &changed, Mode::Read)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("breaks: moved version 1: a released payload is read as another value"),
        "{error}"
    );
}

#[test]
fn an_upcast_that_depends_on_more_than_the_payload_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    let registry = Registry::builder().event::<unsteady::Ticked>().build();
    // Before it is on record at all, and when an older file is there.
    for known in [None, Some("event ticked\n  version 1\n    golden {}\n")] {
        if let Some(known) = known {
            fs::write(&path, known).unwrap();
        }
        for mode in [Mode::Update, Mode::Rewrite] {
            let error = lock::run(&path, &registry, mode).unwrap_err().to_string();
            assert!(error.contains("unsteady: ticked version 1"), "{error}");
            assert_eq!(fs::read_to_string(&path).ok().as_deref(), known);
        }
    }
}

#[test]
fn a_released_version_is_never_rewritten_by_an_update() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    moved(&path, Mode::Update);
    let before = fs::read_to_string(&path).unwrap();
    let other = Registry::builder().event::<other::Moved>().build();

    lock::run(&path, &other, Mode::Update).unwrap_err();
    assert_eq!(fs::read_to_string(&path).unwrap(), before);

    lock::run(&path, &other, Mode::Rewrite).unwrap();
    lock::run(&path, &other, Mode::Check).unwrap();
    assert_ne!(fs::read_to_string(&path).unwrap(), before);
}

mod other {
    use eventsource_core::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "moved", version = 2)]
    pub struct Moved {
        #[event(was(name = "place", until = 1))]
        pub town: String,
    }
}

#[test]
fn a_file_that_is_missing_or_none_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    let registry = Registry::builder().event::<released::Moved>().build();
    let missing = lock::run(&path, &registry, Mode::Read)
        .unwrap_err()
        .to_string();
    assert!(
        missing.contains("EVENTSOURCE_LOCK=update cargo test"),
        "{missing}"
    );

    fs::write(&path, "event a\n  version one\n").unwrap();
    let unreadable = lock::run(&path, &registry, Mode::Read)
        .unwrap_err()
        .to_string();
    assert!(unreadable.contains("\"version one\""), "{unreadable}");

    let nothing = lock::run(&path, &Registry::builder().build(), Mode::Read);
    let nothing = nothing.unwrap_err().to_string();
    assert!(nothing.contains("my_crate"), "{nothing}");
}
