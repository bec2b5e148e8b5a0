//! What must keep compiling, without a warning, whatever the user's crate denies. Each edition has a crate of its own over these files.

#![deny(
    warnings,
    missing_docs,
    unsafe_code,
    deprecated,
    unused_qualifications,
    rust_2018_idioms,
    clippy::pedantic,
    clippy::nursery
)]

pub mod both;
pub mod deprecated;
pub mod fragments;
pub mod names;
pub mod shadowed;
pub mod visibility;
