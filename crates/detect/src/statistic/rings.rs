//! Rings: people who each score the others higher than everybody else does.
//!
//! One favours another where the mean residual of their scores ([`super::residual`]) is more than `deviations` standard
//! deviations above zero. What somebody merits is told by raters whom they do not rate in turn, where there are any: nobody
//! returns a favour to these. Mutual favours make a graph. Its cores (Seidman 1983) are peeled, least tied members first, until a
//! share `density` of a piece's pairs favour each other, so that a crowd with like interests is no ring; each member returns
//! favours to two at least. The strength of a ring is the sum of its favours, in standard deviations.
//!
//! Null model: among those who rated each other, who rates whom, how many favours each one gives and gets and how large the given ones are stay as they are;
//! only who gets which is drawn anew, by swapping ends of favours as often as it takes (degree-preserving rewiring, Maslov
//! and Sneppen 2002). Connected parts of the data (offices, mostly) are rewired apart, and a ring's p is the share of
//! parts, over all rewirings, that hold one as strong. Where a part is small, or all who rated each other in it favour each
//! other, there is nothing to swap, and a ring would come out again and again: each of its residuals is then drawn from those
//! of all parts.
//!
//! Input, a row for each score: text `cycle`, `indicator_id`, `rater_id`, `ratee_id`; numbers `score`, `max_score`. Ids of raters
//! and ratees name the same people; scores of oneself do not count. Parameters: `deviations`, `density`, `seed`.

use super::{
    Failure, Outcome, Settings, evidence,
    residual::{Telling, residuals},
    shares, suspect,
};
use crate::{
    finding::Suspect,
    frame::{Frame, TextBuilder, groups},
    math::{
        fdr::{Test, select},
        random::Random,
    },
    parallel,
};
use foldhash::fast::RandomState;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Rewirings of all parts together; the more parts, the fewer are needed.
const DRAWS: usize = 20_000;

/// Rewirings of each part, at least and at most.
const REWIRINGS: (usize, usize) = (20, 999);

/// Attempted swaps for each favour; Milo and others (2003) find 100 more than enough.
const SWAPS: usize = 20;

/// Pairs of a part, up to which it is too small to be rewired: ten people who all rate each other have 90.
const SMALL: usize = 100;

/// People, from and to.
type Pairs = HashSet<(u32, u32), RandomState>;

/// One person's favour to another, in standard deviations.
#[derive(Clone, Copy)]
struct Favour {
    from: u32,
    to: u32,
    size: f64,
}

/// A connected part of one cycle: who rated whom, and who favoured whom.
#[derive(Default)]
struct Part {
    rated: Pairs,
    /// The same in order.
    pairs: Vec<(u32, u32)>,
    favours: Vec<Favour>,
}

struct Ring {
    members: Vec<u32>,
    strength: f64,
}

