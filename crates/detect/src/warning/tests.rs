use super::*;
use crate::math::random::Random;

/// The period for which something is said.
const NOW: i32 = 8;

/// Findings of eight years about some subjects. Each has a leaning of its own, as far as `planted` says; those who lean have
/// more findings, and more of theirs are confirmed.
fn simulated(seed: u64, subjects: u32, planted: f64) -> Vec<Past<u32>> {
    let mut random = Random::new(seed);
    let mut past = Vec::new();
    for subject in 0..subjects {
        let leaning = planted * random.normal();
        for raised in 0..NOW {
            for level in [Level::Rule, Level::Alert, Level::Watch, Level::Watch] {
                let chance = |base: f64| 1.0 / (1.0 + (-base - leaning).exp());
                if random.chance(chance(-2.0)) {
                    let outcome = if random.chance(chance(-1.0)) { Outcome::Confirmed } else { Outcome::Cleared };
                    let closed = random.chance(0.9).then_some((outcome, raised + i32::from(random.chance(0.2))));
                    past.push(Past { subject, level, raised, closed });
                }
            }
        }
    }
    past
}

fn learned(past: Vec<Past<u32>>) -> Learned<u32> {
    learn(past, NOW).learned.expect("there is enough")
}

/// The same findings, whose outcomes were dealt out anew.
fn shuffled(past: &[Past<u32>], seed: u64) -> Vec<Past<u32>> {
    let mut outcomes: Vec<_> = past.iter().map(|finding| finding.closed.map(|(outcome, _)| outcome)).collect();
    Random::new(seed).shuffle(&mut outcomes);
    let dealt = |(finding, outcome): (&Past<u32>, Option<Outcome>)| Past {
        closed: outcome.map(|outcome| (outcome, finding.raised)),
        ..*finding
    };
    past.iter().zip(outcomes).map(dealt).collect()
}

#[test]
fn a_planted_leaning_is_found_and_probabilities_hold() {
    for (seed, subjects) in [(1, 150), (2, 400)] {
        let learned = learned(simulated(seed, subjects, 1.5));
        let Comparison { model, rate, groups, .. } = &learned.comparison;
        assert!(model.brier < rate.brier && model.log_loss < rate.log_loss && model.auc > 0.7, "{learned:?}");
        assert!(model.precision > 2.0 * groups.iter().map(|group| group.happened).sum::<f64>() / 5.0 * 0.9);
        for group in groups {
            assert!((group.predicted - group.happened).abs() < 0.08, "{groups:?}");
        }
    }
}

/// Confirmed and cleared findings in even numbers: whoever counts sees no difference, who looks at what came of them does.
#[test]
fn what_came_of_findings_says_more_than_their_number() {
    let mut random = Random::new(3);
    let mut past = Vec::new();
    for subject in 0..400_u32 {
        let leans = subject.is_multiple_of(4);
        for raised in 0..NOW {
            if random.chance(0.5) {
                let so = random.chance(if leans { 0.8 } else { 0.05 });
                let outcome = if so { Outcome::Confirmed } else { Outcome::Cleared };
                past.push(Past { subject, level: Level::Alert, raised, closed: Some((outcome, raised)) });
            }
        }
    }
    let learned = learned(past);
    let Comparison { model, count, verdict, .. } = &learned.comparison;
    assert_eq!(*verdict, Verdict::Better);
    assert!(model.auc > count.auc + 0.1 && model.brier < count.brier, "{:?}", learned.comparison);
    let first = &learned.standings[0];
    assert!(first.subject.is_multiple_of(4) && first.reasons[0].signal == Signal::Confirmed && first.probability > 0.3);
}

#[test]
fn outcomes_dealt_out_anew_give_nothing_better_than_the_rate() {
    let (mut better, runs) = (0, 10);
    for seed in 0..runs {
        // Nobody leans, so that nothing but chance is left once the outcomes were dealt.
        let learned = learned(shuffled(&simulated(seed, 200, 0.0), seed + 100));
        let Comparison { model, rate, .. } = &learned.comparison;
        assert!(model.brier > rate.brier - 0.004, "{:?}", learned.comparison);
        better += u64::from(learned.comparison.verdict == Verdict::Better);
    }
    assert!(better <= 1, "{better} of {runs} are said to be better than counting");
}

#[test]
fn more_of_a_signal_never_lowers_a_probability() {
    // 300 subjects are calibrated in steps, 60 by a sigmoid.
    for (seed, subjects) in [(1, 300), (2, 60)] {
        let past = simulated(seed, subjects, 1.0);
        let before = learned(past.clone());
        let chance = |learned: &Learned<u32>, of: u32| {
            learned.standings.iter().find(|standing| standing.subject == of).map(|standing| standing.probability)
        };
        let mut random = Random::part(seed, 9);
        for level in [Level::Rule, Level::Alert, Level::Watch] {
            for confirmed in [true, false] {
                // Raised in the period that has just ended, so that nothing is learned from it: only what is known of the
                // subject differs.
                let subject = random.below(subjects as usize) as u32;
                let of = |count: usize| {
                    let closed = confirmed.then_some((Outcome::Confirmed, NOW - 1));
                    let new = Past { subject, level, raised: NOW - 1, closed };
                    let all: Vec<_> = past.iter().filter(|finding| finding.raised < NOW - 1).copied().collect();
                    chance(&learned(all.into_iter().chain(std::iter::repeat_n(new, count)).collect()), subject)
                };
                let chances: Vec<f64> = [1, 2, 4, 9].map(|count| of(count).expect("it stands")).to_vec();
                assert!(chances.is_sorted(), "{level:?} {confirmed}: {chances:?}");
            }
        }
        assert!(before.standings.is_sorted_by(|a, b| a.probability >= b.probability));
    }
}

#[test]
fn nothing_is_told_below_the_least() {
    let past = simulated(4, 200, 1.0);
    assert!(learn(past.clone(), NOW).learned.is_some());
    // Two periods that are over and had a period before them.
    let few = learn(past.iter().copied().filter(|finding| finding.raised < 3), 3);
    assert_eq!((few.material.periods, few.learned.is_none()), (2, true));
    let undecided = past.iter().map(|finding| Past { closed: None, ..*finding });
    let none = learn(undecided, NOW);
    assert_eq!((none.material.confirmed, none.learned.is_none()), (0, true));
    let nothing = learn(Vec::<Past<u32>>::new(), NOW);
    assert_eq!(nothing.material, Material::default());
    let wanted = Material::WANTED;
    assert!(wanted.is_enough());
    for less in [
        Material { periods: wanted.periods - 1, ..wanted },
        Material { confirmed: wanted.confirmed - 1, ..wanted },
        Material { others: wanted.others - 1, ..wanted },
    ] {
        assert!(!less.is_enough());
    }
}

#[test]
fn the_order_of_the_findings_changes_nothing() {
    let past = simulated(5, 120, 1.0);
    let told = format!("{:?}", learned(past.clone()));
    let mut other = past;
    Random::new(1).shuffle(&mut other);
    assert_eq!(format!("{:?}", learned(other)), told);
}

#[test]
fn reasons_are_shares_of_what_raises_the_probability() {
    for standing in learned(simulated(6, 300, 1.5)).standings {
        let shares: f64 = standing.reasons.iter().map(|reason| reason.share).sum();
        assert!(shares <= 1.0 + 1e-9, "{standing:?}");
        assert!(standing.reasons.iter().all(|reason| reason.count > 0 && reason.share > 0.0), "{standing:?}");
        assert!(standing.probability > 0.0 && standing.probability < 1.0);
    }
}
