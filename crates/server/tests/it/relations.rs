//! Relations out of office files: the example city has ten related pairs of staff and three business pairs, and no others.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    path::{Path, PathBuf},
};

use connect::{Import, Known, Source};
use domain::{
    batch::{Kind, Row},
    ties::sources::{Member, Read, Reason, read},
};
use jiff::civil::date;
use relations::{
    Class, Contradiction, Graph, Individual, StaffRelations, Window, contradictions, declared_by, undeclared,
};
use serde_json::Value;
use server::relations::run;

fn yunting() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/yunting")
}

fn expected() -> Value {
    serde_json::from_str(&fs::read_to_string(yunting().join("expected.json")).unwrap()).unwrap()
}

/// The accepted rows of the files that tell of relations, and of the paper scores, which tell who assessed whom.
fn import() -> Import {
    let names = ["人员花名册", "家庭成员申报", "户籍信息", "企业股东信息", "项目管理系统", "定性", "考核指标库"];
    let files = fs::read_dir(yunting()).unwrap().map(|entry| entry.unwrap().path());
    let sources = files.filter_map(|file| {
        let name = file.file_name()?.to_str()?.to_owned();
        let wanted = names.iter().any(|wanted| name.contains(wanted));
        wanted.then(|| Source::new(name, fs::File::open(&file).unwrap()))
    });
    connect::read(sources.collect(), Known::default())
}

fn rows(import: &Import, kind: Kind) -> impl Iterator<Item = &Row> {
    import.tables.iter().filter(move |table| table.kind == kind).flat_map(|table| &table.rows)
}

fn read_all(import: &Import) -> Read {
    let tables = import.tables.iter().enumerate();
    let batches =
        tables.map(|(number, table)| (relations::Source(number as u32), table.kind, table.rows.iter().collect()));
    read(rows(import, Kind::People).map(member), batches, &HashMap::new(), &str::to_owned)
}

/// A row of the roster.
fn member(row: &Row) -> Member<'_> {
    let field = |name: &str| row.fields.get(name).map(String::as_str);
    let born = field("born").and_then(|born| born.parse().ok());
    let (name, unit) = (field("name").unwrap_or_default(), field("unit").unwrap_or_default());
    Member { number: &row.key, name, unit, id_number: field("id_number"), sex: field("sex"), born }
}

/// The city: the graph, and of the reading what is not in it.
struct City {
    graph: Graph,
    read: Read,
    import: Import,
}

fn city() -> City {
    let import = import();
    let mut read = read_all(&import);
    let graph = Graph::new(std::mem::take(&mut read.register), None);
    City { graph, read, import }
}

impl City {
    fn staff(&self) -> Vec<Individual> {
        self.read.staff.values().copied().collect()
    }

    fn number(&self, of: Individual) -> &str {
        self.read.staff.iter().find(|(_, one)| **one == of).map(|(number, _)| number.as_str()).unwrap()
    }

    /// Who assessed whom on paper.
    fn assessed(&self) -> BTreeSet<(&str, &str)> {
        let each = rows(&self.import, Kind::PaperScores);
        each.map(|row| (row.fields["rater"].as_str(), row.fields["ratee"].as_str())).collect()
    }

    /// The way from one to the other, by ID number.
    fn path(&self, a: &str, b: &str) -> Vec<&str> {
        let path = self.graph.path(self.read.staff[a], self.read.staff[b]).unwrap();
        path.people().map(|one| self.graph.register().key(one)).collect()
    }

