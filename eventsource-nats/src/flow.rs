//! The messages of a subject as the server pushes them: a long way goes faster so than by batches, each of which is asked for and answered.
//!
//! A consumer is made for it, which costs about as much as ten requests. It is ordered: what is lost on the way, or with a connection, is pushed again.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::push::{Ordered, OrderedConfig};
use async_nats::jetstream::stream::Stream;
use eventsource_core::store::StoreError;
use futures_util::StreamExt as _;
use tokio::runtime::Handle;

use crate::connect::Server;
use crate::error::Failed;
use crate::fetch::Stored;

/// For how long no consumer is asked for after one was not made: a server that denies it does not answer, and each look would wait for it.
const NOT_AGAIN: Duration = Duration::from_secs(60);

/// When a consumer was not made.
#[derive(Debug, Default)]
pub(crate) struct Refused(Mutex<Option<Instant>>);

impl Refused {
    fn of_late(&self) -> bool {
        let at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        at.is_some_and(|at| at.elapsed() < NOT_AGAIN)
    }

    fn now(&self) {
        let mut at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *at = Some(Instant::now());
    }
}

/// Messages that the server pushes one after another.
pub(crate) struct Flow {
    /// Boxed: it is large, and handed on with each message.
    messages: Box<Ordered>,
    /// Where its consumer is, to be deleted behind it.
    stream: Stream<()>,
    consumer: String,
}

impl Server {
    /// The messages of a subject from this sequence on, pushed; `None` where the server makes no consumer for it, or this user may not have one.
    pub(crate) async fn flow(&self, stream: &str, subject: &str, from: u64) -> Option<Flow> {
        // The clock and the tasks of the library are tokio's.
        Handle::try_current().ok()?;
        if self.flows_refused.of_late() {
            return None;
        }
        let flow = self.make_flow(stream, subject, from).await;
        if flow.is_none() {
            self.flows_refused.now();
        }
        flow
    }

    async fn make_flow(&self, stream: &str, subject: &str, from: u64) -> Option<Flow> {
        let stream = self.jetstream.get_stream_no_info(stream).await.ok()?;
        let config = OrderedConfig {
            deliver_subject: self.client.new_inbox(),
            filter_subject: subject.to_owned(),
            deliver_policy: DeliverPolicy::ByStartSequence {
                start_sequence: from.max(1),
            },
            ..OrderedConfig::default()
        };
        let made = stream.create_consumer(config).await.ok()?;
        let consumer = made.cached_info().name.clone();
        let messages = Box::new(made.messages().await.ok()?);
        Some(Flow {
            messages,
            stream,
            consumer,
        })
    }

    /// What comes next of a flow; [`Failed::Away`] where nothing comes.
    pub(crate) async fn flowing(&self, flow: &mut Flow) -> Result<Stored, Failed> {
        let silent = || self.place.no_answer("reading messages");
        let next = tokio::time::timeout(self.request_wait, flow.messages.next());
        let message = match next.await {
            Ok(Some(Ok(message))) => message,
            Ok(Some(Err(error))) => return Err(Failed::Away(silent().source(error))),
            Ok(None) | Err(_) => return Err(Failed::Away(silent())),
        };
        let sequence = match message.info() {
            Ok(info) => info.stream_sequence,
            Err(_) => return Err(Failed::For(self.unnamed())),
        };
        let message = message.message;
        Ok(Stored {
            sequence,
            subject: message.subject,
            body: message.payload,
        })
    }

    fn unnamed(&self) -> StoreError {
        self.place
            .corrupt("a pushed message does not say which one it is")
    }
}

impl Drop for Flow {
    /// The server would keep the consumer for half a minute, and takes so many.
    fn drop(&mut self) {
        if let Ok(runtime) = Handle::try_current() {
            let (stream, consumer) = (self.stream.clone(), std::mem::take(&mut self.consumer));
            runtime.spawn(async move {
                // It may be gone already.
                let _ = stream.delete_consumer(&consumer).await;
            });
        }
    }
}
