//! Getting messages: one from the leader, or many in a batch.
//!
//! A message that is asked for by `STREAM.MSG.GET` comes from the stream's leader, so that what was acknowledged is found. Batches are direct gets,
//! which any server that has a copy may answer, and some of them may be behind: who asks for a batch knows up to where it has to reach. Messages of a
//! batch can be lost on their way, by a client that cannot take them or in mid-batch by a connection that is made anew, so each says which one came
//! before it.
//!
//! The library's own `request` traces the answer, payloads included, so gets go around it.

use std::time::{Duration, Instant};

use async_nats::jetstream::response::Response;
use async_nats::jetstream::stream::RawMessage;
use async_nats::jetstream::{ErrorCode, message::StreamMessage};
use async_nats::{Request, StatusCode, Subject, Subscriber};
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

/// How many messages come in one batch at most. The client drops what a subscription cannot take that has 65,536 messages waiting, or fewer where a
/// user's own client says so: what is missing of a batch is noticed, and asked for again.
pub(crate) const BATCH: usize = 8192;

/// The status behind the last message of a batch, for which the library has no name.
const END_OF_BATCH: u16 = 204;

/// The headers of a direct get: the stream that answers, the message's sequence and subject, the sequence of the batch's message before it (0 for the
/// first one), and how many messages are left.
const STREAM: &str = "Nats-Stream";
const SEQUENCE: &str = "Nats-Sequence";
const SUBJECT: &str = "Nats-Subject";
const BEFORE: &str = "Nats-Last-Sequence";
const PENDING: &str = "Nats-Num-Pending";

/// A message of a stream.
#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) sequence: u64,
    pub(crate) subject: Subject,
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
            let since = Instant::now();
            let asked = Request::new()
                .payload(request.clone())
                .timeout(Some(self.request_wait));
            let answer = self.client.send_request(subject.clone(), asked).await;
            let answer =
                answer.map_err(|error| self.place.request(doing, (&subject, since), &error))?;
            let answer: Response<Got> = serde_json::from_slice(&answer.payload)
                .map_err(|_| self.place.corrupt("the server's answer cannot be read"))?;
            match answer {
                Response::Ok(Got { message }) => {
                    let message = StreamMessage::try_from(message)
                        .map_err(|_| self.place.corrupt("the server's message cannot be read"))?;
                    Ok(Some(Stored {
                        sequence: message.sequence,
                        subject: message.subject,
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
        let since = Instant::now();
        self.client
            .publish_with_reply(direct(stream), inbox, request)
            .await
            .map_err(|error| failed(error.to_string()))?;
        Ok(Batch {
            answers,
            wait: self.request_wait,
            place: self.place.clone(),
            stream: stream.to_owned(),
            since,
            seen: 0,
            count: 0,
            original: true,
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

/// The subject of a stream's direct gets.
fn direct(stream: &str) -> String {
    format!("$JS.API.DIRECT.GET.{stream}")
}

/// What comes of a batch.
pub(crate) enum Next {
    Message(Stored),
    /// It is at its end, and the server that answered has so many messages behind it.
    End {
        pending: u64,
        /// Whether all came from the stream itself, and not from a mirror of it, which may be behind. An empty batch does not tell.
        original: bool,
    },
}

/// Messages on their way.
pub(crate) struct Batch {
    answers: Subscriber,
    wait: Duration,
    place: Place,
    stream: String,
    /// When it was asked for.
    since: Instant,
    /// The sequence of its last message so far.
    seen: u64,
    /// How many came so far.
    count: usize,
    original: bool,
}

impl Batch {
    /// How many messages came so far.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// What comes next; [`Failed::Away`] where something did not come that should have.
    pub(crate) async fn next(&mut self) -> Result<Next, Failed> {
        let doing = "reading messages";
        let Ok(Some(answer)) = tokio::time::timeout(self.wait, self.answers.next()).await else {
            let denied = self.place.denied(doing, &direct(&self.stream), self.since);
            return Err(match denied {
                Some(denied) => Failed::For(denied),
                None => Failed::Away(self.place.no_answer(doing)),
            });
        };
        let header = |name: &str| {
            let headers = answer.headers.as_ref()?;
            headers.get(name).map(async_nats::HeaderValue::as_str)
        };
        let number = |name: &str| header(name)?.parse::<u64>().ok();
        let unreadable = || self.place.corrupt("the server's message cannot be read");
        match answer.status {
            None => {}
            Some(status) if status.as_u16() == END_OF_BATCH => {
                self.check(number(BEFORE).ok_or_else(unreadable)?)?;
                return Ok(Next::End {
                    pending: number(PENDING).unwrap_or(0),
                    original: self.original && self.count > 0,
                });
            }
            Some(StatusCode::NOT_FOUND) => {
                return Ok(Next::End {
                    pending: 0,
                    original: false,
                });
            }
            Some(status) => {
                let cause = format!("status {status}");
                return Err(Failed::Away(self.place.no_answer(doing).source(cause)));
            }
        }
        self.check(number(BEFORE).ok_or_else(unreadable)?)?;
        self.original &= header(STREAM) == Some(&self.stream);
        let sequence = number(SEQUENCE).ok_or_else(unreadable)?;
        let subject = header(SUBJECT).ok_or_else(unreadable)?.to_owned().into();
        self.seen = sequence;
        self.count += 1;
        Ok(Next::Message(Stored {
            sequence,
            subject,
            body: answer.payload,
        }))
    }

    /// Whether the message before this one was seen.
    fn check(&self, before: u64) -> Result<(), Failed> {
        if before == self.seen {
            return Ok(());
        }
        let cause = format!(
            "messages behind {} were lost on their way: there was one of sequence {before}",
            self.seen
        );
        let lost = self.place.no_answer("reading messages").source(cause);
        Err(Failed::Away(lost))
    }
}