pub fn run(rows: &Frame, settings: &Settings) -> Result<Outcome, Failure> {
    let (rater, ratee) = (rows.text("rater_id")?, rows.text("ratee_id")?);
    let (deviations, density) = (settings.float("deviations")?, settings.float("density")?);
    let seed = settings.count("seed")? as u64;
    // One numbering of people for both columns.
    let mut people = TextBuilder::default();
    rater.words.iter().chain(&ratee.words).for_each(|word| people.push(word));
    let (people, raters) = (people.finish(), rater.words.len());
    let person = |rater_code: u32| people.codes[rater_code as usize];
    let other = |ratee_code: u32| people.codes[raters + ratee_code as usize];
    let of_oneself = |row: usize| person(rater.codes[row]) == other(ratee.codes[row]);
    let of_others = if (0..rows.rows()).any(of_oneself) { Some(rows.without(of_oneself)) } else { None };
    let rows = of_others.as_ref().unwrap_or(rows);
    let (cycle, rater, ratee) = (rows.text("cycle")?, rows.text("rater_id")?, rows.text("ratee_id")?);

    let (item, items) = groups([&cycle.codes, &rows.text("indicator_id")?.codes, &ratee.codes]);
    let (pair, pairs) = groups([&cycle.codes, &rater.codes, &ratee.codes]);
    let given: HashSet<(u32, u32, u32), RandomState> =
        pairs.iter().map(|[cycle, from, to]| (*cycle, person(*from), other(*to))).collect();
    let is_returned = |[cycle, from, to]: &[u32; 3]| given.contains(&(*cycle, other(*to), person(*from)));
    let returned: Vec<bool> = pairs.iter().map(is_returned).collect();
    let anchors: Vec<bool> = pair.iter().map(|pair| !returned[*pair as usize]).collect();
    let telling = Telling { anchors: Some(&anchors), believed: 1.0 };
    let left = residuals(&item, items.len(), &rater.codes, raters, &shares(rows)?, telling);
    let mut means = vec![(0.0, 0.0); pairs.len()];
    for (pair, left) in pair.iter().zip(&left).filter(|(_, left)| left.is_finite()) {
        let mean = &mut means[*pair as usize];
        *mean = (mean.0 + 1.0, mean.1 + left);
    }
    let mut random = Random::new(seed);
    let mut rings: Vec<(u32, Ring)> = Vec::new();
    let mut tests: Vec<Test> = Vec::new();
    let mut told: Vec<Value> = Vec::new();
    for block in (0..pairs.len()).collect::<Vec<_>>().chunk_by(|a, b| pairs[*a][0] == pairs[*b][0]) {
        let in_cycle = pairs[block[0]][0];
        let known: Vec<(u32, u32, f64)> = block
            .iter()
            .filter(|at| means[**at].0 > 0.0)
            .map(|at| (person(pairs[*at][1]), other(pairs[*at][2]), means[*at].1 / means[*at].0))
            .filter(|(from, to, _)| from != to)
            .collect();
        let (parts, pool) = parts(known, deviations);
        let found: Vec<Vec<Ring>> = parts.iter().map(|part| part.rings(density)).collect();
        let rewirings = (DRAWS / parts.len().max(1)).clamp(REWIRINGS.0, REWIRINGS.1);
        let mut null: Vec<f64> = Vec::new();
        if found.iter().any(|rings| !rings.is_empty()) {
            let starts: Vec<Random> = parts
                .iter()
                .map(|part| {
                    let start = random.clone();
                    random.skip(rewirings * part.draws());
                    start
                })
                .collect();
            let strengths = parallel::each(parts.len(), |at| {
                let (part, mut random) = (&parts[at], starts[at].clone());
                let mut again = || match part.is_small() {
                    true => part.drawn(&mut random, &pool, deviations),
                    false => part.rewired(&mut random),
                };
                (0..rewirings).map(|_| again().strongest(density)).collect::<Vec<f64>>()
            });
            null = strengths.into_iter().flatten().collect();
            null.sort_by(f64::total_cmp);
        }
        for rings_of_part in found {
            if rings_of_part.is_empty() {
                tests.push(Test { family: in_cycle, n: u64::MAX, effect: 0.0, p: 1.0 });
                rings.push((in_cycle, Ring { members: vec![], strength: 0.0 }));
            }
            for ring in rings_of_part {
                let as_strong = null.len() - null.partition_point(|strength| *strength < ring.strength - 1e-9);
                tests.push(Test {
                    family: in_cycle,
                    n: ring.members.len() as u64,
                    effect: ring.strength,
                    p: (1 + as_strong) as f64 / (1 + null.len()) as f64,
                });
                rings.push((in_cycle, ring));
            }
        }
        let mutual = parts.iter().map(|part| part.rated.len()).sum::<usize>();
        let counts = [("pairs", mutual), ("parts", parts.len()), ("rewirings", rewirings)];
        let mut meta = Map::from_iter(counts.map(|(name, count)| (name.to_owned(), Value::from(count))));
        meta.insert("cycle".into(), Value::from(cycle.words[in_cycle as usize].as_str()));
        told.push(Value::Object(meta));
    }
    let suspects = select(&tests, settings.thresholds)
        .into_iter()
        .filter(|chosen| !rings[chosen.index].1.members.is_empty())
        .map(|chosen| {
            let ((in_cycle, ring), test) = (&rings[chosen.index], &tests[chosen.index]);
            let mut names: Vec<String> =
                ring.members.iter().map(|member| people.words[*member as usize].clone()).collect();
            names.sort();
            let others = names.split_off(1);
            let first = names.remove(0);
            Suspect {
                others,
                ..suspect(
                    &chosen,
                    test,
                    &cycle.words[*in_cycle as usize],
                    &first,
                    evidence([("members", ring.members.len() as f64), ("strength", ring.strength)]),
                )
            }
        })
        .collect();
    Ok(Outcome { suspects, tested: tests, meta: Map::from_iter([("cycles".to_owned(), Value::from(told))]) })
}

