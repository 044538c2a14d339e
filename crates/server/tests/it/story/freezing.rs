//! Freezing fixes every composite: all arithmetic on one sheet, what is not applicable left out and named.

use super::*;
use domain::{act::Act, composite::Line, points::Points, refusal::Reason};

/// HR freezes once; the employee's composite is what a calculator says.
pub async fn fixes_every_composite(story: &Story) {
    let Story { city, cycle, sheet, .. } = story;
    let freeze = Act::FreezeScoring { cycle: *cycle };
    for other in [UNIT_HR, HEAD, EMPLOYEE, APPROVER] {
        city.not_theirs(other, freeze.clone()).await;
    }
    city.forbidden(INSPECTOR, freeze.clone(), "inspectors-change-nothing").await;
    city.does(HR, freeze.clone()).await;
    city.refused(HR, freeze, Reason::ScoringFrozen).await;
    appeal::too_late(story).await;
    computed::never_after_freezing(story).await;
    let (_, own) = city.appraisal(EMPLOYEE, *sheet).await;
    let (composite, _) = own.composite.expect("a composite");
    assert_eq!(composite.applied, Points::FULL);
    assert_eq!(composite.exact.as_deref(), Some(by_hand().as_str()));
    absent_parts_are_left_out(story).await;
}

/// The employee's composite, from `expected.json`, the late morning that came in after it, the scores and the appeal.
fn by_hand() -> String {
    let planted = expected();
    let people = planted["quantitative_expected"].as_array().expect("people");
    let own = people.iter().find(|person| person["工号"] == EMPLOYEE).expect("the employee");
    let mut sum = (0, 1);
    for indicator in own["indicators"].as_array().expect("indicators") {
        let value = match indicator["code"].as_str() {
            Some("CK-Q01") => (80, 1),
            _ => fraction(indicator["score_exact"].as_str().expect("a fraction")),
        };
        sum = add(sum, (value.0 * i128::from(indicator["weight"].as_i64().expect("a weight")), value.1));
    }
    for (indicator, first, second) in scores::GIVEN {
        let first = if indicator == "CK-L01" { 93 } else { first };
        // Weights 60 and 40 of the assessors; each of the three indicators weighs 10.
        sum = add(sum, (i128::from(first * 60 + second * 40) * 10, 100));
    }
    let (numerator, denominator) = add((sum.0, sum.1 * 100), (0, 1));
    format!("{numerator}/{denominator}")
}

fn fraction(text: &str) -> (i128, i128) {
    let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
    (numerator.parse().expect("a number"), denominator.parse().expect("a number"))
}

/// The sum in lowest terms.
fn add(one: (i128, i128), other: (i128, i128)) -> (i128, i128) {
    let (numerator, denominator) = (one.0 * other.1 + other.0 * one.1, one.1 * other.1);
    let (mut a, mut b) = (numerator, denominator);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    (numerator / a, denominator / a)
}

/// On every sheet the weights of what applies are what the rest is measured by.
async fn absent_parts_are_left_out(story: &Story) {
    let Story { city, cycle, .. } = story;
    let inspector = city.who(INSPECTOR).await;
    let (mut whole, mut partial) = (0, 0);
    for sheet in city.store.appraisals_of(*cycle).await.expect("a read") {
        let (_, sheet) = city.store.reader(&inspector).appraisal(sheet).await.expect("a read").expect("an appraisal");
        let Some((composite, _)) = sheet.composite else {
            assert!(sheet.ungraded.is_some());
            continue;
        };
        let applies: Vec<&Line> = composite.lines.iter().filter(|line| line.points.is_some()).collect();
        assert_eq!(applies.iter().map(|line| line.weight.0).sum::<i64>(), composite.applied.0);
        let weighed: i64 = applies.iter().map(|line| line.weight.0 * line.points.map_or(0, |points| points.0)).sum();
        let total = composite.total.expect("a total");
        // Each line is rounded to the fourth decimal before it is added up here.
        assert!((total.0 - weighed / composite.applied.0).abs() <= 1, "{total}: {:?}", composite.lines);
        if composite.applied == Points::FULL { whole += 1 } else { partial += 1 }
    }
    assert!(whole > 0 && partial > 0, "{whole} whole, {partial} partial");
}
