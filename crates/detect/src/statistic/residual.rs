//! What is left of a score once the strictness of its rater and the merit of what was rated are taken off.

/// Sweeps over the data; the change of a sweep shrinks geometrically.
const SWEEPS: usize = 100;

/// Which scores tell what an item merits, and how far what is told is believed.
#[derive(Clone, Copy, Default)]
pub struct Telling<'a> {
    /// Of each score, whether it is to be relied on. Where it is so of some of an item's scores, its merit is told from these
    /// alone; where there are none, from all.
    pub anchors: Option<&'a [bool]>,
    /// How many scores of exactly the grand mean are added to those of each rater and each item. With none both are fixed effects, and
    /// a rater whose items nobody else scored is told from one item alone; with some they are drawn to the mean, as random effects are.
    pub believed: f64,
}

/// Residuals of score = rater + item by least squares, both fixed, fitted by turns (Gauss–Seidel, "backfitting").
///
/// A residual is divided by √(1 - 1/n) of the n scores that tell its item's merit where it is one of them, as their mean holds a
/// part of the score, else by √(1 + 1/n). A score that is all there is to tell an item's merit says nothing: its residual is
/// not a number.
pub fn residuals(
    item: &[u32],
    items: usize,
    rater: &[u32],
    raters: usize,
    score: &[f64],
    Telling { anchors, believed }: Telling,
) -> Vec<f64> {
    let mut anchored = vec![false; items];
    for (item, anchor) in item.iter().zip(anchors.unwrap_or_default()) {
        anchored[*item as usize] |= anchor;
    }
    let tells = |row: usize| anchors.is_none_or(|anchors| anchors[row] || !anchored[item[row] as usize]);
    let mut counts = (vec![0.0; items], vec![0.0; raters]);
    for (row, (item, rater)) in item.iter().zip(rater).enumerate() {
        counts.0[*item as usize] += f64::from(tells(row));
        counts.1[*rater as usize] += 1.0;
    }
    let mean = if believed > 0.0 { score.iter().sum::<f64>() / score.len().max(1) as f64 } else { 0.0 };
    let mut merit = vec![0.0; items];
    let mut severity = vec![0.0; raters];
    for _ in 0..SWEEPS {
        merit = means(item, &counts.0, believed, |row| {
            if tells(row) { score[row] - mean - severity[rater[row] as usize] } else { 0.0 }
        });
        let next = means(rater, &counts.1, believed, |row| score[row] - mean - merit[item[row] as usize]);
        let moved = next.iter().zip(&severity).map(|(next, last)| (next - last).abs()).fold(0.0, f64::max);
        severity = next;
        if moved < 1e-9 {
            break;
        }
    }
    (0..score.len())
        .map(|row| {
            let count = counts.0[item[row] as usize];
            let left = score[row] - mean - merit[item[row] as usize] - severity[rater[row] as usize];
            match tells(row) {
                true if count < 2.0 => f64::NAN,
                true => left / (1.0 - 1.0 / count).sqrt(),
                false => left / (1.0 + 1.0 / count).sqrt(),
            }
        })
        .collect()
}

fn means(group: &[u32], counts: &[f64], believed: f64, value: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut sums = vec![0.0; counts.len()];
    for (row, group) in group.iter().enumerate() {
        sums[*group as usize] += value(row);
    }
    sums.iter().zip(counts).map(|(sum, count)| sum / (count + believed).max(1.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severity_and_merit_leave_nothing() {
        let (item, rater) = ([0, 0, 1, 1, 2, 2], [0, 1, 1, 2, 2, 0]);
        let score: Vec<f64> = item.iter().zip(rater).map(|(item, rater)| f64::from(10 * item + rater)).collect();
        let left = residuals(&item, 3, &rater, 3, &score, Telling::default());
        assert!(left.iter().all(|left| left.abs() < 1e-6), "{left:?}");
    }

    #[test]
    fn an_item_of_one_rater_says_nothing() {
        assert!(residuals(&[0], 1, &[0], 1, &[3.0], Telling::default())[0].is_nan());
    }

    #[test]
    fn merit_is_told_by_those_to_be_relied_on() {
        // Two friends praise one another's work, which a third scores as all other work.
        let (item, rater) = ([0, 0, 0, 1, 2], [0, 1, 2, 2, 2]);
        let score = [9.0, 9.0, 5.0, 5.0, 5.0];
        let left = residuals(
            &item,
            3,
            &rater,
            3,
            &score,
            Telling { anchors: Some(&[false, false, true, true, true]), believed: 1.0 },
        );
        assert!(left[2].is_nan(), "{left:?}");
        let all = residuals(&item, 3, &rater, 3, &score, Telling::default());
        assert!(left[0] > 2.0 * all[0].abs(), "by the friends' own words there is little left: {left:?}, {all:?}");
    }
}
