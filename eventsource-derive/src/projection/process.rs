//! What a process manager declares beside its instances' table: what it sends, what comes back, and where in the log it begins.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::{GenericArgument, PathArguments, Type, parse_quote};

use super::model::Projection;
use crate::attr::Items;
use crate::ctxt::Ctxt;
use crate::list::Listed;
use crate::naming::unraw;
use crate::standing::Standing;
use crate::suggest::nearest;
use crate::tokens::{alias, placed, written};

pub struct Process {
    pub from_beginning: bool,
    pub commands: Vec<Type>,
    pub rejections: Vec<Rejection>,
}

/// `Rejected<C>` in `events(…)`.
pub struct Rejection {
    pub ty: Type,
    /// The `C`.
    pub command: Type,
}

/// Takes those out of the list: they are no stored events.
pub fn rejections(ctxt: &Ctxt, events: &mut Vec<Listed>) -> Vec<Rejection> {
    let mut rejections = Vec::new();
    events.retain(|listed| {
        let Some(command) = rejected(&listed.ty) else {
            return true;
        };
        if listed.keys.is_some() {
            ctxt.error_at(
                &listed.ty,
                format!(
                    "what is rejected comes back to the instance that sent it: write `{}` alone",
                    listed.written()
                ),
            );
        }
        rejections.push(Rejection {
            ty: listed.ty.clone(),
            command: command.clone(),
        });
        false
    });
    rejections
}

fn rejected(ty: &Type) -> Option<&Type> {
    let path = match ty {
        Type::Path(path) => &path.path,
        Type::Group(group) => return rejected(&group.elem),
        _ => return None,
    };
    let last = path.segments.last()?;
    if last.ident != "Rejected" {
        return None;
    }
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(command) if arguments.args.len() == 1 => Some(command),
        _ => None,
    }
}

/// How many segments are the same at the end of both paths.
fn same_end(one: &Type, other: &Type) -> usize {
    let (one, other) = (segments(one), segments(other));
    let pairs = one.iter().rev().zip(other.iter().rev());
    pairs.take_while(|(one, other)| one == other).count()
}

fn segments(ty: &Type) -> Vec<String> {
    match ty {
        Type::Path(path) => {
            let segments = path.path.segments.iter();
            segments.map(|segment| unraw(&segment.ident)).collect()
        }
        Type::Group(group) => segments(&group.elem),
        Type::Paren(paren) => segments(&paren.elem),
        _ => Vec::new(),
    }
}

fn text(ty: &Type) -> String {
    ty.to_token_stream().to_string()
}

impl Process {
    pub fn parse(ctxt: &Ctxt, items: &Items, rejections: Vec<Rejection>) -> Self {
        let commands = match (items.get("commands"), items.inner("commands")) {
            (Some(item), Some(inner)) if inner.is_empty() => {
                ctxt.error(
                    item.key.span(),
                    "a process manager that sends nothing is a projection: list what it sends in `commands(…)`, or derive `Projection`",
                );
                Vec::new()
            }
            _ => items.types(ctxt, "commands"),
        };
        for (at, ty) in commands.iter().enumerate() {
            if commands[..at].iter().any(|other| text(other) == text(ty)) {
                ctxt.error_at(
                    ty,
                    format!("`{}` is listed twice: keep one of them", written(ty)),
                );
            }
        }
        let process = Self {
            from_beginning: items.name("from").is_some_and(|word| word == "beginning"),
            commands,
            rejections,
        };
        if !process.commands.is_empty() {
            process.check_rejections(ctxt);
        }
        process
    }

    fn check_rejections(&self, ctxt: &Ctxt) {
        let listed: Vec<String> = self.commands.iter().map(written).collect();
        for rejection in &self.rejections {
            if self.place(rejection).is_none() {
                let command = written(&rejection.command);
                let advice = nearest(&command, listed.iter().map(String::as_str)).map_or_else(
                    || format!("add it, `commands(…, {command})`"),
                    |near| format!("did you mean `Rejected<{near}>`?"),
                );
                ctxt.error_at(
                    &rejection.command,
                    format!("`{command}` cannot come back, for it is not in the list of what is sent: {advice}"),
                );
            }
        }
    }

    /// Where the command stands in the list of what is sent: as it is written, or else by another path that ends as this one does.
    fn place(&self, rejection: &Rejection) -> Option<usize> {
        let rejected = text(&rejection.command);
        let mut listed = self.commands.iter();
        listed.position(|ty| text(ty) == rejected).or_else(|| {
            let listed = self.commands.iter().enumerate();
            listed
                .map(|(at, ty)| (same_end(ty, &rejection.command), at))
                .filter(|(same, _)| *same > 0)
                .max()
                .map(|(_, at)| at)
        })
    }
}

/// The items that a process manager has and a projection has not.
pub fn expand(projection: &Projection, process: &Process) -> TokenStream {
    let ident = &projection.ident;
    let commands = process.commands.iter().enumerate();
    let commands: Vec<Ident> = commands.map(|(at, ty)| alias("Command", at, ty)).collect();
    let command_types = &process.commands;
    let mut sent: Vec<TokenStream> = commands
        .iter()
        .map(|command| quote!(<#command as __es::SentBy<#ident>>::SENDING.sent))
        .collect();
    let mut rejections = TokenStream::new();
    for (at, rejection) in process.rejections.iter().enumerate() {
        let (name, ty) = (alias("Rejected", at, &rejection.ty), &rejection.ty);
        rejections.extend(quote!(type #name = #ty;));
        let place = process.place(rejection);
        if let Some((sent, command)) = place.and_then(|at| sent.get_mut(at).zip(commands.get(at))) {
            *sent = quote!(#sent.by(<#name as __es::Returns<#ident, #command>>::DISPATCH));
        }
    }
    let from = if process.from_beginning {
        quote!(Beginning)
    } else {
        quote!(Now)
    };
    let implementation = quote_spanned! {placed(ident.span())=>
        static __PROCESS: __es::ProcessDescriptor = __es::ProcessDescriptor {
            from: __es::StartFrom::#from,
            commands: &[#(#sent),*],
        };

        #[automatically_derived]
        impl __es::ProcessManager for #ident {
            const PROCESS: &'static __es::ProcessDescriptor = &__PROCESS;
        }
    };
    // A command that is listed under two names is two such impls, and the trait's name says so where the second stands.
    let sends = commands.iter().map(|command| {
        quote_spanned! {placed(command.span())=>
            #[automatically_derived]
            impl __es::SendsEachCommandOnce<#command> for #ident {
                const SENDING: __es::Sending<#command> = <#command as __es::CarriedOut>::SENDING;
            }
        }
    });
    quote! {
        #(type #commands = #command_types;)*
        #rejections
        #implementation
        #(#sends)*
    }
}

/// What stands in for a process manager with mistakes: it sends whatever it is made to.
pub fn stand_in(standing: &Standing, place: Span) -> TokenStream {
    let (parameters, ty, bounds) = (&standing.parameters, &standing.ty, &standing.bounds);
    let sent = parse_quote!(__C: __es::CarriedOut);
    let (of_any, listed) = standing.unbound_with(parse_quote!(__C), Some(sent));
    quote_spanned! {placed(place)=>
        impl #parameters __es::ProcessManager for #ty #bounds {
            const PROCESS: &'static __es::ProcessDescriptor = &__es::ProcessDescriptor {
                from: __es::StartFrom::Now,
                commands: &[],
            };
        }

        impl #of_any __es::SendsEachCommandOnce<__C> for #ty #listed {
            const SENDING: __es::Sending<__C> = <__C as __es::CarriedOut>::SENDING;
        }
    }
}
