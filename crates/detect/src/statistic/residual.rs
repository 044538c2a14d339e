//! What is left of a score once the strictness of its rater and the merit of what was rated are taken off.

/// Sweeps over the data; the change of a sweep shrinks geometrically.
const SWEEPS: usize = 100;

/// Residuals of score = rater + item by least squares, both fixed, fitted by turns (Gauss–Seidel, "backfitting").
///
/// A residual is divided by √(1 - 1/n) of its item's n scores, as the item's own mean holds a part of the score. An item
/// that only one rater scored says nothing: its residual is not a number.
pub fn residuals(item: &[u32], items: usize, rater: &[u32], raters: usize, score: &[f64]) -> Vec<f64> {
    let mut counts = (vec![0.0; items], vec![0.0; raters]);
    for (item, rater) in item.iter().zip(rater) {
        counts.0[*item as usize] += 1.0;
        counts.1[*rater as usize] += 1.0;
    }
    let mut merit = vec![0.0; items];
    let mut severity = vec![0.0; raters];
    for _ in 0..SWEEPS {
        merit = means(item, &counts.0, |row| score[row] - severity[rater[row] as usize]);
        let next = means(rater, &counts.1, |row| score[row] - merit[item[row] as usize]);
        let moved = next.iter().zip(&severity).map(|(next, last)| (next - last).abs()).fold(0.0, f64::max);
        severity = next;
        if moved < 1e-9 {
            break;
        }
    }
    (0..score.len())
        .map(|row| {
            let count = counts.0[item[row] as usize];
            let left = score[row] - merit[item[row] as usize] - severity[rater[row] as usize];
            if count < 2.0 { f64::NAN } else { left / (1.0 - 1.0 / count).sqrt() }
        })
        .collect()
}

fn means(group: &[u32], counts: &[f64], value: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut sums = vec![0.0; counts.len()];
    for (row, group) in group.iter().enumerate() {
        sums[*group as usize] += value(row);
    }
    sums.iter().zip(counts).map(|(sum, count)| sum / count.max(1.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severity_and_merit_leave_nothing() {
        let (item, rater) = ([0, 0, 1, 1, 2, 2], [0, 1, 1, 2, 2, 0]);
        let score: Vec<f64> = item.iter().zip(rater).map(|(item, rater)| f64::from(10 * item + rater)).collect();
        let left = residuals(&item, 3, &rater, 3, &score);
        assert!(left.iter().all(|left| left.abs() < 1e-6), "{left:?}");
    }

    #[test]
    fn an_item_of_one_rater_says_nothing() {
        assert!(residuals(&[0], 1, &[0], 1, &[3.0])[0].is_nan());
    }
}
