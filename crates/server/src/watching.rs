//! The product looks through its own facts: export of this moment, all detectors, and whatever they find is raised as a finding, once.
//! After each batch of source data, at the end of each day on which appraisals moved, and when an inspector asks for it.

use crate::{clock, facts};
use anyhow::Context;
use detect::{
    behind,
    detector::{self, Detector, Language},
    facts::Facts,
    finding::{self, SubjectKind},
    scan::{Report, scan},
    session::Limits,
};
use domain::{
    act::Act,
    actor::Actor,
    finding::{Behind, Bilingual, Detected, LESS_GRAVE, Level, Picture, Scanned, Told, Versions},
    id::PersonId,
    roster::Roster,
};
use jiff::Timestamp;
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, LazyLock, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use store::{Error, Store};

/// The detectors of the product; the tests of `detect` hold them to be well formed.
pub static DETECTORS: LazyLock<Vec<Detector>> = LazyLock::new(|| detector::built_in().unwrap_or_default());

/// How many rows of a table a finding keeps.
const ROWS: usize = 30;
/// How many findings one act raises.
const AT_ONCE: usize = 100;

/// What a scan came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Came {
    /// Findings that stand in the facts, raised before or not.
    pub found: usize,
    /// Those that are about nobody on the roster, so that nobody could answer.
    pub about_nobody: usize,
    /// Those that were raised now.
    pub raised: usize,
}

