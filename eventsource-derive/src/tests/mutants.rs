//! Mutants of a program: each of our attributes broken in each way that a typing error can. They know tokens alone, so that a test that compiles
//! them can share this file.

#![cfg(test)]

use std::ops::Range;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// The attributes that are broken.
const ATTRIBUTES: [&str; 5] = [
    "event",
    "command",
    "aggregate",
    "projection",
    "process_manager",
];

/// A program with one mistake.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// What was done, to what, on which line.
    pub what: String,
    pub mistake: Mistake,
    /// The attribute, and the keys and entries that lead to what was changed: `aggregate/events/Opened`.
    pub key: String,
    /// Where the source was changed.
    pub at: Range<usize>,
    pub source: String,
}

impl Mutant {
    /// Whether it is this mistake in such a key, in which `*` is any one part.
    pub fn is(&self, mistake: Mistake, key: &str) -> bool {
        let (parts, like) = (self.key.split('/'), key.split('/'));
        self.mistake == mistake
            && parts.clone().count() == like.clone().count()
            && parts
                .zip(like)
                .all(|(part, like)| like == "*" || part == like)
    }
}

/// The kinds of mistakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mistake {
    Drop,
    Double,
    Swap,
    Misspell,
    WrongKey,
    WrongValue,
    Misplace,
}

/// One of our attributes, in a source.
struct Attribute {
    /// From `#` to `]`.
    whole: Range<usize>,
    word: Range<usize>,
    /// Between its parentheses.
    inner: Group,
}

/// A key with its value, or an entry of a list.
struct Entry {
    range: Range<usize>,
    first: TokenTree,
    value: Value,
}

enum Value {
    None,
    /// Behind `=`.
    Assigned(Range<usize>, Vec<TokenTree>),
    /// In parentheses.
    Inner(Range<usize>, Group),
    /// Something else: a type with more than one segment, a half-written key.
    Other,
}

/// All mutants of the source, in the order of their places.
pub fn of(source: &str) -> Vec<Mutant> {
    let tokens: TokenStream = source.parse().expect("the program is made of tokens");
    let mut found = Vec::new();
    attributes(tokens, &mut found);
    let mut maker = Maker {
        source,
        key: Vec::new(),
        mutants: Vec::new(),
    };
    for attribute in &found {
        maker.key = vec![maker.text(&attribute.word).to_owned()];
        maker.attribute(attribute);
        maker.entries(&attribute.inner);
    }
    maker.mutants
}

/// Each key or entry of the source's attributes, with the source without it.
pub fn without_each(source: &str) -> Vec<Mutant> {
    let mut mutants = of(source);
    mutants.retain(|mutant| mutant.mistake == Mistake::Drop);
    mutants
}

fn attributes(tokens: TokenStream, found: &mut Vec<Attribute>) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, tree) in trees.iter().enumerate() {
        let TokenTree::Group(group) = tree else {
            continue;
        };
        let marked = at.checked_sub(1).and_then(|before| trees.get(before));
        if let Some(TokenTree::Punct(mark)) = marked
            && mark.as_char() == '#'
            && group.delimiter() == Delimiter::Bracket
        {
            let parts: Vec<TokenTree> = group.stream().into_iter().collect();
            if let [TokenTree::Ident(word), TokenTree::Group(inner)] = parts.as_slice()
                && ATTRIBUTES.iter().any(|known| word == known)
            {
                found.push(Attribute {
                    whole: mark.span().byte_range().start..group.span().byte_range().end,
                    word: word.span().byte_range(),
                    inner: inner.clone(),
                });
                continue;
            }
        }
        attributes(group.stream(), found);
    }
}

fn entries(group: &Group) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut current: Vec<TokenTree> = Vec::new();
    let mut depth = 0_usize;
    let mut dash = false;
    for tree in group.stream() {
        if let TokenTree::Punct(punct) = &tree {
            match punct.as_char() {
                '<' => depth += 1,
                // Not the end of `->` or `=>`.
                '>' if !dash => depth = depth.saturating_sub(1),
                ',' if depth == 0 => {
                    entries.extend(entry(&current));
                    current.clear();
                    continue;
                }
                _ => {}
            }
            dash = matches!(punct.as_char(), '-' | '=');
        } else {
            dash = false;
        }
        current.push(tree);
    }
    entries.extend(entry(&current));
    entries
}

