//! Words apart from the rest of an event: taken out to be sealed, put back when they are opened, blacked out when they
//! are gone.

use domain::event::{Blank, ERASED, private_places};
use serde_json::{Map, Value};

/// Take the values at the places out of an event's data: each by the place it stood at, with `*` spelt out. Every field
/// of an event is written, if only as null, so a place that is not there is misspelt.
pub(super) fn take(data: &mut Map<String, Value>, places: &[(&str, Blank)]) -> Map<String, Value> {
    let mut words = Map::new();
    for (place, _) in places {
        visit(data, place, &mut |at, holder, last| {
            let value = match holder {
                Holder::Fields(fields) if fields.get(last).is_some_and(|value| !value.is_null()) => fields.remove(last),
                Holder::Fields(fields) => {
                    debug_assert!(fields.contains_key(last), "no event has words at {at}");
                    None
                }
                Holder::Elements(elements) => {
                    last.parse().ok().and_then(|index: usize| elements.get_mut(index)).map(Value::take)
                }
            };
            words.extend(value.filter(|value| !value.is_null()).map(|value| (at, value)));
        });
    }
    words
}

/// Put words back where they stood.
pub(super) fn put_back(data: &mut Map<String, Value>, words: Map<String, Value>) {
    for (place, value) in words {
        put(data, &place, &value);
    }
}

/// Where words were erased, what stands for them.
pub(super) fn black_out(data: &mut Map<String, Value>, event: &str) {
    for (place, blank) in private_places(event) {
        let value = match blank {
            Blank::Words => Value::from(ERASED),
            Blank::Nothing => Value::Null,
            Blank::Empty => Value::Array(Vec::new()),
        };
        put(data, place, &value);
    }
}

fn put(data: &mut Map<String, Value>, place: &str, value: &Value) {
    visit(data, place, &mut |_, holder, last| match holder {
        Holder::Fields(fields) => drop(fields.insert(last.to_owned(), value.clone())),
        Holder::Elements(elements) => {
            if let Some(element) = last.parse().ok().and_then(|index: usize| elements.get_mut(index)) {
                *element = value.clone();
            }
        }
    });
}

/// What holds a value.
enum Holder<'a> {
    Fields(&'a mut Map<String, Value>),
    Elements(&'a mut Vec<Value>),
}

/// Go to a place and tell `found` how it is spelt out, what holds its value, and under which name or number.
fn visit(data: &mut Map<String, Value>, place: &str, found: &mut impl FnMut(String, Holder<'_>, &str)) {
    match place.split_once('/') {
        None => found(place.to_owned(), Holder::Fields(data), place),
        Some((first, rest)) => {
            if let Some(within) = data.get_mut(first) {
                visit_within(within, first, rest, found);
            }
        }
    }
}

fn visit_within(value: &mut Value, before: &str, place: &str, found: &mut impl FnMut(String, Holder<'_>, &str)) {
    let (first, rest) = place.split_once('/').map_or((place, None), |(first, rest)| (first, Some(rest)));
    match (value, rest) {
        (Value::Array(elements), Some(rest)) if first == "*" => {
            for (index, element) in elements.iter_mut().enumerate() {
                visit_within(element, &format!("{before}/{index}"), rest, found);
            }
        }
        (Value::Array(elements), Some(rest)) => {
            if let Some(element) = first.parse().ok().and_then(|index: usize| elements.get_mut(index)) {
                visit_within(element, &format!("{before}/{first}"), rest, found);
            }
        }
        (Value::Array(elements), None) => found(format!("{before}/{first}"), Holder::Elements(elements), first),
        (Value::Object(fields), None) => found(format!("{before}/{first}"), Holder::Fields(fields), first),
        (Value::Object(fields), Some(rest)) => {
            if let Some(within) = fields.get_mut(first) {
                visit_within(within, &format!("{before}/{first}"), rest, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fields(value: Value) -> Map<String, Value> {
        value.as_object().expect("an object").clone()
    }

    #[test]
    fn words_come_out_and_go_back_where_they_stood() {
        let whole = fields(json!({
            "goals": [{ "id": 1, "title": "a", "measure": "b" }, { "id": 2, "title": "c", "measure": "d" }],
            "reason": null,
            "version": 3,
        }));
        let mut data = whole.clone();
        let words = take(&mut data, private_places("goals_proposed"));
        assert_eq!(
            Value::from(words.clone()),
            json!({ "goals/0/title": "a", "goals/0/measure": "b", "goals/1/title": "c", "goals/1/measure": "d" }),
        );
        assert_eq!(
            Value::from(data.clone()),
            json!({ "goals": [{ "id": 1 }, { "id": 2 }], "reason": null, "version": 3 }),
        );
        put_back(&mut data, words);
        assert_eq!(data, whole);
    }

    #[test]
    fn an_element_of_a_pair_is_blacked_out_in_its_place() {
        let mut data = fields(json!({ "ungraded": ["probation", "since May"] }));
        let words = take(&mut data, private_places("participation_changed"));
        assert_eq!(Value::from(words), json!({ "ungraded/1": "since May" }));
        black_out(&mut data, "participation_changed");
        assert_eq!(Value::from(data), json!({ "ungraded": ["probation", ERASED] }));
        let mut none = fields(json!({ "ungraded": null }));
        assert!(take(&mut none, private_places("participation_changed")).is_empty());
        black_out(&mut none, "participation_changed");
        assert_eq!(Value::from(none), json!({ "ungraded": null }));
    }
}
