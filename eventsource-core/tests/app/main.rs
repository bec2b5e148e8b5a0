//! The app on the store in memory: commands, loads, read models, and what happens when something goes wrong.

mod domain;
mod faulty;

mod execute;
mod faults;
mod history;
mod idempotency;
mod lifecycle;
mod load;
mod poison;
mod projections;
mod snapshots;
mod start;
