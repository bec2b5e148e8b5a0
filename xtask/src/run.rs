//! Running programs, and steps that have a name and a time.

use std::ffi::OsString;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::failure::Failure;

/// Cargo, of the toolchain that runs this program.
pub fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

/// The command as one would type it.
pub fn typed(command: &Command) -> String {
    let mut words = Vec::new();
    for (key, value) in command.get_envs() {
        if let Some(value) = value {
            let value = value.to_string_lossy();
            let quote = if value.contains(' ') { "'" } else { "" };
            words.push(format!("{}={quote}{value}{quote}", key.to_string_lossy()));
        }
    }
    let program = command.get_program().to_string_lossy();
    if Some(command.get_program()) == std::env::var_os("CARGO").as_deref() {
        words.push("cargo".into());
    } else {
        words.push(program.into_owned());
    }
    for argument in command.get_args() {
        words.push(argument.to_string_lossy().into_owned());
    }
    words.join(" ")
}

/// Runs the command; what it prints goes to this program's own output.
///
/// # Errors
/// When it cannot be started, or ends with an error.
pub fn run(command: &mut Command) -> Result<(), Failure> {
    println!("   {}", typed(command));
    let status = command.status().map_err(|source| Failure::Start {
        command: typed(command),
        source,
    })?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::Ended {
        command: typed(command),
        status: status.to_string(),
    })
}

/// Runs the command and returns what it printed; its errors are shown.
///
/// # Errors
/// When it cannot be started, or ends with an error.
pub fn output(command: &mut Command) -> Result<String, Failure> {
    let Output { status, stdout, .. } =
        command
            .stderr(Stdio::inherit())
            .output()
            .map_err(|source| Failure::Start {
                command: typed(command),
                source,
            })?;
    if status.success() {
        return Ok(String::from_utf8_lossy(&stdout).into_owned());
    }
    Err(Failure::Ended {
        command: typed(command),
        status: status.to_string(),
    })
}

/// How often [`run_within`] looks whether the program has ended.
const LOOK: Duration = Duration::from_millis(20);

/// Runs the command, and stops it when it has not ended in time.
///
/// # Errors
/// When it cannot be started, ends with an error, or does not end.
pub fn run_within(command: &mut Command, limit: Duration) -> Result<(), Failure> {
    let started = Instant::now();
    let name = typed(command);
    let start = |source| Failure::Start {
        command: name.clone(),
        source,
    };
    let mut child = command.spawn().map_err(start)?;
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => {
                return Err(Failure::Ended {
                    command: name,
                    status: status.to_string(),
                });
            }
            Ok(None) if started.elapsed() < limit => std::thread::sleep(LOOK),
            Ok(None) => {
                // The program may end by itself just now; then there is nothing to stop.
                let _ = child.kill();
                let _ = child.wait();
                return Err(Failure::Endless {
                    command: name,
                    after: limit,
                });
            }
            Err(source) => return Err(start(source)),
        }
    }
}

/// Steps that are run one after the other. The first that fails ends them.
pub struct Steps {
    started: Instant,
    done: Vec<(&'static str, Duration)>,
}

impl Steps {
    /// No step yet.
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
            done: Vec::new(),
        }
    }

    /// Runs one step, and says its name and how long it took.
    ///
    /// # Errors
    /// What the step fails with, under its name.
    pub fn step(
        &mut self,
        name: &'static str,
        step: impl FnOnce() -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        println!("\n── {name}");
        let started = Instant::now();
        let outcome = step();
        let took = started.elapsed();
        match outcome {
            Ok(()) => {
                println!("   {name}: passed in {:.1} s", took.as_secs_f64());
                self.done.push((name, took));
                Ok(())
            }
            Err(failure) => {
                println!("   {name}: FAILED after {:.1} s", took.as_secs_f64());
                Err(Failure::Rule(format!("step `{name}`: {failure}")))
            }
        }
    }

    /// Says what all steps took.
    pub fn close(&self) {
        println!("\n── all {} steps passed", self.done.len());
        for (name, took) in &self.done {
            println!("   {name:<14} {:>7.1} s", took.as_secs_f64());
        }
        println!(
            "   {:<14} {:>7.1} s",
            "together",
            self.started.elapsed().as_secs_f64()
        );
    }
}
