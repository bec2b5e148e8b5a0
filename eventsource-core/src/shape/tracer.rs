//! The way through one pass.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::de::{DeserializeOwned, DeserializeSeed, Expected};
use serde_json::Value;

use super::format::Format;
use super::place::Place;
use super::samples::{ELEMENTS, End, NUMBERS};
use super::traced::{Last, Mode, Traced};

/// Types within each other are followed so deep.
pub(super) const DEPTH: usize = 64;

/// What was asked for at a place, and what it was given.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) format: Format,
    pub(super) value: Value,
}

/// The way through one pass.
pub(super) struct Tracer<'a> {
    pub(super) traced: &'a mut Traced,
    /// Where it is, as a path.
    pub(super) path: Vec<String>,
    /// The named types that it is within.
    pub(super) within: Vec<String>,
    /// How many numbers and texts it has given.
    given: u8,
    /// The variant that was just told by a field.
    pub(super) tagged: Option<Tagged>,
    /// The places that were given an end of what may be there.
    pub(super) ends: Vec<String>,
    /// Whether it is within an element that is like no other of its list.
    pub(super) between: bool,
}

/// A variant that is told by a field of its own, with its content in another.
#[derive(Debug, Clone)]
pub(super) struct Tagged {
    /// The key of the enum that the tag is.
    pub(super) key: String,
    /// The field that it was told by.
    pub(super) tag: String,
    pub(super) name: &'static str,
    pub(super) at: usize,
}

impl<'a> Tracer<'a> {
    pub(super) fn new(traced: &'a mut Traced) -> Self {
        Self {
            traced,
            path: Vec::new(),
            within: Vec::new(),
            given: 1,
            tagged: None,
            ends: Vec::new(),
            between: false,
        }
    }

    /// One pass: what the type was given, where it took it.
    pub(super) fn pass<T: DeserializeOwned>(&mut self) -> Result<Value, Refused> {
        let mut seen = Seen::default();
        // The user's conversions meet values here that no stored event has. What is half done at a panic is a pass that is over.
        let read = || self.read(PhantomData::<T>, &mut seen);
        let result = catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
            self.traced.panicked = true;
            Err(Refused::default())
        });
        self.traced.anything.settle();
        self.traced.learn_root(seen.format);
        result.map(|_| seen.value)
    }

    /// Reads one part of what it is within.
    pub(super) fn at<'de, S: DeserializeSeed<'de>>(
        &mut self,
        step: &str,
        seed: S,
        part: &mut Seen,
    ) -> Result<S::Value, Refused> {
        self.path.push(step.to_owned());
        let result = self.read(seed, part);
        self.traced.anything.settle();
        self.path.pop();
        result
    }

    /// Reads what is at this place: the user's example, where there is one.
    fn read<'de, S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
        part: &mut Seen,
    ) -> Result<S::Value, Refused> {
        if let Some(example) = self.traced.example(&self.place()).cloned() {
            part.format = Format::Opaque("example".into());
            part.value = example.clone();
            // Nothing else fits where the user's own value does not.
            self.traced.last = Last::Nothing;
            return seed.deserialize(example).map_err(|_| Refused::default());
        }
        seed.deserialize(Place {
            tracer: self,
            seen: part,
        })
    }

    pub(super) fn place(&self) -> String {
        self.path.join(".")
    }

    /// The place of a field of what it is within.
    pub(super) fn place_of(&self, field: &str) -> String {
        let mut place = self.place();
        if !place.is_empty() {
            place.push('.');
        }
        place.push_str(field);
        place
    }

    /// Whether the type that is now described stands within itself.
    pub(super) fn is_within_itself(&self) -> bool {
        self.within.last().is_some_and(|last| self.rounds(last) > 1) || self.within.len() >= DEPTH
    }

    pub(super) fn rounds(&self, key: &str) -> usize {
        self.within.iter().filter(|it| *it == key).count()
    }

    /// A small number that no other place of this pass was given.
    pub(super) fn number(&mut self) -> u8 {
        self.given = (self.given + 1).min(99);
        self.given
    }

    /// A text that no other place of this pass was given.
    pub(super) fn text(&mut self) -> String {
        format!("text {}", self.number())
    }

    /// Which sample to try here, of so many.
    pub(super) fn sample(&mut self, samples: usize) -> usize {
        let place = self.place();
        self.traced.sample(place, samples)
    }

    /// The end to try here, unless it was refused, or the pass goes to none.
    pub(super) fn end(&mut self) -> Option<End> {
        let Mode::To(end) = self.traced.mode else {
            return None;
        };
        // What a map's keys are is seldom free.
        let is_key = self.path.last().is_some_and(|step| step == "{key}");
        let place = self.place();
        if is_key || self.between || !self.traced.takes_the_first(&place) {
            return None;
        }
        let place = format!("{place} {end:?}");
        if !self.traced.takes_the_first(&place) {
            return None;
        }
        self.traced.sample(place.clone(), 2);
        self.ends.push(place);
        Some(end)
    }

    /// How many elements the list here has: many where the pass goes to that end, and many were not refused.
    pub(super) fn elements(&mut self) -> usize {
        let many = self.traced.mode == Mode::To(End::High)
            && !self.between
            && self.traced.takes_the_first(&self.length());
        if many { ELEMENTS } else { 1 }
    }

    /// The list here has ended behind so many elements: whoever refuses now refuses that it had more than one.
    pub(super) fn ended(&mut self, len: usize) {
        if len > 1 {
            let place = self.length();
            self.ends.push(place.clone());
            self.traced.sample(place, 2);
        }
    }

    fn length(&self) -> String {
        format!("{} length", self.place())
    }

    /// The number to try here.
    pub(super) fn next_number(&mut self) -> Option<u8> {
        let own = self.number();
        let at = self.sample(NUMBERS.len() + 1);
        match at.checked_sub(1) {
            None => Some(own),
            Some(at) => NUMBERS.get(at).copied(),
        }
    }
}

thread_local! {
    /// Whether a type said that it lacks a field, or more elements: an untagged enum forgets why each of its variants refused.
    static LACKED: Cell<Lacked> = const { Cell::new(Lacked { field: false, elements: false }) };
}

/// What types said that they lack.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Lacked {
    pub(super) field: bool,
    pub(super) elements: bool,
}

impl Lacked {
    /// What was said since this was asked last.
    pub(super) fn take() -> Self {
        LACKED.take()
    }
}

/// The type refused what it was given.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Refused {
    /// The field that it was given twice.
    pub(super) duplicate: Option<&'static str>,
    /// Whether it was given a field that it does not know.
    pub(super) unknown: bool,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused")
    }
}

impl std::error::Error for Refused {}

impl serde::de::Error for Refused {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::default()
    }

    fn missing_field(_: &'static str) -> Self {
        let lacked = Lacked::take();
        LACKED.set(Lacked {
            field: true,
            ..lacked
        });
        Self::default()
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        let lacked = Lacked::take();
        LACKED.set(Lacked {
            elements: true,
            ..lacked
        });
        Self::default()
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self {
            duplicate: Some(field),
            ..Self::default()
        }
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self {
            unknown: true,
            ..Self::default()
        }
    }
}
