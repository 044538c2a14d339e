//! Why words are no formula, and why a formula gives no score: sentences in Chinese (`Display`) and in English.

use std::fmt;

/// A fragment of the words that was not understood, and what would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormulaError {
    /// The words as they stand in the formula, with full-width forms folded.
    pub fragment: String,
    /// What is wrong with them.
    pub problem: Problem,
}

/// What is wrong with a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There are no words at all.
    Empty,
    /// More words than a formula has.
    TooLong,
    /// A character that means nothing here.
    Character,
    /// Brackets that do not pair.
    Brackets,
    /// Where a number, a word or a function should be.
    Operand,
    /// What is left when the expression has ended.
    Leftover,
    /// A word that is neither defined nor in the vocabulary. The vocabulary's words, the likeliest first.
    Word(Vec<String>),
    /// A function with too few or too many arguments.
    Arguments,
    /// A remark that may mean something, but not to us.
    Remark,
    /// Nothing says what the score is.
    NoScore,
    /// Two things say what the score is.
    TwoScores,
    /// A word is defined twice.
    DefinedTwice,
    /// A word is defined by itself.
    Circular,
    /// The formula refers to the target, and there is none, or none with one number.
    NoTarget,
    /// The target in the words is not the target beside them.
    OtherTarget,
    /// The cap is not a number, or not the cap beside it.
    OtherCap,
    /// A rate is used without saying how those of several rows become one.
    Rate,
    /// A sum or mean within a sum or mean.
    Nested,
    /// A sum or mean over no table, or over two.
    Tables,
    /// Two steps cover the same value.
    Overlap,
    /// Between two steps, below the first or above the last there are values without a score.
    Gap,
}

impl FormulaError {
    pub(super) fn new(fragment: impl Into<String>, problem: Problem) -> Self {
        Self { fragment: fragment.into(), problem }
    }

    /// The sentence in English.
    pub fn english(&self) -> String {
        let fragment = &self.fragment;
        match &self.problem {
            Problem::Empty => {
                "There is no formula. Write how the score is worked out, such as 得分=min(实际/目标,1)*100.".to_owned()
            }
            Problem::TooLong => "The formula is too long or too deeply nested. Split it into several indicators.".to_owned(),
            Problem::Character => format!("'{fragment}' cannot stand in a formula. Use + - * / ( ) = and words."),
            Problem::Brackets => format!("The brackets in '{fragment}' do not pair. Add or remove one."),
            Problem::Operand => {
                format!("At '{fragment}' there should be a number, a word or a function such as min(…). Complete it.")
            }
            Problem::Leftover => {
                format!("'{fragment}' has no place here. Put an operator before it, or a semicolon between two statements.")
            }
            Problem::Word(known) => format!(
                "The word '{fragment}' is not known. Define it ({fragment}=…) or use one of: {}.",
                known.join(", ")
            ),
            Problem::Arguments => format!(
                "'{fragment}' has too few or too many arguments. Write min(a,b), max(a,b), sum(a), mean(a), \
                 if_zero(a,b,c) or steps(a; 0..2: 100, 3..: 0)."
            ),
            Problem::Remark => format!(
                "It is not clear what '{fragment}' means for the score. Write it as 名称=算式, as a step such as \
                 0-2次100分, as 实际为0得100分, as 每迟到1次扣5分 or as 封顶100分."
            ),
            Problem::NoScore => format!("'{fragment}' does not say what the score is. Add 得分=…"),
            Problem::TwoScores => format!("'{fragment}' says a second time what the score is. Keep one of the two."),
            Problem::DefinedTwice => format!("'{fragment}' is defined twice. Keep one definition."),
            Problem::Circular => format!("'{fragment}' is defined by itself. Name the data it comes from."),
            Problem::NoTarget => {
                "The formula refers to the target, but the indicator has none with exactly one number. Fill in its target \
                 value."
                    .to_owned()
            }
            Problem::OtherTarget => {
                format!("'{fragment}' gives another target than the indicator's target value. Make the two agree.")
            }
            Problem::OtherCap => {
                format!("'{fragment}' is no number, or another cap than the indicator's. Make the two agree.")
            }
            Problem::Rate => format!(
                "'{fragment}' is a rate: it is not clear how those of several rows become one. Write {fragment}平均, or \
                 Σ({fragment}×数量)/Σ数量."
            ),
            Problem::Nested => format!("'{fragment}' adds up within another sum or mean. Add up once."),
            Problem::Tables => {
                format!("'{fragment}' must add up the rows of exactly one table. Add up each table by itself.")
            }
            Problem::Overlap => {
                format!("'{fragment}' covers a value that another step covers too. Write which of them it belongs to.")
            }
            Problem::Gap => format!(
                "The steps '{fragment}' leave values without a score. They must begin at 0 or with …以下, end with …以上, \
                 and join."
            ),
        }
    }
}

