//! The server's integration tests: one binary, one module for each subject.

mod arrows;
mod glossary;
mod relations;
mod story;
