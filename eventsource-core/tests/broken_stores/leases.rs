//! Flaws of leases.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use eventsource_core::store::{Lease, ViewStore, ViewTable, ViewWrite};
use eventsource_core::testing::suite::views as cases;
use uuid::Uuid;

use crate::flaw::{Answer, Flaw, Flawed};

/// Gives the lease to whoever asks.
#[derive(Default)]
pub struct LendsToAll;

impl Flaw for LendsToAll {
    fn lease<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        _holder: Uuid,
        time: Duration,
    ) -> Answer<'a, Lease> {
        inner.lease(table, Uuid::nil(), time)
    }
}

#[test]
fn a_store_that_lends_to_all_is_caught() {
    caught!(
        Flawed<LendsToAll>,
        cases::a_lease_has_one_holder,
        "another one has the lease"
    );
    caught!(
        Flawed<LendsToAll>,
        cases::one_of_eight_gets_the_lease,
        "one of eight gets the lease"
    );
}

/// Looks whether the lease is free, and takes it later.
#[derive(Default)]
struct LooksFirst {
    held: AtomicBool,
}

impl Flaw for LooksFirst {
    fn lease<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        holder: Uuid,
        time: Duration,
    ) -> Answer<'a, Lease> {
        Box::pin(async move {
            if self.held.load(Ordering::SeqCst) {
                return inner.lease(table, holder, time).await;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
            self.held.store(true, Ordering::SeqCst);
            inner.lease(table, holder, time).await?;
            Ok(Lease::Held { term: 1 })
        })
    }
}

#[test]
fn a_store_that_looks_before_it_lends_is_caught() {
    caught!(
        Flawed<LooksFirst>,
        cases::one_of_eight_gets_the_lease,
        "one of eight gets the lease"
    );
}

/// Leases never end by themselves.
#[derive(Default)]
struct Endless;

impl Flaw for Endless {
    fn lease<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        holder: Uuid,
        _time: Duration,
    ) -> Answer<'a, Lease> {
        inner.lease(table, holder, Duration::from_secs(1_000))
    }
}

#[test]
fn a_store_whose_leases_never_end_is_caught() {
    caught!(
        Flawed<Endless>,
        cases::a_lease_ends_unless_it_is_renewed,
        "the lease is free"
    );
}

/// Renews nothing.
#[derive(Default)]
struct RenewsNothing;

impl Flaw for RenewsNothing {
    fn renew<'a>(&'a self, _: &'a dyn ViewStore, _: Uuid, _: Duration) -> Answer<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}

#[test]
fn a_store_that_renews_nothing_is_caught() {
    caught!(
        Flawed<RenewsNothing>,
        cases::a_lease_ends_unless_it_is_renewed,
        "another one has the lease"
    );
}

/// Counts no terms: each holder gets the first.
#[derive(Default)]
struct OneTerm;

impl Flaw for OneTerm {
    fn lease<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        holder: Uuid,
        time: Duration,
    ) -> Answer<'a, Lease> {
        Box::pin(async move {
            Ok(match inner.lease(table, holder, time).await? {
                Lease::Held { .. } => Lease::Held { term: 1 },
                taken => taken,
            })
        })
    }
}

#[test]
fn a_store_that_counts_no_terms_is_caught() {
    caught!(
        Flawed<OneTerm>,
        cases::a_lease_has_one_holder,
        "the next term begins"
    );
}

/// Lets anybody end a lease.
#[derive(Default)]
struct ReleasesAnyones;

impl Flaw for ReleasesAnyones {
    fn release<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        _holder: Uuid,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            inner.open(&table.shadow()).await?;
            let at = inner.checkpoint(table).await?;
            let behind = inner.checkpoint(&table.shadow()).await?;
            let catching_up = ViewWrite::new(behind, at);
            inner.write(&table.shadow(), catching_up).await?;
            // The store beneath ends a lease that is another's by a swap alone.
            inner.promote(&table.shadow()).await.map(|_| ())
        })
    }
}

#[test]
fn a_store_that_lets_anybody_end_a_lease_is_caught() {
    caught!(
        Flawed<ReleasesAnyones>,
        cases::a_lease_has_one_holder,
        "another one has the lease"
    );
}

/// Takes a lease over only where it is free.
#[derive(Default)]
struct TakesOverWhatIsFree;

impl Flaw for TakesOverWhatIsFree {
    fn take_over<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        holder: Uuid,
        time: Duration,
    ) -> Answer<'a, ()> {
        Box::pin(async move { inner.lease(table, holder, time).await.map(|_| ()) })
    }
}

#[test]
fn a_store_that_takes_over_what_is_free_alone_is_caught() {
    caught!(
        Flawed<TakesOverWhatIsFree>,
        cases::a_lease_can_be_taken_over,
        "its lease was taken over"
    );
}
