//! A city of nobody: all fact tables of an authority of any size, with planted misconduct and the truth about it.
//!
//! Ordinary life is meant to look bad to a naive eye: units differ in how freely they give top grades, raters in how
//! strict they are, work comes in campaigns, people improve honestly, piles are signed in one minute, forms put the same
//! words into everybody's text, targets are lowered early for good reasons. Every unit has at most one plant, so that a
//! finding elsewhere is a false alarm.

mod office;
mod plant;
mod tables;

use crate::math::random::Random;
use datafusion::parquet::errors::ParquetError;
use office::Office;
use plant::Plant;
use std::path::Path;
use tables::Tables;

/// The cycles; grades are known of all, the rest of the last.
pub(crate) const CYCLES: [&str; 3] = ["2023", "2024", "2025"];

/// People of a unit on average.
const UNIT: usize = 40;

/// How large a city, and which one.
#[derive(Clone, Copy, Debug)]
pub struct City {
    pub people: usize,
    /// The same seed gives the same city.
    pub seed: u64,
}

impl City {
    /// Write all tables as Parquet, and `truth.csv`, into the folder. `tell` hears of how many units it is done.
    ///
    /// # Errors
    /// If a file can't be written.
    pub fn write(self, dir: &Path, tell: impl Fn(usize, usize)) -> Result<(), ParquetError> {
        let units = (self.people / UNIT).max(1);
        let plants = self.plants(units);
        let mut tables = Tables::new(dir)?;
        let mut left = self.people;
        for (unit, plant) in plants.into_iter().enumerate() {
            let mut random = Random::part(self.seed, unit as u64 + 1);
            // Whatever comes, the units to come get their least.
            let most = left - (units - unit - 1) * (UNIT / 2);
            let size = if unit + 1 == units { left } else { (UNIT / 2 + random.below(UNIT + 1)).min(most) };
            left -= size;
            Office::new(unit, size, plant, random).write(&mut tables)?;
            tell(unit + 1, units);
        }
        tables.close()
    }

    /// One unit in a hundred has each pattern, two at least; as many as fit, one a unit.
    fn plants(self, units: usize) -> Vec<Option<Plant>> {
        let of_each = (units / 100).max(2);
        let mut plants: Vec<Option<Plant>> =
            Plant::ALL.iter().flat_map(|plant| std::iter::repeat_n(Some(*plant), of_each)).take(units).collect();
        plants.resize(units, None);
        Random::part(self.seed, 0).shuffle(&mut plants);
        plants
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_city_is_its_seed() {
        let written = |seed| {
            let dir = tempfile::tempdir().unwrap();
            City { people: 400, seed }.write(dir.path(), |_, _| ()).unwrap();
            let mut files: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|file| file.unwrap().path()).collect();
            files.sort();
            files.into_iter().map(|file| fs::read(file).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(written(1), written(1));
        assert_ne!(written(1), written(2));
    }
}
