//! Texts that one rater wrote once and used for several people.
//!
//! A text is the set of its runs of `shingle` characters (letters, digits and Chinese characters; spaces, punctuation and
//! case do not count). Runs that a share of more than `template` of a cycle's texts has are the form's own words and are
//! left out. The texts of one rater are compared with each other. Where these are many, candidates come from MinHash (Broder
//! 1997) in 16 bands of 4, which finds nearly every pair of a Jaccard similarity over .7; each is then compared exactly, and
//! counts from `similarity` on. No chance is involved.
//!
//! Input, a row for each text: text `cycle`, `rater_id`, `ratee_id`, `text`. The least number of people with one text is
//! the threshold `n`. Parameters: `shingle`, `similarity`, `template`, `least` (runs that a text must have).

use super::{Failure, Outcome, Settings, evidence};
use crate::{
    finding::{Level, Suspect},
    frame::Frame,
    parallel,
};
use foldhash::fast::RandomState;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};

const BANDS: usize = 16;
const ROWS: usize = 4;

/// A share says what is common only among this many texts.
const TEXTS_FOR_A_TEMPLATE: usize = 20;

pub fn run(rows: &Frame, settings: &Settings) -> Result<Outcome, Failure> {
    let (cycle, text) = (rows.text("cycle")?, rows.text("text")?);
    let (rater, ratee) = (rows.text("rater_id")?, rows.text("ratee_id")?);
    let (length, similarity) = (settings.count("shingle")?, settings.float("similarity")?);
    let (template, least) = (settings.float("template")?, settings.count("least")?);
    let mut of_cycle: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (row, cycle) in cycle.codes.iter().enumerate() {
        of_cycle.entry(*cycle).or_default().push(row);
    }
    let mut outcome = Outcome::default();
    for (in_cycle, members) in of_cycle {
        let mut texts = parallel::each(members.len(), |at| shingles(text.word(members[at]), length));
        subtract_template(&mut texts, template);
        let mut by_rater: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        members.iter().enumerate().for_each(|(at, row)| by_rater.entry(rater.codes[*row]).or_default().push(at));
        let by_rater: Vec<Vec<usize>> = by_rater.into_values().collect();
        let groups = parallel::each(by_rater.len(), |one| {
            let own: Vec<&[u64]> = by_rater[one].iter().map(|at| texts[*at].as_slice()).collect();
            let groups = alike(&own, least, similarity).into_iter();
            groups.map(|group| group.into_iter().map(|at| by_rater[one][at]).collect()).collect::<Vec<Vec<usize>>>()
        });
        let groups: Vec<Vec<usize>> = groups.into_iter().flatten().collect();
        let count = [("texts", members.len()), ("groups", groups.len())];
        let told = Map::from_iter(count.map(|(name, count)| (name.to_owned(), Value::from(count))));
        outcome.meta.insert(cycle.words[in_cycle as usize].clone(), Value::Object(told));
        for own in groups {
            let about: BTreeSet<&str> = own.iter().map(|at| ratee.word(members[*at])).collect();
            if (about.len() as u64) < settings.thresholds.n {
                continue;
            }
            let first = &texts[own[0]];
            let worst = own[1..].iter().map(|at| jaccard(first, &texts[*at])).fold(1.0, f64::min);
            let mut evidence = evidence([("texts", own.len() as f64), ("similarity", worst)]);
            evidence.insert("text".into(), Value::from(text.word(members[own[0]])));
            outcome.suspects.push(Suspect {
                level: Level::Rule,
                cycle: cycle.words[in_cycle as usize].clone(),
                subject_id: rater.word(members[own[0]]).to_owned(),
                n: about.len() as u64,
                others: about.into_iter().map(str::to_owned).collect(),
                effect: worst,
                p: None,
                q: None,
                family: 0,
                evidence,
            });
        }
    }
    Ok(outcome)
}

