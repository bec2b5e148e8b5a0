//! The derives as functions from tokens to tokens: what they generate, what they refuse, and the page that tells both.

#![cfg(test)]

mod diagnostics;
mod expansions;
mod golden;
mod mutants;
mod mutation;
mod places;
mod reference;
mod samples;
