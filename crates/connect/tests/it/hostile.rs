//! No file, however broken, makes the reader panic.

use connect::{Known, Source};
use proptest::prelude::*;
use proptest::sample::Index;
use rust_xlsxwriter::{Format, Workbook};

const HEADERS: &str = "工号,月份,办件量,按时办结量,满意度,退件数\n";

fn read(bytes: Vec<u8>) {
    let import = connect::read(vec![Source::bytes("x", bytes)], Known::default());
    for error in &import.errors {
        assert!(!error.reason().is_empty() && !error.reason_english().is_empty());
    }
}

fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.merge_range(0, 0, 1, 3, "题", &Format::new()).unwrap();
    sheet.write_row(2, 0, ["工号", "日期", "状态", "备注"]).unwrap();
    for row in 3..20 {
        sheet.write_row(row, 0, ["YT1", "2026-01-05", "正常"]).unwrap().write(row, 3, 0.1).unwrap();
    }
    book.save_to_buffer().unwrap()
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read(bytes);
    }

    #[test]
    fn any_text_below_a_header(text in "[0-9０-９\",;%年月日.:/\\-\n工号正常a-zE+ ]{0,200}") {
        read(format!("{HEADERS}{text}").into_bytes());
    }

    #[test]
    fn any_bytes_below_a_header(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read([HEADERS.as_bytes(), &bytes].concat());
    }

    #[test]
    fn any_bytes_behind_a_mark(mark in prop::sample::select(vec![&b"\xFF\xFE"[..], b"\xFE\xFF", b"\xEF\xBB\xBF"]), bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read([mark, &bytes].concat());
    }

    #[test]
    fn a_workbook_with_wrong_bytes(wrong in prop::collection::vec((any::<Index>(), any::<u8>()), 1..8), end in any::<Index>(), cut in prop::bool::weighted(0.2)) {
        let mut bytes = workbook();
        for (at, byte) in wrong {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if cut {
            bytes.truncate(end.index(bytes.len()));
        }
        read(bytes);
    }
}

/// Bytes changed inside the compressed parts rarely get past their checksums, so that the parts themselves are spoilt.
#[test]
fn a_workbook_with_wrong_parts() {
    let parts = |spoil: &dyn Fn(&str) -> String| {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(workbook())).unwrap();
        let mut spoilt = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for index in 0..archive.len() {
            let mut part = archive.by_index(index).unwrap();
            let name = part.name().unwrap().into_owned();
            let text = std::io::read_to_string(&mut part).unwrap();
            spoilt.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut spoilt, spoil(&text).as_bytes()).unwrap();
        }
        spoilt.finish().unwrap().into_inner()
    };
    for (from, to) in [
        ("r=\"A4\"", "r=\"XFD9999999999\""),
        ("r=\"A4\"", "r=\"\""),
        ("r=\"4\"", "r=\"4294967296\""),
        ("r=\"4\"", "r=\"0\""),
        ("<v>0</v>", "<v>99999999999999999999</v>"),
        ("<v>0</v>", "<v>-1</v>"),
        ("<v>0.1</v>", "<v>1e999</v>"),
        ("<v>0.1</v>", "<v>NaN</v>"),
        ("A1:D2", "D2:A1"),
        ("A1:D2", "A0:A0"),
        ("A1:D2", "A1:XFD1048576"),
        ("t=\"s\"", "t=\"date\""),
        ("t=\"s\"", "s=\"999\""),
        ("uniqueCount=\"", "uniqueCount=\"9999999"),
        ("</row>", ""),
        ("</sheetData>", ""),
        ("worksheets/sheet1.xml", "worksheets/none.xml"),
        ("<sst", "<ssst"),
    ] {
        let spoilt = parts(&|text| text.replace(from, to));
        assert_ne!(spoilt, parts(&str::to_owned), "{from} is in the workbook");
        read(spoilt);
    }
}
