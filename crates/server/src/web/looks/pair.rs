//! What ties two people: the way between them step by step, and the companies that both have to do with.

use super::{
    Frame,
    telling::{Source, Telling},
};
use crate::web::kit;
use askama::Template;
use askama_web::WebTemplate;
use domain::{
    id::PersonId,
    recusal::Ground,
    ties::{Holding, Shared, TiesOn, Way},
};

#[derive(Template, WebTemplate)]
#[template(path = "looks/pair.html")]
pub(super) struct Pair {
    frame: Frame,
    page: kit::Page,
    kin: Option<Kin>,
    companies: Vec<Company>,
}

/// That they are kin, and over whom.
struct Kin {
    tag: kit::Tag,
    facts: Vec<kit::Term>,
    hops: Vec<Hop>,
}

/// A step of the way.
struct Hop {
    from: String,
    to: String,
    /// Their employee number, or that they are not on the roster.
    note: String,
    /// What the next one is to the one before.
    term: String,
    strength: String,
    sources: Vec<Source>,
}

/// A company of both.
struct Company {
    name: String,
    tag: kit::Tag,
    facts: Vec<kit::Term>,
    holdings: Vec<Held>,
}

/// What one of them has to do with it.
struct Held {
    /// Whose side it is on.
    of: String,
    who: String,
    /// What the one who holds it is to them.
    relative: String,
    role: String,
    project: String,
    period: String,
    sum: String,
    source: Option<Source>,
}

pub(super) fn page(telling: &Telling, frame: Frame, ties: &TiesOn, (one, other): (PersonId, PersonId)) -> Pair {
    Pair {
        page: frame.page.clone(),
        frame,
        kin: ties.way(one, other).map(|way| kin(telling, &way)),
        companies: ties.shared(one, other).iter().map(|shared| company(telling, shared, (one, other))).collect(),
    }
}

fn kin(telling: &Telling, way: &Way) -> Kin {
    let (t, ground) = (telling.t, Ground::of_class(way.class));
    let hop = |(place, hop): (usize, &domain::ties::Hop)| Hop {
        from: telling.person(&way.people[place]),
        to: telling.person(&way.people[place + 1]),
        note: telling.note(&way.people[place + 1]),
        term: term(telling, &hop.term),
        strength: telling.strength(hop.strength),
        sources: telling.sources(&hop.told),
    };
    Kin {
        tag: kit::Tag::new(kit::Tone::Danger, t.get(&format!("tie-{}", ground.as_str()))),
        facts: vec![
            kit::Term::new(t.get("looks-term"), format!("{} · {}", way.term.chinese, way.term.english)),
            kit::Term::new(t.get("looks-path"), format!("{} · {}", way.term.chinese_path, way.term.english_path)),
            kit::Term::new(t.get("looks-basis"), ground.basis()),
            kit::Term::new(t.get("looks-strength"), telling.strength(way.strength)),
        ],
        hops: way.hops.iter().enumerate().map(hop).collect(),
    }
}

/// A word for a relative in the reader's language.
pub(super) fn term(telling: &Telling, term: &relations::Term) -> String {
    match telling.t {
        crate::web::locale::Locale::ZhCn => term.chinese.clone(),
        crate::web::locale::Locale::En => term.english.clone(),
    }
}

fn company(telling: &Telling, shared: &Shared, (one, other): (PersonId, PersonId)) -> Company {
    let t = telling.t;
    let ground = if shared.recuses { Ground::Business } else { Ground::SharedWork };
    let tone = if shared.recuses { kit::Tone::Danger } else { kit::Tone::Info };
    let row = shared.of_a.iter().chain(&shared.of_b).find_map(|holding| holding.told);
    let held = |of: PersonId| move |holding: &Holding| self::held(telling, of, holding);
    let volume = match shared.volume.count {
        0 => t.get("looks-no-volume"),
        n => t.with("looks-volume", &[("n", t.arg(n)), ("sum", t.arg(telling.sum(shared.volume.fen)))]),
    };
    Company {
        name: telling.company(&shared.company, row),
        tag: kit::Tag::new(tone, t.get(&format!("tie-{}", ground.as_str()))),
        facts: vec![
            kit::Term::new(t.get("looks-code"), shared.company.clone()),
            kit::Term::new(t.get("looks-basis"), ground.basis()),
            kit::Term::new(t.get("looks-volume-title"), volume),
        ],
        holdings: shared.of_a.iter().map(held(one)).chain(shared.of_b.iter().map(held(other))).collect(),
    }
}

fn held(telling: &Telling, of: PersonId, holding: &Holding) -> Held {
    let relative = holding.way.as_ref().map(|way| term(telling, &way.term));
    Held {
        of: telling.names().person(of).to_owned(),
        who: telling.person(&holding.who),
        relative: relative.unwrap_or_else(|| telling.t.get("looks-own-holding")),
        role: telling.role(holding.role),
        project: match &holding.project {
            Some(code) => format!("{} {code}", telling.project(code, holding.told)),
            None => String::new(),
        },
        period: telling.period(holding.since, holding.until),
        sum: telling.sum(holding.fen),
        source: holding.told.map(|place| telling.source(place)),
    }
}
