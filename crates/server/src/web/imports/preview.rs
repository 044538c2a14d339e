//! What the page of an upload shows: what would come in, or what came in, and everything that is wrong.

use crate::{
    importing::{Fate, FileOutcome, Outcome, TableOutcome},
    web::{kit, locale::Locale, source},
};
use domain::batch::BadRow;
use store::upload::{Stage, Upload};

/// How many bad rows one page shows.
const PAGE: usize = 50;

/// What the template reads.
pub(super) struct Preview {
    /// Nothing is on record yet.
    pub(super) waits: bool,
    pub(super) stats: Vec<kit::Stat>,
    pub(super) files: Vec<FilePart>,
    pub(super) bad: Option<kit::Table>,
    pub(super) pages: Option<kit::Pagination>,
    pub(super) unlisted: u64,
    /// Something can be put on record.
    pub(super) may_commit: bool,
    /// Leaving bad rows out would let a file in.
    pub(super) skip: Option<kit::Choice>,
    /// Every row is on record already.
    pub(super) nothing_new: bool,
    pub(super) batches: Option<kit::Table>,
}

/// One file.
pub(super) struct FilePart {
    pub(super) name: String,
    pub(super) size: String,
    pub(super) digest: String,
    pub(super) fate: kit::Tag,
    pub(super) why: String,
    pub(super) tables: Vec<TablePart>,
    pub(super) without_table: String,
}

/// One table.
pub(super) struct TablePart {
    pub(super) kind: String,
    pub(super) facts: Vec<kit::Term>,
    pub(super) sample: Option<kit::Table>,
    pub(super) register: bool,
}

impl Preview {
    pub(super) fn new(t: Locale, upload: &Upload, outcome: Outcome, page: usize) -> Self {
        let waits = upload.stage == Stage::Read;
        let news = |mendable: bool| {
            let comes = |table: &&TableOutcome| {
                let file = &outcome.files[table.file];
                file.fate.comes_in() || (mendable && !file.spoiled)
            };
            outcome.tables.iter().filter(comes).map(|table| u64::from(table.new)).sum::<u64>()
        };
        let mendable = outcome.files.iter().any(|file| file.errors > 0 && !file.spoiled);
        let skip =
            waits.then(|| kit::Choice::new("yes", t.get("imports-skip-bad")).hint(t.get("imports-skip-bad-hint")));
        let pages = outcome.errors.len().div_ceil(PAGE).max(1);
        let page = page.clamp(1, pages);
        let pagination = (pages > 1).then(|| kit::Pagination {
            page,
            pages,
            total: outcome.errors.len(),
            base: format!("/imports/{}", upload.id),
        });
        let part = |(place, file): (usize, &FileOutcome)| FilePart::new(t, &outcome, place, file);
        Preview {
            waits,
            stats: stats(t, &outcome),
            files: outcome.files.iter().enumerate().map(part).collect(),
            bad: bad_rows(t, &outcome, page),
            pages: pagination,
            unlisted: outcome.unlisted(),
            may_commit: waits && news(true) > 0,
            skip: skip.filter(|_| mendable && news(true) > news(false)),
            nothing_new: news(true) == 0 && !outcome.tables.is_empty(),
            batches: (!waits).then(|| batches(t, &outcome)),
        }
    }
}

fn stats(t: Locale, outcome: &Outcome) -> Vec<kit::Stat> {
    let sum = |of: fn(&TableOutcome) -> u32| outcome.tables.iter().map(|table| u64::from(of(table))).sum::<u64>();
    let stat = |key: &str, count: u64| kit::Stat {
        label: t.get(key),
        value: t.number(count),
        unit: String::new(),
        note: String::new(),
    };
    vec![
        stat("imports-rows", sum(|table| table.rows)),
        stat("imports-accepted", sum(|table| table.accepted)),
        stat("imports-new", sum(|table| table.new)),
        stat("imports-bad", sum(TableOutcome::bad)),
    ]
}

impl FilePart {
    fn new(t: Locale, outcome: &Outcome, place: usize, file: &FileOutcome) -> Self {
        let (tone, key) = match &file.fate {
            Fate::Whole => (kit::Tone::Success, "imports-fate-whole"),
            Fate::WithoutBadRows => (kit::Tone::Warn, "imports-fate-without"),
            Fate::Refused => (kit::Tone::Danger, "imports-fate-refused"),
            Fate::Waits { .. } => (kit::Tone::Warn, "imports-fate-waits"),
        };
        let why = match &file.fate {
            Fate::Waits { file } => t.with("imports-why-waits", &[("name", file)]),
            Fate::Refused if file.spoiled => t.with("imports-why-spoiled", &[("n", file.errors)]),
            Fate::Refused => t.with("imports-why-refused", &[("n", file.errors)]),
            Fate::Whole | Fate::WithoutBadRows => String::new(),
        };
        let skipped = outcome.skipped.iter().filter(|sheet| sheet.file == file.name).map(|sheet| sheet.sheet.as_str());
        let skipped = skipped.collect::<Vec<_>>().join(&t.get("list-comma"));
        let without_table =
            if skipped.is_empty() { skipped } else { t.with("imports-sheets-without-table", &[("sheets", skipped)]) };
        let tables = outcome.tables.iter().filter(|table| table.file == place);
        FilePart {
            name: file.name.clone(),
            size: t.bytes(&file.size),
            digest: file.sha256.clone(),
            fate: kit::Tag::new(tone, t.get(key)),
            why,
            tables: tables.map(|table| TablePart::new(t, table)).collect(),
            without_table,
        }
    }
}