fn range(trees: &[TokenTree]) -> Option<Range<usize>> {
    let (first, last) = (trees.first()?, trees.last()?);
    Some(first.span().byte_range().start..last.span().byte_range().end)
}

fn entry(trees: &[TokenTree]) -> Option<Entry> {
    let first = trees.first()?.clone();
    let value = match &trees[1..] {
        [] => Value::None,
        [TokenTree::Group(group)] => Value::Inner(group.span().byte_range(), group.clone()),
        [TokenTree::Punct(equals), value @ ..] if equals.as_char() == '=' && !value.is_empty() => {
            Value::Assigned(range(value)?, value.to_vec())
        }
        _ => Value::Other,
    };
    Some(Entry {
        range: range(trees)?,
        first,
        value,
    })
}

struct Maker<'a> {
    source: &'a str,
    key: Vec<String>,
    mutants: Vec<Mutant>,
}

impl Maker<'_> {
    fn text(&self, range: &Range<usize>) -> &str {
        &self.source[range.clone()]
    }

    fn replace(&mut self, mistake: Mistake, range: Range<usize>, with: &str) {
        let old = self.text(&range);
        if old == with {
            return;
        }
        let line = self.source[..range.start].matches('\n').count() + 1;
        let short = |text: &str| -> String {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if text.chars().count() > 60 {
                text.chars().take(57).chain("…".chars()).collect()
            } else {
                text
            }
        };
        let what = format!(
            "{mistake:?} on line {line}: `{}` → `{}`",
            short(old),
            short(with)
        );
        let mut source = self.source.to_owned();
        source.replace_range(range.clone(), with);
        self.mutants.push(Mutant {
            what,
            mistake,
            key: self.key.join("/"),
            at: range,
            source,
        });
    }

    fn attribute(&mut self, attribute: &Attribute) {
        let whole = self.text(&attribute.whole).to_owned();
        let word = self.text(&attribute.word).to_owned();
        self.replace(Mistake::Drop, attribute.whole.clone(), "");
        self.replace(
            Mistake::Double,
            attribute.whole.clone(),
            &format!("{whole} {whole}"),
        );
        self.replace(Mistake::Misplace, attribute.word.clone(), &word[1..]);
        for other in ATTRIBUTES.iter().filter(|other| **other != word) {
            self.replace(Mistake::Misplace, attribute.word.clone(), other);
        }
        self.replace(
            Mistake::WrongValue,
            attribute.whole.clone(),
            &format!("#[{word}]"),
        );
        self.replace(
            Mistake::WrongValue,
            attribute.whole.clone(),
            &format!("#[{word} = \"x\"]"),
        );
    }

    fn entries(&mut self, group: &Group) {
        let entries = entries(group);
        for (at, entry) in entries.iter().enumerate() {
            let text = self.text(&entry.range).to_owned();
            let first = self.text(&entry.first.span().byte_range()).to_owned();
            self.key.push(first);
            let next = entries.get(at + 1);
            // With the comma behind it, or else with that before it.
            let end = next.map_or(entry.range.end, |next| next.range.start);
            let before = at.checked_sub(1).and_then(|before| entries.get(before));
            let start = match (next, before) {
                (None, Some(before)) => before.range.end,
                _ => entry.range.start,
            };
            self.replace(Mistake::Drop, start..end, "");
            self.replace(
                Mistake::Double,
                entry.range.clone(),
                &format!("{text}, {text}"),
            );
            if let Some(next) = next {
                self.swap(entry, next);
            }
            self.first(entry);
            self.value(entry);
            if let Value::Inner(_, inner) = &entry.value {
                self.entries(inner);
            }
            self.key.pop();
        }
    }

    /// Two entries exchanged, and their keys alone.
    fn swap(&mut self, one: &Entry, other: &Entry) {
        let between = self.text(&(one.range.end..other.range.start)).to_owned();
        let (left, right) = (self.text(&one.range), self.text(&other.range));
        let swapped = format!("{right}{between}{left}");
        self.replace(Mistake::Swap, one.range.start..other.range.end, &swapped);
        let (one_key, other_key) = (
            one.first.span().byte_range(),
            other.first.span().byte_range(),
        );
        let (left, right) = (self.text(&one_key), self.text(&other_key));
        let between = self.text(&(one_key.end..other_key.start));
        let swapped = format!("{right}{between}{left}");
        self.replace(Mistake::WrongKey, one_key.start..other_key.end, &swapped);
        let comma = one.range.end..other.range.start;
        self.replace(Mistake::Drop, comma, " ");
    }

    /// The key, or the listed name, misspelt.
    fn first(&mut self, entry: &Entry) {
        let range = entry.first.span().byte_range();
        let TokenTree::Ident(_) = &entry.first else {
            let text = self.text(&range).to_owned();
            self.literal(&range, &text);
            return;
        };
        let letters: Vec<char> = self.text(&range).chars().collect();
        let text = |letters: &[char]| letters.iter().collect::<String>();
        if letters.len() > 1 {
            self.replace(
                Mistake::Misspell,
                range.clone(),
                &text(&letters[..letters.len() - 1]),
            );
        }
        let mut doubled = letters.clone();
        doubled.insert(0, letters[0]);
        self.replace(Mistake::Misspell, range.clone(), &text(&doubled));
        if letters.len() > 2 {
            let mut swapped = letters.clone();
            swapped.swap(1, 2);
            self.replace(Mistake::Misspell, range.clone(), &text(&swapped));
        }
        let mut case = letters.clone();
        case[0] = if letters[0].is_uppercase() {
            letters[0].to_ascii_lowercase()
        } else {
            letters[0].to_ascii_uppercase()
        };
        self.replace(Mistake::Misspell, range, &text(&case));
    }

    fn value(&mut self, entry: &Entry) {
        let first = entry.first.span().byte_range();
        let key = self.text(&first).to_owned();
        let whole = entry.range.clone();
        match &entry.value {
            Value::None => {
                for wrong in [
                    format!("{key} = true"),
                    format!("{key}()"),
                    format!("{key}(x)"),
                ] {
                    self.replace(Mistake::WrongValue, whole.clone(), &wrong);
                }
            }
            Value::Assigned(range, trees) => {
                self.replace(Mistake::WrongValue, whole.clone(), &key);
                self.replace(Mistake::WrongValue, whole.clone(), &format!("{key} ="));
                let text = self.text(range).to_owned();
                self.replace(Mistake::WrongValue, whole, &format!("{key}({text})"));
                if let [TokenTree::Literal(_)] = trees.as_slice() {
                    self.literal(range, &text);
                } else {
                    for wrong in [
                        "7".to_owned(),
                        format!("\"{text}\""),
                        format!("{text} {text}"),
                    ] {
                        self.replace(Mistake::WrongValue, range.clone(), &wrong);
                    }
                    if let [TokenTree::Ident(_)] = trees.as_slice() {
                        self.replace(Mistake::WrongValue, range.clone(), &text[..text.len() - 1]);
                    }
                }
            }
            Value::Inner(range, _) => {
                self.replace(Mistake::WrongValue, range.clone(), "");
                self.replace(Mistake::WrongValue, range.clone(), "()");
                self.replace(Mistake::WrongValue, range.clone(), " = \"x\"");
                self.replace(Mistake::WrongValue, range.clone(), " = 7");
            }
            Value::Other => {}
        }
    }

    /// A literal of another kind, or beyond what it may be.
    fn literal(&mut self, range: &Range<usize>, text: &str) {
        let wrong: Vec<String> = if let Some(inner) = text.strip_prefix('"') {
            let inner = inner.trim_end_matches('"');
            vec![
                "7".to_owned(),
                "\"\"".to_owned(),
                format!("\"{inner} {inner}\""),
                inner.to_owned(),
                format!("'{}'", inner.chars().next().unwrap_or('x')),
                format!("b{text}"),
            ]
        } else if let Ok(number) = text.parse::<i64>() {
            let number = |by: i64| (number + by).to_string();
            vec![
                format!("\"{text}\""),
                "0".to_owned(),
                "70000".to_owned(),
                format!("-{text}"),
                format!("{text}.0"),
                format!("{text}u16"),
                number(1),
                number(-1),
            ]
        } else {
            Vec::new()
        };
        for wrong in wrong {
            self.replace(Mistake::WrongValue, range.clone(), &wrong);
        }
    }
}
