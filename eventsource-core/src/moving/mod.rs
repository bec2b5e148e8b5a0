//! Moving a log: out as JSON lines, in again, or from one store to another.
//!
//! ```
//! use eventsource_core::MemoryStore;
//! use eventsource_core::moving::{Mark, Move, export};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let (old, new) = (MemoryStore::new(), MemoryStore::new());
//!
//! // Through a file, or any other pipe.
//! let mut lines = Vec::new();
//! let exported = export(&old, &mut lines, Mark::default()).await.unwrap();
//! let moved = Move::to(&new).lines(&lines[..]).await.unwrap();
//! assert_eq!((moved.events, moved.chain), (exported.events, exported.chain));
//!
//! // Or at once.
//! Move::to(&new).log_of(&old).await.unwrap();
//! # });
//! ```
//!
//! # What is kept
//!
//! Streams, versions, event ids, names, schema versions, times, payloads and metadata, to the byte, and the order of the whole log. A command's id
//! goes on to be known, with the answer that it got, where its events carry it ([`Metadata::command_id`](crate::Metadata::command_id)). Other
//! commits get ids of their own; the events of such a commit stay together where they have one time and one metadata, and are not very many or very large.
//!
//! Positions are the store's own: the new store gives new ones. [`Move::positions`] maps those that somebody keeps, such as a subscription's
//! checkpoint; [`read_models`] moves the tables of projections and process managers, with their checkpoints, skips and outboxes.
//!
//! # What is checked
//!
//! Each line has a digest of itself and of all before it, and the last line counts the events: a file that was cut, edited or put in another
//! order is refused at the line where it begins to differ. The digest of a log is the same in every store: where [`export`] of both gives the same
//! [`Mark::chain`], both hold the same. It guards against mistakes, not against forgers.
//!
//! # Interrupted
//!
//! An import or a move that is begun again writes nothing twice: commits have the same ids each time, and a store answers a repetition as it answered at first.
//! An export goes on from a [`Mark`]: that of the last whole line is found by [`Mark::of`].

mod error;
mod export;
mod import;
mod line;
mod models;
mod places;
mod source;

pub use error::MoveError;
pub use export::export;
pub use import::{Move, Moved};
pub use line::Mark;
pub use models::read_models;
