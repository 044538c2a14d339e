//! What a formula means, and the compact form it is written in.
//!
//! ```text
//! expression  = term { ("+" | "-") term }
//! term        = factor { ("*" | "/") factor }
//! factor      = number | "target" | total | "(" expression ")" | "-" factor
//!             | "min(" expression { "," expression } ")"  | "max(" … ")"
//!             | "if_zero(" expression "," expression "," expression ")"      the second if the first is 0, else the third
//!             | "steps(" expression ";" step { "," step } ")"
//! step        = [ number ["<"] ] ".." [ ["<"] number ] ":" number            "<" leaves the bound itself out
//! total       = ("sum" | "mean") "(" [ which { "," which } ":" ] row ")"
//! which       = "months" number ".." number | "latest by" name               of each project, say, the latest row alone
//! row         = an expression over the fields of one row, written kind.field
//! ```

use std::collections::BTreeSet;
use std::fmt;

use num_rational::BigRational;

use super::number::spell;
use super::steps::Step;

/// A field of a kind of record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Field {
    pub(super) source: String,
    pub(super) name: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expr {
    Number(BigRational),
    Target,
    /// Of the row at hand: only within a total.
    Field(Field),
    /// Never within another total.
    Total(Box<Total>),
    Binary(Op, Box<Expr>, Box<Expr>),
    Least(Vec<Expr>),
    Most(Vec<Expr>),
    Steps(Box<Expr>, Vec<Step>),
    /// The second if the first is 0, else the third.
    IfZero(Box<[Expr; 3]>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// Many rows become one number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Total {
    pub(super) how: How,
    /// Only rows of these months.
    pub(super) months: Option<Months>,
    /// Only the latest row of each group.
    pub(super) latest: Option<Group>,
    pub(super) of: Expr,
}

/// The first and the last of some months of the year, 1 to 12, both included.
pub(super) type Months = (i8, i8);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Sum,
    Mean,
}

/// What rows have in common that are states of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// Their key apart from the date in it. Written `key`.
    Key,
    /// The value of a field.
    Field(String),
}

impl Expr {
    pub(super) fn binary(op: Op, left: Expr, right: Expr) -> Self {
        Expr::Binary(op, Box::new(left), Box::new(right))
    }

    pub(super) fn children(&self) -> Vec<&Expr> {
        match self {
            Expr::Number(_) | Expr::Target | Expr::Field(_) => Vec::new(),
            Expr::Total(total) => vec![&total.of],
            Expr::Binary(_, left, right) => vec![left, right],
            Expr::Least(items) | Expr::Most(items) => items.iter().collect(),
            Expr::Steps(subject, _) => vec![subject],
            Expr::IfZero(parts) => parts.iter().collect(),
        }
    }

    /// Every field that is named anywhere in it.
    pub(super) fn fields(&self) -> BTreeSet<&Field> {
        match self {
            Expr::Field(field) => BTreeSet::from([field]),
            _ => self.children().into_iter().flat_map(Expr::fields).collect(),
        }
    }

    /// A sum over one field that is divided by the target or a number, alone in it: the field, what it is divided by, and the
    /// months of it.
    pub(super) fn aim(&self) -> Option<(&Field, &Expr, Option<Months>)> {
        if let Expr::Binary(Op::Divide, sum, by) = self
            && let (Expr::Total(total), Expr::Target | Expr::Number(_)) = (&**sum, &**by)
            && let Total { how: How::Sum, months, latest: None, of: Expr::Field(field) } = &**total
        {
            return Some((field, by, *months));
        }
        let mut aims = self.children().into_iter().filter(|child| !child.fields().is_empty());
        let aim = aims.next()?.aim();
        aims.next().is_none().then_some(aim).flatten()
    }

    pub(super) fn mentions_target(&self) -> bool {
        *self == Expr::Target || self.children().into_iter().any(Expr::mentions_target)
    }

    fn text(&self) -> Text {
        match self {
            Expr::Number(number) => Text::atom(spell(number, 12)),
            Expr::Target => Text::atom("target".to_owned()),
            Expr::Field(field) => Text::atom(format!("{}.{}", field.source, field.name)),
            Expr::Total(total) => Text::atom(total.to_string()),
            Expr::Binary(op, left, right) => Text::binary(*op, left.text(), right.text()),
            Expr::Least(items) => Text::call("min", items.iter().map(Expr::text)),
            Expr::Most(items) => Text::call("max", items.iter().map(Expr::text)),
            Expr::Steps(subject, steps) => Text::steps(subject.text(), steps),
            Expr::IfZero(parts) => Text::call("if_zero", parts.iter().map(Expr::text)),
        }
    }
}

impl Total {
    /// The kind of record whose rows it goes over: the first, where it names fields of several.
    pub(super) fn source(&self) -> Option<&str> {
        self.of.fields().first().map(|field| field.source.as_str())
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().words)
    }
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let months = self.months.map(|(first, last)| format!("months {first}..{last}"));
        let latest = self.latest.as_ref().map(|group| match group {
            Group::Key => "latest by key".to_owned(),
            Group::Field(field) => format!("latest by {field}"),
        });
        let which: Vec<String> = months.into_iter().chain(latest).collect();
        let which = if which.is_empty() { String::new() } else { format!("{}: ", which.join(", ")) };
        write!(f, "{}({which}{})", self.how.name(), self.of)
    }
}

impl How {
    pub(super) fn name(self) -> &'static str {
        match self {
            How::Sum => "sum",
            How::Mean => "mean",
        }
    }
}

/// An expression written out, and how tightly it binds: brackets are put only where they are needed. Serves the compact
/// form as well as the arithmetic, where values stand in place of words.
pub(super) struct Text {
    pub(super) words: String,
    binds: Binding,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Sum,
    Product,
    Atom,
}

impl Text {
    pub(super) fn atom(words: String) -> Self {
        Self { words, binds: Binding::Atom }
    }

    /// A value; a negative one is put in brackets beside an operator.
    pub(super) fn value(value: &BigRational) -> Self {
        let words = spell(value, 6);
        let binds = if words.starts_with('-') { Binding::Sum } else { Binding::Atom };
        Self { words, binds }
    }

    pub(super) fn binary(op: Op, left: Text, right: Text) -> Self {
        let (sign, binds) = match op {
            Op::Add => ("+", Binding::Sum),
            Op::Subtract => ("-", Binding::Sum),
            Op::Multiply => ("*", Binding::Product),
            Op::Divide => ("/", Binding::Product),
        };
        let left = left.bracketed(|inner| inner < binds);
        // Operators of one rank are read from the left, so the right one keeps its brackets.
        let right = right.bracketed(|inner| inner <= binds);
        Self { words: format!("{left} {sign} {right}"), binds }
    }

    pub(super) fn call(name: &str, arguments: impl Iterator<Item = Text>) -> Self {
        let arguments: Vec<String> = arguments.map(|argument| argument.words).collect();
        Self::atom(format!("{name}({})", arguments.join(", ")))
    }

    pub(super) fn steps(subject: Text, steps: &[Step]) -> Self {
        let steps: Vec<String> = steps.iter().map(Step::to_string).collect();
        Self::atom(format!("steps({}; {})", subject.words, steps.join(", ")))
    }

    fn bracketed(self, needed: impl Fn(Binding) -> bool) -> String {
        if needed(self.binds) { format!("({})", self.words) } else { self.words }
    }
}
