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

/// What a type that takes anything is given, one after the other, by the word for it. A number of each size tells how far it reads.
pub(super) const ANYTHING: &[&str] = &[
    "null", "bool", "number", "u16", "u32", "u64", "negative", "fraction", "text", "list", "object",
];
