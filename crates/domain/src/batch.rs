//! What an import brings: rows of one of fourteen kinds, and the rows that were refused, each with its reason.
//!
//! The words here are the contract between whoever reads files (`connect`) and whoever keeps rows (`store`). Which
//! fields a kind has is data (`connect/aliases.toml`); the values of [`Row::fields`] are normalised: plain decimals
//! without grouping or unit, ISO dates, canonical words of enumerations.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The kinds of table the product imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 机构: the tree of units.
    Units,
    /// 人员: the roster.
    People,
    /// 考核指标: the indicator library.
    Indicators,
    /// 考勤: one row per person and working day.
    Attendance,
    /// 办件: business counts per person and month.
    Cases,
    /// 项目进度: the state of a project at a date.
    Projects,
    /// 服务对象: companies that a person serves in office.
    Clients,
    /// 培训: one row per person and course.
    Training,
    /// 历年考核结果: grades of past years.
    Results,
    /// 拟定等次: grades proposed on paper for the running year.
    ProposedGrades,
    /// 家庭成员申报: relatives as declared.
    Family,
    /// 户籍: an extract of the household register.
    Household,
    /// 企业股东: shareholders and legal representatives of companies.
    Shareholders,
    /// 纸质定性评分: qualitative scores collected on paper.
    PaperScores,
}

impl Kind {
    /// Every kind, in the order in which files that need each other are to be read: who refers comes after what is
    /// referred to.
    pub const ALL: [Self; 14] = [
        Self::Units,
        Self::People,
        Self::Indicators,
        Self::Attendance,
        Self::Cases,
        Self::Projects,
        Self::Clients,
        Self::Training,
        Self::Results,
        Self::ProposedGrades,
        Self::Family,
        Self::Household,
        Self::Shareholders,
        Self::PaperScores,
    ];

    /// The word in databases, URLs and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Units => "units",
            Self::People => "people",
            Self::Indicators => "indicators",
            Self::Attendance => "attendance",
            Self::Cases => "cases",
            Self::Projects => "projects",
            Self::Clients => "clients",
            Self::Training => "training",
            Self::Results => "results",
            Self::ProposedGrades => "proposed_grades",
            Self::Family => "family",
            Self::Household => "household",
            Self::Shareholders => "shareholders",
            Self::PaperScores => "paper_scores",
        }
    }

    /// Whether rows of this kind tell of private ties, so that nobody leafs through them.
    pub const fn is_register(self) -> bool {
        matches!(self, Self::Family | Self::Household | Self::Shareholders)
    }

    /// Whether formulas read rows of this kind.
    pub const fn is_observation(self) -> bool {
        matches!(self, Self::Attendance | Self::Cases | Self::Projects | Self::Training)
    }

    /// What an office calls such a table.
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Units => "机构名册",
            Self::People => "人员花名册",
            Self::Indicators => "考核指标库",
            Self::Attendance => "考勤记录",
            Self::Cases => "办件统计",
            Self::Projects => "项目进度",
            Self::Clients => "服务对象",
            Self::Training => "培训记录",
            Self::Results => "历年考核结果",
            Self::ProposedGrades => "拟定等次",
            Self::Family => "家庭成员申报",
            Self::Household => "户籍信息",
            Self::Shareholders => "企业股东信息",
            Self::PaperScores => "定性评分",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no [`Kind`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a kind of table; the kinds are {list}", list = Kind::ALL.map(Kind::as_str).join(", "))]
pub struct UnknownKind(pub String);

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(word: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or_else(|| UnknownKind(word.to_owned()))
    }
}

/// One accepted row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The row as a spreadsheet numbers it: from 1, title and header rows counted. In a CSV file a blank line is a row
    /// and a value with line breaks inside quotes stays in one, as spreadsheet programs show it.
    pub number: u32,
    /// What makes the row unique inside its kind, e.g. `YT0001|2026-01-05` for a day of attendance.
    pub key: String,
    /// The employee number the row is about, where it is about one person.
    pub person: Option<String>,
    /// The day the row tells of; for a month its first day.
    pub date: Option<Date>,
    /// Canonical field to normalised value. A field without a value is absent.
    pub fields: BTreeMap<String, String>,
}

/// One value that keeps its row, or its file, out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadRow {
    /// The file's name as it was handed in.
    pub file: String,
    /// The sheet, where the file has sheets.
    pub sheet: Option<String>,
    /// As [`Row::number`]; 0 when the fault is of the file as a whole.
    pub row: u32,
    /// The header as it stands in the file; empty when the fault is not of one column.
    pub column: String,
    /// The value as it stands in the file (without the sign, for a percentage out of range).
    pub value: String,
    /// Why, with its particulars.
    pub fault: Fault,
}

