//! What the statistics stand on: tails of distributions, the false discovery rate, linear algebra, a generator of
//! pseudo-random numbers.

pub mod cholesky;
pub mod fdr;
pub mod mixed;
pub mod random;
pub mod tail;
