//! A format as indented lines, for people and for differences, and read back from them.

use std::fmt;

use super::format::{Content, Field, Format, Tags, Unknown};

/// A line, and the lines within it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Node {
    pub(crate) text: String,
    pub(crate) children: Vec<Node>,
    /// Where it stands in the text that it was read from, from 1; else 0.
    pub(crate) line: usize,
}

impl Node {
    pub(crate) fn new(text: impl Into<String>, children: Vec<Self>) -> Self {
        Self {
            text: text.into(),
            children,
            line: 0,
        }
    }

    /// The lines of a text, each within the one above it that is indented less.
    pub(crate) fn parse(text: &str) -> Vec<Self> {
        let mut lines = (1..)
            .zip(text.lines())
            .filter(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
            .peekable();
        parse_within(&mut lines, 0)
    }

    fn write(&self, out: &mut String, indent: usize) {
        for _ in 0..indent {
            out.push_str("  ");
        }
        out.push_str(&self.text);
        out.push('\n');
        for child in &self.children {
            child.write(out, indent + 1);
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text, 0);
        f.write_str(&text)
    }
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn parse_within<'a>(
    lines: &mut std::iter::Peekable<impl Iterator<Item = (usize, &'a str)>>,
    indent: usize,
) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    while let Some((number, line)) = lines.peek().copied() {
        let at = indent_of(line);
        if at < indent {
            break;
        }
        if at > indent
            && let Some(last) = nodes.last_mut()
        {
            last.children = parse_within(lines, at);
            continue;
        }
        let _ = lines.next();
        nodes.push(Node {
            line: number,
            ..Node::new(line.trim(), Vec::new())
        });
    }
    nodes
}

/// A name as it stands in a line: in quotes, where it has other characters than names usually have.
fn label(name: &str) -> String {
    let plain = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if plain {
        name.to_owned()
    } else {
        serde_json::Value::from(name).to_string()
    }
}

/// A name from the beginning of a line, and what is behind it.
fn read_label(line: &str) -> Option<(String, &str)> {
    if line.starts_with('"') {
        let mut values = serde_json::Deserializer::from_str(line).into_iter::<serde_json::Value>();
        let name = values.next()?.ok()?.as_str()?.to_owned();
        return Some((name, line.get(values.byte_offset()..)?));
    }
    let end = line
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.')))
        .unwrap_or(line.len());
    (end > 0).then(|| (line[..end].to_owned(), &line[end..]))
}

impl Format {
    /// What a line says of it, and the lines within.
    pub(crate) fn to_lines(&self) -> (String, Vec<Node>) {
        let words = |word: &str, more: &str| {
            if more.is_empty() {
                word.to_owned()
            } else {
                format!("{word} {more}")
            }
        };
        match self {
            Self::Unseen | Self::Named(_) => ("unseen".into(), Vec::new()),
            Self::Plain(word) => (word.clone(), Vec::new()),
            Self::Text(None) => ("text".into(), Vec::new()),
            Self::Text(Some(like)) => (
                format!("text like {}", serde_json::Value::from(like.as_str())),
                Vec::new(),
            ),
            Self::Any(taken) => {
                let lines = taken.iter().map(|word| Node::new(word, Vec::new()));
                ("anything".into(), lines.collect())
            }
            Self::Opaque(word) => (words("opaque", word), Vec::new()),
            Self::Optional(inner) => inner.to_lines_behind("optional"),
            Self::List(inner) => inner.to_lines_behind("list of"),
            Self::Map(key, value) => (
                "map".into(),
                vec![key.to_node("key"), value.to_node("value")],
            ),
            Self::Tuple(parts) => {
                let parts = parts.iter().enumerate();
                let lines = parts.map(|(at, part)| part.to_node(&at.to_string()));
                ("tuple".into(), lines.collect())
            }
            Self::Struct(name, fields, unknown) => {
                let word = match unknown {
                    Unknown::PassedOver => "struct",
                    Unknown::Refused => "strict struct",
                };
                let lines = fields.iter().map(Field::to_node).collect();
                (words(word, name), lines)
            }
            Self::Tagged(name, Tags { tag, content }, variants) => {
                let lines = variants
                    .iter()
                    .map(|(variant, content)| content.to_node(variant));
                let word = format!("tagged {} {} enum", label(tag), label(content));
                (words(&word, name), lines.collect())
            }
            Self::Enum(name, variants) => {
                let lines = variants
                    .iter()
                    .map(|(variant, content)| content.to_node(variant));
                (words("enum", name), lines.collect())
            }
            Self::Again(name) => (words("again", name), Vec::new()),
        }
    }

