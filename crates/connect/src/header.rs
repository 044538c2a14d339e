//! Finding the header of a table: which row it is, what kind of table follows, and which column is which field.

use std::collections::BTreeMap;

use domain::batch::{Fault, Kind};
use unicode_normalization::UnicodeNormalization;

use crate::catalog::{CATALOG, TableSpec};
use crate::grid::Record;
use crate::text::{one_line, plain};
use crate::value::Scale;

/// The header is looked for in this many rows from the top.
pub(crate) const SEARCHED_ROWS: usize = 30;
/// So many fields must be recognised in a row before it is told that others are missing. Fewer are chance.
const CONVINCING: usize = 3;

/// A recognised table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) kind: Kind,
    /// The row with the headers, or the second of them.
    pub(crate) header_row: u32,
    pub(crate) columns: BTreeMap<String, Column>,
    /// Headers that mean nothing to us, as they stand.
    pub(crate) ignored: Vec<String>,
    /// All headers by column, as they stand, to know the header when it is repeated on a later page.
    headers: Vec<String>,
}

/// A column of a recognised table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) index: usize,
    /// The header as it stands, on one line.
    pub(crate) header: String,
    /// What the header says about the numbers below it.
    pub(crate) scale: Scale,
}

/// What became of the search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    Table(Layout),
    /// Certainly meant as a table, but it cannot be read: where, under which header, and why.
    Faulty {
        row: u32,
        column: String,
        fault: Fault,
    },
    /// No table at all.
    Nothing,
}

/// Looks for the header in the first rows: the best match over all kinds of table, of one row alone or, where headers
/// stand in two rows, of two together.
pub(crate) fn find(records: &[Record]) -> Found {
    let searched = &records[..records.len().min(SEARCHED_ROWS)];
    let single = searched.iter().map(|record| (record.row, headers_of(record)));
    let double = searched.windows(2).map(|pair| (pair[1].row, headers_of_two(&pair[0], &pair[1])));
    let candidates = single.chain(double).filter(|(_, headers)| headers.iter().filter(|h| !h.is_empty()).count() > 1);
    let matched = candidates
        .flat_map(|(row, headers)| Kind::ALL.into_iter().filter_map(move |kind| Candidate::new(kind, row, &headers)));
    // The first of equals wins, so that a row alone goes before the same row joined with another.
    let best = matched.reduce(|best, next| if next.merit() > best.merit() { next } else { best });
    best.map_or(Found::Nothing, Candidate::verdict)
}

impl Layout {
    pub(crate) fn spec(&self) -> &'static TableSpec {
        CATALOG.table(self.kind)
    }

    /// The header of any column as it stands, empty where there is none.
    pub(crate) fn header(&self, column: usize) -> &str {
        self.headers.get(column).map_or("", String::as_str)
    }

    /// Whether a row repeats the header, as printed tables do on each page.
    pub(crate) fn is_repeated_by(&self, record: &Record) -> bool {
        let mut columns = self.columns.values();
        columns.all(|column| one_line(record.text(column.index)) == self.header(column.index))
    }
}

/// A row of headers, read as one kind of table.
struct Candidate {
    kind: Kind,
    row: u32,
    headers: Vec<String>,
    columns: BTreeMap<String, usize>,
    missing: Vec<&'static str>,
    ambiguous: Option<(usize, usize)>,
}

impl Candidate {
    /// `None` if no header is known.
    fn new(kind: Kind, row: u32, headers: &[String]) -> Option<Self> {
        let spec = CATALOG.table(kind);
        let forms: Vec<_> = headers.iter().map(|header| forms(header)).collect();
        let mut columns = BTreeMap::new();
        let mut ambiguous = None;
        for (name, field) in &spec.fields {
            let sure = |form: usize| {
                let known = move |column: &&Vec<String>| column.get(form).is_some_and(|header| field.is_strong(header));
                forms.iter().enumerate().filter(move |(_, column)| known(column)).map(|(index, _)| index)
            };
            let Some(form) = (0..FORMS).find(|form| sure(*form).next().is_some()) else { continue };
            let mut matching = sure(form);
            let first = matching.next().expect("the form was chosen because a column has it");
            if let Some(second) = matching.next() {
                ambiguous = ambiguous.or(Some((first, second)));
            }
            columns.insert(name.clone(), first);
        }
        // Required fields choose before optional ones: where there is only a 部门, it is the unit, not the section.
        let (required, optional): (Vec<_>, Vec<_>) = spec.fields.iter().partition(|(_, field)| field.required);
        for (name, field) in required.into_iter().chain(optional) {
            if columns.contains_key(name) {
                continue;
            }
            let free = forms.iter().enumerate().filter(|(index, _)| !columns.values().any(|taken| taken == index));
            let ranked = free.filter_map(|(index, forms)| {
                forms.iter().filter_map(|header| field.weak_rank(header)).min().map(|rank| (rank, index))
            });
            if let Some((_, index)) = ranked.min() {
                columns.insert(name.clone(), index);
            }
        }
        let required = spec.fields.iter().filter(|(_, field)| field.required);
        let missing = required.filter(|(name, _)| !columns.contains_key(*name));
        let missing = missing.map(|(_, field)| field.usual_header()).collect();
        (!columns.is_empty()).then(|| Self { kind, row, headers: headers.to_vec(), columns, missing, ambiguous })
    }

