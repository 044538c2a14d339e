//! Tokens in a row, and the small phrases that are made of them alone.

use num_rational::BigRational;

use super::error::{FormulaError, Problem};
use super::expr::{Group, Months};
use super::steps::{Bound, Step};
use super::token::{Placed, Token, tokens};

/// The tokens of a text, and which is next.
pub(super) struct Cursor<'t> {
    text: &'t str,
    tokens: Vec<Placed>,
    pub(super) next: usize,
}

/// Which rows a total is over.
#[derive(Default)]
pub(super) struct Which {
    pub(super) months: Option<Months>,
    pub(super) latest: Option<Group>,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Result<Self, FormulaError> {
        Ok(Self { text, tokens: tokens(text)?, next: 0 })
    }

    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    pub(super) fn take(&mut self) -> Option<Token> {
        let token = self.peek().cloned();
        self.next += 1;
        token
    }

    pub(super) fn sees(&self, sign: char) -> bool {
        self.peek() == Some(&Token::Sign(sign))
    }

    pub(super) fn expect(&mut self, sign: char, problem: Problem) -> Result<(), FormulaError> {
        if !self.sees(sign) {
            let inside = self.peek().is_some() && problem == Problem::Brackets;
            return Err(self.refuse(if inside { Problem::Leftover } else { problem }));
        }
        self.next += 1;
        Ok(())
    }

    /// The text from a token up to here.
    pub(super) fn since(&self, token: usize) -> &'t str {
        let place = |token: usize| self.tokens.get(token).map_or(self.text.len(), |(at, _)| *at);
        self.text[place(token)..place(self.next)].trim()
    }

    /// An error about what comes next, or about the whole text if nothing does.
    pub(super) fn refuse(&self, problem: Problem) -> FormulaError {
        let rest = self.tokens.get(self.next).map_or(self.text, |(at, _)| &self.text[*at..]);
        let fragment: String = rest.trim().chars().take(20).collect();
        FormulaError::new(fragment, problem)
    }

    /// `1-9月`, `1月-9月`, `1至9月`, `3月` before a name, which begins with the last 月 and is left.
    pub(super) fn months(&mut self) -> Option<Months> {
        let number = |at: usize| match self.tokens.get(self.next + at)? {
            (_, Token::Number(number)) => number.to_string().parse().ok().filter(|month| (1..=12).contains(month)),
            _ => None,
        };
        let word = |at: usize| match self.tokens.get(self.next + at) {
            Some((_, Token::Word(word))) => word.as_str(),
            Some((_, Token::Sign('-'))) => "-",
            _ => "",
        };
        let first: i8 = number(0)?;
        let names = |at: usize| word(at).strip_prefix('月').is_some_and(|name| !name.is_empty());
        let (last, name) = match (word(1), word(2)) {
            ("-" | "至" | "到" | "月至" | "月到", _) => (number(2)?, 3),
            ("月", "-") => (number(3)?, 4),
            _ => (first, 1),
        };
        if !names(name) || last < first {
            return None;
        }
        self.next += name;
        Some((first, last))
    }

    /// `months 1..9, latest by code:` at the head of a total.
    pub(super) fn which(&mut self) -> Result<Which, FormulaError> {
        let mut which = Which::default();
        loop {
            match self.peek() {
                Some(Token::Word(word)) if word == "months" => {
                    self.next += 1;
                    let (first, last) =
                        (self.month()?, self.expect('…', Problem::Arguments).and_then(|()| self.month())?);
                    which.months = Some((first, last));
                }
                Some(Token::Word(word)) if word == "latest" => {
                    self.next += 1;
                    let by = self.take();
                    let name = self.take();
                    which.latest = match (by, name) {
                        (Some(Token::Word(by)), Some(Token::Word(name))) if by == "by" => {
                            Some(if name == "key" { Group::Key } else { Group::Field(name) })
                        }
                        _ => return Err(FormulaError::new(self.text, Problem::Arguments)),
                    };
                }
                _ => return Ok(which),
            }
            match self.take() {
                Some(Token::Sign(':')) => return Ok(which),
                Some(Token::Sign(',')) => {}
                _ => return Err(FormulaError::new(self.text, Problem::Arguments)),
            }
        }
    }

    fn month(&mut self) -> Result<i8, FormulaError> {
        let refused = self.refuse(Problem::Arguments);
        match self.take() {
            Some(Token::Number(number)) => {
                number.to_string().parse().ok().filter(|month| (1..=12).contains(month)).ok_or(refused)
            }
            _ => Err(refused),
        }
    }

    /// `0..2: 100`, `..<0.8: 60`, `10..: 0`.
    pub(super) fn step(&mut self) -> Result<Step, FormulaError> {
        let from = self.number().map(|at| Bound { at, included: !self.skip('<') });
        self.expect('…', Problem::Arguments)?;
        let excluded = self.skip('<');
        let to = self.number().map(|at| Bound { at, included: !excluded });
        self.expect(':', Problem::Arguments)?;
        let points = self.number().ok_or_else(|| self.refuse(Problem::Operand))?;
        Ok(Step { from, to, points })
    }

    fn number(&mut self) -> Option<BigRational> {
        let Some(Token::Number(number)) = self.peek() else { return None };
        let number = number.clone();
        self.next += 1;
        Some(number)
    }

    fn skip(&mut self, sign: char) -> bool {
        let there = self.sees(sign);
        self.next += usize::from(there);
        there
    }
}