impl BadRow {
    /// The fault's kind as one snake_case word, e.g. `id_checksum`.
    pub fn code(&self) -> &'static str {
        self.fault.code()
    }

    /// The reason in Chinese.
    pub fn reason(&self) -> String {
        self.fault.to_string()
    }

    /// The reason in English.
    pub fn reason_english(&self) -> String {
        self.fault.english()
    }
}

impl Fault {
    /// Whether the fault is of the file or sheet rather than of one row, so that leaving the row out would not mend it:
    /// nobody knows what else is in there.
    pub const fn is_of_file(&self) -> bool {
        matches!(
            self,
            Self::EmptyFile
                | Self::Unreadable
                | Self::Protected
                | Self::UnsupportedFormat
                | Self::TooLarge { .. }
                | Self::TooManyCells { .. }
                | Self::NoTable
                | Self::MissingColumns { .. }
                | Self::AmbiguousColumn { .. }
                | Self::UnclosedQuote
        )
    }
}

/// Declares [`Fault`] and its three renderings in one place, so that no fault can lack one of them.
macro_rules! faults {
    ($(
        $(#[$doc:meta])*
        $name:ident $({ $($field:ident : $type:ty),+ })? = $code:literal,
            $chinese:literal,
            $english:literal;
    )+) => {
        /// Why a row or a file was refused. `Display` is the sentence in Chinese, [`Fault::english`] in English.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "code")]
        pub enum Fault {
            $(
                $(#[$doc])*
                #[serde(rename = $code)]
                $name $({ $($field: $type),+ })?,
            )+
        }

        impl Fault {
            /// The kind of fault as one snake_case word.
            pub const fn code(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $code,)+
                }
            }

            /// The sentence in English.
            #[allow(unused_variables, reason = "a language may do without one of the particulars")]
            pub fn english(&self) -> String {
                match self {
                    $(Self::$name $({ $($field),+ })? => format!($english),)+
                }
            }
        }

        impl fmt::Display for Fault {
            #[allow(unused_variables, reason = "a language may do without one of the particulars")]
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$name $({ $($field),+ })? => write!(f, $chinese),)+
                }
            }
        }
    };
}