impl fmt::Display for FormulaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fragment = &self.fragment;
        match &self.problem {
            Problem::Empty => write!(f, "没有公式。请写明得分怎样计算，例如 得分=min(实际/目标,1)*100。"),
            Problem::TooLong => write!(f, "公式太长或层次太多，请拆成几个指标。"),
            Problem::Character => write!(f, "公式中不能出现“{fragment}”，请使用 + - * / ( ) = 和词语。"),
            Problem::Brackets => write!(f, "“{fragment}”的括号不成对，请补上或删去一个。"),
            Problem::Operand => write!(f, "“{fragment}”处缺少数字、词语或函数（如 min(…)），请补全。"),
            Problem::Leftover => write!(f, "“{fragment}”放在这里看不懂，请在前面加上运算符，或用分号隔开两句话。"),
            Problem::Word(known) => {
                write!(f, "不认识“{fragment}”。请写出它的定义（{fragment}=…），或改用：{}。", known.join("、"))
            }
            Problem::Arguments => write!(
                f,
                "“{fragment}”的参数个数不对。可写 min(a,b)、max(a,b)、sum(a)、mean(a)、if_zero(a,b,c) 或 \
                 steps(a; 0..2: 100, 3..: 0)。"
            ),
            Problem::Remark => write!(
                f,
                "看不懂“{fragment}”对得分的意思。可写成 名称=算式、分段（0-2次100分）、实际为0得100分、每迟到1次扣5分 或 \
                 封顶100分。"
            ),
            Problem::NoScore => write!(f, "“{fragment}”没有写明得分，请加上 得分=…"),
            Problem::TwoScores => write!(f, "“{fragment}”又写了一次得分，请只保留一个。"),
            Problem::DefinedTwice => write!(f, "“{fragment}”定义了两次，请只保留一个。"),
            Problem::Circular => write!(f, "“{fragment}”用自己定义自己，请写明取自哪项数据。"),
            Problem::NoTarget => write!(f, "公式用到目标，但指标的目标值为空或不是一个数字，请填写目标值。"),
            Problem::OtherTarget => write!(f, "“{fragment}”与指标的目标值不一致，请改成一致。"),
            Problem::OtherCap => write!(f, "“{fragment}”不是数字，或与指标的封顶不一致，请改成一致。"),
            Problem::Rate => write!(
                f,
                "“{fragment}”是比率，多行数据怎样合成一个不明确，请写成 {fragment}平均 或 Σ({fragment}×数量)/Σ数量。"
            ),
            Problem::Nested => write!(f, "“{fragment}”在合计或平均之中又作合计或平均，请只汇总一次。"),
            Problem::Tables => write!(f, "“{fragment}”须恰好汇总一张表的数据，请把各表分开汇总。"),
            Problem::Overlap => write!(f, "“{fragment}”与另一分段有重叠，请写明边界值属于哪一段。"),
            Problem::Gap => write!(f, "分段“{fragment}”有漏掉的值：应从0或“…以下”开始，到“…以上”为止，中间相连。"),
        }
    }
}

impl std::error::Error for FormulaError {}

/// Why an indicator does not apply to a person: its weight goes to the others, visibly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotApplicable {
    /// There is no row of this kind, or none with all the values needed.
    NoRows {
        /// The kind of record.
        source: String,
    },
    /// The divisor is 0. It is given in the compact form.
    ZeroDivisor {
        /// What is 0.
        divisor: String,
    },
    /// No step covers the value: one between two whole numbers.
    NoStep {
        /// The value.
        value: String,
    },
}

impl NotApplicable {
    /// The sentence in English.
    pub fn english(&self) -> String {
        match self {
            Self::NoRows { source } => format!("There are no complete records of '{source}' in the period."),
            Self::ZeroDivisor { divisor } => {
                format!("The divisor {divisor} is 0, so there is nothing to compare with.")
            }
            Self::NoStep { value } => format!("No step covers the value {value}; add one to the indicator."),
        }
    }
}

impl fmt::Display for NotApplicable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRows { source } => write!(f, "期内没有完整的“{source}”记录。"),
            Self::ZeroDivisor { divisor } => write!(f, "除数 {divisor} 为0，无从比较。"),
            Self::NoStep { value } => write!(f, "没有分段包含 {value}，请补充该指标的分段。"),
        }
    }
}

/// Why a formula gave no score.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvaluateError {
    /// The indicator does not apply.
    #[error("{0}")]
    NotApplicable(NotApplicable),
    /// A row carries something that is not a number.
    #[error("记录“{key}”的 {source_kind}.{field} 是“{value}”，不是数字，请更正后重新导入。")]
    BadValue {
        /// The kind of record.
        source_kind: String,
        /// The row's key.
        key: String,
        /// The field.
        field: String,
        /// What it holds.
        value: String,
    },
    /// A score too large to be one.
    #[error("算出的得分 {0} 过大，请检查公式和目标值，或设置封顶。")]
    TooLarge(String),
}

impl EvaluateError {
    /// The sentence in English.
    pub fn english(&self) -> String {
        match self {
            Self::NotApplicable(reason) => reason.english(),
            Self::BadValue { source_kind, key, field, value } => format!(
                "The record '{key}' has '{value}' as {source_kind}.{field}, which is no number. Correct it and import again."
            ),
            Self::TooLarge(score) => {
                format!("The score {score} is too large. Check the formula and its target, or set a cap.")
            }
        }
    }
}
