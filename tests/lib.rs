//! Whole-system tests stand beside this file, one theme each.

pub mod toolchain;

/// The pages whose Rust code is compiled as doc tests, so that none shows what does not compile.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../README.md")]
    mod readme {}
    #[doc = include_str!("../docs/guide.md")]
    mod guide {}
    #[doc = include_str!("../docs/stores.md")]
    mod stores {}
    #[doc = include_str!("../docs/operations.md")]
    mod operations {}
    #[doc = include_str!("../docs/architecture.md")]
    mod architecture {}
}
