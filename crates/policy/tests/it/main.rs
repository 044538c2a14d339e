//! The policies' tests: one binary, one module for each subject.

mod data;
mod matrix;
mod office;
