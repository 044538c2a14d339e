use std::collections::BTreeMap;

use super::*;
use crate::web::testing::{between, get, repository};

#[tokio::test]
async fn an_asset_is_kept_for_ever_and_compressed_for_who_accepts_it() {
    for (name, content_type) in [
        ("app.css", "text/css; charset=utf-8"),
        ("app.js", "text/javascript; charset=utf-8"),
        ("icons.svg", "image/svg+xml"),
        ("favicon.svg", "image/svg+xml"),
    ] {
        let plain = get(routes(), url(name), &[]).await;
        assert_eq!((plain.status, plain.header("content-type")), (StatusCode::OK, content_type), "{name}");
        assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(plain.header("content-encoding"), "");

        let brotli = get(routes(), url(name), &[("accept-encoding", "gzip, deflate, br")]).await;
        assert_eq!(brotli.header("content-encoding"), "br");
        let gzip = get(routes(), url(name), &[("accept-encoding", "gzip, br;q=0")]).await;
        assert_eq!((gzip.header("content-encoding"), gzip.header("vary")), ("gzip", "accept-encoding"));

        let again = get(routes(), url(name), &[("if-none-match", plain.header("etag"))]).await;
        assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    }
}

#[tokio::test]
async fn an_address_of_another_version_is_not_found() {
    for path in ["/assets/app.css", "/assets/app-0000000000000000.css", "/assets/app.css.gz"] {
        assert_eq!(get(routes(), path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[test]
fn the_sprite_holds_the_listed_icons_and_our_own() {
    let listed = std::fs::read_to_string(repository().join("web/icons.json")).expect("web/icons.json");
    for name in between(&listed, "  \"", '"').into_iter().chain(["mark"]) {
        assert!(has_icon(name), "the sprite lacks {name}");
    }
    assert!(!has_icon("no-such-icon"));
}

/// What Chrome 86 does not understand, and what the security policy forbids.
#[test]
fn the_styles_are_understood_by_old_browsers_and_load_nothing_from_elsewhere() {
    let file = Files::get("app.css").expect("app.css");
    let css = String::from_utf8_lossy(&file.data);
    let values = ["oklch(", "color-mix(", ":has(", ":is(", ":where(", "@container", "@layer", "dvh", "svh", "&"];
    let properties = ["aspect-ratio", "inset", "margin-inline", "margin-block", "padding-inline", "padding-block"];
    for value in values {
        assert!(!css.contains(value), "web/css uses {value}");
    }
    for property in properties {
        let declared = ['{', ';'].iter().any(|before| css.contains(&format!("{before}{property}:")));
        assert!(!declared, "web/css uses {property}");
    }
    let elsewhere = between(&css, "url(", ')').into_iter().find(|url| !url.trim_matches('"').starts_with("data:"));
    assert_eq!((elsewhere, css.contains("@import")), (None, false));
}

/// Every pair of tokens that stand on each other, with the contrast that WCAG 2.1 asks for.
#[test]
fn colours_that_are_used_together_have_enough_contrast() {
    let text = 4.5;
    let edge_of_control = 3.0;
    let mut pairs = vec![
        ("on-primary", "primary", text),
        ("on-primary", "primary-deep", text),
        ("on-accent", "accent", text),
        ("on-danger", "danger-deep", text),
        ("on-masthead", "masthead", text),
        ("on-masthead", "masthead-hover", text),
        ("on-masthead-muted", "masthead", text),
        ("link", "primary-soft", text),
        ("text", "neutral-soft", text),
    ];
    for ground in ["page", "surface", "sunken"] {
        pairs.extend(["text", "muted", "link", "danger"].map(|ink| (ink, ground, text)));
    }
    for ground in ["page", "surface"] {
        pairs.extend(["info", "success", "warn"].map(|ink| (ink, ground, text)));
        pairs.extend(["edge", "focus", "accent", "primary"].map(|ink| (ink, ground, edge_of_control)));
    }
    for (state, ground) in
        [("info", "info-soft"), ("success", "success-soft"), ("warn", "warn-soft"), ("danger", "danger-soft")]
    {
        pairs.extend([state, "text", "muted", "link"].map(|ink| (ink, ground, text)));
    }

    for (scheme, tokens) in schemes() {
        for (ink, ground, least) in &pairs {
            let contrast = contrast(tokens[*ink], tokens[*ground]);
            assert!(contrast >= *least, "{scheme}: --{ink} on --{ground} has {contrast:.2}:1, not {least}:1");
        }
    }
}

type Rgb = [u8; 3];

/// The colour tokens by day and by night; the night overrides the day.
fn schemes() -> [(&'static str, BTreeMap<String, Rgb>); 2] {
    let css = std::fs::read_to_string(repository().join("web/css/tokens.css")).expect("web/css/tokens.css");
    let (day, night) = css.split_once("(prefers-color-scheme: dark)").expect("tokens.css has a night");
    let light = colours(day);
    let mut dark = light.clone();
    dark.extend(colours(night));
    [("light", light), ("dark", dark)]
}

fn colours(css: &str) -> BTreeMap<String, Rgb> {
    let declarations =
        css.lines().filter_map(|line| line.trim().strip_prefix("--")?.strip_suffix(';')?.split_once(": #"));
    declarations.filter_map(|(name, hex)| Some((name.to_owned(), hex::decode(hex).ok()?.try_into().ok()?))).collect()
}

/// WCAG 2.1, "contrast ratio".
fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// WCAG 2.1, "relative luminance".
fn luminance(rgb: Rgb) -> f64 {
    let linear = rgb.map(|channel| match f64::from(channel) / 255.0 {
        low if low <= 0.03928 => low / 12.92,
        high => ((high + 0.055) / 1.055).powf(2.4),
    });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}
