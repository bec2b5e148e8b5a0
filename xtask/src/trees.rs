//! What the published crates may depend on.

use std::collections::BTreeSet;

use crate::failure::Failure;
use crate::run::{cargo, output, typed};

/// `eventsource-core` with all its features and all that it needs stays below this number of crates.
const CORE_BELOW: usize = 40;

/// The derive asks for these crates, and gets what they need.
const DERIVE_ASKS_FOR: [&str; 3] = ["proc-macro2", "quote", "syn"];

/// Counts and compares.
///
/// # Errors
/// When a crate has grown beyond its bounds.
pub fn check() -> Result<(), Failure> {
    let core = crates("eventsource-core", &[])?;
    println!(
        "   eventsource-core: {} crates, fewer than {CORE_BELOW} are allowed",
        core.len()
    );
    if core.len() >= CORE_BELOW {
        return Err(Failure::Rule(format!(
            "eventsource-core needs {} crates, fewer than {CORE_BELOW} are allowed: {}",
            core.len(),
            listed(&core)
        )));
    }
    let derive = crates("eventsource-derive", &["--depth", "1"])?;
    println!("   eventsource-derive: {}", listed(&derive));
    let surplus: BTreeSet<String> = derive
        .into_iter()
        .filter(|name| {
            let name = name.split(' ').next().unwrap_or_default();
            name != "eventsource-derive" && !DERIVE_ASKS_FOR.contains(&name)
        })
        .collect();
    if surplus.is_empty() {
        return Ok(());
    }
    Err(Failure::Rule(format!(
        "eventsource-derive may depend on {} alone, and also asks for {}",
        DERIVE_ASKS_FOR.join(", "),
        listed(&surplus)
    )))
}

/// The package and what it needs at run time, each as `name version`.
fn crates(package: &str, more: &[&str]) -> Result<BTreeSet<String>, Failure> {
    let mut command = cargo();
    command
        .args(["tree", "--edges", "normal", "--prefix", "none"])
        .args(["--all-features", "--format", "{p}", "-p", package])
        .args(more);
    println!("   {}", typed(&command));
    let found: BTreeSet<String> = output(&mut command)?
        .lines()
        .map(|line| {
            line.split_whitespace()
                .take(2)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .filter(|line| !line.is_empty())
        .collect();
    if found.is_empty() {
        return Err(Failure::Answer {
            command: typed(&command),
            lacks: format!("{package} itself"),
        });
    }
    Ok(found)
}

fn listed(names: &BTreeSet<String>) -> String {
    names.iter().cloned().collect::<Vec<_>>().join(", ")
}
