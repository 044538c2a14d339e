//! What two relatives call each other, made from the path between them.
//!
//! A term says no more than is on record: without birth dates a brother is 兄弟 and not 哥哥 or 弟弟, without the sex of
//! the one in between an uncle's side stays open.

mod chinese;
mod english;

use crate::{
    graph::Graph,
    individual::{Individual, Sex},
    path::{Move, Path},
    tie::Nature,
};

/// What the person at the end of a path is to the one at its beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// 舅舅; where there is no word of its own, put together: 妻子的舅舅.
    pub chinese: String,
    /// `maternal uncle`.
    pub english: String,
    /// The path told step by step: 母亲的哥哥. The same as `chinese` where that says it already.
    pub chinese_path: String,
    /// `mother's older brother`.
    pub english_path: String,
}

/// One word of the path told step by step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Word {
    kin: Kin,
    /// Of the person it leads to.
    sex: Option<Sex>,
    /// Of siblings and cousins: whether the one it leads to is older than the one whose sibling or cousin that is.
    elder: Option<bool>,
    remark: Option<Remark>,
    to: Individual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kin {
    Parent,
    Child,
    Sibling,
    Spouse,
}

/// What makes a tie other than the common one of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Remark {
    /// 养
    Adoptive,
    /// 继
    Fostering,
    /// 同父异母
    SameFather,
    /// 同母异父
    SameMother,
    /// 半血缘, the shared parent's sex being unknown or the record saying no more.
    Half,
}

impl Path {
    /// What its end is to its beginning, as the graph knows sexes and ages.
    pub fn term(&self, graph: &Graph) -> Term {
        let words = words(graph, self);
        Term {
            chinese: chinese::term(&words),
            english: english::term(&words),
            chinese_path: chinese::told(&words),
            english_path: english::told(&words),
        }
    }
}

/// The steps as words: up and down again is one word, a sibling; so is a sibling's sibling, and a sibling's parent is a
/// parent.
fn words(graph: &Graph, path: &Path) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut at = path.from;
    for step in &path.steps {
        let last = words.last().map(|word| word.kin);
        let kin = match (last, step.going) {
            (Some(Kin::Parent), Move::Down) | (Some(Kin::Sibling), Move::Across) => Some(Kin::Sibling),
            (Some(Kin::Sibling), Move::Up) => Some(Kin::Parent),
            (Some(Kin::Child), Move::Across) => Some(Kin::Child),
            _ => None,
        };
        // One word for two steps begins where the first of them began.
        let (kin, from, first) = match kin {
            Some(kin) => {
                let first = words.pop();
                (kin, words.last().map_or(path.from, |word| word.to), first)
            }
            None => (kin_of(step.going), at, None),
        };
        words.push(Word {
            kin,
            sex: sex_of(graph, kin, from, step.to),
            elder: (kin == Kin::Sibling).then(|| is_elder(graph, from, step.to)).flatten(),
            remark: remark(graph, kin, from, step.to, first.and_then(|first| first.remark), step.nature),
            to: step.to,
        });
        at = step.to;
    }
    age_cousins(graph, path.from, &mut words);
    words
}

/// Cousins are older or younger than each other, not than their parents.
fn age_cousins(graph: &Graph, from: Individual, words: &mut [Word]) {
    for place in 2..words.len() {
        if [Kin::Parent, Kin::Sibling, Kin::Child] == [place - 2, place - 1, place].map(|place| words[place].kin) {
            let than = place.checked_sub(3).map_or(from, |before| words[before].to);
            words[place].elder = is_elder(graph, than, words[place].to);
        }
    }
}

fn kin_of(going: Move) -> Kin {
    match going {
        Move::Up => Kin::Parent,
        Move::Down => Kin::Child,
        Move::Across => Kin::Sibling,
        Move::Spouse => Kin::Spouse,
    }
}

fn sex_of(graph: &Graph, kin: Kin, from: Individual, to: Individual) -> Option<Sex> {
    let by_marriage = || (kin == Kin::Spouse).then(|| graph.sex(from).map(Sex::of_spouse)).flatten();
    graph.sex(to).or_else(by_marriage)
}

fn is_elder(graph: &Graph, than: Individual, who: Individual) -> Option<bool> {
    let born = |one| graph.register().profile(one).born;
    let (than, who) = (born(than)?, born(who)?);
    (than != who).then_some(who < than)
}

fn remark(
    graph: &Graph,
    kin: Kin,
    from: Individual,
    to: Individual,
    earlier: Option<Remark>,
    nature: Nature,
) -> Option<Remark> {
    let of_nature = match nature {
        Nature::Birth => None,
        Nature::Adoptive => Some(Remark::Adoptive),
        Nature::Fostering => Some(Remark::Fostering),
    };
    let half = || (kin == Kin::Sibling).then(|| half(graph, from, to)).flatten();
    earlier.or(of_nature).or_else(half)
}

/// Siblings are half ones when a source says so, or when both have both parents on record and share one of them.
fn half(graph: &Graph, a: Individual, b: Individual) -> Option<Remark> {
    let parents_of = |one| {
        let by_birth = graph.parents(one).filter(|parent| parent.nature == Nature::Birth);
        by_birth.map(|parent| parent.to).collect::<Vec<_>>()
    };
    let (of_a, of_b) = (parents_of(a), parents_of(b));
    let shared: Vec<_> = of_a.iter().filter(|parent| of_b.contains(parent)).collect();
    let follows = of_a.len() >= 2 && of_b.len() >= 2 && shared.len() == 1;
    let is_half = follows || graph.siblings(a).any(|sibling| sibling.to == b && sibling.half);
    match shared[..] {
        _ if !is_half => None,
        [parent] => Some(match graph.sex(*parent) {
            Some(Sex::Male) => Remark::SameFather,
            Some(Sex::Female) => Remark::SameMother,
            None => Remark::Half,
        }),
        _ => Some(Remark::Half),
    }
}

/// Picks a word by sex; the third is for when it is unknown.
fn by(sex: Option<Sex>, [male, female, unknown]: [&'static str; 3]) -> &'static str {
    match sex {
        Some(Sex::Male) => male,
        Some(Sex::Female) => female,
        None => unknown,
    }
}
