//! The streams of a log: made once, and refused where somebody has set them to lose, change or forget events.

use std::time::Instant;

use async_nats::jetstream::stream::{
    Config, DiscardPolicy, Info, PersistenceMode, RetentionPolicy, StorageType,
};
use async_nats::jetstream::{self, ErrorCode, kv};
use eventsource_core::store::{StoreError, StoreErrorKind};

use crate::connect::Server;
use crate::error::Failed;

/// The version of the layout: of streams, subjects and claims. It stands in the metadata of the log's stream.
const VERSION: u32 = 1;

/// Where it stands.
const VERSION_KEY: &str = "eventsource.layout";

/// How many servers keep a log that is made in a cluster.
const REPLICAS: usize = 3;

/// What was found of the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    /// Whether other servers than the leader have copies, and answer direct gets.
    pub(crate) replicated: bool,
}

impl Layout {
    pub(crate) fn of(found: &Info) -> Self {
        Self {
            replicated: found.config.num_replicas > 1,
        }
    }
}

/// Makes the streams that are missing, where that is allowed, and checks those that are there.
pub(crate) async fn prepare(
    server: &Server,
    migrate: bool,
    asked: Option<usize>,
) -> Result<Layout, StoreError> {
    server.check_version()?;
    let replicas = asked.unwrap_or(match server.client.server_info().cluster {
        Some(_) => REPLICAS,
        None => 1,
    });
    let subjects = &server.subjects;
    let claims = config(
        subjects.claims(),
        subjects.all_claims(),
        "ids of commits and types of events",
        replicas,
    );
    let events = config(
        subjects.log().to_owned(),
        subjects.all_events(),
        "events, a commit a message",
        replicas,
    );
    // The log comes last, so that one that is there has the others.
    let snapshots = bucket(server, migrate, replicas).await?;
    check_bucket(server, &snapshots)?;
    let claims = stream(server, migrate, claims).await?;
    let events = stream(server, migrate, events).await?;
    for (found, subject) in [
        (&claims, subjects.all_claims()),
        (&events, subjects.all_events()),
    ] {
        check(server, &found.config, &subject)?;
        check_whole(server, found)?;
        check_copies(server, &found.config, asked, replicas)?;
    }
    Ok(Layout::of(&events))
}

/// Looks at the log once more, without patience: the number of its copies may have been changed.
pub(crate) async fn look(server: &Server) -> Result<Option<Layout>, StoreError> {
    server.check_version()?;
    let found = info(server, server.subjects.log()).await;
    Ok(found.ok().flatten().map(|found| Layout::of(&found)))
}

fn config(name: String, subject: String, what: &str, replicas: usize) -> Config {
    Config {
        name,
        subjects: vec![subject],
        description: Some(format!("eventsource: {what}")),
        storage: StorageType::File,
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::New,
        num_replicas: replicas,
        max_messages: -1,
        max_bytes: -1,
        max_messages_per_subject: -1,
        max_message_size: -1,
        deny_delete: true,
        deny_purge: true,
        allow_direct: true,
        allow_atomic_publish: true,
        metadata: [(VERSION_KEY.to_owned(), VERSION.to_string())].into(),
        ..Config::default()
    }
}

/// What the server has, of a stream that is made where it is missing.
async fn stream(server: &Server, migrate: bool, wanted: Config) -> Result<Info, StoreError> {
    let doing = "looking for the log's streams";
    let name = wanted.name.clone();
    server
        .patiently(doing, || async {
            match info(server, &name).await {
                Ok(Some(info)) => Ok(info),
                Ok(None) if !migrate => Err(Failed::For(server.place.not_prepared())),
                Ok(None) => {
                    let since = Instant::now();
                    let made = server.jetstream.create_stream(wanted.clone()).await;
                    match made {
                        Ok(made) => Ok(made.cached_info().clone()),
                        // Another program was first; what it has made is looked at.
                        Err(error) if answered(&error, ErrorCode::STREAM_NAME_EXIST) => {
                            Err(Failed::Away(server.place.no_answer(doing)))
                        }
                        Err(error) => {
                            let subject = format!("$JS.API.STREAM.CREATE.{name}");
                            let request = (&*subject, since);
                            Err(server.place.request("making a stream", request, &error))
                        }
                    }
                }
                Err(failed) => Err(failed),
            }
        })
        .await
}

