//! Reading set phrases from the left: 0-2次得100分, 每迟到1次扣5分, 实际为0得100分.

use num_rational::BigRational;

use super::number::{decimal, whole};
use super::read::UNITS;
use super::token::number_length;

/// A phrase without spaces, and how far it was read.
#[derive(Clone, Copy)]
pub(super) struct Scan<'t> {
    pub(super) rest: &'t str,
}

impl<'t> Scan<'t> {
    /// Takes the longest of `words` that comes next.
    pub(super) fn eat<'w>(&mut self, words: &[&'w str]) -> Option<&'w str> {
        let word = words.iter().filter(|word| self.rest.starts_with(**word)).max_by_key(|word| word.len())?;
        self.rest = &self.rest[word.len()..];
        Some(word)
    }

    /// Takes all of `words` that come next, in any order.
    pub(super) fn skip(&mut self, words: &[&str]) {
        while self.eat(words).is_some() {}
    }

    /// Takes a number; `%` is a hundredth.
    pub(super) fn number(&mut self) -> Option<BigRational> {
        let length = number_length(self.rest);
        let number = decimal(&self.rest[..length])?;
        self.rest = &self.rest[length..];
        Some(if self.eat(&["%"]).is_some() { number / whole(100) } else { number })
    }

    /// Takes what comes before the first of `stops`, or before the first digit or sign if there are none.
    pub(super) fn until(&mut self, stops: &[&str]) -> &'t str {
        let end = self.rest.char_indices().find(|(at, c)| {
            let rest = &self.rest[*at..];
            stops.iter().any(|stop| rest.starts_with(stop)) || c.is_ascii_digit() || "<>=".contains(*c)
        });
        let (before, rest) = self.rest.split_at(end.map_or(self.rest.len(), |(at, _)| at));
        self.rest = rest;
        before
    }

    pub(super) fn unit(&mut self) {
        self.eat(&UNITS);
    }

    /// `得80分`, `80分`, `不得分`, `满分` (which is `full`) and then nothing more.
    pub(super) fn points_at_the_end(mut self, full: &BigRational) -> Option<BigRational> {
        self.skip(&["时", "的", "则", "得", "计", "记", "为", "按", ":", "="]);
        if self.rest == "不得分" || self.rest == "0分" {
            return Some(whole(0));
        }
        if self.eat(&["满分"]).is_some() {
            return self.rest.is_empty().then(|| full.clone());
        }
        let points = self.number()?;
        (self.rest == "分").then_some(points)
    }
}

/// Every number in a text.
pub(super) fn numbers(text: &str) -> Vec<BigRational> {
    let mut scan = Scan { rest: text };
    let mut found = Vec::new();
    while let Some(at) = scan.rest.find(|c: char| c.is_ascii_digit()) {
        scan.rest = &scan.rest[at..];
        match scan.number() {
            Some(number) => found.push(number),
            None => return Vec::new(),
        }
    }
    found
}
