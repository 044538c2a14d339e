//! Loading: the record of an aggregate, folded. What an act needs to be decided is in [`case`], rows of source data in [`rows`].

mod case;
mod rows;

use crate::{
    Error, Store,
    keyring::Keyring,
    record::{self, Recorded},
    shelf::Shelf,
    source,
    table::truth::*,
    table::view,
    ties::KnownTies,
};
use domain::{
    account::{Account, Opened},
    actor::{Actor, Role},
    appraisal::Appraisal,
    cycle::Cycle,
    declaration::{self, Declaration},
    event::{Event, Stream, StreamKind},
    finding::Finding,
    id::*,
    indicator::Indicator,
    notice::Notice,
    outcome::Outcome,
    roster::{Person, Roster, Unit},
    slate::Slate,
    survey::Survey,
    third_party::ThirdParty,
    tip::Tip,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use uuid::Uuid;

/// Folded cycles, each with the place of the newest entry it was folded from. Nearly every act needs its cycle, which
/// holds the terms and every indicator; it is folded anew only when its record has grown.
#[derive(Clone, Default)]
pub(crate) struct KnownCycles(Arc<Mutex<Folded>>);

type Folded = BTreeMap<CycleId, (i64, Arc<Cycle>)>;

impl KnownCycles {
    /// As many as are likely to be worked on at a time.
    const MOST: usize = 64;

    /// Nothing that holds this lock can panic half-way.
    fn known(&self) -> MutexGuard<'_, Folded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forget all: a transaction in which cycles may have been folded did not come about.
    pub(crate) fn forget(&self) {
        self.known().clear();
    }

    fn at(&self, id: CycleId, newest: i64) -> Option<Arc<Cycle>> {
        self.known().get(&id).filter(|(seq, _)| *seq == newest).map(|(_, cycle)| cycle.clone())
    }

    fn keep(&self, id: CycleId, newest: i64, cycle: Arc<Cycle>) {
        let mut known = self.known();
        if known.len() >= Self::MOST {
            known.clear();
        }
        known.insert(id, (newest, cycle));
    }
}

/// A reader inside one transaction or on one connection of one authority.
pub(crate) struct Loader<'a, C> {
    pub db: &'a C,
    pub authority: Uuid,
    pub keys: &'a Keyring,
    /// What the writer has at hand.
    pub shelf: Option<&'a Shelf>,
    /// None where the record itself is in question.
    pub cycles: Option<&'a KnownCycles>,
    pub ties: &'a KnownTies,
}

/// Fold a cycle's record.
pub(crate) fn fold_cycle(recorded: &[Recorded]) -> Option<Cycle> {
    let (first, rest) = recorded.split_first()?;
    let Event::CycleOpened(opened) = &first.event else { return None };
    let mut cycle = Cycle { opened: (**opened).clone(), stamp: first.stamp, frozen: None, closed: None, survey: None };
    for recorded in rest {
        match &recorded.event {
            Event::ScoringFrozen => cycle.frozen = Some(recorded.stamp),
            Event::CycleClosed { survey } => {
                cycle.closed = Some(recorded.stamp);
                cycle.survey = Some(Survey { until: *survey, counted: None });
            }
            Event::SurveyCounted(counted) => {
                if let Some(survey) = &mut cycle.survey {
                    survey.counted = Some((counted.clone(), recorded.stamp));
                }
            }
            _ => {}
        }
    }
    Some(cycle)
}

/// A record as folding takes it.
fn told(record: &[Recorded]) -> impl Iterator<Item = (&Event, domain::actor::Stamp)> {
    record.iter().map(|recorded| (&recorded.event, recorded.stamp))
}

