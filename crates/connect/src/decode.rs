//! Which encoding a text file is in, and its lines, decoded strictly.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Take};

use encoding_rs::{GB18030, UTF_8, UTF_16BE, UTF_16LE};
use serde::{Deserialize, Serialize};

/// No line is longer. A table with 16,384 columns of 64 bytes still fits.
const MAX_LINE: u64 = 1 << 20;

/// The encodings that offices' files come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8 without a byte-order mark; plain ASCII too.
    #[serde(rename = "UTF-8")]
    Utf8,
    /// UTF-8 behind a byte-order mark, as spreadsheet programs in China expect it.
    #[serde(rename = "UTF-8-BOM")]
    Utf8Bom,
    /// UTF-16, little endian, behind a byte-order mark ("Unicode text").
    #[serde(rename = "UTF-16LE")]
    Utf16Le,
    /// UTF-16, big endian, behind a byte-order mark.
    #[serde(rename = "UTF-16BE")]
    Utf16Be,
    /// The national standard, with GBK and GB 2312 inside it.
    #[serde(rename = "GB18030")]
    Gb18030,
}

impl Encoding {
    /// The usual name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf8Bom => "UTF-8-BOM",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Gb18030 => "GB18030",
        }
    }

    const fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf8 | Self::Gb18030 => &[],
            Self::Utf8Bom => &[0xEF, 0xBB, 0xBF],
            Self::Utf16Le => &[0xFF, 0xFE],
            Self::Utf16Be => &[0xFE, 0xFF],
        }
    }
}

/// What a look through a text file tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Survey {
    pub(crate) encoding: Encoding,
    /// How many lines there are.
    pub(crate) lines: u64,
}

/// Looks through a text file from its start.
///
/// A byte-order mark decides on the encoding. Without one it is UTF-8 if most lines with other than ASCII characters
/// are, else GB18030: Chinese text in GB18030 is hardly ever valid UTF-8, and a UTF-8 file with one broken byte is to be
/// reported as that, not read as gibberish.
pub(crate) fn survey(content: &mut (impl Read + Seek)) -> io::Result<Survey> {
    content.seek(SeekFrom::Start(0))?;
    let mut start = Vec::new();
    content.by_ref().take(3).read_to_end(&mut start)?;
    let marks = [Encoding::Utf8Bom, Encoding::Utf16Le, Encoding::Utf16Be];
    let marked = marks.into_iter().find(|encoding| start.starts_with(encoding.mark()));

    content.seek(SeekFrom::Start(0))?;
    let (mut count, mut valid, mut broken) = (0, 0_u64, 0_u64);
    let mut lines = Lines::new(content, marked.unwrap_or(Encoding::Utf8));
    while let Some(bytes) = lines.next_bytes()? {
        count += 1;
        match std::str::from_utf8(&bytes) {
            Ok(text) => valid += u64::from(!text.is_ascii()),
            Err(_) => broken += 1,
        }
    }
    let unmarked = if broken > valid { Encoding::Gb18030 } else { Encoding::Utf8 };
    Ok(Survey { encoding: marked.unwrap_or(unmarked), lines: count })
}

/// One line without its end.
pub(crate) struct Line {
    /// The text, with U+FFFD for bytes that the encoding does not know.
    pub(crate) text: String,
    /// Whether there were such bytes, or the line is too long to be one.
    pub(crate) damaged: bool,
}

/// The lines of a text file. In all these encodings a line feed byte (pair) is never part of another character, so a
/// line can be cut off first and decoded by itself, and damage stays within its line.
pub(crate) struct Lines<R> {
    reader: Take<BufReader<R>>,
    encoding: Encoding,
    begun: bool,
    cut: bool,
}

impl<R: Read> Lines<R> {
    /// Reads from where `content` stands, which must be its start.
    pub(crate) fn new(content: R, encoding: Encoding) -> Self {
        Self { reader: BufReader::new(content).take(MAX_LINE), encoding, begun: false, cut: false }
    }

