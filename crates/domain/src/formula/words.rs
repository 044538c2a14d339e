//! What HR offices write into their indicator libraries, taken apart into statements.
//!
//! Statements are separated by semicolons, commas or full stops, in any order:
//!
//! | statement | example |
//! |---|---|
//! | definition | `完成率=实际/目标` |
//! | score | `得分=min(完成率,1)*100` |
//! | steps | `迟到次数分段:0-2次100分;3-5次80分;>=6次0分` |
//! | what zero means | `实际为0得100分` |
//! | deduction | `每迟到1次扣5分` |
//! | latest rows | `对每个项目取最新一条记录:…` |
//! | cap, full score | `封顶100分`, `满分100分` |
//! | what goes without saying | `越低越好`, `扣完为止` |

use std::collections::BTreeMap;

use num_rational::BigRational;

use super::error::{FormulaError, Problem};
use super::expr::{Expr, Op};
use super::lexicon::Lexicon;
use super::number::whole;
use super::range::{Range, range, settled};
use super::read::{Reader, TARGET};
use super::scan::{Scan, numbers};
use super::steps::joined;
use super::token::{is_word, tokens};

const SCORE: [&str; 10] =
    ["得分", "分数", "分值", "评分", "最终得分", "考核得分", "指标得分", "该项得分", "本项得分", "score"];
const CAP: [&str; 5] = ["cap", "封顶", "封顶分", "上限", "最高分"];
const LABELS: [&str; 8] = ["其中", "公式", "计算公式", "计分公式", "计算方法", "计分办法", "评分标准", "计分规则"];
const STEPPED: [&str; 8] = ["分段计分", "分段得分", "分段", "分档计分", "分档", "分级", "阶梯计分", "阶梯"];
const LATEST: [&str; 3] = ["最新", "最近", "最后"];
/// Said of every score here: none is below 0, and the formula itself shows what is better.
const GOES_WITHOUT_SAYING: [&str; 15] = [
    "越低越好",
    "越少越好",
    "越小越好",
    "越高越好",
    "越多越好",
    "越大越好",
    "正向指标",
    "负向指标",
    "逆向指标",
    "反向指标",
    "扣完为止",
    "最低0分",
    "最低为0分",
    "最低得0分",
    "不计负分",
];

/// What the words say.
pub(super) struct Statements {
    definitions: BTreeMap<String, String>,
    score: Option<String>,
    /// An expression that stands by itself: the score, if nothing else is.
    bare: Option<String>,
    /// What the steps are of, once it was said.
    stepped: Option<String>,
    ranges: Vec<Range>,
    zero: Option<(String, BigRational)>,
    deductions: Vec<(String, BigRational)>,
    each: Option<String>,
    /// What 满分 and 基础分 mean.
    full: BigRational,
    pub(super) target: Option<BigRational>,
    pub(super) cap: Option<BigRational>,
}

impl Statements {
    /// Takes folded words apart. `cap` and `target` are what stands beside the formula; the words must not contradict.
    pub(super) fn read(
        words: &str,
        target: Option<BigRational>,
        cap: Option<BigRational>,
    ) -> Result<Self, FormulaError> {
        let full = cap.clone().unwrap_or_else(|| whole(100));
        let mut statements = Self {
            definitions: BTreeMap::new(),
            score: None,
            bare: None,
            stepped: None,
            ranges: Vec::new(),
            zero: None,
            deductions: Vec::new(),
            each: None,
            full,
            target,
            cap,
        };
        for piece in pieces(words)? {
            statements.take(&piece)?;
        }
        Ok(statements)
    }

    /// The score as one expression.
    pub(super) fn score(self, words: &str, lexicon: &Lexicon) -> Result<Expr, FormulaError> {
        let mut reader = Reader::new(lexicon, self.definitions, self.each);
        let said = self.score.is_some() || self.stepped.is_some() || !self.deductions.is_empty();
        if let Some(bare) = self.bare.as_ref().filter(|_| said) {
            return Err(FormulaError::new(bare.trim(), Problem::Remark));
        }
        let score = match (self.score.or(self.bare), self.stepped, self.deductions.as_slice()) {
            (Some(text), None, []) => reader.read(&text)?,
            (None, Some(subject), []) => Expr::Steps(Box::new(reader.read(&subject)?), joined(settled(self.ranges))?),
            (None, None, [_, ..]) => {
                let mut score = Expr::Number(self.full);
                for (thing, points) in self.deductions {
                    let lost = Expr::binary(Op::Multiply, reader.read(&thing)?, Expr::Number(points));
                    score = Expr::binary(Op::Subtract, score, lost);
                }
                score
            }
            (None, None, []) => return Err(FormulaError::new(words.trim(), Problem::NoScore)),
            _ => return Err(FormulaError::new(words.trim(), Problem::TwoScores)),
        };
        let score = match self.zero {
            Some((subject, points)) => Expr::IfZero(Box::new([reader.read(&subject)?, Expr::Number(points), score])),
            None => score,
        };
        reader.read_the_rest()?;
        Ok(score)
    }

