//! Where in a payload, and in what way, reading it failed: without a word of the payload itself.

use serde_json::error::Category;

/// The path of the field that could not be read, where it can be told, and the kind of failure.
///
/// serde's own messages hold values (``unknown variant `…` ``), so nothing of them is passed on but the name of a missing field, which is the
/// type's, not the payload's.
pub(crate) fn explain(payload: &[u8], error: &serde_json::Error) -> (Option<String>, &'static str) {
    let message = error.to_string();
    let missing = message
        .strip_prefix("missing field `")
        .and_then(|rest| rest.split_once('`'))
        .map(|(name, _)| name);
    let mut path = path_at(payload, offset(payload, error.line(), error.column()));
    if let Some(name) = missing {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(name);
    }
    let category = match error.classify() {
        Category::Io | Category::Syntax => "the payload is not valid JSON",
        Category::Eof => "the payload ends too early",
        Category::Data if missing.is_some() => "the payload lacks this field",
        Category::Data => {
            "the payload has a value of another type or form than this version declares"
        }
    };
    (Some(path).filter(|path| !path.is_empty()), category)
}

/// A line and column, both from 1, as the number of bytes before and including it.
fn offset(payload: &[u8], line: usize, column: usize) -> usize {
    let before: usize = payload
        .split_inclusive(|byte| *byte == b'\n')
        .take(line.saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    before + column
}

enum Step<'a> {
    Key(&'a [u8]),
    Index(usize),
}

/// The path of what stands in the first `end` bytes of a JSON text, however broken the text is.
fn path_at(payload: &[u8], end: usize) -> String {
    let read = &payload[..end.min(payload.len())];
    let mut path = Vec::new();
    let mut key_next = false;
    let mut at = 0;
    while let Some(byte) = read.get(at) {
        at += 1;
        match byte {
            b'{' => {
                path.push(Step::Key(b""));
                key_next = true;
            }
            b'[' => {
                path.push(Step::Index(0));
                key_next = false;
            }
            b'}' | b']' => {
                path.pop();
                key_next = false;
            }
            b',' => match path.last_mut() {
                Some(Step::Index(index)) => *index += 1,
                Some(Step::Key(_)) => key_next = true,
                None => {}
            },
            b'"' => {
                let start = at;
                while let Some(inside) = read.get(at) {
                    match inside {
                        b'"' => break,
                        b'\\' => at += 2,
                        _ => at += 1,
                    }
                }
                if key_next && let Some(Step::Key(key)) = path.last_mut() {
                    *key = &read[start.min(read.len())..at.min(read.len())];
                    key_next = false;
                }
                at += 1;
            }
            _ => {}
        }
    }
    let mut text = String::new();
    for step in path {
        match step {
            Step::Key(b"") => {}
            Step::Key(key) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(shown(key));
            }
            Step::Index(index) => {
                text.push('[');
                text.push_str(&index.to_string());
                text.push(']');
            }
        }
    }
    text
}

/// A key that reads like a field's name; any other is content, and is not shown.
fn shown(key: &[u8]) -> &str {
    std::str::from_utf8(key)
        .ok()
        .filter(|key| {
            key.len() <= 64
                && key
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
        })
        .unwrap_or("…")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Deserialize;

    #[derive(Deserialize, Debug)]
    #[allow(dead_code)]
    struct Order {
        customer: String,
        lines: Vec<Line>,
    }

    #[derive(Deserialize, Debug)]
    #[allow(dead_code)]
    struct Line {
        price: u64,
        unit: Unit,
    }

    #[derive(Deserialize, Debug)]
    enum Unit {
        Piece,
    }

    fn failure(payload: &str) -> (Option<String>, &'static str) {
        explain(
            payload.as_bytes(),
            &serde_json::from_str::<Order>(payload).unwrap_err(),
        )
    }

    #[test]
    fn the_path_leads_to_the_field() {
        for (payload, field) in [
            (r#"{"customer":7,"lines":[]}"#, "customer"),
            (r#"{"customer":"a"}"#, "lines"),
            (
                r#"{"customer":"a","lines":[{"price":1,"unit":"Piece"},{"price":"x","unit":"Piece"}]}"#,
                "lines[1].price",
            ),
            (r#"{"customer":"a","lines":[{"price":1}]}"#, "lines[0].unit"),
            (
                "{\n \"customer\": \"a\",\n \"lines\": [\n {\"price\": 1, \"unit\": \"Secret\"}]}",
                "lines[0].unit",
            ),
        ] {
            assert_eq!(failure(payload).0.as_deref(), Some(field), "{payload}");
        }
    }

    #[test]
    fn what_is_no_json_says_so() {
        assert_eq!(failure("{").1, "the payload ends too early");
        assert_eq!(failure("{]").1, "the payload is not valid JSON");
        assert_eq!(failure("").0, None);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,60}", end in 0_usize..80) {
            let _ = path_at(text.as_bytes(), end);
        }

        #[test]
        fn no_value_is_ever_told(secret in "[a-z]{8}") {
            let payload = format!(r#"{{"customer":"a","lines":[{{"price":1,"unit":"{secret}"}}]}}"#);
            let (field, category) = failure(&payload);
            let told = format!("{field:?} {category}");
            prop_assert!(!told.contains(&secret));
        }
    }
}
