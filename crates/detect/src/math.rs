//! What the statistics stand on: tails of distributions, the false discovery rate, over-dispersion, L-moments, linear algebra,
//! a generator of pseudo-random numbers.

pub mod cholesky;
pub mod fdr;
pub mod mixed;
pub mod moments;
pub mod random;
pub mod spread;
pub mod tail;
