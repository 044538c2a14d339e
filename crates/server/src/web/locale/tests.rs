use std::collections::{BTreeMap, BTreeSet};

use axum::http::HeaderValue;
use fluent_templates::fluent_bundle::FluentResource;
use jiff::Timestamp;
use jiff::civil::date;

use super::*;
use crate::web::kit::Deadline;
use crate::web::testing::{between, sources};

/// Key and placeables of every text of one language.
fn texts(locale: Locale) -> BTreeMap<String, BTreeSet<String>> {
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, source) in sources(&format!("locales/{}", locale.tag()), &["ftl"]) {
        assert!(FluentResource::try_new(source.clone()).is_ok(), "{} has a mistake", path.display());
        let mut key = String::new();
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) = line.split_once(" = ").filter(|_| !line.starts_with([' ', '}'])) {
                key = name.to_owned();
                assert!(texts.insert(key.clone(), BTreeSet::new()).is_none(), "{key} is there twice");
            }
            let names = line
                .split('$')
                .skip(1)
                .map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>());
            texts.entry(key.clone()).or_default().extend(names);
        }
    }
    texts.remove("");
    texts
}

/// Everything that may name a text: code, templates, and the messages of policies.
fn users() -> Vec<(std::path::PathBuf, String)> {
    let folders = [("crates", ["rs", "html"]), ("policies", ["cedar", "toml"]), ("regimes", ["toml", "toml"])];
    folders.into_iter().flat_map(|(folder, extensions)| sources(folder, &extensions)).collect()
}

#[test]
fn the_languages_have_the_same_texts_with_the_same_placeables() {
    let (chinese, english) = (texts(Locale::ZhCn), texts(Locale::En));
    assert!(chinese.len() > 50, "the texts were not found");
    let missing = |from: &BTreeMap<String, _>, of: &BTreeMap<String, _>| -> Vec<String> {
        of.keys().filter(|key| !from.contains_key(*key)).cloned().collect()
    };
    assert_eq!((missing(&chinese, &english), missing(&english, &chinese)), (vec![], vec![]));
    for (key, placeables) in &chinese {
        assert_eq!(placeables, &english[key], "{key}");
    }
}

#[test]
fn every_key_that_is_asked_for_has_a_text() {
    let texts = texts(Locale::ZhCn);
    for (path, source) in users().iter().filter(|(path, _)| path.file_name().is_none_or(|name| name != "tests.rs")) {
        for call in ["t.get(\"", "t.with(\"", "Sentence::new(\"", "@message(\""] {
            for key in between(source, call, '"') {
                assert!(texts.contains_key(key), "{} asks for {key}", path.display());
            }
        }
    }
}

#[test]
fn every_text_is_used() {
    let sources: String = users().into_iter().map(|(_, source)| source).collect();
    let quoted: BTreeSet<&str> = sources.split('"').collect();
    // Families such as `stage-{…}` are put together from what the domain names; the test below has them.
    let families: BTreeSet<&str> =
        between(&sources, "format!(\"", '{').into_iter().filter(|family| family.ends_with('-')).collect();
    let of_family = |key: &str| families.iter().any(|family| key.starts_with(family));
    let used = |key: &str| quoted.contains(key) || of_family(key);
    let unused: Vec<String> = texts(Locale::ZhCn).into_keys().filter(|key| !used(key)).collect();
    assert_eq!(unused, Vec::<String>::new());
}

#[test]
fn everything_the_domain_names_has_a_text() {
    use domain::{appraisal::Stage, cycle::Ungraded, refusal::Reason, todo::Task};
    let texts = texts(Locale::ZhCn);
    let tasks =
        Task::ALL.into_iter().flat_map(|task| ["task", "why"].map(|family| format!("{family}-{}", task.as_str())));
    let stages = Stage::ALL.into_iter().map(|stage| format!("stage-{}", stage.as_str()));
    let ungraded = Ungraded::ALL.into_iter().map(|reason| format!("ungraded-{}", reason.as_str()));
    let refusals = Reason::ALL.iter().map(|reason| format!("refusal-{}", reason.as_str()));
    let people = crate::demo::PEOPLE.iter().map(|(role, _)| format!("demo-{role}"));
    let acts = domain::act::Act::NAMES.iter().map(|act| format!("act-{act}"));
    let events = domain::event::Event::NAMES.iter().map(|event| format!("event-{event}"));
    let streams = domain::event::StreamKind::ALL.into_iter().map(|kind| format!("stream-{}", kind.as_str()));
    let tables = domain::batch::Kind::ALL.into_iter().map(|kind| format!("table-{kind}"));
    let found = domain::ties::findings::DETECTORS
        .into_iter()
        .flat_map(|name| ["", "-sentence", "-innocent", "-basis"].map(|part| format!("finding-{name}{part}")));
    let dispositions = domain::finding::Disposition::ALL
        .into_iter()
        .flat_map(|one| ["", "-hint"].map(|part| format!("disposition-{}{part}", one.as_str())));
    let findings = domain::finding::Stage::ALL.into_iter().map(|stage| format!("finding-stage-{}", stage.as_str()));
    let signals = detect::warning::Signal::ALL.into_iter().map(|signal| format!("warning-signal-{}", signal.word()));
    let findings = findings.chain(found).chain(dispositions).chain(signals);
    let refusals = refusals.chain(acts).chain(events).chain(streams).chain(tables).chain(findings);
    for key in tasks.chain(stages).chain(ungraded).chain(refusals).chain(people) {
        assert!(texts.contains_key(&key), "{key} has no text");
    }
}

