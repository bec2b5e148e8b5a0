//! Families of events: each variant is a stored type.

use super::{Mutant, harmful, harmless};

pub const MUTANTS: &[Mutant] = &[
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
];