impl<C: ConnectionTrait> Loader<'_, C> {
    /// The record of one aggregate, oldest first.
    pub(crate) async fn record(&self, stream: Stream) -> Result<Arc<Vec<Recorded>>, Error> {
        if let Some(record) = self.shelf.and_then(|shelf| shelf.record(stream)) {
            return Ok(record);
        }
        let entries = entry::Entity::find()
            .filter(entry::Column::AuthorityId.eq(self.authority))
            .filter(entry::Column::StreamId.eq(stream.id))
            .filter(entry::Column::StreamKind.eq(stream.kind.as_str()))
            .order_by_asc(entry::Column::Seq)
            .all(self.db)
            .await?;
        let record = Arc::new(self.read(&entries).await?);
        if let Some(shelf) = self.shelf {
            shelf.put(stream, record.clone());
        }
        Ok(record)
    }

    /// Get the records of some aggregates that are not at hand, all at once. What can't be read stays to be asked for.
    pub(crate) async fn fetch(&self, streams: &BTreeSet<Stream>) {
        let Some(shelf) = self.shelf else { return };
        let away: Vec<Stream> = streams.iter().copied().filter(|stream| shelf.record(*stream).is_none()).collect();
        for part in away.chunks(source::CHUNK) {
            let entries = entry::Entity::find()
                .filter(entry::Column::AuthorityId.eq(self.authority))
                .filter(entry::Column::StreamId.is_in(part.iter().map(|stream| stream.id)))
                .order_by_asc(entry::Column::Seq);
            let Ok(entries) = entries.all(self.db).await else { return };
            let Ok(read) = self.read(&entries).await else { return };
            let mut records: HashMap<Stream, Vec<Recorded>> = part.iter().map(|stream| (*stream, Vec::new())).collect();
            for (entry, recorded) in entries.iter().zip(read) {
                let kind = record::stream_kind(&entry.stream_kind);
                let of = kind.and_then(|kind| records.get_mut(&Stream { kind, id: entry.stream_id }));
                of.into_iter().for_each(|record| record.push(recorded.clone()));
            }
            records.into_iter().for_each(|(stream, record)| shelf.put(stream, Arc::new(record)));
        }
    }

    /// The tables, for whoever looks for something in them. What waits to be written is not in them yet.
    pub(crate) fn tables(&self) -> Result<&C, Error> {
        match self.shelf.is_none_or(Shelf::is_settled) {
            true => Ok(self.db),
            false => Err(Error::Broken("an act looks at tables that are behind the record".to_owned())),
        }
    }

    /// Read entries back, with their words as far as they were not erased.
    pub(crate) async fn read(&self, entries: &[entry::Model]) -> Result<Vec<Recorded>, Error> {
        let keys = self.keys.opening(self.db, entries.iter().filter_map(record::key_of)).await?;
        let read = |entry| record::read(entry, record::words(entry, self.keys, &keys)?.as_ref());
        entries.iter().map(read).collect()
    }

    /// The newest event of every aggregate of a kind whose state is its newest event.
    async fn register(&self, kind: StreamKind) -> Result<Vec<Event>, Error> {
        let entries = entry::Entity::find()
            .filter(entry::Column::AuthorityId.eq(self.authority))
            .filter(entry::Column::StreamKind.eq(kind.as_str()))
            .order_by_asc(entry::Column::Seq)
            .all(self.tables()?)
            .await?;
        let mut newest = BTreeMap::new();
        for recorded in self.read(&entries).await? {
            // Whoever was erased is still on the roster, without what was erased.
            if !matches!(recorded.event, Event::SubjectErased { .. }) {
                newest.insert(recorded.stream.id, recorded.event);
            }
        }
        Ok(newest.into_values().collect())
    }

    pub(crate) async fn cycle(&self, id: CycleId) -> Result<Option<Arc<Cycle>>, Error> {
        let Some(cycles) = self.cycles else { return Ok(fold_cycle(&self.record(id.into()).await?).map(Arc::new)) };
        let Some(newest) = self.newest_of(id.into()).await? else { return Ok(None) };
        if let Some(known) = cycles.at(id, newest) {
            return Ok(Some(known));
        }
        let folded = fold_cycle(&self.record(id.into()).await?).map(Arc::new);
        if let Some(cycle) = &folded {
            cycles.keep(id, newest, cycle.clone());
        }
        Ok(folded)
    }

    /// The place of the newest entry of a record.
    async fn newest_of(&self, stream: Stream) -> Result<Option<i64>, Error> {
        if self.shelf.is_some() {
            return Ok(self.record(stream).await?.last().map(|last| last.seq as i64));
        }
        let newest = entry::Entity::find()
            .select_only()
            .column(entry::Column::Seq)
            .filter(entry::Column::AuthorityId.eq(self.authority))
            .filter(entry::Column::StreamId.eq(stream.id))
            .order_by_desc(entry::Column::Seq);
        Ok(newest.into_tuple::<i64>().one(self.db).await?)
    }

    pub(crate) async fn appraisal(&self, id: AppraisalId) -> Result<Option<Appraisal>, Error> {
        Ok(Appraisal::fold(told(&self.record(id.into()).await?)))
    }

    pub(crate) async fn slate(&self, id: SlateId) -> Result<Option<Slate>, Error> {
        Ok(Slate::fold(told(&self.record(id.into()).await?)))
    }

    pub(crate) async fn notice(&self, id: NoticeId) -> Result<Option<Notice>, Error> {
        Ok(Notice::fold(told(&self.record(id.into()).await?)))
    }

    pub(crate) async fn outcome(&self, id: OutcomeId) -> Result<Option<Outcome>, Error> {
        Ok(Outcome::fold(told(&self.record(id.into()).await?)))
    }

    pub(crate) async fn finding(&self, id: FindingId) -> Result<Option<Finding>, Error> {
        Ok(Finding::fold(told(&self.record(id.into()).await?)))
    }

    pub(crate) async fn tip(&self, id: TipId) -> Result<Option<Tip>, Error> {
        Ok(Tip::fold(told(&self.record(id.into()).await?)))
    }

    /// What somebody declared and was asked.
    pub(crate) async fn declaration(&self, person: PersonId) -> Result<Declaration, Error> {
        Ok(Declaration::fold(person, told(&self.record(declaration::stream(person)).await?)))
    }

    /// People who are inspectors and can sign in.
    pub(crate) async fn inspectors(&self) -> Result<BTreeSet<PersonId>, Error> {
        use view::{account, role_grant};
        let grants = role_grant::Entity::find()
            .select_only()
            .column(role_grant::Column::AccountId)
            .filter(role_grant::Column::AuthorityId.eq(self.authority))
            .filter(role_grant::Column::Role.eq(Role::Inspector.as_str()));
        let accounts = account::Entity::find()
            .filter(account::Column::AuthorityId.eq(self.authority))
            .filter(account::Column::AccountId.in_subquery(grants.into_query()))
            .filter(account::Column::LockedAt.is_null());
        let accounts = accounts.all(self.tables()?).await?;
        Ok(accounts.into_iter().filter_map(|account| account.person_id.map(PersonId)).collect())
    }

    pub(crate) async fn account(&self, id: AccountId) -> Result<Option<Account>, Error> {
        Ok(Account::fold(told(&self.record(id.into()).await?)))
    }

    /// People by id.
    pub(crate) async fn people(&self, ids: impl IntoIterator<Item = PersonId>) -> Result<Roster, Error> {
        let mut roster = Roster::default();
        for id in ids.into_iter().collect::<BTreeSet<_>>() {
            roster.people.extend(entered(&self.record(id.into()).await?).map(|person| (id, person)));
        }
        Ok(roster)
    }

    /// Everyone and every unit.
    pub(crate) async fn roster(&self) -> Result<Roster, Error> {
        let people = self.register(StreamKind::Person).await?.into_iter().filter_map(|event| match event {
            Event::PersonEntered(person) => Some((person.id, *person)),
            _ => None,
        });
        let units = self.register(StreamKind::Unit).await?.into_iter().filter_map(|event| match event {
            Event::UnitEntered(unit) => Some((unit.id, unit)),
            _ => None,
        });
        Ok(Roster { people: people.collect::<BTreeMap<_, Person>>(), units: units.collect::<BTreeMap<_, Unit>>() })
    }

    /// The place of the newest entry about a third party.
    pub(crate) async fn third_parties_told(&self) -> Result<Option<i64>, Error> {
        use view::third_party::Column;
        let newest = view::third_party::Entity::find()
            .select_only()
            .column_as(Column::Seq.max(), "seq")
            .filter(Column::AuthorityId.eq(self.authority));
        Ok(newest.into_tuple::<Option<i64>>().one(self.tables()?).await?.flatten())
    }

    /// Everybody from outside, as the newest entry about each tells.
    pub(crate) async fn third_parties(&self) -> Result<Vec<ThirdParty>, Error> {
        use view::third_party::Column;
        let newest: Vec<i64> = view::third_party::Entity::find()
            .select_only()
            .column(Column::Seq)
            .filter(Column::AuthorityId.eq(self.authority))
            .order_by_asc(Column::Seq)
            .into_tuple()
            .all(self.tables()?)
            .await?;
        let mut third_parties = Vec::with_capacity(newest.len());
        for part in newest.chunks(source::CHUNK) {
            let entries = entry::Entity::find()
                .filter(entry::Column::AuthorityId.eq(self.authority))
                .filter(entry::Column::Seq.is_in(part.iter().copied()))
                .order_by_asc(entry::Column::Seq);
            third_parties.extend(self.read(&entries.all(self.db).await?).await?.into_iter().filter_map(entered_third));
        }
        Ok(third_parties)
    }

    /// The indicator library.
    pub(crate) async fn library(&self) -> Result<Vec<Indicator>, Error> {
        let mut library: Vec<Indicator> = self
            .register(StreamKind::Indicator)
            .await?
            .into_iter()
            .filter_map(|event| match event {
                Event::IndicatorDefined(indicator) => Some(*indicator),
                _ => None,
            })
            .collect();
        library.sort_by(|one, other| one.code.cmp(&other.code));
        Ok(library)
    }

    /// Who acts when this account does; none if it is locked or unknown.
    pub(crate) async fn actor(&self, id: AccountId) -> Result<Option<Actor>, Error> {
        match self.account(id).await? {
            Some(account) => Ok(self.actor_of(&account).await?.map(|(actor, _)| actor)),
            None => Ok(None),
        }
    }

    /// Who acts when this account does, and what the person whose it is is called; none if it is locked.
    pub(crate) async fn actor_of(&self, account: &Account) -> Result<Option<(Actor, Option<String>)>, Error> {
        if account.locked.is_some() {
            return Ok(None);
        }
        let Opened { id, person, appraisal, .. } = account.opened;
        let (unit, name) = match appraisal {
            Some(appraisal) => {
                let sheet = self.appraisal(appraisal).await?;
                let third = person.and_then(|person| sheet.as_ref()?.third_party(person));
                (None, third.map(|third| third.name.clone()))
            }
            None => {
                let owner = self.people(person).await?.people.into_values().next();
                (owner.as_ref().map(|person| person.assignment.unit), owner.map(|person| person.name))
            }
        };
        Ok(Some((Actor::Account { account: id, person, unit, grants: account.grants.clone() }, name)))
    }

    /// Every appraisal of a cycle.
    pub(crate) async fn everyone(&self, cycle: CycleId) -> Result<Vec<Appraisal>, Error> {
        let ids = self.ids_of(StreamKind::Appraisal, cycle).await?;
        let mut everyone = Vec::with_capacity(ids.len());
        for id in ids {
            everyone.extend(self.appraisal(AppraisalId(id)).await?);
        }
        Ok(everyone)
    }

    /// The appraisals or slates of a cycle.
    pub(crate) async fn ids_of(&self, kind: StreamKind, cycle: CycleId) -> Result<Vec<Uuid>, Error> {
        Ok(match kind {
            StreamKind::Slate => view::slate::Entity::find()
                .filter(view::slate::Column::AuthorityId.eq(self.authority))
                .filter(view::slate::Column::CycleId.eq(cycle.0))
                .all(self.tables()?)
                .await?
                .into_iter()
                .map(|slate| slate.slate_id)
                .collect(),
            _ => view::appraisal::Entity::find()
                .filter(view::appraisal::Column::AuthorityId.eq(self.authority))
                .filter(view::appraisal::Column::CycleId.eq(cycle.0))
                .all(self.tables()?)
                .await?
                .into_iter()
                .map(|appraisal| appraisal.appraisal_id)
                .collect(),
        })
    }
}

fn entered_third(recorded: Recorded) -> Option<ThirdParty> {
    match recorded.event {
        Event::ThirdPartyEntered(third) => Some(third),
        _ => None,
    }
}

/// A person as the newest entry tells.
fn entered(record: &[Recorded]) -> Option<Person> {
    record.iter().rev().find_map(|recorded| match &recorded.event {
        Event::PersonEntered(person) => Some((**person).clone()),
        _ => None,
    })
}

impl Store {
    pub(crate) fn loader<'a, C: ConnectionTrait>(&'a self, db: &'a C) -> Loader<'a, C> {
        Loader {
            db,
            authority: self.authority,
            keys: &self.keys,
            shelf: None,
            cycles: Some(&self.cycles),
            ties: &self.ties,
        }
    }
}
