//! The types of a family's fields, and the older types of all fields, each named once: that it is serde is asked there, and taken for granted by
//! what serde generates.

use std::collections::HashMap;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote};
use syn::Type;

use super::model::{Event, Field, Form, Kind, Retirement};
use super::shape::{FieldShape, Shape};
use crate::serde_attr;
use crate::tokens::{alias, without_self};

/// Whether the stored type is written, and has fields.
pub fn is_written(kind: &Kind) -> bool {
    matches!(kind.retirement, Retirement::Current) && kind.form != Form::Unit
}

/// The types that serde reads and writes as they are, and those that it read; none for a command.
#[derive(Default)]
pub struct FieldTypes {
    stored: Types,
    old: Types,
}

#[derive(Default)]
struct Types {
    names: HashMap<String, Ident>,
    /// In their order.
    types: Vec<(Ident, TokenStream)>,
}

impl Types {
    fn add(&mut self, name: &str, ty: &Type, event: &Ident) {
        let key = key(ty);
        if !self.names.contains_key(&key) {
            let name = alias(name, self.types.len(), ty);
            self.types.push((name.clone(), without_self(ty, event)));
            self.names.insert(key, name);
        }
    }

    /// The names, and the one question.
    fn items(&self, question: &TokenStream) -> TokenStream {
        let (names, types): (Vec<_>, Vec<_>) = self.types.iter().cloned().unzip();
        quote! {
            #(type #names = #types;)*
            const _: fn() = || {
                #(__es::decoding::#question::<#names>();)*
            };
        }
    }

    fn named<'a>(&self, types: impl Iterator<Item = &'a Type>) -> Vec<&Ident> {
        let mut names: Vec<&Ident> = Vec::new();
        for ty in types {
            let name = self.names.get(&key(ty));
            names.extend(name.filter(|name| !names.contains(name)));
        }
        names
    }
}

fn key(ty: &Type) -> String {
    ty.to_token_stream().to_string()
}

impl FieldTypes {
    pub fn of(event: &Event) -> Self {
        let mut all = Self::default();
        for kind in &event.kinds {
            for field in &kind.fields {
                if event.family && is_written(kind) && is_plain(field) {
                    all.stored.add("Field", &field.ty, &event.ident);
                }
                for ty in field.was.iter().filter_map(|was| was.ty.as_ref()) {
                    all.old.add("Old", ty, &event.ident);
                }
            }
        }
        all
    }

    /// The names, and one question of each.
    pub fn items(&self) -> TokenStream {
        let mut items = TokenStream::new();
        for (types, question) in [
            (&self.stored, quote!(stored_field)),
            (&self.old, quote!(old_field)),
        ] {
            if !types.types.is_empty() {
                items.extend(types.items(&question));
            }
        }
        items
    }

    /// The bounds of what writes all types; nothing where there are none.
    pub fn bounds(&self) -> TokenStream {
        let names = self.stored.types.iter().map(|(name, _)| name);
        bounds(names, &quote!(StoredField))
    }

    /// Those of what reads a kind's fields in this shape.
    pub fn bounds_of(&self, kind: &Kind, shape: &Shape) -> TokenStream {
        let fields = || kind.fields.iter().zip(&shape.0);
        let stored = fields().filter_map(|(field, was)| {
            let today = match was {
                FieldShape::Absent => false,
                FieldShape::Same => true,
                FieldShape::Was(which) => field.was[*which].ty.is_none(),
            };
            (today && is_written(kind) && is_plain(field)).then_some(&field.ty)
        });
        let old = fields().filter_map(|(field, was)| match was {
            FieldShape::Was(which) => field.was[*which].ty.as_ref(),
            FieldShape::Absent | FieldShape::Same => None,
        });
        let (stored, old) = (self.stored.named(stored), self.old.named(old));
        let stored = bounds(stored.into_iter(), &quote!(StoredField));
        let old = bounds(old.into_iter(), &quote!(OldField));
        let comma = (!stored.is_empty() && !old.is_empty()).then(|| quote!(,));
        quote!(#stored #comma #old)
    }
}

/// Whether serde reads and writes the field by its type alone.
fn is_plain(field: &Field) -> bool {
    !serde_attr::is_read_otherwise(&field.serde)
}

fn bounds<'a>(names: impl Iterator<Item = &'a Ident>, by: &TokenStream) -> TokenStream {
    quote!(#(for<'__field> #names: __es::decoding::#by<'__field>),*)
}
