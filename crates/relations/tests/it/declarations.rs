//! Declarations against registers, and registers against themselves.

use jiff::civil::{Date, date};
use relations::{
    Amendment, Class, Contradiction, Evidence, Graph, Individual, Kind, Move, Nature, NoKinship, Profile, Register,
    Sex, Source, Tie, Undeclared, contradictions, declared_by, undeclared,
};

use crate::family::{family, find, tie};

/// People by one letter: capitals are men. Evidence: `r`egistered, `d`eclared by the first, `D`eclared by the second.
fn say(ties: &[(char, Kind, char, char)]) -> Graph {
    let mut register = Register::default();
    let person = |register: &mut Register, name: char| {
        let who = register.individual(&name.to_string());
        let sex = if name.is_uppercase() { Sex::Male } else { Sex::Female };
        register.describe(who, Profile { sex: Some(sex), born: None });
        who
    };
    for (from, kind, to, evidence) in ties {
        let (from, to) = (person(&mut register, *from), person(&mut register, *to));
        let evidence = match evidence {
            'r' => Evidence::Registered,
            'd' => Evidence::Declared { by: from },
            'D' => Evidence::Declared { by: to },
            other => panic!("no such evidence: {other}"),
        };
        register.record(Tie { evidence, ..tie(from, to, kind.to_owned()) }).unwrap();
    }
    Graph::new(register, None)
}

const SIBLING: Kind = Kind::Sibling { half: false };
const ADOPTIVE: Kind = Kind::Parent { nature: Nature::Adoptive, sex: None };

#[test]
fn a_declaration_that_the_register_does_not_bear_out_is_a_contradiction() {
    let graph = say(&[
        ('F', Kind::PARENT, 'X', 'r'),
        ('G', Kind::PARENT, 'X', 'D'),
        ('A', ADOPTIVE, 'X', 'D'),
        ('m', Kind::PARENT, 'X', 'r'),
        ('m', Kind::PARENT, 'X', 'D'),
        ('X', Kind::Spouse, 'y', 'r'),
        ('X', Kind::Spouse, 'z', 'd'),
        ('X', SIBLING, 'S', 'd'),
        ('P', Kind::PARENT, 'S', 'r'),
        ('q', Kind::PARENT, 'S', 'r'),
        ('X', SIBLING, 't', 'd'),
        ('P', Kind::PARENT, 't', 'r'),
    ]);
    let who = |name: char| find(&graph, &name.to_string());
    assert_eq!(
        contradictions(&graph),
        [
            Contradiction::DifferentParent { child: who('X'), declared: who('G'), by: who('X'), registered: who('F') },
            Contradiction::DifferentSpouse { of: who('X'), declared: who('z'), by: who('X'), registered: who('y') },
            Contradiction::NotSiblings { by: who('X'), sibling: who('S') },
        ]
    );
}

#[test]
fn registers_that_cannot_be_true_are_contradictions() {
    let graph = say(&[
        ('F', Kind::PARENT, 'X', 'r'),
        ('G', Kind::PARENT, 'X', 'r'),
        ('X', Kind::Spouse, 'y', 'r'),
        ('X', Kind::Spouse, 'z', 'r'),
        ('w', Kind::FATHER, 'y', 'r'),
        ('z', SIBLING, 'X', 'r'),
        ('a', Kind::PARENT, 'b', 'r'),
        ('b', Kind::PARENT, 'c', 'r'),
        ('c', Kind::PARENT, 'a', 'r'),
        ('c', Kind::PARENT, 'd', 'r'),
    ]);
    let who = |name: char| find(&graph, &name.to_string());
    assert_eq!(
        contradictions(&graph),
        [
            Contradiction::TwoParents { child: who('X'), sex: Sex::Male },
            Contradiction::TwoSpouses { of: who('X') },
            Contradiction::WrongSex { parent: who('w'), child: who('y') },
            Contradiction::TwoKinds { one: who('X'), other: who('z') },
            Contradiction::OwnAncestor { who: who('a') },
            Contradiction::OwnAncestor { who: who('b') },
            Contradiction::OwnAncestor { who: who('c') },
        ]
    );
    assert_eq!(graph.class(who('a'), who('b')), Some(Class::Lineal));
    assert!(matches!(graph.kinship(who('d'), who('X')), Err(NoKinship::OwnAncestor(_))));
    let young = family("子/m1980 \n 父/m1990 > 子");
    let [parent, child] = ["父", "子"].map(|key| find(&young, key));
    assert_eq!(contradictions(&young), [Contradiction::TooYoung { parent, child }]);
}

