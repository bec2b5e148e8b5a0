//! Files that hold what a test expects. `EVENTSOURCE_UPDATE=1` writes them.

#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};

/// A file beside this crate in its repository. `None` in the published package, which is this crate alone.
pub fn in_repository(path: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    root.join("eventsource-derive/Cargo.toml")
        .exists()
        .then(|| root.join(path))
}

pub fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Compares the text with the file.
pub fn compare(path: &Path, text: &str) {
    if std::env::var_os("EVENTSOURCE_UPDATE").is_some() {
        fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        return;
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    if expected == text {
        return;
    }
    let differs = expected
        .lines()
        .zip(text.lines())
        .position(|(expected, found)| expected != found)
        .unwrap_or_else(|| expected.lines().count().min(text.lines().count()));
    let line = |text: &str| text.lines().nth(differs).unwrap_or("(nothing)").to_owned();
    panic!(
        "{} is no longer what is generated, from line {}:\n  file: {}\n  now:  {}\nEVENTSOURCE_UPDATE=1 writes it; read what changes",
        path.display(),
        differs + 1,
        line(&expected),
        line(text)
    );
}
