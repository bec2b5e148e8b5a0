//! Leases: one feeds a table, another one takes over when the lease has ended, and what the first one writes then is refused.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::{all, at, checkpoint, entry, people, person, table, views, write};
use crate::store::{
    ColumnSpec, ColumnType, Lease, OutboxStatus, ViewStore, ViewStoreError, ViewTable,
};
use crate::testing::suite::StoreFactory;

/// Longer than any case takes.
const LONG: Duration = Duration::from_secs(600);

/// Short enough to be waited for, and long enough that a busy machine does not miss it.
const SHORT: Duration = Duration::from_secs(2);

/// The term under which the lease is held.
async fn held(views: &dyn ViewStore, table: &ViewTable, holder: Uuid, time: Duration) -> u64 {
    match views.lease(table, holder, time).await {
        Ok(Lease::Held { term }) => term,
        other => panic!("the lease is free: it is held now, not {other:?}"),
    }
}

/// How long the lease of another one lasts.
async fn taken(views: &dyn ViewStore, table: &ViewTable, asking: Uuid) -> Duration {
    match views.lease(table, asking, LONG).await {
        Ok(Lease::Taken { ends_in }) => ends_in,
        other => panic!("another one has the lease: it is taken, not {other:?}"),
    }
}

fn numbered(number: usize) -> ViewTable {
    let columns = vec![ColumnSpec::new("key", ColumnType::Text, false).key(true)];
    table(&format!("numbered{number}"), 1, columns)
}

/// Whoever has a lease gets it again under the same term; another one is told how long it lasts, and gets it, under a later term, when it was
/// released by who has it. Each version and each shadow has a lease of its own.
pub async fn a_lease_has_one_holder<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = people();
    views.open(&people).await.expect("the table is made");
    let (ada, bo) = (Uuid::now_v7(), Uuid::now_v7());
    let first = held(&*views, &people, ada, LONG).await;
    assert_eq!(first, 1, "terms are counted from 1");
    assert_eq!(held(&*views, &people, ada, LONG).await, first);
    let ends_in = taken(&*views, &people, bo).await;
    assert!(ends_in <= LONG && ends_in > LONG / 2, "{ends_in:?}");

    let mut second = people.clone();
    second.version = 2;
    for other in [second, people.shadow()] {
        views.open(&other).await.expect("the table is made");
        let term = held(&*views, &other, bo, LONG).await;
        assert_eq!(term, 1, "a lease of its own");
    }

    views.release(&people, bo).await.expect("bo has none");
    taken(&*views, &people, bo).await;
    views.release(&people, ada).await.expect("ada lets go");
    let next = held(&*views, &people, bo, LONG).await;
    assert_eq!(next, first + 1, "the next term begins");
    taken(&*views, &people, ada).await;
    views.release(&people, ada).await.expect("ada has none now");
    taken(&*views, &people, ada).await;
}

/// A lease ends by itself unless its holder renews it; one that has ended is not renewed.
pub async fn a_lease_ends_unless_it_is_renewed<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let tables: Vec<ViewTable> = (0..5).map(numbered).collect();
    for table in &tables {
        views.open(table).await.expect("the table is made");
    }
    let [first, second, forgotten, others, late] = &tables[..] else {
        unreachable!("there are five tables");
    };
    let (ada, bo) = (Uuid::now_v7(), Uuid::now_v7());
    held(&*views, late, ada, Duration::from_millis(1)).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    held(&*views, first, ada, SHORT).await;
    held(&*views, second, ada, SHORT).await;
    held(&*views, others, bo, SHORT).await;
    views.renew(ada, LONG).await.expect("ada's are renewed");
    held(&*views, forgotten, ada, SHORT).await;

    let term = held(&*views, late, bo, LONG).await;
    assert_eq!(term, 2, "what has ended is not renewed");
    tokio::time::sleep(SHORT + SHORT / 4).await;
    for table in [first, second] {
        let ends_in = taken(&*views, table, bo).await;
        assert!(ends_in > LONG / 2, "it was renewed: {ends_in:?}");
    }
    let term = held(&*views, forgotten, bo, LONG).await;
    assert_eq!(term, 2, "it was not renewed, and has ended");
    let term = held(&*views, others, ada, LONG).await;
    assert_eq!(term, 2, "ada renewed none of bo's");
    views
        .renew(ada, LONG)
        .await
        .expect("ada's others are renewed");
    taken(&*views, forgotten, ada).await;
}

