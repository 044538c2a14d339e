//! `mingjing simulate`: the fact tables of a city that does not exist.

use crate::terminal;
use anyhow::Context;
use clap::Args;
use detect::simulate::City;
use std::path::PathBuf;

/// What `simulate` is asked for.
#[derive(Args)]
pub struct Options {
    /// How many people.
    #[arg(long)]
    people: usize,
    /// Which city: the same number gives the same one.
    #[arg(long)]
    seed: u64,
    /// The folder for the tables (Parquet) and truth.csv.
    #[arg(long)]
    out: PathBuf,
}

/// Write the city.
///
/// # Errors
/// If the folder can't be made or has something in it, or a file can't be written.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let out = &options.out;
    terminal::empty_folder(out)?;
    let (bar, tell) = terminal::bar("simulating");
    let city = City { people: options.people, seed: options.seed };
    city.write(out, |done, all| tell(done as u64, all as u64)).context("the city can't be written")?;
    bar.finish_and_clear();
    Ok(())
}
