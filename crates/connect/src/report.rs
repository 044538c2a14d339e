//! The downloadable list of what is wrong.

use domain::batch::BadRow;

/// The language of the reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// 中文
    Chinese,
    /// English
    English,
}

/// The list as CSV in UTF-8 behind a byte-order mark, without which spreadsheet programs in China would take it for
/// GB18030. Columns: file, sheet, row, column, value, reason.
pub fn error_list(errors: &[BadRow], language: Language) -> Vec<u8> {
    let mut list = csv::WriterBuilder::new().from_writer(b"\xEF\xBB\xBF".to_vec());
    let header = match language {
        Language::Chinese => ["文件", "工作表", "行", "列", "值", "原因"],
        Language::English => ["file", "sheet", "row", "column", "value", "reason"],
    };
    let rows = errors.iter().map(|error| {
        let reason = match language {
            Language::Chinese => error.reason(),
            Language::English => error.reason_english(),
        };
        let sheet = error.sheet.as_deref().unwrap_or_default();
        [&error.file, sheet, &error.row.to_string(), &error.column, &error.value, &reason].map(harmless)
    });
    let written = list.write_record(header).and_then(|()| rows.into_iter().try_for_each(|row| list.write_record(row)));
    written.and_then(|()| Ok(list.flush()?)).expect("writing to memory does not fail");
    list.into_inner().expect("all is flushed")
}

/// Text that no spreadsheet program will run: a cell that would begin a formula is made text by an apostrophe. A plain
/// number below zero is no formula.
fn harmless(text: &str) -> String {
    let begins_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    let is_number = text.parse::<f64>().is_ok();
    if begins_formula && !is_number { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use domain::batch::Fault;

    use super::*;

    fn error(value: &str) -> BadRow {
        BadRow {
            file: "名册.xlsx".to_owned(),
            sheet: Some("人员".to_owned()),
            row: 7,
            column: "工号".to_owned(),
            value: value.to_owned(),
            fault: Fault::IdChecksum,
        }
    }

    #[test]
    fn the_list_opens_in_a_spreadsheet_program() {
        let list = error_list(&[error("a,\"b\"")], Language::English);
        let text = String::from_utf8(list).unwrap();
        let reason = Fault::IdChecksum.english();
        assert_eq!(
            text,
            format!("\u{FEFF}file,sheet,row,column,value,reason\n名册.xlsx,人员,7,工号,\"a,\"\"b\"\"\",{reason}\n")
        );
        assert!(String::from_utf8(error_list(&[], Language::Chinese)).unwrap().contains("原因"));
    }

    #[test]
    fn nothing_in_the_list_is_a_formula() {
        for value in ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "＝1"] {
            let text = String::from_utf8(error_list(&[error(value)], Language::Chinese)).unwrap();
            assert!(text.contains(&format!(",'{value},")), "{text}");
        }
        let text = String::from_utf8(error_list(&[error("-204")], Language::Chinese)).unwrap();
        assert!(text.contains(",-204,"));
    }
}