    fn to_lines_behind(&self, words: &str) -> (String, Vec<Node>) {
        let (line, within) = self.to_lines();
        (format!("{words} {line}"), within)
    }

    pub(crate) fn to_node(&self, label: &str) -> Node {
        let (line, within) = self.to_lines();
        Node::new(format!("{label}: {line}"), within)
    }

    /// What a line and the lines within it say.
    pub(crate) fn from_lines(line: &str, within: &[Node]) -> Option<Self> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let inner = |line: &str| Self::from_lines(line, within).map(Box::new);
        Some(match word {
            "unseen" => Self::Unseen,
            "text" => match rest.strip_prefix("like ") {
                Some(form) => Self::Text(Some(serde_json::from_str(form).ok()?)),
                None => Self::Text(None),
            },
            "anything" => Self::Any(within.iter().map(|line| line.text.clone()).collect()),
            "opaque" => Self::Opaque(rest.to_owned()),
            "optional" => Self::Optional(inner(rest)?),
            "list" => Self::List(inner(rest.strip_prefix("of ")?)?),
            "map" => match within {
                [key, value] => Self::Map(
                    Box::new(Self::from_node(key)?.1),
                    Box::new(Self::from_node(value)?.1),
                ),
                _ => return None,
            },
            "tuple" => {
                let parts = within.iter().map(|part| Some(Self::from_node(part)?.1));
                Self::Tuple(parts.collect::<Option<_>>()?)
            }
            "struct" => {
                let fields = within.iter().map(Field::from_node);
                let fields = fields.collect::<Option<_>>()?;
                Self::Struct(rest.to_owned(), fields, Unknown::PassedOver)
            }
            "strict" => match Self::from_lines(rest, within)? {
                Self::Struct(name, fields, _) => Self::Struct(name, fields, Unknown::Refused),
                _ => return None,
            },
            "tagged" => {
                let (tag, rest) = read_label(rest)?;
                let (content, rest) = read_label(rest.strip_prefix(' ')?)?;
                let tags = Tags { tag, content };
                match Self::from_lines(rest.strip_prefix(' ')?, within)? {
                    Self::Enum(name, variants) => Self::Tagged(name, tags, variants),
                    _ => return None,
                }
            }
            "enum" => {
                let variants = within.iter().map(Content::from_node);
                Self::Enum(rest.to_owned(), variants.collect::<Option<_>>()?)
            }
            "again" => Self::Again(rest.to_owned()),
            word => Self::plain(word),
        })
    }

    fn from_node(node: &Node) -> Option<(String, Self)> {
        let (name, rest) = read_label(&node.text)?;
        let format = Self::from_lines(rest.strip_prefix(": ")?, &node.children)?;
        Some((name, format))
    }
}

impl Field {
    pub(crate) fn to_node(&self) -> Node {
        let mut name = label(&self.name);
        for alias in &self.aliases {
            name.push_str(" or ");
            name.push_str(&label(alias));
        }
        if !self.required {
            name.push('?');
        }
        self.format.to_node(&name)
    }

    pub(crate) fn from_node(node: &Node) -> Option<Self> {
        let (name, mut rest) = read_label(&node.text)?;
        let mut aliases = Vec::new();
        while let Some(more) = rest.strip_prefix(" or ") {
            let (alias, behind) = read_label(more)?;
            aliases.push(alias);
            rest = behind;
        }
        let optional = rest.strip_prefix('?');
        let line = optional.unwrap_or(rest).strip_prefix(": ")?;
        Some(Self {
            name,
            format: Format::from_lines(line, &node.children)?,
            required: optional.is_none(),
            aliases,
        })
    }
}

impl Content {
    fn to_node(&self, variant: &str) -> Node {
        let name = label(variant);
        match self {
            Self::Unseen => Node::new(format!("{name}: unseen"), Vec::new()),
            Self::Unit => Node::new(name, Vec::new()),
            Self::Newtype(inner) => inner.to_node(&name),
            Self::Tuple(parts) => Format::Tuple(parts.clone()).to_node(&name),
            Self::Fields(fields) => {
                Format::Struct(String::new(), fields.clone(), Unknown::PassedOver).to_node(&name)
            }
        }
    }

    fn from_node(node: &Node) -> Option<(String, Self)> {
        let (name, rest) = read_label(&node.text)?;
        let Some(line) = rest.strip_prefix(": ") else {
            return Some((name, Self::Unit));
        };
        let format = Format::from_lines(line, &node.children)?;
        Some((name, Self::Newtype(format)))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, within) = self.to_lines();
        write!(f, "{}", Node::new(line, within))
    }
}