/// Whoever wants to hear how many steps of how many are done.
type Tell<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// Scan the facts of this moment, and raise what was not raised before.
///
/// # Errors
/// If the facts can't be written, or a detector fails, or the database does.
pub async fn look(store: &Store, tell: Tell<'_>) -> anyhow::Result<Came> {
    let dir = tempfile::tempdir().context("there is no room for the facts")?;
    let steps = DETECTORS.len() as u64 + 1;
    facts::export(store, dir.path(), &|_, _| tell(0, steps)).await?;
    let path = dir.path().to_owned();
    let read = tokio::task::spawn_blocking(move || Facts::read(&path)).await?;
    let facts = match read {
        Ok(facts) => facts,
        // An office without people and data has no fact.
        Err(_) if dir.path().read_dir()?.next().is_none() => return Ok(Came::default()),
        Err(error) => return Err(error.into()),
    };
    let step = |done: usize| tell(1 + done as u64, steps);
    let report = scan(&facts, &DETECTORS, Language::Chinese, Limits::default(), &step).await?;
    let mut came = Came { found: report.findings.len(), ..Came::default() };
    let detected = detected(store, &facts, &report, &mut came).await?;
    for part in detected.chunks(AT_ONCE) {
        match store.act(&Actor::System, store.new_key(), Act::RaiseFindings { found: part.to_vec() }).await {
            Ok(receipt) => came.raised += receipt.entries as usize,
            // All of them were raised before.
            Err(Error::Refused(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(came)
}

/// What was found and is not on record yet, as findings of the product: about people on the roster, in words with names.
async fn detected(store: &Store, facts: &Facts, report: &Report, came: &mut Came) -> anyhow::Result<Vec<Detected>> {
    let (roster, known) = (store.snapshot().await?.roster().await?, store.found_keys().await?);
    let office = Office::new(&roster);
    let mut new: Vec<(usize, &finding::Finding, String, PersonId)> = Vec::new();
    for (place, finding) in report.findings.iter().enumerate() {
        match (key(store, finding), office.concerned(finding)) {
            (_, None) => came.about_nobody += 1,
            (key, _) if known.contains(&key) => {}
            (key, Some(subject)) => new.push((place, finding, key, subject)),
        }
    }
    // What is merely worth a look keeps its numbers; rows are read for what somebody must look at.
    let grave: Vec<&finding::Finding> =
        new.iter().map(|(_, finding, ..)| *finding).filter(|finding| finding.level.alarms()).collect();
    let rows = behind::behind(facts, &DETECTORS, &grave, Limits::default(), ROWS).await?;
    let mut rows = rows.into_iter();
    let mut detected = Vec::new();
    for (place, finding, key, subject) in new {
        let tables = if finding.level.alarms() { rows.next().unwrap_or_default() } else { Vec::new() };
        let Some(detector) = DETECTORS.iter().find(|detector| detector.id == finding.detector) else { continue };
        let others = finding.others.iter().filter_map(|id| office.person(id)).filter(|one| *one != subject);
        let told = Told {
            others: others.collect(),
            facts: numbers(finding),
            places: Vec::new(),
            scanned: Some(Scanned {
                title: Bilingual {
                    zh: detector.words(Language::Chinese).title.clone(),
                    en: detector.words(Language::English).title.clone(),
                },
                sentence: Bilingual {
                    zh: detector.sentence(finding, Language::Chinese, |id| office.name(id)),
                    en: detector.sentence(finding, Language::English, |id| office.name(id)),
                },
                tables: tables.into_iter().map(kept).collect(),
                picture: report.pictures.get(&place).map(drawn),
            }),
        };
        detected.push(Detected {
            detector: finding.detector.clone(),
            level: match finding.level {
                finding::Level::Rule => Level::Rule,
                finding::Level::Alert => Level::Alert,
                finding::Level::Watch => Level::Watch,
            },
            key,
            subject,
            versions: Some(Versions { detector: finding.detector_hash.clone(), facts: finding.data_hash.clone() }),
            told,
        });
    }
    Ok(detected)
}

/// The same for the same thing found again.
fn key(store: &Store, finding: &finding::Finding) -> String {
    let mut parts = vec![finding.detector.as_str(), &finding.cycle, &finding.subject_id];
    parts.extend(finding.others.iter().map(String::as_str));
    for name in ["indicator_id", "kind", "period", "minute"] {
        parts.extend(finding.evidence.get(name).and_then(Value::as_str));
    }
    let key = store.finding_key(&parts);
    if finding.level.alarms() { key } else { key + LESS_GRAVE }
}

/// The numbers of a finding, by name.
fn numbers(finding: &finding::Finding) -> BTreeMap<String, String> {
    let told = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let mut all: BTreeMap<String, String> =
        finding.evidence.iter().map(|(name, value)| (name.clone(), told(value))).collect();
    all.insert("cycle".to_owned(), finding.cycle.clone());
    all.insert("n".to_owned(), finding.n.to_string());
    all.insert("effect".to_owned(), finding.effect.to_string());
    let chances = [("p", finding.p), ("q", finding.q)];
    all.extend(chances.into_iter().filter_map(|(name, chance)| Some((name.to_owned(), chance?.to_string()))));
    all
}

fn kept(rows: behind::Behind) -> Behind {
    Behind { table: rows.table, columns: rows.columns, rows: rows.rows, more: rows.more }
}

fn drawn(picture: &detect::picture::Picture) -> Picture {
    let [from, to] = picture.ends();
    Picture { from, to, counts: picture.counts.clone(), own: picture.own as u32 }
}

/// People and units by what the facts call them.
struct Office<'a> {
    roster: &'a Roster,
    people: HashMap<&'a str, PersonId>,
}

impl<'a> Office<'a> {
    fn new(roster: &'a Roster) -> Self {
        let people = roster.people.values().map(|person| (person.number.as_str(), person.id)).collect();
        Office { roster, people }
    }

    fn person(&self, number: &str) -> Option<PersonId> {
        self.people.get(number).copied()
    }

    /// Who answers: the person; of a unit its head, else that of a unit above; of a case whoever decided it.
    fn concerned(&self, finding: &finding::Finding) -> Option<PersonId> {
        match finding.subject_kind {
            SubjectKind::Unit => {
                let mut unit = self.roster.units.values().find(|unit| unit.code == finding.subject_id);
                // A unit above itself is refused at import; the count is a belt.
                for _ in 0..self.roster.units.len() {
                    let here = unit?;
                    match here.head {
                        Some(head) => return Some(head),
                        None => unit = here.parent.and_then(|above| self.roster.units.get(&above)),
                    }
                }
                None
            }
            SubjectKind::Case => finding.others.first().and_then(|actor| self.person(actor)),
            _ => self.person(&finding.subject_id),
        }
    }

    fn name(&self, id: &str) -> String {
        let person = self.person(id).and_then(|id| self.roster.people.get(&id)).map(|person| person.name.clone());
        let unit = || self.roster.units.values().find(|unit| unit.code == id).map(|unit| unit.label().to_owned());
        person.or_else(unit).unwrap_or_else(|| id.to_owned())
    }
}

/// The scan that goes on, or went last.
#[derive(Clone, Default)]
pub struct Scans(Arc<Mutex<Option<Run>>>);

/// One scan.
#[derive(Clone)]
pub struct Run {
    /// Who asked for it; none: the product itself.
    pub by: Option<String>,
    /// When.
    pub began: Timestamp,
    /// Steps done, of how many.
    pub steps: Arc<(AtomicU64, AtomicU64)>,
    /// When it ended, and what it came to; nothing if it failed.
    pub ended: Option<(Timestamp, Option<Came>)>,
}

impl Scans {
    /// Nothing that holds this lock can panic half-way.
    fn run(&self) -> MutexGuard<'_, Option<Run>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the last one stands.
    pub fn last(&self) -> Option<Run> {
        self.run().clone()
    }

    /// Scan, unless that goes on already; whether it was begun.
    pub fn begin(&self, store: Store, by: Option<String>) -> bool {
        let mut run = self.run();
        if run.as_ref().is_some_and(|run| run.ended.is_none()) {
            return false;
        }
        let steps: Arc<(AtomicU64, AtomicU64)> = Arc::default();
        *run = Some(Run { by, began: clock::now(), steps: steps.clone(), ended: None });
        drop(run);
        let scans = self.clone();
        tokio::spawn(async move {
            // A task of its own, so that a run that panics has ended too.
            let looking = tokio::spawn(async move {
                let tell = move |done, all| {
                    steps.0.store(done, Ordering::Relaxed);
                    steps.1.store(all, Ordering::Relaxed);
                };
                look(&store, &tell).await
            });
            let came = match looking.await {
                Ok(Ok(came)) => Some(came),
                Ok(Err(error)) => {
                    tracing::error!(error = format!("{error:#}"), "the facts could not be looked through");
                    None
                }
                Err(error) => {
                    tracing::error!(%error, "the facts could not be looked through");
                    None
                }
            };
            if let Some(run) = scans.run().as_mut() {
                run.ended = Some((clock::now(), came));
            }
        });
        true
    }
}

/// When the facts were looked through last, as far as this process knows.
#[derive(Default)]
pub struct Seen {
    told: Option<(Option<i64>, Option<i64>)>,
}

impl Seen {
    /// Whether it is time: a batch came on record since, or it is the hour of the night and appraisals have moved.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn is_due(&mut self, store: &Store, at_night: bool) -> Result<bool, Error> {
        let told = store.facts_told().await?;
        let due = match self.told {
            None => told.0.is_some(),
            Some((batch, entry)) => batch != told.0 || at_night && entry != told.1,
        };
        if due {
            self.told = Some(told);
        }
        Ok(due)
    }
}
