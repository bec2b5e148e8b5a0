//! What the program prints.

use std::fmt::Write;
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressState, ProgressStyle};

use crate::case::activity;
use crate::log::Transition;
use crate::totals::{Totals, steps};
use crate::views::{Funnel, Workload};

/// Shows how many events there are and were, the rate, and the time left; only where it is printed to a terminal.
pub fn bar(events: u64) -> ProgressBar {
    let bar = ProgressBar::new(events);
    // A template that cannot be read leaves the plain bar.
    if let Ok(style) = ProgressStyle::with_template(
        "{wide_bar} {human_pos} of {human_len} events, {rate} a second, {eta} left",
    ) {
        let rate = |state: &ProgressState, text: &mut dyn Write| {
            // A text that cannot be written is a bar without its rate.
            let _ = write!(text, "{}", HumanCount(whole(state.per_sec())));
        };
        bar.set_style(style.with_key("rate", rate));
    }
    bar
}

fn count(number: u64) -> String {
    HumanCount(number).to_string()
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(number: f64) -> u64 {
    number as u64
}

#[allow(clippy::cast_precision_loss)]
fn rate(number: u64, took: Duration) -> String {
    let seconds = took.as_secs_f64().max(1e-6);
    let rate = HumanCount(whole(number as f64 / seconds));
    format!("{seconds:.2} s, {rate} a second")
}

pub fn read(totals: &Totals, took: Duration) {
    let (cases, events) = (totals.cases.len(), count(totals.events));
    let rate = rate(totals.events, took);
    println!("Read {events} events of {cases} cases: {rate}.");
}

pub fn imported(events: u64, repeated: u64, took: Duration, settled: Duration) {
    let rate = rate(events, took);
    println!("Imported {} events: {rate}.", count(events));
    if repeated > 0 {
        println!("{} of them were there before.", count(repeated));
    }
    println!(
        "The read models had them all {:.2} s later.\n",
        settled.as_secs_f64()
    );
}

pub fn loaded(what: &str, aggregates: usize, events: u64, took: Duration) {
    let rate = rate(events, took);
    println!(
        "Loaded {aggregates} {what}, {} events: {rate}.",
        count(events)
    );
}

pub fn rebuilt(events: u64, took: Duration) {
    let rate = rate(events, took);
    println!(
        "Rebuilt the read models from {} events: {rate}.",
        count(events)
    );
}

/// Each step with a bar, in hundredths of the applications.
pub fn funnel(funnel: &Funnel) {
    println!(
        "The funnel, of {} requested:",
        count(funnel.amount_requested)
    );
    for (name, number) in steps(funnel) {
        let share = number.saturating_mul(100) / funnel.submitted.max(1);
        let bar = "▇".repeat(usize::try_from(share / 2).unwrap_or(0));
        println!("  {name:<18} {:>8} {share:>4} % {bar}", count(number));
    }
    for (how, stages) in [
        ("declined", &funnel.declined_at),
        ("cancelled", &funnel.cancelled_at),
    ] {
        for (stage, number) in stages {
            println!("  {how} when {stage:?}: {}", count(*number));
        }
    }
    let replaced = count(funnel.offers_replaced);
    println!("  {replaced} of the cancelled offers made way for the next one\n");
    println!("Work: scheduled, started, completed, closed with nobody at work; hours");
    for (task, counts) in &funnel.work {
        println!(
            "  {:<32} {:>7} {:>7} {:>7} {:>7} {:>7}",
            activity(*task),
            count(counts.scheduled),
            count(counts.started),
            count(counts.completed),
            count(counts.closed),
            count(counts.worked_ms / 3_600_000)
        );
    }
}

/// The resources with the most events.
pub fn workload(rows: &[Workload]) {
    const SHOWN: usize = 5;
    let mut rows: Vec<&Workload> = rows.iter().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.events));
    println!(
        "\nThe busiest of {} resources: events, sessions, hours",
        rows.len()
    );
    for row in rows.into_iter().take(SHOWN) {
        println!(
            "  {:<32} {:>7} {:>7} {:>7}",
            row.resource,
            count(row.events),
            count(row.sessions),
            count(row.worked_ms / 3_600_000)
        );
    }
}

pub fn totals(totals: &Totals) {
    let work: u64 = totals
        .activities
        .iter()
        .filter(|((activity, _), _)| activity.starts_with("W_"))
        .map(|(_, number)| number)
        .sum();
    let by = |wanted: Transition| -> u64 {
        let activities = totals.activities.iter();
        activities
            .filter(|((activity, transition), _)| {
                activity.starts_with("W_") && *transition == wanted
            })
            .map(|(_, number)| number)
            .sum()
    };
    println!("\nTotals of the read models:");
    println!(
        "  {} cases · {} events · {} activities · {} resources · {} requested · {} events out of order",
        count(totals.cases.len().try_into().unwrap_or(u64::MAX)),
        count(totals.events),
        totals.activity_names(),
        totals.resources.len(),
        count(totals.amount_requested),
        count(totals.out_of_order)
    );
    println!(
        "  {} of work items: {} scheduled, {} started, {} completed",
        count(work),
        count(by(Transition::Schedule)),
        count(by(Transition::Start)),
        count(by(Transition::Complete))
    );
}
