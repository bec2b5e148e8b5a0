//! What an aggregate declares, as plain data.

use proc_macro2::{Ident, Span};
use quote::{ToTokens as _, format_ident};
use syn::{Data, DeriveInput, Path, Type, Visibility};

use crate::attr;
use crate::ctxt::Ctxt;
use crate::event::refuse_parameter;
use crate::keys::{AGGREGATE, SNAPSHOT_KEYS};
use crate::list::{self, Listed, Lister, last_segment};
use crate::naming::{self, snake_case, unraw};
use crate::tokens::{alias, written};

pub struct Aggregate {
    pub ident: Ident,
    pub vis: Visibility,
    pub runtime: Path,
    pub name: String,
    pub id: Option<Type>,
    pub error: Option<Type>,
    pub events: Vec<Listed>,
    pub retired: Vec<Type>,
    pub commands: Vec<Type>,
    /// The enum of its events; `None` when the one listed type is itself the event type.
    pub event_enum: Option<Ident>,
    pub command_enum: Option<Ident>,
    pub snapshot: Option<Snapshot>,
    pub ignores_unknown: bool,
    /// The fields or variants as tokens, without documentation: the state's schema.
    pub schema: String,
    /// Its doc comment.
    pub docs: String,
}

pub struct Snapshot {
    pub span: Span,
    pub every: u64,
    pub version: u16,
}

impl Aggregate {
    pub fn parse(ctxt: &Ctxt, input: &DeriveInput) -> Self {
        for parameter in &input.generics.params {
            refuse_parameter(
                ctxt,
                parameter,
                "an aggregate",
                "its streams and snapshots are of one type",
            );
        }
        let ident = input.ident.clone();
        if let Data::Union(data) = &input.data {
            ctxt.error(
                data.union_token.span,
                "a union cannot be an aggregate: derive `Aggregate` on a struct or an enum",
            );
        }
        refuse_inside(ctxt, &input.data);
        let items = attr::parse(ctxt, &input.attrs, &AGGREGATE);
        let proposed = snake_case(&unraw(&ident));
        let mut missing = Vec::new();
        for (key, example) in [
            ("name", format!("name = \"{proposed}\"")),
            ("id", "id = String".to_owned()),
            ("error", format!("error = {}Error", unraw(&ident))),
            ("events", "events(…)".to_owned()),
        ] {
            if !items.given(key) {
                missing.push(example);
            }
        }
        if !missing.is_empty() {
            ctxt.error(
                ident.span(),
                items.say_missing("an aggregate", &AGGREGATE, &missing.join(", ")),
            );
        }
        if let Some(name) = items.text("name") {
            naming::check(ctxt, "the name", &name.value(), name.span(), &proposed);
        }
        let before = ctxt.count();
        let events = items
            .inner("events")
            .map(|inner| list::events(ctxt, inner.clone(), Lister::Aggregate))
            .unwrap_or_default();
        if let Some(item) = items.get("events")
            && events.is_empty()
            && ctxt.count() == before
        {
            ctxt.error(
                item.key.span(),
                "an aggregate without events has no state: list them in `events(…)`",
            );
        }
        let retired = items.types(ctxt, "retired");
        for ty in &retired {
            let name = ty.to_token_stream().to_string();
            if events
                .iter()
                .any(|listed| listed.ty.to_token_stream().to_string() == name)
            {
                let name = written(ty);
                ctxt.error_at(ty, format!("`{name}` stands in `events(…)` too: what is written is not retired, keep one of them"));
            }
        }
        let commands = items.types(ctxt, "commands");
        refuse_repeated(ctxt, &commands);
        refuse_repeated(ctxt, &retired);
        let snapshot = items
            .get("snapshot")
            .and_then(|item| Snapshot::parse(ctxt, item));
        let mut aggregate = Self {
            vis: input.vis.clone(),
            runtime: items.runtime(),
            name: items.text("name").map_or(proposed, syn::LitStr::value),
            id: items.ty("id").cloned(),
            error: items.ty("error").cloned(),
            event_enum: items.name("event_enum").cloned(),
            command_enum: items.name("command_enum").cloned(),
            ignores_unknown: items
                .text("unknown")
                .is_some_and(|text| text.value() == "ignore"),
            schema: schema(input),
            docs: attr::docs(&input.attrs),
            ident,
            events,
            retired,
            commands,
            snapshot,
        };
        aggregate.name_enums(ctxt, items.given("commands"));
        aggregate
    }

    /// The names of the listed events in generated code.
    pub fn event_aliases(&self) -> Vec<Ident> {
        let events = self.events.iter().enumerate();
        events
            .map(|(at, listed)| alias("Event", at, &listed.ty))
            .collect()
    }

    /// Those of the retired.
    pub fn retired_aliases(&self) -> Vec<Ident> {
        let retired = self.retired.iter().enumerate();
        retired.map(|(at, ty)| alias("Retired", at, ty)).collect()
    }

    /// Those of the commands.
    pub fn command_aliases(&self) -> Vec<Ident> {
        let commands = self.commands.iter().enumerate();
        commands.map(|(at, ty)| alias("Command", at, ty)).collect()
    }

