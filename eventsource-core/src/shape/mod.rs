//! The shape of a serde type, nested types and all, found by letting it deserialize itself from samples.
//!
//! A type tells a deserializer what it asks for: a struct its name and fields, an enum its variants, a field its type. The tracer answers
//! each request with a sample and writes down what was asked for, and what it answered, over as many passes as there are variants to see,
//! fields to leave out and samples to try (a UUID does not read from any text). Each pass that the type accepts is a payload that it reads.
//! What no sample fits is written down as opaque, and read from the examples that the user gives.

mod access;
mod any;
mod examples;
mod format;
mod line;
mod place;
mod samples;
mod schema;
mod text;
mod traced;
mod tracer;

pub use examples::Examples;
pub(crate) use format::{Content, Field, Format, Tags, UNSEEN_LIST, UNSEEN_OBJECT, Unknown};
pub(crate) use line::line_of;
pub(crate) use samples::TEXTS;
pub use schema::DescribedBySchema;
pub(crate) use text::Node;

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde_json::Value;

use traced::{Mode, Traced};
use tracer::Tracer;

/// As many passes as a type is given in each mode. A type with more variants and samples to try is described as far as these reach.
const PASSES: usize = 1024;

/// What a type reads, and payloads that it reads.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    pub(crate) format: Format,
    /// Payloads that were read: together they have each variant, and each optional part both present and absent.
    pub(crate) samples: Vec<Value>,
    /// More payloads that were read, at the ends of what may be there: the least number and a great one, no text and a long one, a list of more
    /// than one element. A type that takes fewer values refuses them.
    pub(crate) ends: Vec<Value>,
    /// Whether code of the user's panicked at a sample, instead of refusing it.
    pub(crate) panicked: bool,
}

impl Shape {
    /// That of an event without fields.
    #[must_use]
    pub fn unit() -> Self {
        Self {
            format: Format::Struct(String::new(), Vec::new(), Unknown::PassedOver),
            samples: vec![Value::Object(serde_json::Map::new())],
            ends: Vec::new(),
            panicked: false,
        }
    }

    /// That of a payload which no type describes.
    #[must_use]
    pub fn untyped() -> Self {
        Self {
            format: Format::Opaque("json".into()),
            samples: Vec::new(),
            ends: Vec::new(),
            panicked: false,
        }
    }

    /// What is known of a type whose code panicked before anything was seen of it.
    pub(crate) fn panicked() -> Self {
        Self {
            panicked: true,
            ..Self::default()
        }
    }
}

/// The shape of `T`.
pub(crate) fn trace<T: DeserializeOwned>() -> Shape {
    trace_with::<T>(BTreeMap::new())
}

/// The same, where these places are given these values.
fn trace_with<T: DeserializeOwned>(examples: BTreeMap<String, Value>) -> Shape {
    let (traced, samples) = learn::<T>(examples);
    Shape {
        format: traced.format(),
        ends: ends_of::<T>(&traced, &samples),
        samples,
        panicked: traced.panicked,
    }
}

/// All that is to be known of `T`, and the payloads that it took on the way.
fn learn<T: DeserializeOwned>(examples: BTreeMap<String, Value>) -> (Traced, Vec<Value>) {
    let mut traced = Traced::of(examples);
    let mut samples: Vec<Value> = Vec::new();
    for mode in Mode::ALL {
        traced.begin(mode);
        for _ in 0..PASSES {
            let result = Tracer::new(&mut traced).pass::<T>();
            if let Ok(sample) = &result
                && !samples.contains(sample)
            {
                samples.push(sample.clone());
            }
            if !traced.goes_on(result.err()) {
                break;
            }
        }
        if mode == Mode::Full {
            // Each field is left out once, and each struct is given one that it does not know.
            for field in traced.fields().into_iter().chain(traced.strangers()) {
                traced.probe(field);
                // What came of it is in what was spared, and in what is strict.
                let _ = Tracer::new(&mut traced).pass::<T>();
            }
        }
    }
    (traced, samples)
}

/// Payloads that go to the ends of what may be there: one for each place that no other goes to the end of. What is refused on the way there
/// says nothing of the shape, so that this is done on a copy of what is known.
fn ends_of<T: DeserializeOwned>(known: &Traced, samples: &[Value]) -> Vec<Value> {
    let (mut found, mut reached) = (Vec::new(), BTreeSet::new());
    for mode in Mode::ENDS {
        let mut traced = known.clone();
        traced.begin(mode);
        for _ in 0..PASSES {
            let mut pass = Tracer::new(&mut traced);
            let result = pass.pass::<T>();
            let ends = std::mem::take(&mut pass.ends);
            if let Ok(payload) = &result
                && !samples.contains(payload)
                && ends.iter().any(|place| !reached.contains(place))
            {
                reached.extend(ends);
                found.push(payload.clone());
            }
            if !traced.goes_on(result.err()) {
                break;
            }
        }
    }
    found
}

/// What `T` reads. Programs ask it as they start, so that nothing is done for payloads.
fn format_of<T: DeserializeOwned>() -> Format {
    let (traced, _) = learn::<T>(BTreeMap::new());
    traced.format()
}

/// The same, in words.
pub(crate) fn shape_of<T: DeserializeOwned>() -> String {
    format_of::<T>().to_string()
}

mod tests;
