//! Who may not appraise whom because of a company.

use jiff::civil::{Date, date};
use relations::{
    BusinessTie, Class, Company, Dealing, Dealings, Graph, Individual, Project, Role, Volume, Window, shared_companies,
};

use crate::family::{family, find};

const TODAY: Date = date(2026, 9, 30);

fn city() -> Graph {
    family(
        "张三/m = 妻/f
         母/f > 李四/m 兄/m
         王五/m
         赵六/f
         岳父/m > 妻",
    )
}

fn dealing(who: Individual, company: u32, role: Role) -> Dealing {
    Dealing { who, company: Company(company), role, since: None, until: None, volume: Volume::default() }
}

fn work(who: Individual, company: u32, project: u32, fen: u64) -> Dealing {
    let volume = Volume { count: 1, fen };
    Dealing { volume, ..dealing(who, company, Role::Work { project: Some(Project(project)) }) }
}

/// The company ties between two people, told as `company class-or-own/role ... against ...`, a hint with its volume.
fn told(graph: &Graph, dealings: &Dealings, a: &str, b: &str) -> Vec<String> {
    let (a, b) = (find(graph, a), find(graph, b));
    let window = Window::before(TODAY, 3);
    let found = dealings.between(graph, a, b, window);
    let mirrored: Vec<_> = dealings.between(graph, b, a, window).into_iter().map(|tie| (tie.of_b, tie.of_a)).collect();
    assert_eq!(found.iter().map(|tie| (tie.of_a.clone(), tie.of_b.clone())).collect::<Vec<_>>(), mirrored);
    let own = |one| dealings.company_ties(graph, one, window);
    assert_eq!(shared_companies(&own(a), &own(b)), found);
    found.iter().map(tell).collect()
}

fn tell(tie: &BusinessTie) -> String {
    let side = |ties: &[relations::CompanyTie]| {
        let each = ties.iter().map(|tie| {
            let role = match tie.dealing.role {
                Role::Owner => "owner",
                Role::Lead => "lead",
                Role::Work { .. } => "work",
            };
            format!("{}/{role}", tie.relative.map_or("own", Class::as_str))
        });
        each.collect::<Vec<_>>().join(" ")
    };
    let verdict =
        if tie.recuses() { "recused".to_owned() } else { format!("hint {} {}", tie.volume().count, tie.volume().fen) };
    format!("{} {} against {}: {verdict}", tie.company.0, side(&tie.of_a), side(&tie.of_b))
}

#[test]
fn an_interest_on_either_side_recuses_and_mere_work_is_a_hint() {
    let graph = city();
    let who = |key| find(&graph, key);
    let dealings = Dealings::new(vec![
        dealing(who("妻"), 1, Role::Owner),
        work(who("王五"), 1, 10, 500),
        work(who("赵六"), 1, 10, 500),
        work(who("赵六"), 1, 11, 700),
        dealing(who("兄"), 2, Role::Lead),
        dealing(who("岳父"), 2, Role::Owner),
        work(who("兄"), 3, 12, 900),
        work(who("王五"), 3, 12, 900),
    ]);
    let told = |a, b| told(&graph, &dealings, a, b);
    assert_eq!(told("张三", "王五"), ["1 spouse/owner against own/work: recused"]);
    assert_eq!(told("王五", "赵六"), ["1 own/work against own/work own/work: hint 2 1200"]);
    assert_eq!(told("张三", "李四"), ["2 near_affinity/owner against collateral3/lead: recused"]);
    // Where a relative works is no tie of one's own, and an interest without somebody on the other side is none.
    assert_eq!(told("李四", "王五"), [""; 0]);
    assert_eq!(told("李四", "赵六"), [""; 0]);
    let window = Window::before(TODAY, 3);
    assert_eq!(dealings.between(&graph, who("张三"), who("张三"), window), []);
}

#[test]
fn all_recused_among_the_staff_are_those_found_pair_by_pair() {
    let graph = city();
    let who = |key| find(&graph, key);
    let dealings = Dealings::new(vec![
        dealing(who("妻"), 1, Role::Owner),
        dealing(who("李四"), 1, Role::Owner),
        work(who("王五"), 1, 10, 1),
        work(who("赵六"), 1, 10, 1),
        work(who("王五"), 2, 11, 1),
        work(who("赵六"), 2, 11, 1),
    ]);
    let window = Window::before(TODAY, 3);
    let staff = ["赵六", "王五", "李四", "张三"].map(who);
    let mut expected = Vec::new();
    for a in staff {
        for b in staff.into_iter().filter(|b| a < *b) {
            let ties = dealings.between(&graph, a, b, window);
            expected.extend(ties.iter().filter(|tie| tie.recuses()).map(|tie| (a, b, tie.company)));
        }
    }
    expected.sort_unstable();
    assert_eq!(expected.len(), 5);
    assert_eq!(dealings.recused_among(&graph, &staff, window), expected);
}

#[test]
fn only_the_last_three_years_count_to_the_day() {
    let graph = city();
    let (owner, worker) = (find(&graph, "张三"), find(&graph, "王五"));
    assert_eq!(Window::before(TODAY, 3), Window { from: date(2023, 9, 30), to: TODAY });
    for (since, until, counts) in [
        (None, None, true),
        (None, Some(date(2023, 9, 29)), false),
        (None, Some(date(2023, 9, 30)), true),
        (Some(TODAY), None, true),
        (Some(date(2026, 10, 1)), None, false),
    ] {
        let owned = Dealing { since, until, ..dealing(owner, 1, Role::Owner) };
        let dealings = Dealings::new(vec![owned, work(worker, 1, 10, 1)]);
        let found = dealings.between(&graph, owner, worker, Window::before(TODAY, 3));
        assert_eq!(!found.is_empty(), counts, "{since:?} {until:?}");
    }
}
