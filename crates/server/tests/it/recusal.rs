//! Recusal in the example city: the five hidden kin pairs and the three business pairs among those who scored and were scored
//! are kept apart, each on its ground and over the way that leads from one to the other, and nobody else is.

use crate::{
    city::{CONSOLE, City},
    fresh::{Fresh, on_both},
    story::{expected, files},
};
use domain::{
    act::Act,
    actor::{Actor, Grant, Role},
    batch::{Kind, Row},
    cycle::{CycleDraft, Schedule},
    finding::Place,
    id::{AppraisalId, FindingId, PersonId},
    indicator::{Dimension, IndicatorDraft},
    points::Points,
    recusal::Ground,
    score::Assessor,
    ties::{OnTheWay, TiesOn, findings, posts},
};
use jiff::civil::date;
use serde_json::Value;
use server::{
    importing::{self, Options},
    jobs, watching,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::query::{FindingFilter, Page, Through};
use uuid::Uuid;

on_both![the_hidden_pairs_are_kept_apart_and_nobody_else, what_looks_wrong_in_the_city_is_found];

/// HR officer of the authority, nobody on the roster.
const HR: &str = "hr";
const INSPECTOR: &str = "inspector";

async fn the_hidden_pairs_are_kept_apart_and_nobody_else(fresh: Fresh) {
    let city = City::new(fresh, date(2026, 10, 9)).await;
    set_up(&city).await;
    let (expected, rows, people) = (expected(), rows(), people(&city).await);
    let ties = city.store.ties(date(2026, 10, 9)).await.expect("ties");
    let planted = planted(&expected);

    // Of all who scored and were scored on paper these pairs are apart, and no others.
    let assessed: BTreeSet<(&str, &str)> = rows[&Kind::PaperScores]
        .iter()
        .map(|row| (row.fields["rater"].as_str(), row.fields["ratee"].as_str()))
        .collect();
    let apart = |(rater, ratee): &(&str, &str)| {
        let grounds = ties.between(people[*rater], people[*ratee]);
        grounds.into_iter().find(|ground| ground.recuses())
    };
    let found: BTreeMap<(&str, &str), Ground> =
        assessed.iter().filter_map(|pair| Some((*pair, apart(pair)?))).collect();
    assert_eq!(found, planted);

    for tie in expected["findings"]["kin_pairs"].as_array().expect("pairs") {
        let path: Vec<&str> = tie["path"].as_array().expect("a path").iter().map(|id| id.as_str().unwrap()).collect();
        assert_eq!(way(&city, &ties, &rows, people[text(tie, "assessor")], people[text(tie, "assessee")]).await, path);
    }
    for tie in expected["findings"]["business_pairs"].as_array().expect("pairs") {
        let shared = ties.shared(people[text(tie, "assessor")], people[text(tie, "assessee")]);
        let companies: Vec<&str> =
            shared.iter().filter(|shared| shared.recuses).map(|shared| shared.company.as_str()).collect();
        assert_eq!(companies, [text(tie, "company_code")]);
    }

    posts_are_told(&city, &rows, &people, &expected).await;

    open_cycles(&city).await;
    for ((rater, ratee), ground) in planted {
        let appraisal = sheet(&city, people[ratee]).await;
        let assessors = vec![Assessor { person: people[rater], weight: Points::FULL }];
        let policy = format!("{}-not-named", ground.as_str().replace('_', "-"));
        city.forbidden(HR, Act::NameAssessors { appraisal, assessors }, &policy).await;
        let (_, opened) = city.store.reader(&city.who(HR).await).appraisal(appraisal).await.unwrap().unwrap();
        assert!(
            opened.assessors.iter().all(|assessor| assessor.person != people[rater]),
            "opening passed {rater} over"
        );
        city.does(HR, Act::AdoptScores { appraisal }).await;
        let (_, adopted) = city.store.reader(&city.who(HR).await).appraisal(appraisal).await.unwrap().unwrap();
        assert!(adopted.scores.iter().all(|score| score.given.rater != people[rater]));
        assert!(adopted.unfit_sheets.iter().any(|(_, reason)| reason == "rater-tied"), "{:?}", adopted.unfit_sheets);
    }
    city.is_whole().await;
}

/// Of all related staff, those are told whose direct leaders the roster gives as the one the other's, or as the same; and
/// of posts known by a word, those under a relative.
async fn posts_are_told(
    city: &City,
    rows: &HashMap<Kind, Vec<Row>>,
    people: &BTreeMap<String, PersonId>,
    expected: &Value,
) {
    let leaders: BTreeMap<&str, &str> = rows[&Kind::People]
        .iter()
        .filter_map(|row| Some((row.key.as_str(), row.fields.get("leader")?.as_str())))
        .filter(|(_, leader)| !leader.is_empty())
        .collect();
    let mut told = BTreeSet::new();
    for tie in expected["all_staff_relations"].as_array().expect("pairs") {
        let (a, b) = (text(tie, "a"), text(tie, "b"));
        let pair = || (people[a].min(people[b]), people[a].max(people[b]));
        if leaders.get(a) == Some(&b) || leaders.get(b) == Some(&a) {
            told.insert((posts::Kind::DirectLeader, pair()));
        }
        if leaders.contains_key(a) && leaders.get(a) == leaders.get(b) {
            told.insert((posts::Kind::SameLeader, pair()));
        }
    }
    assert!(!told.is_empty(), "the city hides some");
    let inspector = city.who(INSPECTOR).await;
    let found = city.store.reader(&inspector).posts().await.expect("a read");
    let (marked, plain): (Vec<_>, Vec<_>) = found.ties.iter().partition(|tie| tie.kind == posts::Kind::SensitivePost);
    let pair = |tie: &posts::PostTie| (tie.kind, (tie.below.min(tie.other), tie.below.max(tie.other)));
    assert_eq!(plain.into_iter().map(pair).collect::<BTreeSet<_>>(), told);
    for tie in marked {
        let mark = tie.marked.as_ref().expect("a word");
        assert!(mark.name.contains(&mark.word) && tie.chain.len() >= 2, "{tie:?}");
        assert_eq!((tie.chain.first(), tie.chain.last()), (Some(&tie.below), Some(&tie.other)));
    }
    let keys: BTreeSet<String> = found.ties.iter().map(posts::PostTie::key).collect();
    assert_eq!(keys.len(), found.ties.len(), "each has a key of its own");
}

/// All of the office's files, an HR officer and an inspector.
async fn set_up(city: &City) {
    let all = importing::gather(&[files()]).expect("files");
    let options = Options { skip_bad: true, dry_run: false };
    importing::import(&city.store, &city.who(CONSOLE).await, all, options).await.expect("an import");
    for (login, role) in [(HR, Role::HrOfficer), (INSPECTOR, Role::Inspector)] {
        let open = Act::OpenAccount { login: login.to_owned(), person: None, name: Some(login.to_owned()) };
        city.does(CONSOLE, open).await;
        let account = city.store.account_of_login(login).await.expect("a read").expect("an account");
        city.does(CONSOLE, Act::GrantRole { account, grant: Grant { role, unit: None } }).await;
    }
}

async fn open_cycles(city: &City) {
    // The row that the set of workers lacks, as HR is asked to correct it.
    let indicator = IndicatorDraft {
        code: "GQ-L01".to_owned(),
        name: "廉洁自律".to_owned(),
        dimension: Dimension::Integrity,
        weight: Points::whole(10),
        post_type: "工勤岗".to_owned(),
        source: "评价人评分".to_owned(),
        quantitative: false,
        words: "评价人按0-100分评分".to_owned(),
        target: None,
        cap: None,
    };
    city.does(HR, Act::DefineIndicator { indicator }).await;
    for regime in ["civil_servant", "public_institution"] {
        let cycle = CycleDraft {
            regime: regime.to_owned(),
            kind: "annual".to_owned(),
            title: regime.to_owned(),
            from: date(2026, 1, 1),
            to: date(2026, 12, 31),
            schedule: Schedule { goals: date(2026, 10, 23), scoring: date(2026, 11, 6), grading: date(2026, 11, 20) },
            exempt: Vec::new(),
        };
        city.does(HR, Act::OpenCycle { cycle }).await;
    }
}

/// Who scored whom, and on which ground they should not have.
fn planted(expected: &Value) -> BTreeMap<(&str, &str), Ground> {
    let classes = BTreeMap::from([
        ("夫妻关系", Ground::Spouse),
        ("直系血亲", Ground::Lineal),
        ("三代以内旁系血亲", Ground::Collateral),
        ("近姻亲", Ground::NearAffinity),
    ]);
    let pairs = |kind: &str| expected["findings"][kind].as_array().expect("pairs").iter();
    let kin = pairs("kin_pairs").map(|tie| (tie, classes[text(tie, "legal_class")]));
    let business = pairs("business_pairs").map(|tie| (tie, Ground::Business));
    let pair = |(tie, ground)| ((text(tie, "assessor"), text(tie, "assessee")), ground);
    let planted: BTreeMap<_, _> = kin.chain(business).map(pair).collect();
    assert_eq!(planted.len(), 8);
    planted
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{value} has no {name}"))
}

/// The rows of the files, by kind.
fn rows() -> HashMap<Kind, Vec<Row>> {
    let sources = importing::gather(&[files()]).expect("files");
    let tables = connect::read(sources, connect::Known::default()).tables;
    tables.into_iter().map(|table| (table.kind, table.rows)).collect()
}

async fn people(city: &City) -> BTreeMap<String, PersonId> {
    let roster = city.store.roster().await.expect("a read");
    roster.into_iter().map(|row| (row.number, PersonId(row.person_id))).collect()
}

/// What registers name and people did not declare, among the staff: each of them once, and no namesake.
async fn what_looks_wrong_in_the_city_is_found(fresh: Fresh) {
    let city = City::new(fresh, date(2026, 10, 9)).await;
    set_up(&city).await;
    jobs::check_ties(&city.store).await.expect("a look");
    let (people, inspector) = (people(&city).await, city.who(INSPECTOR).await);
    let desk = city.store.reader(&inspector);
    let found = desk.findings(&FindingFilter::default(), Page::first(10_000)).await.expect("a read");
    // Registers say of two of the staff that they are married, or parent and child; who of the two did not declare it is found.
    let number: BTreeMap<PersonId, String> = people.into_iter().map(|(number, person)| (person, number)).collect();
    let mut rule = BTreeSet::new();
    let silent_rows = found.rows.iter().filter(|row| row.level == "rule" && row.detector == findings::UNDECLARED);
    for row in silent_rows {
        let (finding, _) = desk.finding(FindingId(row.finding_id)).await.expect("a read").expect("a finding");
        let told = finding.raised.told.expect("what was found");
        rule.insert((number[&finding.raised.subject].clone(), number[&told.others[0]].clone()));
    }
    a_row_opens_for_whoever_has_taken_its_finding(&city, found.rows[0].finding_id).await;
    let expected = expected();
    let near = expected["all_staff_relations"].as_array().expect("pairs").iter();
    let near = near.filter(|pair| ["夫妻", "母子", "母女", "父子", "父女"].contains(&text(pair, "relation")));
    let silent = near.flat_map(|pair| {
        let both = [(text(pair, "a"), text(pair, "b")), (text(pair, "b"), text(pair, "a"))];
        let declared: Vec<&str> =
            pair["declared_by"].as_array().expect("who").iter().filter_map(Value::as_str).collect();
        both.into_iter().filter(move |(one, _)| !declared.contains(one)).collect::<Vec<_>>()
    });
    let silent: BTreeSet<(String, String)> = silent.map(|(one, other)| (one.to_owned(), other.to_owned())).collect();
    assert_eq!(rule, silent);
    // Parents, spouses and children outside the office are worth a look, and nothing else is found in these registers.
    let posts = desk.posts().await.expect("a read").ties.len();
    let of = |detector: &str| found.rows.iter().filter(|row| row.detector == detector).count();
    assert_eq!([of(findings::UNDECLARED), of(findings::POSTS)], [111, posts]);
    assert_eq!(found.rows.len(), 111 + posts);
    let again = city.store.act(&Actor::System, city.store.new_key(), Act::CheckTies {}).await;
    assert!(again.is_err_and(|error| error.to_string().contains("nothing-found")));
    a_scan_raises_what_it_finds_once(&city).await;
}

/// What the detectors find in the facts of the city is raised once, about somebody who can answer, in words with names.
async fn a_scan_raises_what_it_finds_once(city: &City) {
    let came = watching::look(&city.store, &|_, _| ()).await.expect("a scan");
    assert!(came.raised > 20 && came.found == came.raised + came.about_nobody, "{came:?}");
    let again = watching::look(&city.store, &|_, _| ()).await.expect("a scan");
    assert_eq!((again.found, again.raised), (came.found, 0), "nothing is raised twice");
    let inspector = city.who(INSPECTOR).await;
    let desk = city.store.reader(&inspector);
    let of = |detector: &str| FindingFilter { detector: Some(detector.to_owned()), ..FindingFilter::default() };
    let head = people(city).await["YT0358"];
    for (detector, has_picture) in [("R001", false), ("D001", true)] {
        let found = desk.findings(&of(detector), Page::first(10)).await.expect("a read");
        assert_eq!(found.rows.len(), 1, "{detector}");
        let id = FindingId(found.rows[0].finding_id);
        let (finding, _) = desk.finding(id).await.expect("a read").expect("a finding");
        assert_eq!(finding.raised.subject, head, "the head of the unit answers");
        assert!(finding.raised.versions.is_some_and(|versions| versions.detector.len() == 64));
        let scanned = finding.raised.told.and_then(|told| told.scanned).expect("what was found");
        assert!(scanned.sentence.zh.contains("市交通局") && scanned.sentence.en.contains("市交通局"));
        assert_eq!(scanned.picture.is_some(), has_picture, "{detector}");
        assert!(scanned.tables.is_empty() || scanned.tables[0].table == "grade_counts", "{:?}", scanned.tables);
    }
    let late = desk.findings(&of("R003"), Page::first(10)).await.expect("a read");
    assert_eq!(late.rows.len(), 2);
    let id = FindingId(late.rows[0].finding_id);
    let (finding, _) = desk.finding(id).await.expect("a read").expect("a finding");
    let scanned = finding.raised.told.and_then(|told| told.scanned).expect("what was found");
    let tables: Vec<&str> = scanned.tables.iter().map(|rows| rows.table.as_str()).collect();
    assert_eq!(tables, ["results", "attendance"], "the rows behind it");
    let hr = city.who(HR).await;
    assert!(city.store.reader(&hr).finding(id).await.expect("a read").is_none());
}

/// Nobody leafs through a register; whoever has taken a finding reads the rows that it rests on, and no others.
async fn a_row_opens_for_whoever_has_taken_its_finding(city: &City, finding: Uuid) {
    let finding = FindingId(finding);
    // An account that is nobody's on the roster can't be handed a finding.
    let (login, to) = ("YT0481", city.person("YT0481").await);
    city.does(CONSOLE, Act::OpenAccount { login: login.to_owned(), person: Some(to), name: None }).await;
    let account = city.store.account_of_login(login).await.expect("a read").expect("an account");
    city.does(CONSOLE, Act::GrantRole { account, grant: Grant { role: Role::Inspector, unit: None } }).await;
    let inspector = city.who(login).await;
    let desk = city.store.reader(&inspector);
    let (told, _) = desk.finding(finding).await.expect("a read").expect("a finding");
    let places = told.raised.told.expect("what was found").places;
    let place = places.iter().find_map(|place| match place {
        Place::Row(batch, number) => Some((*batch, *number)),
        Place::Line(..) => None,
    });
    let (batch, number) = place.expect("a row");
    let another = (2..).find(|number| !places.contains(&Place::Row(batch, *number))).expect("a row of no concern");
    let entry = desk.batch(batch).await.expect("a read").expect("a batch");
    assert!(!entry.shows_rows());
    let today = date(2026, 10, 9);
    let opens = async |number, through| desk.batch_row(&entry, number, through, today).await.expect("a read").is_some();
    let through = Some(Through::Finding(finding));
    assert!(!opens(number, through).await, "nobody has taken it");
    city.does(login, Act::AssignFinding { finding, to }).await;
    assert!(opens(number, through).await);
    assert!(!opens(number, None).await && !opens(another, through).await);
    let other = city.who(INSPECTOR).await;
    let shut = city.store.reader(&other).batch_row(&entry, number, through, today).await.expect("a read");
    assert_eq!(shut, None, "another inspector");
}

async fn sheet(city: &City, person: PersonId) -> AppraisalId {
    let reader = city.who(HR).await;
    for cycle in city.store.cycles().await.expect("a read") {
        for id in city.store.appraisals_of(domain::id::CycleId(cycle.cycle_id)).await.expect("a read") {
            let (_, sheet) = city.store.reader(&reader).appraisal(id).await.expect("a read").expect("an appraisal");
            if sheet.opened.person == person {
                return id;
            }
        }
    }
    panic!("{person} is not appraised");
}

/// The way from one to the other, by the ID numbers that stand in the rows which name the people on it.
async fn way(city: &City, ties: &TiesOn, rows: &HashMap<Kind, Vec<Row>>, a: PersonId, b: PersonId) -> Vec<String> {
    let inspector = city.who(INSPECTOR).await;
    let mut ids = Vec::new();
    let staff: BTreeMap<PersonId, String> =
        people(city).await.into_iter().map(|(number, person)| (person, number)).collect();
    for OnTheWay { person, mention } in ties.way(a, b).expect("a way").people {
        let (row, column) = match mention {
            Some((Place::Line(..), _)) => panic!("nobody has declared in the product"),
            Some((Place::Row(batch, number), column)) => {
                let entry = city.store.reader(&inspector).batch(batch).await.expect("a read").expect("a batch");
                (rows[&entry.batch.kind].iter().find(|row| row.number == number), column)
            }
            // Whom no register mentions is on the roster.
            None => {
                let number = &staff[&person.expect("somebody of the staff")];
                (rows[&Kind::People].iter().find(|row| row.key == *number), "id_number")
            }
        };
        ids.push(row.expect("a row").fields[column].clone());
    }
    ids
}
