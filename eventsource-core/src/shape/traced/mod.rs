//! What is known of a type from all passes so far, and what the next one is to try.

mod resolve;
mod variant;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value};

use super::any::Anything;
use super::format::{Content, Field, Format, Named, Tags};
use super::samples::End;
use super::tracer::{DEPTH, Refused};

/// What a pass leaves out, and to which end it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Mode {
    /// Nothing.
    #[default]
    Full,
    /// What may be missing, though it is no `Option`.
    Defaults,
    /// All that may be missing.
    Least,
    /// That, and what lists and maps hold.
    Empty,
    /// Nothing, and each number and text is at this end.
    To(End),
}

impl Mode {
    pub(super) const ALL: [Self; 4] = [Self::Full, Self::Defaults, Self::Least, Self::Empty];

    /// What tells no more of the shape, and gives payloads that fewer types read.
    pub(super) const ENDS: [Self; 2] = [Self::To(End::Low), Self::To(End::High)];

    pub(super) fn has_options(self) -> bool {
        matches!(self, Self::Full | Self::Defaults | Self::To(_))
    }
}

/// A field that no type knows.
pub(super) const STRANGER: &str = "a field that no type knows";

/// A field of a type, by the type's key.
type FieldKey = (String, String);

/// What is known so far.
#[derive(Debug, Default, Clone)]
pub(super) struct Traced {
    root: Format,
    named: BTreeMap<String, Named>,
    pub(super) mode: Mode,
    /// Which sample is next at a place.
    samples: HashMap<String, usize>,
    /// Keys that stand for a field that was given already, and that field.
    aliases: BTreeMap<FieldKey, String>,
    /// Fields that are given before their aliases.
    pub(super) first: BTreeSet<FieldKey>,
    /// The field that is left out, to see whether it is missed.
    probed: Option<FieldKey>,
    /// Fields that were left out, and not missed.
    spared: BTreeSet<FieldKey>,
    /// Types that refuse a field which they do not know.
    strict: BTreeSet<String>,
    /// Enums whose variants are told apart by a field, and whose content stands in another.
    tags: BTreeMap<String, Tags>,
    /// The variants that this pass has chosen, and that are not done.
    pub(super) chosen: Vec<(String, usize)>,
    /// Fields that no sample fits: they are asked last, so that they hide nothing.
    pub(super) opaque: BTreeSet<String>,
    /// How many variants of an enum are done, in this mode.
    done: HashMap<String, usize>,
    /// Which variant ends an enum that stands within itself.
    ends: HashMap<String, usize>,
    pub(super) anything: Anything,
    /// Places of the last pass that take what comes.
    pub(super) open: Vec<String>,
    /// What was tried last, in this pass.
    pub(super) last: Last,
    learned: bool,
    /// Whether code of the user's panicked.
    pub(super) panicked: bool,
    /// What the user gives for these places.
    examples: BTreeMap<String, Value>,
}

/// What the type was given last, before it refused.
#[derive(Debug, Default, Clone)]
pub(super) enum Last {
    #[default]
    Nothing,
    /// A sample, at this place, of so many.
    Sample(String, usize),
    /// One of the things that a type which takes anything may take, at this place.
    Any(String),
    /// A field's name.
    Key(String, String),
    /// A variant of an enum that stands too deep within itself.
    Within(String),
}

impl Traced {
    /// Nothing yet, but for what the user gives for these places.
    pub(super) fn of(examples: BTreeMap<String, Value>) -> Self {
        Self {
            examples,
            ..Self::default()
        }
    }

    /// What the user gives for this place.
    pub(super) fn example(&self, place: &str) -> Option<&Value> {
        self.examples.get(place)
    }

    pub(super) fn begin(&mut self, mode: Mode) {
        self.mode = mode;
        self.probed = None;
        self.done.clear();
        self.learned = false;
    }

    /// Whether another pass may tell more.
    pub(super) fn goes_on(&mut self, refused: Option<Refused>) -> bool {
        let last = std::mem::take(&mut self.last);
        let open = std::mem::take(&mut self.open);
        let chosen = std::mem::take(&mut self.chosen);
        if let Some(refused) = refused {
            // A variant that no sample fits does not hide those behind it.
            return self.goes_on_after(refused, last) || self.give_up(chosen);
        }
        let mut more = false;
        for place in open {
            more |= self.anything.took(&place);
        }
        let unseen = self.named.iter().any(|(key, named)| match named {
            Named::Enum(_, variants) => self.is_unfinished(key, variants.len()),
            Named::Struct(..) => false,
        });
        (unseen && std::mem::take(&mut self.learned)) || more
    }

