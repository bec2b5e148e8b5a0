//! All that a file has to hold, whoever was killed when.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Connection, OpenFlags, Transaction};

use crate::models::{
    Customers, Dashboard, Fulfilment, Model, Orders, check_from_scratch, logged, rows,
};

/// What has come of an order, as the whole log tells, with the positions of what the process manager reacts to.
#[derive(Default)]
struct Order {
    paid: Option<i64>,
    booked: Vec<i64>,
    shipped: u32,
}

/// What is known of a file by hand.
pub struct ByHand {
    connection: Connection,
    customers: Model<Customers>,
    dashboard: Model<Dashboard>,
    orders: Model<Orders>,
    fulfilment: Model<Fulfilment>,
    head: i64,
    log: BTreeMap<String, Order>,
}

impl ByHand {
    pub fn of(database: &Path) -> Self {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Self {
            connection: Connection::open_with_flags(database, flags).unwrap(),
            customers: Model::default(),
            dashboard: Model::default(),
            orders: Model::default(),
            fulfilment: Model::default(),
            head: 0,
            log: BTreeMap::new(),
        }
    }

    /// Every read model shows what the log up to its own checkpoint comes to, and what the process manager has sent by then waits, or was
    /// carried out. Programs may be at it meanwhile: all is read in one transaction.
    pub fn check(&mut self) {
        let file = self.connection.transaction().unwrap();
        let select = "SELECT ifnull(max(position), 0) FROM eventsource_events";
        let head = file.query_row(select, [], |row| row.get(0)).unwrap();
        follow(&file, &mut self.log, self.head, head);
        self.head = head;
        self.customers.check(&file);
        self.dashboard.check(&file);
        self.orders.check(&file);
        self.fulfilment.check(&file);
        check_outbox(&file, &self.log, self.fulfilment.at);
    }

    /// The same, and nothing is left to do: the read models are what the whole log comes to, the outbox is empty, and every paid order was booked
    /// once and shipped once, and no other.
    pub fn check_settled(&mut self) {
        self.check();
        let file = self.connection.transaction().unwrap();
        check_from_scratch::<Customers>(&file, self.head);
        check_from_scratch::<Dashboard>(&file, self.head);
        check_from_scratch::<Orders>(&file, self.head);
        check_from_scratch::<Fulfilment>(&file, self.head);
        let select = "SELECT count(*) FROM eventsource_outbox";
        let waiting = file.query_row(select, [], |row| row.get(0));
        assert_eq!(waiting, Ok(0), "commands wait");
        for (id, order) in &self.log {
            let once = u32::from(order.paid.is_some());
            assert_eq!(order.shipped, once, "shipments of order {id}");
            let bookings = order.booked.len();
            assert_eq!(bookings, once as usize, "bookings of order {id}");
        }
    }

    /// How many orders were paid, by the log.
    pub fn paid(&self) -> usize {
        self.log.values().filter(|it| it.paid.is_some()).count()
    }

    pub fn is_paid(&self, order: &str) -> bool {
        self.log.get(order).is_some_and(|it| it.paid.is_some())
    }
}

/// Follows the whole log.
fn follow(file: &Transaction<'_>, log: &mut BTreeMap<String, Order>, after: i64, until: i64) {
    // Positions have no gaps in SQLite.
    let mut position = after;
    for event in logged(file, after, until) {
        position += 1;
        let order = log.entry(event.order()).or_default();
        match event.name.as_str() {
            "order.payment_received" => order.paid = Some(position),
            "shipment.booked" => order.booked.push(position),
            "order.shipped" => order.shipped += 1,
            _ => {}
        }
    }
    assert_eq!(position, until);
}

/// What follows from the log up to the process manager's checkpoint waits in the outbox or was carried out, and nothing else does.
fn check_outbox(file: &Transaction<'_>, log: &BTreeMap<String, Order>, checkpoint: i64) {
    let waiting = rows(
        file,
        "SELECT concat_ws(' ', instance, command), ifnull(parked, '') FROM eventsource_outbox",
    );
    for reason in waiting.values() {
        assert_eq!(reason, "", "a command is parked");
    }
    let waits = |id: &str, command| waiting.contains_key(&format!("{id} {command}"));
    for (id, order) in log {
        let books = order.paid.is_some_and(|at| at <= checkpoint);
        let booked = waits(id, "shipment.book") || !order.booked.is_empty();
        assert_eq!(booked, books, "the booking of order {id}");
        let ships = order.booked.iter().any(|at| *at <= checkpoint);
        let shipped = waits(id, "order.ship") || order.shipped > 0;
        assert_eq!(shipped, ships, "the shipping of order {id}");
    }
}
