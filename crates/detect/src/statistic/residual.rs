//! What is left of a score once the strictness of its rater and the merit of what was rated are taken off.

use crate::{frame::parts, parallel};

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

/// Residuals of score = rater + item by least squares, both fixed, fitted by turns (Gauss–Seidel, "backfitting"), each connected
/// part of the data by itself.
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
    let mean = if believed > 0.0 { score.iter().sum::<f64>() / score.len().max(1) as f64 } else { 0.0 };
    let parts = parts(&[item, rater], score.len());
    let (item, rater) = (numbered(&parts, item, items), numbered(&parts, rater, raters));
    let in_part = parallel::each(parts.len(), |at| {
        let marks = parts[at].iter().map(|row| *row as usize).map(|row| Mark {
            item: item[row],
            rater: rater[row],
            score: score[row] - mean,
            tells: tells(row),
        });
        of_part(&marks.collect::<Vec<_>>(), believed)
    });
    let mut left = vec![0.0; score.len()];
    for (rows, values) in parts.iter().zip(in_part) {
        rows.iter().zip(values).for_each(|(row, value)| left[*row as usize] = value);
    }
    left
}

/// A score of one part of the data.
struct Mark {
    item: u32,
    rater: u32,
    /// Minus the grand mean.
    score: f64,
    tells: bool,
}

/// Numbers for the codes of each part, from zero in each.
fn numbered(parts: &[Vec<u32>], codes: &[u32], levels: usize) -> Vec<u32> {
    let mut numbers = vec![u32::MAX; levels];
    let mut numbered = vec![0; codes.len()];
    for rows in parts {
        let mut next = 0;
        for row in rows {
            let number = &mut numbers[codes[*row as usize] as usize];
            if *number == u32::MAX {
                (*number, next) = (next, next + 1);
            }
            numbered[*row as usize] = *number;
        }
    }
    numbered
}

/// The residuals of one part.
fn of_part(marks: &[Mark], believed: f64) -> Vec<f64> {
    let levels = |of: fn(&Mark) -> u32| marks.iter().map(of).max().map_or(0, |most| most as usize + 1);
    let mut told = vec![0.0; levels(|mark| mark.item)];
    let mut given = vec![0.0; levels(|mark| mark.rater)];
    for mark in marks {
        told[mark.item as usize] += f64::from(mark.tells);
        given[mark.rater as usize] += 1.0;
    }
    let mut merit = vec![0.0; told.len()];
    let mut severity = vec![0.0; given.len()];
    let mut next = severity.clone();
    for _ in 0..SWEEPS {
        merit.fill(0.0);
        for mark in marks.iter().filter(|mark| mark.tells) {
            merit[mark.item as usize] += mark.score - severity[mark.rater as usize];
        }
        means(&mut merit, &told, believed);
        next.fill(0.0);
        for mark in marks {
            next[mark.rater as usize] += mark.score - merit[mark.item as usize];
        }
        means(&mut next, &given, believed);
        let moved = next.iter().zip(&severity).map(|(next, last)| (next - last).abs()).fold(0.0, f64::max);
        std::mem::swap(&mut severity, &mut next);
        if moved < 1e-9 {
            break;
        }
    }
    let residual = |mark: &Mark| {
        let count = told[mark.item as usize];
        let left = mark.score - merit[mark.item as usize] - severity[mark.rater as usize];
        match mark.tells {
            true if count < 2.0 => f64::NAN,
            true => left / (1.0 - 1.0 / count).sqrt(),
            false => left / (1.0 + 1.0 / count).sqrt(),
        }
    };
    marks.iter().map(residual).collect()
}

fn means(sums: &mut [f64], counts: &[f64], believed: f64) {
    sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum /= (count + believed).max(1.0));
}
