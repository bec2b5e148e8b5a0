//! What is measured from time to time.

use std::time::Duration;

use metrics::gauge;

use super::recorded::describe;
use super::{
    PROCESS, PROCESS_PARKED, PROCESS_WAITING, PROJECTION, PROJECTION_LAG_DURATION,
    PROJECTION_LAG_EVENTS, PROJECTION_STOPPED, PROJECTION_VERSION,
};
use crate::app::{ProjectionState, ProjectionStatus};

/// How often: often enough for an exporter that is asked every 15 seconds, which is Prometheus' habit, seldom enough to cost nothing.
pub(crate) const EVERY: Duration = Duration::from_secs(5);

/// Tells what the measurements mean, once for an app.
pub(crate) fn begin() {
    describe();
}

/// Sets the gauges of a projection.
// Beyond 2^53 a gauge may be inexact.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn set(status: &ProjectionStatus) {
    let labels = [
        (PROJECTION, status.name.to_owned()),
        (PROJECTION_VERSION, status.version.to_string()),
    ];
    gauge!(PROJECTION_LAG_EVENTS, &labels).set(status.lag as f64);
    if let Some(lag) = status.lag_time {
        gauge!(PROJECTION_LAG_DURATION, &labels).set(lag.as_secs_f64());
    }
    let stopped = matches!(status.state, ProjectionState::Stopped { .. });
    gauge!(PROJECTION_STOPPED, &labels).set(f64::from(u8::from(stopped)));
    if let Some(outbox) = &status.outbox {
        gauge!(PROCESS_WAITING, PROCESS => status.name).set(outbox.waiting as f64);
        gauge!(PROCESS_PARKED, PROCESS => status.name).set(outbox.parked as f64);
    }
}
