//! What the derives generate, formatted and kept in `expansions/`, so that a reviewer sees what a change does to it.

#![cfg(test)]

use std::path::Path;

use super::diagnostics::{derived, mistakes};
use super::golden;

/// The file's name, the derive, and the item.
const INPUTS: &[(&str, &str, &str)] = &[
    (
        "event_struct",
        "Event",
        r#"#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}"#,
    ),
    (
        "event_evolved_by_field",
        "Event",
        r#"#[event(name = "account.deposited", version = 3)]
pub struct Deposited {
    #[event(was(name = "amt", type = u32, until = 1, try_with = checked))]
    pub amount: u64,
    #[event(since = 3, default = Currency::Eur)]
    pub currency: Currency,
}"#,
    ),
    (
        "event_evolved_by_upcast",
        "Event",
        r#"#[event(name = "person.named", version = 4, aliases("person.called"))]
#[event(upcast(from = 1, type = NamedV1), upcast(from = 2, type = NamedV2), upcast(from = 3, with = lift))]
pub struct Named {
    pub given: String,
    pub family: Option<String>,
}"#,
    ),
    (
        "event_family",
        "Event",
        r#"#[event(prefix = "order")]
pub enum OrderEvent {
    Placed { customer: String, total: u64 },
    #[event(version = 2)]
    DiscountApplied {
        amount: u64,
        #[event(since = 2, default = "unrecorded".to_string())]
        reason: String,
    },
    #[event(aliases("order.sent"))]
    Shipped {
        #[serde(rename = "tracking_no")]
        tracking: String,
    },
    Noted(String),
    Closed,
    #[event(retired)]
    Paused,
}"#,
    ),
    (
        "event_split",
        "Event",
        r#"#[event(name = "member.joined_and_named", retired(into(Joined, Named)))]
pub struct JoinedAndNamed {
    pub email: String,
    pub name: String,
}"#,
    ),
    (
        "event_dropped",
        "Event",
        r#"#[event(name = "member.pinged", retired(drop))]
pub struct Pinged;"#,
    ),
    (
        "event_with_a_mistake",
        "Event",
        r#"#[event(nmae = "account.opened", name = "account.opened")]
pub struct Opened {
    pub owner: String,
}"#,
    ),
    (
        "command_struct",
        "Command",
        r"#[command(aggregate = Account, creates)]
pub struct Open {
    #[command(id)]
    pub account: String,
    pub owner: String,
}",
    ),
    (
        "command_family",
        "Command",
        r"#[command(aggregate = Order)]
pub enum OrderCommand {
    #[command(creates)]
    Place {
        #[command(id)]
        order: String,
        customer: String,
    },
    Pay {
        #[command(id)]
        order: String,
        amount: u64,
    },
}",
    ),
    (
        "command_stored",
        "Command",
        r#"#[command(aggregate = Order, name = "order.ship", version = 2)]
pub struct Ship {
    #[command(id)]
    pub order: String,
    #[command(since = 2, default)]
    pub tracking: String,
}"#,
    ),
    (
        "aggregate_of_several_events",
        "Aggregate",
        r#"#[aggregate(
    name = "account",
    id = String,
    error = AccountError,
    events(Opened, Deposited, ignore(Noted)),
    retired(Suspended),
    commands(Open, Deposit),
    command_enum = AccountCommand,
    snapshot(every = 100)
)]
pub struct Account {
    owner: String,
    balance: u64,
}"#,
    ),
    (
        "aggregate_of_one_family",
        "Aggregate",
        r#"#[aggregate(name = "order", id = String, error = OrderError, events(OrderEvent), commands(Ship))]
pub enum Order {
    #[default]
    New,
    Open { due: u64 },
}"#,
    ),
    (
        "projection_keyed",
        "Projection",
        r#"#[projection(
    name = "balances",
    version = 1,
    events(Opened, Booked(key = account), OrderEvent(key_with = accounts_of), ignore(Noted)),
    retired(Suspended)
)]
pub struct Balance {
    #[projection(key)]
    account: String,
    #[projection(index, column = "owner_name")]
    owner: String,
    amount: Option<u64>,
}"#,
    ),
    (
        "projection_global",
        "Projection",
        r#"#[projection(name = "dashboard", version = 1, key = global, events(OrderEvent))]
pub struct Dashboard {
    placed: u64,
}"#,
    ),
    (
        "process_manager",
        "ProcessManager",
        r#"#[process_manager(
    name = "fulfilment",
    version = 1,
    from = beginning,
    events(OrderEvent, Booked(key = order), Rejected<Ship>),
    commands(Book, Ship)
)]
pub struct Fulfilment {
    #[process_manager(key)]
    order: String,
    booked: bool,
}"#,
    ),
    (
        "process_manager_with_a_mistake",
        "ProcessManager",
        r#"#[process_manager(name = "fulfilment", version = 1, events(Booked), commands(Ship))]
pub struct Fulfilment {
    #[process_manager(key)]
    order: String,
}"#,
    ),
];

#[test]
fn the_generated_code_is_what_was_read_last() {
    for (name, derive, item) in INPUTS {
        let output = derived(derive, item);
        let refused = name.ends_with("with_a_mistake");
        assert_eq!(!mistakes(output.clone()).is_empty(), refused, "{name}");
        let file = syn::parse2(output).unwrap_or_else(|error| panic!("{name}: {error}"));
        let asked = format!("#[derive({derive})]\n{item}");
        let asked: Vec<&str> = asked.lines().collect();
        let asked = asked.join("\n//     ");
        let text = format!(
            "// Generated for\n//\n//     {asked}\n\n{}",
            prettyplease::unparse(&file)
        );
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("expansions/{name}.rs"));
        golden::compare(&path, &text);
    }
}

#[test]
fn the_same_item_is_always_expanded_to_the_same_code() {
    for (_, derive, item) in INPUTS {
        assert_eq!(
            derived(derive, item).to_string(),
            derived(derive, item).to_string()
        );
    }
}
