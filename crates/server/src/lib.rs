//! The product: command line, pages, API, jobs.

/// The allocator of the whole program: values that one thread reads from the database are freed on another all the time,
/// which costs the system's own a quarter of the processor.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub mod checkpoints;
pub mod clock;
pub mod database;
pub mod demo;
pub mod facts;
pub mod importing;
pub mod jobs;
pub mod recompute;
pub mod relations;
pub mod rules;
pub mod scanning;
pub mod simulating;
pub mod terminal;
pub mod users;
pub mod warning;
pub mod watching;
pub mod web;
