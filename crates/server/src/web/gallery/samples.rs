//! Invented people, files and numbers for the gallery.

use jiff::Timestamp;
use jiff::civil::date;

use crate::web::kit::{
    Addend, Answer, Arithmetic, Attachment, Cell, CellLink, Change, Chart, Choice, Column, Crumb, Curve, Datum,
    Deadline, Event, Flash, Form, NavItem, Page, Pagination, Person, Progress, Series, SignedIn, Spot, Stat, Step,
    StepState, Tab, Table, Tag, Term, Todo, Tone,
};
use crate::web::locale::{Locale, Reader};

pub(super) const BASIS: &str = "《公务员法》第七十四条、第七十六条";
const DIGEST: &str = "9f2c51d07be84a3366c1f0e2ab7d95c84e1b06fd33a7c28e5590d1476fa0b3e8";

/// 10:42 on a Friday, by the clock of the offices.
const FRIDAY_MORNING: i64 = 1_790_304_120;
const HOUR: i64 = 3_600;

fn hours_before(hours: i64) -> Timestamp {
    Timestamp::from_second(FRIDAY_MORNING - hours * HOUR).unwrap_or(Timestamp::UNIX_EPOCH)
}

pub(super) fn page(reader: Reader, title: &str) -> Page {
    let t = reader.t;
    let area = |href: &str, key: &str, icon, count| NavItem {
        href: href.to_owned(),
        label: t.get(key),
        icon,
        current: href == "/gallery",
        count,
    };
    Page {
        authority: "云汀市人力资源和社会保障局".to_owned(),
        person: Some(SignedIn { id: "sample".to_owned(), person: person(), roles: t.get("gallery-role") }),
        nav: vec![
            area("/gallery", "gallery-nav-home", "home", 3),
            area("/gallery?area=appraisal", "gallery-nav-appraisal", "clipboard-list", 0),
            area("/gallery?area=people", "gallery-nav-people", "users", 0),
            area("/gallery?area=notices", "gallery-nav-notices", "speakerphone", 12),
            area("/gallery?area=import", "gallery-nav-import", "upload", 0),
            area("/gallery?area=settings", "gallery-nav-settings", "settings", 0),
        ],
        flashes: vec![Flash { tone: Tone::Success, text: t.get("gallery-flash"), more: None }],
        csrf: "sample".to_owned(),
        demo: true,
        ..Page::new(reader, t.get(title))
    }
}

pub(super) fn person() -> Person {
    Person::new("许知微", "市政务服务局 · 考核科科长")
}

fn colleague() -> Person {
    Person::new("贺兰舟", "市政务服务局 · 窗口一科")
}

pub(super) fn crumbs(t: Locale) -> Vec<Crumb> {
    let crumb = |key, href: &str| Crumb { label: t.get(key), href: href.to_owned() };
    vec![crumb("gallery-nav-home", "/gallery"), crumb("gallery-cycle", "/gallery?area=appraisal")]
}

pub(super) fn tabs(t: Locale) -> Vec<Tab> {
    let tab = |key, current, count| Tab { label: t.get(key), href: "/gallery".to_owned(), current, count };
    vec![
        tab("gallery-tab-goals", true, Some(5)),
        tab("gallery-tab-progress", false, Some(2)),
        tab("gallery-tab-scores", false, None),
        tab("gallery-tab-history", false, None),
    ]
}

pub(super) fn steps(t: Locale) -> Vec<Step> {
    let step = |key, note: &str, state| Step { label: t.get(key), note: note.to_owned(), state };
    vec![
        step("gallery-step-handed-in", "贺兰舟", StepState::Done),
        step("gallery-step-department", "许知微", StepState::Done),
        step("gallery-step-unit", "陆青岚", StepState::Current),
        step("gallery-step-locked", "", StepState::Ahead),
    ]
}

pub(super) fn tags(t: Locale) -> Vec<Tag> {
    let keys =
        ["gallery-tag-draft", "gallery-tag-open", "gallery-tag-confirmed", "gallery-tag-late", "gallery-tag-void"];
    Tone::ALL.into_iter().zip(keys).map(|(tone, key)| Tag::new(tone, t.get(key))).collect()
}

pub(super) fn todos(t: Locale) -> Vec<Todo> {
    let due = |month, day, working_days_left| Some(Deadline { day: date(2026, month, day), working_days_left });
    let todo = |what, whose, deadline, why, action| Todo {
        what: t.get(what),
        whose,
        deadline,
        why: t.get(why),
        href: "/gallery/confirm".to_owned(),
        action: t.get(action),
        mark: None,
        rest: None,
    };
    vec![
        todo(
            "gallery-todo-appeal",
            Some(colleague()),
            due(9, 23, -2),
            "gallery-todo-appeal-why",
            "gallery-todo-decide",
        ),
        todo("gallery-todo-goals", Some(colleague()), due(9, 28, 1), "gallery-todo-goals-why", "gallery-todo-review"),
        todo("gallery-todo-score", Some(colleague()), due(10, 16, 9), "gallery-todo-score-why", "gallery-todo-give"),
        todo("gallery-todo-progress", None, None, "gallery-todo-progress-why", "gallery-todo-write"),
    ]
}

