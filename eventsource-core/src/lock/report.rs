//! What the lock finds, and the words for it.

use std::fmt;

use crate::registry::Declared;

/// What a difference means for what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// Every released payload is read as before.
    Safe,
    /// The event's shape changed under a released version.
    NeedsVersion,
    /// A released payload is no longer read, or as another value.
    Breaks,
    /// A released event or version is in the code no longer.
    Gone,
    /// It is gone, and another of the same shape is new.
    Renamed,
    /// An upcast gives another value for the same payload each time.
    Unsteady,
    /// What a payload is read as is on record, and the type can no longer be written down: a change would pass unseen.
    Untold,
}

impl Verdict {
    fn words(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::NeedsVersion => "needs a version",
            Self::Breaks => "breaks",
            Self::Gone => "gone",
            Self::Renamed => "renamed?",
            Self::Unsteady => "unsteady",
            Self::Untold => "untold",
        }
    }
}

/// One difference between what was released and today's code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What it means.
    pub verdict: Verdict,
    /// The stored name of the event, the name of the projection, or `aggregate` and its name.
    pub name: String,
    /// The version that differs; 0 of an aggregate, which has none.
    pub version: u32,
    /// Where it is declared today; `None` when it is declared no longer.
    pub declared: Option<Declared>,
    /// The fields and variants that lead to the difference, joined by dots; empty for the whole.
    pub path: String,
    /// What differs.
    pub what: String,
    /// What to write, a line each.
    pub write: Vec<String>,
}

impl Finding {
    /// Whether it changes how something stored is read, or hides whether it does.
    #[must_use]
    pub fn is_harmful(&self) -> bool {
        self.verdict != Verdict::Safe
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.verdict.words(), self.name)?;
        if self.version > 0 {
            write!(f, " version {}", self.version)?;
        }
        if !self.path.is_empty() {
            write!(f, ", `{}`", self.path)?;
        }
        write!(f, ": {}", self.what)?;
        if let Some(declared) = &self.declared {
            write!(
                f,
                "\n  --> {}:{} `{}`",
                declared.file, declared.line, declared.rust_name
            )?;
        }
        for (at, line) in self.write.iter().enumerate() {
            let label = if at == 0 { "write:" } else { "" };
            write!(f, "\n  {label:<6} {line}")?;
        }
        Ok(())
    }
}

/// All differences between a lock file and today's code.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    pub(super) findings: Vec<Finding>,
    /// Versions whose payloads nobody knows, each in words.
    pub(super) unseen: Vec<String>,
}

impl Report {
    /// Each difference.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The differences that change how something stored is read.
    pub fn harmful(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|it| it.is_harmful())
    }

    /// What no payload is known of, and how to help it, a sentence each.
    #[must_use]
    pub fn unseen(&self) -> &[String] {
        &self.unseen
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let harmful = self.harmful().count();
        match harmful {
            0 => f.write_str("nothing that was released is read differently")?,
            1 => f.write_str("1 difference changes how stored events are read")?,
            _ => write!(f, "{harmful} differences change how stored events are read")?,
        }
        let mut findings: Vec<&Finding> = self.findings.iter().collect();
        findings.sort_by_key(|finding| !finding.is_harmful());
        for finding in findings {
            write!(f, "\n\n{finding}")?;
        }
        for unseen in &self.unseen {
            write!(f, "\n\nunseen: {unseen}")?;
        }
        Ok(())
    }
}
