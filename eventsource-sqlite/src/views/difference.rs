//! What differs between two descriptions of a table, in words.

/// The lines that only one of them has.
pub(super) fn difference(stored: &str, now: &str) -> String {
    let only = |these: &str, those: &str| {
        these
            .lines()
            .filter(|line| !those.lines().any(|other| other == *line))
            .map(str::trim)
            .collect::<Vec<_>>()
            .join("; ")
    };
    match (only(stored, now).as_str(), only(now, stored).as_str()) {
        ("", "") => {
            "the stored table was made of the same parts in another order, or of other code"
                .to_owned()
        }
        (gone, "") => format!("no longer there: {gone}"),
        ("", new) => format!("new: {new}"),
        (gone, new) => format!("was: {gone}; is: {new}"),
    }
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn only_the_lines_that_differ_are_told() {
        let stored = "column account text key\ncolumn amount integer";
        assert_eq!(
            difference(stored, "column account text key\ncolumn amount real"),
            "was: column amount integer; is: column amount real"
        );
        assert_eq!(
            difference(stored, "column account text key"),
            "no longer there: column amount integer"
        );
        assert_eq!(
            difference("", "column owner text"),
            "new: column owner text"
        );
        assert!(difference(stored, stored).contains("another order"));
    }
}
