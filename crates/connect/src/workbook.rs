//! Workbooks in the xlsx format, read whole into memory, within limits.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{
    DataRef, Dimensions, ExcelDateTime, ExcelDateTimeType, Reader, SheetType, SheetVisible, Xlsx, XlsxError,
};
use domain::batch::Fault;

use crate::grid::{Cell, Record};

/// A workbook may not be larger than this when unpacked, in MiB. The largest that offices send (100,000 rows of 30
/// columns) has about 150.
const MAX_UNPACKED_MIB: u64 = 400;
/// Filled cells of all sheets together.
const MAX_CELLS: usize = 5_000_000;
/// Text of all cells together, in bytes: one shared text may be cited by every cell.
const MAX_TEXT: usize = 256 << 20;
/// Cells further to the right belong to no table.
const MAX_COLUMNS: u32 = 512;

/// One worksheet.
#[derive(Debug)]
pub(crate) struct Worksheet {
    pub(crate) name: String,
    pub(crate) records: Vec<Record>,
    /// Whether its serial numbers count from 1904.
    pub(crate) epoch_1904: bool,
}

/// Reads every worksheet. Cells of regions merged downwards are filled in, because each of the rows means the value.
/// Hidden sheets count as empty: nobody who hands a workbook in has looked at them.
pub(crate) fn read(content: &mut (impl Read + Seek)) -> Result<Vec<Worksheet>, Fault> {
    // calamine does unchecked arithmetic on positions such as XFD9999999999. Nothing of what it held is used after.
    catch_unwind(AssertUnwindSafe(|| read_trusting(content))).unwrap_or(Err(Fault::Unreadable))
}

fn read_trusting(content: &mut (impl Read + Seek)) -> Result<Vec<Worksheet>, Fault> {
    check_unpacked_size(content, MAX_UNPACKED_MIB)?;
    content.seek(SeekFrom::Start(0)).map_err(|_| Fault::Unreadable)?;
    let mut workbook = Xlsx::new(content).map_err(fault)?;
    let epoch_1904 = workbook.has_1904_epoch();
    let sheets = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let sheets: Vec<_> = sheets.map(|sheet| (sheet.name.clone(), sheet.visible)).collect();
    let mut budget = Budget::default();
    let mut worksheets = Vec::new();
    for (name, visible) in sheets {
        if visible != SheetVisible::Visible {
            worksheets.push(Worksheet { name, records: Vec::new(), epoch_1904 });
            continue;
        }
        let mut rows = cells(&mut workbook, &name, epoch_1904, &mut budget)?;
        let merged = workbook.merge_cells_by_sheet_name(&name).map_err(fault)?;
        for region in merged {
            fill_down(&mut rows, region, &mut budget)?;
        }
        worksheets.push(Worksheet { name, records: records(rows), epoch_1904 });
    }
    Ok(worksheets)
}

type Rows = BTreeMap<u32, BTreeMap<u32, Cell>>;

/// What may still be read into memory.
#[derive(Default)]
struct Budget {
    cells: usize,
    text: usize,
}

impl Budget {
    fn spend(&mut self, cell: &Cell) -> Result<(), Fault> {
        self.cells += 1;
        self.text += cell.text.len();
        if self.cells > MAX_CELLS || self.text > MAX_TEXT {
            return Err(Fault::TooManyCells { limit: MAX_CELLS });
        }
        Ok(())
    }
}

/// The filled cells by row and column. A sheet with one cell in its farthest corner costs one cell.
fn cells<R: Read + Seek>(
    workbook: &mut Xlsx<R>,
    sheet: &str,
    epoch_1904: bool,
    budget: &mut Budget,
) -> Result<Rows, Fault> {
    let mut rows = Rows::new();
    let mut reader = workbook.worksheet_cells_reader(sheet).map_err(fault)?;
    while let Some(found) = reader.next_cell().map_err(fault)? {
        let (row, column) = found.get_position();
        let cell = cell(found.get_value(), epoch_1904);
        if column < MAX_COLUMNS && !cell.is_empty() {
            budget.spend(&cell)?;
            rows.entry(row).or_default().insert(column, cell);
        }
    }
    Ok(rows)
}

/// Copies the first cell of a merged region into its first column, as far down as the region reaches and rows exist.
fn fill_down(rows: &mut Rows, region: Dimensions, budget: &mut Budget) -> Result<(), Fault> {
    let ((top, column), (bottom, _)) = (region.start, region.end);
    let Some(cell) = rows.get(&top).and_then(|row| row.get(&column)).cloned() else { return Ok(()) };
    if bottom <= top {
        return Ok(());
    }
    for (_, row) in rows.range_mut(top + 1..=bottom) {
        budget.spend(&cell)?;
        row.insert(column, cell.clone());
    }
    Ok(())
}

