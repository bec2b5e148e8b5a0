//! Types that take what comes: untagged enums, JSON values, numbers that are read from text as well.

use std::collections::HashMap;

use serde::de::Visitor;
use serde_json::{Map, Value};

use super::format::{UNSEEN_LIST, UNSEEN_OBJECT};
use super::place::Place;
use super::samples::{ANYTHING, TEXTS};
use super::traced::Last;
use super::tracer::{Lacked, Refused};

/// What such a type was given at one place, and what it took.
#[derive(Debug, Default, Clone)]
pub(super) struct Taken {
    next: usize,
    accepted: Vec<(String, Choice)>,
    /// What it was seen to take more of than it was given.
    unseen: Option<&'static str>,
}

#[derive(Debug, Clone, Copy)]
enum Choice {
    Word(&'static str),
    Text(&'static str),
}

impl Choice {
    /// All, in the order that they are tried in.
    fn at(at: usize) -> Option<Self> {
        match at.checked_sub(ANYTHING.len()) {
            None => ANYTHING.get(at).copied().map(Self::Word),
            Some(at) => TEXTS.get(at).copied().map(Self::Text),
        }
    }

    fn word(self) -> String {
        match self {
            Self::Word(word) => word.to_owned(),
            Self::Text(like) => format!("text like {}", Value::from(like)),
        }
    }
}

/// All such places.
#[derive(Debug, Default, Clone)]
pub(super) struct Anything {
    places: HashMap<String, Taken>,
    /// The place that was given something last, and what.
    given: Option<(String, Choice)>,
}

impl Anything {
    /// The last choice at this place was taken.
    pub(super) fn took(&mut self, place: &str) -> bool {
        let Some(taken) = self.places.get_mut(place) else {
            return false;
        };
        let Some(choice) = Choice::at(taken.next) else {
            return false;
        };
        taken.accepted.push((choice.word(), choice));
        self.pass_over(place)
    }

    /// The type that was given something last has taken or refused it: notes what it said that it lacked of an empty list or object. A struct
    /// is read from a list as well, and never written as one.
    pub(super) fn settle(&mut self) {
        let Some((place, choice)) = self.given.take() else {
            return;
        };
        let lacked = Lacked::take();
        let unseen = match choice {
            Choice::Word("list") if lacked.elements => UNSEEN_LIST,
            Choice::Word("object") if lacked.field => UNSEEN_OBJECT,
            _ => return,
        };
        if let Some(taken) = self.places.get_mut(&place) {
            taken.unseen = Some(unseen);
        }
    }

    /// The last choice at this place was refused, or is done with. Whether there is another.
    pub(super) fn pass_over(&mut self, place: &str) -> bool {
        let Some(taken) = self.places.get_mut(place) else {
            return false;
        };
        taken.next += 1;
        // A text of a form is tried only where nothing else is taken.
        if Choice::at(taken.next).is_none_or(|choice| matches!(choice, Choice::Text(_)))
            && !taken.accepted.is_empty()
        {
            taken.next = usize::MAX;
        }
        Choice::at(taken.next).is_some()
    }
}

impl Place<'_, '_> {
    /// Gives what the place is to be given next.
    pub(super) fn give_anything<'de, V: Visitor<'de>>(
        self,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        let place = self.tracer.place();
        let number = self.tracer.number();
        let text = self.tracer.text();
        let traced = &mut *self.tracer.traced;
        let state = traced.anything.places.entry(place.clone()).or_default();
        let taken = state.accepted.iter().map(|(word, _)| word.clone());
        let unseen = state.unseen.map(str::to_owned);
        let words = taken.chain(unseen).collect();
        let open = Choice::at(state.next);
        let choice = open.or_else(|| state.accepted.first().map(|(_, choice)| *choice));
        self.seen.format = super::Format::Any(words);
        let Some(choice) = choice else {
            self.seen.format = super::Format::Opaque("anything".into());
            traced.last = Last::Nothing;
            return Err(Refused::default());
        };
        if open.is_some() {
            traced.last = Last::Any(place.clone());
            traced.open.push(place.clone());
        } else {
            traced.last = Last::Nothing;
        }
        let _ = Lacked::take();
        let (value, result) = match choice {
            Choice::Word("null") => (Value::Null, visitor.visit_unit()),
            Choice::Word("bool") => (Value::Bool(true), visitor.visit_bool(true)),
            Choice::Word("number") => (number.into(), visitor.visit_u64(number.into())),
            Choice::Word("u16") => (u16::MAX.into(), visitor.visit_u64(u16::MAX.into())),
            Choice::Word("u32") => (u32::MAX.into(), visitor.visit_u64(u32::MAX.into())),
            Choice::Word("u64") => (u64::MAX.into(), visitor.visit_u64(u64::MAX)),
            Choice::Word("negative") => ((-1).into(), visitor.visit_i64(-1)),
            Choice::Word("fraction") => (0.5.into(), visitor.visit_f64(0.5)),
            Choice::Word("text") => {
                let value = Value::from(text.as_str());
                (value, visitor.visit_string(text))
            }
            Choice::Word("list") => (
                Value::Array(Vec::new()),
                visitor.visit_seq(serde::de::value::SeqDeserializer::<
                    std::iter::Empty<u8>,
                    Refused,
                >::new(std::iter::empty())),
            ),
            Choice::Word(_) => (
                Value::Object(Map::new()),
                visitor.visit_map(serde::de::value::MapDeserializer::<
                    std::iter::Empty<(u8, u8)>,
                    Refused,
                >::new(std::iter::empty())),
            ),
            Choice::Text(like) => (like.into(), visitor.visit_borrowed_str(like)),
        };
        self.seen.value = value;
        self.tracer.traced.anything.given = Some((place, choice));
        result
    }
}
