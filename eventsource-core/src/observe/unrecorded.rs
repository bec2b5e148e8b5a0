//! Without the feature `metrics`: nothing is measured.

use std::time::Duration;

use super::{Retry, Setback};
use crate::store::{AppendError, Committed};

pub(crate) fn appended(_: &'static str, _: Duration, _: &Result<Committed, AppendError>) {}

pub(crate) fn retried(_: &'static str, _: Retry) {}

pub(crate) fn projected(_: &'static str, _: u32, _: usize) {}

pub(crate) fn set_back(_: &'static str, _: u32, _: Setback) {}

pub(crate) fn put_off(_: &'static str) {}
