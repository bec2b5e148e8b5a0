//! A read model's table, as a store has to make it.

use std::fmt;

use super::{ColumnType, ViewStoreError};
use crate::Position;
use crate::store::Fingerprint;

/// A column of a read model.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
// Four facts that go in any combination are no state machine.
#[allow(clippy::struct_excessive_bools)]
pub struct ColumnSpec {
    /// Its name.
    pub name: String,
    /// Its type.
    pub column_type: ColumnType,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether it is the primary key. At most one column is.
    pub key: bool,
    /// Whether it has an index.
    pub index: bool,
    /// Whether no two rows may have the same value.
    pub unique: bool,
    /// What nested values are made of, found when a table is described.
    pub(crate) content: ContentShape,
}

/// What the type of a JSON column is made of, in words, where it is asked. It is a part of the table's description, and no two columns differ
/// by it alone.
#[derive(Clone, Copy, Default)]
pub(crate) struct ContentShape(pub(crate) Option<fn() -> Option<String>>);

impl PartialEq for ContentShape {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for ContentShape {}

impl fmt::Debug for ContentShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContentShape").finish_non_exhaustive()
    }
}

impl ColumnSpec {
    /// A plain column.
    pub fn new(name: impl Into<String>, column_type: ColumnType, nullable: bool) -> Self {
        Self {
            name: name.into(),
            column_type,
            nullable,
            key: false,
            index: false,
            unique: false,
            content: ContentShape::default(),
        }
    }

    /// Has this tell what the nested values are made of.
    pub(crate) fn content(mut self, shape: fn() -> Option<String>) -> Self {
        self.content = ContentShape(Some(shape));
        self
    }

    /// Makes it the primary key.
    #[must_use]
    pub fn key(mut self, yes: bool) -> Self {
        self.key = yes;
        self
    }

    /// Gives it an index.
    #[must_use]
    pub fn index(mut self, yes: bool) -> Self {
        self.index = yes;
        self
    }

    /// Makes its values unique.
    #[must_use]
    pub fn unique(mut self, yes: bool) -> Self {
        self.unique = yes;
        self
    }
}

/// A read model's table, as the store has to make it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ViewTable {
    /// The projection's name: what SQL tools read.
    pub name: String,
    /// The projection's version: each has a table of its own.
    pub version: u32,
    /// The columns, in order. A global read model has no key column and one row.
    pub columns: Vec<ColumnSpec>,
    /// What must be the same for the stored rows to be gone on with: columns, keys and events.
    pub fingerprint: Fingerprint,
    /// The same in words, a line each, kept with the table so that a difference can be told.
    pub description: String,
    /// Lines that a description may have in the place of one of these, each with its own one of today: an event under an older name.
    pub former: Vec<(String, String)>,
    /// Behind which position a new one begins to read the log. A new version of one that is there begins where that one began.
    pub begins: Position,
    /// Where the log ended when it was opened. Of a new one that is kept: until it has come there it is being built, and what it shows lacks what has
    /// long happened.
    pub target: Position,
    /// Whether it is the one that a rebuild fills beside the served one, with rows, checkpoint and lease of its own.
    pub shadow: bool,
}

impl ViewTable {
    /// A table.
    pub fn new(
        name: impl Into<String>,
        version: u32,
        columns: Vec<ColumnSpec>,
        fingerprint: Fingerprint,
        description: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            version,
            columns,
            fingerprint,
            description: description.into(),
            former: Vec::new(),
            begins: Position::START,
            target: Position::START,
            shadow: false,
        }
    }

    /// Names the lines that an older description may have in the place of one of this one's.
    #[must_use]
    pub fn former(mut self, lines: Vec<(String, String)>) -> Self {
        self.former = lines;
        self
    }

    /// Lets a new one begin behind this position instead of at the log's start.
    #[must_use]
    pub fn begins(mut self, position: Position) -> Self {
        self.begins = position;
        self
    }

    /// Has a new one count as being built until it has come to this position.
    #[must_use]
    pub fn target(mut self, position: Position) -> Self {
        self.target = position;
        self
    }

    /// The table that a rebuild of this one fills.
    #[must_use]
    pub fn shadow(&self) -> Self {
        Self {
            shadow: true,
            ..self.clone()
        }
    }

    /// The table that is read, of which this may be the shadow.
    #[must_use]
    pub fn served(&self) -> Self {
        Self {
            shadow: false,
            ..self.clone()
        }
    }

    /// The description of a table that was made when some of its lines read otherwise, in the words of today.
    fn in_words_of_today(&self, description: &str) -> String {
        let mut lines: Vec<&str> = description
            .lines()
            .map(|line| {
                let former = self.former.iter().find(|(then, _)| then == line);
                former.map_or(line, |(_, now)| now)
            })
            .collect();
        // The columns are in order, the events behind them are sorted and stand there once.
        if let Some(events) = lines.get_mut(self.columns.len()..) {
            events.sort_unstable();
        }
        lines.dedup();
        lines.join("\n")
    }

    /// For stores: whether the rows of a stored table of this fingerprint and description are gone on with. An event that was renamed since,
    /// and is read under its older name, makes no other table.
    ///
    /// # Errors
    ///
    /// [`ViewStoreError::Changed`], with the lines of the description that differ, where it was made from something else.
    pub fn goes_on_with(
        &self,
        fingerprint: Fingerprint,
        description: &str,
    ) -> Result<(), ViewStoreError> {
        if fingerprint == self.fingerprint {
            return Ok(());
        }
        let today = self.in_words_of_today(description);
        if today != description && today == self.description {
            return Ok(());
        }
        Err(self.changed_since(&today))
    }

    fn changed_since(&self, description: &str) -> ViewStoreError {
        let lines = |of: &str, without: &str, verb: &str| {
            of.lines()
                .filter(|line| !without.lines().any(|other| other == *line))
                .map(|line| format!("{verb} `{}`", line.trim()))
                .collect::<Vec<_>>()
        };
        let mut differences = lines(description, &self.description, "it had");
        differences.extend(lines(&self.description, description, "it has now"));
        if differences.is_empty() {
            differences.push("the order of its columns, or the way that they are kept".to_owned());
        }
        ViewStoreError::Changed {
            projection: self.name.clone(),
            version: self.version,
            difference: differences.join(", "),
        }
    }

    /// The place of the key column; `None` for a global read model.
    #[must_use]
    pub fn key_column(&self) -> Option<usize> {
        self.columns.iter().position(|column| column.key)
    }
}
