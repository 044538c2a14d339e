//! Text files with delimiters (RFC 4180, with the liberties offices take), row by row.

use std::io::{self, Read};

use domain::batch::Fault;

use crate::decode::{Encoding, Lines};
use crate::grid::{Cell, Record};

/// The delimiters that are tried, the usual one first.
pub(crate) const DELIMITERS: [char; 4] = [',', '\t', ';', '|'];
/// No row is longer than this many bytes. A quotation mark that is never closed would otherwise swallow the file.
const MAX_RECORD: usize = 1 << 20;
/// No row has more lines. Each of them has the row split anew, so that this bounds the work as well.
const MAX_LINES: usize = 200;

/// The rows of a text file, one at a time: memory does not grow with the file.
///
/// Rows are numbered as spreadsheet programs show them: a blank line counts, a line break inside quotes does not.
pub(crate) struct Records<R> {
    lines: Lines<R>,
    encoding: Encoding,
    delimiter: char,
    row: u32,
    over: bool,
}

impl<R: Read> Records<R> {
    /// Reads from where `content` stands, which must be its start.
    pub(crate) fn new(content: R, encoding: Encoding, delimiter: char) -> Self {
        Self { lines: Lines::new(content, encoding), encoding, delimiter, row: 0, over: false }
    }

    fn read(&mut self) -> io::Result<Option<Record>> {
        let Some(line) = self.lines.next_line()? else { return Ok(None) };
        self.row = self.row.saturating_add(1);
        let (mut text, mut damaged) = (line.text, line.damaged);
        let mut lines = 1;
        let cells = loop {
            if let Some(cells) = split(&text, self.delimiter) {
                break cells;
            }
            let next = if lines < MAX_LINES && text.len() < MAX_RECORD { self.lines.next_line()? } else { None };
            let Some(line) = next else { return Ok(Some(self.unclosed(&text))) };
            lines += 1;
            text.push('\n');
            text.push_str(&line.text);
            damaged |= line.damaged;
        };
        let fault = damaged.then(|| Fault::Undecodable { encoding: self.encoding.as_str().to_owned() });
        Ok(Some(Record { row: self.row, cells: cells.into_iter().map(Cell::text).collect(), fault }))
    }

    /// The row whose quote is never closed, with the beginning of what it swallowed. Nothing after it can be read.
    fn unclosed(&mut self, text: &str) -> Record {
        self.over = true;
        let shown: String = text.chars().take_while(|c| *c != '\n').take(80).collect();
        Record { row: self.row, cells: vec![Cell::text(shown)], fault: Some(Fault::UnclosedQuote) }
    }
}

impl<R: Read> Iterator for Records<R> {
    type Item = io::Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        self.read().transpose()
    }
}

/// The cells of a row, or `None` if a quoted cell goes on in the next line. A quotation mark is one only at the start
/// of a cell; elsewhere it stands for itself.
fn split(text: &str, delimiter: char) -> Option<Vec<String>> {
    let mut cells = Vec::new();
    let mut rest = text;
    loop {
        let mut cell = String::new();
        if let Some(quoted) = rest.strip_prefix('"') {
            rest = quoted;
            loop {
                let end = rest.find('"')?;
                cell.push_str(&rest[..end]);
                rest = &rest[end + 1..];
                let Some(more) = rest.strip_prefix('"') else { break };
                cell.push('"');
                rest = more;
            }
        }
        let end = rest.find(delimiter);
        cell.push_str(&rest[..end.unwrap_or(rest.len())]);
        cells.push(cell);
        match end {
            Some(end) => rest = &rest[end + delimiter.len_utf8()..],
            None => return Some(cells),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str, delimiter: char) -> Vec<Record> {
        Records::new(text.as_bytes(), Encoding::Utf8, delimiter).map(Result::unwrap).collect()
    }

    fn texts(record: &Record) -> Vec<&str> {
        record.cells.iter().map(|cell| cell.text.as_str()).collect()
    }

    #[test]
    fn rows_are_numbered_as_spreadsheets_show_them() {
        let records = read("a,b\n\n\"1\n2\",\"x\"\"y\"\r\nlast,", ',');
        assert_eq!(records.iter().map(|record| record.row).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!(texts(&records[2]), ["1\n2", "x\"y"]);
        assert_eq!(texts(&records[3]), ["last", ""]);
    }

    #[test]
    fn a_quote_inside_a_cell_stands_for_itself() {
        assert_eq!(texts(&read("12\" pipe;=\"007\"", ';')[0]), ["12\" pipe", "=\"007\""]);
    }

    #[test]
    fn an_open_quote_ends_the_file_at_its_row() {
        let records = read("a,b\nc,\"d\ne,f\n", ',');
        assert_eq!(records.len(), 2);
        assert_eq!((records[1].row, &records[1].fault), (2, &Some(Fault::UnclosedQuote)));

        let endless = format!("a\n\"{}", "x\n".repeat(2 * MAX_LINES));
        assert_eq!(read(&endless, ',').last().unwrap().fault, Some(Fault::UnclosedQuote));
    }

    #[test]
    fn a_damaged_row_says_so() {
        let bytes = b"a,b\nc,\xFF\n";
        let records: Vec<_> = Records::new(&bytes[..], Encoding::Utf8, ',').map(Result::unwrap).collect();
        assert_eq!(records[0].fault, None);
        assert!(matches!(records[1].fault, Some(Fault::Undecodable { .. })));
    }

    proptest! {
        #[test]
        fn what_the_csv_crate_writes_is_read_back(rows in prop::collection::vec(prop::collection::vec("[a-z工号\",;\n ]{1,6}", 2..5), 1..6)) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let read: Vec<Vec<String>> =
                read(&text, ',').iter().map(|record| texts(record).into_iter().map(str::to_owned).collect()).collect();
            prop_assert_eq!(read, rows);
        }
    }
}
