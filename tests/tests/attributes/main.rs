//! The examples of `docs/attributes.md`: what stands between `// example:` and `// end` is shown there, word for word.

// A type that shows a key need not be of use, too.
#![allow(dead_code)]

mod aggregate;
mod command;
mod event;
mod process_manager;
mod projection;
