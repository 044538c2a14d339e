//! The rules in force, for everyone who is signed in: each number with the article it rests on.

#[cfg(test)]
mod tests;

use super::{App, error::PageError, kit, locale::Locale, session::SignedIn, words};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use domain::{
    event::Event,
    regime::{Grade, Regime, Remedy, Source},
};

/// `/regimes`, `/regimes/{id}`.
pub fn routes() -> Router<App> {
    Router::new().route("/regimes", get(list)).route("/regimes/{id}", get(show))
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/regimes.html")]
struct Regimes {
    page: kit::Page,
    regimes: Vec<kit::CellLink>,
    hashes: Vec<kit::Term>,
    on_record: bool,
    record: Vec<kit::Event>,
}

async fn list(State(app): State<App>, person: SignedIn) -> Result<Regimes, PageError> {
    let t = person.reader.t;
    let rules = app.store.rules();
    let regimes = rules.regimes.values().map(|regime| kit::CellLink {
        href: format!("/regimes/{}", regime.id),
        icon: "scale",
        label: words::text(t, &regime.title),
        note: regime.staff_kinds.join(&t.get("list-comma")),
        value: t.with("regime-unverified", &[("n", unverified(regime))]),
    });
    let recorded = app.store.rules_on_record().await?;
    let policies = app.store.policies().hash();
    let last = recorded.last().map(|recorded| &recorded.event);
    let on_record = matches!(last, Some(Event::RulesRecorded { regimes, policies: known })
        if *regimes == rules.hash && known == policies);
    let names = app.store.names().await?;
    let record = recorded.iter().rev().filter_map(|recorded| match &recorded.event {
        Event::RulesRecorded { regimes, policies } => Some(kit::Event {
            tone: kit::Tone::Neutral,
            what: t.with("regime-recorded", &[("seq", recorded.seq)]),
            who: words::who(t, &names, recorded.stamp.by),
            when: recorded.stamp.at,
            note: String::new(),
            changes: vec![
                kit::Change { label: t.get("regime-hash"), before: String::new(), after: regimes.clone() },
                kit::Change { label: t.get("regime-policies-hash"), before: String::new(), after: policies.clone() },
            ],
            more: None,
        }),
        _ => None,
    });
    Ok(Regimes {
        regimes: regimes.collect(),
        hashes: vec![
            kit::Term::new(t.get("regime-hash"), rules.hash.clone()),
            kit::Term::new(t.get("regime-policies-hash"), policies),
        ],
        on_record,
        record: record.collect(),
        page: person.page("/regimes", t.get("regimes-title")),
    })
}

fn unverified(regime: &Regime) -> usize {
    regime.sources().iter().filter(|(_, source)| !source.verified).count()
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/regime.html")]
struct Show {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    unverified: String,
    parts: Vec<kit::Table>,
}

async fn show(State(app): State<App>, Path(id): Path<String>, person: SignedIn) -> Result<Show, PageError> {
    let t = person.reader.t;
    let regime = app.store.rules().regimes.get(&id).ok_or(PageError::NotFound)?;
    let count = unverified(regime);
    Ok(Show {
        crumbs: vec![kit::Crumb { label: t.get("regimes-title"), href: "/regimes".to_owned() }],
        unverified: if count == 0 { String::new() } else { t.with("regime-unverified-note", &[("n", count)]) },
        parts: Reading { t, regime }.parts(),
        page: person.page(&format!("/regimes/{id}"), words::text(t, &regime.title)),
    })
}

/// The short form beside the form that opens a cycle: what a kind of cycle is run by.
pub fn in_short(t: Locale, regime: &Regime, kind: &str) -> Vec<kit::Term> {
    let reading = Reading { t, regime };
    let grades: Vec<String> = regime.scale(kind).iter().map(|grade| words::text(t, &grade.title)).collect();
    let (share, share_source) = regime.top_share(kind);
    let grade_source = regime.scale(kind).first().map_or(&regime.source, |grade| &grade.source);
    let mut rows = vec![
        reading.row("regime-grades", grades.join(&t.get("list-comma")), grade_source),
        reading.row("regime-share", t.with("regime-percent", &[("n", share)]), share_source),
        reading.workdays("regime-notice", regime.notice.workdays, &regime.notice.source),
        reading.workdays("regime-objection", regime.objection.reply_workdays, &regime.objection.source),
        reading.workdays("regime-appeal-file", regime.appeal.file_workdays, &regime.appeal.source),
        reading.workdays("regime-appeal-decide", regime.appeal.decide_workdays, &regime.appeal.source),
    ];
    rows.extend(reading.chain_rows());
    let term = |row: Vec<kit::Cell>| {
        let verified = row[3].tag.as_ref().map(|tag| tag.text.clone()).unwrap_or_default();
        kit::Term::new(row[0].text.clone(), format!("{}\n{} · {verified}", row[1].text, row[2].text))
    };
    rows.into_iter().map(term).collect()
}

/// A regime as its page tells it.
struct Reading<'a> {
    t: Locale,
    regime: &'a Regime,
}

impl Reading<'_> {
    fn parts(&self) -> Vec<kit::Table> {
        let parts = [
            self.table("regime-part-scope", self.scope()),
            self.table("regime-part-grades", self.grades()),
            self.table("regime-part-quota", self.quota()),
            self.table("regime-part-ungraded", self.not_graded()),
            self.table("regime-part-notice", self.publicity()),
            self.table("regime-part-appeal", self.appeals()),
            self.table("regime-part-deadlines", self.deadlines()),
            self.table("regime-part-chains", self.chain_rows()),
            self.table("regime-part-results", self.results()),
        ];
        parts.into_iter().filter(|part| !part.rows.is_empty()).collect()
    }

    fn table(&self, caption: &str, rows: Vec<Vec<kit::Cell>>) -> kit::Table {
        let t = self.t;
        kit::Table {
            caption: t.get(caption),
            columns: ["regime-rule", "regime-value", "regime-basis", "regime-verified"]
                .map(|key| kit::Column::words(t.get(key)))
                .to_vec(),
            rows,
            ..kit::Table::default()
        }
    }

    /// One rule: its name, its value, the article, and whether the article's text was read.
    fn row(&self, label: &str, value: String, source: &Source) -> Vec<kit::Cell> {
        self.named(self.t.get(label), value, source)
    }

    fn named(&self, label: String, value: String, source: &Source) -> Vec<kit::Cell> {
        let (tone, key) = match source.verified {
            true => (kit::Tone::Success, "regime-is-verified"),
            false => (kit::Tone::Warn, "regime-is-not-verified"),
        };
        let verified = kit::Cell::tag(tone, self.t.get(key));
        vec![kit::Cell::new(label), kit::Cell::new(value), kit::Cell::new(source.basis.clone()), verified]
    }

    fn workdays(&self, label: &str, days: u32, source: &Source) -> Vec<kit::Cell> {
        self.row(label, self.t.with("regime-workdays", &[("n", days)]), source)
    }

    fn scope(&self) -> Vec<Vec<kit::Cell>> {
        let (t, regime) = (self.t, self.regime);
        let kinds: Vec<String> = regime.kinds.iter().map(|kind| t.get(&format!("kind-{kind}"))).collect();
        vec![
            self.row("regime-staff-kinds", regime.staff_kinds.join(&t.get("list-comma")), &regime.source),
            self.row("regime-kinds", kinds.join(&t.get("list-comma")), &regime.source),
        ]
    }

    fn grades(&self) -> Vec<Vec<kit::Cell>> {
        let (t, regime) = (self.t, self.regime);
        let line = |key: &'static str| {
            move |grade: &Grade| {
                let rank = t.with(key, &[("rank", grade.rank)]);
                self.named(rank, words::text(t, &grade.title), &grade.source)
            }
        };
        let routine = regime.routine.iter().flat_map(|routine| &routine.grades).map(line("regime-rank-routine"));
        let ungraded = regime
            .ungraded
            .iter()
            .map(|ungraded| self.row("regime-ungraded", words::text(t, &ungraded.title), &ungraded.source));
        regime.grades.iter().map(line("regime-rank")).chain(routine).chain(ungraded).collect()
    }

    fn quota(&self) -> Vec<Vec<kit::Cell>> {
        let (t, regime) = (self.t, self.regime);
        let quota = &regime.quota;
        let percent = |n: u32| t.with("regime-percent", &[("n", n)]);
        let of = t.with(
            "regime-share-of",
            &[("share", percent(quota.top_share_pct)), ("base", words::text(t, &quota.denominator))],
        );
        let other = |label: &'static str| {
            move |share: &domain::regime::Share| {
                let condition = words::text(t, &share.condition);
                let value = t.with("regime-share-if", &[("share", percent(share.pct)), ("condition", condition)]);
                self.row(label, value, &share.source)
            }
        };
        let mut rows = vec![self.row("regime-share", of, &quota.source)];
        rows.extend(quota.raised.iter().map(other("regime-share-raised")));
        rows.extend(quota.lowered.iter().map(other("regime-share-lowered")));
        let routine = regime.routine.iter();
        rows.extend(routine.map(|rule| self.row("regime-share-routine", percent(rule.top_share_pct), &rule.source)));
        rows
    }

    fn not_graded(&self) -> Vec<Vec<kit::Cell>> {
        let (t, rules) = (self.t, &self.regime.not_graded);
        let mut rows = Vec::new();
        if let Some(rule) = &rules.probation {
            let value = t.with("regime-probation-months", &[("n", rule.months)]);
            rows.push(self.row("regime-probation", value, &rule.source));
        }
        if let Some(rule) = &rules.leave {
            let value = t.with("regime-leave-days", &[("months", rule.over_months), ("days", rule.over_workdays)]);
            rows.push(self.row("regime-leave", value, &rule.source));
        }
        if let Some(source) = &rules.investigation {
            rows.push(self.row("regime-investigation", t.get("regime-investigation-rule"), source));
        }
        if let Some(rule) = &rules.warning {
            let title =
                |id: &String| self.regime.grade(id).map_or_else(|| id.clone(), |grade| words::text(t, &grade.title));
            let barred: Vec<String> = rule.bars.iter().map(title).collect();
            let value = t.with("regime-warning-bars", &[("grades", barred.join(&t.get("list-comma")))]);
            rows.push(self.row("regime-warning", value, &rule.source));
        }
        rows
    }

    fn publicity(&self) -> Vec<Vec<kit::Cell>> {
        let (t, regime) = (self.t, self.regime);
        let mut rows = vec![self.workdays("regime-notice", regime.notice.workdays, &regime.notice.source)];
        if let Some(least) = regime.notice.minimum {
            rows.push(self.workdays("regime-notice-least", least, &regime.notice.source));
        }
        rows.push(self.row("regime-notice-restart", t.get("regime-notice-restart-rule"), &regime.notice.source));
        rows.push(self.workdays("regime-objection", regime.objection.reply_workdays, &regime.objection.source));
        rows
    }

    fn appeals(&self) -> Vec<Vec<kit::Cell>> {
        let (t, regime) = (self.t, self.regime);
        let mut rows = vec![
            self.workdays("regime-appeal-file", regime.appeal.file_workdays, &regime.appeal.source),
            self.workdays("regime-appeal-decide", regime.appeal.decide_workdays, &regime.appeal.source),
        ];
        if let Some(law) = &regime.statutory_review {
            let title = |id: &String| regime.grade(id).map_or_else(|| id.clone(), |grade| words::text(t, &grade.title));
            let grades: Vec<String> = law.grades.iter().map(title).collect();
            rows.push(self.row("regime-remedy-grades", grades.join(&t.get("list-comma")), &law.source));
            rows.push(self.remedy("regime-remedy-review", &law.review));
            rows.push(self.remedy("regime-remedy-appeal", &law.appeal));
            rows.extend(law.second_appeal.iter().map(|stage| self.remedy("regime-remedy-second", stage)));
            if let Some(days) = law.direct_appeal_days {
                rows.push(self.row("regime-remedy-direct", t.with("regime-days", &[("n", days)]), &law.source));
            }
        }
        rows
    }

    fn remedy(&self, label: &str, stage: &Remedy) -> Vec<kit::Cell> {
        let args = [("file", stage.file_days), ("decide", stage.decide_days), ("more", stage.extension_days)];
        self.row(label, self.t.with("regime-remedy-days", &args), &stage.source)
    }

    fn deadlines(&self) -> Vec<Vec<kit::Cell>> {
        let days = &self.regime.deadlines;
        let steps = [
            ("regime-step-goal", days.goal_step),
            ("regime-step-confirm", days.confirm_score),
            ("regime-step-review", days.review_scores),
            ("regime-step-slate", days.slate_step),
            ("regime-step-outcome", days.outcome_step),
            ("regime-step-sign", days.sign),
            ("regime-step-survey", days.survey),
        ];
        steps.into_iter().map(|(label, count)| self.workdays(label, count, &days.source)).collect()
    }

    fn chain_rows(&self) -> Vec<Vec<kit::Cell>> {
        use domain::regime::{GoalStep, OutcomeStep};
        let (t, chains) = (self.t, &self.regime.chains);
        let goal = chains.goal.iter().map(|step| match step {
            GoalStep::DepartmentHead => "chain-department-head",
            GoalStep::UnitHead => "chain-unit-head",
        });
        let outcome = chains.outcome.iter().map(|step| match step {
            OutcomeStep::Recommend => "chain-recommend",
            OutcomeStep::Hr => "chain-hr",
            OutcomeStep::Approve => "chain-approve",
        });
        let arrow = |steps: Vec<&str>| steps.into_iter().map(|key| t.get(key)).collect::<Vec<_>>().join(" → ");
        vec![
            self.row(
                "regime-chain-goal",
                arrow(std::iter::once("chain-employee").chain(goal).collect()),
                &chains.source,
            ),
            self.row("regime-chain-outcome", arrow(outcome.collect()), &chains.source),
        ]
    }

    fn results(&self) -> Vec<Vec<kit::Cell>> {
        let (t, regime) = (self.t, self.regime);
        let line = |result: &domain::regime::ResultUse| {
            let grade =
                regime.grade(&result.grade).map_or_else(|| result.grade.clone(), |grade| words::text(t, &grade.title));
            let key = if result.in_a_row { "regime-result-in-a-row" } else { "regime-result-years" };
            let label = t.with(key, &[("grade", t.arg(grade)), ("n", t.arg(result.years))]);
            self.named(label, words::text(t, &result.effect), &result.source)
        };
        regime.results.iter().map(line).collect()
    }
}
