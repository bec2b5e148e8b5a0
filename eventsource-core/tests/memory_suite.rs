//! The store in memory keeps every promise of a store.

use eventsource_core::MemoryStore;
use eventsource_core::testing::store_suite;
use eventsource_core::testing::suite::StoreFactory;

/// A log in memory. Its handles are clones.
struct InMemory(MemoryStore);

impl StoreFactory for InMemory {
    type Store = MemoryStore;

    async fn open(&self) -> MemoryStore {
        self.0.clone()
    }
}

store_suite!(|| InMemory(MemoryStore::new()));
