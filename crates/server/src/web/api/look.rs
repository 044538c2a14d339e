//! Looks at ties: what one shows to whoever took it.

use super::told::{PersonName, Told};
use crate::web::{
    App,
    error::PageError,
    looks::{
        self,
        network::{Drawn, drawn},
        telling::Telling,
    },
    session::SignedIn,
};
use axum::{
    Json,
    extract::{Path, State},
};
use domain::{
    finding::Place,
    id::{BatchId, LookId, PersonId},
    recusal::Ground,
    ties::{self, OnTheWay, TiesOn, What},
};
use jiff::{Timestamp, civil::Date};
use relations::{Role, Strength, Term};
use serde::Serialize;
use store::query::Shows;
use utoipa::ToSchema;
use uuid::Uuid;

/// A look 查看 at what ties two people, or one person to others, as the registers say on the day of the look.
#[derive(Serialize, ToSchema)]
pub struct Look {
    /// Its id.
    id: LookId,
    /// When it was taken.
    at: Timestamp,
    /// The last day on which it shows anything.
    until: Date,
    /// What for.
    reason: String,
    /// `open`; `closed`: its time is over; `changed`: the registers say something new since; `erased`. Only an open look shows
    /// ties.
    #[schema(example = "open")]
    state: &'static str,
    /// Whose ties.
    person: Option<PersonName>,
    /// With whom; null: with everybody.
    other: Option<PersonName>,
    /// Between two: how they are kin.
    kin: Option<Kin>,
    /// Between two: companies that both have to do with.
    companies: Vec<Company>,
    /// Around one.
    network: Option<Network>,
}

/// A word for a relative, in both languages.
#[derive(Serialize, ToSchema)]
struct Word {
    /// In Chinese.
    #[schema(example = "妻子的哥哥")]
    chinese: String,
    /// In English.
    #[schema(example = "wife's older brother")]
    english: String,
}

/// Somebody; the number only of staff.
#[derive(Serialize, ToSchema)]
struct Somebody {
    /// Who, if on the roster.
    person: Option<PersonName>,
    /// The name, as the roster or a row says; empty where none is on record.
    name: String,
}

/// A row of source data.
#[derive(Serialize, ToSchema)]
struct SourceRow {
    /// The batch; null: it is a line of a declaration.
    batch: Option<BatchId>,
    /// Whose declaration; null: it is a row of a batch.
    declarant: Option<PersonId>,
    /// The row as the spreadsheet numbers it, or the line from 1.
    row: u32,
}

/// How two people are kin.
#[derive(Serialize, ToSchema)]
struct Kin {
    /// The class.
    class: Ground,
    /// What it rests on.
    #[schema(example = "公务员法 74; 公务员回避规定 5(一)")]
    basis: &'static str,
    /// What the other is to the one.
    term: Word,
    /// The same step by step.
    told: Word,
    /// `inferred`, `declared` or `registered`: that of the least sure step.
    #[schema(example = "registered")]
    strength: &'static str,
    /// From the one to the other.
    people: Vec<Somebody>,
    /// From each of them to the next: one fewer.
    hops: Vec<Hop>,
}

/// One step of a way.
#[derive(Serialize, ToSchema)]
struct Hop {
    /// What the next one is to the one before.
    term: Word,
    /// `inferred`, `declared` or `registered`.
    strength: &'static str,
    /// The rows that say so.
    rows: Vec<SourceRow>,
}

/// A company that both have to do with.
#[derive(Serialize, ToSchema)]
struct Company {
    /// Its credit code.
    code: String,
    /// Its name, where a row tells it.
    name: String,
    /// Somebody owns or leads it: the two are kept apart.
    recuses: bool,
    /// Projects of both with it.
    projects: u64,
    /// What was contracted, in 分.
    fen: u64,
    /// What the one has to do with it.
    of_person: Vec<Holding>,
    /// What the other has.
    of_other: Vec<Holding>,
}

