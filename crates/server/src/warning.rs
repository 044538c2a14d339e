//! Early warning 风险预警, as one inspector may read it: what `detect::warning` learns from the findings on record. Nothing of it is
//! kept, and nothing follows from it but that somebody looks there first.

use crate::watching::DETECTORS;
use detect::{
    finding::{Level, SubjectKind},
    warning::{Outcome, Past, Warning, learn},
};
use domain::{
    actor::Actor,
    context::day,
    finding::Disposition,
    id::{PersonId, UnitId},
};
use jiff::{Timestamp, civil::Date};
use std::collections::BTreeMap;
use store::{Store, query::FindingLine};

/// What is to be expected of whom.
pub struct Warnings {
    /// Of units: by findings about a unit as such. They are raised about its head, and stand under the head's unit.
    pub units: Warning<UnitId>,
    /// Of assessors: by findings about how somebody scores.
    pub assessors: Warning<PersonId>,
}

/// The most findings that are learned from, the newest.
const MOST: u64 = 100_000;

/// Learn from what this inspector may read.
///
/// # Errors
/// [`store::Error::Denied`] for whoever is no inspector; or if the database fails.
pub async fn warnings(store: &Store, actor: &Actor, today: Date) -> anyhow::Result<Warnings> {
    let about = about();
    let detectors: Vec<&str> = about.keys().copied().collect();
    let lines = store.reader(actor).past_findings(&detectors, MOST).await?;
    // At tens of thousands of findings it takes the processor seconds.
    Ok(tokio::task::spawn_blocking(move || Warnings::of(&lines, today)).await?)
}

/// Whom a detector's findings are counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    Unit,
    Assessor,
}

/// The detectors that count, by id.
fn about() -> BTreeMap<&'static str, About> {
    let about = |kind: SubjectKind| match kind {
        SubjectKind::Unit => Some(About::Unit),
        SubjectKind::Rater | SubjectKind::Ring => Some(About::Assessor),
        SubjectKind::Person | SubjectKind::Pair | SubjectKind::Case | SubjectKind::Target => None,
    };
    DETECTORS
        .iter()
        .filter_map(|detector| Some((detector.id.as_str(), about(detector.manifest.subject_kind)?)))
        .collect()
}

impl Warnings {
    /// Learn from findings, of which those that do not count are left out. A period is twelve months, and the newest ends
    /// today: a year that has just begun would show little of what there is to see.
    pub fn of(lines: &[FindingLine], today: Date) -> Warnings {
        let about = &about();
        let of = |kind: About| lines.iter().filter(move |line| about.get(line.detector.as_str()) == Some(&kind));
        Warnings {
            units: learn(of(About::Unit).map(|line| past(line, UnitId(line.unit_id), today)), 0),
            assessors: learn(of(About::Assessor).map(|line| past(line, PersonId(line.subject_id), today)), 0),
        }
    }
}

fn past<S>(line: &FindingLine, subject: S, today: Date) -> Past<S> {
    let level = match line.level.as_str() {
        "rule" => Level::Rule,
        "alert" => Level::Alert,
        _ => Level::Watch,
    };
    let disposition = line.disposition.as_deref();
    let disposition = Disposition::ALL.into_iter().find(|one| Some(one.as_str()) == disposition);
    let closed = line.closed_at.zip(disposition).map(|(at, disposition)| {
        let outcome = match disposition {
            Disposition::Confirmed | Disposition::Corrected => Outcome::Confirmed,
            Disposition::Explained | Disposition::Unfounded => Outcome::Cleared,
        };
        (outcome, period(at, today))
    });
    Past { subject, level, raised: period(line.raised_at, today), closed }
}

/// -1 in the twelve months that end today, -2 in those before, and so on. A year is 1461 / 4 days.
fn period(microseconds: i64, today: Date) -> i32 {
    let on = day(Timestamp::from_microsecond(microseconds).unwrap_or_default());
    let days = (today.duration_since(on).as_hours() / 24).max(0);
    -1 - i32::try_from(days * 4 / 1461).unwrap_or(i32::MAX - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use detect::warning::Material;
    use jiff::civil::date;
    use uuid::Uuid;

    const TODAY: Date = date(2026, 10, 14);

    fn at(on: Date) -> i64 {
        domain::context::CHINA.to_timestamp(on.at(9, 0, 0, 0)).unwrap().as_microsecond()
    }

    fn line(detector: &str, about: u128, raised: Date, disposition: Option<&str>) -> FindingLine {
        FindingLine {
            authority_id: Uuid::nil(),
            finding_id: Uuid::nil(),
            detector: detector.to_owned(),
            level: "alert".to_owned(),
            finding_key: String::new(),
            subject_id: Uuid::from_u128(about),
            unit_id: Uuid::from_u128(about % 7),
            stage: "raised".to_owned(),
            assigned_id: None,
            told_to_subject: false,
            silenced_until: None,
            disposition: disposition.map(str::to_owned),
            raised_at: at(raised),
            due: String::new(),
            closed_at: disposition.map(|_| at(raised)),
        }
    }

    #[test]
    fn years_are_counted_back_from_today() {
        let back = |on: Date| period(at(on), TODAY);
        assert_eq!([TODAY, date(2025, 10, 15), date(2026, 10, 20)].map(back), [-1; 3]);
        assert_eq!([date(2025, 10, 13), date(2024, 10, 15), date(2024, 10, 12)].map(back), [-2, -2, -3]);
    }

    #[test]
    fn findings_are_counted_for_whom_their_detector_is_about() {
        let about = about();
        let of = |id: &str| about.get(id).copied();
        assert_eq!(["D001", "D004", "D007"].map(of), [Some(About::Unit), Some(About::Assessor), Some(About::Assessor)]);
        assert_eq!(["R003", "R012", "undeclared_tie"].map(of), [None; 3]);
    }

    #[test]
    fn confirmed_and_corrected_are_so_and_the_rest_is_not() {
        let first = |about: u128| line("D004", about, date(2025, 3, 1), Some("unfounded"));
        let then = |about: u128, disposition| line("D004", about, date(2026, 3, 1), disposition);
        let mut lines: Vec<FindingLine> = (1..=6).map(first).collect();
        lines.extend([then(1, Some("confirmed")), then(2, Some("corrected")), then(3, Some("explained"))]);
        lines.extend([then(4, Some("unfounded")), then(5, None)]);
        let warnings = Warnings::of(&lines, TODAY);
        // Of the fifth nothing is known, of the sixth nothing was found again.
        assert_eq!(warnings.assessors.material, Material { periods: 1, confirmed: 2, others: 3 });
        assert!(warnings.assessors.learned.is_none());
        assert_eq!(warnings.units.material, Material::default());
    }
}
