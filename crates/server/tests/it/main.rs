//! The server's integration tests: one binary, one module for each subject.

mod accounts;
mod api;
mod arrows;
mod city;
mod cli;
mod crash;
#[path = "../../../store/src/fresh.rs"]
mod fresh;
mod glossary;
mod importing;
mod ledger;
mod looks;
mod recusal;
mod relations;
mod routes;
mod scanning;
mod sign_in;
mod story;
mod transparency;
mod visitor;
