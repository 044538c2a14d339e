//! Dense symmetric systems of some thousand unknowns, in one piece of memory.

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
        const PANEL: usize = 48;
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
            let panel = &panel[first * size..];
            for (below, row) in rest.chunks_exact_mut(size).enumerate() {
                let column = last + below;
                subtract_panel(&mut row[column..], panel, size, column);
            }
        }
        true
    }

    /// The inverse of the leading `lead` rows and columns of A, from their factor.
    pub fn inverse_of_factored(&self, lead: usize) -> Square {
        // X = R⁻ᵀ, lower triangular, row by row: Rᵀ X = 1.
        let mut lower = Square::zero(lead);
        for row in 0..lead {
            let (done, rest) = lower.cells.split_at_mut(row * lead);
            let out = &mut rest[..=row];
            out[row] = 1.0;
            for above in 0..row {
                subtract(&mut out[..=above], self.cells[above * self.size + row], &done[above * lead..][..=above]);
            }
            let pivot = self.cells[row * self.size + row];
            out.iter_mut().for_each(|cell| *cell /= pivot);
        }
        // A⁻¹ = Xᵀ X, the lower triangle of it, then mirrored.
        let mut inverse = Square::zero(lead);
        const PANEL: usize = 48;
        for first in (0..lead).step_by(PANEL) {
            let last = (first + PANEL).min(lead);
            for row in 0..last {
                let out = &mut inverse.cells[row * lead..][..=row];
                for of in first.max(row)..last {
                    let source = &lower.cells[of * lead..][..=row];
                    subtract(out, -source[row], source);
                }
            }
        }
        for row in 0..lead {
            for column in 0..row {
                inverse.cells[column * lead + row] = inverse.cells[row * lead + column];
            }
        }
        inverse
    }
}

/// out -= factor * from
fn subtract(out: &mut [f64], factor: f64, from: &[f64]) {
    for (cell, value) in out.iter_mut().zip(from) {
        *cell -= factor * value;
    }
}

/// out -= the rows of a panel from `column` on, each times its own cell there; four at a time.
fn subtract_panel(out: &mut [f64], panel: &[f64], size: usize, column: usize) {
    let mut fours = panel.chunks_exact(4 * size);
    for four in &mut fours {
        let rows: [&[f64]; 4] = std::array::from_fn(|at| &four[at * size + column..][..size - column]);
        let [a, b, c, d] = rows.map(|row| row[0]);
        let [first, second, third, fourth] = rows;
        let pairs = out.iter_mut().zip(first).zip(second).zip(third).zip(fourth);
        for ((((cell, first), second), third), fourth) in pairs {
            *cell -= a * first + b * second + c * third + d * fourth;
        }
    }
    for row in fours.remainder().chunks_exact(size) {
        subtract(out, row[column], &row[column..]);
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
