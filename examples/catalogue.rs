//! The documentation of a program's events, out of the program itself: `cargo run --example catalogue` writes it for the example `checkout`.
//!
//! Markdown with a Mermaid diagram, a JSON Schema for each version of each event, and an AsyncAPI 3 document, into the folder that it is
//! given, or into `catalogue`.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use eventsource_core::registry::Registry;

#[allow(dead_code)]
#[path = "checkout.rs"]
mod checkout;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(
        std::env::args()
            .nth(1)
            .unwrap_or_else(|| "catalogue".into()),
    );
    let schemas = folder.join("schemas");
    fs::create_dir_all(&schemas)?;

    // All that is linked into this program. `Registry::builder()` takes a list by hand.
    let catalogue = Registry::discover().catalogue();
    fs::write(folder.join("catalogue.md"), catalogue.to_markdown())?;
    fs::write(folder.join("catalogue.mmd"), catalogue.to_mermaid())?;
    let document = catalogue.to_async_api("Checkout", env!("CARGO_PKG_VERSION"));
    fs::write(folder.join("asyncapi.json"), format!("{document:#}\n"))?;

    for event in catalogue.events() {
        for version in 1..=event.version {
            if let Some(schema) = event.json_schema(version) {
                let file = format!("{}.v{version}.json", event.name);
                fs::write(schemas.join(file), format!("{schema:#}\n"))?;
            }
        }
    }
    println!(
        "{} events, in {}",
        catalogue.events().len(),
        folder.display()
    );
    Ok(())
}