    fn take(&mut self, piece: &str) -> Result<(), FormulaError> {
        let phrase = piece.replace(' ', "");
        if phrase.is_empty() || GOES_WITHOUT_SAYING.contains(&phrase.as_str()) {
            return Ok(());
        }
        if let Some((label, rest)) = at_top_level(piece, ':') {
            return self.label(label.trim(), rest.trim());
        }
        if let Some(zero) = self.zero_clause(&phrase) {
            return once(&mut self.zero, zero, piece, Problem::TwoScores);
        }
        if let Some((name, text)) = definition(piece) {
            return self.define(name, text);
        }
        if let Some(range) = range(&phrase, &self.full) {
            return self.step(range, piece);
        }
        if let Some(deduction) = deduction(&phrase) {
            self.deductions.push(deduction);
            return Ok(());
        }
        if self.each_of(&phrase)? || self.limit(&phrase)? {
            return Ok(());
        }
        once(&mut self.bare, piece.to_owned(), piece, Problem::Remark)
    }

    /// What stands before a colon.
    fn label(&mut self, label: &str, rest: &str) -> Result<(), FormulaError> {
        let phrase = label.replace(' ', "");
        let unsaid = LABELS.contains(&phrase.as_str()) || GOES_WITHOUT_SAYING.contains(&phrase.as_str());
        if unsaid || self.each_of(&phrase)? {
            return self.take(rest);
        }
        if let Some(subject) = STEPPED.iter().filter_map(|ending| phrase.strip_suffix(ending)).min_by_key(|s| s.len()) {
            let subject =
                ["按照", "按", "根据", "以"].iter().find_map(|word| subject.strip_prefix(word)).unwrap_or(subject);
            once(&mut self.stepped, subject.to_owned(), label, Problem::TwoScores)?;
            return self.take(rest);
        }
        if range(&rest.replace(' ', ""), &self.full).is_some() {
            once(&mut self.stepped, phrase, label, Problem::TwoScores)?;
            return self.take(rest);
        }
        if is_name(&phrase) && definition(rest).is_none() && !rest.is_empty() {
            return self.define(label, rest);
        }
        Err(FormulaError::new(label, Problem::Remark))
    }

    fn define(&mut self, name: &str, text: &str) -> Result<(), FormulaError> {
        let statement = format!("{name}={text}");
        if SCORE.contains(&name) {
            return once(&mut self.score, text.to_owned(), &statement, Problem::TwoScores);
        }
        if CAP.contains(&name) {
            return agree(&mut self.cap, numbers(text), &statement, Problem::OtherCap);
        }
        if TARGET.contains(&name)
            && let Some(value) = made_of_numbers(text)
        {
            return agree(&mut self.target, vec![value], &statement, Problem::OtherTarget);
        }
        match self.definitions.insert(name.to_owned(), text.to_owned()) {
            None => Ok(()),
            Some(_) => Err(FormulaError::new(name, Problem::DefinedTwice)),
        }
    }

    fn step(&mut self, range: Range, piece: &str) -> Result<(), FormulaError> {
        match &self.stepped {
            None if range.subject.is_empty() => return Err(FormulaError::new(piece.trim(), Problem::Remark)),
            None => self.stepped = Some(range.subject.clone()),
            Some(subject) if range.subject.is_empty() || range.subject == *subject => {}
            Some(_) => return Err(FormulaError::new(piece.trim(), Problem::TwoScores)),
        }
        self.ranges.push(range);
        Ok(())
    }

    /// `实际为0得100分`, `退件数=0时得满分`.
    fn zero_clause(&self, phrase: &str) -> Option<(String, BigRational)> {
        let (at, is) = ["为0", "等于0", "是0", "=0"].iter().filter_map(|is| Some((phrase.find(is)?, is))).min()?;
        let mut rest = Scan { rest: &phrase[at + is.len()..] };
        let subject = phrase[..at].to_owned();
        if rest.rest.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            || !subject.ends_with(|c| is_word(c) || c == ')')
        {
            return None;
        }
        rest.unit();
        Some((subject, rest.points_at_the_end(&self.full)?))
    }

    /// `对本人负责或参与的每个项目取期内最新一条记录`: true if it says so.
    fn each_of(&mut self, phrase: &str) -> Result<bool, FormulaError> {
        let every = ["每一个", "每个", "各个", "每项", "每一", "每"].iter().find_map(|word| phrase.split_once(word));
        let Some((whose, rest)) = every.filter(|(_, rest)| LATEST.iter().any(|word| rest.contains(word))) else {
            return Ok(false);
        };
        let refused = || FormulaError::new(phrase, Problem::Remark);
        let mut whose = Scan { rest: whose };
        whose.skip(&["对", "本人", "个人", "其", "所", "负责或参与", "负责和参与", "参与", "参加", "承担", "的"]);
        let mut scan = Scan { rest };
        let taken = ["取", "按", "以", "的", "期内", "考核期", "最新", "最近", "最后"];
        let thing = scan.until(&taken).to_owned();
        scan.skip(&taken);
        scan.skip(&["内", "一", "1", "条", "次", "期", "记录", "数据", "进度", "更新", "为准", "计算", "计"]);
        if !whose.rest.is_empty() || !scan.rest.is_empty() || thing.is_empty() {
            return Err(refused());
        }
        once(&mut self.each, thing, phrase, Problem::DefinedTwice)?;
        Ok(true)
    }

