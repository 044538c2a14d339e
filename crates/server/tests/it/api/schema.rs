//! JSON Schema as far as the description uses it. A keyword that is not known here is a fault, never passed over.

use jiff::{Timestamp, civil::Date};
use serde_json::{Map, Value};
use uuid::Uuid;

/// What says nothing about values.
const WORDS: [&str; 5] = ["description", "example", "examples", "default", "title"];

/// What in `value` does not fit `schema`, place by place. Fields that are not described do not fit.
pub fn faults(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut check = Check { document, faults: Vec::new() };
    check.value(schema, value, "");
    check.faults
}

struct Check<'a> {
    document: &'a Value,
    faults: Vec<String>,
}

impl Check<'_> {
    fn fault(&mut self, at: &str, what: String) {
        self.faults.push(format!("{at}: {what}"));
    }

    fn value(&mut self, schema: &Value, value: &Value, at: &str) {
        let rules = schema.as_object().unwrap_or_else(|| panic!("{at}: a schema is an object, not {schema}"));
        for (keyword, rule) in rules {
            match keyword.as_str() {
                "$ref" => self.value(&self.named(rule), value, at),
                "type" => self.kind(rule, value, at),
                "enum" => {
                    if !rule.as_array().is_some_and(|allowed| allowed.contains(value)) {
                        self.fault(at, format!("{value} is none of {rule}"));
                    }
                }
                "oneOf" => self.one_of(rule, value, at),
                "format" => self.format(rule, value, at),
                "minimum" | "maximum" => self.bound(keyword, rule, value, at),
                "items" => {
                    for (place, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.value(rule, item, &format!("{at}/{place}"));
                    }
                }
                "properties" => self.fields(rule, value, at),
                "required" => self.required(rule, value, at),
                word if WORDS.contains(&word) => {}
                other => panic!("{at}: the keyword {other} is not known to this test"),
            }
        }
    }

    fn named(&self, reference: &Value) -> Value {
        let pointer = reference.as_str().and_then(|reference| reference.strip_prefix('#')).expect("a local reference");
        self.document.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere")).clone()
    }

    fn kind(&mut self, rule: &Value, value: &Value, at: &str) {
        let is = |kind: &Value| match kind.as_str().unwrap_or_default() {
            "null" => value.is_null(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "string" => value.is_string(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            other => panic!("{at}: there is no type {other}"),
        };
        let fits = rule.as_array().map_or_else(|| is(rule), |kinds| kinds.iter().any(is));
        if !fits {
            self.fault(at, format!("{value} is no {rule}"));
        }
    }

    fn one_of(&mut self, rule: &Value, value: &Value, at: &str) {
        let ways = rule.as_array().expect("oneOf is a list");
        let fit = ways.iter().filter(|way| faults(self.document, way, value).is_empty()).count();
        if fit != 1 {
            self.fault(at, format!("{value} fits {fit} of {rule}"));
        }
    }

    fn format(&mut self, rule: &Value, value: &Value, at: &str) {
        let Some(text) = value.as_str() else { return };
        let fits = match rule.as_str().unwrap_or_default() {
            "uuid" => text.parse::<Uuid>().is_ok(),
            "date" => text.parse::<Date>().is_ok() && text.len() == 10,
            "date-time" => text.parse::<Timestamp>().is_ok() && text.ends_with('Z'),
            other => panic!("{at}: the format {other} is not known to this test"),
        };
        if !fits {
            self.fault(at, format!("{value} is no {rule}"));
        }
    }

    fn bound(&mut self, keyword: &str, rule: &Value, value: &Value, at: &str) {
        let (Some(bound), Some(number)) = (rule.as_f64(), value.as_f64()) else { return };
        if (keyword == "minimum" && number < bound) || (keyword == "maximum" && number > bound) {
            self.fault(at, format!("{value} is beyond the {keyword} {rule}"));
        }
    }

    fn fields(&mut self, rule: &Value, value: &Value, at: &str) {
        let described: &Map<String, Value> = rule.as_object().expect("properties are an object");
        for (name, field) in value.as_object().into_iter().flatten() {
            match described.get(name) {
                Some(schema) => self.value(schema, field, &format!("{at}/{name}")),
                None => self.fault(at, format!("the field {name} is not described")),
            }
        }
    }

    fn required(&mut self, rule: &Value, value: &Value, at: &str) {
        let Some(fields) = value.as_object() else { return };
        for name in rule.as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                self.fault(at, format!("the field {name} is missing"));
            }
        }
    }
}

#[test]
fn what_does_not_fit_is_named() {
    use serde_json::json;
    let document = json!({ "components": { "schemas": { "Points": { "type": "integer", "maximum": 100 } } } });
    let schema = json!({
        "type": "object",
        "required": ["id", "points"],
        "properties": {
            "id": { "type": "string", "format": "uuid" },
            "points": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Points" }] },
            "days": { "type": "array", "items": { "type": "string", "format": "date" } },
        },
    });
    let id = "01934b3e-0000-7000-8000-000000000001";
    let count = |value: Value| faults(&document, &schema, &value).len();
    assert_eq!(count(json!({ "id": id, "points": null, "days": ["2026-02-28"] })), 0);
    assert_eq!(count(json!({ "id": id, "points": 100 })), 0);
    assert_eq!(count(json!({ "id": "x", "points": 101, "days": ["2026-02-30", 5] })), 4);
    assert_eq!(count(json!({ "id": id })), 1, "what is required");
    assert_eq!(count(json!({ "id": id, "points": 1, "more": 1 })), 1, "what is not described");
    assert_eq!(count(json!([])), 1);
}
