//! A lock file read back. A line that is none of its own, or that stands twice, is told: a merge of two branches leaves such lines.

use std::collections::btree_map::{BTreeMap, Entry};

use super::aggregate::{Listing, LockedAggregate};
use super::declaration::Kind;
use super::file::{Golden, LockFile, LockedType, LockedVersion};
use super::schema::Reading;
use crate::shape::{Format, Node};

/// A lock file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {number} {what}: {line:?}")]
pub(super) struct Unreadable {
    number: usize,
    line: String,
    what: &'static str,
}

fn unknown(node: &Node) -> Unreadable {
    Unreadable {
        number: node.line,
        line: node.text.clone(),
        what: "is none of a lock file's own",
    }
}

fn twice(node: &Node) -> Unreadable {
    Unreadable {
        number: node.line,
        line: node.text.clone(),
        what: "stands there twice, as after a merge; keep one, with the payloads of both",
    }
}

/// Notes what a line says, unless another one said so before.
fn once<K: Ord, V>(
    known: &mut BTreeMap<K, V>,
    key: K,
    value: V,
    node: &Node,
) -> Result<(), Unreadable> {
    match known.entry(key) {
        Entry::Vacant(place) => {
            place.insert(value);
            Ok(())
        }
        Entry::Occupied(_) => Err(twice(node)),
    }
}

/// A line that nothing stands within.
fn leaf(node: &Node) -> Result<(), Unreadable> {
    node.children.first().map_or(Ok(()), |it| Err(unknown(it)))
}

impl LockFile {
    pub(super) fn parse(text: &str) -> Result<Self, Unreadable> {
        let mut file = Self::default();
        for node in Node::parse(text) {
            file.read(&node)?;
        }
        Ok(file)
    }

    fn read(&mut self, node: &Node) -> Result<(), Unreadable> {
        let unknown = || unknown(node);
        let (word, rest) = node.text.split_once(' ').ok_or_else(unknown)?;
        if let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.word() == word) {
            let locked = LockedType::read(node)?;
            return once(self.of_mut(kind), rest.to_owned(), locked, node);
        }
        match word {
            "aggregate" => {
                let locked = LockedAggregate::read(node)?;
                once(&mut self.aggregates, rest.to_owned(), locked, node)
            }
            "snapshot" => {
                leaf(node)?;
                let (name, fingerprint) = rest.split_once(' ').ok_or_else(unknown)?;
                let (name, fingerprint) = (name.to_owned(), fingerprint.to_owned());
                once(&mut self.snapshots, name, fingerprint, node)
            }
            "projection" => {
                let (name, version) = rest.split_once(" version ").ok_or_else(unknown)?;
                let version = version.parse().map_err(|_| unknown())?;
                for line in &node.children {
                    leaf(line)?;
                }
                let lines = node.children.iter().map(|line| line.text.clone());
                let key = (name.to_owned(), version);
                once(&mut self.projections, key, lines.collect(), node)
            }
            _ => Err(unknown()),
        }
    }
}

impl LockedAggregate {
    fn read(node: &Node) -> Result<Self, Unreadable> {
        let mut locked = Self::default();
        for line in &node.children {
            leaf(line)?;
            let (word, rest) = line.text.split_once(' ').unwrap_or((&line.text, ""));
            if word == "id" {
                let id = serde_json::from_str(rest).map_err(|_| unknown(line))?;
                if !locked.ids.insert(id) {
                    return Err(twice(line));
                }
            } else {
                let mut listings = Listing::ALL.into_iter();
                let listing = listings.find(|it| it.word() == word && !rest.is_empty());
                let listing = listing.ok_or_else(|| unknown(line))?;
                once(&mut locked.events, rest.to_owned(), listing, line)?;
            }
        }
        Ok(locked)
    }
}