/// When another one has taken over, what the first one writes is refused, whole; a write that names no term is let through.
pub async fn an_old_term_writes_nothing<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = people();
    views.open(&people).await.expect("the table is made");
    let (ada, bo) = (Uuid::now_v7(), Uuid::now_v7());
    let under = |term, from, name| {
        let mut write = write(from, from + 1, vec![person(name, None, 1)], vec![]);
        write.term = Some(term);
        write.sends = vec![entry(1, 1)];
        write
    };
    let first = held(&*views, &people, ada, LONG).await;
    let ahead = views.write(&people, under(first + 1, 0, "zoe")).await;
    assert!(
        matches!(ahead, Err(ViewStoreError::Deposed { .. })),
        "no such term has begun: {ahead:?}"
    );
    let mut alone = under(first, 0, "ada");
    alone.sends.clear();
    views.write(&people, alone).await.expect("ada feeds it");
    views.release(&people, ada).await.expect("ada lets go");
    let second = held(&*views, &people, bo, LONG).await;

    match views.write(&people, under(first, 1, "late")).await {
        Err(ViewStoreError::Deposed { projection }) => assert_eq!(projection, "people"),
        other => panic!("another term has begun: the write is refused, not {other:?}"),
    }
    assert_eq!(all(&*views, &people).await, [person("ada", None, 1)]);
    assert_eq!(checkpoint(&*views, &people).await, at(1));
    let status = views.outbox_status("people").await;
    assert_eq!(
        status.expect("it is read"),
        OutboxStatus::default(),
        "nothing was sent under the old term"
    );

    let written = views.write(&people, under(second, 1, "bo")).await;
    written.expect("bo feeds it now");
    let written = views.write(&people, write(2, 3, vec![], vec![])).await;
    written.expect("who names no term is asked for none");
    assert_eq!(checkpoint(&*views, &people).await, at(3));
}

/// A lease can be taken over while another one has it: the next term begins, of the new holder's, and what is written under the old one is
/// refused, though it be the same holder's.
pub async fn a_lease_can_be_taken_over<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = people();
    let (ada, bo) = (Uuid::now_v7(), Uuid::now_v7());
    let missing = views.take_over(&people, ada, LONG).await;
    assert!(missing.is_err(), "there is no table yet");
    views.open(&people).await.expect("the table is made");
    let mut term = held(&*views, &people, ada, LONG).await;
    for holder in [bo, bo, ada] {
        let taken_over = views.take_over(&people, holder, LONG).await;
        taken_over.expect("it is taken over");
        let mut late = write(0, 9, vec![], vec![]);
        late.term = Some(term);
        match views.write(&people, late).await {
            Err(ViewStoreError::Deposed { .. }) => {}
            other => panic!("its lease was taken over: a refusal is due, not {other:?}"),
        }
        let next = held(&*views, &people, holder, LONG).await;
        assert_eq!(next, term + 1, "the next term is the new holder's");
        taken(&*views, &people, Uuid::now_v7()).await;
        term = next;
    }
    taken(&*views, &people, bo).await;
    let mut feeding = write(0, 1, vec![], vec![]);
    feeding.term = Some(term);
    let written = views.write(&people, feeding).await;
    written.expect("the new holder feeds it");
}

