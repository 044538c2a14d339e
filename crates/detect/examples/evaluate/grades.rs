//! Grade counts of US school districts with a hundred raised district-years, for D001.

use crate::{Done, detector, run};
use detect::math::random::Random;
use flate2::read::GzDecoder;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::Read,
    path::Path,
};

/// Shuffles.
const SHUFFLES: u64 = 5;

type Counts = BTreeMap<(String, String, String), BTreeMap<String, (String, u64)>>;

pub async fn evaluate(dir: &Path) -> Done<()> {
    let detector = [detector("D001")?];
    let injected = read(&dir.join("grade_counts_injected.csv.gz"))?;
    let mut truth = csv::Reader::from_path(dir.join("truth.csv"))?;
    let truth: BTreeSet<(String, String)> =
        truth.records().map(|row| row.map(|row| (row[0].to_owned(), row[1].to_owned()))).collect::<Result<_, _>>()?;
    let work = tempfile::tempdir()?;
    write(&injected, work.path())?;
    let report = run(work.path(), &detector).await?;
    let units = injected.len();
    println!("\n## D001 on teacher-ratings-dev: {units} district-years, {} of them raised\n", truth.len());
    println!("| | recall | other flags |\n|---|---|---|");
    for (name, watch) in [("alerts", false), ("alerts and watches", true)] {
        let flagged = report.findings.iter().filter(|finding| watch || finding.level.alarms());
        let (hits, others): (Vec<_>, Vec<_>) = flagged
            .map(|finding| (finding.cycle.clone(), finding.subject_id.clone()))
            .partition(|key| truth.contains(key));
        let recall = hits.len() as f64 / truth.len() as f64;
        let other = others.len() as f64 / (units - truth.len()) as f64;
        println!("| {name} | {recall:.3} | {:.2} % |", 100.0 * other);
    }
    let plain = read(&dir.join("grade_counts.csv.gz"))?;
    let mut flags = Vec::new();
    for seed in 0..SHUFFLES {
        write(&shuffled(&plain, &mut Random::new(seed)), work.path())?;
        let share = run(work.path(), &detector).await?.findings.len() as f64 / plain.len() as f64;
        flags.push(format!("{:.3} %", 100.0 * share));
    }
    println!("\nFlags, watches among them, when grades are shuffled within state and year: {}.", flags.join(", "));
    Ok(())
}

fn read(path: &Path) -> Done<Counts> {
    let mut text = String::new();
    GzDecoder::new(File::open(path)?).read_to_string(&mut text)?;
    let mut counts = Counts::new();
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        let row = row?;
        let unit = (row[0].to_owned(), row[1].to_owned(), row[2].to_owned());
        counts.entry(unit).or_default().insert(row[4].to_owned(), (row[3].to_owned(), row[5].parse()?));
    }
    Ok(counts)
}

fn write(counts: &Counts, dir: &Path) -> Done<()> {
    let mut table = "cycle,peer_group,unit_id,grade,grade_rank,count\n".to_owned();
    for ((cycle, group, unit), grades) in counts {
        for (rank, (grade, count)) in grades {
            table += &format!("{cycle},{group},{unit},{grade},{rank},{count}\n");
        }
    }
    Ok(fs::write(dir.join("grade_counts.csv"), table)?)
}

/// Every unit keeps its size; who gets which grade is drawn anew within the pool.
fn shuffled(counts: &Counts, random: &mut Random) -> Counts {
    let mut pools: BTreeMap<(&str, &str), Vec<(&String, &String)>> = BTreeMap::new();
    for ((cycle, group, _), grades) in counts {
        let pool = pools.entry((cycle, group)).or_default();
        for (rank, (grade, count)) in grades {
            pool.extend((0..*count).map(|_| (rank, grade)));
        }
    }
    pools.values_mut().for_each(|pool| random.shuffle(pool));
    let mut drawn = Counts::new();
    for (unit, grades) in counts {
        let pool = pools.get_mut(&(unit.0.as_str(), unit.1.as_str())).expect("every unit is in a pool");
        let mut own: BTreeMap<String, (String, u64)> =
            grades.iter().map(|(rank, (grade, _))| (rank.clone(), (grade.clone(), 0))).collect();
        let size: u64 = grades.values().map(|grade| grade.1).sum();
        for (rank, grade) in pool.drain(pool.len() - size as usize..) {
            own.entry(rank.clone()).or_insert_with(|| (grade.clone(), 0)).1 += 1;
        }
        drawn.insert(unit.clone(), own);
    }
    drawn
}