    fn goes_on_after(&mut self, refused: Refused, last: Last) -> bool {
        match last {
            Last::Nothing => std::mem::take(&mut self.learned),
            Last::Sample(place, samples) => {
                let next = self.samples.entry(place.clone()).or_default();
                *next += 1;
                *next < samples || self.opaque.insert(place)
            }
            Last::Any(place) => self.anything.pass_over(&place) || self.opaque.insert(place),
            Last::Key(key, field) => match refused.duplicate {
                // Given before under another name: its own name is to come first.
                Some(name) if name == field => self.first.insert((key, field)),
                name => {
                    let name = name.unwrap_or_default().to_owned();
                    self.aliases.insert((key, field), name).is_none()
                }
            },
            Last::Within(key) => {
                let ends = self.ends.entry(key).or_default();
                *ends += 1;
                *ends < DEPTH
            }
        }
    }

    /// The type took what it was given of these fields.
    pub(super) fn spare(&mut self, key: &str, fields: &[&'static str], given: &Map<String, Value>) {
        let left_out = fields.iter().filter(|field| !given.contains_key(**field));
        let left_out = left_out.map(|field| (key.to_owned(), (*field).to_owned()));
        self.spared.extend(left_out);
    }

    pub(super) fn learn(&mut self, key: &str, named: Named) {
        match (self.named.get_mut(key), named) {
            (Some(Named::Struct(_, mine)), Named::Struct(_, other)) => mine.learn(other),
            (Some(Named::Enum(_, mine)), Named::Enum(_, other)) => {
                for ((_, mine), (_, other)) in mine.iter_mut().zip(other) {
                    mine.learn(other);
                }
            }
            (_, named) => {
                self.named.insert(key.to_owned(), named);
            }
        }
    }

    /// Whether a field is not given in this mode.
    pub(super) fn leaves_out(&self, key: &str, field: &str) -> bool {
        let known = (key.to_owned(), field.to_owned());
        if self.aliases.contains_key(&known) {
            return true;
        }
        if self.probed.as_ref() == Some(&known) {
            return true;
        }
        let spared = self.spared.contains(&known);
        match self.mode {
            Mode::Full | Mode::To(_) => false,
            Mode::Defaults => spared && !self.is_optional(key, field),
            Mode::Least | Mode::Empty => spared,
        }
    }

    /// Whether a field was seen to be an `Option`.
    fn is_optional(&self, key: &str, field: &str) -> bool {
        let is = |fields: &[Field]| {
            fields
                .iter()
                .any(|it| it.name == field && matches!(it.format, Format::Optional(_)))
        };
        if let Some(Named::Struct(_, Content::Fields(fields))) = self.named.get(key) {
            return is(fields);
        }
        key.rsplit_once("::").is_some_and(|(key, variant)| {
            matches!(self.named.get(key), Some(Named::Enum(_, variants)) if variants.iter().any(
                |(name, content)| *name == variant && matches!(content, Content::Fields(fields) if is(fields)),
            ))
        })
    }

    /// All fields of all types, to be left out one at a time.
    pub(super) fn fields(&self) -> Vec<FieldKey> {
        let mut keys = Vec::new();
        let mut add = |key: String, content: &Content| {
            if let Content::Fields(fields) = content {
                keys.extend(fields.iter().map(|field| (key.clone(), field.name.clone())));
            }
        };
        for (key, named) in &self.named {
            match named {
                Named::Struct(_, content) => add(key.clone(), content),
                Named::Enum(_, variants) => {
                    for (variant, content) in variants {
                        add(format!("{key}::{variant}"), content);
                    }
                }
            }
        }
        keys
    }

    /// A field that no type knows, for each struct and each variant with fields.
    pub(super) fn strangers(&self) -> Vec<FieldKey> {
        let mut types: Vec<String> = self.fields().into_iter().map(|(key, _)| key).collect();
        types.dedup();
        let strangers = types.into_iter().map(|key| (key, STRANGER.to_owned()));
        strangers.collect()
    }

    /// Whether the next thing that this type is given is a field that it does not know.
    pub(super) fn gives_a_stranger(&self, key: &str) -> bool {
        self.probed
            .as_ref()
            .is_some_and(|(probed, field)| probed == key && field == STRANGER)
    }

    /// The type refuses fields that it does not know.
    pub(super) fn is_strict(&mut self, key: &str) {
        self.strict.insert(key.to_owned());
    }

    /// The next pass leaves out this field alone.
    pub(super) fn probe(&mut self, field: FieldKey) {
        self.begin(Mode::Full);
        self.probed = Some(field);
    }

    /// The whole is read so.
    pub(super) fn learn_root(&mut self, format: Format) {
        self.root.learn(format);
    }

    /// Whether this place takes whatever comes, so far.
    pub(super) fn takes_the_first(&self, place: &str) -> bool {
        self.samples.get(place).is_none_or(|at| *at == 0)
    }

    /// Which sample to try at this place, of so many.
    pub(super) fn sample(&mut self, place: String, samples: usize) -> usize {
        let at = self.samples.get(&place).copied().unwrap_or(0);
        self.last = Last::Sample(place, samples);
        at
    }
}
