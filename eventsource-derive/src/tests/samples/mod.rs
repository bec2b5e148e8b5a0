//! What the attribute reference says of a key beside what the macros parse with: its default, its example, and a mistake.

#![cfg(test)]

mod aggregate;
mod command;
mod event;
mod process_manager;
mod projection;

/// What is shown of a key.
pub struct Sample {
    pub key: &'static str,
    /// What holds where it is left out.
    pub default: &'static str,
    /// The example in `tests/tests/attributes/`; none for a key that is refused.
    pub example: Option<&'static str>,
    /// An item in which the key is misused, once.
    pub mistake: &'static str,
}

/// The keys of one place.
pub struct Samples {
    pub attribute: &'static str,
    pub item: &'static str,
    /// The derive that the mistakes are made under.
    pub derive: &'static str,
    pub keys: &'static [Sample],
}

const fn of(
    key: &'static str,
    default: &'static str,
    example: &'static str,
    mistake: &'static str,
) -> Sample {
    Sample {
        key,
        default,
        example: Some(example),
        mistake,
    }
}

/// Every place.
pub fn all() -> impl Iterator<Item = &'static Samples> {
    [
        event::SAMPLES,
        command::SAMPLES,
        aggregate::SAMPLES,
        projection::SAMPLES,
        process_manager::SAMPLES,
    ]
    .into_iter()
    .flatten()
}
