//! Policies tested as data: `policies/tests/NAME.toml` holds the cases of `policies/NAME.cedar`. Cedar is asked itself,
//! so that a case says what the policies mean, whatever the product makes of an act; `matrix` tests that.

use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityUid, PolicyId, PolicySet, Request, Schema, ValidationMode, Validator,
};
use policy::{BUILT_IN, SCHEMA};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    str::FromStr,
};

/// One file of cases.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

/// One case, as policies/README.md describes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    actions: Vec<String>,
    #[serde(default)]
    user: Map<String, Value>,
    #[serde(default)]
    case: Map<String, Value>,
    permitted_by: Option<BTreeSet<String>>,
    forbidden_by: Option<BTreeSet<String>>,
}

/// What was answered, and which policies decided it.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Permitted(BTreeSet<String>),
    /// Empty: nothing permits it.
    Refused(BTreeSet<String>),
}

impl Answer {
    fn is_permit(&self) -> bool {
        matches!(self, Answer::Permitted(_))
    }

    fn reasons(&self) -> &BTreeSet<String> {
        let (Answer::Permitted(reasons) | Answer::Refused(reasons)) = self;
        reasons
    }
}

struct Rules {
    schema: Schema,
    set: PolicySet,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../policies")
}

/// The cases of each file, by the name of the policy file they belong to.
fn cases() -> BTreeMap<String, Vec<Case>> {
    let mut cases = BTreeMap::new();
    for entry in fs::read_dir(folder().join("tests")).expect("policies/tests") {
        let path = entry.expect("a file").path();
        let text = fs::read_to_string(&path).expect("a text");
        let file: File = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.with_extension("cedar");
        cases.insert(name.file_name().expect("a name").to_string_lossy().into_owned(), file.case);
    }
    cases
}

fn ids(text: &str) -> Vec<String> {
    let set = PolicySet::from_str(text).expect("policies");
    set.policies().map(|policy| policy.annotation("id").expect("an @id").to_owned()).collect()
}

fn rules() -> Rules {
    let (schema, warnings) = Schema::from_cedarschema_str(SCHEMA).expect("the schema");
    assert_eq!(warnings.map(|warning| warning.to_string()).collect::<Vec<_>>(), Vec::<String>::new());
    let mut set = PolicySet::new();
    for (_, text) in BUILT_IN {
        for policy in PolicySet::from_str(text).expect("policies").policies() {
            let id = PolicyId::new(policy.annotation("id").expect("an @id"));
            set.add(policy.new_id(id)).expect("an id that no other policy has");
        }
    }
    assert!(Validator::new(schema.clone()).validate(&set, ValidationMode::Strict).validation_passed());
    Rules { schema, set }
}

/// Facts that a case does not name are those of nobody and nothing.
fn facts(kind: &str, id: &str, named: &Map<String, Value>) -> Value {
    let (texts, sets, flags): (&[&str], &[&str], &[&str]) = match kind {
        "User" => (&["account", "person", "unit"], &["roles", "hr_of"], &["console", "outside"]),
        _ => (
            &["unit", "subject", "leader", "head", "turn", "account", "role", "other_factor_by", "concerned"],
            &[
                "four_eyes",
                "assessors",
                "involved",
                "members",
                "held",
                "grounds",
                "named",
                "named_people",
                "suspended",
                "recused",
                "concerned_grounds",
            ],
            &["hr_turn", "register", "overrules", "asked"],
        ),
    };
    let mut all: Map<String, Value> = texts.iter().map(|key| ((*key).to_owned(), json!(""))).collect();
    all.extend(sets.iter().map(|key| ((*key).to_owned(), json!([]))));
    all.extend(flags.iter().map(|key| ((*key).to_owned(), json!(false))));
    all.extend(named.clone());
    json!({ "uid": { "type": kind, "id": id }, "attrs": all, "parents": [] })
}

