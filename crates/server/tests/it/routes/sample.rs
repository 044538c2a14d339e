//! Things of the example city to ask for: of each kind one that the employee may see, one that is somebody else's, and
//! one that is not there.

use super::table::Sample;
use crate::city::ALL;
use domain::{
    actor::Actor,
    id::{AppraisalId, FindingId, NoticeId, OutcomeId, SlateId},
};
use policy::Reading;
use server::{demo::PEOPLE, web::assets};
use std::collections::BTreeMap;
use store::Store;

/// An id that nothing has.
pub const NOTHING: &str = "01934b3e-0000-7000-8000-000000000001";

/// The example city, and what is asked for in it.
pub struct City {
    pub store: Store,
    /// The employee's appraisal.
    pub own: String,
    samples: BTreeMap<Sample, Vec<(&'static str, String)>>,
}

impl City {
    /// The example city as it was filled.
    pub async fn of(store: Store) -> City {
        let inspector = actor(&store, "YT0481").await;
        let desk = store.reader(&inspector);
        let employees = own(&store, "YT0035").await;
        let mut samples = BTreeMap::from([
            (Sample::Plain, vec![("", String::new())]),
            (Sample::Asset, vec![("a style sheet", asset())]),
            (Sample::Failure, vec![("refused", "refused".to_owned())]),
            (Sample::Act, vec![("endorse_goals", "endorse_goals".to_owned())]),
        ]);
        let (leader, stranger) = (own(&store, "YT0011").await, own(&store, "YT0256").await);
        samples.insert(
            Sample::Appraisal,
            vec![("the employee's", employees.clone()), ("the leader's", leader), ("another unit's", stranger)],
        );
        let cycles = store.cycles().await.expect("cycles");
        let institutions = cycles.iter().find(|cycle| cycle.regime == "public_institution");
        let institutions = institutions.expect("the institutions' cycle").cycle_id;
        samples.insert(Sample::Cycle, vec![("the institutions'", institutions.to_string())]);
        let units = store.units().await.expect("units");
        let unit = |code: &str| units.iter().find(|unit| unit.code == code).expect("a unit").unit_id;
        let two = [("the employee's unit's", unit("YT01")), ("another unit's", unit("YT05"))];
        let slates = desk.slates(institutions.into()).await.expect("slates");
        let notices = desk.notices_in(ALL).await.expect("notices");
        let slate = |of| slates.iter().find(|slate| slate.unit_id == of).expect("a slate").slate_id.to_string();
        let notice = |of| notices.iter().find(|notice| notice.unit_id == of).expect("a notice").notice_id.to_string();
        samples.insert(Sample::Slate, two.map(|(label, unit)| (label, slate(unit))).to_vec());
        samples.insert(Sample::Notice, two.map(|(label, unit)| (label, notice(unit))).to_vec());
        let outcomes = desk.outcomes_in(ALL).await.expect("outcomes");
        let outcome = outcomes.first().expect("an outcome").outcome_id.to_string();
        samples.insert(Sample::Outcome, vec![("another unit's", outcome)]);
        let findings = desk.findings_in(ALL).await.expect("findings");
        let finding = findings.first().expect("a finding").finding_id.to_string();
        samples.insert(Sample::Finding, vec![("somebody's", finding)]);
        let batches = desk.batches(0, 1000).await.expect("batches").0;
        let batch = |kind| batches.iter().find(|batch| batch.kind == kind).expect("a batch").batch_id.to_string();
        let indicators = store.indicators().await.expect("indicators");
        let indicator = indicators.first().expect("an indicator").indicator_id.to_string();
        samples.insert(Sample::Indicator, vec![("the first", indicator)]);
        let account = store.account_of_login("YT0044").await.expect("a read").expect("an account");
        samples.insert(Sample::Account, vec![("a colleague's", account.to_string())]);
        samples.insert(Sample::Entry, vec![("the first", "0".to_owned())]);
        samples.insert(Sample::Tree, vec![("SHA-256", "sha256".to_owned())]);
        samples.insert(Sample::Rows, vec![("attendance", batch("attendance"))]);
        samples.insert(Sample::Value, vec![("the employee's", employees.clone())]);
        samples.insert(Sample::Upload, Vec::new());
        samples.insert(Sample::Look, Vec::new());
        samples.insert(Sample::Regime, vec![("civil servants'", "civil_servant".to_owned())]);
        samples.insert(Sample::Batch, vec![("attendance", batch("attendance")), ("private ties", batch("family"))]);
        City { store, own: employees, samples }
    }

    /// What is put in a placeholder: label and value.
    pub fn samples(&self, of: Sample) -> Vec<(&'static str, String)> {
        let mut samples = self.samples[&of].clone();
        if !matches!(of, Sample::Plain | Sample::Act | Sample::Entry | Sample::Failure | Sample::Tree) {
            samples.push(("nothing", NOTHING.to_owned()));
        }
        samples
    }

    /// Whoever signs in under this name.
    pub async fn actor(&self, login: &str) -> Actor {
        actor(&self.store, login).await
    }

    /// Whether a reading of what an id names is permitted, and it is there.
    pub async fn readable(&self, actor: &Actor, reading: Reading, id: &str) -> bool {
        let desk = self.store.reader(actor);
        let id = id.parse::<uuid::Uuid>().ok();
        let found = match (reading, id) {
            (Reading::Appraisal, Some(id)) => desk.appraisal(AppraisalId(id)).await.map(|found| found.is_some()),
            (Reading::Slate, Some(id)) => desk.slate(SlateId(id)).await.map(|found| found.is_some()),
            (Reading::Notice, Some(id)) => desk.notice(NoticeId(id)).await.map(|found| found.is_some()),
            (Reading::Outcome, Some(id)) => desk.outcome(OutcomeId(id)).await.map(|found| found.is_some()),
            (Reading::Finding, Some(id)) => desk.finding(FindingId(id)).await.map(|found| found.is_some()),
            (_, id) => Ok(desk.may_read(reading) && id.is_none_or(|id| id.to_string() != NOTHING)),
        };
        match found {
            Err(store::Error::Denied(_)) => false,
            found => found.expect("a read"),
        }
    }
}

/// The roles and who has them.
pub fn people() -> impl Iterator<Item = (&'static str, &'static str)> {
    PEOPLE.iter().copied()
}

async fn actor(store: &Store, login: &str) -> Actor {
    let account = store.account_of_login(login).await.expect("a read").expect("an account");
    store.actor(account).await.expect("a read").expect("an actor")
}

/// The id of somebody's newest appraisal.
async fn own(store: &Store, login: &str) -> String {
    let person = actor(store, login).await;
    let own = store.reader(&person).own_appraisals().await.expect("a read");
    own.first().unwrap_or_else(|| panic!("{login} takes no part")).appraisal_id.to_string()
}

/// The address of a style sheet.
fn asset() -> String {
    assets::url("app.css").trim_start_matches("/assets/").to_owned()
}