pub(super) fn progress(t: Locale, done: usize, total: usize) -> Progress {
    Progress { label: t.get("gallery-progress"), done, total }
}

pub(super) fn stats(t: Locale) -> Vec<Stat> {
    let stat =
        |key, value: &str, unit: String, note: String| Stat { label: t.get(key), value: value.to_owned(), unit, note };
    vec![
        stat("gallery-stat-people", "320", t.get("gallery-unit-people"), String::new()),
        stat("gallery-stat-scored", "88.4", "%".to_owned(), String::new()),
        stat("gallery-stat-days", "5", t.get("gallery-unit-days"), t.get("gallery-stat-days-note")),
        stat("gallery-stat-appeals", "0", String::new(), t.get("gallery-stat-appeals-note")),
    ]
}

pub(super) fn table(t: Locale) -> Table {
    let row = |name: &str, unit: &str, score: &str, weight: &str, state| {
        vec![Cell::new(name).link("/gallery"), Cell::new(unit), Cell::new(weight), Cell::new(score), state]
    };
    let mut void = row("陆青岚", "市发展和改革局", "—", "30%", Cell::tag(Tone::Danger, t.get("gallery-tag-void")));
    void[4] = void[4].clone().note(t.get("gallery-void-why"));
    let mut empty = row("沈望舒", "市水务局", "76.5", "30%", Cell::default());
    empty[1] = empty[1].clone().note(t.get("gallery-seconded"));
    Table {
        caption: t.get("gallery-table"),
        note: t.get("gallery-table-note"),
        columns: vec![
            Column::words(t.get("gallery-column-person")),
            Column::words(t.get("gallery-column-unit")),
            Column::numbers(t.get("gallery-column-weight")),
            Column::numbers(t.get("gallery-column-score")),
            Column::words(t.get("gallery-column-state")),
        ],
        rows: vec![
            row("贺兰舟", "市政务服务局", "92.3333", "40%", Cell::tag(Tone::Success, t.get("gallery-tag-confirmed"))),
            row("许知微", "市政务服务局", "88.5", "30%", Cell::tag(Tone::Warn, t.get("gallery-tag-late"))),
            void,
            empty,
        ],
        total: vec![
            Cell::new(t.get("gallery-table-mean")),
            Cell::default(),
            Cell::default(),
            Cell::new("85.7778"),
            Cell::default(),
        ],
    }
}

pub(super) fn pages() -> Pagination {
    Pagination { page: 4, pages: 16, total: 320, base: "/gallery".to_owned() }
}

pub(super) fn arithmetic(t: Locale) -> Arithmetic {
    let line = |key, working: &str, points, source: Option<&str>| Addend {
        label: t.get(key),
        working: working.to_owned(),
        points,
        source: source.map(str::to_owned),
    };
    Arithmetic {
        caption: t.get("gallery-sum"),
        rule: t.get("gallery-sum-rule"),
        lines: vec![
            line("gallery-sum-cases", "min(1,284 ÷ 1,200, 1) × 100 × 50% ÷ 90%", Some(555_556), Some("/gallery")),
            line("gallery-sum-attitude", "(92 × 60% + 88 × 40%) × 40% ÷ 90%", Some(401_778), Some("/gallery")),
            line("gallery-sum-training", "—", None, None),
        ],
        total: Some(957_334),
    }
}

pub(super) fn terms(t: Locale) -> Vec<Term> {
    vec![
        Term::new(t.get("gallery-term-regime"), t.get("gallery-term-regime-value")),
        Term::new(t.get("gallery-term-day"), t.day(&date(2026, 12, 31))),
        Term::new(t.get("gallery-term-basis"), BASIS),
    ]
}

pub(super) fn answers(t: Locale) -> Vec<Answer> {
    let answer = |key, value: String, change: Option<&str>| Answer {
        label: t.get(key),
        value,
        change: change.map(str::to_owned),
    };
    vec![
        answer("gallery-answer-person", "贺兰舟，市政务服务局窗口一科".to_owned(), None),
        answer("gallery-answer-score", "92".to_owned(), Some("/gallery#fresh-score")),
        answer("gallery-answer-basis", t.get("gallery-answer-basis-value"), Some("/gallery#fresh-basis")),
    ]
}

pub(super) fn receipt(t: Locale) -> Vec<Term> {
    vec![
        Term::new(t.get("gallery-receipt-entry"), "1,284"),
        Term::new(t.get("gallery-receipt-time"), t.moment(&hours_before(0))),
        Term::new(t.get("gallery-receipt-digest"), DIGEST),
    ]
}

