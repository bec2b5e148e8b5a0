//! `docs/attributes.md`: made from the table that the macros parse with, the examples that are compiled, and the errors that the macros answer.

#![cfg(test)]

use std::collections::HashMap;
use std::fmt::Write as _;

use super::diagnostics::{derived, drawn, mistakes};
use super::golden;
use super::samples::{self, Sample, Samples};
use crate::keys::{ALL, Form, Key, Place};

const INTRODUCTION: &str = "\
# Attributes

Every key of every attribute: what it means, what holds without it, an example that compiles, and what the compiler says to a misuse. This page
is generated from the table that the macros parse with; the examples are compiled and the errors are produced anew whenever the tests run.

A key that is unknown, repeated, missing or contradictory is an error at its own token. One run reports every mistake of an item, and of all items.
";

const PRIVATE: &str = "\
## What rustc itself says

An aggregate's events are part of its interface. A private event in the list of a public aggregate is rustc's own error:

";

const PRIVATE_ADVICE: &str = "\
Make the event as visible as the aggregate.
";

/// The attribute as it is written, and where it stands.
fn heading(place: &Place) -> String {
    let (attribute, item) = (place.attribute, place.item);
    match attribute {
        "upcast" | "was" => format!("`{attribute}(…)` in `#[event(…)]`"),
        "retired" => "`retired(…)` in `#[event(…)]`".to_owned(),
        "snapshot" => "`snapshot(…)` in `#[aggregate(…)]`".to_owned(),
        "events" => {
            "Behind an event in `events(…)` of `#[projection(…)]` and `#[process_manager(…)]`"
                .to_owned()
        }
        _ => format!("`#[{attribute}(…)]` on {item}"),
    }
}

fn form(key: &Key) -> String {
    let name = key.name;
    let choices = |choices: &[&str], quote: &str| {
        let choices: Vec<String> = choices
            .iter()
            .map(|choice| format!("`{name} = {quote}{choice}{quote}`"))
            .collect();
        choices.join(" or ")
    };
    let form = match key.form {
        Form::Flag => format!("`{name}`"),
        Form::Text => format!("`{name} = \"…\"`"),
        Form::Texts => format!("`{name}(\"…\", …)`"),
        Form::Version => format!("`{name} = N`, 1 to 65535"),
        Form::Count => format!("`{name} = N`, at least 1"),
        Form::Type => format!("`{name} = Type`"),
        Form::Path => format!("`{name} = path`"),
        Form::Expression => format!("`{name} = expression`"),
        Form::FlagOrExpression => format!("`{name}` or `{name} = expression`"),
        Form::Name => format!("`{name} = name`"),
        Form::Word(words) => choices(words, ""),
        Form::TextOf(texts) => choices(texts, "\""),
        Form::Keys => format!("`{name}(…)`"),
        Form::FlagOrKeys => format!("`{name}` or `{name}(…)`"),
        Form::Types => format!("`{name}(A, …)`"),
    };
    if key.repeatable {
        format!("{form}, repeatable")
    } else {
        form
    }
}

/// The examples by their names: what stands between `// example:` and `// end`.
fn examples() -> Option<HashMap<String, String>> {
    let mut examples = HashMap::new();
    for file in [
        "event",
        "command",
        "aggregate",
        "projection",
        "process_manager",
    ] {
        let path = golden::in_repository(&format!("tests/tests/attributes/{file}.rs"))?;
        let text = golden::read(&path);
        for part in text.split("// example: ").skip(1) {
            let (name, rest) = part.split_once('\n').expect("an example has lines");
            let (example, _) = rest.split_once("// end\n").expect("an example ends");
            let before = examples.insert(name.trim().to_owned(), example.to_owned());
            assert!(before.is_none(), "two examples are called `{name}`");
        }
    }
    Some(examples)
}

fn samples_of(place: &Place) -> &'static Samples {
    samples::all()
        .find(|samples| samples.attribute == place.attribute && samples.item == place.item)
        .unwrap_or_else(|| panic!("no samples for {}", heading(place)))
}

struct Page {
    text: String,
    examples: HashMap<String, String>,
    /// Where each example is shown.
    shown: HashMap<&'static str, String>,
}