fn records(rows: Rows) -> Vec<Record> {
    let record = |(row, filled): (u32, BTreeMap<u32, Cell>)| {
        let mut cells = Vec::new();
        for (column, cell) in filled {
            cells.resize(column as usize, Cell::default());
            cells.push(cell);
        }
        Record { row: row.saturating_add(1), cells, fault: None }
    };
    rows.into_iter().map(record).collect()
}

fn cell(value: &DataRef<'_>, epoch_1904: bool) -> Cell {
    let numeric = |text: String| Cell { text, numeric: true };
    match value {
        DataRef::Empty => Cell::default(),
        DataRef::Int(number) => numeric(number.to_string()),
        // The shortest text that is exactly this number: what was typed, not what binary made of it.
        DataRef::Float(number) => numeric(number.to_string()),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(*text),
        DataRef::Bool(truth) => Cell::text(if *truth { "TRUE" } else { "FALSE" }),
        DataRef::DateTime(moment) => Cell::text(moment_text(moment.as_f64(), epoch_1904)),
        DataRef::Error(error) => Cell::text(error.to_string()),
    }
}

/// A date cell as ISO date, time of day, or both, rounded to the second.
fn moment_text(days: f64, epoch_1904: bool) -> String {
    const HALF_SECOND: f64 = 0.5 / 86_400.0;
    let rounded = ExcelDateTime::new(days + HALF_SECOND, ExcelDateTimeType::DateTime, epoch_1904);
    let (year, month, day, hour, minute, second, _) = rounded.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    if days < 1.0 {
        time
    } else if (hour, minute, second) == (0, 0, 0) {
        date
    } else {
        format!("{date} {time}")
    }
}

/// Unpacks everything once without keeping it, so that a small file cannot fill the memory: what an archive says about
/// its sizes need not be true.
fn check_unpacked_size(content: &mut (impl Read + Seek), limit_mib: u64) -> Result<(), Fault> {
    let unreadable = |_| Fault::Unreadable;
    content.seek(SeekFrom::Start(0)).map_err(|_| Fault::Unreadable)?;
    let mut archive = match zip::ZipArchive::new(content) {
        Ok(archive) => archive,
        // An encrypted workbook is no archive; the reader knows it by its other container.
        Err(_) => return Ok(()),
    };
    let mut left = limit_mib << 20;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(|_| Fault::Unreadable)?;
        let mut start = Vec::new();
        part.by_ref().take(4096).read_to_end(&mut start).map_err(unreadable)?;
        let rest = io::copy(&mut part.by_ref().take(left + 1), &mut io::sink()).map_err(unreadable)?;
        let size = start.len() as u64 + rest;
        left = left.checked_sub(size).ok_or(Fault::TooLarge { limit_mib })?;
        check_string_count(&start, size)?;
    }
    Ok(())
}

/// The reader reserves memory for as many shared texts as a workbook says it has; each takes some bytes in the file.
fn check_string_count(start: &[u8], size: u64) -> Result<(), Fault> {
    let start = String::from_utf8_lossy(start);
    let Some((_, after)) = start.split_once("uniqueCount") else { return Ok(()) };
    let digits: String =
        after.trim_start_matches(['=', '"', '\'', ' ']).chars().take_while(char::is_ascii_digit).collect();
    match digits.parse::<u64>() {
        Ok(count) if count > size => Err(Fault::Unreadable),
        Err(_) if !digits.is_empty() => Err(Fault::Unreadable),
        _ => Ok(()),
    }
}

