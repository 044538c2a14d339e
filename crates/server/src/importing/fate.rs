//! Whether a file comes in: whole, without its bad rows, or not at all.

use connect::{File, Table};
use domain::batch::Kind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What becomes of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It comes in as it is.
    Whole,
    /// It comes in without its bad rows.
    WithoutBadRows,
    /// It is refused: rows are bad, or the file is.
    Refused,
    /// It refers to what another file was to bring, and that one does not come in.
    Waits {
        /// The other file.
        file: String,
    },
}

impl Fate {
    /// Whether rows of the file go on record.
    pub fn comes_in(&self) -> bool {
        matches!(self, Fate::Whole | Fate::WithoutBadRows)
    }
}

/// What becomes of each file.
pub(super) fn of(files: &[File], tables: &[Table], skip_bad: bool) -> Vec<Fate> {
    let mut fates: Vec<Fate> = files.iter().map(|file| alone(file, skip_bad)).collect();
    let kinds = |file: &File| -> BTreeSet<Kind> {
        tables.iter().filter(|table| table.file == file.name).map(|table| table.kind).collect()
    };
    let kinds: Vec<BTreeSet<Kind>> = files.iter().map(kinds).collect();
    // Each round holds back what refers to a file that was held back in the round before.
    loop {
        let out: Vec<usize> = (0..files.len()).filter(|file| !fates[*file].comes_in()).collect();
        let waits = (0..files.len()).filter(|file| fates[*file].comes_in()).find_map(|file| {
            let needed: BTreeSet<Kind> = kinds[file].iter().flat_map(|kind| connect::needs(*kind)).collect();
            let missing = out.iter().find(|missing| !kinds[**missing].is_disjoint(&needed))?;
            Some((file, files[*missing].name.clone()))
        });
        match waits {
            Some((file, missing)) => fates[file] = Fate::Waits { file: missing },
            None => return fates,
        }
    }
}

fn alone(file: &File, skip_bad: bool) -> Fate {
    match (file.errors, skip_bad && !file.spoiled) {
        (0, _) => Fate::Whole,
        (_, true) => Fate::WithoutBadRows,
        (_, false) => Fate::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use connect::{Known, Source, read};

    const ROSTER: &str = "工号,姓名,身份证号,单位,编制类型,岗位类别\n\
        YT1,钟某,99010419691007893X,市甲局,公务员,综合岗\nYT2,任某,990104197102201754,市乙局,公务员,综合岗\n";
    const UNITS: &str = "机构编码,机构名称\nA,市甲局\n";
    const ATTENDANCE: &str = "工号,日期,状态\nYT1,2026-01-05,正常\n";
    const HOUSEHOLD: &str = "户号,身份证号,姓名\n1,99010419691007893X,钟某\n";

    fn fates(files: &[(&str, &str)], skip_bad: bool) -> Vec<Fate> {
        let sources = files.iter().map(|(name, text)| Source::bytes(*name, *text)).collect();
        let import = read(sources, Known::default());
        of(&import.files, &import.tables, skip_bad)
    }

    #[test]
    fn what_refers_to_a_refused_roster_waits_for_it() {
        let files = [("u", UNITS), ("r", ROSTER), ("a", ATTENDANCE), ("h", HOUSEHOLD)];
        let waits = Fate::Waits { file: "r".to_owned() };
        assert_eq!(fates(&files, false), [Fate::Whole, Fate::Refused, waits, Fate::Whole]);
        assert_eq!(fates(&files, true), [Fate::Whole, Fate::WithoutBadRows, Fate::Whole, Fate::Whole]);
    }

    #[test]
    fn leaving_rows_out_does_not_mend_a_spoiled_file() {
        let swallowed = "工号,日期,状态\nYT1,\"2026-01-05,正常\n";
        assert_eq!(fates(&[("a", swallowed)], true), [Fate::Refused]);
        assert_eq!(fates(&[("x", "今天天气很好\n")], true), [Fate::Refused]);
    }
}
