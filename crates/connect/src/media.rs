//! What kind of file it is, told from its content: what a sender or a name says of it may be wrong, or meant to be.

use crate::decode::{Lines, survey};
use std::io::{self, Cursor, Seek};
use zip::ZipArchive;

/// Kinds of files that offices show their work with, by how they begin.
const SIGNATURES: [(&[u8], &str); 3] =
    [(b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg")];

/// Kinds of Office Open XML (ECMA-376, part 2), by the part that every file of the kind holds.
const PACKAGES: [(&str, &str); 2] = [
    ("word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
];

/// Where programs inside a document lie: such a document is of another kind, whatever it is called.
const MACROS: &str = "vbaProject.bin";

/// The media type of a file; none where it is no text, picture, PDF, document or workbook.
pub fn media_type(content: &[u8]) -> Option<&'static str> {
    if let Some((_, media)) = SIGNATURES.iter().find(|(start, _)| content.starts_with(start)) {
        return Some(media);
    }
    if content.starts_with(b"PK\x03\x04") { package(content) } else { text(content).ok()? }
}

fn package(content: &[u8]) -> Option<&'static str> {
    let archive = ZipArchive::new(Cursor::new(content)).ok()?;
    let holds = |part: &str| archive.index_for_name(part).is_some();
    if !holds("[Content_Types].xml") || archive.file_names().any(|name| name.is_ok_and(|name| name.ends_with(MACROS))) {
        return None;
    }
    PACKAGES.into_iter().find(|(part, _)| holds(part)).map(|(_, media)| media)
}

/// Text in one of the encodings of office files holds no control characters. It is a table if all its lines have the
/// same number of cells, and more than one.
fn text(content: &[u8]) -> io::Result<Option<&'static str>> {
    let mut cursor = Cursor::new(content);
    let encoding = survey(&mut cursor)?.encoding;
    cursor.rewind()?;
    let mut lines = Lines::new(cursor, encoding);
    let mut decoded = String::new();
    while let Some(line) = lines.next_line()? {
        if line.damaged || line.text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\r' | '\x0c')) {
            return Ok(None);
        }
        decoded += &line.text;
        decoded.push('\n');
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(decoded.as_bytes());
    let (mut cells, mut same) = (None, true);
    for record in reader.records().flatten() {
        same &= record.len() > 1 && *cells.get_or_insert(record.len()) == record.len();
    }
    Ok(Some(if same && cells.is_some() { "text/csv" } else { "text/plain" }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::{ZipWriter, write::SimpleFileOptions};

    fn packed(parts: &[&str]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for part in parts {
            writer.start_file(*part, SimpleFileOptions::default()).unwrap();
            writer.write_all(b"<x/>").unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn content_tells_the_kind() {
        let gb = encoding_rs::GB18030.encode("第三季度满意度，97.2%").0.into_owned();
        let utf16: Vec<u8> = "\u{feff}记录".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (content, kind) in [
            (b"%PDF-1.7\n\x00\x01".as_slice(), Some("application/pdf")),
            (b"\x89PNG\r\n\x1a\n\x00", Some("image/png")),
            (b"\xff\xd8\xff\xe0\x00", Some("image/jpeg")),
            ("第三季度，满意度97.2%\n第二行\n".as_bytes(), Some("text/plain")),
            (b"a,b\nc\n", Some("text/plain")),
            (b"a,b\r\n\"c\n,d\",e\r\n", Some("text/csv")),
            (&gb, Some("text/plain")),
            (&utf16, Some("text/plain")),
            (b"", Some("text/plain")),
            (b"MZ\x90\x00\x03", None),
            (b"\x7fELF\x02\x01\x01\x00", None),
            (b"GIF89a\x01\x00", None),
            (b"PK\x03\x04 and then nothing", None),
        ] {
            assert_eq!(media_type(content), kind, "{}", String::from_utf8_lossy(content));
        }
    }

    #[test]
    fn documents_are_known_by_their_parts_and_hold_no_programs() {
        let kind = |parts: &[&str]| media_type(&packed(parts)).map(|kind| kind.rsplit('.').next().unwrap());
        assert_eq!(kind(&["[Content_Types].xml", "word/document.xml"]), Some("document"));
        assert_eq!(kind(&["[Content_Types].xml", "xl/workbook.xml"]), Some("sheet"));
        assert_eq!(kind(&["[Content_Types].xml", "ppt/presentation.xml"]), None);
        assert_eq!(kind(&["word/document.xml"]), None, "an archive with a file of that name");
        assert_eq!(kind(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]), None);
    }

    #[test]
    fn every_kind_may_be_attached() {
        let kinds = SIGNATURES.map(|(_, media)| media).into_iter().chain(PACKAGES.map(|(_, media)| media));
        let mut kinds: Vec<&str> = kinds.chain(["text/plain", "text/csv"]).collect();
        let mut attachable = domain::progress::MEDIA.to_vec();
        kinds.sort_unstable();
        attachable.sort_unstable();
        assert_eq!(kinds, attachable);
    }
}
