//! Paths as they are given. A test of its own, since it moves the process from directory to directory.

mod fixture;

use eventsource_core::store::EventStore;
use fixture::{Place, commit, event, log, prepared, stream};

/// SQLite reads meaning into some paths, and a relative one would move with the process. To the store a path is the path of a file.
#[tokio::test]
async fn any_path_is_a_file_and_stays_where_it_is() {
    let (place, elsewhere) = (Place::new(), Place::new());
    let directory = place.file.parent().unwrap();
    for name in [
        "bank.db",
        ":memory:",
        "file:bank.db?mode=memory",
        "a 'b' \"c\" %41 ?x=1#y",
        "💶",
    ] {
        std::env::set_current_dir(directory).unwrap();
        let store = prepared(name.as_ref()).await;
        // Whatever is opened later is opened from here.
        std::env::set_current_dir(elsewhere.file.parent().unwrap()).unwrap();
        let first = commit(&stream("1"), 0, vec![event("a")]);
        store.append(first).await.unwrap();
        assert_eq!(log(&store).await.len(), 1, "{name}");
        store.close().await.unwrap();
        let file = directory.join(name);
        assert!(file.is_file(), "{name}");
        assert_eq!(log(&prepared(&file).await).await.len(), 1, "{name}");
    }
}