/// The stream as it is, where it is there.
pub(crate) async fn info(server: &Server, name: &str) -> Result<Option<Info>, Failed> {
    let subject = format!("STREAM.INFO.{name}");
    let (request, since) = (format!("$JS.API.{subject}"), Instant::now());
    let asked = server.jetstream.request(subject, &()).await;
    let failed = |error| {
        let request = (&*request, since);
        server
            .place
            .request("reading the log's end", request, &error)
    };
    match asked.map_err(failed)? {
        jetstream::response::Response::Ok(info) => Ok(Some(info)),
        jetstream::response::Response::Err { error }
            if error.error_code() == ErrorCode::STREAM_NOT_FOUND =>
        {
            Ok(None)
        }
        jetstream::response::Response::Err { error } => {
            Err(server.place.jetstream("reading the log's end", &error))
        }
    }
}

fn answered(error: &(dyn std::error::Error + 'static), code: ErrorCode) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<jetstream::Error>() {
            return error.error_code() == code;
        }
        cause = error.source();
    }
    false
}

async fn bucket(server: &Server, migrate: bool, replicas: usize) -> Result<Config, StoreError> {
    let bucket = server.subjects.snapshots();
    let name = format!("KV_{bucket}");
    server
        .patiently("looking for the snapshots", || async {
            match info(server, &name).await? {
                Some(info) => Ok(info.config),
                None if !migrate => Err(Failed::For(server.place.not_prepared())),
                None => {
                    let config = kv::Config {
                        bucket: bucket.clone(),
                        description: "eventsource: snapshots".to_owned(),
                        history: 1,
                        storage: StorageType::File,
                        num_replicas: replicas,
                        ..kv::Config::default()
                    };
                    let since = Instant::now();
                    match server.jetstream.create_key_value(config).await {
                        Ok(made) => Ok(made.stream.cached_info().config.clone()),
                        Err(error) if answered(&error, ErrorCode::STREAM_NAME_EXIST) => {
                            Err(Failed::Away(server.place.no_answer("making a bucket")))
                        }
                        Err(error) => {
                            let subject = format!("$JS.API.STREAM.CREATE.{name}");
                            let request = (&*subject, since);
                            Err(server.place.request("making a bucket", request, &error))
                        }
                    }
                }
            }
        })
        .await
}

/// Snapshots may be lost and made again, so that all that counts is that the newest one of a key is found.
fn check_bucket(server: &Server, found: &Config) -> Result<(), StoreError> {
    if found.max_messages_per_subject == 1 && !found.no_ack {
        return Ok(());
    }
    let advice = Way::Edit.advice(&found.name);
    foreign(
        server,
        &found.name,
        &format!("its history is not 1; {advice}"),
    )
}

/// Refuses a stream that does not keep what it is given, as it was given.
fn check(server: &Server, found: &Config, subject: &str) -> Result<(), StoreError> {
    let version = found.metadata.get(VERSION_KEY);
    match version.map(|version| version.parse()) {
        Some(Ok(VERSION)) => {}
        Some(Ok(newer)) if newer > VERSION => {
            return Err(server.place.error(
                StoreErrorKind::NewerSchema,
                format!(
                    "stream {} is of layout {newer}, this release knows layouts up to {VERSION}: start a newer release of the program",
                    found.name
                ),
            ));
        }
        _ => {
            return foreign(
                server,
                &found.name,
                "another program has made it, for it has no layout of this store in its metadata: give the log a name of its own, with NatsOptions::log",
            );
        }
    }
    match wrong(found, subject) {
        Some((wrong, way)) => {
            let advice = way.advice(&found.name);
            foreign(server, &found.name, &format!("{wrong}; {advice}"))
        }
        None => Ok(()),
    }
}

/// Refuses a log that lacks what it had: versions and positions would begin anew behind it.
fn check_whole(server: &Server, found: &Info) -> Result<(), StoreError> {
    let state = &found.state;
    let lost = state.last_sequence.saturating_sub(state.messages);
    if lost == 0 {
        return Ok(());
    }
    Err(server.place.error(
        StoreErrorKind::Corrupt,
        format!(
            "stream {} lacks {lost} of the {} messages that it had: they were deleted, purged or lost, restore it from a backup",
            found.config.name, state.last_sequence
        ),
    ))
}