/// Split what is known of a cycle (from, to, mean residual) into connected parts, with the favours; and all residuals between
/// people who rated each other, in standard deviations. Only people who rated each other can favour each other; how large a
/// favour is, all ratings of the cycle say.
fn parts(mut known: Vec<(u32, u32, f64)>, deviations: f64) -> (Vec<Part>, Vec<f64>) {
    let count = known.len() as f64;
    let deviation = (known.iter().map(|(.., left)| left * left).sum::<f64>() / count).sqrt();
    let rated: Pairs = known.iter().map(|(from, to, _)| (*from, *to)).collect();
    known.retain(|(from, to, _)| rated.contains(&(*to, *from)));
    let mut parent: HashMap<u32, u32> = HashMap::new();
    fn root(parent: &mut HashMap<u32, u32>, mut of: u32) -> u32 {
        while let Some(above) = parent.get(&of).copied().filter(|above| *above != of) {
            let next = parent.get(&above).copied().unwrap_or(above);
            parent.insert(of, next);
            of = above;
        }
        of
    }
    for (from, to, _) in &known {
        let (a, b) = (root(&mut parent, *from), root(&mut parent, *to));
        parent.insert(a.max(b), a.min(b));
    }
    let mut parts: BTreeMap<u32, Part> = BTreeMap::new();
    for (from, to, left) in &known {
        let part = parts.entry(root(&mut parent, *from)).or_default();
        part.rated.insert((*from, *to));
        part.pairs.push((*from, *to));
        if deviation > 0.0 && left / deviation > deviations {
            part.favours.push(Favour { from: *from, to: *to, size: left / deviation });
        }
    }
    let scale = if deviation > 0.0 { deviation } else { 1.0 };
    (parts.into_values().collect(), known.iter().map(|(.., left)| left / scale).collect())
}

/// The connected pieces of a graph.
fn pieces(mut friends: BTreeMap<u32, BTreeSet<u32>>) -> Vec<BTreeMap<u32, BTreeSet<u32>>> {
    let mut pieces = Vec::new();
    while let Some((first, _)) = friends.first_key_value() {
        let (mut piece, mut open) = (BTreeMap::new(), vec![*first]);
        while let Some(one) = open.pop() {
            if let Some(of) = friends.remove(&one) {
                open.extend(&of);
                piece.insert(one, of);
            }
        }
        pieces.push(piece);
    }
    pieces
}

