//! Getting messages: one from the leader, or many in a batch.
//!
//! A message that is asked for by `STREAM.MSG.GET` comes from the stream's leader, so that what was acknowledged is found. Batches are direct gets,
//! which any server that has a copy may answer, and some of them may be behind: who asks for a batch knows up to where it has to reach.
//!
//! The library's own `request` traces the answer, payloads included, so gets go around it.

use std::time::Duration;

use async_nats::jetstream::response::Response;
use async_nats::jetstream::stream::RawMessage;
use async_nats::jetstream::{ErrorCode, message::StreamMessage};
use async_nats::{Request, StatusCode, Subscriber};
use bytes::Bytes;
use eventsource_core::Position;
use eventsource_core::store::{StoreError, StoreErrorKind};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};

use crate::connect::Server;
use crate::error::{Failed, Place};
use crate::message::{Message, Unreadable};

/// The pause before a request is tried again, at first and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(250));

/// How many messages come in one batch at most: the client drops what a subscription of 65,536 waiting messages cannot take.
pub(crate) const BATCH: usize = 8192;

/// The status behind the last message of a batch, for which the library has no name.
const END_OF_BATCH: u16 = 204;

/// The headers of a direct get: the message's sequence and subject, and how many messages are left.
const SEQUENCE: &str = "Nats-Sequence";
const SUBJECT: &str = "Nats-Subject";
const PENDING: &str = "Nats-Num-Pending";

/// A message of a stream.
#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) sequence: u64,
    pub(crate) subject: String,
    pub(crate) body: Bytes,
}

impl Stored {
    pub(crate) fn position(&self) -> Position {
        Position::from_raw(self.sequence)
    }

    /// What it says of itself, as a message of events.
    pub(crate) fn message(&self, place: &Place) -> Result<Message<'_>, StoreError> {
        Message::read(self.position(), &self.body)
            .map_err(|error| unreadable(place, self.sequence, &error))
    }
}

/// A message of the log that cannot be read.
pub(crate) fn unreadable(place: &Place, sequence: u64, error: &Unreadable) -> StoreError {
    match error {
        Unreadable::Newer(layout) => place.error(
            StoreErrorKind::NewerSchema,
            format!("message {sequence} is of layout {layout}, which a newer release writes: start a newer release of the program"),
        ),
        Unreadable::Foreign => place.corrupt(&format!("message {sequence} is no commit")),
    }
}

/// Which message is asked for, and how many after it.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Get<'a> {
    #[serde(rename = "seq", skip_serializing_if = "Option::is_none")]
    from: Option<u64>,
    #[serde(rename = "next_by_subj", skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
    #[serde(rename = "last_by_subj", skip_serializing_if = "Option::is_none")]
    last: Option<&'a str>,
    #[serde(rename = "batch", skip_serializing_if = "Option::is_none")]
    messages: Option<usize>,
    #[serde(rename = "max_bytes", skip_serializing_if = "Option::is_none")]
    bytes: Option<usize>,
}

impl<'a> Get<'a> {
    /// The last message of a subject.
    pub(crate) fn last(subject: &'a str) -> Self {
        Self {
            last: Some(subject),
            ..Self::default()
        }
    }

    /// The first message of a subject from this sequence on.
    pub(crate) fn next(subject: &'a str, from: u64) -> Self {
        Self {
            next: Some(subject),
            from: Some(from.max(1)),
            ..Self::default()
        }
    }
}

#[derive(Deserialize)]
struct Got {
    message: RawMessage,
}

impl Server {
    /// Tries until it succeeds, fails for good, or the patience ends.
    pub(crate) async fn patiently<T, Attempt>(
        &self,
        doing: &str,
        mut attempt: impl FnMut() -> Attempt,
    ) -> Result<T, StoreError>
    where
        Attempt: Future<Output = Result<T, Failed>>,
    {
        let begun = tokio::time::Instant::now();
        let (mut pause, longest) = PAUSES;
        loop {
            match attempt().await {
                Ok(done) => return Ok(done),
                Err(Failed::For(error)) => return Err(error),
                Err(Failed::Away(error)) if begun.elapsed() + pause > self.patience => {
                    tracing::debug!(place = self.place.name(), doing, "given up");
                    return Err(error);
                }
                Err(Failed::Away(_)) => tokio::time::sleep(pause).await,
            }
            pause = (pause * 2).min(longest);
        }
    }

