//! The words of `aliases.toml`, parsed once.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use domain::batch::Kind;
use serde::Deserialize;

use crate::report::Language;
use crate::text::plain;

/// Everything the crate knows about how offices name things.
pub(crate) static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let data: Data = toml::from_str(include_str!("../aliases.toml")).expect("aliases.toml is part of the program");
    data.into()
});

/// What a field's value is made into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Type {
    /// Words, with full-width forms folded.
    Text,
    /// Words as they stand, only trimmed.
    Verbatim,
    /// A person's name: blanks between Chinese characters, put there for looks, are dropped.
    Name,
    /// A number or code that identifies: no blanks, upper case.
    Code,
    /// Several codes, joined by `;`.
    Codes,
    /// Several words, joined by `;`.
    List,
    /// One of the field's `words`.
    Word,
    /// One of the catalog's `grades`.
    Grade,
    /// A whole number of things, never negative.
    Count,
    /// A decimal number.
    Decimal,
    /// A decimal number on a scale.
    Score,
    /// An amount in 万元.
    Money,
    /// A share of a whole, kept as points: `97.2`.
    Percent,
    /// A share of a whole, kept as a fraction: `0.233`.
    Fraction,
    /// A decimal number if it is one, else the words as they stand.
    Target,
    /// A day, `2026-01-05`.
    Date,
    /// A day; where only the month is given, as rosters often do, its first.
    DayOrMonth,
    /// A month, `2026-01`.
    Month,
    /// A year, `2026`.
    Year,
    /// A time of day, `08:30`.
    Time,
    /// A citizen's identity number.
    IdNumber,
    /// A company's unified social credit code.
    CompanyCode,
    /// Either of the two: companies hold shares too.
    Holder,
}

impl Type {
    /// Whether values are numbers that formulas can sum.
    fn is_measure(self) -> bool {
        matches!(self, Self::Count | Self::Decimal | Self::Score | Self::Money | Self::Percent | Self::Fraction)
    }

    /// Whether a bare number needs a look at its column to know its scale: 23.3 and 0.233 mean the same.
    pub(crate) fn is_ratio(self) -> bool {
        matches!(self, Self::Percent | Self::Fraction)
    }
}

/// What a field's value must be known as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Refers {
    Person,
    Unit,
    Indicator,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    blanks: Vec<String>,
    remarks: Vec<String>,
    measures: BTreeMap<String, i32>,
    grades: BTreeMap<String, Vec<String>>,
    table: BTreeMap<Kind, KindData>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KindData {
    names: Vec<String>,
    key: Vec<String>,
    person: Option<String>,
    date: Option<String>,
    #[serde(default)]
    measures: bool,
    #[serde(default)]
    at_most: BTreeMap<String, String>,
    fields: BTreeMap<String, FieldData>,
    #[serde(default)]
    flags: BTreeMap<String, Flag>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldData {
    #[serde(rename = "type")]
    kind: Type,
    #[serde(default)]
    required: bool,
    headers: Vec<String>,
    #[serde(default)]
    weak: Vec<String>,
    refers: Option<Refers>,
    min: Option<i64>,
    max: Option<i64>,
    #[serde(default)]
    masked: bool,
    #[serde(default)]
    words: BTreeMap<String, Vec<String>>,
}

/// A 0/1 field derived from an enumeration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Flag {
    /// The enumeration it is derived from.
    pub(crate) field: String,
    /// The words for which it is 1.
    pub(crate) when: Vec<String>,
    /// What formulas call the number of such rows.
    names: Vec<String>,
}

/// `aliases.toml`, with all words in the form in which they are compared.
#[derive(Debug)]
pub(crate) struct Catalog {
    blanks: Vec<String>,
    /// In characters.
    longest_blank: usize,
    remarks: Vec<String>,
    measures: HashMap<String, i32>,
    tables: BTreeMap<Kind, TableSpec>,
}

