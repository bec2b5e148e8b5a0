//! Today's code held against what was released.

use super::advice;
use super::declaration::{Declaration, Kind};
use super::difference::{self, Difference};
use super::file::{Golden, LockFile, LockedType, LockedVersion};
use super::report::{Finding, Report, Verdict};
use super::schema::Reading;
use super::value::says_the_same;
use crate::event::EventStatus;
use crate::registry::{ProjectionDescriptor, Registry};
use crate::shape::Format;

/// All that differs.
pub(super) fn compare(locked: &LockFile, registry: &Registry, today: &LockFile) -> Report {
    let mut report = Report::default();
    for kind in Kind::ALL {
        for (name, released) in locked.of(kind) {
            match Declaration::find(registry, kind, name) {
                Some(declared) => of_type(&mut report, name, released, &declared, today),
                None => report
                    .findings
                    .push(gone((kind, name), released, locked, registry, today)),
            }
        }
    }
    for (key, lines) in &locked.projections {
        let declared = registry
            .projections()
            .iter()
            .find(|it| (it.name, it.version) == (key.0.as_str(), key.1));
        if let (Some(declared), Some(now)) = (declared, today.projections.get(key)) {
            let then = super::projection::in_words_of_today(declared, lines);
            if *now != then {
                report.findings.push(of_projection(declared, &then, now));
            }
        }
    }
    report.unseen = unseen(locked, registry, today);
    report
}

fn of_projection(
    declared: &ProjectionDescriptor,
    then: &std::collections::BTreeSet<String>,
    now: &std::collections::BTreeSet<String>,
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

fn of_type(
    report: &mut Report,
    name: &str,
    locked: &LockedType,
    declared: &Declaration,
    today: &LockFile,
) {
    for (version, released) in &locked.versions {
        if *version > declared.version() {
            report.findings.push(Finding {
                verdict: Verdict::Gone,
                name: name.to_owned(),
                version: (*version).into(),
                declared: Some(declared.declared()),
                path: String::new(),
                what: format!(
                    "the version was released, and the code is at version {}",
                    declared.version()
                ),
                write: vec![format!(
                    "`version = {version}` on `{}`, and how older versions are read",
                    declared.rust_name()
                )],
            });
            continue;
        }
        let differences = of_shape(released, declared, *version);
        let harmful = differences.iter().any(|it| !it.change.is_safe());
        let findings = differences
            .iter()
            .map(|difference| advice::finding(declared, name, *version, difference));
        report.findings.extend(findings);
        // What a changed shape does to payloads is told once, by the shape.
        if !harmful {
            of_golden(report, name, *version, locked, declared, today);
        }
    }
}

/// How the shape that a version is read as differs from the released one.
pub(super) fn of_shape(
    released: &LockedVersion,
    declared: &Declaration,
    version: u16,
) -> Vec<Difference> {
    match (&released.shape, declared.shape(version)) {
        (Some(then), Some(now)) => difference::differences(then, &now),
        _ => Vec::new(),
    }
}

fn of_golden(
    report: &mut Report,
    name: &str,
    version: u16,
    locked: &LockedType,
    declared: &Declaration,
    today: &LockFile,
) {
    let Some(released) = locked.versions.get(&version) else {
        return;
    };
    let mut failed = Vec::new();
    for golden in &released.golden {
        let problem = of_payload(name, version, golden, locked, declared, today);
        if let Some((verdict, what)) = problem
            && !failed.contains(&what)
        {
            report.findings.push(Finding {
                verdict,
                name: name.to_owned(),
                version: version.into(),
                declared: Some(declared.declared()),
                path: String::new(),
                what: what.clone(),
                write: advice_for(verdict, version, declared),
            });
            failed.push(what);
        }
    }
}

fn advice_for(verdict: Verdict, version: u16, declared: &Declaration) -> Vec<String> {
    match verdict {
        Verdict::Unsteady => vec![
            "a default or an upcast that depends on the payload alone: no clock, no random number, no file".to_owned(),
        ],
        _ if version == declared.version() => vec![
            format!("`version = {}` on `{}`, and how version {version} is read", version.saturating_add(1), declared.rust_name()),
            "or, where the new value is the one that was meant all along: EVENTSOURCE_LOCK=rewrite cargo test".to_owned(),
        ],
        _ => vec![
            format!("the upcast of version {version} as it was"),
            "or, where the new value is the one that was meant all along: EVENTSOURCE_LOCK=rewrite cargo test".to_owned(),
        ],
    }
}

fn of_payload(
    name: &str,
    version: u16,
    golden: &Golden,
    locked: &LockedType,
    declared: &Declaration,
    today: &LockFile,
) -> Option<(Verdict, String)> {
    if !declared.is_read() {
        return None;
    }
    let readings = match declared.read(name, version, &golden.payload) {
        Ok(readings) => readings,
        Err(error) => {
            return Some((
                Verdict::Breaks,
                format!("a released payload is no longer read: {error}"),
            ));
        }
    };
    let again = std::thread::scope(|scope| {
        let read = || declared.read(name, version, &golden.payload);
        scope.spawn(read).join()
    });
    if !matches!(again, Ok(Ok(again)) if again == readings) {
        let what = "the same payload is read as another value each time".to_owned();
        return Some((Verdict::Unsteady, what));
    }
    let mut comparable = golden
        .readings
        .iter()
        .filter(|recorded| are_comparable(recorded, &readings, declared))
        .peekable();
    let first = comparable.peek().copied()?;
    if comparable.any(|recorded| read_the_same(recorded, &readings, locked, declared, today)) {
        return None;
    }
    let values = first.iter().zip(&readings);
    let (then, now) = values
        .filter_map(|(then, now)| then.value.as_ref().zip(now.value.as_ref()))
        .find(|(then, now)| then != now)?;
    Some((
        Verdict::Breaks,
        format!("a released payload is read as another value: {then} on record, {now} now"),
    ))
}

/// Whether what a payload is read as says what is on record.
pub(super) fn read_the_same(
    recorded: &[Reading],
    readings: &[Reading],
    locked: &LockedType,
    declared: &Declaration,
    today: &LockFile,
) -> bool {
    recorded.iter().zip(readings).all(|(then, now)| {
        let (Some(before), Some(after)) = (&then.value, &now.value) else {
            return true;
        };
        // A part of a split event is of another event, whose released shape is not at hand.
        if declared.is_split() {
            return says_the_same(before, after, None, None);
        }
        let released = locked.versions.get(&now.version);
        let released = released.and_then(|it| it.shape.as_ref());
        let current = shape_of(today, declared.kind(), &now.name, now.version);
        says_the_same(before, after, released, current)
    })
}

fn shape_of<'a>(file: &'a LockFile, kind: Kind, name: &str, version: u16) -> Option<&'a Format> {
    file.of(kind)
        .get(name)?
        .versions
        .get(&version)?
        .shape
        .as_ref()
}

