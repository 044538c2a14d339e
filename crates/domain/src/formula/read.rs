//! From tokens to an expression: one grammar for the compact form and for the arithmetic in people's words.

use std::collections::{BTreeMap, BTreeSet};

use super::cursor::{Cursor, Which};
use super::error::{FormulaError, Problem};
use super::expr::{Expr, Field, Group, How, Months, Op, Total};
use super::lexicon::{Lexicon, adds_up, strip};
use super::number::whole;
use super::steps::joined;
use super::token::Token;

/// How many parts a formula may have, and how deep they may lie within each other.
const MOST_PARTS: usize = 300;
const DEEPEST: usize = 40;

/// Words for the target.
pub(super) const TARGET: [&str; 5] = ["目标", "目标值", "target", "目标数", "任务数"];

/// What may follow a number without a meaning of its own.
pub(super) const UNITS: [&str; 20] = [
    "分", "次", "件", "个", "天", "日", "项", "人", "人次", "小时", "学时", "课时", "个月", "元", "万元", "门", "份",
    "起", "篇", "户",
];

const FUNCTIONS: [(&str, Function); 18] = [
    ("min", Function::Least),
    ("最小值", Function::Least),
    ("较小值", Function::Least),
    ("取小", Function::Least),
    ("max", Function::Most),
    ("最大值", Function::Most),
    ("较大值", Function::Most),
    ("取大", Function::Most),
    ("sum", Function::Total(How::Sum)),
    ("求和", Function::Total(How::Sum)),
    ("合计", Function::Total(How::Sum)),
    ("mean", Function::Total(How::Mean)),
    ("avg", Function::Total(How::Mean)),
    ("average", Function::Total(How::Mean)),
    ("平均", Function::Total(How::Mean)),
    ("平均值", Function::Total(How::Mean)),
    ("if_zero", Function::IfZero),
    ("steps", Function::Steps),
];

#[derive(Clone, Copy)]
enum Function {
    Least,
    Most,
    Total(How),
    IfZero,
    Steps,
}

/// Where an expression stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Where numbers are; fields of rows must be added up.
    Whole,
    /// Within a total, where fields are those of the row at hand.
    Row,
}

