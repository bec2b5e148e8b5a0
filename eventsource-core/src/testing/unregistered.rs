//! A runtime for the derives that registers nothing: what the conformance suite declares is no part of the programs that are tested with it.
//!
//! Written as `crate = crate::testing::unregistered`.

pub(crate) mod __private {
    #[allow(unused_imports, reason = "what the derives name, all of it")]
    pub(crate) use crate::__private::*;

    pub(crate) mod inventory {
        macro_rules! submit {
            ($($registration:tt)*) => {};
        }
        pub(crate) use submit;
    }
}
