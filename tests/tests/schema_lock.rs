//! The one line that a user writes: it makes the test `schema_lock`, which holds the events of this crate's library to `tests/ledger.lock`.

eventsource_core::lock!("tests/ledger.lock", eventsource_tests);