#[test]
fn of_too_many_parents_the_registered_ones_make_the_coefficient() {
    let of = |evidence| {
        let graph =
            say(&[('F', Kind::PARENT, 'X', 'r'), ('m', Kind::PARENT, 'X', 'r'), ('G', Kind::PARENT, 'X', evidence)]);
        graph.kinship(find(&graph, "G"), find(&graph, "X")).map(|kinship| kinship.to_string())
    };
    assert_eq!(of('D'), Ok("0".to_owned()));
    assert_eq!(of('r'), Err(NoKinship::ManyParents("X".to_owned())));
}

#[test]
fn a_line_longer_than_any_family_is_refused_and_does_not_hang() {
    let mut register = Register::default();
    let line: Vec<Individual> = (0..100_000).map(|number| register.individual(&number.to_string())).collect();
    for pair in line.windows(2) {
        register.record(tie(pair[0], pair[1], Kind::PARENT)).unwrap();
    }
    let graph = Graph::new(register, None);
    let (first, last) = (line[0], line[line.len() - 1]);
    assert_eq!(graph.class(first, last), Some(Class::Lineal));
    assert_eq!(graph.path(first, last).map(|path| path.steps.len()), Some(line.len() - 1));
    assert!(matches!(graph.kinship(first, last), Err(NoKinship::TooDeep(..))));
    assert_eq!(graph.kinship(line[0], line[40]).unwrap().as_f64(), 0.5_f64.powi(41));
    assert_eq!(graph.kinship(line[0], line[20]).unwrap().to_string(), "0.000000476837158203125");
}

#[test]
fn what_is_registered_and_not_declared_is_asked_about() {
    let graph = say(&[
        ('F', Kind::PARENT, 'X', 'r'),
        ('F', Kind::PARENT, 'X', 'D'),
        ('m', Kind::PARENT, 'X', 'r'),
        ('X', Kind::Spouse, 'y', 'r'),
        ('y', Kind::Spouse, 'X', 'd'),
        ('X', Kind::PARENT, 'c', 'r'),
        ('X', SIBLING, 's', 'd'),
    ]);
    let who = |name: char| find(&graph, &name.to_string());
    let mut expected = [('m', Move::Up), ('y', Move::Spouse), ('c', Move::Down)].map(|(relative, going)| Undeclared {
        staff: who('X'),
        relative: who(relative),
        going,
    });
    expected.sort_unstable();
    assert_eq!(undeclared(&graph, &[who('X')]), expected);
    assert!(declared_by(&graph, who('X'), who('F')) && declared_by(&graph, who('y'), who('X')));
    assert!(!declared_by(&graph, who('X'), who('y')) && !declared_by(&graph, who('X'), who('m')));
}

#[test]
fn a_divorce_ends_marriage_and_affinity_on_its_day() {
    let mut register = Register::default();
    let [husband, wife, mother] = ["夫", "妻", "岳母"].map(|key| register.individual(key));
    register.record(tie(mother, wife, Kind::MOTHER)).unwrap();
    let marriage =
        Tie { since: Some(date(2010, 5, 1)), until: Some(date(2020, 3, 9)), ..tie(husband, wife, Kind::Spouse) };
    register.record(marriage).unwrap();
    let on = |day: Option<Date>| {
        let graph = Graph::new(register.clone(), day);
        (graph.class(husband, wife), graph.class(husband, mother))
    };
    let married = (Some(Class::Spouse), Some(Class::NearAffinity));
    assert_eq!(on(Some(date(2010, 4, 30))), (None, None));
    assert_eq!(on(Some(date(2010, 5, 1))), married);
    assert_eq!(on(Some(date(2020, 3, 9))), married);
    assert_eq!(on(Some(date(2020, 3, 10))), (None, None));
    assert_eq!(on(None), married);
}

#[test]
fn a_tie_stands_as_long_as_one_source_says_so() {
    let mut graph = family("甲 = 乙");
    let (one, other) = (find(&graph, "甲"), find(&graph, "乙"));
    let again = Tie { source: Source(7), ..tie(other, one, Kind::Spouse) };
    graph.amend(&Amendment::Record(again)).unwrap();
    graph.amend(&Amendment::Retract(Source(0))).unwrap();
    assert_eq!(graph.class(one, other), Some(Class::Spouse));
    graph.amend(&Amendment::Retract(Source(7))).unwrap();
    assert_eq!(graph.class(one, other), None);
    let refused = graph.amend(&Amendment::Record(tie(one, one, Kind::Spouse))).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "甲 is recorded as a relative of themselves. Correct one of the two people in that row."
    );
}
