//! The types of events in the log: a claim, or that it is there, on a subject of each.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use eventsource_core::store::{Commit, StoreError};

use crate::claims::{Claim, Standing};
use crate::connect::Server;
use crate::fetch::Get;
use crate::publish::Expected;
use crate::scan::Scan;
use crate::subject::type_of;

/// An event's name and schema version.
pub(crate) type EventType = (&'static str, u16);

/// The types that are known to be in the log.
#[derive(Debug, Default)]
pub(crate) struct Types(Mutex<HashSet<EventType>>);

impl Types {
    /// Of the commit's types, those that are not known to be there.
    pub(crate) fn unknown(&self, commit: &Commit) -> Vec<EventType> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let events = commit.streams.iter().flat_map(|part| &part.events);
        let mut unknown: Vec<EventType> = events
            .map(|event| (event.name, event.schema_version))
            .filter(|event_type| !known.contains(event_type))
            .collect();
        unknown.sort_unstable();
        unknown.dedup();
        unknown
    }

    pub(crate) fn learn(&self, types: &[EventType]) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(types);
    }
}

impl Server {
    /// Claims these types for a commit, but those that are known to be there, which are taken out.
    pub(crate) async fn claim_types(
        &self,
        types: &mut Vec<EventType>,
        claim: &Bytes,
    ) -> Result<(), StoreError> {
        let stream = self.subjects.claims();
        let mut claimed = Vec::new();
        for event_type in std::mem::take(types) {
            let subject = self.subjects.event_type(event_type.0, event_type.1);
            let last = self.get(&stream, Get::last(&subject)).await?;
            if !last.is_some_and(|last| last.body.is_empty()) {
                self.publish_patiently(&subject, claim).await?;
                claimed.push(event_type);
            }
        }
        *types = claimed;
        Ok(())
    }

    /// Says that these types are there: their claims need not be looked after any more.
    pub(crate) async fn confirm_types(&self, types: &[EventType]) {
        for (name, version) in types {
            let subject = self.subjects.event_type(name, *version);
            // Without it, the claim tells the same.
            let _ = self.publish(subject, Bytes::new(), Expected::Any).await;
        }
    }

    /// Every type of the log, in order.
    pub(crate) async fn types(&self) -> Result<Vec<(String, u16)>, StoreError> {
        let (stream, subject) = (self.subjects.claims(), self.subjects.types());
        let Some(last) = self.get(&stream, Get::last(&subject)).await? else {
            return Ok(Vec::new());
        };
        // By type, the claims; none where it is known to be there.
        let mut found: BTreeMap<(String, u16), Option<Vec<Claim>>> = BTreeMap::new();
        let mut scan = Scan::new(self, stream, subject, 1, Some(last.sequence));
        while let Some(stored) = scan.next().await? {
            let event_type = type_of(&stored.subject)
                .ok_or_else(|| self.place.corrupt("the claim of a type cannot be read"))?;
            let claims = found.entry(event_type).or_insert_with(|| Some(Vec::new()));
            if stored.body.is_empty() {
                *claims = None;
            } else if let Some(claims) = claims {
                claims.push(Claim::decode(&self.place, &stored.body)?);
            }
        }
        let mut types = Vec::with_capacity(found.len());
        for (event_type, claims) in found {
            if self.any_stands(claims).await? {
                types.push(event_type);
            }
        }
        Ok(types)
    }

    async fn any_stands(&self, claims: Option<Vec<Claim>>) -> Result<bool, StoreError> {
        let Some(claims) = claims else {
            return Ok(true);
        };
        for claim in claims {
            if matches!(self.standing(&claim).await?, Standing::Commit(_)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
