//! Dense symmetric systems of some thousand unknowns, in one piece of memory.

use std::ops::Range;

/// A square matrix, rows one after the other.
#[derive(Clone, Debug)]
pub struct Square {
    pub size: usize,
    pub cells: Vec<f64>,
}

impl Square {
    pub fn zero(size: usize) -> Self {
        Self { size, cells: vec![0.0; size * size] }
    }

    pub fn row(&self, row: usize) -> &[f64] {
        &self.cells[row * self.size..][..self.size]
    }

    pub fn row_mut(&mut self, row: usize) -> &mut [f64] {
        &mut self.cells[row * self.size..][..self.size]
    }

    /// Eliminate the leading `lead` unknowns: their rows become those of the upper triangle R with R'R = A, and of the
    /// rows below, the upper triangle of the Schur complement is left. With `lead` the size that is the whole factor.
    /// False if A is not positive definite there.
    ///
    /// Rows come in panels, so that what is subtracted from a row stays in the processor's nearest memory.
    pub fn factor(&mut self, lead: usize) -> bool {
        let size = self.size;
        for first in (0..lead).step_by(PANEL) {
            let last = (first + PANEL).min(lead);
            for pivot in first..last {
                let (done, rest) = self.cells.split_at_mut(pivot * size);
                let row = &mut rest[..size];
                for above in first..pivot {
                    let above = &done[above * size + pivot..][..size - pivot];
                    subtract(&mut row[pivot..], above[0], above);
                }
                let square = row[pivot];
                if square.is_nan() || square <= 0.0 {
                    return false;
                }
                let root = square.sqrt();
                row[pivot..].iter_mut().for_each(|cell| *cell /= root);
            }
            let (panel, rest) = self.cells.split_at_mut(last * size);
            let panel = Panel { rows: &panel[first * size..], size };
            for (band, rows) in rest.chunks_mut(BAND * size).enumerate() {
                let row = last + BAND * band;
                subtract_products(rows, size, row..size, panel, row, panel);
            }
        }
        true
    }

    /// The inverse of the leading `lead` rows and columns of A, from their factor.
    pub fn inverse_of_factored(&self, lead: usize) -> Square {
        // X = R⁻ᵀ, lower triangular, row by row: Rᵀ X = 1.
        let mut lower = Square::zero(lead);
        // -A⁻¹ = -Xᵀ X, the lower triangle of it, then mirrored.
        let mut inverse = Square::zero(lead);
        for first in (0..lead).step_by(PANEL) {
            let last = (first + PANEL).min(lead);
            for row in first..last {
                let (done, rest) = lower.cells.split_at_mut(row * lead);
                let out = &mut rest[..=row];
                out[row] += 1.0;
                for above in first..row {
                    subtract(&mut out[..=above], self.cells[above * self.size + row], &done[above * lead..][..=above]);
                }
                let pivot = self.cells[row * self.size + row];
                out.iter_mut().for_each(|cell| *cell /= pivot);
            }
            let (panel, rest) = lower.cells.split_at_mut(last * lead);
            let panel = Panel { rows: &panel[first * lead..], size: lead };
            let factor = Panel { rows: &self.cells[first * self.size..last * self.size], size: self.size };
            for (band, rows) in rest.chunks_mut(BAND * lead).enumerate() {
                subtract_products(rows, lead, 0..last, factor, last + BAND * band, panel);
            }
            for (band, rows) in inverse.cells[..last * lead].chunks_mut(BAND * lead).enumerate() {
                let row = BAND * band;
                subtract_products(rows, lead, 0..(row + BAND).min(last), panel, row, panel);
            }
        }
        for row in 0..lead {
            for column in 0..=row {
                let cell = -inverse.cells[row * lead + column];
                inverse.cells[row * lead + column] = cell;
                inverse.cells[column * lead + row] = cell;
            }
        }
        inverse
    }
}

/// Rows that are worked off together.
const PANEL: usize = 48;

/// Rows and columns of which as many sums as there are cells are held in the processor's registers.
const BAND: usize = 4;
const TILE: usize = 4;

/// Some rows of a matrix.
#[derive(Clone, Copy)]
struct Panel<'a> {
    rows: &'a [f64],
    /// How many cells a row has.
    size: usize,
}

/// out -= factor * from
fn subtract(out: &mut [f64], factor: f64, from: &[f64]) {
    for (cell, value) in out.iter_mut().zip(from) {
        *cell -= factor * value;
    }
}

/// Of up to `BAND` rows of `size` cells, the columns: out[row][column] -= the sum over k of left[k][from + row] * right[k][column].
fn subtract_products(out: &mut [f64], size: usize, columns: Range<usize>, left: Panel, from: usize, right: Panel) {
    let pairs = || left.rows.chunks_exact(left.size).zip(right.rows.chunks_exact(right.size));
    let tiled = if out.len() == BAND * size { columns.len() / TILE * TILE } else { 0 };
    for column in columns.clone().take(tiled).step_by(TILE) {
        let mut sums = [[0.0; TILE]; BAND];
        for (row, sums) in sums.iter_mut().enumerate() {
            sums.copy_from_slice(&out[row * size + column..][..TILE]);
        }
        for (left, right) in pairs() {
            let (left, right) = (&left[from..][..BAND], &right[column..][..TILE]);
            for (sums, left) in sums.iter_mut().zip(left) {
                for (sum, right) in sums.iter_mut().zip(right) {
                    *sum -= left * right;
                }
            }
        }
        for (row, sums) in sums.iter().enumerate() {
            out[row * size + column..][..TILE].copy_from_slice(sums);
        }
    }
    for (row, out) in out.chunks_exact_mut(size).enumerate() {
        let rest = columns.start + tiled..columns.end;
        pairs().for_each(|(left, right)| subtract(&mut out[rest.clone()], left[from + row], &right[rest.clone()]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::random::Random;

    #[test]
    fn factor_and_inverse_give_the_matrix_back() {
        let size = 131;
        let mut random = Random::new(4);
        let roots: Vec<f64> = (0..size * size).map(|_| random.normal()).collect();
        let mut matrix = Square::zero(size);
        for row in 0..size {
            for column in 0..size {
                let product: f64 = (0..size).map(|k| roots[row * size + k] * roots[column * size + k]).sum();
                matrix.row_mut(row)[column] = product + if row == column { 10.0 } else { 0.0 };
            }
        }
        let mut factored = matrix.clone();
        assert!(factored.factor(size));
        let inverse = factored.inverse_of_factored(size);
        for row in 0..size {
            for column in 0..size {
                let product: f64 = (0..size).map(|k| matrix.row(row)[k] * inverse.row(k)[column]).sum();
                let want = if row == column { 1.0 } else { 0.0 };
                assert!((product - want).abs() < 1e-8, "{row} {column}: {product}");
            }
        }
    }

    #[test]
    fn what_is_not_positive_definite_is_said_to_be_so() {
        let mut matrix = Square { size: 2, cells: vec![1.0, 2.0, 2.0, 1.0] };
        assert!(!matrix.factor(2));
    }
}
