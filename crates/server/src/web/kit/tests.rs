//! What no template may contain, because the security policy or an old screen would not take it.

use crate::web::assets::has_icon;
use crate::web::testing::{between, sources};

#[test]
fn templates_hold_no_inline_style_script_or_handler() {
    for (path, text) in sources("crates/server/templates", &["html"]) {
        let handlers =
            ["onclick=", "onchange=", "onsubmit=", "onload=", "oninput=", "hx-on", "hx-vals=\"js:", "javascript:"];
        for forbidden in handlers.into_iter().chain([" style=", "<style", "<script>", "|safe"]) {
            assert!(!text.contains(forbidden), "{} has {forbidden}", path.display());
        }
    }
}

#[test]
fn icons_named_in_templates_are_in_the_sprite() {
    for (path, text) in sources("crates/server/templates", &["html"]) {
        for name in between(&text, "icon(\"", '"').into_iter().chain(between(&text, "icon = \"", '"')) {
            assert!(name.is_empty() || has_icon(name), "{} names the icon {name}", path.display());
        }
    }
}

#[test]
fn every_cell_of_a_table_says_its_column() {
    for (path, text) in sources("crates/server/templates", &["html"]) {
        for cell in text.split("<td ").skip(1) {
            let line = cell.lines().next().unwrap_or_default();
            assert!(line.contains("data-label="), "{}: <td {line}", path.display());
        }
        assert!(!text.contains("<td>"), "{}: a bare <td>", path.display());
    }
}
