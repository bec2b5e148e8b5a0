//! The changes, and whether a stored event reads differently by them.

/// A change to a program.
#[derive(Debug, Clone, Copy)]
pub struct Mutant {
    /// The program's name.
    pub of: &'static str,
    /// What is replaced, the first time that it stands there.
    pub changes: &'static [(&'static str, &'static str)],
    /// Whether a stored event reads differently, or not at all.
    pub is_harmful: bool,
}

const fn harmful(of: &'static str, changes: &'static [(&'static str, &'static str)]) -> Mutant {
    Mutant {
        of,
        changes,
        is_harmful: true,
    }
}

const fn harmless(of: &'static str, changes: &'static [(&'static str, &'static str)]) -> Mutant {
    Mutant {
        of,
        changes,
        is_harmful: false,
    }
}

pub const MUTANTS: &[Mutant] = &[
    // Names and versions of events.
    harmful(
        "bank",
        &[(r#"name = "account.opened""#, r#"name = "account.open""#)],
    ),
    harmless(
        "bank",
        &[(
            r#"name = "account.opened""#,
            r#"name = "account.began", aliases("account.opened")"#,
        )],
    ),
    harmful(
        "bank",
        &[
            (
                r#""account.deposited", version = 3"#,
                r#""account.deposited", version = 2"#,
            ),
            (
                "#[event(since = 3, default = Currency::Eur)]",
                "#[event(since = 2, default = Currency::Eur)]",
            ),
        ],
    ),
    harmful(
        "bank",
        &[(
            r#""account.deposited", version = 3"#,
            r#""account.deposited", version = 4"#,
        )],
    ),
    harmful(
        "bank",
        &[
            (
                "events(Opened, Deposited, Withdrawn),\n    commands",
                "events(Opened, Deposited),\n    commands",
            ),
            (
                "events(Opened, Deposited, Withdrawn))]",
                "events(Opened, Deposited))]",
            ),
        ],
    ),
    harmful(
        "evolution",
        &[
            (
                r#"aliases("user.registered", "UserCreated")"#,
                r#"aliases("user.registered")"#,
            ),
            (r#"name = "member.joined""#, r#"name = "member.joining""#),
        ],
    ),
    harmful(
        "checkout",
        &[(r#"prefix = "order""#, r#"prefix = "orders""#)],
    ),
    harmful(
        "checkout",
        &[
            (
                "    PaymentReceived {\n        amount: u64,\n    },",
                "    PaymentTaken {\n        amount: u64,\n    },",
            ),
            ("OrderEvent::PaymentReceived", "OrderEvent::PaymentTaken"),
            ("OrderEvent::PaymentReceived", "OrderEvent::PaymentTaken"),
            ("OrderEvent::PaymentReceived", "OrderEvent::PaymentTaken"),
            ("OrderEvent::PaymentReceived", "OrderEvent::PaymentTaken"),
        ],
    ),
    harmless(
        "checkout",
        &[
            (
                "    PaymentReceived {\n        amount: u64,\n    },",
                "    #[event(name = \"order.payment_received\")]\n    PaymentTaken {\n        amount: u64,\n    },",
            ),
            ("OrderEvent::PaymentReceived", "OrderEvent::PaymentTaken"),
            ("OrderEvent::PaymentReceived", "OrderEvent::PaymentTaken"),
            ("OrderEvent::PaymentReceived", "OrderEvent::PaymentTaken"),
            ("OrderEvent::PaymentReceived", "OrderEvent::PaymentTaken"),
        ],
    ),
    // Fields of events.
    harmful(
        "bank",
        &[(
            "    pub owner: String,\n}",
            "    #[serde(rename = \"holder\")]\n    pub owner: String,\n}",
        )],
    ),
    harmless(
        "bank",
        &[(
            "    pub owner: String,\n}",
            "    #[serde(rename = \"holder\", alias = \"owner\")]\n    pub owner: String,\n}",
        )],
    ),
    harmless(
        "bank",
        &[
            (
                r#"#[event(name = "account.opened")]"#,
                r#"#[event(name = "account.opened", version = 2)]"#,
            ),
            (
                "    pub owner: String,\n}",
                "    #[serde(rename = \"holder\")]\n    #[event(was(name = \"owner\", until = 1))]\n    pub owner: String,\n}",
            ),
        ],
    ),
    harmful(
        "bank",
        &[
            (
                "    pub owner: String,\n}",
                "    pub owner: String,\n    pub branch: u16,\n}",
            ),
            (
                "owner: command.owner\n",
                "owner: command.owner, branch: 1\n",
            ),
        ],
    ),
    harmless(
        "bank",
        &[
            (
                "    pub owner: String,\n}",
                "    pub owner: String,\n    pub branch: Option<u16>,\n}",
            ),
            (
                "owner: command.owner\n",
                "owner: command.owner, branch: None\n",
            ),
        ],
    ),
    harmless(
        "bank",
        &[
            (
                "    pub owner: String,\n}",
                "    pub owner: String,\n    #[serde(default)]\n    pub branch: u16,\n}",
            ),
            (
                "owner: command.owner\n",
                "owner: command.owner, branch: 1\n",
            ),
        ],
    ),
    harmless(
        "bank",
        &[
            (
                r#"#[event(name = "account.opened")]"#,
                r#"#[event(name = "account.opened", version = 2)]"#,
            ),
            (
                "    pub owner: String,\n}",
                "    pub owner: String,\n    #[event(since = 2, default)]\n    pub branch: u16,\n}",
            ),
            (
                "owner: command.owner\n",
                "owner: command.owner, branch: 1\n",
            ),
        ],
    ),
    harmful(
        "bank",
        &[
            (
                "pub struct Withdrawn {\n    pub amount: u64",
                "pub struct Withdrawn {\n    pub amount: u32",
            ),
            (
                "self.balance -= event.amount",
                "self.balance -= u64::from(event.amount)",
            ),
            (
                "amount: command.amount\n        }])\n    }\n}\n\n// ── a read",
                "amount: command.amount as u32\n        }])\n    }\n}\n\n// ── a read",
            ),
            (
                "self.amount -= event.amount",
                "self.amount -= u64::from(event.amount)",
            ),
        ],
    ),
    harmful(
        "bank",
        &[
            (
                "pub struct Withdrawn {\n    pub amount: u64",
                "pub struct Withdrawn {\n    pub amount: i64",
            ),
            (
                "self.balance -= event.amount",
                "self.balance -= event.amount as u64",
            ),
            (
                "amount: command.amount\n        }])\n    }\n}\n\n// ── a read",
                "amount: command.amount as i64\n        }])\n    }\n}\n\n// ── a read",
            ),
            (
                "self.amount -= event.amount",
                "self.amount -= event.amount as u64",
            ),
        ],
    ),
    harmless(
        "bank",
        &[
            (
                "pub struct Withdrawn {\n    pub amount: u64",
                "pub struct Withdrawn {\n    pub amount: u128",
            ),
            (
                "self.balance -= event.amount",
                "self.balance -= event.amount as u64",
            ),
            (
                "amount: command.amount\n        }])\n    }\n}\n\n// ── a read",
                "amount: command.amount.into()\n        }])\n    }\n}\n\n// ── a read",
            ),
            (
                "self.amount -= event.amount",
                "self.amount -= event.amount as u64",
            ),
        ],
    ),
    harmful("checkout", &[("#[serde(rename = \"tracking_no\")]", "")]),
    harmful(
        "checkout",
        &[(
            "#[serde(rename = \"tracking_no\")]",
            "#[serde(rename = \"tracking\")]",
        )],
    ),
    harmful(
        "checkout",
        &[(
            "#[serde(rename = \"tracking_no\")]",
            "#[serde(rename = \"tracking_no\", skip)]",
        )],
    ),
    harmful(
        "checkout",
        &[(
            "pub struct Booked {\n    pub order: String,",
            "#[serde(rename_all = \"UPPERCASE\")]\npub struct Booked {\n    pub order: String,",
        )],
    ),
    harmful(
        "checkout",
        &[
            (
                "pub struct Booked {\n    pub order: String,",
                "pub struct Booked {\n    pub order: Vec<String>,",
            ),
            ("event.order.clone()", "event.order.concat()"),
            ("order: command.order\n", "order: vec![command.order]\n"),
        ],
    ),
    // What older versions are read as.
    harmful(
        "bank",
        &[(
            r#"was(name = "amt", until = 1)"#,
            r#"was(name = "amount_old", until = 1)"#,
        )],
    ),
    harmful(
        "bank",
        &[(
            r#"was(name = "amt", until = 1)"#,
            r#"was(name = "amt", until = 2)"#,
        )],
    ),
    harmful(
        "bank",
        &[("default = Currency::Eur", "default = Currency::Usd")],
    ),
    harmful(
        "bank",
        &[
            (
                "since = 3, default = Currency::Eur",
                "since = 2, default = Currency::Eur",
            ),
            ("version = 3", "version = 2"),
        ],
    ),
    harmful("evolution", &[("celsius * 1000.0", "celsius * 100.0")]),
    harmful(
        "evolution",
        &[(
            "was(type = f64, until = 3, with = to_milli)",
            "was(type = f64, until = 2, with = to_milli)",
        )],
    ),
    harmful(
        "evolution",
        &[(
            "#[event(since = 3, default)]\n    pub tags",
            "#[event(since = 2, default)]\n    pub tags",
        )],
    ),
    harmful(
        "evolution",
        &[(
            "family: Some(old.family).filter(|family| !family.is_empty())",
            "family: None",
        )],
    ),
    harmful(
        "evolution",
        &[("let (given, family) = old", "let (family, given) = old")],
    ),
    harmful(
        "evolution",
        &[(
            "pub struct NamedV1 {\n    name: String",
            "pub struct NamedV1 {\n    #[serde(rename = \"full_name\")]\n    name: String",
        )],
    ),
    harmful(
        "evolution",
        &[
            ("given: old.name", "given: old.email.clone()"),
            ("Joined { email: old.email }", "Joined { email: old.name }"),
        ],
    ),
    harmful("evolution", &[("retired(into(Joined, Named))", "retired")]),
    harmful(
        "checkout",
        &[(
            r#"default = "unrecorded".to_string()"#,
            r#"default = "unknown".to_string()"#,
        )],
    ),
    harmful(
        "deep",
        &[("default = Speed::Normal", "default = Speed::Express")],
    ),
    harmful(
        "deep",
        &[(
            r#"was(name = "receiver", until = 1)"#,
            r#"was(name = "receiver", until = 2)"#,
        )],
    ),
    // Types three deep: fields.
    harmful("deep", &[("pub city_name: String", "pub name: String")]),
    harmless(
        "deep",
        &[(
            "pub city_name: String",
            "#[serde(rename = \"cityName\")]\n    pub name: String",
        )],
    ),
    harmless(
        "deep",
        &[(
            "pub city_name: String",
            "#[serde(alias = \"cityName\")]\n    pub name: String",
        )],
    ),
    harmful("deep", &[("#[serde(rename_all = \"camelCase\")]", "")]),
    harmful(
        "deep",
        &[(
            "#[serde(rename_all = \"camelCase\")]",
            "#[serde(rename_all = \"kebab-case\")]",
        )],
    ),
    harmful(
        "deep",
        &[(
            "pub postal_code: Option<u32>",
            "pub postal_code: Option<String>",
        )],
    ),
    harmful(
        "deep",
        &[(
            "pub postal_code: Option<u32>",
            "pub postal_code: Option<u16>",
        )],
    ),
    harmful(
        "deep",
        &[("pub postal_code: Option<u32>", "pub postal_code: u32")],
    ),
    harmless(
        "deep",
        &[(
            "pub postal_code: Option<u32>",
            "pub postal_code: Option<u64>",
        )],
    ),
    harmful("deep", &[("    pub postal_code: Option<u32>,\n", "")]),
    harmful(
        "deep",
        &[(
            "    pub postal_code: Option<u32>,\n",
            "    pub postal_code: Option<u32>,\n    pub country: String,\n",
        )],
    ),
    harmless(
        "deep",
        &[(
            "    pub postal_code: Option<u32>,\n",
            "    pub postal_code: Option<u32>,\n    pub country: Option<String>,\n",
        )],
    ),
    harmless(
        "deep",
        &[(
            "    pub postal_code: Option<u32>,\n",
            "    pub postal_code: Option<u32>,\n    #[serde(default)]\n    pub country: String,\n",
        )],
    ),
    harmful(
        "deep",
        &[(
            "    pub postal_code: Option<u32>,\n",
            "    #[serde(skip)]\n    pub postal_code: Option<u32>,\n",
        )],
    ),
    harmless(
        "deep",
        &[(
            "    pub postal_code: Option<u32>,\n",
            "    #[serde(skip_serializing_if = \"Option::is_none\")]\n    pub postal_code: Option<u32>,\n",
        )],
    ),
    harmful(
        "deep",
        &[
            ("pub struct City {", "#[serde(default)]\npub struct City {"),
            (
                "pub city_name: String",
                "#[serde(rename = \"town\")]\n    pub city_name: String",
            ),
            (
                "Clone, PartialEq)]\n#[serde(rename_all",
                "Clone, PartialEq, Default)]\n#[serde(rename_all",
            ),
        ],
    ),
    harmful("deep", &[("pub street: String", "pub street: Vec<String>")]),
    harmless(
        "deep",
        &[("pub street: String", "pub street: Option<String>")],
    ),
    harmful(
        "deep",
        &[(
            "pub street: String,\n    pub city: City",
            "#[serde(rename = \"city\")]\n    pub street: String,\n    #[serde(rename = \"street\")]\n    pub city: City",
        )],
    ),
    harmless(
        "deep",
        &[(
            "pub street: String,\n    pub city: City",
            "pub city: City,\n    pub street: String",
        )],
    ),
    harmful(
        "deep",
        &[(
            "    #[serde(default)]\n    pub fragile: bool",
            "    pub fragile: bool",
        )],
    ),
    harmful("deep", &[("pub fragile: bool", "pub fragile: u8")]),
    harmful(
        "deep",
        &[("pub size: (u16, u16, u16)", "pub size: (u16, u16)")],
    ),
    harmful(
        "deep",
        &[("pub size: (u16, u16, u16)", "pub size: (u16, u8, u16)")],
    ),
    harmless(
        "deep",
        &[("pub size: (u16, u16, u16)", "pub size: [u16; 3]")],
    ),
    harmless("deep", &[("pub grams: f32", "pub grams: f64")]),
    harmful("deep", &[("pub grams: f32", "pub grams: u32")]),
    harmless(
        "deep",
        &[
            (
                "pub struct Sku(pub String);",
                "pub struct Sku { pub code: String }",
            ),
            (
                "#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]\npub struct Sku",
                "#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]\n#[serde(transparent)]\npub struct Sku",
            ),
        ],
    ),
    harmful(
        "deep",
        &[(
            "pub struct Sku(pub String);",
            "pub struct Sku { pub code: String }",
        )],
    ),
    harmful(
        "deep",
        &[("pub struct Sku(pub String)", "pub struct Sku(pub u32)")],
    ),
    harmful(
        "deep",
        &[(
            "pub labels: BTreeMap<String, Label>",
            "pub labels: Vec<Label>",
        )],
    ),
    harmful(
        "deep",
        &[(
            "pub labels: BTreeMap<String, Label>",
            "pub labels: BTreeMap<u32, Label>",
        )],
    ),
    harmful(
        "deep",
        &[(
            "pub struct Label {\n    pub text: String",
            "pub struct Label {\n    pub words: String",
        )],
    ),
    harmless(
        "deep",
        &[(
            "pub items: Vec<Item>",
            "pub items: std::collections::VecDeque<Item>",
        )],
    ),
    harmless(
        "deep",
        &[(
            "pub to: Party,\n    pub items",
            "pub to: Box<Party>,\n    pub items",
        )],
    ),
    // Variants.
    harmful("bank", &[("#[serde(rename = \"EUR\")]", "")]),
    harmful(
        "bank",
        &[("#[serde(rename = \"EUR\")]", "#[serde(rename = \"eur\")]")],
    ),
    harmless(
        "bank",
        &[(
            "#[serde(rename = \"EUR\")]",
            "#[serde(rename = \"euro\", alias = \"EUR\")]",
        )],
    ),
    harmful(
        "bank",
        &[
            ("#[serde(rename = \"EUR\")]", "#[serde(rename = \"euro\")]"),
            (
                "#[serde(rename = \"USD\")]",
                "#[serde(rename = \"USD\", alias = \"EUR\")]",
            ),
        ],
    ),
    harmless("bank", &[("    Usd,\n", "    Usd,\n    Sek,\n")]),
    harmful(
        "bank",
        &[("    #[serde(rename = \"USD\")]\n    Usd,\n", "")],
    ),
    harmful(
        "evolution",
        &[
            (
                "pub enum Unit {\n    Celsius",
                "pub enum Unit {\n    Centigrade",
            ),
            ("Ok(Unit::Celsius)", "Ok(Unit::Centigrade)"),
        ],
    ),
    harmful("deep", &[("    Phone(u64),\n", "")]),
    harmful("deep", &[("    Phone(u64),\n", "    Phone(String),\n")]),
    harmful(
        "deep",
        &[("    Phone(u64),\n", "    Phone { number: u64 },\n")],
    ),
    harmful("deep", &[("    Phone(u64),\n", "    Telephone(u64),\n")]),
    harmless(
        "deep",
        &[(
            "    Phone(u64),\n",
            "    #[serde(alias = \"Phone\")]\n    Telephone(u64),\n",
        )],
    ),
    harmless(
        "deep",
        &[(
            "    Phone(u64),\n",
            "    #[serde(rename = \"Phone\")]\n    Telephone(u64),\n",
        )],
    ),
    harmless(
        "deep",
        &[("    Phone(u64),\n", "    Phone(u64),\n    Fax(u64),\n")],
    ),
    harmful(
        "deep",
        &[(
            "Mail {\n        address: String,\n    }",
            "Mail { mail: String }",
        )],
    ),
    harmful(
        "deep",
        &[(
            "Mail {\n        address: String,\n    }",
            "Mail { address: String, verified: bool }",
        )],
    ),
    harmless(
        "deep",
        &[(
            "Mail {\n        address: String,\n    }",
            "Mail { address: String, verified: Option<bool> }",
        )],
    ),
    harmful("deep", &[("#[serde(rename = \"none\")]", "")]),
    harmful(
        "deep",
        &[
            (
                "    #[serde(rename = \"none\")]\n    Nobody,\n",
                "    #[serde(other)]\n    Nobody,\n",
            ),
            (
                "Mail {\n        address: String,\n    },\n    Phone(u64),",
                "Mail,\n    Phone,",
            ),
        ],
    ),
    harmful(
        "deep",
        &[(
            "pub enum Contact {",
            "#[serde(untagged)]\npub enum Contact {",
        )],
    ),
    harmful(
        "deep",
        &[
            (
                "pub enum Contact {",
                "#[serde(tag = \"kind\")]\npub enum Contact {",
            ),
            ("Phone(u64)", "Phone { number: u64 }"),
        ],
    ),
    harmless(
        "deep",
        &[("    Normal,\n    Express,\n", "    Express,\n    Normal,\n")],
    ),
    // Families.
    harmful(
        "deep",
        &[(
            "Passed {\n        hub: String,\n        minutes: u32,\n    }",
            "Passed { hub: String }",
        )],
    ),
    harmful(
        "deep",
        &[(
            "Passed {\n        hub: String,\n        minutes: u32,\n    }",
            "Passed { hub: String, seconds: u32 }",
        )],
    ),
    harmful(
        "deep",
        &[(
            "Passed {\n        hub: String,\n        minutes: u32,\n    }",
            "Passed(String, u32)",
        )],
    ),
    harmful("deep", &[("Arrived(Handed)", "Arrived { handed: Handed }")]),
    harmless(
        "deep",
        &[(
            "Arrived(Handed)",
            "Arrived { by: String, to: Option<String> }",
        )],
    ),
    harmful("deep", &[("    Lost,\n", "")]),
    harmless(
        "deep",
        &[("    Lost,\n", "    #[event(retired)]\n    Lost,\n")],
    ),
    harmless(
        "deep",
        &[("    Lost,\n", "    #[event(retired(drop))]\n    Lost,\n")],
    ),
    harmless(
        "deep",
        &[("    Lost,\n", "    Lost,\n    Found { place: String },\n")],
    ),
    harmful(
        "deep",
        &[(
            "pub by: String,",
            "#[serde(rename = \"from\")]\n    pub by: String,",
        )],
    ),
    // Rust alone, and what is no event.
    harmless(
        "bank",
        &[(
            "pub enum Currency",
            "#[allow(clippy::all)]\n#[repr(u8)]\npub enum Currency",
        )],
    ),
    harmless(
        "deep",
        &[
            ("Vec<Item>", "Vec<Article>"),
            ("pub struct Item", "pub struct Article"),
        ],
    ),
    harmless(
        "deep",
        &[
            ("pub place: Place,", "pub place: Address,"),
            ("pub struct Place", "pub struct Address"),
        ],
    ),
    harmless(
        "bank",
        &[("snapshot(every = 100)", "snapshot(every = 10, version = 2)")],
    ),
    harmless(
        "bank",
        &[(
            "pub struct Account {\n    owner: String,",
            "pub struct Account {\n    seen: u64,\n    owner: String,",
        )],
    ),
    harmful(
        "bank",
        &[("deposits: u32,", "deposits: u32,\n    withdrawals: u32,")],
    ),
    harmless(
        "bank",
        &[
            ("deposits: u32,", "deposits: u32,\n    withdrawals: u32,"),
            (
                "name = \"balances\", version = 1",
                "name = \"balances\", version = 2",
            ),
        ],
    ),
];