#[test]
fn templates_hold_no_text_of_their_own() {
    let chinese = |c: char| matches!(c, '\u{3000}'..='\u{303f}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
    for (path, source) in sources("crates/server/templates", &["html"]) {
        assert!(!source.contains(chinese), "{} holds Chinese words; they belong in locales/", path.display());
    }
}

#[test]
fn the_cookie_comes_before_the_browser_and_chinese_before_the_unknown() {
    let locale = |cookie: &str, accepted: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(cookie).expect("a header"));
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_str(accepted).expect("a header"));
        Locale::of(&headers)
    };
    assert_eq!(locale("sid=1; lang=en", "zh-CN,zh;q=0.9"), Locale::En);
    assert_eq!(locale("lang=fr", "en-GB,en;q=0.8,zh;q=0.2"), Locale::En);
    assert_eq!(locale("", "fr,zh-Hans;q=0.5,en;q=0.4"), Locale::ZhCn);
    assert_eq!(locale("", "en;q=0, de"), Locale::ZhCn);
    assert_eq!(Locale::of(&HeaderMap::new()), Locale::ZhCn);
}

#[test]
fn only_paths_of_this_site_are_returned_to() {
    assert_eq!(local_path(Some("/goals?id=3")), "/goals?id=3");
    for elsewhere in ["//evil.example", "/\\evil.example", "https://evil.example", "goals", "", "/a\nb"] {
        assert_eq!(local_path(Some(elsewhere)), "/", "{elsewhere:?}");
    }
    assert_eq!(local_path(None), "/");
}

#[test]
fn points_lose_idle_zeros_and_nothing_else() {
    let points = |scaled| Locale::En.points(&scaled);
    assert_eq!([886_111, 880_000, 885_000, 1, -5_000, 0].map(points), ["88.6111", "88", "88.5", "0.0001", "-0.5", "0"]);
    assert_eq!(Locale::En.points(&i64::MIN), "-922337203685477.5808");
}

#[test]
fn numbers_and_sizes() {
    assert_eq!([0, 999, 1_000, 1_234_567].map(|n: i64| Locale::ZhCn.number(n)), ["0", "999", "1,000", "1,234,567"]);
    assert_eq!(Locale::ZhCn.number(-12_345_i64), "-12,345");
    assert_eq!([812, 4_300, 17_825_792].map(|n| Locale::En.bytes(&n)), ["812 B", "4.2 KB", "17.0 MB"]);
}

#[test]
fn days_and_moments_follow_the_clock_of_the_offices() {
    let evening: Timestamp = "2026-09-30T16:05:00Z".parse().expect("a timestamp");
    assert_eq!(Locale::ZhCn.moment(&evening), "2026年10月1日 00:05");
    assert_eq!(Locale::En.moment(&evening), "1 Oct 2026, 00:05");
    assert_eq!(Locale::En.machine_moment(&evening), "2026-10-01T00:05:00+08:00");
    assert_eq!(Locale::ZhCn.day(&date(2026, 1, 5)), "2026年1月5日");
}

#[test]
fn deadlines_count_working_days() {
    let say =
        |locale: Locale, working_days_left| locale.deadline(&Deadline { day: date(2026, 10, 9), working_days_left });
    assert_eq!(say(Locale::ZhCn, 3), "2026年10月9日 周五前，还剩 3 个工作日");
    assert_eq!(say(Locale::ZhCn, 0), "今天截止（2026年10月9日 周五）");
    assert_eq!(say(Locale::En, 1), "By 9 Oct 2026 (Fri), 1 working day left");
    assert_eq!(say(Locale::En, -2), "2 working days late, was due 9 Oct 2026 (Fri)");
}

#[test]
fn a_sentence_is_said_in_the_language_of_who_reads_it() {
    let sentence = Sentence::new("kit-page-of").arg("page", 2).arg("pages", 9).arg("total", "170");
    assert_eq!(Locale::ZhCn.say(&sentence), "第 2 页，共 9 页，170 条");
    assert_eq!(Locale::En.say(&sentence), "Page 2 of 9, 170 in all");
    assert_eq!(Locale::En.say(&Sentence::Said("《公务员法》".to_owned())), "《公务员法》");
}

#[test]
fn a_key_without_a_text_is_shown_as_it_is() {
    assert_eq!(Locale::En.get("no-such-key"), "no-such-key");
}
