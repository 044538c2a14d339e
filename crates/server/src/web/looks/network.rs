//! The network around one person: a drawing, and a table that says the same.

use super::{
    Frame,
    drawing::{Layout, Place, lay_out},
    pair::term,
    telling::{Source, Telling},
};
use crate::web::{App, error::PageError, kit, session::SignedIn};
use askama::Template;
use askama_web::WebTemplate;
use domain::{
    id::PersonId,
    recusal::Ground,
    ties::{Link, Network, Tied, TiesOn, What},
};
use std::collections::{BTreeMap, BTreeSet};
use store::query::OpenDuty;

/// What of the network is asked for.
struct Chosen {
    kinds: BTreeSet<Ground>,
    duties: bool,
    staff_only: bool,
    met_only: bool,
}

/// Says that the choices were made, so that none chosen is none.
const CHOSEN: &str = "chosen";
const KIND: &str = "kind";
const ALSO: &str = "also";
const ONLY: &str = "only";

impl Chosen {
    fn of(pairs: &[(String, String)]) -> Chosen {
        let has = |field: &str, value: &str| pairs.iter().any(|(name, of)| name == field && of == value);
        if !has(CHOSEN, "yes") {
            return Chosen { kinds: Ground::ALL.into(), duties: true, staff_only: false, met_only: false };
        }
        Chosen {
            kinds: Ground::ALL.into_iter().filter(|ground| has(KIND, ground.as_str())).collect(),
            duties: has(ALSO, "duties"),
            staff_only: has(ONLY, "staff"),
            met_only: has(ONLY, "met"),
        }
    }

    fn form(&self) -> kit::Form {
        let kinds = self.kinds.iter().map(|ground| (KIND, ground.as_str()));
        let duties = self.duties.then_some((ALSO, "duties"));
        let only = [self.staff_only.then_some((ONLY, "staff")), self.met_only.then_some((ONLY, "met"))];
        let all = kinds.chain(duties).chain(only.into_iter().flatten());
        all.fold(kit::Form::default(), |form, (field, value)| form.fill(field, value))
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "looks/network.html")]
pub(super) struct Page {
    frame: Frame,
    page: kit::Page,
    here: String,
    filter: kit::Form,
    kinds: Vec<kit::Choice>,
    also: Vec<kit::Choice>,
    only: Vec<kit::Choice>,
    summary: String,
    left_out: usize,
    drawing: Drawing,
    rows: Vec<Row>,
}

/// The drawing.
struct Drawing {
    half: i32,
    rings: Vec<i32>,
    lines: Vec<Line>,
    arcs: Vec<Arc>,
    spots: Vec<Spot>,
}

impl Drawing {
    fn size(&self) -> i32 {
        2 * self.half
    }
}

/// A tie.
struct Line {
    class: &'static str,
    from: Place,
    to: Place,
}

/// A duty, from who has it to whom it is about.
struct Arc {
    class: &'static str,
    /// The id of its arrow.
    marker: &'static str,
    way: String,
}

/// Somebody or something.
struct Spot {
    /// The end of its row's id.
    number: usize,
    class: &'static str,
    place: Place,
    /// What stands beside it.
    short: String,
    /// All that is read out of it.
    told: String,
}

/// The same in the table.
struct Row {
    number: usize,
    name: String,
    note: String,
    /// The page that begins a look at the two.
    pair: String,
    kind: String,
    distance: usize,
    tags: Vec<kit::Tag>,
    term: String,
    links: Vec<Said>,
    duties: Vec<Duty>,
}

/// A tie of a row.
struct Said {
    text: String,
    note: String,
    sources: Vec<Source>,
}

/// A duty of a row.
struct Duty {
    text: String,
    met: bool,
}

/// A duty among the people of a network.
pub(in crate::web) struct Drawn {
    /// The place of who has it.
    pub from: usize,
    /// The place of whom it is about.
    pub to: usize,
    /// Which one.
    pub duty: String,
    /// The two are tied as well.
    pub met: bool,
}

