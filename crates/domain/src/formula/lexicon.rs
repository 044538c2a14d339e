//! What words mean: which field a word stands for comes from the vocabulary; what offices put before and after such a
//! word (期内, 合计, 平均, 1-9月) is language and stands here.

use std::collections::BTreeMap;

use super::expr::{Field, How, Months};
use super::token::fold;

/// Words before a name that say what is true of all rows anyway: they are the person's, and of the period.
const OF_COURSE: [&str; 20] = [
    "按",
    "按期内",
    "期内",
    "考核期内",
    "考核期",
    "考核周期内",
    "周期内",
    "本期",
    "全年",
    "年度",
    "本年度",
    "本年",
    "当年",
    "年内",
    "本人",
    "个人",
    "各月",
    "每月",
    "全部",
    "所有",
];

const PARTS_OF_THE_YEAR: [(&str, Months); 10] = [
    ("上半年", (1, 6)),
    ("下半年", (7, 12)),
    ("第一季度", (1, 3)),
    ("第二季度", (4, 6)),
    ("第三季度", (7, 9)),
    ("第四季度", (10, 12)),
    ("一季度", (1, 3)),
    ("二季度", (4, 6)),
    ("三季度", (7, 9)),
    ("四季度", (10, 12)),
];

const BEFORE: [(&str, How); 5] =
    [("合计", How::Sum), ("累计", How::Sum), ("总计", How::Sum), ("总", How::Sum), ("平均", How::Mean)];

const AFTER: [(&str, How); 14] = [
    ("合计", How::Sum),
    ("合计数", How::Sum),
    ("总和", How::Sum),
    ("之和", How::Sum),
    ("总计", How::Sum),
    ("累计", How::Sum),
    ("累计数", How::Sum),
    ("总数", How::Sum),
    ("平均", How::Mean),
    ("平均值", How::Mean),
    ("平均数", How::Mean),
    ("均值", How::Mean),
    ("算术平均", How::Mean),
    ("算术平均值", How::Mean),
];

/// How the names of rates end. Those of several rows cannot simply be added.
const RATES: [&str; 5] = ["率", "度", "比例", "占比", "比"];

/// What may follow the name of a thing in the name of its identifier: 项目 -> 项目编号.
const IDENTIFIERS: [&str; 5] = ["", "编号", "编码", "代码", "名称"];

/// No name with all that stands around it is longer, and the ways to take a longer one apart would be too many.
const LONGEST_NAME: usize = 24;

/// The words a formula may use for fields.
pub(super) struct Lexicon {
    words: BTreeMap<String, Field>,
}

/// A name without what stands around it.
pub(super) struct Stripped<'a> {
    pub(super) core: &'a str,
    pub(super) how: Option<How>,
    pub(super) months: Option<Months>,
}

impl Lexicon {
    pub(super) fn new(vocabulary: &BTreeMap<String, (String, String)>) -> Self {
        let entry = |(word, (source, name)): (&String, &(String, String))| {
            (fold(word).replace(' ', ""), Field { source: source.clone(), name: name.clone() })
        };
        Self { words: vocabulary.iter().map(entry).collect() }
    }

    /// The field that a word of the vocabulary stands for, or a name of the compact form: `kind.field`, or the field
    /// alone where one kind only has it.
    pub(super) fn field(&self, word: &str) -> Option<Field> {
        if let Some(field) = self.words.get(word) {
            return Some(field.clone());
        }
        let (source, name) = word.split_once('.').map_or((None, word), |(source, name)| (Some(source), name));
        let fits = |field: &&Field| field.name == name && source.is_none_or(|source| field.source == source);
        let mut fitting: Vec<&Field> = self.words.values().filter(fits).collect();
        fitting.sort();
        fitting.dedup();
        match (fitting.as_slice(), source) {
            ([field], _) => Some((*field).clone()),
            // Without a vocabulary, as when a recorded formula is read back, full names are taken as they are.
            ([], Some(source)) if self.words.is_empty() => {
                Some(Field { source: source.to_owned(), name: name.to_owned() })
            }
            _ => None,
        }
    }

    /// The field that tells things of this name apart: 项目 -> the field that 项目编号 stands for.
    pub(super) fn identifier(&self, thing: &str) -> Option<Field> {
        IDENTIFIERS.iter().find_map(|ending| self.words.get(&format!("{thing}{ending}"))).cloned()
    }

    /// The vocabulary's words, those first that share most characters with `word`.
    pub(super) fn nearest(&self, word: &str) -> Vec<String> {
        let shared = |known: &String| known.chars().filter(|c| word.contains(*c)).count();
        let mut known: Vec<&String> = self.words.keys().collect();
        known.sort_by_key(|known| (std::cmp::Reverse(shared(known)), known.chars().count()));
        known.into_iter().take(12).cloned().collect()
    }
}

/// Takes off what stands around a name until `is_known` knows it, in whatever order leads there: 按期内办件量合计, but
/// 按时办结量 as it is. `groups` are words for every one of a group (各项目).
pub(super) fn strip<'a>(word: &'a str, groups: &[String], is_known: &impl Fn(&str) -> bool) -> Option<Stripped<'a>> {
    if word.chars().count() > LONGEST_NAME {
        return None;
    }
    if is_known(word) {
        return Some(Stripped { core: word, how: None, months: None });
    }
    let further = |rest: &'a str| strip(rest, groups, is_known);
    let after = AFTER.iter().find_map(|(suffix, how)| {
        let rest = word.strip_suffix(suffix)?;
        further(rest.strip_suffix('的').unwrap_or(rest))?.totalled(*how)
    });
    let of_course = || {
        OF_COURSE.into_iter().chain(groups.iter().map(String::as_str)).find_map(|prefix| {
            let rest = word.strip_prefix(prefix)?;
            further(rest.strip_prefix('的').unwrap_or(rest))
        })
    };
    let part = || {
        PARTS_OF_THE_YEAR.iter().find_map(|(prefix, months)| {
            let found = further(word.strip_prefix(prefix)?)?;
            found.months.is_none().then_some(Stripped { months: Some(*months), ..found })
        })
    };
    let before = || BEFORE.iter().find_map(|(prefix, how)| further(word.strip_prefix(prefix)?)?.totalled(*how));
    after.or_else(of_course).or_else(part).or_else(before)
}

impl<'a> Stripped<'a> {
    fn totalled(self, how: How) -> Option<Stripped<'a>> {
        self.how.is_none().then_some(Stripped { how: Some(how), ..self })
    }
}

/// Whether a bare word of the vocabulary may be taken for its sum: 迟到次数, but not 满意度.
pub(super) fn adds_up(word: &str) -> bool {
    !word.is_ascii() && !RATES.iter().any(|ending| word.ends_with(ending))
}
