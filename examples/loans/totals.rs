//! Totals, counted twice: from the log as it is, and out of the read models. They must be the same.

use std::collections::BTreeMap;
use std::fmt::Debug;

use eventsource_core::Timestamp;

use crate::case::activity;
use crate::log::{Case, Transition};
use crate::views::{ApplicationRow, Funnel, NOBODY, Workload};

/// What a log, or an import of it, comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    pub events: u64,
    pub amount_requested: u64,
    /// Events that are earlier than the one before them in their case.
    pub out_of_order: u64,
    pub activities: BTreeMap<(String, Transition), u64>,
    pub resources: BTreeMap<String, u64>,
    pub cases: BTreeMap<String, CaseTotals>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseTotals {
    pub amount: u64,
    pub registered_at: Timestamp,
    pub events: u64,
    pub first: Timestamp,
    pub last: Timestamp,
}

impl Totals {
    /// Counts a case of the log, by nothing but what the log says.
    pub fn add(&mut self, case: &Case) {
        let times = || case.events.iter().map(|event| event.at);
        for event in &case.events {
            let activity = (event.activity.clone(), event.transition);
            *self.activities.entry(activity).or_default() += 1;
            let resource = event.resource.as_deref().unwrap_or(NOBODY);
            *self.resources.entry(resource.to_owned()).or_default() += 1;
            self.events += 1;
        }
        let pairs = times().zip(times().skip(1));
        self.out_of_order += pairs.map(|(one, next)| u64::from(next < one)).sum::<u64>();
        self.amount_requested += case.amount;
        let totals = CaseTotals {
            amount: case.amount,
            registered_at: case.registered_at,
            events: u64::try_from(case.events.len()).unwrap_or(u64::MAX),
            first: times().next().unwrap_or_default(),
            last: times().next_back().unwrap_or_default(),
        };
        self.cases.insert(case.id.clone(), totals);
    }

    /// The same, out of the read models.
    pub fn of(funnel: &Funnel, workload: &[Workload], applications: &[ApplicationRow]) -> Self {
        let mut activities: BTreeMap<_, _> = steps(funnel)
            .map(|(name, count)| ((name.to_owned(), Transition::Complete), count))
            .into_iter()
            .collect();
        for (task, counts) in &funnel.work {
            for (transition, count) in [
                (Transition::Schedule, counts.scheduled),
                (Transition::Start, counts.started),
                (Transition::Complete, counts.completed + counts.closed),
            ] {
                activities.insert((activity(*task).to_owned(), transition), count);
            }
        }
        activities.retain(|_, count| *count > 0);
        Self {
            events: activities.values().sum(),
            amount_requested: funnel.amount_requested,
            out_of_order: applications.iter().map(|row| row.out_of_order).sum(),
            activities,
            resources: workload
                .iter()
                .map(|row| (row.resource.clone(), row.events))
                .collect(),
            cases: applications
                .iter()
                .map(|row| {
                    let totals = CaseTotals {
                        amount: row.amount,
                        registered_at: row.registered_at,
                        events: row.events,
                        first: row.submitted_at,
                        last: row.last_at,
                    };
                    (row.application.clone(), totals)
                })
                .collect(),
        }
    }

    /// Activities, whatever their transitions.
    pub fn activity_names(&self) -> usize {
        let mut names: Vec<&str> = self.activities.keys().map(|(it, _)| it.as_str()).collect();
        names.dedup();
        names.len()
    }

    /// What the read models have otherwise than the log, in words.
    pub fn differences(&self, found: &Self) -> Vec<String> {
        let mut differences = Vec::new();
        for (what, expected, found) in [
            ("events", self.events, found.events),
            (
                "amount requested",
                self.amount_requested,
                found.amount_requested,
            ),
            ("events out of order", self.out_of_order, found.out_of_order),
        ] {
            if expected != found {
                differences.push(differs(what, Some(&expected), Some(&found)));
            }
        }
        differences.extend(compare("activity", &self.activities, &found.activities));
        differences.extend(compare("resource", &self.resources, &found.resources));
        differences.extend(compare("case", &self.cases, &found.cases));
        differences
    }
}

fn differs<V: Debug>(what: &str, expected: Option<&V>, found: Option<&V>) -> String {
    let told = |it: Option<&V>| it.map_or_else(|| "nothing".to_owned(), |it| format!("{it:?}"));
    let (expected, found) = (told(expected), told(found));
    format!("{what}: the log has {expected}, the read models have {found}")
}

fn compare<K: Ord + Debug, V: PartialEq + Debug>(
    what: &str,
    expected: &BTreeMap<K, V>,
    found: &BTreeMap<K, V>,
) -> Vec<String> {
    let added = found.keys().filter(|key| !expected.contains_key(*key));
    let keys = expected.keys().chain(added);
    keys.filter_map(|key| {
        let (expected, found) = (expected.get(key), found.get(key));
        (expected != found).then(|| differs(&format!("{what} {key:?}"), expected, found))
    })
    .collect()
}

/// The steps of applications and offers, in the log's words.
pub fn steps(funnel: &Funnel) -> [(&'static str, u64); 17] {
    [
        ("A_SUBMITTED", funnel.submitted),
        ("A_PARTLYSUBMITTED", funnel.partly_submitted),
        ("A_PREACCEPTED", funnel.pre_accepted),
        ("A_ACCEPTED", funnel.accepted),
        ("A_FINALIZED", funnel.finalized),
        ("A_APPROVED", funnel.approved),
        ("A_REGISTERED", funnel.registered),
        ("A_ACTIVATED", funnel.activated),
        ("A_DECLINED", funnel.declined),
        ("A_CANCELLED", funnel.cancelled),
        ("O_SELECTED", funnel.offers_selected),
        ("O_CREATED", funnel.offers_created),
        ("O_SENT", funnel.offers_sent),
        ("O_SENT_BACK", funnel.offers_sent_back),
        ("O_ACCEPTED", funnel.offers_accepted),
        ("O_DECLINED", funnel.offers_declined),
        ("O_CANCELLED", funnel.offers_cancelled),
    ]
}
