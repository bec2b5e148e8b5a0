//! Claiming a commit's id before it is published.

use eventsource_core::store::{AppendError, CommitRecord, StoreError};
use tokio::time::{Duration, Instant};

use super::Shared;
use crate::claims::{Claim, Standing};
use crate::publish::{Expected, Outcome};

/// The pause before a claim is published again.
const PAUSE: Duration = Duration::from_millis(5);

/// What came of claiming an id.
pub(super) enum Claimed {
    /// The commit may be published.
    ForThis,
    /// This one has the id already.
    Written(CommitRecord),
    /// The place that was claimed is taken: the commit was made for an older end of its stream.
    TooLate,
}

impl Shared {
    /// Claims the id for this commit at its place.
    pub(super) async fn claim_commit(&self, claim: &Claim) -> Result<Claimed, AppendError> {
        let server = &self.server;
        let body = claim.encode(&server.place)?;
        let subject = server.subjects.commit(claim.commit_id);
        let reused = || AppendError::CommitIdReused {
            commit_id: claim.commit_id,
        };
        let begun = Instant::now();
        let mut behind = 0;
        loop {
            let expected = Expected::Last(behind);
            let outcome = server.publish(subject.clone(), body.clone(), expected);
            let mut failure: AppendError = match outcome.await {
                Outcome::Written(_) => return Ok(Claimed::ForThis),
                Outcome::Failed(error) | Outcome::NotKept(error) => return Err(error.into()),
                Outcome::NotTaken(error) | Outcome::Unknown(error) => error.into(),
                Outcome::Refused => server.place.no_answer("claiming a commit's id").into(),
            };
            match server.last_claim(claim.commit_id).await? {
                Some((_, found)) if found == *claim => return Ok(Claimed::ForThis),
                Some((sequence, found)) => match self.rival(claim, &found).await? {
                    Rival::Written(record) => return Ok(Claimed::Written(record)),
                    Rival::Replaceable => behind = sequence,
                    Rival::Elsewhere => {
                        // The same command, by two programs: the one that knows the stream's end writes it.
                        if let Standing::Other = server.standing(claim).await? {
                            return Ok(Claimed::TooLate);
                        }
                        if found.fingerprint != claim.fingerprint {
                            return Err(reused());
                        }
                        // Its commit is on its way, or its program has died.
                        failure = reused();
                    }
                },
                None => {}
            }
            if begun.elapsed() > server.patience {
                // Of the commit itself, nothing was published.
                return Err(failure);
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
