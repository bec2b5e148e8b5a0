//! How much memory a read takes, in a process of its own: others would be counted with it.

use std::cell::RefCell;
use std::process::Command;

/// Marks the process that was started for one case.
const ALONE: &str = "EVENTSOURCE_SUITE_ALONE";

thread_local! {
    /// The test that runs on this thread, as the test binary knows it. Empty where a case is run by hand.
    static TEST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// The case on this thread is this test, of this path from the crate on.
pub(super) fn begin(path: &str) {
    let name = path.split_once("::").map_or(path, |(_, name)| name);
    TEST.set(name.to_owned());
}

/// Runs this thread's test again in a process of its own, unless this is that process; `true` where it has passed there. A case that is run by hand
/// stays where it is.
pub(super) fn passes_alone() -> bool {
    let test = TEST.take();
    if test.is_empty() || std::env::var_os(ALONE).is_some() {
        return false;
    }
    let program = std::env::current_exe().expect("a program knows itself");
    let alone = Command::new(program)
        .args(["--exact", &test])
        .env(ALONE, "1")
        .output()
        .expect("the test is started as a process of its own");
    let said = String::from_utf8_lossy(&alone.stdout);
    assert!(
        alone.status.success() && said.contains("1 passed"),
        "the case alone, in a process of its own: {said}{}",
        String::from_utf8_lossy(&alone.stderr)
    );
    true
}

/// The most memory that this process has had in use since [`forget_peak`], in bytes; `None` where the system does not tell.
pub(super) fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}

/// The peak is what is in use at this moment.
pub(super) fn forget_peak() {
    // Where it cannot be forgotten, less growth is seen than there is.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}
