//! The store keeps every promise of a store, in a file and in memory.

use eventsource_core::testing::store_suite;
use eventsource_core::testing::suite::{Capabilities, Reopening, StoreFactory};
use eventsource_sqlite::SqliteStore;
use tempfile::TempDir;

struct InFile(TempDir);

impl StoreFactory for InFile {
    type Store = SqliteStore;

    async fn open(&self) -> SqliteStore {
        SqliteStore::open(self.0.path().join("suite.db"))
            .await
            .expect("the file can be opened")
    }
}

struct InMemory;

impl StoreFactory for InMemory {
    type Store = SqliteStore;

    async fn open(&self) -> SqliteStore {
        SqliteStore::in_memory().await.expect("memory is there")
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default().reopening(Reopening::StartsEmpty)
    }
}

mod in_file {
    use super::*;

    store_suite!(|| InFile(TempDir::new().expect("there is a directory for temporary files")));
}

mod in_memory {
    use super::*;

    store_suite!(|| InMemory);
}
