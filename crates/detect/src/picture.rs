//! Where a finding stands among everything that was tested with it: a histogram of the effects.

use crate::{finding::Suspect, math::fdr::Test};
use std::collections::BTreeMap;

/// A histogram of bins of one width.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The lower end of the first bin, in the unit of the effect.
    pub from: f64,
    /// The upper end of the last bin.
    pub to: f64,
    /// How many effects lie in each bin.
    pub counts: Vec<u32>,
    /// The bin of the finding itself.
    pub own: usize,
}

/// As many bins as can be told apart on a phone.
const BINS: usize = 30;

impl Picture {
    /// The lower and the upper end as people read them.
    pub fn ends(&self) -> [String; 2] {
        [self.from, self.to].map(|end| {
            let text = format!("{end:.3}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        })
    }

    /// Of everything that was tested in a family with enough observations; none where that is one test, or all are alike.
    fn of(tested: &[Test], least: u64, family: u32) -> Option<Self> {
        let counts = |test: &&Test| test.family == family && test.n >= least && test.p.is_finite();
        let effects = || tested.iter().filter(counts).map(|test| test.effect);
        let from = effects().fold(f64::INFINITY, f64::min);
        let to = effects().fold(f64::NEG_INFINITY, f64::max);
        if effects().nth(1).is_none() || from >= to {
            return None;
        }
        let mut picture = Picture { from, to, counts: vec![0; BINS], own: 0 };
        for effect in effects() {
            let bin = picture.bin(effect);
            picture.counts[bin] += 1;
        }
        Some(picture)
    }

    fn bin(&self, effect: f64) -> usize {
        (((effect - self.from) / (self.to - self.from) * BINS as f64) as usize).min(BINS - 1)
    }
}

/// The pictures of the families of one detector, each made once.
pub(crate) struct Pictures<'a> {
    tested: &'a [Test],
    least: u64,
    made: BTreeMap<u32, Option<Picture>>,
}

impl<'a> Pictures<'a> {
    /// Of what was tested on `least` observations or more.
    pub fn new(tested: &'a [Test], least: u64) -> Self {
        Self { tested, least, made: BTreeMap::new() }
    }

    /// None where the finding stands alone, as that of a rule does.
    pub fn of(&mut self, suspect: &Suspect) -> Option<Picture> {
        let made = || Picture::of(self.tested, self.least, suspect.family);
        let picture = self.made.entry(suspect.family).or_insert_with(made).as_ref()?;
        let within = (picture.from..=picture.to).contains(&suspect.effect);
        within.then(|| Picture { own: picture.bin(suspect.effect), ..picture.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Level;

    #[test]
    fn a_finding_is_seen_among_those_tested_with_it() {
        let test = |family, n, effect| Test { family, n, effect, p: 0.5 };
        let mut tested: Vec<Test> = (0..10).map(|_| test(0, 20, 0.0)).collect();
        tested.extend([test(0, 20, 3.0), test(1, 20, 9.0), test(0, 2, 9.0)]);
        let suspect = Suspect {
            level: Level::Alert,
            cycle: String::new(),
            subject_id: String::new(),
            others: vec![],
            n: 20,
            effect: 3.0,
            p: None,
            q: None,
            family: 0,
            evidence: Default::default(),
        };
        let picture = Pictures::new(&tested, 10).of(&suspect).unwrap();
        assert_eq!((picture.from, picture.to, picture.own), (0.0, 3.0, BINS - 1));
        assert_eq!((picture.counts[0], picture.counts[BINS - 1]), (10, 1));
        assert_eq!(Pictures::new(&tested[10..], 10).of(&suspect), None, "it stands alone");
    }
}
