//! However a runner's pages are cut, whatever it forgets, loses and begins again in between, and however many workers it has: the rows are the
//! same.

#![cfg(test)]

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::super::Narrowed;
use super::{Fixture, Rung, fixture_of};
use crate::prelude::*;
use crate::store::{Query, Row, ViewStore as _};

/// Several ids that read as one number.
const BELLS: [&str; 6] = ["1", "01", "+1", "2", "002", "3"];

/// What was folded into a row, and in which order.
fn step(trail: i64, context: &EventContext<'_>) -> i64 {
    let position = i64::try_from(context.position().as_raw()).unwrap();
    trail.wrapping_mul(31).wrapping_add(position)
}

macro_rules! trail {
    ($name:ident, $stored:literal, [$($option:tt)*], [$($key:tt)*]) => {
        #[derive(Projection, Default, Debug, Clone, PartialEq)]
        #[projection(name = $stored, version = 1, $($option)*)]
        struct $name {
            $($key)*
            trail: i64,
        }

        impl Project<Rung> for $name {
            fn project(&mut self, _: &Rung, context: &EventContext<'_>) {
                self.trail = step(self.trail, context);
                if self.trail % 5 == 0 {
                    context.delete();
                }
            }
        }
    };
}

trail!(ByText, "by_text", [events(Rung)], [#[projection(key)] bell: String,]);
trail!(ByNumber, "by_number", [events(Rung)], [#[projection(key)] bell: u8,]);
trail!(Overall, "overall", [key = global, events(Rung)], []);
trail!(ByGroup, "by_group", [events(Rung(key_with = groups))], [#[projection(key)] group: u64,]);

/// Two rows an event, and now and then none.
fn groups(_: &Rung, context: &EventContext<'_>) -> Vec<u64> {
    let position = context.position().as_raw();
    if position.is_multiple_of(7) {
        return Vec::new();
    }
    vec![position % 3, 10 + position % 2, position % 3]
}

/// What happens behind a page.
#[derive(Debug, Clone, Copy)]
enum Behind {
    Nothing,
    Written,
    Forgotten,
    /// What was not written is lost, as in a crash.
    Lost,
    /// It begins again, with so many workers.
    Reopened(usize),
}

fn behind() -> impl Strategy<Value = Behind> {
    prop_oneof![
        Just(Behind::Nothing),
        Just(Behind::Written),
        Just(Behind::Forgotten),
        Just(Behind::Lost),
        (1_usize..4).prop_map(Behind::Reopened),
    ]
}

async fn spread(fixture: &mut Fixture, workers: usize) {
    let head = fixture.store.head().await.unwrap();
    let checkpoint = fixture.runner.stored;
    fixture.runner.shards.spread_over(workers, head);
    fixture.runner.stand_at(checkpoint);
}

/// The rows, fed in pages of so many events; what is behind a page comes round again, so long as it is not for ever.
async fn fed<P: Projection>(
    rings: &[(&str, usize)],
    workers: usize,
    pages: &[(usize, Behind)],
) -> Vec<Row> {
    let mut fixture = fixture_of::<P>(rings).await;
    spread(&mut fixture, workers).await;
    let rest = std::iter::repeat(&(3, Behind::Written));
    for (events, behind) in pages.iter().chain(rest) {
        fixture.runner.narrowed = Some(Narrowed {
            events: *events,
            until: Position::from_raw(u64::MAX),
        });
        if matches!(fixture.runner.read_page().await, Ok(false)) {
            break;
        }
        match behind {
            Behind::Nothing => {}
            Behind::Written => assert!(fixture.runner.write().await.is_ok()),
            Behind::Forgotten => {
                assert!(fixture.runner.write().await.is_ok());
                fixture.runner.shards.forget();
            }
            Behind::Lost => fixture.runner.begin_again(fixture.runner.stored),
            Behind::Reopened(workers) => spread(&mut fixture, *workers).await,
        }
    }
    assert!(fixture.runner.write().await.is_ok());
    let rows = fixture.views.query(&fixture.table, Query::default()).await;
    rows.unwrap()
}

async fn law<P: Projection>(
    rings: &[(&str, usize)],
    workers: usize,
    pages: &[(usize, Behind)],
) -> Result<(), TestCaseError> {
    let as_one = fed::<P>(rings, 1, &[(usize::MAX, Behind::Nothing)]).await;
    prop_assert_eq!(fed::<P>(rings, workers, pages).await, as_one);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn any_cut_into_pages_gives_the_same_rows(
        rings in prop::collection::vec((prop::sample::select(&BELLS[..]), 1_usize..4), 0..24),
        workers in 1_usize..4,
        pages in prop::collection::vec((1_usize..9, behind()), 0..24),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            law::<ByText>(&rings, workers, &pages).await?;
            law::<ByNumber>(&rings, workers, &pages).await?;
            law::<Overall>(&rings, workers, &pages).await?;
            law::<ByGroup>(&rings, workers, &pages).await
        })?;
    }
}