fn fault(error: XlsxError) -> Fault {
    match error {
        XlsxError::Password => Fault::Protected,
        _ => Fault::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

    use super::*;

    fn read_bytes(bytes: &[u8]) -> Result<Vec<Worksheet>, Fault> {
        read(&mut Cursor::new(bytes))
    }

    fn archive(name: &str, content: &[u8]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn cells_come_as_they_stand() {
        let mut workbook = Workbook::new();
        let date = Format::new().set_num_format("yyyy-mm-dd");
        let time = Format::new().set_num_format("hh:mm");
        let sheet = workbook.add_worksheet().set_name("数据").unwrap();
        sheet.write(1, 0, 0.233).unwrap().write(1, 1, 204).unwrap().write(1, 3, " 词 ").unwrap();
        sheet.write_with_format(2, 0, ExcelDateTime::from_ymd(2026, 1, 5).unwrap(), &date).unwrap();
        sheet.write_with_format(2, 1, ExcelDateTime::from_hms(8, 30, 0).unwrap(), &time).unwrap();
        let sheets = read_bytes(&workbook.save_to_buffer().unwrap()).unwrap();

        assert_eq!(sheets[0].name, "数据");
        let [first, second] = &sheets[0].records[..] else { panic!("two rows are filled") };
        assert_eq!(first.row, 2);
        assert_eq!(first.cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>(), ["0.233", "204", "", " 词 "]);
        assert_eq!(second.cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>(), ["2026-01-05", "08:30:00"]);
        assert!(first.cells[0].numeric && !second.cells[0].numeric);
    }

    #[test]
    fn regions_merged_downwards_are_filled() {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        sheet.merge_range(0, 0, 2, 0, "甲局", &Format::new()).unwrap();
        for row in 0..4 {
            sheet.write(row, 1, row).unwrap();
        }
        let sheets = read_bytes(&workbook.save_to_buffer().unwrap()).unwrap();
        let units: Vec<_> = sheets[0].records.iter().map(|record| record.text(0)).collect();
        assert_eq!(units, ["甲局", "甲局", "甲局", ""]);
    }

    #[test]
    fn a_cell_in_the_farthest_corner_costs_no_memory() {
        let mut workbook = Workbook::new();
        workbook.add_worksheet().write(1_048_575, 16_383, "x").unwrap().write(1_048_575, 0, "y").unwrap();
        let sheets = read_bytes(&workbook.save_to_buffer().unwrap()).unwrap();
        assert_eq!(sheets[0].records.len(), 1);
        assert_eq!((sheets[0].records[0].row, sheets[0].records[0].cells.len()), (1_048_576, 1));
    }

    #[test]
    fn hidden_sheets_are_empty() {
        let mut workbook = Workbook::new();
        workbook.add_worksheet().write(0, 0, "x").unwrap();
        workbook.add_worksheet().set_hidden(true).write(0, 0, "y").unwrap();
        let sheets = read_bytes(&workbook.save_to_buffer().unwrap()).unwrap();
        assert_eq!(sheets.iter().map(|sheet| sheet.records.len()).collect::<Vec<_>>(), [1, 0]);
    }

    #[test]
    fn old_macintoshes_count_from_1904() {
        let mut workbook = Workbook::new();
        let date = Format::new().set_num_format("yyyy-mm-dd");
        let day = ExcelDateTime::from_ymd(2026, 1, 5).unwrap();
        workbook.add_worksheet().write_with_format(0, 0, day, &date).unwrap();
        let written = workbook.save_to_buffer().unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(written)).unwrap();
        let mut changed = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for index in 0..archive.len() {
            let mut part = archive.by_index(index).unwrap();
            let name = part.name().unwrap().into_owned();
            let text = io::read_to_string(&mut part).unwrap().replace("<workbookPr", "<workbookPr date1904=\"1\"");
            changed.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            changed.write_all(text.as_bytes()).unwrap();
        }
        let sheets = read_bytes(&changed.finish().unwrap().into_inner()).unwrap();
        assert!(sheets[0].epoch_1904);
        assert_eq!(sheets[0].records[0].text(0), "2030-01-06");
    }

    #[test]
    fn what_unpacks_too_large_is_refused() {
        let bomb = archive("xl/worksheets/sheet1.xml", &vec![b' '; (2 << 20) + 1]);
        assert!(bomb.len() < 10_000);
        let check = |limit_mib| check_unpacked_size(&mut Cursor::new(&bomb), limit_mib);
        assert_eq!((check(2), check(3)), (Err(Fault::TooLarge { limit_mib: 2 }), Ok(())));
    }

    #[test]
    fn more_texts_than_bytes_are_not_believed() {
        let lie = archive("xl/sharedStrings.xml", br#"<sst uniqueCount="99999999999">"#);
        assert_eq!(read_bytes(&lie).unwrap_err(), Fault::Unreadable);
    }

    #[test]
    fn what_is_no_workbook_is_unreadable() {
        assert_eq!(read_bytes(b"PK\x03\x04").unwrap_err(), Fault::Unreadable);
        assert_eq!(read_bytes(&archive("readme.txt", b"hello")).unwrap_err(), Fault::Unreadable);
    }
}
