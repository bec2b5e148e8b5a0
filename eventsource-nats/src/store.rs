//! The store: what its users hold.

use std::fmt;
use std::sync::Arc;

use async_nats::Client;
use eventsource_core::Position;
use eventsource_core::store::{
    AppendError, Commit, CommitRecord, Committed, EventStore, ReadLog, ReadStream, StoreError,
    StoreErrorKind, Visitor,
};
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::connect::Server;
use crate::head::Head;
use crate::layout::Known;
use crate::options::NatsOptions;
use crate::pages::Pages;
use crate::read;
use crate::schema::{self, Layout};
use crate::tails::Tails;
use crate::writer::Writer;

/// Events and snapshots in NATS JetStream. Cheap to clone; the clones are one store.
///
/// When the last clone is dropped, what was accepted is still written, as long as the tokio runtime lives; [`close`](EventStore::close) waits
/// for it.
#[derive(Clone)]
pub struct NatsStore {
    inner: Arc<Inner>,
}

struct Inner {
    server: Server,
    replicas: Option<usize>,
    layout: Known,
    writer: Writer,
    tails: Arc<Tails>,
    head: Arc<Head>,
    pages: Arc<Pages>,
}

impl fmt::Debug for NatsStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NatsStore")
            .field("place", &self.inner.server.place.name())
            .finish_non_exhaustive()
    }
}

impl NatsStore {
    /// Connects to the servers at `url`: `nats://user:password@host:4222`, `nats://token@host:4222`, or `tls://…`; several with commas between them.
    /// One connection is made, to see that the server is there and new enough; nothing is written. Streams that are missing are made when the store
    /// is [prepared](EventStore::prepare), as `App::start` does.
    ///
    /// # Errors
    ///
    /// When the URL cannot be read, no server can be reached, it refuses the user, is older than 2.12.6, or has no JetStream.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        NatsOptions::new().connect(url).await
    }

    /// Opens the log through a client that is connected already, with what encryption and authentication it has. Closing the store leaves the client
    /// connected.
    ///
    /// # Errors
    ///
    /// When the server is older than 2.12.6, or has no JetStream.
    pub async fn from_client(client: Client) -> Result<Self, StoreError> {
        NatsOptions::new().from_client(client).await
    }

    /// How to open a store otherwise than by default.
    #[must_use]
    pub fn options() -> NatsOptions {
        NatsOptions::new()
    }

    pub(crate) async fn connect_with(options: NatsOptions, url: &str) -> Result<Self, StoreError> {
        let server = Server::connect(&options, url).await?;
        Self::assemble(&options, server)
    }

    #[expect(clippy::unused_async, reason = "the same shape as connecting")]
    pub(crate) async fn from_client_with(
        options: NatsOptions,
        client: Client,
    ) -> Result<Self, StoreError> {
        let server = Server::of_client(&options, client)?;
        Self::assemble(&options, server)
    }

    fn assemble(options: &NatsOptions, server: Server) -> Result<Self, StoreError> {
        let runtime = Handle::try_current().map_err(|error| {
            server
                .place
                .error(
                    StoreErrorKind::Unavailable,
                    "it needs a tokio runtime: open it inside of one",
                )
                .source(error)
        })?;
        let head = Arc::new(Head::new(options.look_every));
        let tails = Arc::new(Tails::new(options.streams_known));
        let writer = Writer::new(
            server.clone(),
            Arc::clone(&tails),
            Arc::clone(&head),
            runtime,
        );
        Ok(Self {
            inner: Arc::new(Inner {
                replicas: options.replicas,
                layout: Known::default(),
                server,
                writer,
                tails,
                head,
                pages: Arc::default(),
            }),
        })
    }

    /// The log as it is laid out: as it was found not long ago, or as it is found now.
    async fn layout(&self) -> Result<Layout, StoreError> {
        let inner = &self.inner;
        inner.writer.check_open()?;
        if let Some(layout) = inner.layout.of_late() {
            return Ok(layout);
        }
        let _one_at_a_time = inner.layout.looking.lock().await;
        if let Some(layout) = inner.layout.of_late() {
            return Ok(layout);
        }
        let found = match inner.layout.known() {
            // There is no clock to ask by.
            Some(known) if Handle::try_current().is_err() => return Ok(known),
            // A server that does not answer shows itself in what is asked of it next.
            Some(known) => schema::look(&inner.server).await?.unwrap_or(known),
            None => schema::prepare(&inner.server, false, inner.replicas).await?,
        };
        inner.layout.learn(found);
        Ok(found)
    }
}

impl EventStore for NatsStore {
    async fn prepare(&self, migrate: bool) -> Result<(), StoreError> {
        let inner = &self.inner;
        inner.writer.check_open()?;
        let found = schema::prepare(&inner.server, migrate, inner.replicas).await?;
        inner.layout.learn(found);
        Ok(())
    }

    async fn append(&self, commit: Commit) -> Result<Committed, AppendError> {
        let layout = self.layout().await?;
        self.inner.writer.append(commit, layout).await
    }

    async fn find_commit(&self, id: Uuid) -> Result<Option<CommitRecord>, StoreError> {
        self.layout().await?;
        self.inner.writer.find(id).await
    }

    async fn read_stream<V: Visitor>(&self, read: ReadStream, visitor: V) -> Result<V, StoreError> {
        let layout = self.layout().await?;
        let Inner { server, tails, .. } = &*self.inner;
        read::stream::read(server, layout, tails, read, visitor).await
    }

    async fn read_log<V: Visitor>(&self, read: ReadLog, visitor: V) -> Result<V, StoreError> {
        let layout = self.layout().await?;
        let Inner { server, pages, .. } = &*self.inner;
        read::log::read(server, layout, pages, read, visitor).await
    }

    async fn head(&self) -> Result<Position, StoreError> {
        self.layout().await?;
        let (head, layout) = read::log::head(&self.inner.server).await?;
        self.inner.layout.learn(layout);
        Ok(head)
    }

    async fn wait(&self, after: Position) {
        let head = &self.inner.head;
        // An error shows itself to the caller in its next read.
        let looked = self.head().await;
        if looked.map_or(true, |found| found > after) {
            return;
        }
        while !head.grown(after).await {
            if head.is_due() {
                match self.head().await {
                    Ok(found) => head.publish(found),
                    Err(_) => return,
                }
            }
        }
    }

    async fn types(&self) -> Result<Vec<(String, u16)>, StoreError> {
        self.layout().await?;
        self.inner.server.types().await
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.inner.writer.close().await;
        self.inner.head.close();
        self.inner.pages.close();
        Ok(())
    }
}
