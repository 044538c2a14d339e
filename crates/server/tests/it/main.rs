//! The server's integration tests: one binary, one module for each subject.

mod api;
mod arrows;
mod city;
#[path = "../../../store/src/fresh.rs"]
mod fresh;
mod glossary;
mod routes;
mod story;