/// What a kind of table looks like.
#[derive(Debug)]
pub(crate) struct TableSpec {
    names: Vec<String>,
    pub(crate) key: Vec<String>,
    pub(crate) person: Option<String>,
    pub(crate) date: Option<String>,
    measures: bool,
    pub(crate) at_most: BTreeMap<String, String>,
    pub(crate) fields: BTreeMap<String, FieldSpec>,
    pub(crate) flags: BTreeMap<String, Flag>,
}

/// What a field looks like.
#[derive(Debug)]
pub(crate) struct FieldSpec {
    pub(crate) kind: Type,
    pub(crate) required: bool,
    pub(crate) refers: Option<Refers>,
    pub(crate) min: Option<i64>,
    pub(crate) max: Option<i64>,
    headers: Vec<String>,
    strong: Vec<String>,
    weak: Vec<String>,
    masked: bool,
    words: HashMap<String, String>,
    /// The canonical word to how we write it.
    written: HashMap<String, String>,
    /// The words offered to somebody whose word is not known: the first of each meaning.
    pub(crate) offered: String,
}

impl From<Data> for Catalog {
    fn from(data: Data) -> Self {
        let grades = &data.grades;
        let table = |kind: KindData| TableSpec {
            names: plain_all(&kind.names),
            key: kind.key,
            person: kind.person,
            date: kind.date,
            measures: kind.measures,
            at_most: kind.at_most,
            fields: kind.fields.into_iter().map(|(name, field)| (name, FieldSpec::new(field, grades))).collect(),
            flags: kind.flags,
        };
        Self {
            longest_blank: data.blanks.iter().map(|word| word.chars().count()).max().unwrap_or(0),
            blanks: plain_all(&data.blanks),
            remarks: plain_all(&data.remarks),
            measures: data.measures.iter().map(|(word, shift)| (plain(word), *shift)).collect(),
            tables: data.table.into_iter().map(|(kind, spec)| (kind, table(spec))).collect(),
        }
    }
}

impl FieldSpec {
    fn new(data: FieldData, grades: &BTreeMap<String, Vec<String>>) -> Self {
        let words = if data.kind == Type::Grade { grades } else { &data.words };
        let written = words.iter().filter_map(|(word, ways)| Some((word.clone(), ways.first()?.clone())));
        let offered: Vec<_> = words.values().filter_map(|ways| ways.first()).map(String::as_str).collect();
        Self {
            kind: data.kind,
            required: data.required,
            refers: data.refers,
            min: data.min,
            max: data.max,
            strong: plain_all(&data.headers),
            weak: plain_all(&data.weak),
            headers: data.headers.into_iter().chain(data.weak).collect(),
            offered: offered.join("/"),
            masked: data.masked,
            written: written.collect(),
            words: words
                .iter()
                .flat_map(|(word, ways)| ways.iter().chain([word]).map(move |way| (plain(way), word.clone())))
                .collect(),
        }
    }

    /// The header by which the field is usually known.
    pub(crate) fn usual_header(&self) -> &str {
        self.headers.first().map_or("", String::as_str)
    }

    /// Whether a header, in its plain form, certainly means this field.
    pub(crate) fn is_strong(&self, plain_header: &str) -> bool {
        self.strong.iter().any(|alias| alias == plain_header)
    }

    /// How good a header is for the field when there is no certain one: smaller is better.
    pub(crate) fn weak_rank(&self, plain_header: &str) -> Option<usize> {
        self.weak.iter().position(|alias| alias == plain_header)
    }

    /// The canonical word for a word as an office writes it.
    pub(crate) fn word(&self, text: &str) -> Option<&str> {
        self.words.get(&plain(text)).map(String::as_str)
    }
}

impl Catalog {
    /// What a kind of table looks like.
    pub(crate) fn table(&self, kind: Kind) -> &TableSpec {
        self.tables.get(&kind).expect("aliases.toml has a table for every kind; a test reads them all")
    }

