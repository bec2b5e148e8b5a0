//! Events that are renamed, split, merged, moved, dropped, and gone.

use eventsource_core::registry::Registry;
use eventsource_core::testing::replay;

use crate::{of, passes, refused};

mod released {
    use eventsource_core::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "user.registered")]
    pub struct Registered {
        pub email: String,
        pub name: String,
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "user.pinged")]
    pub struct Pinged {
        pub at: u64,
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "user.raised")]
    pub struct Raised {
        pub by: i64,
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "user.lowered")]
    pub struct Lowered {
        pub by: i64,
    }
}

mod today {
    use eventsource_core::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "member.joined")]
    pub struct RenamedAtFirst {
        pub email: String,
        pub name: String,
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "member.joined", aliases("user.registered"))]
    pub struct Renamed {
        pub email: String,
        pub name: String,
    }

    #[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
    #[event(name = "user.joined")]
    pub struct Joined {
        pub email: String,
    }

    #[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
    #[event(name = "user.named")]
    pub struct Named {
        pub name: String,
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "user.registered", retired(into(Joined, Named)))]
    pub struct Registered {
        pub email: String,
        pub name: String,
    }

    impl From<Registered> for (Joined, Named) {
        fn from(old: Registered) -> Self {
            (Joined { email: old.email }, Named { name: old.name })
        }
    }

    #[derive(Event)]
    #[event(name = "user.pinged", retired(drop))]
    pub struct Pinged;

    #[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
    #[event(name = "user.changed")]
    pub struct Changed {
        pub by: i64,
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "user.raised", retired(into(Changed)))]
    pub struct Raised {
        pub by: i64,
    }

    impl From<Raised> for Changed {
        fn from(old: Raised) -> Self {
            Self { by: old.by }
        }
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "user.lowered", retired(into(Changed)))]
    pub struct Lowered {
        pub by: i64,
    }

    impl From<Lowered> for Changed {
        fn from(old: Lowered) -> Self {
            Self { by: -old.by }
        }
    }

    #[derive(Aggregate, Default, Debug, PartialEq)]
    #[aggregate(
        name = "user",
        id = String,
        error = std::convert::Infallible,
        events(Joined, Named, Changed),
        retired(Registered, Pinged, Raised, Lowered)
    )]
    pub struct User {
        pub email: String,
        pub name: String,
        pub level: i64,
    }

    impl Apply<Joined> for User {
        fn apply(&mut self, event: &Joined) {
            self.email.clone_from(&event.email);
        }
    }

    impl Apply<Named> for User {
        fn apply(&mut self, event: &Named) {
            self.name.clone_from(&event.name);
        }
    }

    impl Apply<Changed> for User {
        fn apply(&mut self, event: &Changed) {
            self.level += event.by;
        }
    }
}

#[test]
fn rename_an_event() {
    refused(
        &of::<released::Registered>(),
        &of::<today::RenamedAtFirst>(),
        &[
            "renamed?: user.registered version 1: no event of this name is declared; member.joined is new, and like it",
            "`aliases(\"user.registered\")` on `RenamedAtFirst`",
        ],
    );
    passes(&of::<released::Registered>(), &of::<today::Renamed>());
}

#[test]
fn split_an_event() {
    let split = Registry::builder().aggregate::<today::User>().build();
    passes(&of::<released::Registered>(), &split);
    let stored = ("user.registered", 1, r#"{"email":"a@x","name":"Ada"}"#);
    let user: today::User = replay([stored]).unwrap();
    assert_eq!((user.email.as_str(), user.name.as_str()), ("a@x", "Ada"));
}

#[test]
fn merge_two_events() {
    let released = Registry::builder()
        .event::<released::Raised>()
        .event::<released::Lowered>()
        .build();
    let merged = Registry::builder().aggregate::<today::User>().build();
    passes(&released, &merged);
    let user: today::User = replay([
        ("user.raised", 1, r#"{"by":5}"#),
        ("user.lowered", 1, r#"{"by":2}"#),
    ])
    .unwrap();
    assert_eq!(user.level, 3);
}

#[test]
fn drop_an_event() {
    refused(
        &of::<released::Pinged>(),
        &of::<today::Joined>(),
        &[
            "gone: user.pinged version 1: no event of this name is declared, and stored ones can no longer be read",
            "retired(drop)",
        ],
    );
    passes(&of::<released::Pinged>(), &of::<today::Pinged>());
    let user: today::User = replay([("user.pinged", 1, r#"{"at":1}"#)]).unwrap();
    assert_eq!(user, today::User::default());
}

mod moved {
    use eventsource_core::prelude::*;

    use super::today::Joined;

    /// The aggregate that wrote it reads on what it wrote; another one writes it from now on.
    #[derive(Aggregate, Default, Debug, PartialEq)]
    #[aggregate(name = "mailbox", id = String, error = std::convert::Infallible, events(Joined))]
    pub struct Mailbox {
        pub addresses: usize,
    }

    impl Apply<Joined> for Mailbox {
        fn apply(&mut self, _: &Joined) {
            self.addresses += 1;
        }
    }
}

#[test]
fn move_an_event_to_another_aggregate() {
    let released = Registry::builder().aggregate::<today::User>().build();
    let today = Registry::builder()
        .aggregate::<today::User>()
        .aggregate::<moved::Mailbox>()
        .build();
    passes(&released, &today);
    let mailbox: moved::Mailbox = replay([("user.joined", 1, r#"{"email":"a@x"}"#)]).unwrap();
    assert_eq!(mailbox.addresses, 1);
}

#[test]
fn correct_a_wrong_fact() {
    // A fact is not rewritten: what was wrong is told by another fact, and every reader sees both.
    let user: today::User = replay([
        ("user.changed", 1, r#"{"by":50}"#),
        ("user.changed", 1, r#"{"by":-45}"#),
    ])
    .unwrap();
    assert_eq!(user.level, 5);
}