    /// The next line, or `None` at the end.
    pub(crate) fn next_line(&mut self) -> io::Result<Option<Line>> {
        let Some(mut bytes) = self.next_bytes()? else { return Ok(None) };
        if !std::mem::replace(&mut self.begun, true) && bytes.starts_with(self.encoding.mark()) {
            bytes.drain(..self.encoding.mark().len());
        }
        let encoding = match self.encoding {
            Encoding::Utf8 | Encoding::Utf8Bom => UTF_8,
            Encoding::Utf16Le => UTF_16LE,
            Encoding::Utf16Be => UTF_16BE,
            Encoding::Gb18030 => GB18030,
        };
        let (text, damaged): (Cow<'_, str>, bool) = encoding.decode_without_bom_handling(&bytes);
        let text = text.trim_end_matches(['\r', '\n']).to_owned();
        Ok(Some(Line { text, damaged: damaged || self.cut }))
    }

    /// The bytes of the next line with its end, at most [`MAX_LINE`] of them.
    fn next_bytes(&mut self) -> io::Result<Option<Vec<u8>>> {
        self.reader.set_limit(MAX_LINE);
        let mut bytes = Vec::new();
        loop {
            if self.reader.read_until(b'\n', &mut bytes)? == 0 {
                break;
            }
            match self.encoding {
                // The byte is a line feed only as the low half of 0x000A. Here its high half is still to be read.
                Encoding::Utf16Le if bytes.ends_with(b"\n") => {
                    if bytes.len() % 2 == 1 {
                        let high = self.reader.by_ref().bytes().next().transpose()?;
                        bytes.extend(high);
                        if high.is_none_or(|high| high == 0) {
                            break;
                        }
                    }
                }
                Encoding::Utf16Be if bytes.ends_with(b"\n") => {
                    if bytes.len() % 2 == 0 && bytes[bytes.len() - 2] == 0 {
                        break;
                    }
                }
                _ => break,
            }
        }
        self.cut = self.reader.limit() == 0 && !bytes.ends_with(b"\n");
        Ok((!bytes.is_empty()).then_some(bytes))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn read(bytes: &[u8]) -> (Encoding, Vec<(String, bool)>) {
        let Survey { encoding, lines: count } = survey(&mut Cursor::new(bytes)).unwrap();
        let mut lines = Lines::new(bytes, encoding);
        let mut read = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            read.push((line.text, line.damaged));
        }
        assert_eq!(read.len() as u64, count);
        (encoding, read)
    }

    fn whole(lines: &[&str]) -> Vec<(String, bool)> {
        lines.iter().map(|line| ((*line).to_owned(), false)).collect()
    }

    #[test]
    fn every_encoding_gives_the_same_lines() {
        let lines = ["工号,姓名", "", "YT1,\u{3400}上\u{20000}", "last"];
        let text = lines.join("\r\n");
        let utf16 = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        for (encoding, bytes) in [
            (Encoding::Utf8, text.clone().into_bytes()),
            (Encoding::Utf8Bom, [b"\xEF\xBB\xBF", text.as_bytes()].concat()),
            (Encoding::Gb18030, GB18030.encode(&text).0.into_owned()),
            (Encoding::Utf16Le, [&b"\xFF\xFE"[..], &utf16(u16::to_le_bytes)].concat()),
            (Encoding::Utf16Be, [&b"\xFE\xFF"[..], &utf16(u16::to_be_bytes)].concat()),
        ] {
            assert_eq!(read(&bytes), (encoding, whole(&lines)));
        }
    }

    #[test]
    fn a_letter_that_holds_a_line_feed_byte_ends_no_line() {
        let text = "上\u{0A0A}\u{0A00}\u{000A}下";
        for (mark, unit) in [(b"\xFF\xFE", u16::to_le_bytes as fn(u16) -> [u8; 2]), (b"\xFE\xFF", u16::to_be_bytes)] {
            let bytes: Vec<u8> = mark.iter().copied().chain(text.encode_utf16().flat_map(unit)).collect();
            assert_eq!(read(&bytes).1, whole(&["上\u{0A0A}\u{0A00}", "下"]));
        }
    }

    #[test]
    fn one_broken_byte_spoils_its_line_only() {
        let (encoding, lines) = read(b"\xE5\xB7\xA5\n\xE5\xB7\n\xE5\x8F\xB7\n");
        assert_eq!(encoding, Encoding::Utf8);
        assert_eq!(lines.iter().map(|(_, damaged)| *damaged).collect::<Vec<_>>(), [false, true, false]);

        let mut gb = GB18030.encode("工号\n姓名\n单位\n").0.into_owned();
        gb[6] = 0xFF;
        let (encoding, lines) = read(&gb);
        assert_eq!(encoding, Encoding::Gb18030);
        assert_eq!(lines.iter().map(|(_, damaged)| *damaged).collect::<Vec<_>>(), [false, true, false]);
    }

    #[test]
    fn an_endless_line_is_cut() {
        let (_, lines) = read(&vec![b'a'; 3 << 20]);
        assert_eq!(
            lines.iter().map(|(text, damaged)| (text.len(), *damaged)).collect::<Vec<_>>(),
            [(1 << 20, true); 3]
        );
    }
}
