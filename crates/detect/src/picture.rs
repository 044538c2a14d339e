//! Where a finding stands among everything that was tested with it: a histogram of the effects.

use crate::{finding::Suspect, math::fdr::Test};

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

    /// None where the finding stands alone, as that of a rule does.
    pub(crate) fn of(tested: &[Test], least: u64, suspect: &Suspect) -> Option<Self> {
        let counts = |test: &&Test| test.family == suspect.family && test.n >= least && test.p.is_finite();
        let effects: Vec<f64> = tested.iter().filter(counts).map(|test| test.effect).collect();
        let from = effects.iter().copied().fold(f64::INFINITY, f64::min);
        let to = effects.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if effects.len() < 2 || from >= to || !(from..=to).contains(&suspect.effect) {
            return None;
        }
        let bin = |effect: f64| (((effect - from) / (to - from) * BINS as f64) as usize).min(BINS - 1);
        let mut picture = Picture { from, to, counts: vec![0; BINS], own: bin(suspect.effect) };
        effects.into_iter().for_each(|effect| picture.counts[bin(effect)] += 1);
        Some(picture)
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
        let picture = Picture::of(&tested, 10, &suspect).unwrap();
        assert_eq!((picture.from, picture.to, picture.own), (0.0, 3.0, BINS - 1));
        assert_eq!((picture.counts[0], picture.counts[BINS - 1]), (10, 1));
        assert_eq!(Picture::of(&tested[10..], 10, &suspect), None, "it stands alone");
    }
}
