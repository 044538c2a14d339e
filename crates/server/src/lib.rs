//! The product: command line, pages, API, jobs.

pub mod checkpoints;
pub mod clock;
pub mod database;
pub mod demo;
pub mod importing;
pub mod jobs;
pub mod recompute;
pub mod relations;
pub mod rules;
pub mod scanning;
pub mod simulating;
pub mod terminal;
pub mod users;
pub mod web;
