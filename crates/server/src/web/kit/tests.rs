//! What no template may contain, because the security policy or an old screen would not take it.

use crate::web::assets::has_icon;
use crate::web::testing::{between, sources};

/// The templates of what is served. The report of a scan is a file, to be opened from a folder and printed.
fn pages() -> impl Iterator<Item = (std::path::PathBuf, String)> {
    let all = sources("crates/server/templates", &["html"]).into_iter();
    all.filter(|(path, _)| !path.ends_with("scan/report.html"))
}

#[test]
fn templates_hold_no_inline_style_script_or_handler() {
    for (path, text) in pages() {
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
    for (path, text) in pages() {
        for cell in text.split("<td ").skip(1) {
            let line = cell.lines().next().unwrap_or_default();
            assert!(line.contains("data-label="), "{}: <td {line}", path.display());
        }
        assert!(!text.contains("<td>"), "{}: a bare <td>", path.display());
    }
}
