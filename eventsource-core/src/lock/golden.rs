//! Payloads that were released, read by today's code: to the values that are on record?

use serde_json::Value;

use super::advice;
use super::declaration::Declaration;
use super::file::{Golden, LockFile, LockedVersion};
use super::report::{Finding, Report, Verdict};
use super::schema::Reading;
use super::value::says_the_same;
use crate::registry::Registry;

/// What was released of one stored type, and today's code.
#[derive(Clone, Copy)]
pub(super) struct Held<'a> {
    pub(super) declared: &'a Declaration,
    pub(super) locked: &'a LockFile,
    pub(super) registry: &'a Registry,
    pub(super) today: &'a LockFile,
}

/// What is wrong with a payload.
type Problem = (Verdict, String);

/// One event on record, in the words of today.
enum Recorded<'a> {
    /// In the version that is written today.
    Current(&'a Reading),
    /// In an older version: read as if it had been stored so.
    Reread(Reading),
}

impl Held<'_> {
    /// Reads each payload of a version as it was stored under this name.
    pub(super) fn golden(
        &self,
        report: &mut Report,
        name: &str,
        version: u16,
        released: &LockedVersion,
    ) {
        if !self.declared.is_read() {
            return;
        }
        let mut failed = Vec::new();
        for golden in &released.golden {
            if let Some((verdict, what)) = self.problem(name, version, golden)
                && !failed.contains(&what)
            {
                report.findings.push(Finding {
                    verdict,
                    name: name.to_owned(),
                    version: version.into(),
                    declared: Some(self.declared.declared()),
                    path: String::new(),
                    what: what.clone(),
                    write: advice::golden(verdict, version, self.declared),
                });
                failed.push(what);
            }
        }
    }

    fn problem(&self, name: &str, version: u16, golden: &Golden) -> Option<Problem> {
        let read = || self.declared.read(name, version, &golden.payload);
        let readings = match read() {
            Ok(readings) => readings,
            Err(error) => {
                let what = format!("a released payload is no longer read: {error}");
                return Some((Verdict::Breaks, what));
            }
        };
        let again = std::thread::scope(|scope| scope.spawn(read).join());
        if !matches!(again, Ok(Ok(again)) if again == readings) {
            let what = "the same payload is read as another value each time".to_owned();
            return Some((Verdict::Unsteady, what));
        }
        // Of the records in the version of today one has to hold: each names what was there at its time. What was read as an older version
        // has to be read on as the payload itself is, or the way to that version has changed.
        let (mut is_said, mut problem) = (false, None);
        for recorded in &golden.readings {
            match self.as_of_today(recorded) {
                Err(found) => return Some(found),
                Ok(None) => {}
                Ok(Some(recorded)) => {
                    let is_current = recorded.iter().all(|it| matches!(it, Recorded::Current(_)));
                    match self.differs(&recorded, &readings) {
                        None => is_said |= is_current,
                        Some(found) if is_current => problem = problem.or(Some(found)),
                        Some(found) => return Some(found),
                    }
                }
            }
        }
        problem.filter(|_| !is_said)
    }

    /// What is on record, in the versions of today; `None` where that cannot be said, or is told by itself.
    fn as_of_today<'a>(
        &self,
        recorded: &'a [Reading],
    ) -> Result<Option<Vec<Recorded<'a>>>, Problem> {
        let kind = self.declared.kind();
        let mut now = Vec::new();
        for then in recorded {
            let Some(declared) = Declaration::find(self.registry, kind, &then.name) else {
                return Ok(None);
            };
            if declared.is_dropped() || then.version > declared.version() {
                return Ok(None);
            }
            if then.version == declared.version() && !declared.is_split() {
                now.push(Recorded::Current(then));
                continue;
            }
            let Some(value) = &then.value else {
                return Ok(None);
            };
            match declared.read(&then.name, then.version, value) {
                Ok(readings) => now.extend(readings.into_iter().map(Recorded::Reread)),
                Err(_) if !self.reads_what_it_writes(then) => return Ok(None),
                Err(error) => {
                    let what = format!(
                        "a released payload was read as {} version {}, which is no longer read: {error}",
                        then.name, then.version
                    );
                    return Err((Verdict::Breaks, what));
                }
            }
        }
        Ok(Some(now))
    }

    /// Whether a version of an event is known to be read from what it is written as: a type may serialize itself otherwise than it
    /// deserializes itself.
    fn reads_what_it_writes(&self, then: &Reading) -> bool {
        let released = self.locked.of(self.declared.kind()).get(&then.name);
        let released = released.and_then(|it| it.versions.get(&then.version));
        released.is_some_and(|it| !it.golden.is_empty())
    }

    /// Where what is read does not say what is on record.
    fn differs(&self, recorded: &[Recorded<'_>], readings: &[Reading]) -> Option<Problem> {
        let name = |name: &str| {
            let declared = Declaration::find(self.registry, self.declared.kind(), name);
            declared.map_or_else(|| name.to_owned(), |it| it.name().to_owned())
        };
        let then: Vec<String> = recorded.iter().map(|it| name(&it.reading().name)).collect();
        let now: Vec<String> = readings.iter().map(|it| name(&it.name)).collect();
        if then != now {
            let words = |names: &[String]| match names {
                [] => "nothing".to_owned(),
                names => names.join(", "),
            };
            let (then, now) = (words(&then), words(&now));
            let what =
                format!("a released payload is read as other events: {then} on record, {now} now");
            return Some((Verdict::Breaks, what));
        }
        let mut pairs = recorded.iter().zip(readings);
        pairs.find_map(|(then, now)| match (&then.reading().value, &now.value) {
            (None, _) => None,
            // A variant of a family cannot be `Serialize` by itself: that it is not on record any more is told beside.
            (Some(_), None) if self.declared.is_variant() => None,
            (Some(_), None) => Some((
                Verdict::Untold,
                format!(
                    "what {} is read as is on record, and is no longer `Serialize`: nobody can say whether it is the same",
                    now.name
                ),
            )),
            (Some(before), Some(after)) => {
                let is_same = match then {
                    Recorded::Current(then) => self.is_same(then, now, before, after),
                    Recorded::Reread(_) => before == after,
                };
                let then = then.on_record(before);
                let what = format!(
                    "a released payload is read as another value: {then}, {after} now"
                );
                (!is_same).then_some((Verdict::Breaks, what))
            }
        })
    }

    fn is_same(&self, then: &Reading, now: &Reading, before: &Value, after: &Value) -> bool {
        let kind = self.declared.kind();
        let released = self.locked.shape(kind, &then.name, then.version);
        let released = released.or_else(|| self.locked.shape(kind, &now.name, now.version));
        let today = self.today.shape(kind, &now.name, now.version);
        says_the_same(before, after, released, today)
    }
}

impl Recorded<'_> {
    fn reading(&self) -> &Reading {
        match self {
            Self::Current(reading) => reading,
            Self::Reread(reading) => reading,
        }
    }

    fn on_record(&self, value: &Value) -> String {
        match self {
            Self::Current(_) => format!("{value} on record"),
            Self::Reread(_) => format!("{value} is what an older version on record leads to"),
        }
    }
}