impl TablePart {
    fn new(t: Locale, table: &TableOutcome) -> Self {
        let place = table.sheet.clone().or(table.encoding.map(|encoding| encoding.as_str().to_owned()));
        let columns: Vec<&str> = table.columns.iter().map(|column| column.header.as_str()).collect();
        let comma = t.get("list-comma");
        let mut facts = vec![
            kit::Term::new(t.get("imports-sheet"), place.unwrap_or_default()),
            kit::Term::new(t.get("imports-header-row"), table.header_row.to_string()),
            kit::Term::new(t.get("imports-counts"), counts(t, table)),
            kit::Term::new(t.get("imports-columns"), columns.join(&comma)),
        ];
        if !table.ignored.is_empty() {
            facts.push(kit::Term::new(t.get("imports-ignored"), table.ignored.join(&comma)));
        }
        let register = table.kind.is_register();
        let kind = t.get(&format!("table-{}", table.kind));
        let sample = (!register && !table.sample.is_empty()).then(|| kit::Table {
            caption: t.with("imports-sample", &[("kind", &kind)]),
            ..source::table(t, table.kind, &table.columns, &table.sample, |_| None)
        });
        TablePart { kind, facts, sample, register }
    }
}

fn counts(t: Locale, table: &TableOutcome) -> String {
    let args = [
        ("rows", table.rows),
        ("accepted", table.accepted),
        ("new", table.new),
        ("bad", table.bad()),
        ("duplicates", table.duplicates),
    ];
    t.with("imports-count-line", &args)
}

/// One page of the bad rows.
fn bad_rows(t: Locale, outcome: &Outcome, page: usize) -> Option<kit::Table> {
    let cells = |bad: &BadRow| {
        let row = if bad.row == 0 { String::new() } else { bad.row.to_string() };
        let reason = if t.tag() == "en" { bad.reason_english() } else { bad.reason() };
        vec![
            kit::Cell::new(row).note(bad.sheet.as_deref().unwrap_or_default()),
            kit::Cell::new(bad.file.clone()),
            kit::Cell::new(bad.column.clone()),
            kit::Cell::new(if masks(outcome, bad) { source::masked(&bad.value) } else { bad.value.clone() }),
            kit::Cell::new(reason),
        ]
    };
    let rows: Vec<_> = outcome.errors.iter().skip((page - 1) * PAGE).take(PAGE).map(cells).collect();
    (!rows.is_empty()).then(|| kit::Table {
        caption: t.get("imports-bad-rows"),
        note: t.get("imports-bad-rows-note"),
        columns: ["imports-row", "imports-file", "imports-column", "imports-value", "imports-reason"]
            .map(|key| kit::Column::words(t.get(key)))
            .to_vec(),
        rows,
        total: Vec::new(),
    })
}

/// Whether a bad value stands where an identity number belongs.
fn masks(outcome: &Outcome, bad: &BadRow) -> bool {
    let here = |table: &&TableOutcome| outcome.files[table.file].name == bad.file && table.sheet == bad.sheet;
    outcome.tables.iter().filter(here).any(|table| {
        let named = |column: &domain::import::Column| {
            column.header == bad.column && connect::is_masked(table.kind, &column.field)
        };
        table.columns.iter().any(named)
    })
}

/// What went on record, table by table.
fn batches(t: Locale, outcome: &Outcome) -> kit::Table {
    let rows = outcome.tables.iter().map(|table| {
        let file = &outcome.files[table.file];
        let kind = kit::Cell::new(t.get(&format!("table-{}", table.kind))).note(file.name.as_str());
        let left_out = if file.fate == Fate::WithoutBadRows { table.bad() } else { 0 };
        vec![
            match table.batch {
                Some(batch) => kind.link(format!("/batches/{batch}")),
                None => kind,
            },
            kit::Cell::new(t.number(table.imported())),
            kit::Cell::new(t.number(left_out)),
            kit::Cell::new(t.get(match (&file.fate, table.batch) {
                (Fate::Refused, _) => "imports-fate-refused",
                (Fate::Waits { .. }, _) => "imports-fate-waits",
                (_, Some(_)) => "imports-came-in",
                (_, None) => "imports-was-there",
            })),
        ]
    });
    kit::Table {
        caption: t.get("imports-result"),
        columns: vec![
            kit::Column::words(t.get("imports-kind")),
            kit::Column::numbers(t.get("imports-imported")),
            kit::Column::numbers(t.get("imports-left-out")),
            kit::Column::words(t.get("imports-how")),
        ],
        rows: rows.collect(),
        ..kit::Table::default()
    }
}
