//! The server's integration tests: one binary, one module for each subject.

mod api;
mod arrows;
mod glossary;
mod routes;
mod story;