/// What ties somebody to a company.
#[derive(Serialize, ToSchema)]
struct Holding {
    /// Whose it is: theirs, or a relative's.
    who: Somebody,
    /// What that relative is to them.
    relative: Option<Word>,
    /// `owner`, `lead` or `work`.
    #[schema(example = "owner")]
    role: &'static str,
    /// The project, if it is work on one.
    project: Option<String>,
    /// The first day, where one is on record.
    since: Option<Date>,
    /// The last day, where one is on record.
    until: Option<Date>,
    /// What was contracted, in 分.
    fen: u64,
    /// The row that tells of it.
    row: Option<SourceRow>,
}

/// Who and what is around one person.
#[derive(Serialize, ToSchema)]
struct Network {
    /// The person first.
    nodes: Vec<Node>,
    /// What ties them.
    links: Vec<Link>,
    /// Duties among them in open cycles.
    duties: Vec<Duty>,
    /// How many are left out because they would be too many.
    left_out: usize,
}

/// Somebody or something in a network.
#[derive(Serialize, ToSchema)]
struct Node {
    /// `person`, `company` or `project`.
    #[schema(example = "person")]
    kind: &'static str,
    /// Who, if on the roster.
    person: Option<PersonName>,
    /// The name, where one is on record.
    name: String,
    /// Of a company or a project.
    code: Option<String>,
    /// Steps from the person in the middle.
    distance: usize,
    /// What ties them to the person in the middle.
    grounds: Vec<Ground>,
    /// What they are to that person, if kin.
    term: Option<Word>,
}

/// What ties two nodes.
#[derive(Serialize, ToSchema)]
struct Link {
    /// The place of the one among the nodes.
    a: usize,
    /// That of the other.
    b: usize,
    /// `kin`, `owner`, `lead`, `work` or `contract`.
    #[schema(example = "kin")]
    kind: &'static str,
    /// Of kin: what b is to a.
    term: Option<Word>,
    /// Of kin: `inferred`, `declared` or `registered`.
    strength: Option<&'static str>,
    /// The rows that say so.
    rows: Vec<SourceRow>,
}

/// A duty that one has in the case of another.
#[derive(Serialize, ToSchema)]
struct Duty {
    /// The place of who has it among the nodes.
    from: usize,
    /// The place of whom it is about.
    to: usize,
    /// `lead`, `assess`, `witness`, `endorse`, `confirm` or `decide`.
    #[schema(example = "assess")]
    duty: String,
    /// The two are tied.
    meets_tie: bool,
}

/// What a look shows, for the account it was taken with, until its last day.
#[utoipa::path(get, path = "/api/looks/{id}", operation_id = "show_look", tag = "ties",
    params(("id" = LookId, Path, description = "the look")), responses((status = 200, body = Look)))]
pub async fn show(State(app): State<App>, Path(id): Path<Uuid>, person: SignedIn) -> Result<Json<Look>, PageError> {
    let taken = looks::taken(&app, &person, id).await?;
    let names = Told::of(&app.store).await?;
    let telling = Telling::of(&app, &person, &taken).await?;
    let looked = taken.look.looked;
    let mut answer = Look {
        id: taken.look.id,
        at: taken.look.stamp.at,
        until: looked.until,
        reason: looked.reason.clone(),
        state: match taken.shows {
            Shows::Ties { .. } => "open",
            Shows::Closed => "closed",
            Shows::Changed => "changed",
            Shows::Erased => "erased",
        },
        person: looked.person.map(|one| names.person(one)),
        other: looked.other().map(|one| names.person(one)),
        kin: None,
        companies: Vec::new(),
        network: None,
    };
    match taken.shows {
        Shows::Ties { ties, person: one, other: Some(other) } => {
            between(&telling, &names, &ties, (one, other), &mut answer);
        }
        Shows::Ties { ties, person: one, other: None } => {
            answer.network = Some(around(&app, &person, &telling, &names, (&ties, one)).await?);
        }
        _ => {}
    }
    Ok(Json(answer))
}