faults! {
    // The file as a whole.

    /// The file has no content.
    EmptyFile = "empty_file",
        "文件没有内容，请确认导出是否完成后重新选择文件。",
        "The file is empty. Check that the export finished, then choose the file again.";
    /// The file cannot be opened as what it says it is.
    Unreadable = "unreadable_file",
        "文件已损坏或不是有效的表格文件，请重新导出为 .xlsx 或 CSV 后再导入。",
        "The file is damaged or not a spreadsheet. Export it again as .xlsx or CSV, then import it.";
    /// The workbook is encrypted.
    Protected = "protected_file",
        "文件设有打开密码，请取消密码后再导入。",
        "The file is protected by a password. Remove the password, then import it.";
    /// A spreadsheet format that is not read.
    UnsupportedFormat = "unsupported_format",
        "不支持这种文件格式（例如旧版 .xls），请另存为 .xlsx 或 CSV 后再导入。",
        "This file format (such as the old .xls) is not supported. Save it as .xlsx or CSV, then import it.";
    /// The workbook, unpacked, is larger than the limit of what is read into memory.
    TooLarge { limit_mib: u64 } = "too_large",
        "工作簿解压后超过 {limit_mib} MiB，请拆分文件或另存为 CSV 后再导入。",
        "The workbook is larger than {limit_mib} MiB when unpacked. Split it or save it as CSV, then import it.";
    /// More cells than are read into memory.
    TooManyCells { limit: usize } = "too_many_cells",
        "工作簿超过 {limit} 个单元格，请拆分文件或另存为 CSV 后再导入。",
        "The workbook has more than {limit} cells. Split it or save it as CSV, then import it.";
    /// No row is a header of any known kind of table.
    NoTable = "no_table",
        "没有找到可识别的表头，请确认表头在前30行之内，且使用规范的列名。",
        "No known table header was found. Check that the header is within the first 30 rows and uses usual names.";
    /// A table was recognised (as `table` in Chinese, `kind` in English) but lacks columns, named by their usual headers.
    MissingColumns { table: String, kind: Kind, columns: String } = "missing_columns",
        "该表识别为{table}，但缺少必需的列：{columns}。请补上后再导入。",
        "The table was recognised as {kind} but lacks these columns: {columns}. Add them, then import it again.";
    /// Two headers mean the same field; `other` is the second one.
    AmbiguousColumn { other: String } = "ambiguous_column",
        "此列与列“{other}”含义相同，请只保留其中一列。",
        "This column and '{other}' mean the same. Keep only one of them.";
    /// A quotation mark that is never closed swallows all that follows.
    UnclosedQuote = "unclosed_quote",
        "本行的引号没有闭合，其后内容无法读取，请补上或删除引号。",
        "A quotation mark opened in this row is never closed, so nothing after it can be read. Close or remove it.";

    // One value by itself.

    /// Bytes that the file's encoding, e.g. `GB18030`, does not know.
    Undecodable { encoding: String } = "undecodable",
        "含有按 {encoding} 无法识别的字节，请用正确的编码重新导出。",
        "Contains bytes that are not valid {encoding}. Export the file again in the right encoding.";
    /// `#REF!` and the like.
    FormulaError = "formula_error",
        "单元格的公式出错，请在表格中修正公式后再导入。",
        "The cell's formula failed. Correct it in the spreadsheet, then import it again.";
    /// A required value is blank.
    MissingValue = "missing_value",
        "此列必须填写，请补充。",
        "This column must not be blank. Fill it in.";
    /// Not a number.
    NotANumber = "not_a_number",
        "不是数字，请改为数字。",
        "This is not a number. Write a number.";
    /// A count with a fraction.
    NotAnInteger = "not_an_integer",
        "应为整数，请改为整数。",
        "This must be a whole number. Correct it.";
    /// A number of things below zero.
    NegativeCount = "negative_count",
        "数量不能为负数，请核对原始数据。",
        "A count cannot be negative. Check it against the source.";
    /// A number outside its range, e.g. `0-100`.
    NumberOutOfRange { range: String } = "number_out_of_range",
        "数值超出范围（{range}），请核对。",
        "The number is out of range ({range}). Check it.";
    /// A percentage below 0 or above 100.
    PercentOutOfRange = "percent_out_of_range",
        "百分比超出0%至100%，请核对。",
        "The percentage is not between 0 % and 100 %. Check it.";
    /// A score outside the scale, e.g. `0-100`.
    ScoreOutOfRange { range: String } = "score_out_of_range",
        "分数超出{range}，请核对。",
        "The score is not within {range}. Check it.";
    /// Nothing that can be read as a date.
    NotADate = "not_a_date",
        "无法识别为日期，请写成 2026-01-05 的形式。",
        "This cannot be read as a date. Write it like 2026-01-05.";
    /// A month that no year has, or a day that its month does not have; as written.
    ImpossibleDate { year: i16, month: u32, day: u32 } = "impossible_date",
        "日期不存在（{year}年{month}月{day}日）：月份须为1至12，且当月须有这一日，请核对。",
        "There is no such day (year {year}, month {month}, day {day}). Check the month and the day.";
    /// Nothing that can be read as a month.
    NotAMonth = "not_a_month",
        "无法识别为月份，请写成 2026-01 的形式。",
        "This cannot be read as a month. Write it like 2026-01.";
    /// A month of no year.
    MonthWithoutYear = "month_without_year",
        "月份没有年份，请写成 2026-01 的形式。",
        "The month has no year. Write it like 2026-01.";
    /// Nothing that can be read as a year.
    NotAYear = "not_a_year",
        "无法识别为年度，请写成 2026 的形式。",
        "This cannot be read as a year. Write it like 2026.";
    /// Nothing that can be read as a time of day.
    NotATime = "not_a_time",
        "无法识别为时间，请写成 08:30 的形式。",
        "This cannot be read as a time. Write it like 08:30.";
    /// A word that the field does not know.
    UnknownWord { allowed: String } = "unknown_word",
        "不是可识别的内容，应为：{allowed}。",
        "This word is not known here. Use one of: {allowed}.";
    /// A grade that no regime has.
    UnknownGrade { allowed: String } = "unknown_grade",
        "等次不在规定范围（{allowed}），请核对。",
        "This is not a grade of the regime ({allowed}). Check it.";
    /// An identity number of the wrong shape.
    IdFormat = "id_format",
        "身份证号应为18位（末位可为X）或15位数字，请对照证件核对。",
        "An identity number has 18 characters (the last may be X) or 15 digits. Check it against the card.";
    /// An identity number with a birth date that does not exist.
    IdBirthDate = "id_birth_date",
        "身份证号中的出生日期不存在，请对照证件核对。",
        "The birth date inside the identity number does not exist. Check it against the card.";
    /// GB 11643-1999: the check character is wrong.
    IdChecksum = "id_checksum",
        "身份证号校验位错误，请对照证件核对。",
        "The identity number's check character is wrong. Check it against the card.";
    /// The birth date column says otherwise, namely `born`.
    IdBirthMismatch { born: Date } = "id_birth_mismatch",
        "身份证号与出生日期（{born}）不一致，请核对。",
        "The identity number does not agree with the birth date ({born}). Check both.";
    /// The sex column says otherwise.
    IdSexMismatch = "id_sex_mismatch",
        "身份证号与性别不一致，请核对。",
        "The identity number does not agree with the sex. Check both.";
    /// A long number that the spreadsheet rounded.
    DigitsLost = "digits_lost",
        "号码被表格当作数值保存，末尾几位已丢失，请将该列设为文本后重新填写。",
        "The spreadsheet kept this as a number and lost its last digits. Format the column as text and enter it again.";
    /// A company code of the wrong shape.
    CompanyCodeFormat = "company_code_format",
        "统一社会信用代码应为18位，请核对。",
        "A unified social credit code has 18 characters. Check it.";
    /// GB 32100-2015: the check character is wrong.
    CompanyCodeChecksum = "company_code_checksum",
        "统一社会信用代码校验位错误，请核对。",
        "The unified social credit code's check character is wrong. Check it.";

    // A value beside others.

    /// A part that is more than its whole, which stands in `column` and is `limit`.
    InconsistentCount { column: String, limit: String } = "inconsistent_count",
        "大于同一行的{column}（{limit}），请核对两列。",
        "This is more than {column} ({limit}) in the same row. Check both.";
    /// Two people under one employee number; `row` is the earlier one.
    DuplicateEmployeeNo { number: String, row: u32 } = "duplicate_employee_no",
        "工号 {number} 已被第{row}行使用，且两行内容不同，请核对工号。",
        "Employee number {number} is already used in row {row} with other particulars. Check the number.";
    /// One identity number under two employee numbers; `number` has it already.
    DuplicateIdNumber { number: String } = "duplicate_id_number",
        "该身份证号已登记在工号 {number} 名下，请核对。",
        "This identity number already belongs to employee {number}. Check it.";
    /// Two rows that say different things of the same; `file` and `row` are the earlier one.
    DuplicateKey { file: String, row: u32 } = "duplicate_key",
        "与“{file}”第{row}行重复但内容不同，请只保留正确的一行。",
        "Row {row} of '{file}' tells of the same with other values. Keep only the right one.";
    /// An employee number that is not on the roster.
    UnknownEmployeeNo { number: String } = "unknown_employee_no",
        "工号 {number} 不在花名册中，请核对工号或先导入人员。",
        "Employee number {number} is not on the roster. Check it, or import the roster first.";
    /// A unit that is not on the list of units.
    UnknownUnit = "unknown_unit",
        "单位不在机构名册中，请核对名称或先导入机构。",
        "The unit is not on the list of units. Check its name, or import the units first.";
    /// Several units have this name.
    AmbiguousUnit = "ambiguous_unit",
        "有多个单位使用此名称，请改填机构编码。",
        "Several units have this name. Write the unit's code.";
    /// An indicator that the library lacks.
    UnknownIndicator { indicator: String } = "unknown_indicator",
        "指标 {indicator} 不在指标库中，请核对编码或先导入指标库。",
        "Indicator {indicator} is not in the library. Check the code, or import the library first.";
    /// What the row refers to was itself refused.
    RefersToRefused { key: String } = "refers_to_refused",
        "引用的 {key} 所在的行有错误而未被接受，请先改正那一行。",
        "The row of {key}, which this refers to, was refused. Correct that row first.";
    /// The indicators of a post type weigh `total` together instead of 100.
    WeightSum { post_type: String, total: String } = "weight_sum",
        "{post_type}各指标权重合计为{total}，不等于100（报在该岗位最后一行），请调整权重。",
        "The weights of {post_type} add up to {total}, not 100 (reported at its last row). Adjust the weights.";
    /// A unit that is its own ancestor.
    UnitCycle = "unit_cycle",
        "上级机构形成循环，请核对上级机构编码。",
        "The unit is above itself. Check the code of the parent unit.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_known_by_their_words() {
        for kind in Kind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        assert!("salaries".parse::<Kind>().unwrap_err().to_string().contains("paper_scores"));
        assert!(Kind::ALL.is_sorted());
    }

    #[test]
    fn a_bad_row_survives_being_stored() {
        let bad = BadRow {
            file: "指标库.xlsx".to_owned(),
            sheet: None,
            row: 40,
            column: "权重".to_owned(),
            value: "9".to_owned(),
            fault: Fault::WeightSum { post_type: "工勤岗".to_owned(), total: "99".to_owned() },
        };
        let stored = serde_json::to_value(&bad).unwrap();
        assert_eq!(stored["fault"]["code"], bad.code());
        assert_eq!(serde_json::from_value::<BadRow>(stored).unwrap(), bad);
        assert_eq!(bad.reason(), "工勤岗各指标权重合计为99，不等于100（报在该岗位最后一行），请调整权重。");
        assert!(bad.reason_english().starts_with("The weights of 工勤岗 add up to 99, not 100"));
    }
}
