//! Values that types may read from.

/// What a text is like that not every type reads: a UUID, times, dates, numbers, addresses.
pub(crate) const TEXTS: &[&str] = &[
    "",
    "a",
    "0",
    "1",
    "00000000-0000-0000-0000-000000000001",
    "1970-01-01T00:00:00Z",
    "1970-01-01T00:00:00",
    "1970-01-01",
    "00:00:00",
    "PT1S",
    "1970-01-01T00:00:00+00:00[UTC]",
    "UTC",
    "0.1",
    "127.0.0.1",
    "::1",
    "127.0.0.1:1",
    "http://localhost/",
    "a@localhost.localdomain",
    "+15555550100",
    "EUR",
    "en",
    "true",
    "/",
    "AA==",
    "00",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "#000000",
    "1.0.0",
];

/// Numbers to try when a number of the tracer's own is refused.
pub(super) const NUMBERS: &[u8] = &[1, 0];

/// An end of what may be at a place: a type that takes fewer values refuses one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The least number that is no trouble, the empty text.
    Low,
    /// A great number, a long text.
    High,
}

impl End {
    /// The text at this end.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Low => "",
            Self::High => LONG,
        }
    }
}

/// Longer than what fits into a column of 64 bytes, in more than ASCII, with what has to be escaped; behind other texts in the order of bytes.
const LONG: &str = "\u{f1}and\u{fa}: a text that is longer than most, with \"quotes\", a tab\t, and a second line\n\u{1f642}";

/// The ends of a kind of numbers: far from where types draw their limits, and with room for what an upcast does to a number, such as from one
/// unit to another.
pub(super) trait Ends {
    /// Zero, or as far below it as the other is above.
    const LEAST: Self;
    /// The other end.
    const GREATEST: Self;
}

macro_rules! ends {
    ($($unsigned:ty | $signed:ty = $greatest:literal),*) => {$(
        impl Ends for $unsigned {
            const LEAST: Self = 0;
            const GREATEST: Self = $greatest;
        }

        impl Ends for $signed {
            const LEAST: Self = -$greatest;
            const GREATEST: Self = $greatest;
        }
    )*};
}

// A byte has room for little more than a percentage; the others for ten, a thousand and a million times as much.
ends!(
    u8 | i8 = 120,
    u16 | i16 = 3_000,
    u32 | i32 = 2_000_000,
    u64 | i64 = 2_000_000_000_000
);

/// A half, and far from it: exact in both sizes of fractions.
pub(super) const FRACTION: f32 = 1_000_000.5;

/// So many elements has the longest list: the first and the last are alike, and the one between them is less.
pub(super) const ELEMENTS: usize = 3;

/// What a type that takes anything is given, one after the other, by the word for it. A number of each size tells how far it reads.
pub(super) const ANYTHING: &[&str] = &[
    "null", "bool", "number", "u16", "u32", "u64", "negative", "fraction", "text", "list", "object",
];
