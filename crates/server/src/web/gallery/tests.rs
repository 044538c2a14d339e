use axum::http::{Method, StatusCode};

use super::*;
use crate::web::testing::{between, get, send, sources};

const LANGUAGES: [&str; 2] = ["zh-CN", "en"];
const PAGES: [&str; 4] = ["/gallery", "/gallery/refused", "/gallery/confirm", "/gallery/result"];

#[tokio::test]
async fn every_page_renders_whole_in_every_language() {
    for language in LANGUAGES {
        for path in PAGES {
            let answer = get(routes(), path, &[("accept-language", language)]).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            assert!(answer.body.contains(&format!("<html lang=\"{language}\">")), "{path}");
            assert!(answer.body.trim_end().ends_with("</html>"), "{path}");
            for key in ["common-", "kit-", "error-", "gallery-"] {
                assert!(!answer.body.contains(&format!(">{key}")), "{path} shows a key instead of a text: {key}");
            }
        }
    }
}

#[tokio::test]
async fn ids_are_unique_and_what_refers_to_them_finds_them() {
    for path in PAGES {
        let body = get(routes(), path, &[]).await.body;
        let ids = between(&body, " id=\"", '"');
        for (index, id) in ids.iter().enumerate() {
            assert!(!ids[..index].contains(id), "{path} has the id {id} twice");
        }
        let described = between(&body, " aria-describedby=\"", '"').into_iter().flat_map(str::split_whitespace);
        let labelled = between(&body, " for=\"", '"').into_iter();
        let linked = between(&body, " href=\"#", '"').into_iter();
        for reference in described.chain(labelled).chain(linked) {
            assert!(ids.contains(&reference), "{path} refers to {reference}, which is not there");
        }
    }
}

#[tokio::test]
async fn what_was_typed_is_escaped() {
    let body = get(routes(), "/gallery/refused", &[]).await.body;
    assert!(body.contains("value=\"&#60;b&#62;窗口&#60;/b&#62;\"") && !body.contains("<b>"));
}

#[tokio::test]
async fn elder_mode_and_language_are_kept_in_cookies() {
    let router = || routes().merge(crate::web::locale::preference_routes());
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let answer = send(router(), Method::POST, "/preferences", &form, "elder=1&return_to=%2Fgallery").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/gallery"));
    assert!(answer.header("set-cookie").starts_with("elder=1; Path=/; "));
    let answer = send(router(), Method::POST, "/preferences", &form, "lang=en&return_to=%2F%2Fevil.example").await;
    assert_eq!(answer.header("location"), "/", "nobody is led to another site");

    let page = get(router(), "/gallery", &[("cookie", "elder=1; lang=en"), ("accept-language", "zh-CN")]).await;
    assert!(page.body.contains("<html lang=\"en\" data-elder>"));
}

#[tokio::test]
async fn a_polled_part_ends_by_itself() {
    let mut part = get(routes(), "/gallery/progress", &[]).await.body;
    for _ in 1..PolledPart::STEPS {
        let next = between(&part, "data-poll=\"", '"')[0].to_owned();
        part = get(routes(), &next, &[]).await.body;
    }
    assert!(!part.contains("data-poll"), "{part}");
}

#[test]
fn every_macro_of_the_kit_is_shown() {
    let shown: String = sources("crates/server/templates", &["html"])
        .into_iter()
        .filter(|(path, _)| {
            path.parent().is_some_and(|folder| folder.ends_with("gallery")) || path.ends_with("base.html")
        })
        .map(|(_, text)| text)
        .collect();
    let kit: String = sources("crates/server/templates/kit", &["html"]).into_iter().map(|(_, text)| text).collect();
    for name in between(&kit, "{%- macro ", '(') {
        let used_in_kit = kit.matches(&format!("{name}(")).count() > 1;
        assert!(used_in_kit || shown.contains(&format!("::{name}(")), "the gallery does not show {name}");
    }
}