fn between(telling: &Telling, names: &Told, ties: &TiesOn, (one, other): (PersonId, PersonId), answer: &mut Look) {
    let (way, shared) = (ties.way(one, other), ties.shared(one, other));
    let somebody = |one: &OnTheWay| Somebody {
        person: one.person.map(|person| names.person(person)),
        name: telling.name(one).unwrap_or_default(),
    };
    answer.kin = way.map(|way| {
        let ground = Ground::of_class(way.class);
        Kin {
            class: ground,
            basis: ground.basis(),
            told: Word { chinese: way.term.chinese_path.clone(), english: way.term.english_path.clone() },
            term: word(&way.term),
            strength: strength(way.strength),
            people: way.people.iter().map(somebody).collect(),
            hops: way.hops.iter().map(hop).collect(),
        }
    });
    let holding = |of: &ties::Holding| Holding {
        who: somebody(&of.who),
        relative: of.way.as_ref().map(|way| word(&way.term)),
        role: role(of.role),
        project: of.project.clone(),
        since: of.since,
        until: of.until,
        fen: of.fen,
        row: of.told.map(row),
    };
    let company = |of: ties::Shared| {
        let told = of.of_a.iter().chain(&of.of_b).find_map(|holding| holding.told);
        Company {
            name: telling.company(&of.company, told),
            recuses: of.recuses,
            projects: of.volume.count,
            fen: of.volume.fen,
            of_person: of.of_a.iter().map(holding).collect(),
            of_other: of.of_b.iter().map(holding).collect(),
            code: of.company,
        }
    };
    answer.companies = shared.into_iter().map(company).collect();
}

async fn around(
    app: &App,
    person: &SignedIn,
    telling: &Telling,
    names: &Told,
    (ties, one): (&TiesOn, PersonId),
) -> Result<Network, PageError> {
    let network = ties.network(one);
    let duties = app.store.reader(&person.actor).duties_among(&network.staff().collect()).await?;
    let duties = drawn(&network, ties, duties);
    let node = |node: &ties::Node| {
        let (kind, name, code) = match &node.what {
            What::Person(one) => ("person", telling.name(one).unwrap_or_default(), None),
            What::Company(code, told) => ("company", telling.company(code, *told), Some(code.clone())),
            What::Project(code, told) => ("project", telling.project(code, *told), Some(code.clone())),
        };
        Node {
            kind,
            person: node.staff().map(|person| names.person(person)),
            name,
            code,
            distance: node.distance,
            grounds: node.grounds.iter().copied().collect(),
            term: node.term.as_ref().map(word),
        }
    };
    let duty = |of: Drawn| Duty { from: of.from, to: of.to, duty: of.duty, meets_tie: of.met };
    Ok(Network {
        nodes: network.nodes.iter().map(node).collect(),
        links: network.links.iter().map(link).collect(),
        duties: duties.into_iter().map(duty).collect(),
        left_out: network.left_out,
    })
}

fn link(tied: &ties::Tied) -> Link {
    let (a, b) = (tied.a, tied.b);
    match &tied.link {
        ties::Link::Kin(of) => {
            let Hop { term, strength, rows } = hop(of);
            Link { a, b, kind: "kin", term: Some(term), strength: Some(strength), rows }
        }
        ties::Link::Dealing { role: of, told, .. } => {
            Link { a, b, kind: role(*of), term: None, strength: None, rows: told.iter().copied().map(row).collect() }
        }
        ties::Link::Contract => Link { a, b, kind: "contract", term: None, strength: None, rows: Vec::new() },
    }
}

fn hop(of: &ties::Hop) -> Hop {
    Hop {
        term: word(&of.term),
        strength: strength(of.strength),
        rows: of.told.iter().map(|told| row(told.place)).collect(),
    }
}

fn word(term: &Term) -> Word {
    Word { chinese: term.chinese.clone(), english: term.english.clone() }
}

fn row(place: Place) -> SourceRow {
    match place {
        Place::Row(batch, row) => SourceRow { batch: Some(batch), declarant: None, row },
        Place::Line(person, row) => SourceRow { batch: None, declarant: Some(person), row },
    }
}

fn strength(of: Strength) -> &'static str {
    match of {
        Strength::Inferred => "inferred",
        Strength::Declared => "declared",
        Strength::Registered => "registered",
    }
}

fn role(of: Role) -> &'static str {
    match of {
        Role::Owner => "owner",
        Role::Lead => "lead",
        Role::Work { .. } => "work",
    }
}