    /// The better candidate has the greater merit: whole before incomplete, then the one that understands more.
    fn merit(&self) -> (bool, usize, std::cmp::Reverse<usize>) {
        (self.missing.is_empty(), self.columns.len(), std::cmp::Reverse(self.missing.len()))
    }

    fn verdict(self) -> Found {
        if !self.missing.is_empty() {
            let filled = self.headers.iter().filter(|header| !header.is_empty()).count();
            if self.columns.len() < CONVINCING || self.columns.len() * 2 < filled {
                return Found::Nothing;
            }
            let fault = Fault::MissingColumns {
                table: self.kind.chinese().to_owned(),
                kind: self.kind,
                columns: self.missing.join("、"),
            };
            return Found::Faulty { row: self.row, column: String::new(), fault };
        }
        if let Some((first, second)) = self.ambiguous {
            let fault = Fault::AmbiguousColumn { other: self.headers[first].clone() };
            return Found::Faulty { row: self.row, column: self.headers[second].clone(), fault };
        }
        let ignored = self
            .headers
            .iter()
            .enumerate()
            .filter(|(index, header)| !header.is_empty() && !self.columns.values().any(|taken| taken == index));
        let ignored = ignored.map(|(_, header)| header.clone()).collect();
        let column = |index: usize| {
            let header = self.headers[index].clone();
            Column { index, scale: scale(&header), header }
        };
        let columns = self.columns.into_iter().map(|(name, index)| (name, column(index))).collect();
        Found::Table(Layout { kind: self.kind, header_row: self.row, columns, ignored, headers: self.headers })
    }
}

fn headers_of(record: &Record) -> Vec<String> {
    record.cells.iter().map(|cell| one_line(&cell.text)).collect()
}

/// Headers in two rows: a column is named by the lower cell, or by the upper one where the lower is empty (they are
/// merged then). Where the lower cell alone says too little (上班 under 打卡时间) the names of both are joined.
fn headers_of_two(upper: &Record, lower: &Record) -> Vec<String> {
    let mut group = String::new();
    let width = upper.cells.len().max(lower.cells.len());
    let header = |column: usize| {
        let (above, below) = (one_line(upper.text(column)), one_line(lower.text(column)));
        if !above.is_empty() {
            group.clone_from(&above);
        }
        match below.as_str() {
            "" => above,
            _ if above == below => above,
            _ if is_known(&below) => below,
            _ => format!("{group}({below})"),
        }
    };
    (0..width).map(header).collect()
}

/// Whether a header means something by itself in any kind of table.
fn is_known(header: &str) -> bool {
    let form = plain(header);
    Kind::ALL.into_iter().any(|kind| CATALOG.table(kind).fields.values().any(|field| field.is_strong(&form)))
}

/// How many forms a header has at most.
const FORMS: usize = 3;

/// The forms in which a header is looked up, the most certain first: whole; without what stands in brackets; and, where
/// it says the same in two languages, in Chinese alone.
fn forms(header: &str) -> Vec<String> {
    let (outside, _) = brackets(header);
    let chinese: String = outside.chars().filter(|c| !c.is_ascii_alphabetic()).collect();
    let mut forms = vec![plain(header), plain(&outside), plain(&chinese)];
    forms.dedup();
    forms.retain(|form| !form.is_empty());
    forms
}

/// Parts a header into what stands outside brackets and what stands inside.
fn brackets(header: &str) -> (String, String) {
    let (mut outside, mut inside, mut depth) = (String::new(), String::new(), 0_usize);
    for c in header.nfkc() {
        match c {
            '(' | '[' | '【' | '〔' | '〈' | '《' | '{' => depth += 1,
            ')' | ']' | '】' | '〕' | '〉' | '》' | '}' => depth = depth.saturating_sub(1),
            _ if depth > 0 => inside.push(c),
            _ => outside.push(c),
        }
    }
    (outside, inside)
}

