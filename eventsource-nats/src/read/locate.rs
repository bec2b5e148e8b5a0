//! Where in the log a version of a stream stands.
//!
//! JetStream finds the next message of a subject behind any sequence. So the place of a version is found by halving what lies between the stream's
//! first and last messages: some twenty gets in a log of a million.

use eventsource_core::StreamName;
use eventsource_core::store::StoreError;

use crate::connect::Server;
use crate::fetch::{Get, Stored};
use crate::scan::Scan;

/// How many messages of a stream are rather read over than searched.
const READ_OVER: u64 = 256;

impl Server {
    /// The last message of a stream, from the leader.
    pub(crate) async fn last_of(&self, stream: &StreamName) -> Result<Option<Stored>, StoreError> {
        let subject = self.subjects.events(stream);
        self.get(self.subjects.log(), Get::last(&subject)).await
    }

    /// The message that holds this version of a stream.
    pub(crate) async fn holding(
        &self,
        stream: &StreamName,
        version: u64,
    ) -> Result<Option<Stored>, StoreError> {
        let Some(last) = self.last_of(stream).await? else {
            return Ok(None);
        };
        let message = last.message(&self.place)?;
        if message.last_version() < version {
            return Ok(None);
        }
        if message.first_version <= version {
            return Ok(Some(last));
        }
        let from = self.locate(stream, version, &last).await?;
        let subject = self.subjects.events(stream);
        let mut scan = Scan::new(
            self,
            self.subjects.log(),
            subject,
            from,
            Some(last.sequence),
        );
        while let Some(stored) = scan.next().await? {
            if stored.message(&self.place)?.last_version() >= version {
                return Ok(Some(stored));
            }
        }
        Ok(None)
    }

    /// A sequence from which on the stream's messages begin at this version or a little before it; `last` is the last of them.
    pub(crate) async fn locate(
        &self,
        stream: &StreamName,
        version: u64,
        last: &Stored,
    ) -> Result<u64, StoreError> {
        if version <= READ_OVER {
            return Ok(1);
        }
        if last.message(&self.place)?.first_version <= version {
            return Ok(last.sequence);
        }
        let subject = self.subjects.events(stream);
        // The version stands in a message from `low` on and before `high`; before `low` there are only versions up to `below`.
        let (mut low, mut high, mut below) = (1, last.sequence, 0_u64);
        while low < high && version - below > READ_OVER {
            let middle = low + (high - low) / 2;
            let get = Get::next(&subject, middle);
            let Some(found) = self.get(self.subjects.log(), get).await? else {
                return Ok(low);
            };
            let message = found.message(&self.place)?;
            if message.first_version > version {
                high = middle;
            } else if message.last_version() >= version {
                return Ok(found.sequence);
            } else {
                below = message.last_version();
                low = found.sequence.saturating_add(1);
            }
        }
        Ok(low)
    }
}
