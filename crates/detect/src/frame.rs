//! What a detector's SQL hands to a statistic: named columns, in an order that depends on nothing but their content.

use foldhash::fast::RandomState;
use std::{
    cmp::Ordering,
    collections::{BTreeMap, HashMap},
};

/// A table in memory.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    rows: usize,
    columns: BTreeMap<String, Column>,
}

#[derive(Clone, Debug)]
enum Column {
    Text(Text),
    /// Not a number where the cell is empty.
    Number(Vec<f64>),
}

/// Words as numbers: equal words have equal codes, and codes sort as their words do. An empty cell is the empty word.
#[derive(Clone, Debug, Default)]
pub struct Text {
    pub codes: Vec<u32>,
    pub words: Vec<String>,
}

impl Text {
    /// The word of a row.
    pub fn word(&self, row: usize) -> &str {
        &self.words[self.codes[row] as usize]
    }
}

impl<'a> FromIterator<&'a str> for Text {
    fn from_iter<I: IntoIterator<Item = &'a str>>(words: I) -> Self {
        let mut builder = TextBuilder::default();
        words.into_iter().for_each(|word| builder.push(word));
        builder.finish()
    }
}

/// Takes words one by one.
#[derive(Default)]
pub struct TextBuilder {
    codes: Vec<u32>,
    seen: HashMap<String, u32, RandomState>,
    /// The word before, which often comes again.
    last: Option<(String, u32)>,
}

impl TextBuilder {
    pub fn push(&mut self, word: &str) {
        if let Some((last, code)) = &mut self.last {
            if last != word {
                word.clone_into(last);
                let next = self.seen.len() as u32;
                *code = match self.seen.get(word) {
                    Some(code) => *code,
                    None => *self.seen.entry(word.to_owned()).or_insert(next),
                };
            }
            self.codes.push(*code);
        } else {
            self.seen.insert(word.to_owned(), 0);
            self.last = Some((word.to_owned(), 0));
            self.codes.push(0);
        }
    }

    pub fn finish(self) -> Text {
        let mut words: Vec<(String, u32)> = self.seen.into_iter().collect();
        words.sort_unstable();
        let mut place = vec![0; words.len()];
        for (new, (_, old)) in words.iter().enumerate() {
            place[*old as usize] = new as u32;
        }
        let codes = self.codes.into_iter().map(|code| place[code as usize]).collect();
        Text { codes, words: words.into_iter().map(|(word, _)| word).collect() }
    }
}

/// A statistic was handed a table that lacks what it needs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the query has to give a column {name} of {kind}")]
pub struct Lacking {
    name: String,
    kind: &'static str,
}

impl Frame {
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Add a column.
    ///
    /// # Panics
    /// If it has another length than the columns before.
    pub fn with_text(self, name: &str, text: Text) -> Self {
        let rows = text.codes.len();
        self.with(name, rows, Column::Text(text))
    }

    /// Add a column.
    ///
    /// # Panics
    /// If it has another length than the columns before.
    pub fn with_numbers(self, name: &str, numbers: Vec<f64>) -> Self {
        let rows = numbers.len();
        self.with(name, rows, Column::Number(numbers))
    }

    fn with(mut self, name: &str, rows: usize, column: Column) -> Self {
        assert!(self.columns.is_empty() || self.rows == rows, "columns have one length");
        self.rows = rows;
        self.columns.insert(name.to_owned(), column);
        self
    }

    /// # Errors
    /// If there is no such column of text.
    pub fn text(&self, name: &str) -> Result<&Text, Lacking> {
        match self.columns.get(name) {
            Some(Column::Text(text)) => Ok(text),
            _ => Err(Lacking { name: name.to_owned(), kind: "text" }),
        }
    }

    /// # Errors
    /// If there is no such column of numbers.
    pub fn numbers(&self, name: &str) -> Result<&[f64], Lacking> {
        match self.columns.get(name) {
            Some(Column::Number(numbers)) => Ok(numbers),
            _ => Err(Lacking { name: name.to_owned(), kind: "numbers" }),
        }
    }

    /// The columns of numbers whose names begin so.
    pub fn numbers_like(&self, start: &str) -> Vec<(&str, &[f64])> {
        let like = self.columns.iter().filter(|(name, _)| name.starts_with(start));
        like.filter_map(|(name, column)| match column {
            Column::Number(numbers) => Some((name.as_str(), numbers.as_slice())),
            Column::Text(_) => None,
        })
        .collect()
    }

    /// The columns of text.
    pub fn texts(&self) -> Vec<(&str, &Text)> {
        let columns = self.columns.iter();
        columns
            .filter_map(|(name, column)| match column {
                Column::Text(text) => Some((name.as_str(), text)),
                Column::Number(_) => None,
            })
            .collect()
    }

    /// The rows but for some.
    pub fn without(&self, some: impl Fn(usize) -> bool) -> Self {
        let kept: Vec<usize> = (0..self.rows).filter(|row| !some(*row)).collect();
        let of_kept = |column: &Column| match column {
            Column::Text(Text { codes, words }) => {
                Column::Text(Text { codes: kept.iter().map(|row| codes[*row]).collect(), words: words.clone() })
            }
            Column::Number(numbers) => Column::Number(kept.iter().map(|row| numbers[*row]).collect()),
        };
        let columns = self.columns.iter().map(|(name, column)| (name.clone(), of_kept(column)));
        Self { rows: kept.len(), columns: columns.collect() }
    }