impl Part {
    /// The dense pieces of the graph of mutual favours.
    fn rings(&self, density: f64) -> Vec<Ring> {
        // Three people have six favours for each other.
        if self.favours.len() < 6 {
            return Vec::new();
        }
        let sizes: HashMap<(u32, u32), f64, RandomState> =
            self.favours.iter().map(|favour| ((favour.from, favour.to), favour.size)).collect();
        let mut friends: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for favour in &self.favours {
            if sizes.contains_key(&(favour.to, favour.from)) {
                friends.entry(favour.from).or_default().insert(favour.to);
            }
        }
        let mut open = pieces(friends);
        let mut rings = Vec::new();
        while let Some(mut piece) = open.pop() {
            let members = piece.len();
            let favours: usize = piece.values().map(BTreeSet::len).sum();
            let least = piece.values().map(BTreeSet::len).min().unwrap_or_default();
            if members < 3 {
                continue;
            }
            if least >= 2 && favours as f64 >= density * (members * (members - 1)) as f64 {
                let pairs = piece.iter().flat_map(|(one, of)| of.iter().map(|friend| (*one, *friend)));
                rings.push(Ring {
                    strength: pairs.map(|pair| sizes[&pair]).sum(),
                    members: piece.into_keys().collect(),
                });
                continue;
            }
            // Whoever is tied in least goes, until what is left is dense or nothing.
            let loose: Vec<u32> = piece.iter().filter(|(_, of)| of.len() == least).map(|(one, _)| *one).collect();
            for one in loose {
                for friend in piece.remove(&one).unwrap_or_default() {
                    if let Some(of) = piece.get_mut(&friend) {
                        of.remove(&one);
                    }
                }
            }
            open.extend(pieces(piece));
        }
        rings.sort_by(|a, b| a.members.cmp(&b.members));
        rings
    }

    fn strongest(&self, density: f64) -> f64 {
        self.rings(density).iter().map(|ring| ring.strength).fold(0.0, f64::max)
    }

    /// Whether it has too few favours to swap: so few people have hardly anybody to swap with, and a ring among them would mostly
    /// come out again.
    fn is_small(&self) -> bool {
        self.pairs.len() <= SMALL || self.favours.len() == self.pairs.len()
    }

    /// How many random numbers drawing it anew takes.
    fn draws(&self) -> usize {
        if self.is_small() { self.pairs.len() } else { 2 * SWAPS * self.favours.len() }
    }

    /// The part with the residual of each pair drawn from all there are.
    fn drawn(&self, random: &mut Random, pool: &[f64], deviations: f64) -> Part {
        let draw = |(from, to): &(u32, u32)| Favour { from: *from, to: *to, size: pool[random.below(pool.len())] };
        let mut favours: Vec<Favour> = self.pairs.iter().map(draw).collect();
        favours.retain(|favour| favour.size > deviations);
        Part { favours, ..Part::default() }
    }

