//! The fields of types within types, three deep.

use super::{Mutant, harmful, harmless};

pub const MUTANTS: &[Mutant] = &[
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
];
