//! What HR sees of ties where assessors are named: that there is one, and on which ground. Never over whom: that is for inspectors.

use crate::web::{kit, locale::Locale};
use domain::{
    id::PersonId,
    recusal::Ground,
    ties::{Holding, Shared, TiesOn},
};
use std::collections::BTreeSet;
use store::tables::person;

/// Who of these is kept out of somebody's case, and who merely works with the same company.
pub fn table<'a>(
    t: Locale,
    ties: &TiesOn,
    subject: PersonId,
    people: impl Iterator<Item = &'a person::Model>,
) -> kit::Table {
    let of = ties.of(subject);
    let row = |row: &person::Model| {
        let grounds = of.with(PersonId(row.person_id));
        let kept_out = grounds.iter().any(|ground| ground.recuses());
        kept_out.then(|| vec![kit::Cell::new(row.name.clone()).note(row.number.clone()), tags(t, &grounds)])
    };
    kit::Table {
        caption: t.get("assessors-apart"),
        note: t.get("assessors-apart-note"),
        columns: vec![kit::Column::words(t.get("score-assessor")), kit::Column::words(t.get("assessors-apart-class"))],
        rows: people.filter_map(row).collect(),
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