    /// Whether a cell says in words that it is blank.
    pub(crate) fn is_blank(&self, text: &str) -> bool {
        // Nearly all cells are longer than any of the words, which spares them the folding.
        text.trim().chars().nth(self.longest_blank).is_none() && self.blanks.contains(&plain(text))
    }

    /// Whether a row that begins with this text is a note or a total.
    pub(crate) fn is_remark(&self, text: &str) -> bool {
        let known = |word: &str| self.remarks.contains(&plain(word));
        known(text) || text.split_once([':', '：']).is_some_and(|(word, _)| known(word))
    }

    /// By how many places a unit after a number moves the decimal point.
    pub(crate) fn measure(&self, unit: &str) -> Option<i32> {
        self.measures.get(&plain(unit)).copied()
    }
}

fn plain_all(words: &[String]) -> Vec<String> {
    words.iter().map(|word| plain(word)).collect()
}

/// The words by which indicator formulas may name the numbers of source tables, each with the kind of table and the
/// field it means. For an enumeration (`迟到`) the field is the derived 0/1 field whose sum is the number of rows.
pub fn vocabulary() -> BTreeMap<String, (Kind, String)> {
    let mut words = BTreeMap::new();
    for (kind, table) in CATALOG.tables.iter().filter(|(_, table)| table.measures) {
        for (name, field) in table.fields.iter().filter(|(_, field)| field.kind.is_measure()) {
            words.extend(field.headers.iter().map(|header| (header.clone(), (*kind, name.clone()))));
        }
        for (name, flag) in &table.flags {
            words.extend(flag.names.iter().map(|word| (word.clone(), (*kind, name.clone()))));
        }
    }
    words
}

/// What offices call the number that formulas know as `<kind>.<field>`.
pub fn measure_name(kind: Kind, field: &str) -> Option<&'static str> {
    let table = CATALOG.table(kind);
    let of_flag = || table.flags.get(field).and_then(|flag| flag.names.first()).map(String::as_str);
    table.fields.get(field).map(FieldSpec::usual_header).or_else(of_flag)
}

/// The kind of table that an indicator names as its source, e.g. `培训记录`.
pub fn source_kind(words: &str) -> Option<Kind> {
    let words = plain(words);
    CATALOG.tables.iter().find(|(_, table)| table.names.contains(&words)).map(|(kind, _)| *kind)
}

/// Whether a field identifies or reaches a person, so that pages show the ends of its value only.
pub fn is_masked(kind: Kind, field: &str) -> bool {
    CATALOG.table(kind).fields.get(field).is_some_and(|field| field.masked)
}

/// Whether a kind of table has such a field.
pub fn has_masked(kind: Kind) -> bool {
    CATALOG.table(kind).fields.values().any(|field| field.masked)
}

/// A value as a person reads it: the words of an enumeration in their language, everything else as it stands.
pub fn written(kind: Kind, field: &str, value: &str, language: Language) -> String {
    let word = CATALOG.table(kind).fields.get(field).and_then(|field| field.written.get(value));
    match (word, language) {
        (Some(word), Language::Chinese) => word.clone(),
        (Some(_), Language::English) => value.replace('_', " "),
        (None, _) => value.to_owned(),
    }
}

