//! The changes, and whether what is stored reads differently by them.

mod aggregates;
mod beside;
mod commands;
mod families;
mod fields;
mod forms;
mod names;
mod nested;
mod older;
mod variants;

/// A change to a program.
#[derive(Debug, Clone, Copy)]
pub struct Mutant {
    /// The program's name.
    pub of: &'static str,
    /// What is replaced, the first time that it stands there.
    pub changes: &'static [(&'static str, &'static str)],
    /// Whether a stored event or command reads differently, or not at all.
    pub is_harmful: bool,
}

const fn harmful(of: &'static str, changes: &'static [(&'static str, &'static str)]) -> Mutant {
    Mutant {
        of,
        changes,
        is_harmful: true,
    }
}

const fn harmless(of: &'static str, changes: &'static [(&'static str, &'static str)]) -> Mutant {
    Mutant {
        of,
        changes,
        is_harmful: false,
    }
}

/// All of them.
pub fn all() -> Vec<Mutant> {
    [
        aggregates::MUTANTS,
        names::MUTANTS,
        fields::MUTANTS,
        older::MUTANTS,
        nested::MUTANTS,
        variants::MUTANTS,
        families::MUTANTS,
        forms::MUTANTS,
        beside::MUTANTS,
        commands::MUTANTS,
    ]
    .concat()
}
