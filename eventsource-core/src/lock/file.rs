//! The lock file: what was released, in lines that are reviewed in a diff.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::aggregate::LockedAggregate;
use super::declaration::Kind;
use super::schema::Reading;
use crate::shape::{Format, Node};

const HEAD: &str = "\
# What was released: every version of every event and stored command, payloads that each must read for ever, and the streams of aggregates.
# Written by `EVENTSOURCE_LOCK=update cargo test`, which only adds. Review it like code, and commit it.
";

/// All that was released.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct LockFile {
    pub(crate) events: BTreeMap<String, LockedType>,
    /// Commands that a process manager sent.
    pub(crate) commands: BTreeMap<String, LockedType>,
    /// By the names that streams begin with.
    pub(crate) aggregates: BTreeMap<String, LockedAggregate>,
    /// Fingerprints of states that are kept as snapshots, by the aggregate's name.
    pub(crate) snapshots: BTreeMap<String, String>,
    /// What a projection's table is made of, by name and version.
    pub(crate) projections: BTreeMap<(String, u32), BTreeSet<String>>,
}

/// One event or command, by the name that it was stored under.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct LockedType {
    /// The Rust type, and variant, that declared it: names that two of them exchange leave every payload as it was.
    pub(crate) rust_name: Option<String>,
    /// Other names that it was read under.
    pub(crate) aliases: BTreeSet<String>,
    /// How it was no longer written, if so.
    pub(crate) status: Option<String>,
    pub(crate) versions: BTreeMap<u16, LockedVersion>,
}

/// One schema version of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct LockedVersion {
    /// What was read; `None` where no type says it.
    pub(crate) shape: Option<Format>,
    pub(crate) golden: Vec<Golden>,
    /// Whether code of the user's panicked at a sample: of today's code only, never in the file.
    pub(crate) panicked: bool,
}

/// A payload, and what it was read as.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Golden {
    pub(crate) payload: Value,
    /// What it was read as: a record for each time that the current version was raised since.
    pub(crate) readings: Vec<Vec<Reading>>,
}

impl LockFile {
    /// What was stored of a kind.
    pub(super) fn of(&self, kind: Kind) -> &BTreeMap<String, LockedType> {
        match kind {
            Kind::Event => &self.events,
            Kind::Command => &self.commands,
        }
    }

    pub(super) fn of_mut(&mut self, kind: Kind) -> &mut BTreeMap<String, LockedType> {
        match kind {
            Kind::Event => &mut self.events,
            Kind::Command => &mut self.commands,
        }
    }

    /// What a version was read as, where that is known.
    pub(super) fn shape(&self, kind: Kind, name: &str, version: u16) -> Option<&Format> {
        self.of(kind)
            .get(name)?
            .versions
            .get(&version)?
            .shape
            .as_ref()
    }

    pub(crate) fn to_text(&self) -> String {
        let mut text = String::from(HEAD);
        for kind in Kind::ALL {
            for (name, locked) in self.of(kind) {
                text.push('\n');
                text.push_str(&locked.to_node(kind, name).to_string());
            }
        }
        for (name, locked) in &self.aggregates {
            text.push('\n');
            text.push_str(&locked.to_node(name).to_string());
        }
        if !self.snapshots.is_empty() {
            text.push('\n');
        }
        for (name, fingerprint) in &self.snapshots {
            let node = Node::new(format!("snapshot {name} {fingerprint}"), Vec::new());
            text.push_str(&node.to_string());
        }
        for ((name, version), lines) in &self.projections {
            let lines = lines.iter().map(|line| Node::new(line, Vec::new()));
            let node = Node::new(
                format!("projection {name} version {version}"),
                lines.collect(),
            );
            text.push('\n');
            text.push_str(&node.to_string());
        }
        text
    }
}

impl LockedType {
    fn to_node(&self, kind: Kind, name: &str) -> Node {
        let also = self.aliases.iter().map(|alias| format!("also {alias}"));
        let rust = self.rust_name.iter().map(|name| format!("rust {name}"));
        let lines = rust.chain(also).chain(self.status.clone());
        let mut within: Vec<Node> = lines.map(|line| Node::new(line, Vec::new())).collect();
        for (version, locked) in &self.versions {
            let dropped = self.status.as_deref() == Some("dropped");
            within.push(locked.to_node(*version, dropped));
        }
        Node::new(format!("{} {name}", kind.word()), within)
    }
}

impl LockedVersion {
    fn to_node(&self, version: u16, dropped: bool) -> Node {
        let mut within = Vec::new();
        within.extend(self.shape.as_ref().map(|shape| shape.to_node("shape")));
        if self.golden.is_empty() && !dropped {
            within.push(Node::new(
                "unseen: no payload is known; give a field an `example`, or `schemars`, or write one behind `golden`, as it was stored",
                Vec::new(),
            ));
        }
        within.extend(self.golden.iter().map(Golden::to_node));
        Node::new(format!("version {version}"), within)
    }
}

impl Golden {
    fn to_node(&self) -> Node {
        let readings = self.readings.iter().filter_map(|readings| {
            let (first, more) = readings.split_first()?;
            let more = more
                .iter()
                .map(|reading| Node::new(format!("and {}", line_of(reading)), Vec::new()));
            Some(Node::new(format!("is {}", line_of(first)), more.collect()))
        });
        Node::new(format!("golden {}", self.payload), readings.collect())
    }
}

fn line_of(reading: &Reading) -> String {
    let Reading {
        name,
        version,
        value,
    } = reading;
    value.as_ref().map_or_else(
        || format!("{name} {version}"),
        |value| format!("{name} {version} {value}"),
    )
}