/// What a header says about the numbers below it: 金额(元), 完成率(%).
fn scale(header: &str) -> Scale {
    let (_, inside) = brackets(header);
    let unit = inside.trim().trim_start_matches("单位:").trim_start_matches("单位").trim();
    Scale { shift: CATALOG.measure(unit).unwrap_or(0), points: header.contains(['%', '％']) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::Cell;

    fn rows(lines: &[&str]) -> Vec<Record> {
        let record = |(at, line): (usize, &&str)| {
            let cells = if line.is_empty() { vec![] } else { line.split('|').map(Cell::text).collect() };
            Record { row: u32::try_from(at).unwrap() + 1, cells, fault: None }
        };
        lines.iter().enumerate().map(record).collect()
    }

    fn table(lines: &[&str]) -> Layout {
        match find(&rows(lines)) {
            Found::Table(layout) => layout,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_usual_headers_of_every_kind_mean_that_kind() {
        for kind in Kind::ALL {
            let fields = || CATALOG.table(kind).fields.values();
            for headers in [
                fields().map(|field| field.usual_header()).collect::<Vec<_>>(),
                fields().filter(|field| field.required).map(|field| field.usual_header()).collect(),
            ] {
                let found = table(&[&headers.join("|")]);
                assert_eq!((found.kind, found.columns.len()), (kind, headers.len()), "{headers:?}");
            }
        }
    }

    #[test]
    fn the_header_is_found_under_titles_in_any_order_and_dress() {
        let found = table(&["某市花名册", "", "制表：人事科|2026年", "状 态|日期（年月日）|序号|* 工\n号|姓名 Name"]);
        assert_eq!((found.kind, found.header_row), (Kind::Attendance, 4));
        assert_eq!(found.columns["number"].index, 3);
        assert_eq!(found.columns["name"].header, "姓名 Name");
        assert_eq!(found.ignored, ["序号"]);
    }

    #[test]
    fn headers_in_two_rows_are_joined() {
        let found = table(&["工号|姓名|日期|打卡时间||考勤状态", "|||上班|下班|"]);
        assert_eq!((found.kind, found.header_row), (Kind::Attendance, 2));
        assert_eq!((found.columns["in"].index, found.columns["out"].index), (3, 4));
    }

    #[test]
    fn a_row_of_data_is_not_taken_for_a_second_header() {
        assert_eq!(table(&["工号|日期|状态", "YT1|2026-01-05|正常"]).header_row, 1);
    }

    #[test]
    fn a_better_name_goes_before_a_vague_one() {
        let both = table(&["工号|姓名|身份证号|部门|单位|编制类型|岗位类别"]);
        assert_eq!((both.columns["unit"].index, both.columns["section"].index), (4, 3));
        let one = table(&["工号|姓名|身份证号|部门|编制类型|岗位类别"]);
        assert_eq!(one.columns["unit"].index, 3);
        assert!(!one.columns.contains_key("section"));
    }

    #[test]
    fn the_whole_header_goes_before_what_stands_outside_brackets() {
        let found = table(&[
            "项目编号|项目名称|承建单位(统一社会信用代码)|承建单位|项目负责人工号|计划完成率(%)|实际完成率|更新日期|金额(元)",
        ]);
        assert_eq!((found.columns["contractor_code"].index, found.columns["contractor"].index), (2, 3));
        assert!(found.columns["planned"].scale.points && !found.columns["actual"].scale.points);
        assert_eq!(found.columns["amount"].scale.shift, -4);
    }

    #[test]
    fn two_columns_of_one_meaning_are_refused() {
        let Found::Faulty { row: 1, column, fault: Fault::AmbiguousColumn { other } } =
            find(&rows(&["工号|员工编号|日期|状态"]))
        else {
            panic!("工号 and 员工编号 mean the same");
        };
        assert_eq!((column.as_str(), other.as_str()), ("员工编号", "工号"));
    }

    #[test]
    fn missing_columns_are_named() {
        let Found::Faulty { fault: Fault::MissingColumns { kind, columns, .. }, .. } =
            find(&rows(&["", "工号|月份|按时办结量|满意度"]))
        else {
            panic!("办件量 is missing");
        };
        assert_eq!((kind, columns.as_str()), (Kind::Cases, "办件量"));
    }

    #[test]
    fn covers_and_notes_are_no_tables() {
        assert_eq!(find(&rows(&["封面", "单位：|人社局", "日期：|2026年"])), Found::Nothing);
        assert_eq!(find(&rows(&[])), Found::Nothing);
    }

    #[test]
    fn a_repeated_header_is_known() {
        let lines = rows(&["工号|日期|状态", "YT1|2026-01-05|正常", "工号|日期|状态"]);
        let Found::Table(layout) = find(&lines) else { panic!("a table") };
        assert!(layout.is_repeated_by(&lines[2]) && !layout.is_repeated_by(&lines[1]));
    }
}