/// The kinds of table that rows of this kind refer to: without them it makes no sense.
pub fn needs(kind: Kind) -> BTreeSet<Kind> {
    let referred = CATALOG.table(kind).fields.values().filter_map(|field| match field.refers? {
        Refers::Person => Some(Kind::People),
        Refers::Unit => Some(Kind::Units),
        Refers::Indicator => Some(Kind::Indicators),
    });
    // A list of units names heads who come in with the roster later.
    referred.filter(|needed| *needed < kind).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_kind_has_a_table_whose_names_hang_together() {
        for kind in Kind::ALL {
            let table = CATALOG.table(kind);
            let named = table.key.iter().chain(&table.person).chain(&table.date);
            let compared = table.at_most.iter().flat_map(|(part, whole)| [part, whole]);
            let flagged = table.flags.values().map(|flag| &flag.field);
            for field in named.chain(compared).chain(flagged) {
                assert!(table.fields.contains_key(field), "{kind} has no field {field}");
            }
            for (name, flag) in &table.flags {
                for word in &flag.when {
                    assert!(table.fields[&flag.field].word(word).is_some(), "{kind}.{name} waits for unknown {word}");
                }
            }
        }
    }

    #[test]
    fn no_header_surely_means_two_fields_of_one_table() {
        for kind in Kind::ALL {
            let mut seen = HashSet::new();
            for field in CATALOG.table(kind).fields.values() {
                let own: HashSet<_> = field.strong.iter().collect();
                for alias in own {
                    assert!(seen.insert(alias), "{kind}: {alias} means two fields");
                }
            }
        }
    }

    #[test]
    fn no_way_of_writing_means_two_words() {
        let data: Data = toml::from_str(include_str!("../aliases.toml")).unwrap();
        let fields = data.table.values().flat_map(|table| table.fields.values());
        for words in fields.map(|field| &field.words).chain([&data.grades]) {
            let mut meaning = HashMap::new();
            for (word, ways) in words {
                for way in ways {
                    let earlier = meaning.insert(plain(way), word);
                    assert!(earlier.is_none_or(|earlier| earlier == word), "{way} means two words");
                }
            }
        }
    }

    #[test]
    fn no_word_of_formulas_means_two_numbers() {
        let mut seen = HashMap::new();
        for (kind, table) in CATALOG.tables.iter().filter(|(_, table)| table.measures) {
            let fields = table.fields.iter().filter(|(_, field)| field.kind.is_measure());
            let named = fields.flat_map(|(name, field)| field.headers.iter().map(move |header| (header, name)));
            let flagged = table.flags.iter().flat_map(|(name, flag)| flag.names.iter().map(move |word| (word, name)));
            for (word, name) in named.chain(flagged) {
                let earlier = seen.insert(word, (kind, name));
                assert!(earlier.is_none(), "{word} means {earlier:?} and {kind}.{name}");
            }
        }
        assert_eq!(vocabulary()["迟到次数"], (Kind::Attendance, "late".to_owned()));
        assert_eq!(vocabulary()["按时办结量"], (Kind::Cases, "on_time".to_owned()));
        for (kind, field) in vocabulary().into_values() {
            let name = measure_name(kind, &field).expect("what has a word has a name");
            assert_eq!(vocabulary()[name], (kind, field));
        }
        assert_eq!(measure_name(Kind::Cases, "weather"), None);
    }

    #[test]
    fn words_are_written_in_the_readers_language() {
        let status = |language| written(Kind::Attendance, "status", "late", language);
        assert_eq!((status(Language::Chinese).as_str(), status(Language::English).as_str()), ("迟到", "late"));
        assert_eq!(written(Kind::People, "staff_kind", "civil_servant", Language::English), "civil servant");
        assert_eq!(written(Kind::Attendance, "number", "late", Language::Chinese), "late");
        assert!(is_masked(Kind::Household, "father") && !is_masked(Kind::Household, "name"));
    }

    #[test]
    fn who_refers_needs_what_is_referred_to() {
        assert_eq!(needs(Kind::Units), BTreeSet::new());
        assert_eq!(needs(Kind::People), BTreeSet::from([Kind::Units]));
        assert_eq!(needs(Kind::PaperScores), BTreeSet::from([Kind::People, Kind::Indicators]));
        assert_eq!(needs(Kind::Household), BTreeSet::new());
    }

    #[test]
    fn sources_are_named_as_indicators_name_them() {
        assert_eq!(source_kind("考勤打卡"), Some(Kind::Attendance));
        assert_eq!(source_kind(" 办件 统计 "), Some(Kind::Cases));
        assert_eq!(source_kind("天气"), None);
    }
}
