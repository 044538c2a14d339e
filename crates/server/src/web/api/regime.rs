//! The rules of the day, as files in `regimes/` say them.

use crate::web::{App, error::PageError, session::SignedIn};
use axum::{Json, extract::State};
use domain::regime::Regime;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// The regimes in force.
#[derive(Serialize, ToSchema)]
pub struct Regimes {
    /// SHA-256 over the rule files, hex: what the record names where it used them.
    hash: String,
    /// One for each kind of staff.
    regimes: Vec<RegimeLine>,
}

/// A regime 考核制度.
#[derive(Serialize, ToSchema)]
struct RegimeLine {
    /// Stable word.
    #[schema(example = "civil_servant")]
    id: String,
    /// What it is called in Chinese.
    title_zh: String,
    /// What it is called in English.
    title_en: String,
    /// The kinds of cycle there are: `routine`, `annual`, `special`, `tenure`.
    kinds: Vec<String>,
    /// The words for grades, best first.
    #[schema(example = json!(["excellent", "competent", "basically_competent", "incompetent"]))]
    grades: Vec<String>,
    /// The whole file `regimes/<id>.toml` as JSON: every number with its `source`, the article it rests on and whether
    /// its text was read.
    #[schema(value_type = Object)]
    rules: Value,
}

/// The regimes in force. For whoever is signed in.
#[utoipa::path(get, path = "/api/regimes", operation_id = "list_regimes", tag = "office",
    responses((status = 200, body = Regimes)))]
pub async fn list(State(app): State<App>, _: SignedIn) -> Result<Json<Regimes>, PageError> {
    let rules = app.store.rules();
    let line = |regime: &Regime| -> Result<RegimeLine, serde_json::Error> {
        Ok(RegimeLine {
            id: regime.id.clone(),
            title_zh: regime.title.zh.clone(),
            title_en: regime.title.en.clone(),
            kinds: regime.kinds.clone(),
            grades: regime.grades.iter().map(|grade| grade.id.clone()).collect(),
            rules: serde_json::to_value(regime)?,
        })
    };
    let regimes = rules.regimes.values().map(line).collect::<Result<_, _>>()?;
    Ok(Json(Regimes { hash: rules.hash.clone(), regimes }))
}
