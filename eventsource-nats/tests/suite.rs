//! The store keeps every promise of a store.

mod fixture;

use eventsource_core::testing::store_suite;
use eventsource_core::testing::suite::StoreFactory;
use eventsource_nats::NatsStore;
use fixture::Place;

struct OnServer(Place);

impl StoreFactory for OnServer {
    type Store = NatsStore;

    async fn open(&self) -> NatsStore {
        self.0.unprepared().await
    }
}

store_suite!(|| OnServer(Place::new()));