/// Refuses fewer copies than were asked for, and traces fewer than a new log would have here.
fn check_copies(
    server: &Server,
    found: &Config,
    asked: Option<usize>,
    wanted: usize,
) -> Result<(), StoreError> {
    if found.num_replicas >= wanted {
        return Ok(());
    }
    let (name, copies) = (&found.name, found.num_replicas);
    if asked.is_some() {
        return Err(server.place.error(
            StoreErrorKind::Corrupt,
            format!(
                "stream {name} has {copies} of {wanted} copies, and is lost with fewer servers than was asked for; correct it with `nats stream edit {name} --replicas {wanted}`"
            ),
        ));
    }
    tracing::warn!(
        stream = %name,
        copies,
        "the log has one copy in a cluster: `nats stream edit {name} --replicas {wanted}` gives it more"
    );
    Ok(())
}

fn foreign<T>(server: &Server, stream: &str, what: &str) -> Result<T, StoreError> {
    Err(server.place.error(
        StoreErrorKind::Corrupt,
        format!("stream {stream} is not set up as a log, {what}"),
    ))
}

/// What to do about a setting.
#[derive(Clone, Copy)]
enum Way {
    /// The server changes it.
    Edit,
    /// It stays as the stream was made.
    MakeAnew,
}

impl Way {
    fn advice(self, stream: &str) -> String {
        match self {
            Self::Edit => format!("correct it with `nats stream edit {stream}`"),
            Self::MakeAnew => format!(
                "the server cannot change that of a stream: give the log another name with NatsOptions::log, and move what is in {stream} there"
            ),
        }
    }
}

/// What a log cannot be trusted with, and how it has to be.
fn wrong(found: &Config, subject: &str) -> Option<(&'static str, Way)> {
    let rules = [
        (
            found.subjects == [subject],
            "its subjects are not those of the log alone",
            Way::Edit,
        ),
        (
            found.storage == StorageType::File,
            "it is kept in memory: storage must be `file`",
            Way::MakeAnew,
        ),
        (
            found.retention == RetentionPolicy::Limits,
            "messages leave it: retention must be `limits`",
            Way::MakeAnew,
        ),
        (
            found.discard == DiscardPolicy::New,
            "old messages are discarded: discard must be `new`",
            Way::Edit,
        ),
        (
            found.deny_delete,
            "messages can be deleted: deny_delete must be true",
            Way::Edit,
        ),
        (
            found.deny_purge,
            "it can be purged: deny_purge must be true",
            Way::Edit,
        ),
        (
            found.max_age.is_zero(),
            "messages grow too old for it: max_age must be 0",
            Way::Edit,
        ),
        (
            found.max_messages < 0 && found.max_messages_per_subject < 0,
            "it has a limit of messages: max_msgs and max_msgs_per_subject must be -1",
            Way::Edit,
        ),
        (
            found.max_bytes < 0,
            "it has a limit of bytes: max_bytes must be -1",
            Way::Edit,
        ),
        (
            found.max_message_size < 0,
            "it has a limit of a message's size: max_msg_size must be -1",
            Way::Edit,
        ),
        (
            !found.allow_message_ttl && !found.allow_rollup,
            "messages can remove others or themselves: allow_msg_ttl and allow_rollup_hdrs must be false",
            Way::MakeAnew,
        ),
        (
            !found.no_ack,
            "it does not acknowledge: no_ack must be false",
            Way::Edit,
        ),
        (!found.sealed, "it is sealed", Way::MakeAnew),
        (
            found.persist_mode != Some(PersistenceMode::Async),
            "it acknowledges before it writes: persist_mode must be `default`",
            Way::MakeAnew,
        ),
        (
            found.mirror.is_none() && found.sources.as_ref().is_none_or(Vec::is_empty),
            "it is fed by other streams: it must have no mirror and no sources",
            Way::MakeAnew,
        ),
        (
            found.subject_transform.is_none(),
            "it changes the subjects of messages: it must have no subject transform",
            Way::Edit,
        ),
        (
            found.allow_direct,
            "it answers no direct gets: allow_direct must be true",
            Way::Edit,
        ),
        (
            found.allow_atomic_publish,
            "it takes no atomic batches: allow_atomic must be true, on a server of 2.12.6 or newer",
            Way::Edit,
        ),
    ];
    rules
        .into_iter()
        .find_map(|(holds, otherwise, way)| (!holds).then_some((otherwise, way)))
}
