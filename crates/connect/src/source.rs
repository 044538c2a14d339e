//! Files as they are handed in, opened: which tables are in them, without reading their rows yet.

use std::fmt;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use domain::batch::Fault;
use sha2::{Digest, Sha256};

use crate::decode::{self, Encoding};
use crate::delimited::{DELIMITERS, Records};
use crate::grid::Record;
use crate::header::{self, Found, SEARCHED_ROWS};
use crate::workbook;

/// One file: its name, and its bytes in memory or anywhere they can be read twice.
pub struct Source {
    /// The name by which faults are reported. It plays no part in what the file is taken for.
    pub name: String,
    content: Box<dyn Content>,
}

/// Bytes that can be read more than once.
pub(crate) trait Content: Read + Seek + Send {}
impl<T: Read + Seek + Send> Content for T {}

impl Source {
    /// A file in memory.
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(name, Cursor::new(bytes.into()))
    }

    /// A file that is read piece by piece, so that a CSV of any size takes little memory.
    pub fn new(name: impl Into<String>, content: impl Read + Seek + Send + 'static) -> Self {
        Self { name: name.into(), content: Box::new(content) }
    }

    /// The SHA-256 digest of the bytes, in hexadecimal, and their number.
    pub(crate) fn digest(&mut self) -> io::Result<(String, u64)> {
        self.content.seek(SeekFrom::Start(0))?;
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        let mut size = 0;
        loop {
            let read = self.content.read(&mut buffer)?;
            if read == 0 {
                return Ok((hex::encode(hasher.finalize()), size));
            }
            hasher.update(&buffer[..read]);
            size += read as u64;
        }
    }

    /// Finds out what kind of file it is, by its bytes, and looks for the tables in it.
    pub(crate) fn open(mut self) -> Result<Vec<Opened>, Fault> {
        let start = self.start().map_err(|_| Fault::Unreadable)?;
        match start[..] {
            [] => Err(Fault::EmptyFile),
            [b'P', b'K', 3, 4, ..] => self.open_workbook(),
            // The container of both encrypted workbooks and the old binary formats.
            [0xD0, 0xCF, 0x11, 0xE0, ..] => match workbook::read(&mut self.content) {
                Err(Fault::Unreadable) => Err(Fault::UnsupportedFormat),
                Err(fault) => Err(fault),
                Ok(_) => Err(Fault::UnsupportedFormat),
            },
            [b'<', ..] => Err(Fault::UnsupportedFormat),
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => self.open_text(),
            _ if start.contains(&0) => Err(Fault::Unreadable),
            _ => self.open_text(),
        }
    }

    fn start(&mut self) -> io::Result<Vec<u8>> {
        let mut start = Vec::new();
        self.content.seek(SeekFrom::Start(0))?;
        self.content.by_ref().take(1024).read_to_end(&mut start)?;
        Ok(start)
    }

    fn open_workbook(mut self) -> Result<Vec<Opened>, Fault> {
        let opened = |sheet: workbook::Worksheet| Opened {
            sheet: Some(sheet.name),
            found: header::find(&sheet.records),
            encoding: None,
            epoch_1904: sheet.epoch_1904,
            rows: sheet.records.len() as u64,
            body: Body::Rows(sheet.records),
        };
        Ok(workbook::read(&mut self.content)?.into_iter().map(opened).collect())
    }

    /// The delimiter is the one with which a table is recognised.
    fn open_text(mut self) -> Result<Vec<Opened>, Fault> {
        let unreadable = |_| Fault::Unreadable;
        let survey = decode::survey(&mut self.content).map_err(unreadable)?;
        let mut best = (DELIMITERS[0], Found::Nothing);
        for delimiter in DELIMITERS {
            self.content.seek(SeekFrom::Start(0)).map_err(unreadable)?;
            let records = Records::new(&mut self.content, survey.encoding, delimiter).take(SEARCHED_ROWS);
            let found = header::find(&records.collect::<Result<Vec<_>, _>>().map_err(unreadable)?);
            match found {
                Found::Nothing => {}
                Found::Faulty { .. } if matches!(best.1, Found::Nothing) => best = (delimiter, found),
                Found::Faulty { .. } => {}
                Found::Table(_) => {
                    best = (delimiter, found);
                    break;
                }
            }
        }
        let (delimiter, found) = best;
        Ok(vec![Opened {
            sheet: None,
            found,
            encoding: Some(survey.encoding),
            epoch_1904: false,
            rows: survey.lines,
            body: Body::Text { content: self.content, encoding: survey.encoding, delimiter },
        }])
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("name", &self.name).finish_non_exhaustive()
    }
}

/// One sheet of a workbook, or a text file.
pub(crate) struct Opened {
    pub(crate) sheet: Option<String>,
    pub(crate) found: Found,
    pub(crate) encoding: Option<Encoding>,
    pub(crate) epoch_1904: bool,
    /// How many rows there are, to show progress by.
    pub(crate) rows: u64,
    pub(crate) body: Body,
}

/// Where the rows are.
pub(crate) enum Body {
    Rows(Vec<Record>),
    Text { content: Box<dyn Content>, encoding: Encoding, delimiter: char },
}

impl Body {
    /// All rows from the start, one at a time.
    pub(crate) fn records(&mut self) -> io::Result<Box<dyn Iterator<Item = io::Result<Record>> + '_>> {
        Ok(match self {
            Self::Rows(records) => Box::new(records.iter().cloned().map(Ok)),
            Self::Text { content, encoding, delimiter } => {
                content.seek(SeekFrom::Start(0))?;
                Box::new(Records::new(content, *encoding, *delimiter))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(bytes: &[u8]) -> Option<Fault> {
        Source::bytes("x", bytes).open().err()
    }

    #[test]
    fn files_are_known_by_their_bytes() {
        assert_eq!(fault(b""), Some(Fault::EmptyFile));
        assert_eq!(fault(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), Some(Fault::UnsupportedFormat));
        assert_eq!(fault(b"<html><table>"), Some(Fault::UnsupportedFormat));
        assert_eq!(fault(b"PK\x03\x04garbage"), Some(Fault::Unreadable));
        assert_eq!(fault(b"%PDF-1.7\x00\x01"), Some(Fault::Unreadable));
        assert_eq!(fault("工号,日期,状态\n".as_bytes()), None);
    }

    #[test]
    fn the_delimiter_is_the_one_that_makes_a_table() {
        for delimiter in DELIMITERS {
            let text = ["工号", "日期", "状态"].join(&delimiter.to_string());
            let opened = Source::bytes("x", text).open().unwrap();
            assert!(matches!(opened[0].found, Found::Table(_)), "{delimiter}");
        }
    }

    #[test]
    fn the_digest_is_of_the_bytes() {
        let (digest, size) = Source::bytes("x", "abc").digest().unwrap();
        assert_eq!((&digest[..16], size), ("ba7816bf8f01cfea", 3));
    }
}