    /// The message that was asked for, from the leader of the stream.
    pub(crate) async fn get(
        &self,
        stream: &str,
        get: Get<'_>,
    ) -> Result<Option<Stored>, StoreError> {
        let doing = "reading a message";
        let request = self.encoded(&get)?;
        let subject = format!("$JS.API.STREAM.MSG.GET.{stream}");
        self.patiently(doing, || async {
            let asked = Request::new()
                .payload(request.clone())
                .timeout(Some(self.request_wait));
            let answer = self.client.send_request(subject.clone(), asked).await;
            let answer = answer.map_err(|error| self.place.request(doing, &error))?;
            let answer: Response<Got> = serde_json::from_slice(&answer.payload)
                .map_err(|_| self.place.corrupt("the server's answer cannot be read"))?;
            match answer {
                Response::Ok(Got { message }) => {
                    let message = StreamMessage::try_from(message)
                        .map_err(|_| self.place.corrupt("the server's message cannot be read"))?;
                    Ok(Some(Stored {
                        sequence: message.sequence,
                        subject: message.subject.into_string(),
                        body: message.payload,
                    }))
                }
                Response::Err { error } if error.error_code() == ErrorCode::NO_MESSAGE_FOUND => {
                    Ok(None)
                }
                Response::Err { error } => Err(self.place.jetstream(doing, &error)),
            }
        })
        .await
    }

    /// Asks for the messages of a subject from this sequence on: at most so many messages, and about so many bytes.
    pub(crate) async fn batch(
        &self,
        stream: &str,
        subject: &str,
        from: u64,
        messages: usize,
        bytes: usize,
    ) -> Result<Batch, StoreError> {
        let doing = "reading messages";
        let get = Get {
            messages: Some(messages.clamp(1, BATCH)),
            bytes: Some(bytes),
            ..Get::next(subject, from)
        };
        let request = self.encoded(&get)?;
        let failed = |error: String| self.place.no_answer(doing).source(error);
        let inbox = self.client.new_inbox();
        let answers = self.client.subscribe(inbox.clone()).await;
        let answers = answers.map_err(|error| failed(error.to_string()))?;
        self.client
            .publish_with_reply(format!("$JS.API.DIRECT.GET.{stream}"), inbox, request)
            .await
            .map_err(|error| failed(error.to_string()))?;
        Ok(Batch {
            answers,
            wait: self.request_wait,
            place: self.place.clone(),
        })
    }

    fn encoded(&self, get: &Get<'_>) -> Result<Bytes, StoreError> {
        let encoded = serde_json::to_vec(get);
        encoded.map(Bytes::from).map_err(|error| {
            self.place
                .error(StoreErrorKind::Other, "a request cannot be written")
                .source(error)
        })
    }
}

/// What comes of a batch.
pub(crate) enum Next {
    Message(Stored),
    /// It is at its end, and the server that answered has so many messages behind it.
    End {
        pending: u64,
    },
}

/// Messages on their way.
pub(crate) struct Batch {
    answers: Subscriber,
    wait: Duration,
    place: Place,
}

impl Batch {
    pub(crate) async fn next(&mut self) -> Result<Next, Failed> {
        let doing = "reading messages";
        let Ok(Some(answer)) = tokio::time::timeout(self.wait, self.answers.next()).await else {
            return Err(Failed::Away(self.place.no_answer(doing)));
        };
        let header = |name: &str| {
            let headers = answer.headers.as_ref()?;
            headers.get(name).map(async_nats::HeaderValue::as_str)
        };
        let number = |name: &str| header(name)?.parse::<u64>().ok();
        match answer.status {
            None => {}
            Some(status) if status.as_u16() == END_OF_BATCH => {
                let pending = number(PENDING).unwrap_or(0);
                return Ok(Next::End { pending });
            }
            Some(StatusCode::NOT_FOUND) => return Ok(Next::End { pending: 0 }),
            Some(status) => {
                let cause = format!("status {status}");
                return Err(Failed::Away(self.place.no_answer(doing).source(cause)));
            }
        }
        let unreadable = || self.place.corrupt("the server's message cannot be read");
        Ok(Next::Message(Stored {
            sequence: number(SEQUENCE).ok_or_else(unreadable)?,
            subject: header(SUBJECT).ok_or_else(unreadable)?.to_owned(),
            body: answer.payload,
        }))
    }
}
