//! Whom a row may mean that gives a name and no ID number: chances in the manner of Fellegi and Sunter (A Theory for Record
//! Linkage, 1969), for a person to look at. Each thing that agrees multiplies the odds by how much more often it agrees of one
//! and the same person than of any other; how often it does by chance is counted among all whose name is known.

use super::{
    sources::{Likely, Place},
    words::Hop,
};
use jiff::civil::Date;
use relations::{Individual, Register};
use std::collections::HashMap;

/// Somebody whose name and ID number are known.
pub(super) struct Candidate {
    /// Who.
    pub who: Individual,
    /// Their name.
    pub name: String,
    /// What their unit is called, where they are staff.
    pub unit: Option<String>,
}

/// A row that gives a name and no ID number.
pub(super) struct Wanted {
    /// The row.
    pub place: Place,
    /// What makes it unique inside its kind.
    pub key: String,
    /// The name.
    pub name: String,
    /// Who declared it, and as what: by one step, where it is one.
    pub by: Option<(Individual, Option<Hop>)>,
    /// Where they work.
    pub employer: Option<String>,
}

/// How sure a proposal has to be: as likely as not.
const LIKELY: f64 = 0.5;
/// How often a name agrees for one and the same person: people write each other's names a little differently.
const NAME: f64 = 0.95;
/// How often sex and age agree with the word for the relation.
const FITS: f64 = 0.98;
/// How often the employer that somebody gives is the unit on the roster.
const EMPLOYER: f64 = 0.8;

/// For each row the person whom it most likely means, where that is likely at all.
pub(super) fn likely(wanted: Vec<Wanted>, candidates: &[Candidate], register: &Register) -> Vec<Likely> {
    let mut called: HashMap<&str, Vec<&Candidate>> = HashMap::new();
    for candidate in candidates {
        called.entry(&candidate.name).or_default().push(candidate);
    }
    let pool = Pool { candidates, register };
    let best = |row: Wanted| {
        let same = called.get(row.name.as_str())?;
        let chances = same.iter().filter(|candidate| row.by.is_none_or(|(by, _)| by != candidate.who));
        let chances = chances.map(|candidate| (candidate.who, pool.chance(&row, candidate, same.len())));
        let (who, chance) = chances.max_by(|one, other| one.1.total_cmp(&other.1).then(other.0.cmp(&one.0)))?;
        let by = row.by.map(|(by, _)| by);
        (chance >= LIKELY).then_some(Likely { place: row.place, key: row.key, by, who, chance })
    };
    wanted.into_iter().filter_map(best).collect()
}

struct Pool<'a> {
    candidates: &'a [Candidate],
    register: &'a Register,
}

impl Pool<'_> {
    fn chance(&self, row: &Wanted, candidate: &Candidate, same: usize) -> f64 {
        let all = self.candidates.len() as f64;
        // Whether they are among those known at all is as likely as not. Names are rarer here than in the city: one is added.
        let mut odds = 1.0 / all * NAME / ((same + 1) as f64 / (all + 1.0));
        if let Some((by, Some(hop))) = row.by {
            let profile = |who| self.register.profile(who);
            if let Some((sex, is)) = hop.sex().zip(profile(candidate.who).sex) {
                odds *= self.ratio(sex == is, FITS, |other| profile(other.who).sex == Some(sex));
            }
            let fits = |who: Individual| Some(hop.fits_age(profile(by).born?, profile(who).born?));
            if let Some(agrees) = fits(candidate.who) {
                odds *= self.ratio(agrees, FITS, |other| fits(other.who) == Some(true));
            }
        }
        if let Some((employer, unit)) = row.employer.as_deref().zip(candidate.unit.as_deref()) {
            let works_at = |unit: &str| employer.contains(unit) || unit.contains(employer);
            let by_chance = |other: &Candidate| other.unit.as_deref().is_some_and(works_at);
            odds *= self.ratio(works_at(unit), EMPLOYER, by_chance);
        }
        odds / (1.0 + odds)
    }

    /// How much more, or less, often something agrees of one and the same person than by chance.
    fn ratio(&self, agrees: bool, of_the_same: f64, by_chance: impl Fn(&Candidate) -> bool) -> f64 {
        let agreeing = self.candidates.iter().filter(|other| by_chance(other)).count();
        let by_chance = (agreeing as f64 + 1.0) / (self.candidates.len() as f64 + 2.0);
        if agrees { of_the_same / by_chance } else { (1.0 - of_the_same) / (1.0 - by_chance) }
    }
}

impl Hop {
    /// Whether a relative so called can be born on that day.
    fn fits_age(self, own: Date, theirs: Date) -> bool {
        let older = i32::from(own.year()) - i32::from(theirs.year());
        match self {
            Self::Spouse => older.abs() <= 25,
            Self::Sibling | Self::Brother | Self::Sister | Self::HalfSibling => older.abs() <= 30,
            _ if self.is_up() => (15..=60).contains(&older),
            _ => (15..=60).contains(&-older),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use relations::{Profile, Sex, Source};

    struct Office {
        register: Register,
        candidates: Vec<Candidate>,
    }

    /// A hundred people in ten units, among them a declarant and two of one name, a man and a woman.
    fn office() -> Office {
        let mut register = Register::default();
        let mut candidates = Vec::new();
        for place in 0..100_usize {
            let who = register.individual(&place.to_string());
            let sex = if place % 2 == 0 { Sex::Male } else { Sex::Female };
            let born = date(1960 + (place % 40) as i16, 1, 1);
            register.describe(who, Profile { sex: Some(sex), born: Some(born) });
            let name = if place == 11 || place == 38 { "李静".to_owned() } else { format!("人{place}") };
            candidates.push(Candidate { who, name, unit: Some(format!("第{}局", place % 10)) });
        }
        Office { register, candidates }
    }

    impl Office {
        fn likely(&self, name: &str, hop: Option<Hop>, employer: Option<&str>) -> Option<(usize, f64)> {
            let by = self.candidates[2].who;
            let wanted = Wanted {
                place: Place { source: Source(0), row: 7 },
                key: "row".to_owned(),
                name: name.to_owned(),
                by: Some((by, hop)),
                employer: employer.map(str::to_owned),
            };
            let found = likely(vec![wanted], &self.candidates, &self.register);
            let found = found.first()?;
            Some((self.candidates.iter().position(|one| one.who == found.who)?, found.chance))
        }
    }

    #[test]
    fn a_name_alone_is_nobody() {
        assert_eq!(office().likely("人50", None, None), None);
        assert_eq!(office().likely("李静", None, None), None);
        assert_eq!(office().likely("没有这个人", Some(Hop::Spouse), Some("第1局")), None);
    }

    #[test]
    fn name_sex_age_and_employer_together_are_somebody() {
        let (who, chance) = office().likely("李静", Some(Hop::Sister), Some("第1局")).expect("the woman of unit 1");
        assert_eq!(who, 11);
        assert!(chance > 0.8, "{chance}");
        // The man of the other unit fits neither.
        assert_eq!(office().likely("李静", Some(Hop::Brother), Some("第1局")), None);
    }

    #[test]
    fn nobody_is_proposed_as_their_own_relative() {
        assert_eq!(office().likely("人2", Some(Hop::Brother), Some("第2局")), None);
    }
}