pub(super) async fn page(
    app: &App,
    person: &SignedIn,
    telling: &Telling,
    frame: Frame,
    (ties, one): (&TiesOn, PersonId),
    chosen: &[(String, String)],
) -> Result<Page, PageError> {
    let (t, chosen) = (person.reader.t, Chosen::of(chosen));
    let network = ties.network(one);
    let duties = app.store.reader(&person.actor).duties_among(&network.staff().collect()).await?;
    let duties = drawn(&network, ties, duties);
    let shown = shown(&network, &duties, &chosen);
    let view = View { telling, network: &network, shown: &shown, chosen: &chosen, duties: &duties };
    let choice = |value: &str, key: &str| kit::Choice::new(value, t.get(key));
    let met = duties.iter().filter(|duty| duty.met).count();
    Ok(Page {
        here: frame.page.path.clone(),
        page: frame.page.clone(),
        frame,
        filter: chosen.form(),
        kinds: Ground::ALL
            .into_iter()
            .map(|ground| kit::Choice::new(ground.as_str(), t.get(&format!("tie-{}", ground.as_str()))))
            .collect(),
        also: vec![choice("duties", "looks-also-duties")],
        only: vec![choice("staff", "looks-only-staff"), choice("met", "looks-only-met")],
        summary: t.with("looks-summary", &[("shown", shown.len()), ("all", network.nodes.len()), ("met", met)]),
        left_out: network.left_out,
        drawing: view.drawing(),
        rows: shown.iter().map(|place| view.row(*place)).collect(),
    })
}

/// Duties as they lie over the network.
pub(in crate::web) fn drawn(network: &Network, ties: &TiesOn, duties: Vec<OpenDuty>) -> Vec<Drawn> {
    let places: BTreeMap<PersonId, usize> =
        network.nodes.iter().zip(0..).filter_map(|(node, place)| Some((node.staff()?, place))).collect();
    let one = |duty: OpenDuty| {
        let met = ties.between(duty.person, duty.subject).into_iter().any(Ground::recuses);
        Some(Drawn { from: *places.get(&duty.person)?, to: *places.get(&duty.subject)?, duty: duty.duty, met })
    };
    duties.into_iter().filter_map(one).collect()
}

/// Which nodes are shown.
fn shown(network: &Network, duties: &[Drawn], chosen: &Chosen) -> Vec<usize> {
    let mut met = BTreeSet::new();
    for duty in duties.iter().filter(|duty| duty.met) {
        for end in [duty.from, duty.to] {
            // With whoever and whatever lies on the way to them.
            let mut next = Some(end);
            while let Some(place) = next.filter(|place| met.insert(*place)) {
                next = network.nodes[place].hangs_on;
            }
        }
    }
    let keeps = |place: &usize| {
        let node = &network.nodes[*place];
        let of_kind = !node.ways.is_disjoint(&chosen.kinds);
        *place == 0
            || of_kind && (!chosen.staff_only || node.staff().is_some()) && (!chosen.met_only || met.contains(place))
    };
    (0..network.nodes.len()).filter(keeps).collect()
}

/// What the drawing and the table are made from.
struct View<'a> {
    telling: &'a Telling,
    network: &'a Network,
    shown: &'a [usize],
    chosen: &'a Chosen,
    duties: &'a [Drawn],
}

