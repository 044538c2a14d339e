//! Steps in words: 0-2次100分, >=10次0分, 90%以上得满分, 超过9次不得分.

use num_rational::BigRational;

use super::scan::Scan;
use super::steps::{Bound, Step};

/// Comparisons before a number, with whether they bound from below and whether the number itself belongs to the range.
const BEFORE: [(&str, bool, bool); 25] = [
    (">=", true, true),
    (">", true, false),
    ("<=", false, true),
    ("<", false, false),
    ("大于等于", true, true),
    ("不低于", true, true),
    ("不少于", true, true),
    ("不小于", true, true),
    ("至少", true, true),
    ("达到", true, true),
    ("大于", true, false),
    ("超过", true, false),
    ("高于", true, false),
    ("多于", true, false),
    ("小于等于", false, true),
    ("不超过", false, true),
    ("不高于", false, true),
    ("不多于", false, true),
    ("不大于", false, true),
    ("小于", false, false),
    ("低于", false, false),
    ("少于", false, false),
    ("不足", false, false),
    ("不满", false, false),
    ("未满", false, false),
];

/// Comparisons after a number. 以上, 以下 and 以内 include it (民法典 1259).
const AFTER: [(&str, bool); 8] = [
    ("及以上", true),
    ("含以上", true),
    ("以上", true),
    ("及以下", false),
    ("含以下", false),
    ("以下", false),
    ("以内", false),
    ("之内", false),
];

/// A step as it was written.
pub(super) struct Range {
    /// What is stepped, if it is named again: 迟到0-2次100分.
    pub(super) subject: String,
    pub(super) step: Step,
    /// Whether its bounds were compared with (>=, 以上) rather than joined by a dash.
    explicit: bool,
}

/// Reads a step; none if the phrase is something else. `full` is what 满分 means.
pub(super) fn range(phrase: &str, full: &BigRational) -> Option<Range> {
    let mut scan = Scan { rest: phrase };
    let comparisons = BEFORE.map(|(word, ..)| word);
    let subject = scan.until(&comparisons).to_owned();
    let lead = scan.eat(&comparisons);
    let first = scan.number()?;
    scan.unit();
    let first_excluded = mark(&mut scan);
    let (from, to) = if let Some(lead) = lead {
        let (_, below, included) = BEFORE.into_iter().find(|(word, ..)| *word == lead)?;
        let bound = Bound { at: first, included: included && !first_excluded };
        if below { (Some(bound), None) } else { (None, Some(bound)) }
    } else if scan.eat(&["-", "至", "到"]).is_some() {
        let last = scan.number()?;
        scan.unit();
        let last_excluded = mark(&mut scan);
        scan.eat(&["之间"]);
        let last_excluded = last_excluded || mark(&mut scan);
        (Some(Bound { at: first, included: !first_excluded }), Some(Bound { at: last, included: !last_excluded }))
    } else if let Some(word) = scan.eat(&AFTER.map(|(word, _)| word)) {
        let excluded = first_excluded || mark(&mut scan);
        let bound = Bound { at: first, included: !excluded };
        let from_here = AFTER.into_iter().any(|(after, up)| after == word && up);
        if from_here { (Some(bound), None) } else { (None, Some(bound)) }
    } else {
        let only = Bound { at: first, included: true };
        (Some(only.clone()), Some(only))
    };
    let points = scan.points_at_the_end(full)?;
    let explicit = from.is_none() || to.is_none();
    Some(Range { subject, step: Step { from, to, points }, explicit })
}

/// `(含)` says what holds anyway; `(不含)` says that the bound is left out.
fn mark(scan: &mut Scan) -> bool {
    scan.eat(&["(含)", "(不含)"]) == Some("(不含)")
}

/// Where a range written with a dash touches one that says >= or 以上, the shared value belongs to the latter.
pub(super) fn settled(ranges: Vec<Range>) -> Vec<Step> {
    let claims: Vec<(bool, Bound)> = ranges
        .iter()
        .filter(|range| range.explicit)
        .flat_map(|range| [(true, &range.step.from), (false, &range.step.to)])
        .filter_map(|(from, bound)| Some((from, bound.clone().filter(|bound| bound.included)?)))
        .collect();
    let yields = |bound: &mut Option<Bound>, is_end: bool| {
        if let Some(bound) = bound {
            bound.included &= !claims.iter().any(|(from, claim)| *from == is_end && claim.at == bound.at);
        }
    };
    let settle = |range: Range| {
        let mut step = range.step;
        let single = step.from == step.to;
        if !range.explicit && !single {
            yields(&mut step.from, false);
            yields(&mut step.to, true);
        }
        step
    };
    ranges.into_iter().map(settle).collect()
}
