//! The people of the example city, ready to act.

use crate::{clock, importing};
use anyhow::{Context, bail};
use domain::{
    act::Act,
    actor::Actor,
    appraisal::Appraisal,
    batch::Row,
    context::day,
    cycle::Cycle,
    id::{AppraisalId, CycleId, PersonId, SlateId, UnitId},
    progress::Attachment,
    refusal::Reason,
    slate::Slate,
    ties::TiesOn,
};
use jiff::civil::Date;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};
use store::{Error, Store, attachment::Incoming};
use tokio::task::JoinSet;

/// Everyone of the city by employee number and by id.
pub(super) struct City {
    pub(super) store: Store,
    files: PathBuf,
    actors: BTreeMap<PersonId, Actor>,
    numbers: BTreeMap<String, PersonId>,
    units: BTreeMap<String, UnitId>,
}

impl City {
    /// Look everyone up; they have accounts by now.
    pub(super) async fn open(store: &Store, files: &Path) -> anyhow::Result<Self> {
        let mut city = City {
            store: store.clone(),
            files: files.to_owned(),
            actors: BTreeMap::new(),
            numbers: BTreeMap::new(),
            units: BTreeMap::new(),
        };
        for unit in store.units().await? {
            city.units.insert(unit.code, UnitId(unit.unit_id));
        }
        for person in store.roster().await? {
            let account = store.account_of_login(&person.number).await?.context("everyone has an account")?;
            let actor = store.actor(account).await?.context("nobody is locked")?;
            let id = PersonId(person.person_id);
            city.numbers.insert(person.number, id);
            city.actors.insert(id, actor);
        }
        Ok(city)
    }

    /// Import files of the folder by name, on a day.
    pub(super) async fn import(store: &Store, actor: &Actor, folder: &Path, names: &[&str]) -> anyhow::Result<()> {
        let paths: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).collect();
        let options = importing::Options { skip_bad: true, dry_run: false };
        importing::import(store, actor, importing::gather(&paths)?, options).await?;
        Ok(())
    }

    /// HR imports files.
    pub(super) async fn receives(&self, names: &[&str]) -> anyhow::Result<()> {
        City::import(&self.store, self.hr(), &self.files, names).await
    }

    /// The rows of one of the files.
    pub(super) async fn rows(&self, name: &str) -> anyhow::Result<Vec<Row>> {
        let (known, files) = (importing::known(&self.store).await?, importing::gather(&[self.files.join(name)])?);
        let import = tokio::task::spawn_blocking(move || connect::read(files, known)).await?;
        Ok(import.tables.into_iter().flat_map(|table| table.rows).collect())
    }

    /// Whom the authority's HR acts as.
    pub(super) fn hr(&self) -> &Actor {
        self.someone("YT0319")
    }

    /// Who reads every appraisal: nobody's relative, as HR is.
    pub(super) fn inspector(&self) -> &Actor {
        self.someone("YT0481")
    }

    /// The second officer of the authority's HR: four eyes need two, and this one is no relative of the first.
    pub(super) fn second_hr(&self) -> &Actor {
        self.someone("YT0332")
    }

    /// Who is tied to whom today.
    pub(super) async fn ties(&self) -> anyhow::Result<TiesOn> {
        Ok(self.store.ties(day(clock::now())).await?)
    }

    /// Who has this employee number.
    pub(super) fn someone(&self, number: &str) -> &Actor {
        self.numbers.get(number).and_then(|id| self.actors.get(id)).unwrap_or(&Actor::System)
    }

    /// Who this is.
    pub(super) fn person(&self, id: PersonId) -> &Actor {
        self.actors.get(&id).unwrap_or(&Actor::System)
    }

    /// The id of an employee number.
    pub(super) fn id(&self, number: &str) -> anyhow::Result<PersonId> {
        self.numbers.get(number).copied().with_context(|| format!("{number} is not on the roster"))
    }

    /// The unit of a code.
    pub(super) fn unit(&self, code: &str) -> anyhow::Result<UnitId> {
        self.units.get(code).copied().with_context(|| format!("there is no unit {code}"))
    }

    /// Do one act.
    pub(super) async fn act(&self, actor: &Actor, act: Act) -> anyhow::Result<()> {
        let name = act.name();
        self.store
            .act(actor, self.store.new_key(), act)
            .await
            .with_context(|| format!("{name} in the example city"))?;
        Ok(())
    }

    /// Hand in a text, for an act of the same person to cite.
    pub(super) async fn hands_in(&self, actor: &Actor, name: &str, text: String) -> anyhow::Result<Attachment> {
        let Actor::Account { account, .. } = actor else { bail!("{name} is handed in by nobody") };
        let file = Incoming { name: name.to_owned(), media: "text/plain".to_owned(), content: text.into_bytes() };
        Ok(self.store.hand_in(*account, file, clock::now()).await?)
    }

    /// Do many acts at once, so that they share commits. Where nothing is new, nothing is done.
    pub(super) async fn all(&self, acts: Vec<(&Actor, Act)>) -> anyhow::Result<()> {
        let mut running = JoinSet::new();
        for (actor, act) in acts {
            let (store, actor, key) = (self.store.clone(), actor.clone(), self.store.new_key());
            running.spawn(async move { (act.name(), store.act(&actor, key, act).await) });
        }
        while let Some(done) = running.join_next().await {
            match done? {
                (_, Ok(_)) => {}
                (_, Err(Error::Refused(refusal))) if refusal.reason == Reason::NothingNew => {}
                (name, Err(error)) => bail!("{name} in the example city: {error}"),
            }
        }
        Ok(())
    }

    /// Every appraisal of a cycle, with the cycle.
    pub(super) async fn sheets(&self, cycle: CycleId) -> anyhow::Result<(Arc<Cycle>, Vec<Appraisal>)> {
        let (desk, mut sheets, mut of) = (self.store.reader(self.inspector()), Vec::new(), None);
        for id in self.store.appraisals_of(cycle).await? {
            let (cycle, sheet) = desk.appraisal(id).await?.context("an inspector reads every appraisal")?;
            of = Some(cycle);
            sheets.push(sheet);
        }
        Ok((of.context("the cycle has people")?, sheets))
    }

    /// The appraisal of an employee number in a cycle.
    pub(super) async fn sheet(&self, cycle: CycleId, number: &str) -> anyhow::Result<Appraisal> {
        let own = self.store.reader(self.someone(number)).own_appraisals().await?;
        let id = own.iter().find(|own| own.cycle_id == cycle.0).with_context(|| format!("{number} takes no part"))?;
        let found = self.store.reader(self.inspector()).appraisal(AppraisalId(id.appraisal_id)).await?;
        Ok(found.context("an inspector reads every appraisal")?.1)
    }

    /// The slate of a unit in a cycle, with the cycle.
    pub(super) async fn slate(&self, cycle: CycleId, unit: &str) -> anyhow::Result<(Arc<Cycle>, Slate)> {
        let (desk, unit) = (self.store.reader(self.hr()), self.unit(unit)?);
        let slates = desk.slates(cycle).await?;
        let row = slates.iter().find(|row| row.unit_id == unit.0).context("each unit has a slate")?;
        desk.slate(SlateId(row.slate_id)).await?.context("HR reads every slate")
    }
}

/// Go to nine o'clock of a day.
pub(super) fn on(day: Date) {
    clock::set(super::morning(day));
}
