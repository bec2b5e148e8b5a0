//! Today's code held against what was released.

use std::collections::BTreeSet;

use super::advice;
use super::declaration::{Declaration, Kind};
use super::difference::{self, Difference};
use super::file::{LockFile, LockedType, LockedVersion};
use super::golden::Held;
use super::report::{Finding, Report, Verdict};
use super::{gone, streams, unseen};
use crate::event::EventStatus;
use crate::registry::{ProjectionDescriptor, Registry};

/// All that differs.
pub(super) fn compare(locked: &LockFile, registry: &Registry, today: &LockFile) -> Report {
    let mut report = Report::default();
    for kind in Kind::ALL {
        for (name, released) in locked.of(kind) {
            match Declaration::find(registry, kind, name) {
                Some(declared) => {
                    let held = Held {
                        declared: &declared,
                        locked,
                        registry,
                        today,
                    };
                    of_type(&mut report, name, released, &held);
                    report.findings.extend(exchanged(name, released, &held));
                }
                None => report.findings.push(gone::gone(
                    (kind, name),
                    released,
                    locked,
                    registry,
                    today,
                )),
            }
        }
    }
    report.findings.extend(streams::compare(locked, registry));
    for (key, lines) in &locked.projections {
        let declared = registry
            .projections()
            .iter()
            .find(|it| (it.name, it.version) == (key.0.as_str(), key.1));
        if let (Some(declared), Some(now)) = (declared, today.projections.get(key)) {
            let then = super::projection::in_words_of_today(declared, lines);
            // What an event is called that is not declared any more is told by itself, and may be an alias that is missing.
            let is_told = super::projection::names_what_is_gone(&then, locked, registry);
            if *now != then && !is_told {
                report.findings.push(of_projection(declared, &then, now));
            }
        }
    }
    report.unseen = unseen::unseen(locked, registry, today);
    let streams = streams::unseen(locked, today, registry);
    report.unseen.extend(streams);
    report
}

fn of_projection(
    declared: &ProjectionDescriptor,
    then: &BTreeSet<String>,
    now: &BTreeSet<String>,
) -> Finding {
    let had = then.difference(now).map(|line| format!("it had `{line}`"));
    let has = now.difference(then).map(|line| format!("it has `{line}`"));
    let changes: Vec<String> = had.chain(has).collect();
    Finding {
        verdict: Verdict::NeedsVersion,
        name: declared.name.to_owned(),
        version: declared.version,
        declared: Some(declared.into()),
        path: String::new(),
        what: format!("the projection changed: {}", changes.join(", ")),
        write: vec![format!(
            "`version = {}` on `{}`, so that its table is built anew beside the old one",
            declared.version.saturating_add(1),
            declared.rust_name
        )],
    }
}

fn of_type(report: &mut Report, name: &str, locked: &LockedType, held: &Held<'_>) {
    let declared = held.declared;
    let last = locked.versions.keys().next_back().copied().unwrap_or(1);
    let whole = |verdict, name: &str, version: u16, what, write| Finding {
        verdict,
        name: name.to_owned(),
        version: version.into(),
        declared: Some(declared.declared()),
        path: String::new(),
        what,
        write,
    };
    let mut names = vec![name];
    for alias in &locked.aliases {
        match Declaration::find(held.registry, declared.kind(), alias) {
            Some(it) if it.name() == declared.name() => names.push(alias),
            it => {
                let it = it.as_ref();
                let what = advice::lost_alias(declared, it);
                let write = advice::alias(declared, alias, it);
                let finding = whole(Verdict::Gone, alias, last, what, write);
                report.findings.push(finding);
            }
        }
    }
    let status = of_status(locked, declared, held.registry);
    let is_as_it_was = status.is_none();
    if let Some((what, write)) = status {
        let finding = whole(Verdict::Breaks, name, last, what, write);
        report.findings.push(finding);
    }
    for (version, released) in &locked.versions {
        if *version > declared.version() {
            let what = format!(
                "the version was released, and the code is at version {}",
                declared.version()
            );
            let write = vec![format!(
                "`version = {version}` on `{}`, and how older versions are read",
                declared.rust_name()
            )];
            let finding = whole(Verdict::Gone, name, *version, what, write);
            report.findings.push(finding);
            continue;
        }
        let differences = of_shape(released, held, *version);
        let harmful = differences.iter().any(|it| !it.change.is_safe());
        let findings = differences
            .iter()
            .map(|difference| advice::finding(declared, name, *version, difference));
        report.findings.extend(findings);
        // What a changed shape, or another split, does to payloads is told once.
        if harmful || !is_as_it_was {
            continue;
        }
        for name in &names {
            let before = report.findings.len();
            held.golden(report, name, *version, released);
            if report.findings.len() > before {
                break;
            }
        }
    }
}

