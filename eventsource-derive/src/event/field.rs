//! What a field of an event or of a command was, out of its attributes.

use super::model::{Conversion, Examples, Field, Since, Was};
use crate::attr::{self, Items, Value};
use crate::ctxt::Ctxt;
use crate::keys::{EVENT_FIELD, WAS_KEYS};

impl Field {
    pub fn parse(ctxt: &Ctxt, field: &syn::Field) -> Self {
        let items = attr::parse(ctxt, &field.attrs, &EVENT_FIELD);
        if let Some(personal) = items.flag("personal") {
            ctxt.error(personal, "`personal` is reserved for erasable personal data and does nothing yet: leave it out");
        }
        Self {
            examples: examples(&items),
            ..Self::of(ctxt, field, &items)
        }
    }

    /// A field of an event or of a command, whose keys are these.
    pub fn of(ctxt: &Ctxt, field: &syn::Field, items: &Items) -> Self {
        let was: Vec<_> = items
            .all("was")
            .map(|item| Was::parse(ctxt, item))
            .collect();
        Self {
            ident: field.ident.clone(),
            ty: field.ty.clone(),
            serde: attr::serde(&field.attrs),
            docs: attr::docs(&field.attrs),
            since: since(ctxt, items),
            broken: items.is_broken(&["since", "was"])
                || (items.given("default") && !items.given("since"))
                || was
                    .iter()
                    .any(|was| was.as_ref().is_none_or(|was| was.broken)),
            was: was.into_iter().flatten().collect(),
            examples: Examples::default(),
        }
    }
}

fn examples(items: &Items) -> Examples {
    let values = items.all("example").filter_map(|item| match &item.value {
        Value::Expression(expression) => Some(expression.clone()),
        _ => None,
    });
    let given = items.all("example").chain(items.all("schemars"));
    Examples {
        values: values.collect(),
        schemars: items.flag("schemars").is_some(),
        keys: given.map(|item| item.key.clone()).collect(),
    }
}

/// `since = N, default`.
fn since(ctxt: &Ctxt, items: &Items) -> Option<Since> {
    if let Some(default) = items.get("default")
        && !items.given("since")
    {
        ctxt.error(
            default.key.span(),
            "`default` says what older payloads have in the field's place: write `since = N, default`, with the version that the field came with",
        );
    }
    let since = items.version("since");
    if let (Some(item), Some((version, _))) = (items.get("since"), since)
        && !items.given("default")
    {
        ctxt.error(
            item.key.span(),
            format!("older payloads lack this field and need a default: write `since = {version}, default` or `since = {version}, default = …`"),
        );
    }
    let (version, span) = since?;
    Some(Since {
        version,
        span,
        default: items.expression("default").cloned(),
    })
}

impl Was {
    fn parse(ctxt: &Ctxt, item: &attr::Item) -> Option<Self> {
        let Value::Inner(inner) = &item.value else {
            return None;
        };
        let span = item.key.span();
        let keys = attr::parse_inner(ctxt, inner.clone(), &WAS_KEYS);
        if inner.is_empty() {
            ctxt.error(span, "`was` says what the field was, and up to which version: write `was(name = \"…\", until = 1)`, or `was(type = Old, until = 1)`");
            return None;
        }
        if !keys.given("until") {
            ctxt.error(span, "`was` needs the last version that the field was so: write `was(name = \"…\", until = 1)`");
        }
        if !keys.given("name") && !keys.given("type") {
            let message = if keys.get("with").is_some() || keys.get("try_with").is_some() {
                "`was` needs the type that the function takes: write `was(type = Old, with = f, until = 1)`"
            } else {
                "`was` needs what the field was, its name, its type, or both: write `was(name = \"…\", until = 1)`, or `was(type = Old, until = 1)`"
            };
            ctxt.error(span, message);
        }
        let name = keys.text("name").map(|text| {
            if text.value().is_empty() {
                ctxt.error(
                    text.span(),
                    "the field's older name is empty: write the name that older payloads have, or leave `name` out",
                );
            }
            text.value()
        });
        let by = match (keys.get("with"), keys.get("try_with")) {
            (Some(_), Some(try_with)) => {
                ctxt.error(
                    try_with.key.span(),
                    "`with` and `try_with` exclude each other: keep `with` for a function that gives the field, `try_with` for one that gives a `Result` of it",
                );
                Conversion::From
            }
            (Some(_), None) => keys
                .expression("with")
                .cloned()
                .map_or(Conversion::From, Conversion::With),
            (None, Some(_)) => keys
                .expression("try_with")
                .cloned()
                .map_or(Conversion::From, Conversion::TryWith),
            (None, None) => Conversion::From,
        };
        if let (Some(with), None, Some(_)) = (
            keys.get("with").or_else(|| keys.get("try_with")),
            keys.given("type").then_some(()),
            keys.get("name"),
        ) {
            ctxt.error(
                with.key.span(),
                "a function changes a field's type: name the type that it takes with `type = Old`, or leave the function out",
            );
        }
        let (until, until_span) = keys.version("until")?;
        Some(Self {
            until,
            until_span,
            span,
            name_span: keys.text("name").map_or(span, syn::LitStr::span),
            name,
            ty: keys.ty("type").cloned(),
            by,
            broken: keys.is_broken(&["name", "type", "with", "try_with"]),
        })
    }
}
