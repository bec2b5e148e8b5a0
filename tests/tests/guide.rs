//! The bank as `docs/guide.md` leaves it: frozen accounts, a renamed field, a read model of holders. The page's code stands here, and
//! `pages.rs` compares the two.

use eventsource_core::prelude::*;
use eventsource_core::testing::decode;
use eventsource_sqlite::SqliteStore;
use serde::{Deserialize, Serialize};

/// An account was opened.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "account.opened", version = 2)]
pub struct Opened {
    #[event(was(name = "owner", until = 1))]
    pub holder: String,
}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "account.deposited", version = 3)]
pub struct Deposited {
    #[event(was(name = "amt", until = 1))]
    pub amount: u64,
    #[event(since = 3, default = Currency::Eur)]
    pub currency: Currency,
}

#[derive(Serialize, Deserialize, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Currency {
    #[serde(rename = "EUR")]
    Eur,
}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "account.withdrawn")]
pub struct Withdrawn {
    pub amount: u64,
}

/// The account was frozen: nothing goes out until somebody has looked into it.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "account.frozen")]
pub struct Frozen {
    pub reason: String,
}

#[derive(Command, Debug, Clone)]
#[command(aggregate = Account, creates)]
pub struct Open {
    #[command(id)]
    pub account: String,
    pub owner: String,
}

#[derive(Command, Debug, Clone)]
#[command(aggregate = Account)]
pub struct Deposit {
    #[command(id)]
    pub account: String,
    pub amount: u64,
}

#[derive(Command, Debug, Clone)]
#[command(aggregate = Account)]
pub struct Withdraw {
    #[command(id)]
    pub account: String,
    pub amount: u64,
}

#[derive(Command, Debug, Clone)]
#[command(aggregate = Account)]
pub struct Freeze {
    #[command(id)]
    pub account: String,
    pub reason: String,
}

#[derive(Aggregate, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[aggregate(
    name = "account",
    id = String,
    error = AccountError,
    events(Opened, Deposited, Withdrawn, Frozen),
    commands(Open, Deposit, Withdraw, Freeze),
    snapshot(every = 100)
)]
pub struct Account {
    owner: String,
    balance: u64,
    frozen: bool,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AccountError {
    #[error("the account is frozen")]
    Frozen,
    #[error("the balance is {balance}, {requested} was asked for")]
    InsufficientFunds { balance: u64, requested: u64 },
}

impl Apply<Opened> for Account {
    fn apply(&mut self, event: &Opened) {
        self.owner = event.holder.clone();
    }
}

impl Apply<Deposited> for Account {
    fn apply(&mut self, event: &Deposited) {
        self.balance += event.amount;
    }
}

impl Apply<Withdrawn> for Account {
    fn apply(&mut self, event: &Withdrawn) {
        self.balance -= event.amount;
    }
}

impl Apply<Frozen> for Account {
    fn apply(&mut self, _: &Frozen) {
        self.frozen = true;
    }
}

impl Handle<Open> for Account {
    fn handle(&self, command: Open, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Opened {
            holder: command.owner
        }])
    }
}

impl Handle<Deposit> for Account {
    fn handle(&self, command: Deposit, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Deposited {
            amount: command.amount,
            currency: Currency::Eur
        }])
    }
}

impl Handle<Withdraw> for Account {
    fn handle(&self, command: Withdraw, _: &Context<'_, Self>) -> Decision<Self> {
        if self.frozen {
            return Err(AccountError::Frozen);
        }
        if command.amount > self.balance {
            return Err(AccountError::InsufficientFunds {
                balance: self.balance,
                requested: command.amount,
            });
        }
        Ok(events![Withdrawn {
            amount: command.amount
        }])
    }
}

impl Handle<Freeze> for Account {
    fn handle(&self, command: Freeze, _: &Context<'_, Self>) -> Decision<Self> {
        if self.frozen {
            return Ok(events![]);
        }
        Ok(events![Frozen {
            reason: command.reason
        }])
    }
}

/// One row a holder, over all of their accounts: the key comes out of the event.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(name = "holders", version = 2, events(Opened(key = holder)))]
pub struct Holder {
    #[projection(key)]
    holder: String,
    accounts: u32,
    since: Option<Timestamp>,
}