impl View<'_> {
    fn is_shown(&self, place: usize) -> bool {
        self.shown.binary_search(&place).is_ok()
    }

    fn links(&self) -> impl Iterator<Item = &Tied> {
        let chosen = |tied: &&Tied| !tied.ways.is_disjoint(&self.chosen.kinds);
        self.network.links.iter().filter(chosen).filter(|tied| self.is_shown(tied.a) && self.is_shown(tied.b))
    }

    fn duties(&self) -> impl Iterator<Item = &Drawn> {
        let both = |duty: &&Drawn| self.is_shown(duty.from) && self.is_shown(duty.to);
        self.duties.iter().filter(|_| self.chosen.duties).filter(both)
    }

    /// The nearest node shown that this one hangs on, and how many shown lie between it and the middle.
    fn above(&self, place: usize) -> (Option<usize>, usize) {
        let (mut above, mut distance, mut next) = (None, 0, self.network.nodes[place].hangs_on);
        while let Some(on) = next {
            if self.is_shown(on) {
                above = above.or(Some(on));
                distance += 1;
            }
            next = self.network.nodes[on].hangs_on;
        }
        (above, distance)
    }

    fn drawing(&self) -> Drawing {
        let index = |place: usize| self.shown.binary_search(&place).unwrap_or(0);
        let hangs: Vec<(Option<usize>, usize)> = self.shown.iter().map(|place| self.above(*place)).collect();
        let on: Vec<Option<usize>> = hangs.iter().map(|(on, _)| on.map(index)).collect();
        let distances: Vec<usize> = hangs.iter().map(|(_, distance)| *distance).collect();
        let Layout { half, rings, places } = lay_out(&on, &distances);
        let at = |place: usize| places[index(place)];
        let mut lines: Vec<Line> =
            self.links().map(|tied| Line { class: line_class(tied), from: at(tied.a), to: at(tied.b) }).collect();
        if self.chosen.staff_only {
            // What lay between is not shown: who is tied to the person in the middle is joined to them directly.
            let tied = |place: &&usize| !self.network.nodes[**place].grounds.is_disjoint(&self.chosen.kinds);
            let direct = |place: &usize| Line { class: "tie tie-direct", from: at(0), to: at(*place) };
            lines.extend(self.shown.iter().filter(tied).map(direct));
        }
        let arc = |duty: &Drawn| Arc {
            class: if duty.met { "duty duty-met" } else { "duty" },
            marker: if duty.met { "arrow-met" } else { "arrow" },
            way: bend(at(duty.from), at(duty.to)),
        };
        Drawing {
            half,
            rings,
            lines,
            arcs: self.duties().map(arc).collect(),
            spots: self.shown.iter().map(|place| self.spot(*place, at(*place))).collect(),
        }
    }

    fn spot(&self, place: usize, at: Place) -> Spot {
        const LONGEST: usize = 9;
        let row = self.row(place);
        let mut short: String = row.name.chars().take(LONGEST).collect();
        if row.name.chars().count() > LONGEST {
            short.push('…');
        }
        let tags = row.tags.iter().map(|tag| tag.text.clone());
        let told = [row.name.clone(), row.kind, row.term].into_iter().chain(tags).filter(|word| !word.is_empty());
        let comma = self.telling.t.get("list-comma");
        let node = &self.network.nodes[place];
        Spot {
            number: place,
            class: match &node.what {
                _ if place == 0 => "spot spot-middle",
                What::Person(one) if one.person.is_some() && node.grounds.iter().any(|ground| ground.recuses()) => {
                    "spot spot-staff spot-tied"
                }
                What::Person(one) if one.person.is_some() => "spot spot-staff",
                What::Person(_) => "spot spot-outsider",
                What::Company(..) => "spot spot-company",
                What::Project(..) => "spot spot-project",
            },
            place: at,
            short,
            told: told.collect::<Vec<_>>().join(&comma),
        }
    }

    fn row(&self, place: usize) -> Row {
        let (t, node) = (self.telling.t, &self.network.nodes[place]);
        let kind = match &node.what {
            _ if place == 0 => "looks-kind-middle",
            What::Person(one) if one.person.is_some() => "looks-kind-staff",
            What::Person(_) => "looks-outsider",
            What::Company(..) => "looks-kind-company",
            What::Project(..) => "looks-kind-project",
        };
        let tag = |ground: &Ground| {
            let tone = if ground.recuses() { kit::Tone::Danger } else { kit::Tone::Info };
            kit::Tag::new(tone, t.get(&format!("tie-{}", ground.as_str())))
        };
        let number = |place: usize| {
            self.network.nodes[place].staff().map(|person| self.telling.names().number(person).to_owned())
        };
        let (middle, own) = (number(0).unwrap_or_default(), number(place).unwrap_or_default());
        let is_tied = place > 0 && !node.grounds.is_empty();
        Row {
            number: place,
            name: self.name(place),
            note: match &node.what {
                What::Company(code, _) | What::Project(code, _) => code.clone(),
                What::Person(_) => own.clone(),
            },
            pair: if is_tied { format!("/looks?who={middle}&with={own}") } else { String::new() },
            kind: t.get(kind),
            distance: node.distance,
            tags: node.grounds.iter().map(tag).collect(),
            term: node.term.as_ref().map(|of| term(self.telling, of)).unwrap_or_default(),
            // Each tie stands with the one who is further from the middle.
            links: self.links().filter(|tied| self.far_end(tied) == place).map(|tied| self.said(tied, place)).collect(),
            duties: self.duties().filter_map(|duty| self.duty(duty, place)).collect(),
        }
    }

    fn far_end(&self, tied: &Tied) -> usize {
        let far = |place: usize| (self.network.nodes[place].distance, place);
        if far(tied.a) > far(tied.b) { tied.a } else { tied.b }
    }

    fn name(&self, place: usize) -> String {
        match &self.network.nodes[place].what {
            What::Person(one) => self.telling.person(one),
            What::Company(code, told) => self.telling.company(code, *told),
            What::Project(code, told) => self.telling.project(code, *told),
        }
    }

    /// A tie, as the row of one of its ends tells it.
    fn said(&self, tied: &Tied, here: usize) -> Said {
        let (t, other) = (self.telling.t, if tied.a == here { tied.b } else { tied.a });
        let name = self.name(other);
        match &tied.link {
            Link::Kin(hop) => {
                let key = if tied.b == here { "looks-is-of" } else { "looks-whose-is" };
                Said {
                    text: t.with(key, &[("term", term(self.telling, &hop.term)), ("name", name)]),
                    note: self.telling.strength(hop.strength),
                    sources: self.telling.sources(&hop.told),
                }
            }
            Link::Dealing { role, since, until, fen, told } => {
                let facts = [self.telling.period(*since, *until), self.telling.sum(*fen)];
                let facts = facts.into_iter().filter(|fact| !fact.is_empty());
                Said {
                    text: t.with("looks-deals", &[("name", name), ("role", self.telling.role(*role))]),
                    note: facts.collect::<Vec<_>>().join(" · "),
                    sources: told.iter().map(|place| self.telling.source(*place)).collect(),
                }
            }
            Link::Contract => {
                let key = if tied.b == here { "looks-contractor-of" } else { "looks-contracted-to" };
                Said { text: t.with(key, &[("name", name)]), note: String::new(), sources: Vec::new() }
            }
        }
    }

    fn duty(&self, duty: &Drawn, here: usize) -> Option<Duty> {
        let (key, other) = match here {
            _ if duty.from == here => (format!("looks-duty-{}", duty.duty), duty.to),
            _ if duty.to == here => (format!("looks-under-{}", duty.duty), duty.from),
            _ => return None,
        };
        Some(Duty { text: self.telling.t.with(&key, &[("name", self.name(other))]), met: duty.met })
    }
}

fn line_class(tied: &Tied) -> &'static str {
    match tied.link {
        Link::Kin(_) => "tie tie-kin",
        Link::Dealing { role, .. } if role.is_interest() => "tie tie-interest",
        Link::Dealing { .. } => "tie tie-work",
        Link::Contract => "tie tie-contract",
    }
}

/// A bow from one to the other, so that a duty does not cover the tie it lies over; it ends before the other's mark.
fn bend(from: Place, to: Place) -> String {
    let (x, y) = (f64::from(to.x - from.x), f64::from(to.y - from.y));
    let length = x.hypot(y).max(1.0);
    let bow = 0.18 * length;
    let middle = (f64::from(from.x + to.x) / 2.0 + y / length * bow, f64::from(from.y + to.y) / 2.0 - x / length * bow);
    let (back_x, back_y) = (f64::from(to.x) - middle.0, f64::from(to.y) - middle.1);
    let rest = back_x.hypot(back_y).max(1.0);
    let end = (f64::from(to.x) - back_x / rest * 13.0, f64::from(to.y) - back_y / rest * 13.0);
    format!("M{} {} Q{:.0} {:.0} {:.0} {:.0}", from.x, from.y, middle.0, middle.1, end.0, end.1)
}
