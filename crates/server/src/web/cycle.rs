//! Cycles: who takes part, where each stands, and the units' slates of grades.

use super::{App, error::PageError, kit, session::SignedIn};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use domain::{
    act::Act,
    decide::Case,
    id::{CycleId, PersonId, SlateId, UnitId},
    points::Points,
};
use policy::Reading;
use uuid::Uuid;

/// `/cycles`, `/cycles/{id}`, `/slates/{id}`.
pub fn routes() -> Router<App> {
    Router::new().route("/cycles", get(list)).route("/cycles/{id}", get(show)).route("/slates/{id}", get(slate))
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/cycles.html")]
struct Cycles {
    page: kit::Page,
    form: kit::Form,
    cycles: Vec<kit::CellLink>,
    regimes: Vec<kit::Choice>,
    kinds: Vec<kit::Choice>,
}

async fn list(State(app): State<App>, person: SignedIn) -> Result<Cycles, PageError> {
    let t = person.reader.t;
    let cycles = app.store.cycles().await?.into_iter().map(|cycle| kit::CellLink {
        href: format!("/cycles/{}", cycle.cycle_id),
        icon: "clipboard-list",
        label: cycle.title,
        note: format!("{} – {}", cycle.from_day, cycle.to_day),
        value: t.get(if cycle.closed_at.is_some() {
            "cycle-closed"
        } else if cycle.frozen_at.is_some() {
            "cycle-frozen"
        } else {
            "cycle-running"
        }),
    });
    let cycles = cycles.collect();
    let opens = app.store.reader(&person.actor).may_read(Reading::Batches)
        && person.actor.has_everywhere(domain::actor::Role::HrOfficer);
    let regimes = app.store.rules().regimes.values().filter(|_| opens).map(|regime| {
        kit::Choice::new(
            regime.id.clone(),
            if t.tag() == "en" { regime.title.en.clone() } else { regime.title.zh.clone() },
        )
    });
    let kinds =
        ["annual", "routine", "special", "tenure"].map(|kind| kit::Choice::new(kind, t.get(&format!("kind-{kind}"))));
    Ok(Cycles {
        form: person.form(&app.store),
        cycles,
        regimes: regimes.collect(),
        kinds: kinds.to_vec(),
        page: person.page("/cycles", t.get("nav-cycles")),
    })
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/cycle.html")]
struct Show {
    page: kit::Page,
    form: kit::Form,
    id: String,
    stats: Vec<kit::Stat>,
    participants: kit::Table,
    slates: kit::Table,
    may_freeze: bool,
    may_close: bool,
}

async fn show(State(app): State<App>, Path(id): Path<Uuid>, person: SignedIn) -> Result<Show, PageError> {
    let t = person.reader.t;
    let cycle = app.store.cycles().await?.into_iter().find(|cycle| cycle.cycle_id == id).ok_or(PageError::NotFound)?;
    let desk = app.store.reader(&person.actor);
    let (names, sheets) = (app.store.names().await?, desk.participants(CycleId(id)).await?);
    let slates = desk.slates(CycleId(id)).await?;
    let stat = |key: &str, count: usize| kit::Stat {
        label: t.get(key),
        value: count.to_string(),
        unit: String::new(),
        note: String::new(),
    };
    let stats = vec![
        stat("cycle-people", sheets.len()),
        stat("cycle-ungraded", sheets.iter().filter(|sheet| sheet.ungraded.is_some()).count()),
        stat("cycle-void", sheets.iter().map(|sheet| sheet.void_scores as usize).sum()),
        stat("cycle-appeals", sheets.iter().map(|sheet| sheet.open_appeals as usize).sum()),
    ];
    let rows = sheets.iter().map(|sheet| {
        let name = names.person(PersonId(sheet.person_id));
        let ungraded = sheet.ungraded.as_ref().map(|reason| t.get(&format!("ungraded-{reason}"))).unwrap_or_default();
        vec![
            kit::Cell::new(name)
                .link(format!("/appraisals/{}", sheet.appraisal_id))
                .note(names.unit(UnitId(sheet.unit_id))),
            kit::Cell::new(t.get(&format!("stage-{}", sheet.stage))).note(ungraded),
            kit::Cell::new(sheet.composite.map(|points| Points(points).to_string()).unwrap_or_default()),
        ]
    });
    let participants = kit::Table {
        caption: t.get("cycle-participants"),
        note: String::new(),
        columns: vec![
            kit::Column::words(t.get("cycle-person")),
            kit::Column::words(t.get("appraisal-stage")),
            kit::Column::numbers(t.get("composite-title")),
        ],
        rows: rows.collect(),
        total: Vec::new(),
    };
    let lines = slates.iter().map(|slate| {
        vec![
            kit::Cell::new(names.unit(UnitId(slate.unit_id))).link(format!("/slates/{}", slate.slate_id)),
            kit::Cell::new(t.get(&format!("slate-{}", slate.stage))),
            kit::Cell::new(format!("{}/{}", slate.top_held, slate.quota)),
        ]
    });
    let slates = kit::Table {
        caption: t.get("cycle-slates"),
        note: String::new(),
        columns: vec![
            kit::Column::words(t.get("appraisal-unit")),
            kit::Column::words(t.get("appraisal-stage")),
            kit::Column::numbers(t.get("slate-quota")),
        ],
        rows: lines.collect(),
        total: Vec::new(),
    };
    let hr = person.actor.has_everywhere(domain::actor::Role::HrOfficer);
    Ok(Show {
        form: person.form(&app.store),
        id: id.to_string(),
        stats,
        participants,
        slates,
        may_freeze: hr && cycle.frozen_at.is_none(),
        may_close: hr && cycle.frozen_at.is_some() && cycle.closed_at.is_none(),
        page: person.page(&format!("/cycles/{id}"), cycle.title),
    })
}

/// A line of a slate with its own form.
struct Line {
    appraisal: String,
    name: String,
    grade: String,
    graded: bool,
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/slate.html")]
struct SlatePage {
    page: kit::Page,
    form: kit::Form,
    id: String,
    facts: Vec<kit::Term>,
    lines: Vec<Line>,
    grades: Vec<kit::Choice>,
    may_propose: bool,
    may_review: bool,
    may_post: bool,
    may_fix: bool,
}

async fn slate(State(app): State<App>, Path(id): Path<Uuid>, person: SignedIn) -> Result<SlatePage, PageError> {
    let t = person.reader.t;
    let found = app.store.reader(&person.actor).slate(SlateId(id)).await?;
    let (cycle, slate) = found.ok_or(PageError::NotFound)?;
    let names = app.store.names().await?;
    let case = Case { cycle: Some(cycle.clone()), slate: Some(slate.clone()), ..Case::default() };
    let may = |act: Act| app.store.policies().permit(&person.actor, &act, &case).is_ok();
    let regime = app.store.rules().regimes.get(&cycle.opened.regime);
    let grades: Vec<kit::Choice> = regime
        .into_iter()
        .flat_map(|regime| &regime.grades)
        .map(|grade| {
            kit::Choice::new(
                grade.id.clone(),
                if t.tag() == "en" { grade.title.en.clone() } else { grade.title.zh.clone() },
            )
        })
        .collect();
    let called =
        |id: &str| grades.iter().find(|grade| grade.value == id).map_or_else(String::new, |grade| grade.label.clone());
    let lines = slate.members.iter().map(|member| Line {
        appraisal: member.appraisal.to_string(),
        name: names.person(member.person).to_owned(),
        grade: slate.proposals.get(&member.appraisal).map_or_else(String::new, |proposal| called(&proposal.grade)),
        graded: member.graded,
    });
    let this = SlateId(id);
    let editable = cycle.frozen.is_some() && slate.submitted.is_none() && slate.fixed.is_none();
    let published = slate.published.is_some() || (slate.reviewed.is_some() && slate.count(cycle.top_grade()) == 0);
    Ok(SlatePage {
        form: person.form(&app.store),
        id: id.to_string(),
        facts: vec![
            kit::Term::new(t.get("appraisal-cycle"), cycle.opened.title.clone()),
            kit::Term::new(t.get("slate-base"), slate.base.to_string()),
            kit::Term::new(t.get("slate-quota"), format!("{}/{}", slate.count(cycle.top_grade()), slate.quota)),
            kit::Term::new(t.get("slate-missing"), slate.missing().to_string()),
        ],
        lines: lines.collect(),
        may_propose: editable && may(Act::SubmitSlate { slate: this }),
        may_review: slate.submitted.is_some() && slate.reviewed.is_none() && may(Act::ReviewSlate { slate: this }),
        may_post: slate.reviewed.is_some()
            && slate.notice.is_none()
            && slate.count(cycle.top_grade()) > 0
            && may(Act::PostNotice { slate: this }),
        may_fix: published && slate.fixed.is_none() && may(Act::FixGrades { slate: this }),
        grades,
        page: person.page(&format!("/slates/{id}"), names.unit(slate.opened.unit)),
    })
}
