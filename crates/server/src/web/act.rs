//! Every form of the pages comes here and becomes an [`Act`]: the same one that the API takes.
//!
//! A field's name is its path in the act, with dots (`score.basis.what`, `goals.0.title`), and may end in
//! a sign for what it is: `#` a whole number, `%` points as people type them, `?` a yes or no, `~` a text that is
//! left out when empty. A refused form is shown again on its own page with what was typed; see [`kit::Form::of_act`].

mod sent;

use super::{
    App,
    error::PageError,
    kit,
    locale::{Arg, Sentence, local_path},
    session::{Answer, How, SignedIn},
    signing,
};
use axum::{
    Router,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use domain::{act::Act, points::Points};
use sent::{Filled, Sent};
use serde_json::{Map, Value};
use uuid::Uuid;

/// `POST /acts/{name}`.
pub fn routes() -> Router<App> {
    Router::new().route("/acts/{name}", post(act))
}

async fn act(
    State(app): State<App>,
    Path(name): Path<String>,
    person: SignedIn,
    sent: Sent,
) -> Result<Response, PageError> {
    let sent = Filled::take(&app, &person, sent).await?;
    let key: Uuid = sent.field(kit::Form::KEY_FIELD).parse().map_err(|_| unfit())?;
    let form = sent.field(kit::Form::NAME_FIELD).to_owned();
    let act = read(&name, &sent.pairs);
    if let Ok(act) = &act {
        is_in_sight(&app, &person, act).await?;
    }
    let done = match act {
        _ if !sent.unfit.is_empty() => Err(unfit_files(&person, &sent.unfit)),
        Ok(act) => match sent.field(kit::Form::SIGNATURE_FIELD).trim() {
            "" => match signing::ask(&app, &person, key, &act, &sent.pairs)? {
                Some(page) => return Ok(page.into_response()),
                None => app.store.act(&person.actor, key, act).await.map_err(PageError::from),
            },
            signature => {
                app.store.act_signed(&person.actor, key, act, signature.to_owned()).await.map_err(PageError::from)
            }
        },
        Err(error) => Err(error),
    };
    let (page, how) = match done {
        Ok(receipt) => {
            // An act that makes something may lead to its page, which the form could not know.
            let made = receipt.streams.first().map(ToString::to_string).unwrap_or_default();
            let next = sent.field(kit::Form::RETURN_FIELD).replace(kit::Form::MADE, &made);
            (local_path(Some(&next)), How::Done { act: name, seq: receipt.seq })
        }
        Err(error) => match refused(&person, error, &sent) {
            Ok(how) => (local_path(Some(sent.field(kit::Form::AT_FIELD))), how),
            Err(error) => return Err(error),
        },
    };
    let answer = Answer { page: page.clone(), form, how };
    person.keep(&app.store, answer).await?;
    Ok(Redirect::to(&page).into_response())
}

/// Refuse to raise a recusal in an appraisal that one does not see, lest the answers tell who has a duty in it. For that there
/// is `/tips`, which answers the same every time.
pub(super) async fn is_in_sight(app: &App, person: &SignedIn, act: &Act) -> Result<(), PageError> {
    let Act::RaiseRecusal { appraisal, .. } = act else { return Ok(()) };
    let seen = app.store.reader(&person.actor).appraisal(*appraisal).await?;
    seen.map(drop).ok_or(PageError::NotFound)
}

/// All that is wrong with the files of a form.
fn unfit_files(person: &SignedIn, unfit: &[Sentence]) -> PageError {
    let said: Vec<String> = unfit.iter().map(|sentence| person.reader.t.say(sentence)).collect();
    PageError::BadInput(Sentence::Said(said.join(" ")))
}

/// The most characters of a refused form that are kept for its page; a longer one gets an error page, and the
/// browser still has what was typed.
const LONGEST_KEPT: usize = 100_000;

/// A refusal that the form's own page can show, with what was typed; any other error stays one.
fn refused(person: &SignedIn, error: PageError, sent: &Filled) -> Result<How, PageError> {
    let pairs = &sent.pairs;
    let on_a_page = pairs.iter().any(|(name, _)| name == kit::Form::AT_FIELD);
    let length: usize = pairs.iter().map(|(name, value)| name.len() + value.len()).sum();
    let (PageError::Refused(sentence) | PageError::BadInput(sentence) | PageError::Forbidden { message: sentence, .. }) =
        &error
    else {
        return Err(error);
    };
    if !on_a_page || length > LONGEST_KEPT {
        return Err(error);
    }
    let field = match sent.unfit.as_slice() {
        [] => field_of(sentence, pairs),
        _ => kit::Form::FILES_FIELD.to_owned(),
    };
    let typed = pairs.iter().filter(|(name, _)| !FRAME.contains(&name.as_str())).cloned().collect();
    Ok(How::Refused { field, text: person.reader.t.say(sentence), typed })
}

/// The field of the form that a refusal is about: the one whose path ends in what the refusal names, and of several
/// first an empty one.
fn field_of(sentence: &Sentence, pairs: &[(String, String)]) -> String {
    let Sentence::Text { args, .. } = sentence else { return String::new() };
    let Some((_, Arg::Words(named))) = args.iter().find(|(name, _)| *name == "field") else { return String::new() };
    let last = |name: &str| name.trim_end_matches(SIGNS).rsplit('.').next().unwrap_or_default() == named;
    let meant = || pairs.iter().filter(|(name, _)| last(name));
    let found = meant().find(|(_, value)| value.trim().is_empty()).or_else(|| meant().next());
    found.map(|(name, _)| name.clone()).unwrap_or_default()
}

/// Signs at the end of a field's name.
const SIGNS: [char; 4] = ['#', '%', '?', '~'];

/// Fields that are about the form and not about the act.
const FRAME: [&str; 6] = [
    kit::Form::CSRF_FIELD,
    kit::Form::KEY_FIELD,
    kit::Form::NAME_FIELD,
    kit::Form::AT_FIELD,
    kit::Form::RETURN_FIELD,
    kit::Form::SIGNATURE_FIELD,
];

fn unfit() -> PageError {
    PageError::BadInput(Sentence::new("refusal-form-unfit"))
}

/// The act that the fields spell.
fn read(name: &str, pairs: &[(String, String)]) -> Result<Act, PageError> {
    let mut act = Value::Object(Map::from_iter([("act".to_owned(), Value::from(name))]));
    for (field, value) in pairs {
        if !FRAME.contains(&field.as_str()) {
            let (path, value) = typed(field, value)?;
            put(&mut act, path, value)?;
        }
    }
    leave_out_blanks(&mut act);
    serde_json::from_value(act).map_err(|_| unchosen(pairs).unwrap_or_else(unfit))
}

/// Fields that hold a choice or a day: left empty, they spell nothing. Words may be empty, and `decide` says if not.
const CHOICES: [&str; 6] = ["goal", "indicator", "witness", "when", "decider", "from"];

/// What to say if nothing was chosen where something has to be.
fn unchosen(pairs: &[(String, String)]) -> Option<PageError> {
    let last = |name: &str| CHOICES.into_iter().find(|choice| name.rsplit('.').next() == Some(choice));
    let mut empty = pairs.iter().filter(|(_, value)| value.trim().is_empty());
    let field = empty.find_map(|(name, _)| last(name))?;
    Some(PageError::BadInput(Sentence::new("refusal-text-missing").arg("field", field)))
}

/// A form offers more lines of a list than are filled in: a line with nothing typed into it is not meant. One that had an
/// id and was emptied is dropped.
fn leave_out_blanks(act: &mut Value) {
    let blank = |line: &Value| match line {
        Value::Object(parts) => parts.iter().all(|(name, part)| name == "id" || part.is_null() || part == ""),
        _ => line.is_null(),
    };
    for list in act.as_object_mut().into_iter().flat_map(Map::values_mut).filter_map(Value::as_array_mut) {
        list.retain(|line| !blank(line));
    }
}

fn typed<'a>(field: &'a str, text: &str) -> Result<(&'a str, Value), PageError> {
    let text = text.trim();
    let unread = |key: &'static str| {
        let last = field.trim_end_matches(SIGNS).rsplit('.').next().unwrap_or_default();
        PageError::BadInput(Sentence::new(key).arg("field", last))
    };
    let points = || text.parse::<Points>().map_err(|_| unread("refusal-not-points"));
    let whole = || text.parse::<u64>().map_err(|_| unread("refusal-not-a-number"));
    Ok(match field.char_indices().next_back() {
        Some((end, '#')) => (&field[..end], Value::from(whole()?)),
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
        let Ok(Act::ProposeGoals { goals, .. }) = read(
            "propose_goals",
            &pairs(&[
                ("appraisal", id),
                ("goals.0.id", id),
                ("goals.0.title", " "),
                ("goals.0.measure", ""),
                ("goals.1.title", "b"),
                ("goals.1.measure", ""),
                ("goals.2.title", ""),
                ("goals.2.due~", ""),
                ("reason", ""),
            ]),
        ) else {
            panic!("no act")
        };
        assert_eq!(goals.len(), 1, "blank lines are left out, an emptied one is dropped");
        let fields = pairs(&[("appraisal", id), ("version#", "3")]);
        assert!(matches!(read("endorse_goals", &fields), Ok(Act::EndorseGoals { version: 3, .. })));
        assert!(read("endorse_goals", &pairs(&[("appraisal", id), ("version#", "x")])).is_err());
        assert!(read("no_such_act", &[]).is_err());
    }

    #[test]
    fn a_refusal_finds_its_field() {
        let fields = pairs(&[("goals.0.title", ""), ("score.points%", "x"), ("reasons", "")]);
        let missing = |field: &str| Sentence::new("refusal-text-missing").arg("field", field);
        assert_eq!(field_of(&missing("title"), &fields), "goals.0.title");
        let lines = pairs(&[("goals.0.title", "a"), ("goals.1.title", "")]);
        assert_eq!(field_of(&missing("title"), &lines), "goals.1.title", "the one that is empty");
        assert_eq!(field_of(&missing("points"), &fields), "score.points%");
        assert_eq!(field_of(&missing("reason"), &fields), "", "another field's name only begins like it");
        assert_eq!(field_of(&Sentence::new("refusal-not-points"), &fields), "");
    }
}