/// Two Rust types that exchanged their names: what one wrote is read as the other. Their payloads may well be alike.
fn exchanged(name: &str, locked: &LockedType, held: &Held<'_>) -> Option<Finding> {
    let declared = held.declared;
    let before = locked.rust_name.as_deref()?;
    if declared.rust_name() == before {
        return None;
    }
    let kind = declared.kind();
    let moved = Declaration::all(held.registry, kind);
    let moved = moved.into_iter().find(|it| it.rust_name() == before)?;
    let owner = held
        .locked
        .of(kind)
        .get(moved.name())?
        .rust_name
        .as_deref()?;
    (owner != before).then(|| Finding {
        verdict: Verdict::Breaks,
        name: name.to_owned(),
        version: locked.versions.keys().next_back().copied().unwrap_or(1).into(),
        declared: Some(declared.declared()),
        path: String::new(),
        what: format!(
            "it was `{before}`, which has the name of `{owner}` by now, {}",
            moved.name()
        ),
        write: vec![
            format!("`name = \"{name}\"` on `{before}` as it was"),
            "or, where the Rust types alone exchanged their names: take the lines `rust …` of both out of the lock file".to_owned(),
        ],
    })
}

/// How the shape that a version is read as differs from the released one.
pub(super) fn of_shape(released: &LockedVersion, held: &Held<'_>, version: u16) -> Vec<Difference> {
    let declared = held.declared;
    let now = held.today.shape(declared.kind(), declared.name(), version);
    match (&released.shape, now) {
        (Some(then), Some(now)) => difference::differences(then, now),
        _ => Vec::new(),
    }
}

/// What became of a split that was released, or of an event that was read as nothing: what differs, and what to write.
///
/// An event that is retired, split or dropped by now says so in its declaration.
fn of_status(
    locked: &LockedType,
    declared: &Declaration,
    registry: &Registry,
) -> Option<(String, Vec<String>)> {
    let then = locked.status.as_deref()?;
    let parts = match declared.status() {
        EventStatus::Dropped => return None,
        EventStatus::Split { parts } => parts,
        _ => &[],
    };
    let way_out = format!(
        "or, where no log holds one, take the line `{then}` out of the lock file; `app.verify()` counts them"
    );
    if then == "dropped" {
        let what = "it was read as nothing, and is now read as an event".to_owned();
        return Some((what, vec!["`retired(drop)` as it was".to_owned(), way_out]));
    }
    let names: Vec<&str> = then.strip_prefix("split into ")?.split(", ").collect();
    // A family among the parts stands there with all its events, and may have more of them by now.
    let part_of = |name: &str| {
        let now = Declaration::find(registry, declared.kind(), name)?;
        let is_it =
            |types: &&[crate::event::EventType]| types.iter().any(|it| it.is_named(now.name()));
        Some(parts.iter().position(is_it))
    };
    let listed = parts.iter().flat_map(|types| types.iter());
    if names.iter().copied().eq(listed.map(|it| it.name)) {
        return None;
    }
    let mut places: Vec<Option<usize>> = names.iter().filter_map(|name| part_of(name)).collect();
    places.dedup();
    if places.into_iter().eq((0..parts.len()).map(Some)) {
        return None;
    }
    let now = match parts {
        [] => "itself".to_owned(),
        parts => {
            let names = parts.iter().flat_map(|types| types.iter());
            names.map(|it| it.name).collect::<Vec<_>>().join(", ")
        }
    };
    let what = format!(
        "it was read as {}, and is now read as {now}",
        names.join(", ")
    );
    Some((
        what,
        vec![
            format!("`retired(into(…))` on `{}` as it was", declared.rust_name()),
            way_out,
        ],
    ))
}
