//! Stored names: what they may be, and what is proposed.

use proc_macro2::Span;
use syn::ext::IdentExt as _;

use crate::ctxt::Ctxt;

/// The longest stored name, in bytes.
const MAX_BYTES: usize = 200;

/// Whether a stored name is one: 1 to 200 bytes of letters, digits, `_` and `.`. What is wrong with it is reported, with a name that would do.
pub fn check(ctxt: &Ctxt, what: &str, name: &str, span: Span, proposed: &str) -> bool {
    let allowed = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.');
    let (problem, write) = if name.is_empty() {
        ("is empty".to_owned(), proposed.to_owned())
    } else if name.len() > MAX_BYTES {
        (format!("is {} bytes long", name.len()), proposed.to_owned())
    } else if let Some(other) = name.chars().find(|letter| !allowed(*letter)) {
        let near: String = name
            .chars()
            .map(|letter| if allowed(letter) { letter } else { '_' })
            .collect();
        (format!("has {other:?} in it"), near)
    } else {
        return true;
    };
    ctxt.error(
        span,
        format!(
            "{what} {problem}: write 1 to {MAX_BYTES} bytes of letters, digits, `_` and `.`, such as \"{write}\""
        ),
    );
    false
}

/// `DiscountApplied` as `discount_applied`; `HTTPFailed` as `http_failed`.
pub fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| letters[before]);
        let starts_word = letter.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_numeric()
                    || (before.is_uppercase()
                        && letters.get(at + 1).is_some_and(|next| next.is_lowercase()))
            });
        if starts_word {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// An identifier's name, without `r#`.
pub fn unraw(ident: &syn::Ident) -> String {
    ident.unraw().to_string()
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    #[test]
    fn variants_are_proposed_in_snake_case() {
        for (variant, name) in [
            ("Placed", "placed"),
            ("DiscountApplied", "discount_applied"),
            ("HTTPFailed", "http_failed"),
            ("Step2Done", "step2_done"),
            ("Größe", "größe"),
            ("ÄraBegann", "ära_begann"),
        ] {
            assert_eq!(snake_case(variant), name);
        }
    }
}