impl LockedType {
    fn read(node: &Node) -> Result<Self, Unreadable> {
        let mut locked = Self::default();
        for line in &node.children {
            let (word, rest) = line.text.split_once(' ').unwrap_or((&line.text, ""));
            match (word, rest) {
                ("version", number) => {
                    let number = number.parse().map_err(|_| unknown(line))?;
                    let version = LockedVersion::read(line)?;
                    once(&mut locked.versions, number, version, line)?;
                }
                ("also", alias) if !alias.is_empty() => {
                    leaf(line)?;
                    if !locked.aliases.insert(alias.to_owned()) {
                        return Err(twice(line));
                    }
                }
                ("rust", name) if !name.is_empty() => {
                    leaf(line)?;
                    if locked.rust_name.replace(name.to_owned()).is_some() {
                        return Err(twice(line));
                    }
                }
                ("retired" | "dropped", "") | ("split", _) => {
                    leaf(line)?;
                    if word == "split" && !rest.starts_with("into ") {
                        return Err(unknown(line));
                    }
                    if locked.status.replace(line.text.clone()).is_some() {
                        return Err(twice(line));
                    }
                }
                _ => return Err(unknown(line)),
            }
        }
        Ok(locked)
    }
}

impl LockedVersion {
    fn read(node: &Node) -> Result<Self, Unreadable> {
        let mut version = Self::default();
        for line in &node.children {
            let (word, rest) = line.text.split_once(' ').unwrap_or((&line.text, ""));
            match word {
                "shape:" => {
                    let shape = Format::from_lines(rest, &line.children);
                    let shape = shape.ok_or_else(|| unknown(line))?;
                    if version.shape.replace(shape).is_some() {
                        return Err(twice(line));
                    }
                }
                "golden" => {
                    let golden = Golden::read(rest, line)?;
                    let is_known = |it: &Golden| it.payload == golden.payload;
                    if version.golden.iter().any(is_known) {
                        return Err(twice(line));
                    }
                    version.golden.push(golden);
                }
                "unseen:" => leaf(line)?,
                _ => return Err(unknown(line)),
            }
        }
        Ok(version)
    }
}

impl Golden {
    fn read(payload: &str, node: &Node) -> Result<Self, Unreadable> {
        let payload = serde_json::from_str(payload).map_err(|_| unknown(node))?;
        let mut readings = Vec::new();
        for line in &node.children {
            let mut parts = vec![reading(line, "is ")?];
            for line in &line.children {
                leaf(line)?;
                parts.push(reading(line, "and ")?);
            }
            readings.push(parts);
        }
        Ok(Self { payload, readings })
    }
}

fn reading(node: &Node, word: &str) -> Result<Reading, Unreadable> {
    let read = || {
        let (name, rest) = node.text.strip_prefix(word)?.split_once(' ')?;
        let (version, value) = match rest.split_once(' ') {
            Some((version, value)) => (version, Some(serde_json::from_str(value).ok()?)),
            None => (rest, None),
        };
        Some(Reading {
            name: name.to_owned(),
            version: version.parse().ok()?,
            value,
        })
    };
    read().ok_or_else(|| unknown(node))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_a_merge_doubled_or_broke_is_told_with_its_number() {
        let told = |text: &str| LockFile::parse(text).unwrap_err().to_string();
        let event = "event paid\n  also payed\n  version 1\n    golden {}\n      is paid 1 {}\n";
        assert!(LockFile::parse(event).is_ok());

        for (more, number, what) in [
            ("event paid\n  version 2\n", 6, "twice"),
            ("  also payed\n", 6, "twice"),
            ("  rust Paid\n  rust Payed\n", 7, "twice"),
            ("  version 1\n", 6, "twice"),
            ("    golden {}\n", 6, "twice"),
            ("  retired\n  dropped\n", 7, "twice"),
            ("<<<<<<< HEAD\n", 6, "none"),
            ("  retried\n", 6, "none"),
            ("  split up\n", 6, "none"),
            ("  also paying\n    version 3\n", 7, "none"),
            ("        or paid 1 {}\n", 6, "none"),
            ("    golden {\n", 6, "none"),
            ("aggregate user\naggregate user\n", 7, "twice"),
            ("aggregate user\n  id \"a\"\n  id \"a\"\n", 8, "twice"),
            ("aggregate user\n  reads paid\n  ignores paid\n", 8, "twice"),
            ("aggregate user\n  id a\n", 7, "none"),
            ("aggregate user\n  writes paid\n", 7, "none"),
            ("snapshot account a1\nsnapshot account b2\n", 7, "twice"),
            (
                "projection sums version 1\nprojection sums version 1\n",
                7,
                "twice",
            ),
        ] {
            let told = told(&format!("{event}{more}"));
            assert!(told.starts_with(&format!("line {number} ")), "{more}{told}");
            assert!(told.contains(what), "{more}{told}");
        }
    }
}