pub(super) fn cells(t: Locale) -> Vec<CellLink> {
    let cell = |icon, label, note: String, value: &str| CellLink {
        href: "/gallery".to_owned(),
        icon,
        label: t.get(label),
        note,
        value: value.to_owned(),
    };
    vec![
        cell("target", "gallery-tab-goals", t.get("gallery-cell-goals-note"), "5"),
        cell("chart-bar", "gallery-tab-scores", String::new(), "95.7334"),
        cell("scale", "gallery-cell-appeal", String::new(), ""),
    ]
}

pub(super) fn events(t: Locale) -> Vec<Event> {
    let event = |tone, what, who: &str, hours| Event {
        tone,
        what: t.get(what),
        who: who.to_owned(),
        when: hours_before(hours),
        note: String::new(),
        changes: Vec::new(),
        more: None,
    };
    let change = |label, before: &str, after: &str| Change {
        label: t.get(label),
        before: before.to_owned(),
        after: after.to_owned(),
    };
    vec![
        Event {
            changes: vec![
                change("gallery-change-target", "1,000", "1,200"),
                change("gallery-change-weight", "", "50%"),
                change("gallery-change-remark", t.get("gallery-change-remark-value").as_str(), ""),
            ],
            ..event(Tone::Info, "gallery-event-changed", "贺兰舟", 0)
        },
        Event {
            note: t.get("gallery-event-returned-note"),
            ..event(Tone::Warn, "gallery-event-returned", "许知微", 20)
        },
        event(Tone::Success, "gallery-event-handed-in", "贺兰舟", 49),
        event(Tone::Neutral, "gallery-event-opened", "市人社局考核科", 240),
    ]
}

pub(super) fn files() -> Vec<Attachment> {
    let file = |name: &str, bytes, hours| Attachment {
        name: name.to_owned(),
        href: "/gallery".to_owned(),
        bytes,
        digest: DIGEST.to_owned(),
        by: "贺兰舟".to_owned(),
        when: hours_before(hours),
    };
    vec![file("窗口满意度回访_九月.xlsx", 48_213, 3), file("大厅改造现场照片.zip", 17_825_792, 27)]
}

pub(super) fn choices(t: Locale) -> Vec<Choice> {
    vec![
        Choice::new("routine", t.get("gallery-choice-routine")).hint(t.get("gallery-choice-routine-hint")),
        Choice::new("annual", t.get("gallery-choice-annual")).hint(t.get("gallery-choice-annual-hint")),
        Choice::new("special", t.get("gallery-choice-special")),
    ]
}

/// A form as it comes back: some values typed, most of them wrong.
pub(super) fn refused_form(t: Locale) -> Form {
    let mut form = Form::new("sample", "sample")
        .fill("title", "<b>窗口</b>")
        .fill("score", "120")
        .fill("kind", "annual")
        .fill("basis", t.get("gallery-answer-basis-value"));
    for (field, key) in [
        ("title", "gallery-error-title"),
        ("score", "gallery-error-score"),
        ("basis", "gallery-error-basis"),
        ("day", "gallery-error-day"),
        ("unit", "gallery-error-unit"),
        ("kinds", "gallery-error-kinds"),
        ("file", "gallery-error-file"),
    ] {
        form.refuse(field, t.get(key));
    }
    form
}

/// One of each kind.
pub(super) fn drawings() -> Vec<Chart> {
    let units = ["A", "B", "C"].map(str::to_owned).to_vec();
    let series = |name: &str, tone, values: [f64; 3]| {
        Series::new(name, tone, values.map(|value| Datum::new(Some(value), "/gallery")).to_vec())
    };
    let two = || vec![series("1", None, [3.0, 5.0, 2.0]), series("2", Some(Tone::Danger), [1.0, 0.0, 4.0])];
    let curve = |value: f64| Curve { name: value.to_string(), dashed: true, points: vec![[1.0, value], [40.0, value]] };
    let spot = |name: &str, value, tone: Tone| Spot {
        name: name.to_owned(),
        value,
        tone: tone.class(),
        href: "/gallery".to_owned(),
    };
    vec![
        Chart::Bars { lying: true, unit: String::new(), categories: units.clone(), series: two() },
        Chart::Lines { unit: String::new(), days: units.clone(), series: two() },
        Chart::Boxes {
            unit: String::new(),
            categories: units,
            names: ["1", "2", "3", "4", "5"].map(str::to_owned),
            boxes: (0..3)
                .map(|at| Datum::alone([60.0, 70.0, 75.0, 80.0, 95.0].map(|value| value - f64::from(at))))
                .collect(),
        },
        Chart::Funnel {
            across: "x".to_owned(),
            up: "y".to_owned(),
            spots: vec![spot("A", [20.0, 18.0], Tone::Success), spot("B", [35.0, 62.0], Tone::Danger)],
            curves: vec![curve(10.0), curve(30.0)],
        },
    ]
}