impl Page {
    fn place(&mut self, place: &'static Place) {
        let samples = samples_of(place);
        let listed: Vec<_> = place.keys.iter().map(|key| key.name).collect();
        let shown: Vec<_> = samples.keys.iter().map(|sample| sample.key).collect();
        assert_eq!(listed, shown, "the keys of {}", heading(place));
        let _ = write!(self.text, "\n## {}\n\n", heading(place));
        self.text
            .push_str("| key | form | default | meaning |\n|---|---|---|---|\n");
        for (key, sample) in place.keys.iter().zip(samples.keys) {
            let (form, meaning) = (form(key).replace('|', "\\|"), key.meaning);
            let _ = writeln!(
                self.text,
                "| `{}` | {form} | {} | {meaning} |",
                key.name, sample.default
            );
        }
        for (key, sample) in place.keys.iter().zip(samples.keys) {
            self.key(place, samples.derive, key, sample);
        }
    }

    fn key(&mut self, place: &Place, derive: &str, key: &Key, sample: &'static Sample) {
        let _ = write!(self.text, "\n### `{}`\n\n", key.name);
        if let Some(name) = sample.example {
            if let Some(first) = self.shown.get(name) {
                let _ = write!(self.text, "The example stands at {first}.\n\n");
            } else {
                let example = self
                    .examples
                    .get(name)
                    .unwrap_or_else(|| panic!("no example is called `{name}`"));
                let _ = write!(self.text, "```rust\n{example}```\n\n");
                let at = format!("`{}` of {}", key.name, heading(place));
                self.shown.insert(name, at);
            }
        }
        let found = mistakes(derived(derive, sample.mistake));
        let [mistake] = found.as_slice() else {
            panic!(
                "one mistake makes one error, not {found:?}: {}",
                sample.mistake
            );
        };
        let drawn = drawn(sample.mistake, mistake);
        let _ = write!(self.text, "A misuse:\n\n```text\n{drawn}```\n");
    }
}

#[test]
fn the_attribute_reference_tells_what_the_macros_do() {
    // The published package is this crate alone, without the page.
    let (Some(path), Some(examples)) = (golden::in_repository("docs/attributes.md"), examples())
    else {
        return;
    };
    let mut page = Page {
        text: INTRODUCTION.to_owned(),
        examples,
        shown: HashMap::new(),
    };
    for place in ALL {
        page.place(place);
    }
    for name in page.examples.keys() {
        assert!(
            page.shown.contains_key(name.as_str()),
            "no key shows `{name}`"
        );
    }
    let private = golden::in_repository("tests/ui/aggregate/private_event.stderr")
        .map(|path| golden::read(&path))
        .unwrap_or_default();
    let _ = write!(
        page.text,
        "\n{PRIVATE}```text\n{private}```\n\n{PRIVATE_ADVICE}"
    );
    golden::compare(&path, &page.text);
}

/// Two ways of writing an item: the second says what the first leaves out.
const DEFAULTS: &[(&str, &str, &str)] = &[
    (
        "Event",
        r#"#[event(name = "a")] struct A { b: u8 }"#,
        r#"#[event(name = "a", version = 1, crate = ::eventsource_core)] struct A { b: u8 }"#,
    ),
    (
        "Event",
        r#"#[event(prefix = "a")] enum A { BigB { c: u8 } }"#,
        r#"#[event(prefix = "a")] enum A { #[event(name = "a.big_b", version = 1)] BigB { c: u8 } }"#,
    ),
    (
        "Command",
        r#"#[command(aggregate = A, name = "b")] struct B { #[command(id)] c: u8 }"#,
        r#"#[command(aggregate = A, name = "b", version = 1)] struct B { #[command(id)] c: u8 }"#,
    ),
    (
        "Aggregate",
        r#"#[aggregate(name = "a", id = B, error = C, events(D, E), snapshot(every = 1))] struct A;"#,
        r#"#[aggregate(name = "a", id = B, error = C, events(D, E), snapshot(every = 1, version = 1), unknown = "error", event_enum = AEvent)] struct A;"#,
    ),
    (
        "Projection",
        r#"#[projection(name = "a", version = 1, events(B))] struct A { #[projection(key)] c: u8 }"#,
        r#"#[projection(name = "a", version = 1, events(B), key = stream, consistency = "eventual")] struct A { #[projection(key, column = "c")] c: u8 }"#,
    ),
    (
        "ProcessManager",
        r#"#[process_manager(name = "a", version = 1, from = now, events(B), commands(C))] struct A { #[process_manager(key)] d: u8 }"#,
        r#"#[process_manager(name = "a", version = 1, from = now, events(B), commands(C), key = stream)] struct A { #[process_manager(key, column = "d")] d: u8 }"#,
    ),
];

#[test]
fn what_is_left_out_is_the_default() {
    for (derive, without, with) in DEFAULTS {
        assert_eq!(
            derived(derive, without).to_string(),
            derived(derive, with).to_string(),
            "{with}"
        );
    }
}
