//! Early warning.

use super::{
    paging,
    told::{PersonName, Told, UnitName},
};
use crate::{
    warning::warnings,
    web::{App, error::PageError, session::SignedIn, words},
};
use axum::{Json, extract::State};
use detect::warning::{Comparison, Group, Material, Measures, Standing, Warning};
use serde::Serialize;
use utoipa::ToSchema;

/// Where to look first 风险预警: how probable it is that in the coming twelve months a finding is raised and confirmed. A question;
/// nothing follows from it.
#[derive(Serialize, ToSchema)]
pub struct EarlyWarning {
    /// By findings about units.
    units: WarningList,
    /// By findings about how assessors score.
    assessors: WarningList,
}

/// What is told of units, or of assessors.
#[derive(Serialize, ToSchema)]
struct WarningList {
    /// Whether too little was decided yet to tell anything.
    silent: bool,
    /// How much was decided.
    material: WarningMaterial,
    /// How much is wanted at least.
    wanted: WarningMaterial,
    /// The 200 most probable, the most probable first; empty while it is silent.
    items: Vec<WarningItem>,
    /// How good such probabilities were in years they had not seen; null while it is silent.
    comparison: Option<WarningComparison>,
}

/// Cases to learn from: one unit or assessor in one year, after an earlier finding.
#[derive(Serialize, ToSchema)]
struct WarningMaterial {
    /// Years with at least one case.
    periods: usize,
    /// Cases with a confirmed or corrected finding.
    confirmed: usize,
    /// Cases without one, and with none undecided.
    others: usize,
}

/// One of them.
#[derive(Serialize, ToSchema)]
struct WarningItem {
    /// The unit; null: it is an assessor.
    unit: Option<UnitName>,
    /// The assessor; null: it is a unit.
    assessor: Option<PersonName>,
    /// The probability, above 0 and below 1.
    probability: f64,
    /// How many findings there were before, whatever came of them.
    findings: u32,
    /// What raises it, the weightiest first.
    reasons: Vec<WarningReason>,
}

/// What raises a probability.
#[derive(Serialize, ToSchema)]
struct WarningReason {
    /// `confirmed`: findings that were confirmed or corrected; `rule`, `alert`, `watch`: undecided ones of that level.
    signal: &'static str,
    /// How many there are.
    count: u32,
    /// The part of all that raises it, above 0, up to 1.
    share: f64,
}

/// How good it was, beside simpler ways.
#[derive(Serialize, ToSchema)]
struct WarningComparison {
    /// `better` than counting earlier findings, hardly by chance; `worse`; or `alike`.
    verdict: &'static str,
    /// Early warning.
    model: WarningMeasures,
    /// The count of earlier findings, calibrated in the same manner.
    count: WarningMeasures,
    /// The rate alone, the same for everybody.
    rate: WarningMeasures,
    /// How many are the first of a year, at most; never more than a fifth of the year's cases.
    top: usize,
    /// Five groups of the same size, the least probable first.
    groups: Vec<WarningGroup>,
}

/// How good some probabilities were.
#[derive(Serialize, ToSchema)]
struct WarningMeasures {
    /// The mean square of what they were off; 0 is best.
    brier: f64,
    /// The mean of -ln of what was told of what came; 0 is best.
    log_loss: f64,
    /// The chance that a confirmed case was told the higher probability than another; 1 is best, 0.5 is none.
    auc: f64,
    /// The share confirmed among the first of each year.
    precision: f64,
}

/// Cases of similar probability.
#[derive(Serialize, ToSchema)]
struct WarningGroup {
    /// How many.
    n: usize,
    /// The mean probability told.
    predicted: f64,
    /// The share that was confirmed.
    happened: f64,
}

/// Where to look first, from what came of earlier findings; silent until enough was decided. For inspectors; nothing about themselves or anybody they are tied to.
#[utoipa::path(get, path = "/api/findings/warning", operation_id = "show_early_warning", tag = "findings",
    responses((status = 200, body = EarlyWarning)))]
pub async fn show(State(app): State<App>, person: SignedIn) -> Result<Json<EarlyWarning>, PageError> {
    let found = warnings(&app.store, &person.actor, words::today()).await?;
    let told = Told::of(&app.store).await?;
    Ok(Json(EarlyWarning {
        units: list(&found.units, |id| (Some(told.unit(id)), None)),
        assessors: list(&found.assessors, |id| (None, Some(told.person(id)))),
    }))
}

fn list<S: Copy>(found: &Warning<S>, named: impl Fn(S) -> (Option<UnitName>, Option<PersonName>)) -> WarningList {
    let item = |standing: &Standing<S>| {
        let (unit, assessor) = named(standing.subject);
        let reasons = standing.reasons.iter().map(|reason| WarningReason {
            signal: reason.signal.word(),
            count: reason.count,
            share: reason.share,
        });
        WarningItem {
            unit,
            assessor,
            probability: standing.probability,
            findings: standing.findings,
            reasons: reasons.collect(),
        }
    };
    let learned = found.learned.as_ref();
    let standings = learned.iter().flat_map(|learned| &learned.standings);
    WarningList {
        silent: learned.is_none(),
        material: material(found.material),
        wanted: material(Material::WANTED),
        items: standings.take(paging::MOST as usize).map(item).collect(),
        comparison: learned.map(|learned| comparison(&learned.comparison)),
    }
}

fn material(of: Material) -> WarningMaterial {
    WarningMaterial { periods: of.periods, confirmed: of.confirmed, others: of.others }
}

fn comparison(of: &Comparison) -> WarningComparison {
    let group = |group: &Group| WarningGroup { n: group.n, predicted: group.predicted, happened: group.happened };
    WarningComparison {
        verdict: of.verdict.word(),
        model: measures(of.model),
        count: measures(of.count),
        rate: measures(of.rate),
        top: of.top,
        groups: of.groups.iter().map(group).collect(),
    }
}

fn measures(of: Measures) -> WarningMeasures {
    WarningMeasures { brier: of.brier, log_loss: of.log_loss, auc: of.auc, precision: of.precision }
}