/// Of eight that ask at once, one gets the lease, and after it another one.
pub async fn one_of_eight_gets_the_lease<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = Arc::new(people());
    views.open(&people).await.expect("the table is made");
    for term in 1..=10 {
        let mut racing = Vec::new();
        for _ in 0..8 {
            let (views, people) = (Arc::clone(&views), Arc::clone(&people));
            racing.push(tokio::spawn(async move {
                let holder = Uuid::now_v7();
                (holder, views.lease(&people, holder, LONG).await)
            }));
        }
        let mut winners = Vec::new();
        for asking in racing {
            let (holder, lease) = asking.await.expect("the store does not panic");
            match lease.expect("an answer is given") {
                Lease::Held { term: under } => {
                    assert_eq!(under, term);
                    winners.push(holder);
                }
                Lease::Taken { .. } => {}
            }
        }
        assert_eq!(winners.len(), 1, "one of eight gets the lease");
        for winner in winners {
            views.release(&people, winner).await.expect("it lets go");
        }
    }
}

/// Versions of a process manager share an outbox, and of all their runners one has its lease. What is written under a term of it that has ended is
/// refused, whole, though the table's own term goes on.
pub async fn an_outbox_has_one_holder<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = people();
    views.open(&people).await.expect("the table is made");
    let (ada, bo) = (Uuid::now_v7(), Uuid::now_v7());
    let ask = |holder, time| views.lease_outbox("people", holder, time);
    let held = |term| Lease::Held { term };
    for _ in 0..2 {
        let lease = ask(ada, LONG).await.expect("it is free");
        assert_eq!(lease, held(1), "whoever has it gets it again");
    }
    match ask(bo, LONG).await {
        Ok(Lease::Taken { ends_in }) => assert!(ends_in > LONG / 2, "{ends_in:?}"),
        other => panic!("another one has the outbox: it is taken, not {other:?}"),
    }
    let other = views.lease_outbox("others", bo, LONG).await;
    assert_eq!(other.expect("it is free"), held(1), "each has its own");
    let table = views.lease(&people, bo, LONG).await.expect("it is free");
    assert_eq!(table, held(1), "the table's lease is another one");

    let under = |term, from, number| {
        let name = format!("{number}");
        let mut write = write(from, from + 1, vec![person(&name, None, 1)], vec![]);
        (write.term, write.outbox_term) = (Some(1), Some(term));
        write.sends = vec![entry(number, 1)];
        write
    };
    let written = views.write(&people, under(1, 0, 1)).await;
    written.expect("ada has the outbox");
    let release = |holder| views.release_outbox("people", holder);
    release(bo).await.expect("bo has none");
    assert!(matches!(ask(bo, LONG).await, Ok(Lease::Taken { .. })));
    release(ada).await.expect("ada lets go");
    assert_eq!(ask(bo, SHORT).await.expect("it is free"), held(2));
    match views.write(&people, under(1, 1, 2)).await {
        Err(ViewStoreError::Deposed { projection }) => assert_eq!(projection, "people"),
        other => panic!("another one has the outbox now: a refusal is due, not {other:?}"),
    }
    assert_eq!(all(&*views, &people).await, [person("1", None, 1)]);
    assert_eq!(checkpoint(&*views, &people).await, at(1));
    let status = views.outbox_status("people").await.expect("it is read");
    assert_eq!(status.waiting, 1, "nothing was sent under the old term");
    let written = views.write(&people, under(2, 1, 3)).await;
    written.expect("it is bo's term");

    views.renew(bo, SHORT * 2).await.expect("bo's are renewed");
    tokio::time::sleep(SHORT + SHORT / 4).await;
    assert!(
        matches!(ask(ada, LONG).await, Ok(Lease::Taken { .. })),
        "it was renewed"
    );
    tokio::time::sleep(SHORT).await;
    assert_eq!(ask(ada, LONG).await.expect("it has ended"), held(3));
    views.remove("people").await.expect("it is removed");
    assert_eq!(ask(bo, LONG).await.expect("it went too"), held(1));
}