impl Rules {
    /// Ask. The schema refuses actions and facts that there are none of.
    fn ask(&self, case: &Case, action: &str, set: &PolicySet) -> Answer {
        let about = || format!("{}: {action}", case.name);
        let entities = json!([facts("User", "user", &case.user), facts("Case", "case", &case.case)]);
        let entities = Entities::from_json_value(entities, Some(&self.schema))
            .unwrap_or_else(|error| panic!("{}: {error}", about()));
        let uid = |text: &str| EntityUid::from_str(text).expect("an entity");
        let action = uid(&format!("Action::\"{action}\""));
        let request =
            Request::new(uid("User::\"user\""), action, uid("Case::\"case\""), Context::empty(), Some(&self.schema))
                .unwrap_or_else(|error| panic!("{}: {error}", about()));
        let response = Authorizer::new().is_authorized(&request, set, &entities);
        assert_eq!(response.diagnostics().errors().count(), 0, "{}", about());
        let reasons = response.diagnostics().reason().map(ToString::to_string).collect();
        match response.decision() {
            Decision::Allow => Answer::Permitted(reasons),
            Decision::Deny => Answer::Refused(reasons),
        }
    }
}

impl Case {
    fn expected(&self) -> Answer {
        match (&self.permitted_by, &self.forbidden_by) {
            (Some(ids), None) if !ids.is_empty() => Answer::Permitted(ids.clone()),
            (None, Some(ids)) => Answer::Refused(ids.clone()),
            _ => panic!("{}: a case says permitted_by or forbidden_by, and who permits", self.name),
        }
    }
}

#[test]
fn each_case_is_decided_as_it_says_and_for_the_reason_it_says() {
    let rules = rules();
    let (mut wrong, mut asked) = (Vec::new(), 0);
    for (file, cases) in cases() {
        for case in &cases {
            assert!(!case.actions.is_empty(), "{}: no action", case.name);
            for action in &case.actions {
                asked += 1;
                let answer = rules.ask(case, action, &rules.set);
                if answer != case.expected() {
                    let (name, expected) = (&case.name, case.expected());
                    wrong.push(format!("{file}: {name}: {action}\n  expected {expected:?}\n  answered {answer:?}"));
                }
            }
        }
    }
    assert!(asked > 0);
    assert_eq!(wrong, Vec::<String>::new(), "\n{}", wrong.join("\n"));
}

/// A policy has a case in its own file that it decides: without the policy the answer would be the opposite.
#[test]
fn every_policy_decides_a_case() {
    let (rules, cases) = (rules(), cases());
    let mut undecided = Vec::new();
    for (file, text) in BUILT_IN {
        let own = cases.get(*file).map(Vec::as_slice).unwrap_or_default();
        for id in ids(text) {
            let mut without = rules.set.clone();
            without.remove_static(PolicyId::new(&id)).expect("a policy");
            let decides = |case: &Case, action: &String| {
                case.expected().reasons().contains(&id)
                    && rules.ask(case, action, &rules.set).is_permit() != rules.ask(case, action, &without).is_permit()
            };
            if !own.iter().any(|case| case.actions.iter().any(|action| decides(case, action))) {
                undecided.push(format!("{file}: {id}"));
            }
        }
    }
    assert_eq!(undecided, Vec::<String>::new(), "policies without a case that they decide");
}

#[test]
fn every_file_of_policies_is_built_in_and_has_its_file_of_cases() {
    let built_in: BTreeSet<String> = BUILT_IN.iter().map(|(name, _)| (*name).to_owned()).collect();
    let names = fs::read_dir(folder()).expect("policies").map(|entry| entry.expect("a file").file_name());
    let files = names.map(|name| name.to_string_lossy().into_owned()).filter(|name| name.ends_with(".cedar"));
    assert_eq!(files.collect::<BTreeSet<_>>(), built_in);
    assert_eq!(cases().into_keys().collect::<BTreeSet<_>>(), built_in);
}
