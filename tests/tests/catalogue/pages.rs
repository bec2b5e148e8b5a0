//! The pages for people.

use std::collections::BTreeSet;

use crate::catalogue;

#[test]
fn the_page_tells_what_the_doc_comments_tell() {
    let page = catalogue().to_markdown();
    for line in [
        "## `order`",
        "| `OrderCommand::Place` | is made |",
        "### `order.discount_applied`",
        "Why a 200 order was paid with 150: the question that a table of current states cannot answer.",
        "Also read as `order.sent`.",
        "| `tracking_no` | text |  |",
        "| `currency` | enum Currency: EUR, USD |  |",
        "Retired: it is read as `member.joined` and `person.named`.",
        "### `dashboard`, projection, version 1",
        "The dashboard: one row over everything.",
    ] {
        assert!(page.contains(line), "{line}\n{page}");
    }
}

#[test]
fn every_row_of_a_table_has_as_many_cells_as_its_head() {
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    let mut head = None;
    for line in catalogue().to_markdown().lines() {
        if line.starts_with('|') {
            assert_eq!(*head.get_or_insert(cells(line)), cells(line), "{line}");
        } else {
            head = None;
        }
    }
}

#[test]
fn the_diagram_leads_from_commands_to_read_models() {
    let chart = catalogue().to_mermaid();
    for line in [
        "command_OrderCommand_c_cPlace([\"OrderCommand::Place\"]):::command --> aggregate_order",
        "aggregate_order --> event_order__placed",
        "event_order__placed --> reader_dashboard",
    ] {
        assert!(chart.contains(line), "{line}\n{chart}");
    }
}

#[test]
fn each_arrow_of_the_diagram_leads_between_what_is_drawn() {
    let chart = catalogue().to_mermaid();
    let (mut drawn, mut ends) = (BTreeSet::new(), BTreeSet::new());
    for line in chart.lines().skip(1).map(str::trim) {
        for part in line.split(" --> ").flat_map(|part| part.split(" -.-> ")) {
            let id = part.split(['[', '(', '{']).next().unwrap_or_default();
            if part.contains(":::") {
                drawn.insert(id);
            } else if !part.starts_with("classDef") {
                ends.insert(id);
            }
        }
    }
    let nowhere: Vec<_> = ends.difference(&drawn).collect();
    assert!(ends.contains("command_Care_c_cPrune"), "{chart}");
    assert!(nowhere.is_empty(), "{nowhere:?}\n{chart}");
}

#[test]
fn the_doc_comments_of_fields_are_their_text() {
    let catalogue = catalogue();
    let page = catalogue.to_markdown();
    for row in [
        "| `bough` | struct Branch: leaves: u32, branches: list of again Branch | How far it has branched out. |",
        "| `age` | optional u32 | Since when it stands, in years, where that is known.; may be absent |",
    ] {
        assert!(page.contains(row), "{row}\n{page}");
    }
    let grown = catalogue.events().iter().find(|it| it.name == "tree.grown");
    let schema = grown.unwrap().json_schema(1).unwrap();
    let bough = &schema["properties"]["bough"]["description"];
    assert_eq!(bough, "How far it has branched out.", "{schema:#}");
    let document = catalogue.to_async_api("Trees", "1").to_string();
    assert!(document.contains("Counted by its rings."), "{document}");
}