/// Reads expressions that may refer to definitions made elsewhere in the words.
pub(super) struct Reader<'a> {
    lexicon: &'a Lexicon,
    definitions: BTreeMap<String, String>,
    /// Of each thing of this name (项目), the latest row alone counts.
    each: Option<String>,
    /// The definitions that are being read, to notice one that refers to itself.
    within: Vec<String>,
    used: BTreeSet<String>,
    parts: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(lexicon: &'a Lexicon, definitions: BTreeMap<String, String>, each: Option<String>) -> Self {
        Self { lexicon, definitions, each, within: Vec::new(), used: BTreeSet::new(), parts: 0, depth: 0 }
    }

    /// Reads the whole of `text` as one expression over totals.
    pub(super) fn read(&mut self, text: &str) -> Result<Expr, FormulaError> {
        self.read_at(text, Place::Whole)
    }

    /// Makes sure that definitions nobody used can be read as well, so that nothing in the words goes unnoticed.
    pub(super) fn read_the_rest(&mut self) -> Result<(), FormulaError> {
        let rest: Vec<String> = self.definitions.keys().filter(|name| !self.used.contains(*name)).cloned().collect();
        for name in rest {
            if self.definition(&name, Place::Row).is_err() {
                self.definition(&name, Place::Whole)?;
            }
        }
        Ok(())
    }

    fn read_at(&mut self, text: &str, place: Place) -> Result<Expr, FormulaError> {
        let mut cursor = Cursor::new(text)?;
        let expr = self.expression(&mut cursor, place)?;
        if cursor.peek().is_some() {
            let problem = if cursor.sees(')') { Problem::Brackets } else { Problem::Leftover };
            return Err(cursor.refuse(problem));
        }
        Ok(expr)
    }

    fn expression(&mut self, cursor: &mut Cursor, place: Place) -> Result<Expr, FormulaError> {
        let mut left = self.term(cursor, place)?;
        loop {
            let op = match cursor.peek() {
                Some(Token::Sign('+')) => Op::Add,
                Some(Token::Sign('-')) => Op::Subtract,
                _ => return Ok(left),
            };
            cursor.next += 1;
            left = Expr::binary(op, left, self.term(cursor, place)?);
        }
    }

    fn term(&mut self, cursor: &mut Cursor, place: Place) -> Result<Expr, FormulaError> {
        let mut left = self.factor(cursor, place)?;
        loop {
            let op = match cursor.peek() {
                Some(Token::Sign('*')) => Op::Multiply,
                Some(Token::Sign('/')) => Op::Divide,
                _ => return Ok(left),
            };
            cursor.next += 1;
            left = Expr::binary(op, left, self.factor(cursor, place)?);
        }
    }

    fn factor(&mut self, cursor: &mut Cursor, place: Place) -> Result<Expr, FormulaError> {
        self.parts += 1;
        self.depth += 1;
        if self.parts > MOST_PARTS || self.depth > DEEPEST {
            return Err(cursor.refuse(Problem::TooLong));
        }
        let factor = self.factor_within_limits(cursor, place);
        self.depth -= 1;
        factor
    }

    fn factor_within_limits(&mut self, cursor: &mut Cursor, place: Place) -> Result<Expr, FormulaError> {
        if let Some(months) = cursor.months() {
            let Some(Token::Word(word)) = cursor.take() else { return Err(cursor.refuse(Problem::Operand)) };
            let name = word.strip_prefix('月').unwrap_or(&word);
            return self.word(name.strip_prefix('份').unwrap_or(name), Some(months), place);
        }
        match cursor.take() {
            Some(Token::Number(number)) => {
                if matches!(cursor.peek(), Some(Token::Word(unit)) if UNITS.contains(&unit.as_str())) {
                    cursor.next += 1;
                }
                Ok(Expr::Number(number))
            }
            Some(Token::Sign('-')) => {
                Ok(Expr::binary(Op::Subtract, Expr::Number(whole(0)), self.factor(cursor, place)?))
            }
            Some(Token::Sign('(')) => {
                let inner = self.expression(cursor, place)?;
                cursor.expect(')', Problem::Brackets)?;
                Ok(inner)
            }
            Some(Token::Sign('Σ')) => self.sigma(cursor, place),
            Some(Token::Word(word)) if cursor.sees('(') => match FUNCTIONS.iter().find(|(name, _)| *name == word) {
                Some((_, function)) => self.call(&word, *function, cursor, place),
                None => Err(self.unknown(&word)),
            },
            Some(Token::Word(word)) => self.word(&word, None, place),
            _ => {
                cursor.next = cursor.next.saturating_sub(1);
                Err(cursor.refuse(Problem::Operand))
            }
        }
    }

    /// `Σ(a×b)` or `Σa`.
    fn sigma(&mut self, cursor: &mut Cursor, place: Place) -> Result<Expr, FormulaError> {
        let from = cursor.next - 1;
        let of = self.factor(cursor, if place == Place::Whole { Place::Row } else { place })?;
        self.total(cursor.since(from), place, Total { how: How::Sum, months: None, latest: None, of })
    }

    fn call(
        &mut self,
        name: &str,
        function: Function,
        cursor: &mut Cursor,
        place: Place,
    ) -> Result<Expr, FormulaError> {
        let from = cursor.next - 1;
        cursor.expect('(', Problem::Brackets)?;
        match function {
            Function::Total(how) => {
                let Which { months, latest } = cursor.which()?;
                let of = self.expression(cursor, Place::Row)?;
                cursor.expect(')', Problem::Brackets)?;
                self.total(cursor.since(from), place, Total { how, months, latest, of })
            }
            Function::Steps => {
                let subject = self.expression(cursor, place)?;
                cursor.expect(';', Problem::Arguments)?;
                let mut steps = vec![cursor.step()?];
                while cursor.sees(',') {
                    cursor.next += 1;
                    steps.push(cursor.step()?);
                }
                cursor.expect(')', Problem::Brackets)?;
                Ok(Expr::Steps(Box::new(subject), joined(steps)?))
            }
            Function::Least | Function::Most | Function::IfZero => {
                let mut arguments = vec![self.expression(cursor, place)?];
                while cursor.sees(',') {
                    cursor.next += 1;
                    arguments.push(self.expression(cursor, place)?);
                }
                cursor.expect(')', Problem::Brackets)?;
                let wrong = FormulaError::new(name, Problem::Arguments);
                match function {
                    Function::IfZero => {
                        let parts: [Expr; 3] = arguments.try_into().map_err(|_| wrong)?;
                        Ok(Expr::IfZero(Box::new(parts)))
                    }
                    _ if arguments.len() < 2 => Err(wrong),
                    Function::Least => Ok(Expr::Least(arguments)),
                    _ => Ok(Expr::Most(arguments)),
                }
            }
        }
    }

    fn total(&self, fragment: &str, place: Place, total: Total) -> Result<Expr, FormulaError> {
        if place == Place::Row {
            return Err(FormulaError::new(fragment, Problem::Nested));
        }
        let sources: BTreeSet<String> = total.of.fields().into_iter().map(|field| field.source.clone()).collect();
        if sources.len() != 1 {
            return Err(FormulaError::new(fragment, Problem::Tables));
        }
        Ok(Expr::Total(Box::new(total)))
    }

    /// A word that is no function: a definition, the target or a field, with what stands around it.
    fn word(&mut self, word: &str, months: Option<Months>, place: Place) -> Result<Expr, FormulaError> {
        if months.is_none() && self.definitions.contains_key(word) {
            return self.definition(word, place);
        }
        if months.is_none() && TARGET.contains(&word) {
            return Ok(Expr::Target);
        }
        let groups: Vec<String> = self.each.iter().flat_map(|thing| every(thing)).collect();
        let known = |core: &str| self.definitions.contains_key(core) || self.lexicon.field(core).is_some();
        let stripped = strip(word, &groups, &known).ok_or_else(|| self.unknown(word))?;
        let months = months.or(stripped.months);
        let field = self.lexicon.field(stripped.core).filter(|_| !self.definitions.contains_key(stripped.core));
        let of = match (field, stripped.how, place) {
            (Some(field), None, Place::Row) if months.is_none() => return Ok(Expr::Field(field)),
            (Some(_), None, _) if !adds_up(stripped.core) => return Err(FormulaError::new(word, Problem::Rate)),
            (Some(field), ..) => Expr::Field(field),
            // Which months its rows are of is for the definition itself to say.
            (None, None, _) if months.is_some() => return Err(self.unknown(word)),
            (None, None, _) => return self.definition(stripped.core, place),
            (None, Some(_), _) => self.definition(stripped.core, Place::Row)?,
        };
        let latest = self.each.as_deref().map(|thing| self.group(thing, &of));
        self.total(word, place, Total { how: stripped.how.unwrap_or(How::Sum), months, latest, of })
    }

    fn definition(&mut self, name: &str, place: Place) -> Result<Expr, FormulaError> {
        if self.within.iter().any(|outer| outer == name) {
            return Err(FormulaError::new(name, Problem::Circular));
        }
        let text = self.definitions.get(name).cloned().unwrap_or_default();
        self.used.insert(name.to_owned());
        self.within.push(name.to_owned());
        let expr = self.read_at(&text, place);
        self.within.pop();
        expr
    }

    /// How the rows of each thing are told apart: by the field of its identifier if the vocabulary names one.
    fn group(&self, thing: &str, of: &Expr) -> Group {
        let identifier = self.lexicon.identifier(thing);
        let of_same_table = |identifier: &Field| of.fields().iter().all(|field| field.source == identifier.source);
        identifier.filter(of_same_table).map_or(Group::Key, |field| Group::Field(field.name))
    }

    fn unknown(&self, word: &str) -> FormulaError {
        FormulaError::new(word, Problem::Word(self.lexicon.nearest(word)))
    }
}

fn every(thing: &str) -> [String; 5] {
    ["各个", "各", "每个", "所有", "全部"].map(|every| format!("{every}{thing}"))
}