/// Whether two records are of the same events in the same versions, whatever older name stands on record.
pub(super) fn are_comparable(
    recorded: &[Reading],
    readings: &[Reading],
    declared: &Declaration,
) -> bool {
    recorded.len() == readings.len()
        && recorded.iter().zip(readings).all(|(then, now)| {
            let is_own = declared.is_named(&then.name) && declared.is_named(&now.name);
            then.version == now.version && (then.name == now.name || is_own)
        })
}

/// A released event or command that nothing declares.
fn gone(
    (kind, name): (Kind, &str),
    released: &LockedType,
    locked: &LockFile,
    registry: &Registry,
    today: &LockFile,
) -> Finding {
    let version = released.versions.keys().next_back().copied().unwrap_or(1);
    let shape = released
        .versions
        .get(&version)
        .and_then(|it| it.shape.as_ref());
    let nearest = Declaration::all(registry, kind)
        .into_iter()
        .filter(|it| !it.names().any(|name| locked.of(kind).contains_key(name)))
        .filter_map(|candidate| {
            let now = shape_of(today, kind, candidate.name(), candidate.version());
            let alike = match (shape, now) {
                (Some(then), Some(now)) => difference::differences(then, now)
                    .iter()
                    .all(|it| it.change.is_safe()),
                _ => false,
            };
            let distance = distance(name, candidate.name());
            (alike || distance <= name.len() / 4).then_some((!alike, distance, candidate))
        })
        .min_by_key(|(unlike, distance, candidate)| (*unlike, *distance, candidate.name()))
        .map(|(_, _, candidate)| candidate);
    let word = kind.word();
    let (verdict, what, write) = match &nearest {
        Some(candidate) => (
            Verdict::Renamed,
            format!(
                "no {word} of this name is declared; {} is new, and like it",
                candidate.name()
            ),
            advice::renamed(candidate, name),
        ),
        None => (
            Verdict::Gone,
            format!("no {word} of this name is declared, and stored ones can no longer be read"),
            advice::gone(kind, name, version),
        ),
    };
    Finding {
        verdict,
        name: name.to_owned(),
        version: version.into(),
        declared: nearest.map(|candidate| candidate.declared()),
        path: String::new(),
        what,
        write,
    }
}

/// How many letters have to be changed.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut before = at;
        let mut next = vec![at + 1];
        for (place, known) in other.iter().enumerate() {
            let above = row.get(place + 1).copied().unwrap_or_default();
            let left = next.last().copied().unwrap_or_default();
            let changed = before + usize::from(letter != *known);
            next.push(changed.min(above + 1).min(left + 1));
            before = above;
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// Versions that no payload is known of, in the lock or from today's code.
fn unseen(locked: &LockFile, registry: &Registry, today: &LockFile) -> Vec<String> {
    let declared = Kind::ALL
        .iter()
        .flat_map(|kind| Declaration::all(registry, *kind));
    let mut unseen = Vec::new();
    for declared in declared.filter(|it| !matches!(it.status(), EventStatus::Dropped)) {
        let Some(now) = today.of(declared.kind()).get(declared.name()) else {
            continue;
        };
        for (version, of_today) in &now.versions {
            let known = locked
                .of(declared.kind())
                .get(declared.name())
                .and_then(|it| it.versions.get(version));
            if known.is_none_or(|known| known.golden.is_empty()) && of_today.golden.is_empty() {
                unseen.push(advice::unseen(&declared, *version, of_today.shape.as_ref()));
            }
        }
    }
    unseen
}
