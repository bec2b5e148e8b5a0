//! The project's own commands: `cargo xtask test`, `cargo xtask soak`, `cargo xtask suites`, `cargo xtask bench`.
//!
//! They need Rust and a C compiler, and no other tool.

#![forbid(unsafe_code)]

mod bench;
mod examples;
mod failure;
mod package;
mod report;
mod run;
mod rust_version;
mod servers;
mod soak;
mod suites;
mod test;
mod toolchain;
mod trees;
mod workspace;

use std::process::ExitCode;

use failure::Failure;
use workspace::Workspace;

/// One thing that `cargo xtask` can do.
struct Command {
    name: &'static str,
    says: &'static str,
    does: fn(&Workspace, &[String]) -> Result<(), Failure>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "test",
        says: "format check, lints, build, tests, examples, doc tests, docs, packages, dependencies",
        does: test::all,
    },
    Command {
        name: "soak",
        says: "the tests again, optimised, with many more crashes and cases [--only PART] [--crashes N] [--server-crashes N] [--cases N] [--seconds N] [--events N]",
        does: soak::all,
    },
    Command {
        name: "suites",
        says: "the conformance suite on every store, and its table in docs/stores.md [with EVENTSOURCE_UPDATE=1: written anew]",
        does: suites::all,
    },
    Command {
        name: "bench",
        says: "the benches, beside hand-written code and published crates [arguments of cargo bench]",
        does: bench::all,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        println!("{}", list());
        return ExitCode::SUCCESS;
    };
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        eprintln!("cargo xtask has no command `{name}`\n\n{}", list());
        return ExitCode::FAILURE;
    };
    let outcome = Workspace::read().and_then(|workspace| (command.does)(&workspace, rest));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\ncargo xtask {name} failed: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn list() -> String {
    let lines = COMMANDS
        .iter()
        .map(|command| format!("\n  cargo xtask {:<6} {}", command.name, command.says));
    std::iter::once(String::from("commands:"))
        .chain(lines)
        .collect()
}
