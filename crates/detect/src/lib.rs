//! What looks wrong: statistics over tables of an office's data.
//!
//! A finding is a question to a human; nothing here changes anything. No clock, no randomness but from a seed: the same facts
//! give the same findings.

pub mod finding;
pub mod frame;
pub mod math;
pub mod statistic;
