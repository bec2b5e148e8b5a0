//! The streams of aggregates: their names, their ids, and what they hold.

use eventsource_core::registry::Registry;

use crate::{passes, refused};

/// An order at one release.
macro_rules! order {
    ($name:literal, $id:ty, { $($lists:tt)* }) => {
        use eventsource_core::prelude::*;
        use serde::{Deserialize, Serialize};

        #[derive(Event, Serialize, Deserialize)]
        #[event(name = "order.placed")]
        pub struct Placed {
            pub total: u64,
        }

        #[derive(Event, Serialize, Deserialize)]
        #[event(name = "order.paid")]
        pub struct Paid {
            pub total: u64,
        }

        #[derive(Aggregate, Default)]
        #[aggregate(name = $name, id = $id, error = std::convert::Infallible, $($lists)*)]
        pub struct Order;

        impl Apply<Placed> for Order {
            fn apply(&mut self, _: &Placed) {}
        }

        impl Apply<Paid> for Order {
            fn apply(&mut self, _: &Paid) {}
        }

        pub fn registry() -> super::Registry {
            super::Registry::builder().event::<Placed>().event::<Paid>().aggregate::<Order>().build()
        }
    };
}

mod released {
    order!("order", u64, { events(Placed, Paid) });
}

mod renamed {
    order!("purchase", u64, { events(Placed, Paid) });
}

mod of_another_id {
    order!("order", u32, { events(Placed, Paid) });
}

mod of_any_id {
    order!("order", String, { events(Placed, Paid) });
}

mod without {
    order!("order", u64, { events(Paid) });
}

mod ignoring {
    order!("order", u64, { events(Paid, ignore(Placed)) });
}

#[test]
fn rename_an_aggregate() {
    refused(
        &released::registry(),
        &renamed::registry(),
        &[
            "renamed?: aggregate order: no aggregate of this name is declared, and its streams, order-…, are no longer loaded; purchase is new, and like it",
            "`name = \"order\"` on `Order`",
        ],
    );
}

#[test]
fn change_the_id_of_an_aggregate() {
    refused(
        &released::registry(),
        &of_another_id::registry(),
        &[
            "breaks: aggregate order: its id type no longer reads the id \"18446744073709551615\", so that such a stream is no longer loaded",
        ],
    );
    passes(&released::registry(), &of_any_id::registry());
}

#[test]
fn take_an_event_from_an_aggregate() {
    refused(
        &released::registry(),
        &without::registry(),
        &[
            "breaks: aggregate order: the event order.placed is not in its lists any more: a stream that holds it is no longer loaded",
            "or `ignore(Placed)` among its `events(…)`",
        ],
    );
    passes(&released::registry(), &ignoring::registry());
}