    /// Sort rows by all columns, those of text first, so that sums come out the same whichever thread was first.
    pub fn sorted(mut self) -> Self {
        let texts: Vec<&[u32]> = self.texts().into_iter().map(|(_, text)| text.codes.as_slice()).collect();
        let numbers: Vec<&[f64]> = self.numbers_like("").into_iter().map(|(_, numbers)| numbers).collect();
        let mut order = order(&texts, self.rows);
        let same = |a: &u32, b: &u32| texts.iter().all(|codes| codes[*a as usize] == codes[*b as usize]);
        for tied in order.chunk_by_mut(same).filter(|tied| tied.len() > 1) {
            tied.sort_unstable_by(|a, b| {
                let each = numbers.iter().map(|numbers| numbers[*a as usize].total_cmp(&numbers[*b as usize]));
                each.fold(Ordering::Equal, Ordering::then)
            });
        }
        for column in self.columns.values_mut() {
            match column {
                Column::Text(text) => text.codes = order.iter().map(|row| text.codes[*row as usize]).collect(),
                Column::Number(numbers) => *numbers = order.iter().map(|row| numbers[*row as usize]).collect(),
            }
        }
        self
    }
}

/// Numbers for each combination of codes that occurs, in sorted order.
pub fn groups<const N: usize>(columns: [&[u32]; N]) -> (Vec<u32>, Vec<[u32; N]>) {
    let rows = columns.first().map_or(0, |column| column.len());
    let key = |row: usize| columns.map(|column| column[row]);
    let mut keys: Vec<[u32; N]> = Vec::new();
    let mut numbers = vec![0; rows];
    for row in order(&columns, rows) {
        let key = key(row as usize);
        if keys.last() != Some(&key) {
            keys.push(key);
        }
        numbers[row as usize] = (keys.len() - 1) as u32;
    }
    (numbers, keys)
}

/// The rows of each part of the data that hangs together: rows that share a code of any of the columns do. Parts come in the order
/// of their first rows.
pub fn parts(columns: &[&[u32]], rows: usize) -> Vec<Vec<u32>> {
    let levels = |codes: &[u32]| codes.iter().copied().max().map_or(0, |most| most as usize + 1);
    let mut starts = vec![0];
    for codes in columns {
        starts.push(starts[starts.len() - 1] + levels(codes));
    }
    let mut parent: Vec<u32> = (0..starts[columns.len()] as u32).collect();
    fn root(parent: &mut [u32], mut of: u32) -> u32 {
        while parent[of as usize] != of {
            parent[of as usize] = parent[parent[of as usize] as usize];
            of = parent[of as usize];
        }
        of
    }
    for row in 0..rows {
        let first = root(&mut parent, columns[0][row]);
        for (codes, start) in columns.iter().zip(&starts).skip(1) {
            let other = root(&mut parent, *start as u32 + codes[row]);
            parent[other as usize] = first;
        }
    }
    let mut numbers = vec![u32::MAX; parent.len()];
    let mut parts: Vec<Vec<u32>> = Vec::new();
    for row in 0..rows {
        let number = &mut numbers[root(&mut parent, columns[0][row]) as usize];
        if *number == u32::MAX {
            *number = parts.len() as u32;
            parts.push(Vec::new());
        }
        parts[*number as usize].push(row as u32);
    }
    parts
}

/// Bits of a code by which rows are sorted at a time: their counts fit into the processor's nearest memory.
const DIGIT: u32 = 11;

/// The rows in the order of these columns, equal ones as they come: sorted by one digit after the other, from the last of the
/// last column to the first of the first (radix sort), so the work grows with the rows.
fn order(columns: &[&[u32]], rows: usize) -> Vec<u32> {
    let mut order: Vec<u32> = (0..rows as u32).collect();
    let mut next = vec![0; rows];
    for codes in columns.iter().rev() {
        let most = codes.iter().copied().max().unwrap_or_default();
        for shift in (0..u32::BITS - most.leading_zeros()).step_by(DIGIT as usize) {
            let digit = |row: u32| (codes[row as usize] >> shift) as usize & ((1 << DIGIT) - 1);
            let mut places = [0; 1 << DIGIT];
            order.iter().for_each(|row| places[digit(*row)] += 1);
            let mut start = 0;
            for place in &mut places {
                start += std::mem::replace(place, start);
            }
            for row in &order {
                let place = &mut places[digit(*row)];
                next[*place] = *row;
                *place += 1;
            }
            std::mem::swap(&mut order, &mut next);
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_in_the_order_of_their_content() {
        let frame = |words: [&str; 3], numbers: [f64; 3]| {
            Frame::default().with_text("a", words.into_iter().collect()).with_numbers("b", numbers.to_vec()).sorted()
        };
        let one = frame(["乙", "", "甲"], [1.0, 2.0, 3.0]);
        let two = frame(["甲", "乙", ""], [3.0, 1.0, 2.0]);
        assert_eq!(one.text("a").unwrap().codes, two.text("a").unwrap().codes);
        assert_eq!(one.numbers("b").unwrap(), two.numbers("b").unwrap());
        assert_eq!(one.text("a").unwrap().word(0), "");
        assert!(one.text("b").is_err());
    }

    #[test]
    fn rows_that_share_a_code_hang_together() {
        assert_eq!(parts(&[&[0, 1, 0, 2], &[0, 1, 2, 2]], 4), [vec![0, 2, 3], vec![1]]);
    }

    #[test]
    fn groups_are_numbered_in_order() {
        let (numbers, keys) = groups([&[2, 1, 2], &[0, 0, 0]]);
        assert_eq!((numbers, keys), (vec![1, 0, 1], vec![[1, 0], [2, 0]]));
    }
}
