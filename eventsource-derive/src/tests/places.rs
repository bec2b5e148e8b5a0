//! Where generated items stand, for an editor that is asked what a word of the user's is about.

#![cfg(test)]

use syn::spanned::Spanned as _;
use syn::{File, Item, ItemEnum};

use super::diagnostics::derived;

const ACCOUNT: &str = r#"#[aggregate(
    name = "account",
    id = String,
    error = AccountError,
    events(Opened, crate::Closed),
    commands(Open, Freeze),
    command_enum = AccountCommand
)]
struct Account;"#;

fn enum_called(name: &str) -> ItemEnum {
    let file: File = syn::parse2(derived("Aggregate", ACCOUNT)).expect("the derive writes items");
    let found = file.items.into_iter().find_map(|item| match item {
        Item::Enum(item) if item.ident == name => Some(item),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("there is no enum {name}"))
}

#[test]
fn a_listed_type_stands_for_the_type_and_not_for_the_variant_that_has_its_name() {
    for (name, list) in [("AccountEvent", "events("), ("AccountCommand", "commands(")] {
        let line = ACCOUNT.lines().position(|line| line.contains(list));
        let line = line.map(|before| before + 1);
        for variant in enum_called(name).variants {
            let of_type = variant.fields.iter().map(|field| field.ty.span().start());
            assert!(
                of_type.map(|at| Some(at.line)).all(|at| at == line),
                "the type of {name}::{} is not at its place in the list",
                variant.ident
            );
            assert_ne!(
                Some(variant.ident.span().start().line),
                line,
                "{name}::{} is at its type's place in the list",
                variant.ident
            );
        }
    }
}
