//! What HR sees of ties where assessors are named: that there is one, and on which ground. Never over whom: that is for inspectors.

use crate::web::{kit, locale::Locale};
use domain::{
    id::PersonId,
    recusal::Ground,
    ties::{Holding, Shared, TiesOn},
};
use std::collections::BTreeSet;
use store::tables::person;

/// Who of these is kept out of somebody's case, and who merely works with the same company, with how much work there is.
pub fn table<'a>(
    t: Locale,
    ties: &TiesOn,
    subject: PersonId,
    people: impl Iterator<Item = &'a person::Model>,
) -> kit::Table {
    let of = ties.of(subject);
    let row = |row: &person::Model| {
        let person = PersonId(row.person_id);
        let gravest = of.with(person).first().copied()?;
        Some((gravest, [kit::Cell::new(row.name.clone()).note(row.number.clone()), hint(t, ties, subject, person)]))
    };
    let mut tied: Vec<_> = people.filter_map(row).collect();
    tied.sort_by_key(|(gravest, _)| *gravest);
    kit::Table {
        caption: t.get("assessors-apart"),
        note: t.get("assessors-apart-note"),
        columns: vec![kit::Column::words(t.get("score-assessor")), kit::Column::words(t.get("assessors-apart-class"))],
        rows: tied.into_iter().map(|(_, cells)| cells.to_vec()).collect(),
        ..kit::Table::default()
    }
}

/// The gravest ground, as a state; what it rests on beside it.
fn tags(t: Locale, grounds: &BTreeSet<Ground>) -> kit::Cell {
    let words: Vec<String> = grounds
        .iter()
        .filter(|ground| ground.recuses())
        .map(|ground| t.get(&format!("tie-{}", ground.as_str())))
        .collect();
    let basis = grounds.first().map_or("", |ground| ground.basis());
    kit::Cell::tag(kit::Tone::Warn, words.join(&t.get("list-comma"))).note(basis)
}

/// What ties one assessor to whom they score: a ground, or a hint that both work with one company, with how much work there is.
pub fn hint(t: Locale, ties: &TiesOn, subject: PersonId, assessor: PersonId) -> kit::Cell {
    let grounds = ties.between(subject, assessor);
    if grounds.iter().any(|ground| ground.recuses()) {
        return tags(t, &grounds);
    }
    if grounds.is_empty() {
        return kit::Cell::default();
    }
    let hints: Vec<String> = ties.shared(subject, assessor).iter().map(|shared| work(t, shared)).collect();
    kit::Cell::tag(kit::Tone::Info, t.get("tie-shared_work")).note(hints.join(" · "))
}

fn work(t: Locale, shared: &Shared) -> String {
    let projects = |of: &[Holding]| of.iter().filter_map(|holding| holding.project.clone()).collect::<BTreeSet<_>>();
    let same_project = !projects(&shared.of_a).is_disjoint(&projects(&shared.of_b));
    let sum = match shared.volume.fen {
        0 => String::new(),
        fen => t.with("looks-yuan", &[("n", t.number(fen / 100))]),
    };
    t.with(
        "assessors-work",
        &[
            ("kind", t.arg(if same_project { "project" } else { "company" })),
            ("n", t.arg(shared.volume.count)),
            ("sum", t.arg(sum)),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        batch::{Kind, Row},
        id::{BatchId, UnitId},
        roster::{Assignment, Person, Roster},
        score::Observed,
        ties::{Sources, Ties},
    };
    use jiff::civil::date;
    use std::sync::Arc;
    use uuid::Uuid;

    fn id(number: u128) -> PersonId {
        PersonId(Uuid::from_u128(number))
    }

    fn staff(number: u128) -> Person {
        let assignment = Assignment {
            unit: UnitId(Uuid::nil()),
            section: None,
            post: None,
            rank: None,
            staff_kind: String::new(),
            post_type: String::new(),
            joined: None,
            leader: None,
            project_lead: false,
        };
        let (number, id) = (format!("N{number}"), id(number));
        let id_number = Some(format!("ID{number}"));
        Person { id, number, name: String::new(), sex: None, born: None, id_number, phone: None, assignment }
    }

    fn row(kind: Kind, number: u32, fields: &[(&str, &str)]) -> Observed {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let day = (kind == Kind::Projects).then(|| date(2026, 2, 1));
        let row = Row { number, key: number.to_string(), person: None, date: day, fields };
        Observed { batch: BatchId(Uuid::from_u128(kind as u128)), kind, row }
    }

    fn model(number: u128) -> person::Model {
        person::Model {
            authority_id: Uuid::nil(),
            person_id: id(number).0,
            number: format!("N{number}"),
            name: format!("同志{number}"),
            unit_id: Uuid::nil(),
            section_id: None,
            post: None,
            rank: None,
            staff_kind: String::new(),
            post_type: String::new(),
            joined: None,
            leader_id: None,
            project_lead: false,
        }
    }

    #[test]
    fn hr_reads_the_class_and_the_volume_and_no_way() {
        let rows = vec![
            row(Kind::Household, 2, &[("id_number", "IDN1"), ("name", "甲"), ("father", "IDfather")]),
            row(Kind::Household, 3, &[("id_number", "IDN2"), ("name", "乙"), ("father", "IDfather")]),
            row(Kind::Projects, 2, &[("code", "P1"), ("contractor_code", "C"), ("lead", "N1"), ("members", "N3")]),
            row(Kind::Projects, 3, &[("code", "P2"), ("contractor_code", "C"), ("lead", "N4"), ("amount", "12.5")]),
        ];
        let people = (1..=5).map(staff).map(|person| (person.id, person)).collect();
        let roster = Roster { people, ..Roster::default() };
        let ties = Ties::derive(Sources::of(&roster, &rows), date(2026, 3, 2), &|number| number.to_owned());
        let ties = TiesOn::new(Arc::new(ties), date(2026, 3, 2), 3);
        let models: Vec<person::Model> = (2..=5).map(model).collect();
        let kept_out = table(Locale::ZhCn, &ties, id(1), models.iter().rev());
        let names: Vec<&str> = kept_out.rows.iter().map(|row| row[0].text.as_str()).collect();
        assert_eq!(names, ["同志2", "同志4", "同志3"], "who is kept out, then who merely works with the same company");
        assert!(kept_out.rows[1][1].note.contains("125,000 元"), "with how much work there is");
        assert_eq!(kept_out.rows[0][0].text, "同志2");
        let tag = kept_out.rows[0][1].tag.as_ref().expect("a tag");
        assert_eq!(tag.text, "三代以内旁系血亲关系");
        assert!(kept_out.rows[0][1].note.contains("公务员法 74"));
        let note = |number| hint(Locale::ZhCn, &ties, id(1), id(number)).note;
        assert!(note(3).contains("同一项目") && note(3).contains('1'), "{}", note(3));
        assert!(note(4).contains("同一企业") && note(4).contains("125,000 元"), "{}", note(4));
        assert!(hint(Locale::ZhCn, &ties, id(1), id(5)).is_empty());
        assert!(hint(Locale::ZhCn, &ties, id(1), id(2)).tag.is_some(), "who is named all the same");
    }
}
