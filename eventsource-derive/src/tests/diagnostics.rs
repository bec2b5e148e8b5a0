//! Runs a derive on an item's text, and reads the errors out of what it answers.

#![cfg(test)]

use std::fmt::Write as _;

use proc_macro2::{LineColumn, TokenStream, TokenTree};
use syn::LitStr;

use crate::{aggregate, command, event, projection};

/// A derive as a function.
type Derive = fn(TokenStream) -> TokenStream;

/// The derives by the names that stand in `#[derive(…)]`.
pub const DERIVES: [(&str, Derive); 5] = [
    ("Event", event::derive),
    ("Command", command::derive),
    ("Aggregate", aggregate::derive),
    ("Projection", projection::derive),
    ("ProcessManager", projection::derive_process_manager),
];

/// An error, as the compiler would show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    pub message: String,
    pub start: LineColumn,
    pub end: LineColumn,
}

/// What the derive of this name makes of the item.
pub fn derived(name: &str, item: &str) -> TokenStream {
    let (_, derive) = DERIVES
        .iter()
        .find(|(derive, _)| *derive == name)
        .unwrap_or_else(|| panic!("there is no derive {name}"));
    derive(
        item.parse()
            .unwrap_or_else(|error| panic!("{error}: {item}")),
    )
}

/// The errors that it answers, in their order.
pub fn mistakes(output: TokenStream) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    let mut start = None;
    for tree in output {
        match (&tree, start) {
            (TokenTree::Ident(ident), _) if ident == "compile_error" => {
                start = Some(ident.span().start());
            }
            (TokenTree::Group(group), Some(begun)) => {
                let message: LitStr = syn::parse2(group.stream()).expect("an error has a message");
                mistakes.push(Mistake {
                    message: message.value(),
                    start: begun,
                    end: group.span().end(),
                });
                start = None;
            }
            _ => {}
        }
    }
    mistakes
}

/// The mistake as the compiler draws it: the message, the lines, and the place underlined.
pub fn drawn(item: &str, mistake: &Mistake) -> String {
    let mut text = format!("error: {}\n", mistake.message);
    let lines: Vec<&str> = item.lines().collect();
    for number in mistake.start.line..=mistake.end.line {
        let line = lines[number - 1];
        let from = if number == mistake.start.line {
            mistake.start.column
        } else {
            line.chars().take_while(|letter| *letter == ' ').count()
        };
        let to = if number == mistake.end.line {
            mistake.end.column
        } else {
            line.chars().count()
        };
        let under = "^".repeat(to.saturating_sub(from).max(1));
        let before = " ".repeat(from);
        let _ = write!(text, "{number:>2} | {line}\n   | {before}{under}\n");
    }
    text
}
