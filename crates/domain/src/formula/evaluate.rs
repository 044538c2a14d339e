//! Working a formula out over rows, and showing how it was done.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use num_rational::BigRational;

use super::error::{EvaluateError, NotApplicable};
use super::expr::{Expr, Group, How, Months, Op, Text, Total};
use super::number::{decimal, is_zero, points, spell, whole};
use super::{Formula, Observation, Outcome};

/// A value and how it came about.
struct Worked {
    value: BigRational,
    text: Text,
}

/// A row that has every field the formula names of its kind.
struct Row<'a> {
    observation: &'a Observation<'a>,
    values: BTreeMap<&'a str, BigRational>,
}

/// One evaluation, with the trace of what went in.
struct Evaluation<'a> {
    target: Option<&'a BigRational>,
    rows: BTreeMap<&'a str, Vec<Row<'a>>>,
    inputs: RefCell<Vec<(String, BigRational)>>,
    used: RefCell<BTreeSet<usize>>,
}

impl Formula {
    /// Works the score out over the rows of one person and period.
    ///
    /// A row counts only if it has every field that the formula names of its kind, so that numerator and denominator go
    /// over the same rows. A score below 0 is 0, one above the cap is the cap.
    ///
    /// # Errors
    ///
    /// [`EvaluateError::NotApplicable`] when there are no such rows or a divisor is 0, except that `target / x` in a
    /// `min` has no bound where x is 0: less is better, and nothing is best.
    pub fn evaluate(&self, rows: &[Observation<'_>]) -> Result<Outcome, EvaluateError> {
        let evaluation = Evaluation {
            target: self.target.as_ref(),
            rows: complete_rows(&self.score, rows)?,
            inputs: RefCell::new(Vec::new()),
            used: RefCell::new(BTreeSet::new()),
        };
        let Worked { value: raw, text } = evaluation.work(&self.score, None)?;
        let exact = self.cap.iter().fold(raw.clone().max(whole(0)), |score, cap| score.min(cap.clone()));
        let points = points(&exact).ok_or_else(|| EvaluateError::TooLarge(spell(&exact, 0)))?;
        let limited = if exact == raw { String::new() } else { format!(" -> {}", spell(&exact, 4)) };
        let result = spell(&raw, 4);
        let arithmetic = if text.words == result {
            format!("{result}{limited}")
        } else {
            format!("{} = {result}{limited}", text.words)
        };
        let target = self.target.iter().map(|target| ("target".to_owned(), target.clone()));
        let inputs = evaluation.inputs.into_inner().into_iter().chain(target).collect();
        Ok(Outcome { exact, points, inputs, arithmetic, used: evaluation.used.into_inner().into_iter().collect() })
    }
}

impl<'a> Evaluation<'a> {
    fn work(&self, expr: &Expr, row: Option<&Row>) -> Result<Worked, EvaluateError> {
        match expr {
            Expr::Number(number) => Ok(Worked::plain(number.clone())),
            Expr::Target => Ok(Worked::plain(self.target.cloned().unwrap_or_else(|| whole(0)))),
            Expr::Field(field) => {
                let value = row.and_then(|row| row.values.get(field.name.as_str())).cloned();
                Ok(Worked::plain(value.unwrap_or_else(|| whole(0))))
            }
            Expr::Total(total) => self.total(total),
            Expr::Binary(op, left, right) => {
                self.binary(*op, (left, self.work(left, row)?), (right, self.work(right, row)?))
            }
            Expr::Least(items) => self.least(items, row),
            Expr::Most(items) => {
                let worked = items.iter().map(|item| self.work(item, row)).collect::<Result<Vec<_>, _>>()?;
                let most = worked.iter().map(|item| item.value.clone()).max();
                let text = Text::call("max", worked.into_iter().map(|item| item.text));
                Ok(Worked { value: most.unwrap_or_else(|| whole(0)), text })
            }
            Expr::Steps(subject, steps) => {
                let Worked { value, text } = self.work(subject, row)?;
                let step = steps.iter().find(|step| step.covers(&value));
                let step = step.ok_or_else(|| not_applicable(NotApplicable::NoStep { value: spell(&value, 6) }))?;
                Ok(Worked { value: step.points.clone(), text: Text::steps(text, std::slice::from_ref(step)) })
            }
            Expr::IfZero(parts) => {
                let [subject, at_zero, otherwise] = &**parts;
                let Worked { value, text } = self.work(subject, row)?;
                if !is_zero(&value) {
                    return self.work(otherwise, row);
                }
                let points = self.work(at_zero, row)?;
                Ok(Worked { value: points.value, text: Text::call("if_zero", [text, points.text].into_iter()) })
            }
        }
    }

    fn binary(&self, op: Op, left: (&Expr, Worked), right: (&Expr, Worked)) -> Result<Worked, EvaluateError> {
        let value = op
            .apply(&left.1.value, &right.1.value)
            .ok_or_else(|| not_applicable(NotApplicable::ZeroDivisor { divisor: right.0.to_string() }))?;
        Ok(Worked { value, text: Text::binary(op, left.1.text, right.1.text) })
    }

