//! What was released and is declared no longer, and what is new and like it.

use super::advice;
use super::declaration::{Declaration, Kind};
use super::difference;
use super::file::{LockFile, LockedType};
use super::report::{Finding, Verdict};
use crate::registry::Registry;

/// A released event or command that nothing declares.
pub(super) fn gone(
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
            let now = today.shape(kind, candidate.name(), candidate.version());
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
pub(super) fn distance(one: &str, other: &str) -> usize {
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
