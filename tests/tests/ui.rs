//! What the compiler says to each mistake: a file in `ui/` a mistake, and what rustc prints beside it.

#[test]
fn each_mistake_is_told_at_its_token() {
    // Another release of rustc words and draws its errors otherwise.
    if !eventsource_tests::toolchain::is_pinned() {
        return;
    }
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/*/*.rs");
}
