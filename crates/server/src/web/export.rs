//! Lists as files: CSV in UTF-8, with the mark that spreadsheet programs look for.

use super::kit;
use axum::http::{HeaderName, HeaderValue, header};

/// What a file begins with.
pub const MARK: &[u8] = b"\xef\xbb\xbf";

/// The headers of a file of this name, which is plain ASCII.
pub fn headers(name: &str) -> [(HeaderName, HeaderValue); 2] {
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment"))),
    ]
}

/// Records as CSV.
pub fn written<const N: usize>(records: impl IntoIterator<Item = [String; N]>) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for record in records {
        writer.write_record(record.iter().map(|value| safe(value)))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// A table as CSV.
pub fn table(table: &kit::Table) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(table.columns.iter().map(|column| safe(&column.label)))?;
    for row in &table.rows {
        writer.write_record(row.iter().map(|cell| match &cell.tag {
            Some(tag) => safe(&tag.text),
            None => safe(&cell.text),
        }))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// A value that a spreadsheet program would take for a formula is marked as text.
fn safe(value: &str) -> String {
    match value.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{value}"),
        false => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_is_quoted_and_holds_no_formula() {
        let record = ["=1+1", "甲, \"乙\"", ""].map(str::to_owned);
        let text = String::from_utf8(written([record]).unwrap()).unwrap();
        assert_eq!(text, "'=1+1,\"甲, \"\"乙\"\"\",\r\n");
    }
}
