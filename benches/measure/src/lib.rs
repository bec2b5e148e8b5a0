//! What the benches and the peers' programs share.

pub mod history;
pub mod peer;
pub mod race;
pub mod tellers;

use std::hint::black_box;
use std::time::Instant;

use cpu_time::ProcessTime;

/// Nanoseconds of processor time, of all threads, for each of the work's `units`. Others on the machine do not add to it, so it is the
/// figure for work that waits for nothing.
#[allow(clippy::cast_precision_loss, reason = "figures for people")]
pub fn nanoseconds<T>(units: u64, work: impl FnOnce() -> T) -> f64 {
    let start = ProcessTime::now();
    black_box(work());
    start.elapsed().as_nanos() as f64 / units as f64
}

/// Units of work that are done in a second of the clock: for work that waits for the disk.
#[allow(clippy::cast_precision_loss, reason = "figures for people")]
pub fn rate<T>(units: u64, work: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    black_box(work());
    units as f64 / start.elapsed().as_secs_f64()
}

/// Allocations on this thread for each of the work's `units`.
#[allow(clippy::cast_precision_loss, reason = "figures for people")]
pub fn allocations<T>(units: u64, work: impl FnOnce() -> T) -> f64 {
    let counted = allocation_counter::measure(|| {
        black_box(work());
    });
    counted.count_total as f64 / units as f64
}

/// The middle of the figures; of an even number, the mean of the two in the middle. `NAN` of none.
#[must_use]
pub fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.get(middle) {
        None => f64::NAN,
        Some(&upper) if sorted.len() % 2 == 1 => upper,
        Some(&upper) => f64::midpoint(sorted[middle - 1], upper),
    }
}
