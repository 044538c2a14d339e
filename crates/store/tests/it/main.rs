//! The store's integration tests: one binary, one module for each subject.

mod acting;
mod auditing;
mod classes;
#[path = "../../src/fresh.rs"]
mod fresh;
mod look;
mod office;
mod recusal;
mod schema;
mod sealing;
mod signing;