    /// `封顶100分`, `最高不超过100分`, `满分100分`: true if it says so.
    fn limit(&mut self, phrase: &str) -> Result<bool, FormulaError> {
        let mut values = numbers(phrase);
        values.dedup();
        let [value] = values.as_slice() else { return Ok(false) };
        if ["满分", "基础分", "基准分", "总分"].iter().any(|word| phrase.starts_with(word)) {
            self.full = value.clone();
            return Ok(true);
        }
        if ["封顶", "最高", "上限", "不超过", "最多", "至多"].iter().any(|word| phrase.contains(word)) {
            agree(&mut self.cap, values, phrase, Problem::OtherCap)?;
            return Ok(true);
        }
        Ok(false)
    }
}

/// The one number that a target or cap beside the formula names: `1800件`, `≤2次`, `98%`.
pub(super) fn stated(text: &str) -> Option<BigRational> {
    let [number] = numbers(text).try_into().ok()?;
    Some(number)
}

/// Splits words at the semicolons and commas that are not in brackets. What ends in 时 goes on after its comma.
fn pieces(words: &str) -> Result<Vec<String>, FormulaError> {
    let mut pieces = vec![String::new()];
    let mut depth = 0_usize;
    for c in words.chars() {
        match c {
            '(' => depth += 1,
            ')' => {
                depth = depth.checked_sub(1).ok_or_else(|| FormulaError::new(words.trim(), Problem::Brackets))?;
            }
            _ => {}
        }
        match pieces.last_mut() {
            Some(last) if depth > 0 || !";,".contains(c) => last.push(c),
            Some(last) if c == ',' && last.trim_end().ends_with('时') => {}
            _ => pieces.push(String::new()),
        }
    }
    if depth > 0 { Err(FormulaError::new(words.trim(), Problem::Brackets)) } else { Ok(pieces) }
}

fn at_top_level(piece: &str, sign: char) -> Option<(&str, &str)> {
    let mut depth = 0;
    for (at, c) in piece.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if c == sign && depth == 0 => return Some((&piece[..at], &piece[at + c.len_utf8()..])),
            _ => {}
        }
    }
    None
}

fn definition(piece: &str) -> Option<(&str, &str)> {
    let (name, text) = piece.split_once('=')?;
    let name = name.trim();
    is_name(name).then_some((name, text.trim()))
}

fn is_name(name: &str) -> bool {
    name.starts_with(is_word) && name.chars().all(|c| is_word(c) || c.is_ascii_digit())
}

/// `每迟到1次扣5分`, `迟到每次扣5分`: what it is of, and the points that each costs.
fn deduction(phrase: &str) -> Option<(String, BigRational)> {
    let (thing, points) = phrase.split_once('扣')?;
    let mut scan = Scan { rest: points };
    let points = scan.number()?;
    let thing = thing.replace('每', "");
    let counted = |thing: &str| {
        let unit = ["次", "天", "日", "件", "个", "项", "人次", "小时"];
        let end = unit.iter().find_map(|unit| thing.strip_suffix(unit)).unwrap_or(thing);
        let end = ["1", "一"].iter().find_map(|one| end.strip_suffix(one)).unwrap_or(end);
        let start = ["1", "一"].iter().find_map(|one| end.strip_prefix(one)).unwrap_or(end);
        unit.iter().find_map(|unit| start.strip_prefix(unit)).unwrap_or(start).to_owned()
    };
    let thing = counted(&thing);
    (scan.rest == "分" && is_name(&thing)).then_some((thing, points))
}

/// The value of an explanation that consists of numbers and words for them: 月目标200件×9个月.
fn made_of_numbers(text: &str) -> Option<BigRational> {
    let arithmetic: String = text.chars().filter(|c| !is_word(*c)).collect();
    tokens(&arithmetic).ok()?;
    let lexicon = Lexicon::new(&BTreeMap::new());
    Reader::new(&lexicon, BTreeMap::new(), None).read(&arithmetic).ok().and_then(|expr| constant(&expr))
}

fn constant(expr: &Expr) -> Option<BigRational> {
    match expr {
        Expr::Number(number) => Some(number.clone()),
        Expr::Binary(op, left, right) => op.apply(&constant(left)?, &constant(right)?),
        _ => None,
    }
}

fn once<T>(slot: &mut Option<T>, value: T, fragment: &str, problem: Problem) -> Result<(), FormulaError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(FormulaError::new(fragment.trim(), problem)),
    }
}

/// The one number that was found becomes the value, or agrees with the one there is.
fn agree(
    slot: &mut Option<BigRational>,
    found: Vec<BigRational>,
    fragment: &str,
    problem: Problem,
) -> Result<(), FormulaError> {
    match <[BigRational; 1]>::try_from(found) {
        Ok([value]) if slot.as_ref().is_none_or(|known| *known == value) => {
            *slot = Some(value);
            Ok(())
        }
        _ => Err(FormulaError::new(fragment.trim(), problem)),
    }
}
