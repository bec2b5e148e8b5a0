//! Claiming a commit's id before it is published.

use eventsource_core::store::{AppendError, CommitRecord, StoreError};
use tokio::time::{Duration, Instant};

use super::Shared;
use crate::claims::{Claim, Standing};
use crate::publish::{Expected, Outcome};

/// The pause before a claim is published again.
const PAUSE: Duration = Duration::from_millis(5);

impl Shared {
    /// Claims the id for this commit at its place; answers with the commit that has it already.
    pub(super) async fn claim_commit(
        &self,
        claim: &Claim,
    ) -> Result<Option<CommitRecord>, AppendError> {
        let server = &self.server;
        let body = claim.encode(&server.place)?;
        let subject = server.subjects.commit(claim.commit_id);
        let begun = Instant::now();
        let mut behind = 0;
        loop {
            let expected = Expected::Last(behind);
            let outcome = server.publish(subject.clone(), body.clone(), expected);
            let failure = match outcome.await {
                Outcome::Written(_) => return Ok(None),
                Outcome::Failed(error) => return Err(error.into()),
                Outcome::NotTaken(error) | Outcome::Unknown(error) => error,
                Outcome::Refused => server.place.no_answer("claiming a commit's id"),
            };
            match server.last_claim(claim.commit_id).await? {
                Some((_, found)) if found == *claim => return Ok(None),
                Some((sequence, found)) => match self.rival(claim, &found).await? {
                    Rival::Written(record) => return Ok(Some(record)),
                    Rival::Replaceable => behind = sequence,
                    Rival::Elsewhere => {
                        return Err(AppendError::CommitIdReused {
                            commit_id: claim.commit_id,
                        });
                    }
                },
                None => {}
            }
            if begun.elapsed() > server.patience {
                // Of the commit itself, nothing was published.
                return Err(failure.into());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn rival(&self, claim: &Claim, found: &Claim) -> Result<Rival, StoreError> {
        Ok(match self.server.standing(found).await? {
            Standing::Commit(record) => Rival::Written(record),
            Standing::Other => Rival::Replaceable,
            Standing::Nothing if same_place(claim, found) => Rival::Replaceable,
            Standing::Nothing => Rival::Elsewhere,
        })
    }
}

/// An earlier claim of the same id.
enum Rival {
    /// Its commit is there.
    Written(CommitRecord),
    /// Its commit lost, or the server takes only one of the two.
    Replaceable,
    /// Its commit may still be written, to another place: both would be.
    Elsewhere,
}

/// Whether the server takes one of the two commits at most, and neither more than the other could.
fn same_place(one: &Claim, other: &Claim) -> bool {
    let first = |claim: &Claim| {
        let first = claim.parts.first();
        first.map(|part| (part.stream.clone(), part.behind))
    };
    first(one) == first(other)
}
