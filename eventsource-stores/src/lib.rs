//! Any store by one URL, so that a program goes from a file to a server by a setting.
//!
//! ```
//! use eventsource_core::prelude::*;
//!
//! # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
//! let url = std::env::var("BANK_STORE").unwrap_or_else(|_| "memory:".to_owned());
//! let store = eventsource_stores::open(&url).await.unwrap();
//! let app = App::start(store).await.unwrap();
//! # app.shutdown().await.unwrap();
//! # });
//! ```
//!
//! | URL | store |
//! |---|---|
//! | `memory:` | [`MemoryStore`]: its content ends with the program |
//! | `sqlite:bank.db`, `sqlite:/var/lib/bank/bank.db` | SQLite, in this file |
//! | `sqlite::memory:` | SQLite, in memory |
//! | `postgres://user:password@host:5432/database` | PostgreSQL, with all parameters that its driver reads |
//! | `nats://user:password@host:4222`, `tls://…`; several with commas between them | NATS JetStream |
//!
//! Behind a URL of JetStream, these parameters may stand, as in `nats://host:4222?log=bank&views=sqlite:views.db`:
//!
//! | parameter | |
//! |---|---|
//! | `log` | the name of the log; `eventsource` by default |
//! | `replicas` | on how many servers it is kept: 1, 3 or 5 |
//! | `views` | the URL of another store, for the read models: JetStream holds none. In it, `%` is `%25`, `&` is `%26` and `+` stands for itself |
//!
//! A store that needs other options than those in its URL is opened by its own crate; [`AnyStore::new`] takes that too.
//!
//! # Features
//!
//! `sqlite` and `postgres`, both on by default, and `nats` bring the stores. A URL of one that was left out is an error that names the feature.

#![forbid(unsafe_code)]

#[cfg(not(all(feature = "sqlite", feature = "postgres", feature = "nats")))]
use std::future::{Ready, ready};

use eventsource_core::MemoryStore;
#[cfg(feature = "nats")]
use eventsource_core::store::EventStore as _;
use eventsource_core::store::{AnyStore, StoreError, StoreErrorKind};

/// Opens the store at this URL.
///
/// # Errors
///
/// When the URL is of no store that this build has, or the store cannot be opened. No error holds the URL, which may have a password in it.
pub async fn open(url: &str) -> Result<AnyStore, StoreError> {
    let Some((scheme, rest)) = url.split_once(':') else {
        return Err(unknown("it has no scheme"));
    };
    match scheme {
        "memory" if rest.is_empty() => Ok(AnyStore::new(MemoryStore::new())),
        "memory" => Err(invalid("memory has no name: write it as memory:")),
        "sqlite" => sqlite(rest).await,
        "postgres" | "postgresql" => postgres(url).await,
        "nats" | "tls" => nats(url).await,
        _ => Err(unknown("its scheme is of no store here")),
    }
}

#[cfg(feature = "sqlite")]
async fn sqlite(rest: &str) -> Result<AnyStore, StoreError> {
    use eventsource_sqlite::SqliteStore;

    let path = rest.strip_prefix("//").unwrap_or(rest);
    match path {
        "" => Err(invalid("it names no file: write it as sqlite:bank.db")),
        ":memory:" => SqliteStore::in_memory().await.map(AnyStore::new),
        path => SqliteStore::open(path).await.map(AnyStore::new),
    }
}

#[cfg(feature = "postgres")]
async fn postgres(url: &str) -> Result<AnyStore, StoreError> {
    use eventsource_postgres::PostgresStore;

    PostgresStore::connect(url).await.map(AnyStore::new)
}

#[cfg(feature = "nats")]
async fn nats(url: &str) -> Result<AnyStore, StoreError> {
    use eventsource_nats::NatsStore;

    let (servers, parameters) = url.split_once('?').unwrap_or((url, ""));
    let mut options = NatsStore::options();
    let mut views = None;
    for parameter in parameters.split('&').filter(|text| !text.is_empty()) {
        let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = percent_encoding::percent_decode_str(value)
            .decode_utf8()
            .map_err(|_| invalid("a parameter is no UTF-8: write it as log=bank"))?;
        options = match key {
            "log" => options.log(value),
            "replicas" => {
                let copies = value
                    .parse()
                    .map_err(|_| invalid("replicas is 1, 3 or 5: write it as replicas=3"))?;
                options.replicas(copies)
            }
            "views" => {
                views = Some(value);
                options
            }
            _ => {
                return Err(invalid(
                    "it has a parameter that is none of log, replicas and views: write it as nats://host:4222?log=bank&replicas=3&views=sqlite:views.db",
                ));
            }
        };
    }
    let log = AnyStore::new(options.connect(servers).await?);
    let Some(views) = views else {
        return Ok(log);
    };
    let views = Box::pin(open(&views)).await?;
    if views.views().is_none() {
        return Err(invalid(
            "the store of its views holds no read models: write it as views=sqlite:views.db, or name a PostgreSQL server",
        ));
    }
    Ok(log.with_views(views))
}

#[cfg(not(feature = "sqlite"))]
fn sqlite(_: &str) -> Ready<Result<AnyStore, StoreError>> {
    ready(Err(left_out("sqlite")))
}

#[cfg(not(feature = "postgres"))]
fn postgres(_: &str) -> Ready<Result<AnyStore, StoreError>> {
    ready(Err(left_out("postgres")))
}

#[cfg(not(feature = "nats"))]
fn nats(_: &str) -> Ready<Result<AnyStore, StoreError>> {
    ready(Err(left_out("nats")))
}

/// A store that this build does not have.
#[cfg(not(all(feature = "sqlite", feature = "postgres", feature = "nats")))]
fn left_out(feature: &str) -> StoreError {
    StoreError::new(
        StoreErrorKind::Unsupported,
        PLACE,
        format!(
            "this program was built without its store: give eventsource-stores the feature {feature}"
        ),
    )
}

const PLACE: &str = "store URL";

fn invalid(what: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Invalid, PLACE, what)
}

fn unknown(what: &str) -> StoreError {
    invalid(&format!(
        "{what}: write memory:, sqlite:bank.db, postgres://user:password@host:5432/database or nats://user:password@host:4222"
    ))
}