impl Project<Opened> for Holder {
    fn project(&mut self, _: &Opened, context: &EventContext<'_>) {
        self.accounts += 1;
        self.since.get_or_insert(context.recorded_at());
    }
}

/// The read model as it was first, which a program of that time goes on using.
mod first {
    use super::*;

    /// One row a holder, over all of their accounts: the key comes out of the event.
    #[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
    #[projection(name = "holders", version = 1, events(Opened(key = holder)))]
    pub struct Holder {
        #[projection(key)]
        holder: String,
        accounts: u32,
    }

    impl Project<Opened> for Holder {
        fn project(&mut self, _: &Opened, _: &EventContext<'_>) {
            self.accounts += 1;
        }
    }
}

#[test]
fn nothing_goes_out_of_a_frozen_account() {
    given::<Account>(events![
        Deposited {
            amount: 10,
            currency: Currency::Eur
        },
        Frozen {
            reason: "looked odd".into()
        },
    ])
    .when(Withdraw {
        account: "a".into(),
        amount: 4,
    })
    .then_error(AccountError::Frozen);
}

#[test]
fn freezing_twice_is_freezing_once() {
    given::<Account>(events![Frozen {
        reason: "looked odd".into()
    }])
    .when(Freeze {
        account: "a".into(),
        reason: "again".into(),
    })
    .then(events![]);
}

#[test]
fn an_account_that_was_opened_long_ago_has_a_holder() {
    let opened = decode::<Opened>("account.opened", 1, r#"{"owner":"Ada"}"#).unwrap();
    assert_eq!(opened.holder, "Ada");
}

#[tokio::test]
async fn a_holder_has_a_row_over_all_accounts() -> Result<(), Box<dyn std::error::Error>> {
    let app = App::start(SqliteStore::in_memory().await?).await?;
    for account in ["a-1", "a-2"] {
        let open = Open {
            account: account.into(),
            owner: "Ada".into(),
        };
        app.execute(open).await?;
    }
    app.settled().await?;
    let ada = app.view::<Holder>().get(&"Ada".into()).await?.unwrap();
    assert_eq!((ada.holder.as_str(), ada.accounts), ("Ada", 2));
    assert!(ada.since.is_some());
    let before = app.view::<first::Holder>().get(&"Ada".into()).await?;
    assert!(before.is_some(), "the older version has a table of its own");
    Ok(())
}

#[tokio::test]
async fn no_deposit_is_lost_between_sixteen_tasks() -> Result<(), Box<dyn std::error::Error>> {
    let app = App::start(SqliteStore::in_memory().await?).await?;
    let account = String::from("a-1");
    let open = Open {
        account: account.clone(),
        owner: "Ada".into(),
    };
    app.execute(open).await?;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let (app, account) = (app.clone(), account.clone());
        tasks.spawn(async move { app.execute(Deposit { account, amount: 1 }).await });
    }
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    assert_eq!(app.load::<Account>(&account).await?.state().balance, 16);
    Ok(())
}

#[tokio::test]
async fn a_command_that_is_sent_twice_is_carried_out_once() -> Result<(), Box<dyn std::error::Error>>
{
    let app = App::start(SqliteStore::in_memory().await?).await?;
    let account = String::from("a-1");
    let open = Open {
        account: account.clone(),
        owner: "Ada".into(),
    };
    app.execute(open).await?;
    let deposit = Deposit {
        account: account.clone(),
        amount: 200,
    };
    let who = Metadata::new()
        .actor("ada@example.com")
        .reason("salary")
        .command_id(uuid::Uuid::now_v7());
    let first = app.execute_with(deposit.clone(), who.clone()).await?;
    let again = app.execute_with(deposit, who).await?;
    assert_eq!(first.position(), again.position());
    for event in app.history::<Account>(&account).await? {
        println!(
            "{} {} {} {:?}",
            event.stream_version(),
            event.recorded_at(),
            event.name(),
            event.metadata()
        );
    }
    assert_eq!(app.history::<Account>(&account).await?.len(), 2);
    Ok(())
}
