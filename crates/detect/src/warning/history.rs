//! Examples: what was known of a subject when a period began, and what the period brought.

use super::{SIGNALS, Signal};
use crate::finding::Level;
use std::collections::BTreeMap;

/// What people decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is so, or was so and was put right.
    Confirmed,
    /// There is a good reason, or it is not so.
    Cleared,
}

/// A finding of the past. Periods are numbered, the later the higher; how long one is, is the caller's to say.
#[derive(Clone, Copy, Debug)]
pub struct Past<S> {
    /// Whom or what it is about.
    pub subject: S,
    /// How sure it was that somebody must look.
    pub level: Level,
    /// The period in which it was raised.
    pub raised: i32,
    /// What was decided, and in which period; none: it is undecided.
    pub closed: Option<(Outcome, i32)>,
}

/// How many periods back there are examples: an office changes, and a decade is long enough to learn from.
const PERIODS: i32 = 10;

/// What was known of a subject when a period began.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Known {
    /// How many findings each signal counts.
    pub counts: [u32; SIGNALS],
    /// The same, each finding worth half of what it was a period before.
    pub decayed: [f64; SIGNALS],
    /// All findings, whatever came of them.
    pub all: u32,
}

impl Known {
    fn of<S>(past: &[Past<S>], period: i32) -> Known {
        let mut known = Known::default();
        for finding in past.iter().filter(|finding| finding.raised < period) {
            known.all += 1;
            // What was decided later was not known yet: without this the past would be foretold by its own future.
            let signal = match finding.closed.filter(|(_, closed)| *closed < period) {
                Some((Outcome::Confirmed, _)) => Signal::Confirmed,
                Some((Outcome::Cleared, _)) => continue,
                None => Signal::undecided(finding.level),
            };
            known.counts[signal as usize] += 1;
            known.decayed[signal as usize] += 0.5_f64.powi(period - 1 - finding.raised);
        }
        known
    }

    /// What the model reads: how often each signal has doubled, so that the tenth finding says less than the second.
    pub fn features(&self) -> Vec<f64> {
        self.decayed.iter().map(|count| (1.0 + count).log2()).collect()
    }

    /// What counting reads.
    pub fn count(&self) -> Vec<f64> {
        vec![(1.0 + f64::from(self.all)).log2()]
    }
}

/// A subject in a period that is over.
#[derive(Clone, Debug)]
pub(super) struct Example<S> {
    pub subject: S,
    pub period: i32,
    pub known: Known,
    /// Whether a finding raised in the period was confirmed.
    pub confirmed: bool,
}

/// Findings by whom they are about, each subject's in the order of time.
pub(super) struct History<S>(BTreeMap<S, Vec<Past<S>>>);

impl<S: Ord + Copy> History<S> {
    pub fn of(past: impl IntoIterator<Item = Past<S>>) -> Self {
        let mut by_subject: BTreeMap<S, Vec<Past<S>>> = BTreeMap::new();
        for finding in past {
            by_subject.entry(finding.subject).or_default().push(finding);
        }
        // Sums of floating-point numbers are the same only in the same order.
        by_subject.values_mut().for_each(|past| past.sort_by_key(|finding| finding.raised));
        History(by_subject)
    }

    /// Every subject in every period before `now` in which something was known of it, and it is known what came.
    pub fn examples(&self, now: i32) -> Vec<Example<S>> {
        let of = |(subject, past): (&S, &Vec<Past<S>>)| {
            let first = past.first().map_or(now, |finding| finding.raised.saturating_add(1));
            let example = |period: i32| {
                let confirmed = outcome(past, period)?;
                Some(Example { subject: *subject, period, known: Known::of(past, period), confirmed })
            };
            (first.max(now - PERIODS)..now).filter_map(example).collect::<Vec<_>>()
        };
        self.0.iter().flat_map(of).collect()
    }

    /// What is known of each subject when the period `now` begins; nothing is known of whoever is left out.
    pub fn known(&self, now: i32) -> impl Iterator<Item = (S, Known)> {
        self.0.iter().map(move |(subject, past)| (*subject, Known::of(past, now))).filter(|(_, known)| known.all > 0)
    }
}

/// Whether a finding raised in the period was confirmed; none: that is not decided.
fn outcome<S>(past: &[Past<S>], period: i32) -> Option<bool> {
    let raised = || past.iter().filter(|finding| finding.raised == period);
    let confirmed = raised().any(|finding| matches!(finding.closed, Some((Outcome::Confirmed, _))));
    let undecided = raised().any(|finding| finding.closed.is_none());
    if undecided && !confirmed { None } else { Some(confirmed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(raised: i32, closed: Option<(Outcome, i32)>) -> Past<u8> {
        Past { subject: 1, level: Level::Alert, raised, closed }
    }

    #[test]
    fn only_what_was_known_then_counts() {
        let confirmed_later = [finding(1, Some((Outcome::Confirmed, 3)))];
        assert_eq!(Known::of(&confirmed_later, 1).all, 0);
        assert_eq!(Known::of(&confirmed_later, 2).counts, [0, 0, 1, 0]);
        assert_eq!(Known::of(&confirmed_later, 3).counts, [0, 0, 1, 0]);
        let known = Known::of(&confirmed_later, 4);
        assert_eq!((known.counts, known.decayed), ([1, 0, 0, 0], [0.25, 0.0, 0.0, 0.0]));
    }

    #[test]
    fn a_cleared_finding_is_held_against_nobody() {
        let known = Known::of(&[finding(1, Some((Outcome::Cleared, 1)))], 2);
        assert_eq!((known.counts, known.all), ([0; 4], 1));
        assert_eq!(known.features(), [0.0; 4]);
    }

    #[test]
    fn what_is_undecided_teaches_nothing() {
        let history = History::of([
            finding(1, Some((Outcome::Cleared, 1))),
            finding(2, None),
            finding(3, None),
            finding(3, Some((Outcome::Confirmed, 4))),
            finding(4, Some((Outcome::Cleared, 4))),
        ]);
        let taught: Vec<(i32, bool)> =
            history.examples(6).iter().map(|example| (example.period, example.confirmed)).collect();
        assert_eq!(taught, [(3, true), (4, false), (5, false)]);
        assert_eq!(history.known(6).count(), 1);
    }
}
