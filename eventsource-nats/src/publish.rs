//! Publishing: what the server answers, and what its silence means.

use std::time::Instant;

use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::publish::PublishAck;
use async_nats::jetstream::response::Response;
use async_nats::jetstream::{self, ErrorCode};
use async_nats::{HeaderMap, Request};
use bytes::Bytes;
use eventsource_core::store::StoreError;
use uuid::Uuid;

use crate::connect::Server;
use crate::error::Failed;

/// The headers of an atomic batch, after ADR-50 of the NATS architecture decisions.
const BATCH_ID: &str = "Nats-Batch-Id";
const BATCH_SEQUENCE: &str = "Nats-Batch-Sequence";
const BATCH_COMMIT: &str = "Nats-Batch-Commit";

/// The last message that a subject has to have.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expected {
    Any,
    /// Of this sequence; 0: none.
    Last(u64),
}

/// What became of a message, or of a batch.
pub(crate) enum Outcome {
    /// It is written, under this sequence; of a batch, the first message's.
    Written(u64),
    /// The subject has another last message, or another message is on its way to it.
    Refused,
    /// Nobody was there to take it.
    NotTaken(StoreError),
    /// There was no answer, or none that tells: it may be written, now or in a moment.
    Unknown(StoreError),
    /// It is not written, and would not be the next time.
    Failed(StoreError),
    /// The server that leads the stream could not keep it. Where there are other copies, they may have: each is told to before any of them has tried.
    NotKept(StoreError),
}

/// A message of a batch: its subject, what it expects, and its body.
pub(crate) type Part = (String, u64, Bytes);

impl Server {
    /// Publishes one message and waits for the answer.
    pub(crate) async fn publish(
        &self,
        subject: String,
        body: Bytes,
        expected: Expected,
    ) -> Outcome {
        let doing = "appending";
        let mut message = PublishMessage::build().payload(body);
        if let Expected::Last(sequence) = expected {
            message = message.expected_last_subject_sequence(sequence);
        }
        let since = Instant::now();
        let sent = self.jetstream.send_publish(subject.clone(), message).await;
        let answer = match sent {
            Ok(sent) => sent.await,
            Err(error) => Err(error),
        };
        let error = match answer {
            Ok(PublishAck { sequence, .. }) => return Outcome::Written(sequence),
            Err(error) => error,
        };
        match error.kind() {
            PublishErrorKind::WrongLastSequence => Outcome::Refused,
            PublishErrorKind::StreamNotFound => Outcome::NotTaken(self.place.no_answer(doing)),
            PublishErrorKind::TimedOut => match self.place.denied(doing, &subject, since) {
                Some(denied) => Outcome::Failed(denied),
                None => Outcome::Unknown(self.place.no_answer(doing).source(error.to_string())),
            },
            PublishErrorKind::Other => match jetstream_error(&error) {
                Some(error) => self.refusal(doing, error),
                None => Outcome::Unknown(self.place.no_answer(doing).source(error.to_string())),
            },
            _ => Outcome::Unknown(self.place.no_answer(doing).source(error.to_string())),
        }
    }

    /// Publishes messages that are written together, one after another, or not at all.
    pub(crate) async fn publish_batch(&self, parts: Vec<Part>) -> Outcome {
        let doing = "appending to several streams";
        let batch = Uuid::now_v7().simple().to_string();
        let count = parts.len();
        let mut answer = None;
        for (number, (subject, expected, body)) in (1..).zip(parts) {
            let mut headers = HeaderMap::new();
            headers.insert(BATCH_ID, batch.as_str());
            headers.insert(BATCH_SEQUENCE, number.to_string());
            headers.insert(
                async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE,
                expected.to_string(),
            );
            if number < count {
                let sent = self.client.publish_with_headers(subject, headers, body);
                if let Err(error) = sent.await {
                    // Without its last message the batch is nothing.
                    return Outcome::NotTaken(self.place.no_answer(doing).source(error));
                }
            } else {
                headers.insert(BATCH_COMMIT, "1");
                let last = Request::new()
                    .headers(headers)
                    .payload(body)
                    .timeout(Some(self.request_wait));
                answer = Some(self.client.send_request(subject, last).await);
            }
        }
        let unknown = |cause: String| Outcome::Unknown(self.place.no_answer(doing).source(cause));
        let answer = match answer {
            Some(Ok(answer)) => answer,
            Some(Err(error)) if error.kind() == async_nats::RequestErrorKind::NoResponders => {
                return Outcome::NotTaken(self.place.no_answer(doing));
            }
            Some(Err(error)) => return unknown(error.to_string()),
            None => return unknown("there was nothing to publish".to_owned()),
        };
        match serde_json::from_slice(&answer.payload) {
            Ok(Response::Ok(PublishAck { sequence, .. })) => {
                let before_last = count.saturating_sub(1) as u64;
                Outcome::Written(sequence.saturating_sub(before_last))
            }
            Ok(Response::Err { error }) => self.refusal(doing, &error),
            Err(error) => unknown(error.to_string()),
        }
    }

    /// Publishes what may be there more than once, until it is.
    pub(crate) async fn publish_patiently(
        &self,
        subject: &str,
        body: &Bytes,
    ) -> Result<(), StoreError> {
        self.patiently("appending", || async {
            match self
                .publish(subject.to_owned(), body.clone(), Expected::Any)
                .await
            {
                Outcome::Written(_) => Ok(()),
                Outcome::Failed(error) | Outcome::NotKept(error) => Err(Failed::For(error)),
                Outcome::NotTaken(error) | Outcome::Unknown(error) => Err(Failed::Away(error)),
                Outcome::Refused => Err(Failed::Away(self.place.no_answer("appending"))),
            }
        })
        .await
    }

    fn refusal(&self, doing: &str, error: &jetstream::Error) -> Outcome {
        match error.error_code() {
            ErrorCode::STREAM_WRONG_LAST_SEQUENCE
            | ErrorCode::STREAM_WRONG_LAST_SEQUENCE_CONSTANT
            | ErrorCode::STREAM_EXPECTED_LAST_SEQ_PER_SUBJECT_NOT_READY => Outcome::Refused,
            // Nothing of an incomplete batch is written, nor of one beyond those that a server does at once.
            ErrorCode::ATOMIC_PUBLISH_INCOMPLETE_BATCH
            | ErrorCode::ATOMIC_PUBLISH_TOO_MANY_INFLIGHT => {
                Outcome::NotTaken(self.place.no_answer(doing).source(error.to_string()))
            }
            ErrorCode::ATOMIC_PUBLISH_DISABLED => Outcome::Failed(self.place.error(
                eventsource_core::store::StoreErrorKind::Unsupported,
                "commits to several streams need atomic batches, which this stream does not take: allow_atomic must be true",
            )),
            ErrorCode::INSUFFICIENT_RESOURCES | ErrorCode::STREAM_STORE_FAILED => {
                match self.place.jetstream(doing, error) {
                    Failed::Away(error) | Failed::For(error) => Outcome::NotKept(error),
                }
            }
            _ => match self.place.jetstream(doing, error) {
                Failed::Away(error) => Outcome::Unknown(error),
                Failed::For(error) => Outcome::Failed(error),
            },
        }
    }
}

/// What JetStream said, below an error of the client.
fn jetstream_error<'e>(
    error: &'e (dyn std::error::Error + 'static),
) -> Option<&'e jetstream::Error> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}
