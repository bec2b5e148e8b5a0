//! The read models that an append folds.

use std::sync::Arc;

use super::log::{Entry, Log};
use super::rows::Changes;
use super::views::{Table, TableId, Tables};
use crate::Position;
use crate::store::{AppendError, Immediate, ImmediateFold};

/// What an append does to one table.
pub(super) struct Folded {
    table: TableId,
    changes: Changes,
    checkpoint: Position,
}

impl Tables {
    /// What a commit of these entries, which stand behind the log, does to the tables that every append folds. Nothing is changed.
    pub(super) fn fold(
        &self,
        brought: &[Immediate],
        log: &Log,
        entries: &[Arc<Entry>],
    ) -> Result<Vec<Folded>, AppendError> {
        let mut folded = Vec::new();
        for (id, table) in self.tables.iter().filter(|(_, table)| table.immediate) {
            let (name, version, _) = id;
            let served = self.tables.get(&(name.clone(), *version, false));
            let mut named = brought
                .iter()
                .filter(|it| it.table().name == *name)
                .peekable();
            if named.peek().is_none() {
                return Err(AppendError::NotFolded {
                    projection: name.clone(),
                });
            }
            if let Some(immediate) = named.find(|it| it.table().version == *version) {
                let mut fold = immediate.fold();
                let skips = served.iter().flat_map(|served| &served.skips);
                fold.pass_over(skips.map(|skip| skip.position));
                let (changes, checkpoint) = table.fold(fold, log, entries)?;
                folded.push(Folded {
                    table: id.clone(),
                    changes,
                    checkpoint,
                });
            }
        }
        Ok(folded)
    }

    /// Makes these changes, which were found on these very tables.
    pub(super) fn keep(&mut self, folded: Vec<Folded>) {
        for Folded {
            table,
            changes,
            checkpoint,
        } in folded
        {
            if let Some(table) = self.tables.get_mut(&table) {
                table.rows.change(changes);
                table.checkpoint = checkpoint;
                table.stop = None;
            }
        }
    }
}

impl Table {
    /// Folds what the log has behind the checkpoint, and then these entries.
    fn fold(
        &self,
        mut fold: ImmediateFold,
        log: &Log,
        entries: &[Arc<Entry>],
    ) -> Result<(Changes, Position), AppendError> {
        let gap = log.after(self.checkpoint);
        for stretch in gap.chain([entries]) {
            for entry in stretch {
                fold.read(&entry.recorded())?;
            }
            let missing = fold.missing();
            let rows = missing.iter().map(|key| self.rows.get(key.clone()));
            let rows = rows.collect();
            fold.supply(missing, rows)?;
        }
        let to = entries
            .last()
            .map_or(self.checkpoint, |entry| entry.recorded().position);
        let write = fold.write(self.checkpoint, to)?;
        let changes = self.rows.check(&self.made_as, write);
        Ok((changes.map_err(|error| fold.refused(error))?, to))
    }
}