    /// What both call each other: the one is this to the other, and the other that to the one.
    fn terms(&self, a: &str, b: &str) -> String {
        let path = self.graph.path(self.read.staff[a], self.read.staff[b]).unwrap();
        format!("{}与{}", path.reversed().term(&self.graph).chinese, path.term(&self.graph).chinese)
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

fn pair<'a>(a: &'a str, b: &'a str) -> (&'a str, &'a str) {
    (a.min(b), a.max(b))
}

#[test]
fn all_related_staff_are_found_with_class_and_way_and_nobody_else() {
    let (city, expected) = (city(), expected());
    let found = StaffRelations::derive(&city.graph, city.staff());
    let found: BTreeMap<_, _> =
        found.iter().map(|tie| (pair(city.number(tie.a), city.number(tie.b)), tie.class)).collect();
    let planted = expected["all_staff_relations"].as_array().unwrap();
    let classes = BTreeMap::from([
        ("夫妻关系", Class::Spouse),
        ("直系血亲", Class::Lineal),
        ("三代以内旁系血亲", Class::Collateral),
        ("近姻亲", Class::NearAffinity),
    ]);
    let planted_classes: BTreeMap<_, _> =
        planted.iter().map(|tie| (pair(text(tie, "a"), text(tie, "b")), classes[text(tie, "legal_class")])).collect();
    assert_eq!(found, planted_classes);
    for tie in planted {
        let path: Vec<_> = tie["path"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
        assert_eq!(city.path(text(tie, "a"), text(tie, "b")), path, "{tie}");
        let declared: Vec<_> = tie["declared_by"].as_array().unwrap().iter().map(|by| by.as_str().unwrap()).collect();
        let declares = |one: &str, other: &str| {
            declared_by(&city.graph, city.read.staff[text(tie, one)], city.read.staff[text(tie, other)])
        };
        assert_eq!(declares("a", "b"), declared.contains(&text(tie, "a")), "{tie}");
        assert_eq!(declares("b", "a"), declared.contains(&text(tie, "b")), "{tie}");
    }
    for (a, b, terms) in [
        ("YT0204", "YT0217", "丈夫与妻子"),
        ("YT0249", "YT0260", "母亲与儿子"),
        ("YT0014", "YT0054", "表姐与表弟"),
        ("YT0319", "YT0330", "姐夫与妻弟"),
        ("YT0154", "YT0171", "舅舅与外甥女"),
        ("YT0102", "YT0323", "姐姐与弟弟"),
        ("YT0197", "YT0019", "岳父与女婿"),
        ("YT0167", "YT0103", "妻兄与妹夫"),
    ] {
        assert_eq!(city.terms(a, b), terms);
    }
}

#[test]
fn the_five_hidden_pairs_are_those_among_assessors_and_assessed() {
    let (city, expected) = (city(), expected());
    let related =
        |(rater, ratee): &(&str, &str)| city.graph.class(city.read.staff[*rater], city.read.staff[*ratee]).is_some();
    let found: BTreeSet<_> = city.assessed().into_iter().filter(related).collect();
    let planted = expected["findings"]["kin_pairs"].as_array().unwrap();
    assert_eq!(planted.len(), 5);
    assert_eq!(found, planted.iter().map(|tie| (text(tie, "assessor"), text(tie, "assessee"))).collect());
}

#[test]
fn the_three_business_pairs_are_found_with_the_company_and_who_holds_shares() {
    let (city, expected) = (city(), expected());
    let window = Window::before(date(2026, 9, 30), 3);
    let mut found = BTreeMap::new();
    let mut hints = 0;
    for (rater, ratee) in city.assessed() {
        let (a, b) = (city.read.staff[rater], city.read.staff[ratee]);
        for tie in city.read.dealings.between(&city.graph, a, b, window) {
            if !tie.recuses() {
                hints += 1;
                assert!(tie.volume().count > 0 && tie.volume().fen > 0);
                continue;
            }
            let holders = |whose, ties: &[relations::CompanyTie]| {
                let interests = ties.iter().filter(|tie| tie.dealing.role == relations::Role::Owner);
                let holders = interests.map(|tie| (whose, city.graph.register().key(tie.dealing.who).to_owned()));
                holders.collect::<Vec<_>>()
            };
            let holders = [holders(rater, &tie.of_a), holders(ratee, &tie.of_b)].concat();
            let company = city.read.companies[tie.company.0 as usize].as_str();
            assert!(found.insert((rater, ratee, company), holders).is_none());
        }
    }
    let planted = expected["findings"]["business_pairs"].as_array().unwrap();
    let planted: BTreeMap<_, _> = planted
        .iter()
        .map(|tie| {
            let holders = tie["relative_shareholders"].as_array().unwrap().iter();
            let holders = holders.map(|holder| (text(holder, "staff"), text(holder, "holder_id").to_owned()));
            ((text(tie, "assessor"), text(tie, "assessee"), text(tie, "company_code")), holders.collect::<Vec<_>>())
        })
        .collect();
    assert_eq!(planted.len(), 3);
    assert_eq!(found, planted);
    assert!(hints > 0, "people of one project who merely work together are a hint");
}

#[test]
fn look_alikes_are_not_related() {
    let (city, expected) = (city(), expected());
    for likeness in expected["must_not_flag"].as_array().unwrap() {
        let kinds = ["same_name_staff", "relative_namesake_of_staff", "collective_household"];
        if !kinds.contains(&text(likeness, "kind")) {
            continue;
        }
        let who: Vec<_> = likeness["who"].as_array().unwrap().iter().map(|who| who.as_str().unwrap()).collect();
        for a in &who {
            for b in who.iter().filter(|b| *b != a) {
                assert_eq!(city.graph.class(city.read.staff[*a], city.read.staff[*b]), None, "{likeness}");
            }
        }
    }
}

#[test]
fn the_registers_of_the_city_contradict_nobody_and_much_is_undeclared() {
    let city = city();
    assert_eq!(contradictions(&city.graph), [] as [Contradiction; 0]);
    let staff = city.read.staff["YT0217"];
    assert!(undeclared(&city.graph, &[staff]).iter().all(|tie| tie.relative != city.read.staff["YT0204"]));
    let other = city.read.staff["YT0204"];
    assert!(undeclared(&city.graph, &[other]).iter().any(|tie| tie.relative == staff));
    assert_eq!(city.read.unread, []);
}

/// Rows as `connect` hands them over, from `field=value` words.
fn said(rows: &[&str]) -> Vec<Row> {
    let row = |(number, text): (usize, &&str)| {
        let fields: BTreeMap<String, String> = text
            .split_whitespace()
            .filter_map(|word| word.split_once('='))
            .map(|(field, value)| (field.to_owned(), value.to_owned()))
            .collect();
        let key = fields.get("number").cloned().unwrap_or_default();
        Row { number: number as u32 + 1, key, person: None, date: None, fields }
    };
    rows.iter().enumerate().map(row).collect()
}

fn office(people: &[&str], household: &[&str], family: &[&str]) -> Read {
    let batches = [(Kind::Family, said(family)), (Kind::Household, said(household))];
    let batches = batches.iter().enumerate();
    let batches =
        batches.map(|(number, (kind, rows))| (relations::Source(number as u32), *kind, rows.iter().collect()));
    read(said(people).iter().map(member), batches, &HashMap::new(), &str::to_owned)
}

#[test]
fn a_relative_over_somebody_unknown_is_tied_all_the_same() {
    let people = ["number=1 id_number=甲 sex=male", "number=2 id_number=乙 sex=male", "number=3 id_number=丙"];
    // The father-in-law is the father of the spouse whom the register names; the wife's brother is the son of nobody yet.
    let read = office(
        &people,
        &["household=1 id_number=甲 relation=户主 spouse=妻"],
        &["declarant=1 relation=岳父 id_number=乙", "declarant=2 relation=妻弟 id_number=丙"],
    );
    assert_eq!(read.unread, []);
    let staff = read.staff;
    let graph = Graph::new(read.register, None);
    let way = |a: &str, b: &str| {
        let path = graph.path(staff[a], staff[b])?;
        let people: Vec<_> = path.people().map(|one| graph.register().key(one).to_owned()).collect();
        Some((people, path.term(&graph).chinese))
    };
    let (people, term) = way("1", "2").unwrap();
    assert_eq!(
        (people.iter().map(String::as_str).collect::<Vec<_>>(), term.as_str()),
        (vec!["甲", "妻", "乙"], "岳父")
    );
    let (people, term) = way("2", "3").unwrap();
    assert_eq!((people.len(), term.as_str()), (3, "妻子的兄弟姐妹"));
    assert_eq!(way("1", "3"), None);
}

#[test]
fn parents_in_law_of_an_unknown_spouse_have_one_child() {
    let family = ["declarant=1 relation=岳父 id_number=乙", "declarant=1 relation=岳母 id_number=丙"];
    let read = office(&["number=1 id_number=甲"], &[], &family);
    let graph = Graph::new(read.register, None);
    let [father, mother] = ["乙", "丙"].map(|key| graph.register().find(key).unwrap());
    let child = |of| graph.children(of).map(|child| child.to).collect::<Vec<_>>();
    assert_eq!(child(father), child(mother));
}

#[test]
fn the_head_of_a_household_ties_its_members_and_a_collective_household_nobody() {
    let read = office(
        &[],
        &[
            "household=1 id_number=甲 relation=户主",
            "household=1 id_number=乙 relation=妻",
            "household=1 id_number=丙 relation=女儿",
            "household=2 id_number=丁 relation=集体户",
            "household=2 id_number=戊 relation=集体户",
        ],
        &[],
    );
    assert_eq!(read.unread, []);
    let graph = Graph::new(read.register, None);
    let class = |a: &str, b: &str| {
        let [a, b] = [a, b].map(|key| graph.register().find(key).unwrap());
        graph.class(a, b)
    };
    assert_eq!(class("甲", "乙"), Some(Class::Spouse));
    assert_eq!(class("甲", "丙"), Some(Class::Lineal));
    assert_eq!(class("丁", "戊"), None);
}

#[test]
fn what_cannot_be_matched_waits_for_a_person() {
    let family = [
        "declarant=1 relation=配偶 name=某人",
        "declarant=1 relation=干爹 id_number=乙",
        "declarant=9 relation=配偶 id_number=乙",
        "declarant=1 relation=配偶 id_number=甲",
    ];
    let read = office(&["number=1 id_number=甲"], &[], &family);
    let reasons: Vec<_> = read.unread.into_iter().map(|unread| (unread.place.row, unread.reason)).collect();
    assert_eq!(
        reasons,
        [
            (1, Reason::NoIdNumber),
            (2, Reason::UnknownWord("干爹".to_owned())),
            (3, Reason::NotStaff("9".to_owned())),
            (4, Reason::OwnRelative),
        ]
    );
}

/// A folder with files, given as name and text.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

const PERSONS: &str = "\u{feff}person_id,sex\nF,M\nM,F\nA,M\nB,F\nC,\nD,F\n";
const TIES: &str = "a_id,b_id,kind\nF,A,parent\nM,A,mother\nF,B,father\nM,B,parent\nA,D,spouse\nC,F,adoptive_parent\n";

#[test]
fn pairs_come_back_in_order_with_their_other_columns() {
    let pairs = "b_id,note,a_id,class\nB,\"siblings, full\",A,x\nD,,F,\nC,,A,\nM,,F,\n";
    let folder = folder(&[("persons.csv", PERSONS), ("relations.csv", TIES), ("pairs.csv", pairs)]);
    let out = folder.path().join("out.csv");
    run(folder.path(), &folder.path().join("pairs.csv"), Some(&out)).unwrap();
    assert_eq!(
        fs::read_to_string(out).unwrap(),
        "b_id,note,a_id,kinship,class\nB,\"siblings, full\",A,0.25,collateral3\nD,,F,0,near_affinity\nC,,A,0,lineal\nM,,F,0,none\n"
    );
}

#[test]
fn what_is_wrong_is_named_with_file_row_and_column() {
    let good = [("persons.csv", PERSONS), ("relations.csv", TIES), ("pairs.csv", "a_id,b_id\nA,B\n")];
    for (name, text, says) in [
        ("persons.csv", "id\nA\n", "lacks the column person_id"),
        ("persons.csv", "person_id,sex\nA,M\nA,F\n", "row 3, column person_id: A is there twice"),
        ("persons.csv", "person_id,sex\nA,x\n", "row 2, column sex: 'x' is no sex"),
        ("persons.csv", "person_id,born\nA,1980-02-30\n", "row 2, column born: '1980-02-30' is no date"),
        ("relations.csv", "a_id,b_id,kind\nA,Z,parent\n", "row 2, column b_id: Z is not in persons.csv"),
        ("relations.csv", "a_id,b_id,kind\nA,B,cousin\n", "row 2, column kind: 'cousin' is no kind of relation"),
        ("relations.csv", "a_id,b_id,kind\nA,A,spouse\n", "A is recorded as a relative of themselves"),
        ("relations.csv", "a_id,b_id,kind\nA,B,parent\nB,A,parent\n", "an ancestor of themselves"),
        ("relations.csv", "a_id,b_id,kind\nA,B\n", "can't be read as a CSV file"),
        ("pairs.csv", "a_id,b_id\nA,\n", "row 2, column b_id is empty"),
        ("pairs.csv", "a_id,b_id\nB,B\n", "the two are the same person"),
    ] {
        let files: Vec<_> = good.iter().map(|file| if file.0 == name { (name, text) } else { *file }).collect();
        let folder = folder(&files);
        let error =
            run(folder.path(), &folder.path().join("pairs.csv"), Some(&folder.path().join("out.csv"))).unwrap_err();
        assert!(format!("{error:#}").contains(says), "{error:#}");
    }
    let nowhere = folder(&[]);
    assert!(format!("{:#}", run(nowhere.path(), nowhere.path(), None).unwrap_err()).contains("can't be opened"));
}

#[test]
fn the_real_pedigree_comes_out_as_others_computed_it() {
    let shared = std::env::var_os("MINGJING_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
    let pedigree = shared.join("data/pedigree-dev");
    if !pedigree.is_dir() {
        eprintln!("SKIPPED: {} is not there; set MINGJING_SHARED to the folder that has data/", pedigree.display());
        return;
    }
    let (folder, truth) = (folder(&[]), pedigree.join("kin_truth.csv"));
    let out = folder.path().join("out.csv");
    run(&pedigree, &truth, Some(&out)).unwrap();
    assert!(fs::read_to_string(out).unwrap() == fs::read_to_string(truth).unwrap(), "a pair differs");
}
