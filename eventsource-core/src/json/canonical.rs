//! The same bytes for the same content, whatever order maps are walked in.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// JSON with the keys of every object in their order, so that a map that is walked in another order each time comes to the same. Numbers and
/// strings stay as they are written: nothing of theirs is rounded. What is no JSON is left as it is.
pub(crate) fn canonical(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len());
    let sorted =
        serde_json::from_slice::<&RawValue>(json).and_then(|value| sort(value.get(), &mut out));
    match sorted {
        Ok(()) => out,
        Err(_) => json.to_vec(),
    }
}

fn sort(value: &str, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    match value.as_bytes().first() {
        Some(b'{') => {
            let fields: BTreeMap<String, &RawValue> = serde_json::from_str(value)?;
            out.push(b'{');
            for (key, field) in fields {
                serde_json::to_writer(&mut *out, &key)?;
                out.push(b':');
                sort(field.get(), out)?;
                out.push(b',');
            }
            out.push(b'}');
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(value)?;
            out.push(b'[');
            for item in items {
                sort(item.get(), out)?;
                out.push(b',');
            }
            out.push(b']');
        }
        _ => out.extend_from_slice(value.as_bytes()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Vec<u8> {
        canonical(json.as_bytes())
    }

    #[test]
    fn the_order_of_keys_makes_no_difference() {
        assert_eq!(
            of(r#"{"b":[{"y":1,"x\"":2}],"a":null}"#),
            of(r#"{"a":null,"b":[{"x\"":2,"y":1}]}"#)
        );
    }

    #[test]
    fn all_else_makes_one() {
        for (one, other) in [
            (r#"{"a":[1,2]}"#, r#"{"a":[2,1]}"#),
            (r#"{"a":1}"#, r#"{"b":1}"#),
            ("[[1],2]", "[[1,2]]"),
            (
                "[340282366920938463463374607431768211454]",
                "[340282366920938463463374607431768211455]",
            ),
        ] {
            assert_ne!(of(one), of(other), "{one} {other}");
        }
    }
}