    /// The least of several, where the target over nothing at all is larger than anything.
    fn least(&self, items: &[Expr], row: Option<&Row>) -> Result<Worked, EvaluateError> {
        let mut values = Vec::new();
        let mut texts = Vec::new();
        for item in items {
            let worked = match item {
                Expr::Binary(Op::Divide, dividend, divisor) if **dividend == Expr::Target => {
                    let (dividend, worked) = ((&**dividend, self.work(dividend, row)?), self.work(divisor, row)?);
                    if is_zero(&worked.value) && dividend.1.value > whole(0) {
                        texts.push(Text::binary(Op::Divide, dividend.1.text, worked.text));
                        continue;
                    }
                    self.binary(Op::Divide, dividend, (divisor, worked))?
                }
                _ => self.work(item, row)?,
            };
            values.push(worked.value);
            texts.push(worked.text);
        }
        let text = Text::call("min", texts.into_iter());
        let least = values.into_iter().min();
        let value = least.ok_or_else(|| not_applicable(NotApplicable::ZeroDivisor { divisor: text.words.clone() }))?;
        Ok(Worked { value, text })
    }

    fn total(&self, total: &Total) -> Result<Worked, EvaluateError> {
        let source = total.source().unwrap_or_default();
        let rows = self.rows.get(source).map_or(&[][..], Vec::as_slice);
        let mut rows: Vec<&Row> =
            rows.iter().filter(|row| total.months.is_none_or(|months| row.is_of(months))).collect();
        if rows.is_empty() {
            return Err(not_applicable(NotApplicable::NoRows { source: source.to_owned() }));
        }
        let group = total.latest.as_ref();
        if let Some(group) = group {
            rows = latest(&rows, group);
        }
        let mut sum = whole(0);
        let mut parts = Vec::new();
        for row in &rows {
            let Worked { value, text } = self.work(&total.of, Some(row))?;
            self.used.borrow_mut().insert(row.observation.id);
            if let Some(group) = group {
                let name = row.group(group);
                let result = spell(&value, 4);
                parts.push(if text.words == result {
                    format!("{name}: {result}")
                } else {
                    format!("{name}: {} = {result}", text.words)
                });
                self.note(name, &value);
            }
            sum += value;
        }
        let value = match total.how {
            How::Sum => sum,
            How::Mean => sum / BigRational::from_integer(rows.len().into()),
        };
        self.note(total.to_string(), &value);
        let text = match group {
            Some(_) => Text::atom(format!("{}({})", total.how.name(), parts.join("; "))),
            None => Text::value(&value),
        };
        Ok(Worked { value, text })
    }

    /// Remembers an input, once: a total may stand in the formula twice.
    fn note(&self, label: String, value: &BigRational) {
        let mut inputs = self.inputs.borrow_mut();
        if !inputs.iter().any(|(known, _)| *known == label) {
            inputs.push((label, value.clone()));
        }
    }
}

impl Worked {
    fn plain(value: BigRational) -> Self {
        let text = Text::value(&value);
        Self { value, text }
    }
}

impl Row<'_> {
    fn is_of(&self, (first, last): Months) -> bool {
        self.observation.date.is_some_and(|date| (first..=last).contains(&date.month()))
    }

    /// What the row shares with the other states of the same thing.
    fn group(&self, group: &Group) -> String {
        match group {
            Group::Field(field) => self.observation.fields.get(field).cloned().unwrap_or_default(),
            Group::Key => {
                let date = self.observation.date.as_ref().map(Date::to_string).unwrap_or_default();
                let is_date = |part: &str| part.len() >= "2026-01".len() && date.starts_with(part);
                let parts: Vec<&str> = self.observation.key.split('|').filter(|part| !is_date(part)).collect();
                parts.join("|")
            }
        }
    }
}

impl Op {
    /// None for a division by 0.
    pub(super) fn apply(self, left: &BigRational, right: &BigRational) -> Option<BigRational> {
        match self {
            Op::Add => Some(left + right),
            Op::Subtract => Some(left - right),
            Op::Multiply => Some(left * right),
            Op::Divide => (!is_zero(right)).then(|| left / right),
        }
    }
}

/// Of each group the row with the latest date; of two of one day, the later in the record.
fn latest<'r, 'a>(rows: &[&'r Row<'a>], group: &Group) -> Vec<&'r Row<'a>> {
    let mut last: BTreeMap<String, &Row> = BTreeMap::new();
    let age = |row: &Row| (row.observation.date, row.observation.id);
    for row in rows {
        let kept = last.entry(row.group(group)).or_insert(row);
        if age(row) > age(kept) {
            *kept = row;
        }
    }
    last.into_values().collect()
}

/// The rows of each kind that the formula reads, with the fields it names.
fn complete_rows<'a>(
    score: &'a Expr,
    observations: &'a [Observation<'a>],
) -> Result<BTreeMap<&'a str, Vec<Row<'a>>>, EvaluateError> {
    let mut named: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for field in score.fields() {
        named.entry(&field.source).or_default().push(&field.name);
    }
    let mut rows: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    for observation in observations {
        let Some(fields) = named.get(observation.source) else { continue };
        let mut values = BTreeMap::new();
        for field in fields {
            let Some(text) = observation.fields.get(*field) else { continue };
            let number = decimal(text).ok_or_else(|| EvaluateError::BadValue {
                source_kind: observation.source.to_owned(),
                key: observation.key.to_owned(),
                field: (*field).to_owned(),
                value: text.clone(),
            })?;
            values.insert(*field, number);
        }
        if values.len() == fields.len() {
            rows.entry(observation.source).or_default().push(Row { observation, values });
        }
    }
    Ok(rows)
}

fn not_applicable(reason: NotApplicable) -> EvaluateError {
    EvaluateError::NotApplicable(reason)
}