/// The hashes of the runs of `length` characters, sorted, each once.
fn shingles(text: &str, length: usize) -> Vec<u64> {
    let signs: Vec<char> = text.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let mut hashes: Vec<u64> = signs.windows(length).map(hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// FNV-1a (Fowler, Noll and Vo), stirred by the last steps of MurmurHash3, as min-wise hashing wants even high bits.
fn hash(signs: &[char]) -> u64 {
    let start = 0xCBF2_9CE4_8422_2325_u64;
    stir(signs.iter().fold(start, |hash, sign| (hash ^ u64::from(*sign)).wrapping_mul(0x0100_0000_01B3)))
}

fn stir(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    bits = (bits ^ (bits >> 33)).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    bits ^ (bits >> 33)
}

fn subtract_template(texts: &mut [Vec<u64>], share: f64) {
    if texts.len() < TEXTS_FOR_A_TEMPLATE {
        return;
    }
    let mut counts: HashMap<u64, usize, RandomState> = HashMap::default();
    texts.iter().flatten().for_each(|run| *counts.entry(*run).or_default() += 1);
    let limit = share * texts.len() as f64;
    texts.iter_mut().for_each(|text| text.retain(|run| counts[run] as f64 <= limit));
}

/// Up to so many texts each is compared with each.
const FEW: usize = 100;

/// The groups of texts that hang together by similarity, each of two or more.
fn alike(texts: &[&[u64]], least: usize, similarity: f64) -> Vec<Vec<usize>> {
    let mut parent: Vec<usize> = (0..texts.len()).collect();
    fn root(parent: &mut [usize], mut of: usize) -> usize {
        while parent[of] != of {
            parent[of] = parent[parent[of]];
            of = parent[of];
        }
        of
    }
    let long: Vec<usize> = (0..texts.len()).filter(|at| texts[*at].len() >= least.max(1)).collect();
    for band in if texts.len() > FEW { 0..BANDS } else { 0..1 } {
        let mut buckets: HashMap<u64, Vec<usize>, RandomState> = HashMap::default();
        for at in long.iter().copied() {
            let text = texts[at];
            let bucket = buckets.entry(if texts.len() > FEW { key(text, band) } else { 0 }).or_default();
            // A bucket keeps one text of each kind, so that a thousand equal ones are compared a thousand times.
            match bucket.iter().copied().find(|other| jaccard(text, texts[*other]) >= similarity) {
                Some(other) => {
                    let (a, b) = (root(&mut parent, at), root(&mut parent, other));
                    parent[a.max(b)] = a.min(b);
                }
                None => bucket.push(at),
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in 0..texts.len() {
        groups.entry(root(&mut parent, at)).or_default().push(at);
    }
    groups.into_values().filter(|group| group.len() > 1).collect()
}

/// Equal for texts whose least runs under some orders are the same.
fn key(text: &[u64], band: usize) -> u64 {
    (0..ROWS).fold(0, |key, row| {
        let salt = stir((band * ROWS + row) as u64 + 1);
        let least = text.iter().map(|run| stir(run ^ salt)).min().unwrap_or_default();
        stir(key ^ least)
    })
}

/// The share of runs that two texts have in common.
fn jaccard(left: &[u64], right: &[u64]) -> f64 {
    let (mut a, mut b, mut common) = (0_usize, 0_usize, 0_usize);
    while a < left.len() && b < right.len() {
        match left[a].cmp(&right[b]) {
            std::cmp::Ordering::Less => a += 1,
            std::cmp::Ordering::Greater => b += 1,
            std::cmp::Ordering::Equal => (a, b, common) = (a + 1, b + 1, common + 1),
        }
    }
    let either = left.len() + right.len() - common;
    common as f64 / either.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similarity_is_common_over_all() {
        assert_eq!(jaccard(&[1, 2, 3], &[1, 2, 3]), 1.0);
        assert!((jaccard(&[1, 2, 3], &[2, 3, 4]) - 0.5).abs() < 1e-12);
        assert_eq!(jaccard(&[1], &[2]), 0.0);
    }

    #[test]
    fn punctuation_and_spaces_do_not_count() {
        assert_eq!(shingles("工作认真，负责。", 4), shingles("工作认真 负责", 4));
        assert_eq!(shingles("Worked hard", 4), shingles("worked, HARD!", 4));
    }

    #[test]
    fn a_text_with_one_name_changed_is_a_copy() {
        let texts = [
            "张三同志在防汛抢险中连续值守三昼夜未离岗位",
            "李四同志在防汛抢险中连续值守三昼夜未离岗位",
            "牵头完成全市不动产登记系统上线",
        ];
        let texts: Vec<Vec<u64>> = texts.iter().map(|text| shingles(text, 4)).collect();
        let texts: Vec<&[u64]> = texts.iter().map(Vec::as_slice).collect();
        assert_eq!(alike(&texts, 3, 0.7), [[0, 1]]);
        assert!(alike(&texts, 3, 0.95).is_empty());
        let many: Vec<Vec<u64>> = (0..FEW).map(|at| shingles(&format!("{:016x}", stir(at as u64)), 4)).collect();
        let many: Vec<&[u64]> = texts.iter().copied().chain(many.iter().map(Vec::as_slice)).collect();
        assert_eq!(alike(&many, 3, 0.7), [[0, 1]]);
    }

    #[test]
    fn the_words_of_the_form_are_left_out() {
        let form = "该同志本年度工作表现如下";
        let own = ["一二三四五六七八", "甲乙丙丁戊己庚辛", "子丑寅卯辰巳午未"];
        let mut texts: Vec<Vec<u64>> = (0..30).map(|at| shingles(&format!("{form}{}{at}", own[at % 3]), 4)).collect();
        subtract_template(&mut texts, 0.9);
        assert!(texts.iter().all(|text| !text.contains(&shingles("该同志本", 4)[0])));
        assert!(texts.iter().all(|text| text.len() >= 5));
    }
}
