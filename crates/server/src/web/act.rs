//! Every form of the pages comes here and becomes an [`Act`]: the same one that the API takes.
//!
//! A field's name is its path in the act, with dots (`score.basis.what`, `goals.0.title`), and may end in
//! a sign for what it is: `#` a whole number, `%` points as people type them, `?` a yes or no, `~` a text that is
//! left out when empty. `return_to` says which page comes next.

use super::{App, error::PageError, locale::Sentence, session::SignedIn};
use axum::{
    Form, Router,
    extract::{Path, State},
    response::Redirect,
    routing::post,
};
use domain::{act::Act, points::Points};
use serde_json::{Map, Value};

/// `POST /acts/{name}`.
pub fn routes() -> Router<App> {
    Router::new().route("/acts/{name}", post(act))
}

async fn act(
    State(app): State<App>,
    Path(name): Path<String>,
    person: SignedIn,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Redirect, PageError> {
    let field = |wanted: &str| pairs.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value.as_str());
    person.check(field(super::kit::Form::CSRF_FIELD))?;
    let key = field(super::kit::Form::KEY_FIELD).parse().map_err(|_| unfit())?;
    let act = read(&name, &pairs)?;
    app.store.act(&person.actor, key, act).await?;
    Ok(Redirect::to(local(field("return_to"))))
}

fn unfit() -> PageError {
    PageError::BadInput(Sentence::new("refusal-form-unfit"))
}

/// Only a path on this server.
fn local(path: &str) -> &str {
    let foreign = path.starts_with("//") || path.contains('\\') || !path.starts_with('/');
    if foreign { "/" } else { path }
}

/// The act that the fields spell.
fn read(name: &str, pairs: &[(String, String)]) -> Result<Act, PageError> {
    let mut act = Value::Object(Map::from_iter([("act".to_owned(), Value::from(name))]));
    for (field, value) in pairs {
        let own = [super::kit::Form::CSRF_FIELD, super::kit::Form::KEY_FIELD, "return_to"];
        if !own.contains(&field.as_str()) {
            let (path, value) = typed(field, value)?;
            put(&mut act, path, value)?;
        }
    }
    serde_json::from_value(act).map_err(|_| unfit())
}

fn typed<'a>(field: &'a str, text: &str) -> Result<(&'a str, Value), PageError> {
    let text = text.trim();
    let points = || text.parse::<Points>().map_err(|_| PageError::BadInput(Sentence::new("refusal-not-points")));
    Ok(match field.char_indices().next_back() {
        Some((end, '#')) => (&field[..end], Value::from(text.parse::<u64>().map_err(|_| unfit())?)),
        Some((end, '%')) => (&field[..end], Value::from(points()?.0)),
        Some((end, '?')) => (&field[..end], Value::from(text == "yes")),
        Some((end, '~')) => (&field[..end], if text.is_empty() { Value::Null } else { Value::from(text) }),
        _ => (field, Value::from(text)),
    })
}

/// Put a value under a dotted path; numbers count places of a list.
fn put(within: &mut Value, path: &str, value: Value) -> Result<(), PageError> {
    const LONGEST_LIST: usize = 100;
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let place = match first.parse::<usize>() {
        Ok(place) if place < LONGEST_LIST => {
            if !within.is_array() {
                *within = Value::Array(Vec::new());
            }
            let list = within.as_array_mut().ok_or_else(unfit)?;
            while list.len() <= place {
                list.push(Value::Null);
            }
            &mut list[place]
        }
        Ok(_) => return Err(unfit()),
        Err(_) => {
            if !within.is_object() {
                *within = Value::Object(Map::new());
            }
            within.as_object_mut().ok_or_else(unfit)?.entry(first).or_insert(Value::Null)
        }
    };
    match rest {
        Some(rest) => put(place, rest, value),
        None => {
            *place = value;
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(fields: &[(&str, &str)]) -> Vec<(String, String)> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn fields_spell_an_act() {
        let id = "01934b3e-0000-7000-8000-000000000001";
        let fields = pairs(&[
            ("appraisal", id),
            ("goals.0.title", "a"),
            ("goals.0.measure", "b"),
            ("goals.0.due~", ""),
            ("reason", ""),
        ]);
        let Ok(Act::ProposeGoals { goals, .. }) = read("propose_goals", &fields) else { panic!("no act") };
        assert_eq!((goals[0].title.as_str(), goals[0].due), ("a", None));
        let fields = pairs(&[("appraisal", id), ("version#", "3")]);
        assert!(matches!(read("endorse_goals", &fields), Ok(Act::EndorseGoals { version: 3, .. })));
        assert!(read("endorse_goals", &pairs(&[("appraisal", id), ("version#", "x")])).is_err());
        assert!(read("no_such_act", &[]).is_err());
    }

    #[test]
    fn returns_only_to_this_server() {
        assert_eq!(local("/notices"), "/notices");
        for foreign in ["//evil.example", "https://evil.example", "/\\evil.example", ""] {
            assert_eq!(local(foreign), "/");
        }
    }
}
