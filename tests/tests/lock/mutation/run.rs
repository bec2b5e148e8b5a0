//! Changed programs, each compiled and held against the lock of the program before the change.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::mutants::Mutant;
use crate::check::{check, folder};

/// What came of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// rustc refused it.
    Compiler(String),
    /// The lock refused it.
    Lock(String),
    /// Nobody did.
    Passes(String),
}

/// A program that is changed, and what of it is registered.
pub struct Base {
    pub name: &'static str,
    pub path: &'static str,
    pub register: &'static str,
    /// A lock file with payloads of what no sample fits, written by hand.
    pub golden: &'static str,
}

pub const BASES: [Base; 5] = [
    Base {
        name: "bank",
        path: "../examples/bank.rs",
        register: ".aggregate::<Account>().projection::<Balance>()",
        golden: "",
    },
    Base {
        name: "evolution",
        path: "../examples/evolution.rs",
        register: ".aggregate::<Member>()",
        golden: "\
event measured
  version 1
    golden {\"dev\":\"d\",\"milli_celsius\":1.5,\"temp_unit\":\"C\"}
  version 2
    golden {\"device\":\"d\",\"milli_celsius\":1.5,\"unit\":\"C\"}
event address.changed
  version 1
    golden {\"street\":\"s\",\"city\":\"c\"}
",
    },
    Base {
        name: "checkout",
        path: "../examples/checkout.rs",
        register: ".aggregate::<Order>().aggregate::<Shipment>().projection::<Customer>().projection::<Dashboard>().process_manager::<Fulfilment>()",
        golden: "",
    },
    Base {
        name: "deep",
        path: "tests/lock/mutation/deep.rs",
        register: ".aggregate::<Parcel>()",
        golden: "",
    },
    Base {
        name: "forms",
        path: "tests/lock/mutation/forms.rs",
        register: ".aggregate::<Bill>()",
        golden: "event bill.sent\n  version 1\n    golden {\"to\":\"t\",\"street\":\"s\",\"city\":\"c\"}\n",
    },
];

/// The declarations of a program, without what runs them, and what registers them.
fn domain(base: &Base) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(base.path);
    let program = fs::read_to_string(path).unwrap();
    let ends = ["#[tokio::main]", "fn main() {", "#[cfg(test)]", "#[test]"];
    let end = ends.iter().filter_map(|end| program.find(end)).min();
    let program = program[..end.unwrap_or(program.len())]
        .replace("use eventsource_sqlite::SqliteStore;\n", "");
    format!(
        "{program}\npub fn registry() -> eventsource_core::registry::Registry {{ eventsource_core::registry::Registry::builder(){}.build() }}\n",
        base.register
    )
}

/// What comes of each change.
pub fn outcomes(test: &str, mutants: &[Mutant]) -> Vec<Outcome> {
    let bases: Vec<String> = BASES.iter().map(domain).collect();
    let sources: Vec<String> = mutants
        .iter()
        .map(|mutant| source(mutant, &bases))
        .collect();
    let mut outcomes: Vec<Option<Outcome>> = vec![None; mutants.len()];
    // rustc tells what is wrong in the names before it looks at the types, so that it has to be asked until it is content.
    loop {
        let open: Vec<usize> = (0..mutants.len())
            .filter(|at| outcomes[*at].is_none())
            .collect();
        let programs: Vec<&str> = bases
            .iter()
            .chain(open.iter().map(|at| &sources[*at]))
            .map(String::as_str)
            .collect();
        let told = check(test, "target", &programs);
        for (base, told) in BASES.iter().zip(&told) {
            assert!(told.is_empty(), "{} does not compile: {told:?}", base.name);
        }
        let mut refused = false;
        for (at, told) in open.iter().zip(&told[bases.len()..]) {
            if let Some(first) = told.first() {
                outcomes[*at] = Some(Outcome::Compiler(first.message.clone()));
                refused = true;
            }
        }
        if !refused {
            for (at, answer) in open.iter().zip(locked(test, programs.len())) {
                outcomes[*at] = Some(answer);
            }
            return outcomes.into_iter().flatten().collect();
        }
    }
}

fn source(mutant: &Mutant, bases: &[String]) -> String {
    let at = BASES
        .iter()
        .position(|base| base.name == mutant.of)
        .unwrap();
    let mut source = bases[at].clone();
    for (from, to) in mutant.changes {
        assert!(source.contains(from), "{}: no {from:?}", mutant.of);
        source = source.replacen(from, to, 1);
    }
    // Each base is found by its name.
    format!("pub const OF: usize = {at};\n{source}").replacen("//!", "//", 8)
}

/// Runs the programs that compile, and tells what the lock says of each.
fn locked(test: &str, programs: usize) -> Vec<Outcome> {
    let folder: PathBuf = folder().join(test);
    let mut main = String::from("#![allow(warnings)]\n");
    for at in 0..programs {
        let _ = writeln!(main, "#[path = \"../program_{at}.rs\"] mod program_{at};");
    }
    main.push_str("use eventsource_core::lock::{run, Mode};\nfn main() {\n");
    for (at, base) in BASES.iter().enumerate() {
        fs::write(folder.join(format!("{at}.lock")), base.golden).unwrap();
        let _ = writeln!(
            main,
            "let report = run(\"{at}.lock\", &program_{at}::registry(), Mode::Update).unwrap();
            assert!(report.unseen().is_empty(), \"{{report}}\");"
        );
    }
    for at in BASES.len()..programs {
        let _ = writeln!(
            main,
            "match run(format!(\"{{}}.lock\", program_{at}::OF), &program_{at}::registry(), Mode::Read) {{
                Ok(report) => println!(\"passes {{:?}}\", report.to_string()),
                Err(error) => println!(\"lock {{:?}}\", error.to_string()),
            }}"
        );
    }
    main.push_str("}\n");
    let bin = folder.join("src").join("bin");
    fs::create_dir_all(&bin).unwrap();
    fs::write(bin.join("held.rs"), main).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--offline", "--bin", "held"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", self::folder().join("target"))
        .output()
        .expect("cargo runs");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{told}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    told.lines()
        .map(|line| {
            let (word, text) = line.split_once(' ').unwrap();
            let text: String = serde_json::from_str(text).unwrap_or_else(|_| text.to_owned());
            match word {
                "lock" => Outcome::Lock(text),
                _ => Outcome::Passes(text),
            }
        })
        .collect()
}
