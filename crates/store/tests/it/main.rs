//! The store's integration tests: one binary, one module for each subject.

mod acting;
mod auditing;
mod classes;
mod findings;
#[path = "../../src/fresh.rs"]
mod fresh;
mod look;
mod office;
mod recusal;
mod schema;
mod sealing;
mod sight;
mod signing;
mod third_party;
