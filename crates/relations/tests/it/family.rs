//! Families in a few words.

use jiff::civil::date;
use relations::{Evidence, Graph, Individual, Kind, Nature, Profile, Register, Sex, Source, Tie};

/// Reads a family, one line for each couple or tie:
///
/// ```text
/// 爷爷/m1926 = 奶奶/f1928 > 父亲/m1950 姑姑/f1953      married, with children
/// 父亲 + 某人 > 哥哥/m1970                            parents who are not married
/// 养父 adopts 孩子      继父 fosters 孩子
/// 甲 ~ 乙               siblings on record, nothing more being known
/// 甲 ½ 乙               half-siblings on record
/// ```
///
/// A person may be described by sex and year of birth where they are first named; both may be left out.
pub fn family(text: &str) -> Graph {
    Graph::new(register(text), None)
}

pub fn register(text: &str) -> Register {
    let mut register = Register::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let one = person(&mut register, words[0]);
        let Some(what) = words.get(1) else { continue };
        let other = |register: &mut Register| person(register, words[2]);
        match *what {
            "=" | "+" | ">" => couple(&mut register, &words),
            "adopts" => {
                let child = other(&mut register);
                record(&mut register, one, child, Kind::Parent { nature: Nature::Adoptive, sex: None });
            }
            "fosters" => {
                let child = other(&mut register);
                record(&mut register, one, child, Kind::Parent { nature: Nature::Fostering, sex: None });
            }
            "~" | "½" => {
                let sibling = other(&mut register);
                record(&mut register, one, sibling, Kind::Sibling { half: *what == "½" });
            }
            other => panic!("no such tie: {other}"),
        }
    }
    register
}

fn couple(register: &mut Register, words: &[&str]) {
    let parents_end = words.iter().position(|word| *word == ">").unwrap_or(words.len());
    let parents: Vec<_> = words[..parents_end].iter().step_by(2).map(|described| person(register, described)).collect();
    if words[1] == "=" {
        record(register, parents[0], parents[1], Kind::Spouse);
    }
    for child in &words[(parents_end + 1).min(words.len())..] {
        let child = person(register, child);
        for parent in &parents {
            record(register, *parent, child, Kind::PARENT);
        }
    }
}

fn person(register: &mut Register, described: &str) -> Individual {
    let (key, known) = described.split_once('/').unwrap_or((described, ""));
    let who = register.individual(key);
    let sex = match known.chars().next() {
        Some('m') => Some(Sex::Male),
        Some('f') => Some(Sex::Female),
        _ => None,
    };
    let born = known.get(1..).and_then(|year| year.parse().ok()).map(|year| date(year, 1, 1));
    register.describe(who, Profile { sex, born });
    who
}

pub fn tie(from: Individual, to: Individual, kind: Kind) -> Tie {
    Tie { from, to, kind, evidence: Evidence::Registered, source: Source(0), since: None, until: None }
}

fn record(register: &mut Register, from: Individual, to: Individual, kind: Kind) {
    register.record(tie(from, to, kind)).expect("two people");
}

/// Somebody who is there.
pub fn find(graph: &Graph, key: &str) -> Individual {
    graph.register().find(key).unwrap_or_else(|| panic!("{key} is in the family"))
}
