//! Scores of real raters: skating judges and their nations (D005), lecture ratings (D004), malicious bids (D007).

use crate::{Done, auc, detector, ranking, run};
use detect::{finding::Finding, math::random::Random};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    time::Duration,
};

const SHUFFLES: u64 = 20;

/// Judges with a known preference for their own nation.
pub async fn favour(dir: &Path) -> Done<()> {
    let rows = csv::Reader::from_path(dir.join("scores.csv"))?.into_records().collect::<Result<Vec<_>, _>>()?;
    let home: BTreeMap<&str, &str> = rows.iter().map(|row| (&row[2], &row[6])).collect();
    let own = |finding: &&Finding| {
        home.get(finding.subject_id.as_str()).copied() == finding.others.first().map(String::as_str)
    };
    let work = tempfile::tempdir()?;
    fs::copy(dir.join("scores.csv"), work.path().join("scores.csv"))?;
    let all = run(work.path(), &[ranking("D005")?]).await?.findings;
    let p = |finding: &Finding| -finding.p.unwrap_or(1.0);
    let area = auc(all.iter().map(|finding| (p(finding), own(&finding))).collect());
    let found = run(work.path(), &[detector("D005")?]).await?.findings;
    let alerts: Vec<&Finding> = found.iter().filter(|finding| finding.level.alarms()).collect();
    println!(
        "\n## D005 on skating-dev: {} scores, {} pairs of judge and nation with three clusters or more\n",
        rows.len(),
        all.len()
    );
    println!(
        "Ranked by p, own nation against others: AUC {area:.4}. {} of {} alerts are of the own nation.",
        alerts.iter().copied().filter(own).count(),
        alerts.len()
    );
    let (mut alarms, mut watches) = (0, 0);
    for seed in 0..SHUFFLES {
        fs::write(work.path().join("scores.csv"), shuffled(&rows, &mut Random::new(seed)))?;
        let found = run(work.path(), &[detector("D005")?]).await?.findings;
        alarms += found.iter().filter(|finding| finding.level.alarms()).count();
        watches += found.iter().filter(|finding| !finding.level.alarms()).count();
    }
    println!(
        "\nScores shuffled within each performance, {SHUFFLES} times: {alarms} alerts and {watches} watches in all."
    );
    Ok(())
}

/// Who gave which score of a performance is drawn anew.
fn shuffled(rows: &[csv::StringRecord], random: &mut Random) -> String {
    let mut performances: BTreeMap<(&str, &str, &str), Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        performances.entry((&row[0], &row[1], &row[3])).or_default().push(at);
    }
    let mut score: Vec<&str> = rows.iter().map(|row| &row[4]).collect();
    for members in performances.values() {
        let mut given: Vec<&str> = members.iter().map(|at| score[*at]).collect();
        random.shuffle(&mut given);
        members.iter().zip(given).for_each(|(at, given)| score[*at] = given);
    }
    let mut table = "cycle,indicator_id,rater_id,ratee_id,score,max_score,rater_group,ratee_group\n".to_owned();
    for (row, score) in rows.iter().zip(score) {
        table +=
            &format!("{},{},{},{},{score},{},{},{}\n", &row[0], &row[1], &row[2], &row[3], &row[5], &row[6], &row[7]);
    }
    table
}

/// The crossed model of lecture ratings; its deviance is known.
pub async fn insteval(dir: &Path) -> Done<()> {
    #[expect(clippy::disallowed_methods, reason = "this measures how long the fit takes")]
    let clock = || std::time::Instant::now();
    let began = clock();
    let report = run(dir, &[detector("D004")?]).await?;
    let took: Duration = began.elapsed();
    let model = &report.meta["D004"]["models"][0];
    println!("\n## D004 on InstEval: {} ratings\n", model["scores"]);
    println!(
        "-2 log L = {:.5} (MixedModels.jl: 237721.76877), after {} evaluations, {:.1} s with reading.",
        model["deviance"].as_f64().unwrap_or_default(),
        model["evaluations"],
        took.as_secs_f64()
    );
    println!("{} raters out of line of {}.", report.findings.len(), model["raters"]);
    Ok(())
}

/// Bids of a mock conference, honest and in rings.
pub async fn rings(dir: &Path) -> Done<()> {
    let mut truth: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in csv::Reader::from_path(dir.join("truth.csv"))?.records() {
        let row = row?;
        truth.entry(row[0].to_owned()).or_default().insert(row[1].to_owned());
    }
    // people.csv there is no fact table.
    let work = tempfile::tempdir()?;
    fs::copy(dir.join("scores.csv"), work.path().join("scores.csv"))?;
    let findings = run(work.path(), &[ranking("D007")?]).await?.findings;
    println!(
        "\n## D007 on rings-dev\n\n| cycle | rings of mutual favour | with ring members | least p |\n|---|---|---|---|"
    );
    let nobody = BTreeSet::new();
    let cycles = truth.keys().map(String::as_str).chain(["honest"]);
    for cycle in cycles {
        let members = truth.get(cycle).unwrap_or(&nobody);
        let found: Vec<&Finding> = findings.iter().filter(|finding| finding.cycle == cycle).collect();
        let hits = found.iter().filter(|finding| {
            members.contains(&finding.subject_id) || finding.others.iter().any(|id| members.contains(id))
        });
        let least = found.iter().filter_map(|finding| finding.p).fold(1.0, f64::min);
        println!("| {cycle} | {} | {} | {least} |", found.len(), hits.count());
    }
    Ok(())
}