    /// The part with its favours drawn anew: a -> b and c -> d become a -> d and c -> b, as long as the one rated the other
    /// and does not favour them yet.
    fn rewired(&self, random: &mut Random) -> Part {
        let mut favours = self.favours.clone();
        let mut taken: Pairs = favours.iter().map(|favour| (favour.from, favour.to)).collect();
        for _ in 0..SWAPS * favours.len() {
            let (first, second) = (random.below(favours.len()), random.below(favours.len()));
            let (a, c) = (favours[first], favours[second]);
            let new = [(a.from, c.to), (c.from, a.to)];
            if new.iter().any(|pair| !self.rated.contains(pair) || taken.contains(pair)) || new[0] == new[1] {
                continue;
            }
            taken.remove(&(a.from, a.to));
            taken.remove(&(c.from, c.to));
            taken.extend(new);
            favours[first].to = c.to;
            favours[second].to = a.to;
        }
        Part { favours, ..Part::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::fdr::Thresholds;

    /// 20 people who score each other; the `ring` first ones add something for one another.
    fn scores(random: &mut Random, ring: usize, extra: f64) -> Frame {
        let mut columns: [Vec<String>; 2] = Default::default();
        let mut score = Vec::new();
        for rater in 0..20 {
            for ratee in (0..20).filter(|ratee| *ratee != rater) {
                columns[0].push(format!("p{rater:02}"));
                columns[1].push(format!("p{ratee:02}"));
                let favour = if rater < ring && ratee < ring { extra } else { 0.0 };
                score.push(0.7 + favour + 0.05 * random.normal());
            }
        }
        Frame::default()
            .with_text("cycle", score.iter().map(|_| "2025").collect())
            .with_text("indicator_id", score.iter().map(|_| "i").collect())
            .with_text("rater_id", columns[0].iter().map(String::as_str).collect())
            .with_text("ratee_id", columns[1].iter().map(String::as_str).collect())
            .with_numbers("max_score", vec![1.0; score.len()])
            .with_numbers("score", score)
    }

    fn found(rows: &Frame) -> Vec<Suspect> {
        let thresholds = Thresholds { effect: 0.0, n: 3, alert: 0.05, watch: 0.2 };
        let parameters = BTreeMap::from([
            ("deviations".to_owned(), toml::Value::Float(1.0)),
            ("density".to_owned(), toml::Value::Float(0.6)),
            ("seed".to_owned(), toml::Value::Integer(1)),
        ]);
        run(rows, &Settings { thresholds: &thresholds, parameters: &parameters }).unwrap().suspects
    }

    #[test]
    fn a_ring_of_four_is_found_whole() {
        let suspects = found(&scores(&mut Random::new(3), 4, 0.2));
        assert_eq!(suspects.len(), 1);
        assert_eq!(suspects[0].subject_id, "p00");
        assert_eq!(suspects[0].others, ["p01", "p02", "p03"]);
    }

    #[test]
    fn mutual_liking_by_chance_is_no_ring() {
        let mut random = Random::new(4);
        let flagged = (0..20).filter(|_| !found(&scores(&mut random, 0, 0.0)).is_empty()).count();
        assert!(flagged <= 8, "{flagged} of 20 at a false discovery rate of .20");
    }

    /// Offices of ten people, half of whom score each other; in the first two there is a ring of three.
    #[test]
    fn rings_in_a_few_of_many_small_offices_are_found_and_no_others() {
        let mut random = Random::new(5);
        let (mut from, mut to, mut score) = (Vec::new(), Vec::new(), Vec::new());
        for office in 0..200 {
            for (rater, ratee) in (0..100).map(|pair| (pair / 10, pair % 10)).filter(|(rater, ratee)| rater != ratee) {
                let ring = office < 2 && rater < 3 && ratee < 3;
                if ring || random.chance(0.5) {
                    from.push(format!("o{office:03}p{rater}"));
                    to.push(format!("o{office:03}p{ratee}"));
                    score.push(0.7 + if ring { 0.4 } else { 0.0 } + 0.05 * random.normal());
                }
            }
        }
        let rows = Frame::default()
            .with_text("cycle", score.iter().map(|_| "2025").collect())
            .with_text("indicator_id", score.iter().map(|_| "i").collect())
            .with_text("rater_id", from.iter().map(String::as_str).collect())
            .with_text("ratee_id", to.iter().map(String::as_str).collect())
            .with_numbers("max_score", vec![1.0; score.len()])
            .with_numbers("score", score);
        let subjects: Vec<String> = found(&rows).into_iter().map(|suspect| suspect.subject_id).collect();
        assert_eq!(subjects, ["o000p0", "o001p0"]);
    }

    #[test]
    fn rewiring_keeps_how_many_favours_each_gives_and_gets() {
        let favour = |from, to| Favour { from, to, size: 1.0 };
        let all = (0..6).flat_map(|a| (0..6).map(move |b| (a, b))).filter(|(a, b)| a != b);
        let part = Part {
            rated: all.collect(),
            pairs: vec![],
            favours: vec![favour(0, 1), favour(1, 0), favour(2, 3), favour(4, 5), favour(0, 3), favour(5, 2)],
        };
        let rewired = part.rewired(&mut Random::new(1));
        let degrees = |part: &Part, of: fn(&Favour) -> u32| {
            let mut degrees = [0; 6];
            part.favours.iter().for_each(|favour| degrees[of(favour) as usize] += 1);
            degrees
        };
        assert_eq!(degrees(&rewired, |favour| favour.from), degrees(&part, |favour| favour.from));
        assert_eq!(degrees(&rewired, |favour| favour.to), degrees(&part, |favour| favour.to));
        assert!(rewired.favours.iter().all(|favour| favour.from != favour.to));
    }
}