    /// One listed type is itself the event type; several make an enum, whose variants are their names.
    fn name_enums(&mut self, ctxt: &Ctxt, lists_commands: bool) {
        self.refuse_taken_names(ctxt);
        if self.events.len() > 1 && self.event_enum.is_none() {
            let name = format_ident!("{}Event", unraw(&self.ident), span = self.ident.span());
            // Whatever lists it: it most often stands beside the aggregate, where the enum would.
            let events = self.events.iter().map(|listed| &listed.ty);
            let mut listed = events.chain(&self.retired).chain(&self.commands);
            if let Some(same) = listed.find(|ty| last_segment(ty).is_some_and(|last| last == name))
            {
                ctxt.error_at(
                    same,
                    format!("the enum of all listed events would be called `{name}` too: name it with `event_enum = {}Fact`", unraw(&self.ident)),
                );
            }
            self.event_enum = Some(name);
        }
        if self.event_enum.is_some() {
            unique_variants(ctxt, self.events.iter().map(|listed| &listed.ty), "event");
        }
        if let Some(name) = &self.command_enum {
            unique_variants(ctxt, self.commands.iter(), "command");
            if !lists_commands {
                ctxt.error(name.span(), "`command_enum` makes an enum of the listed commands: list them in `commands(…)`");
            }
        }
    }
}

impl Aggregate {
    /// Reports a name for an enum that something else in the attribute has. A listed type that is named by a path may stand elsewhere.
    fn refuse_taken_names(&mut self, ctxt: &Ctxt) {
        let own = unraw(&self.ident);
        let events = self.events.iter().map(|listed| &listed.ty);
        let listed: Vec<Ident> = events
            .chain(&self.retired)
            .chain(&self.commands)
            .filter_map(only_segment)
            .collect();
        let taken = |name: &Ident| *name == self.ident || listed.contains(name);
        let refuse = |name: &Ident, key: &str, what: &str, write: &str| {
            ctxt.error(
                name.span(),
                format!("`{name}` is taken: give the enum of all listed {what} a name of its own, such as `{key} = {own}{write}`"),
            );
        };
        if let Some(name) = self.event_enum.take_if(|name| taken(name)) {
            refuse(&name, "event_enum", "events", "Fact");
        }
        let events = match &self.event_enum {
            None if self.events.len() > 1 => Some(format_ident!("{own}Event")),
            named => named.clone(),
        };
        let of_commands = |name: &mut Ident| taken(name) || events.as_ref() == Some(name);
        if let Some(name) = self.command_enum.take_if(of_commands) {
            refuse(&name, "command_enum", "commands", "Command");
        }
    }
}

/// The name of a type that is named by it alone.
fn only_segment(ty: &Type) -> Option<Ident> {
    match ty {
        Type::Path(path) => path.path.get_ident().cloned(),
        Type::Group(group) => only_segment(&group.elem),
        Type::Paren(paren) => only_segment(&paren.elem),
        _ => None,
    }
}

/// Reports each `#[aggregate(…)]` on a field or a variant, where it would say nothing.
fn refuse_inside(ctxt: &Ctxt, data: &Data) {
    let refuse = |attrs: &[syn::Attribute]| {
        for attr in attrs
            .iter()
            .filter(|attr| attr.path().is_ident("aggregate"))
        {
            ctxt.error_at(
                attr.path(),
                "an aggregate's fields and variants have no keys: write `#[aggregate(…)]` on the type itself",
            );
        }
    };
    match data {
        Data::Struct(data) => data.fields.iter().for_each(|field| refuse(&field.attrs)),
        Data::Enum(data) => {
            for variant in &data.variants {
                refuse(&variant.attrs);
                variant.fields.iter().for_each(|field| refuse(&field.attrs));
            }
        }
        Data::Union(_) => {}
    }
}

fn unique_variants<'a>(ctxt: &Ctxt, types: impl Iterator<Item = &'a Type>, what: &str) {
    let mut seen: Vec<(Ident, String)> = Vec::new();
    for ty in types {
        let Some(ident) = last_segment(ty) else {
            ctxt.error_at(
                ty,
                format!("the {what} gives a variant its name: list it by a path"),
            );
            continue;
        };
        let tokens = ty.to_token_stream().to_string();
        if seen
            .iter()
            .any(|(other, written)| *other == ident && *written != tokens)
        {
            ctxt.error_at(
                ty,
                format!("two listed {what}s would be the variant `{ident}`: list a type once, or import one of two under another name, `use … as …`, and list that"),
            );
        }
        seen.push((ident, tokens));
    }
}

fn refuse_repeated(ctxt: &Ctxt, types: &[Type]) {
    for (at, ty) in types.iter().enumerate() {
        let name = ty.to_token_stream().to_string();
        if types[..at]
            .iter()
            .any(|other| other.to_token_stream().to_string() == name)
        {
            let name = written(ty);
            ctxt.error_at(ty, format!("`{name}` is listed twice: keep one of them"));
        }
    }
}

impl Snapshot {
    fn parse(ctxt: &Ctxt, item: &attr::Item) -> Option<Self> {
        let attr::Value::Inner(inner) = &item.value else {
            return None;
        };
        let span = item.key.span();
        let keys = attr::parse_inner(ctxt, inner.clone(), &SNAPSHOT_KEYS);
        if !keys.given("every") {
            ctxt.error(
                span,
                "`snapshot` needs how often: write `snapshot(every = 100)`",
            );
        }
        let (every, _) = keys.number("every")?;
        let version = keys.version("version").map_or(1, |(version, _)| version);
        Some(Self {
            span,
            every,
            version,
        })
    }
}

/// The state's fields or variants as tokens: what has to be the same for a snapshot to be read.
fn schema(input: &DeriveInput) -> String {
    let mut input = input.clone();
    let keep = |attrs: &mut Vec<syn::Attribute>| attrs.retain(|attr| attr.path().is_ident("serde"));
    keep(&mut input.attrs);
    match &mut input.data {
        Data::Struct(data) => data
            .fields
            .iter_mut()
            .for_each(|field| keep(&mut field.attrs)),
        Data::Enum(data) => {
            for variant in &mut data.variants {
                keep(&mut variant.attrs);
                variant
                    .fields
                    .iter_mut()
                    .for_each(|field| keep(&mut field.attrs));
            }
        }
        Data::Union(_) => {}
    }
    input.into_token_stream().to_string()
}
