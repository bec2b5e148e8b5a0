//! Values that types may read from.

/// Texts, the plainest first: a UUID, times, dates, numbers, addresses.
pub(super) const TEXTS: &[&str] = &[
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
    "EUR",
    "en",
    "true",
    "/",
    "AA==",
    "00",
];

/// Numbers: most types read 0, those that must not be zero read 1.
pub(super) const NUMBERS: &[u8] = &[0, 1];
