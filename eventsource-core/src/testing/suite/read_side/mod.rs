//! Whole programs on the store: their read models and process managers, with what goes wrong beside them. A store without tables of its own
//! lets them stand in memory, as a program with two stores does.

mod counter;
mod faults;
mod laws;
mod processes;
mod program;
mod rebuilds;
mod runners;
mod scratch;

pub use faults::*;
pub use laws::*;
pub use processes::*;
pub use rebuilds::*;
pub use runners::*;
