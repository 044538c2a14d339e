//! Loading: the record of an aggregate, and what lies in front of a decision.

use crate::{
    Error, Store, attachment,
    keyring::Keyring,
    record::{self, Recorded},
    shelf::Shelf,
    source,
    table::{truth::*, view},
    ties::KnownTies,
};
use domain::{
    account::{Account, Opened, Taken},
    act::{Act, Needs},
    actor::{Actor, By, Grant, Role},
    appraisal::Appraisal,
    batch::{Kind, Row},
    cycle::{Cycle, Office},
    decide::Case,
    declaration::{self, Declaration},
    event::{Event, Stream, StreamKind},
    finding::Finding,
    id::*,
    import::Batch,
    indicator::Indicator,
    notice::Notice,
    outcome::Outcome,
    progress::Attachment,
    roster::{Erasure, Person, Roster, Unit},
    score::Observed,
    slate::Slate,
    third_party::ThirdParty,
};
use jiff::{ToSpan, civil::Date};
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
    let mut cycle = Cycle { opened: (**opened).clone(), stamp: first.stamp, frozen: None, closed: None };
    for recorded in rest {
        match recorded.event {
            Event::ScoringFrozen => cycle.frozen = Some(recorded.stamp),
            Event::CycleClosed => cycle.closed = Some(recorded.stamp),
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

    /// What somebody declared and was asked.
    pub(crate) async fn declaration(&self, person: PersonId) -> Result<Declaration, Error> {
        Ok(Declaration::fold(person, told(&self.record(declaration::stream(person)).await?)))
    }

    /// For which year everybody was asked to declare last.
    async fn asked(&self) -> Result<BTreeMap<PersonId, i16>, Error> {
        use view::declaration::{Column, Entity};
        let asked = Entity::find()
            .select_only()
            .columns([Column::PersonId, Column::AskedYear])
            .filter(Column::AuthorityId.eq(self.authority))
            .filter(Column::AskedYear.is_not_null());
        let asked = asked.into_tuple::<(Uuid, i64)>().all(self.tables()?).await?;
        Ok(asked.into_iter().filter_map(|(person, year)| Some((PersonId(person), year.try_into().ok()?))).collect())
    }

    /// The keys of everything that was found before.
    async fn found(&self) -> Result<BTreeSet<String>, Error> {
        use view::finding::{Column, Entity};
        let found =
            Entity::find().select_only().column(Column::FindingKey).filter(Column::AuthorityId.eq(self.authority));
        Ok(found.into_tuple::<String>().all(self.tables()?).await?.into_iter().collect())
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

    /// Somebody from outside, and the appraisal they were entered for.
    async fn third_party(&self, person: PersonId) -> Result<Option<(AppraisalId, ThirdParty)>, Error> {
        let found = view::third_party::Entity::find_by_id((self.authority, person.0)).one(self.tables()?).await?;
        let Some(id) = found.map(|row| AppraisalId(row.appraisal_id)) else { return Ok(None) };
        let sheet = self.appraisal(id).await?;
        Ok(sheet.and_then(|sheet| sheet.third_party(person).cloned()).map(|third| (id, third)))
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

    /// The batches of a kind that are on record, each with its place in the record.
    pub(crate) async fn batches_of(&self, kind: Kind) -> Result<HashMap<Uuid, i64>, Error> {
        let batches = view::batch::Entity::find()
            .select_only()
            .columns([view::batch::Column::BatchId, view::batch::Column::Seq])
            .filter(view::batch::Column::AuthorityId.eq(self.authority))
            .filter(view::batch::Column::Kind.eq(kind.as_str()));
        Ok(batches.into_tuple::<(Uuid, i64)>().all(self.tables()?).await?.into_iter().collect())
    }

    /// Whether a batch is on record.
    pub(crate) async fn is_on_record(&self, batch: BatchId) -> Result<bool, Error> {
        Ok(view::batch::Entity::find_by_id((self.authority, batch.0)).one(self.tables()?).await?.is_some())
    }

    /// A batch that waits with all its rows to go on record.
    async fn laid(&self, batch: BatchId) -> Result<Option<Batch>, Error> {
        let laid = laid_batch::Entity::find_by_id((self.authority, batch.0)).one(self.db).await?;
        let Some(sealed) = laid.and_then(|laid| laid.batch) else { return Ok(None) };
        if self.is_on_record(batch).await? {
            return Ok(None);
        }
        let text = self.keys.open_one(self.db, batch.0, source::place_of_laid(&batch.to_string()), &sealed).await?;
        text.map(|text| Ok(serde_json::from_slice(&text)?)).transpose()
    }

    /// Rows of batches on record, of one kind, narrowed by `filter`; where a later batch brought a row of
    /// the same key, the later one counts, and that one alone is asked whether it passes the filter.
    pub(crate) async fn observed(&self, kind: Kind, filter: sea_orm::Condition) -> Result<Vec<Observed>, Error> {
        let on_record = self.batches_of(kind).await?;
        let rows = batch_row::Entity::find()
            .filter(batch_row::Column::AuthorityId.eq(self.authority))
            .filter(batch_row::Column::Kind.eq(kind.as_str()))
            .filter(filter)
            .all(self.db)
            .await?;
        let newest = self.newest(kind, &on_record, &rows).await?;
        let counts = |row: &batch_row::Model| newest.get(&row.row_key) == Some(&row.batch_id);
        let rows: Vec<batch_row::Model> = rows.into_iter().filter(counts).collect();
        let observed = |(batch, row)| Observed { batch, kind, row };
        let mut observed: Vec<Observed> = self.read_rows(&rows).await?.into_iter().map(observed).collect();
        // Put in order here: keys lie in the database as an index that has another order.
        observed.sort_unstable_by(|one, other| {
            (&one.row.key, one.batch, one.row.number).cmp(&(&other.row.key, other.batch, other.row.number))
        });
        Ok(observed)
    }

    /// Read rows of source data back; those whose key was destroyed are as if they were not there.
    pub(crate) async fn read_rows(&self, rows: &[batch_row::Model]) -> Result<Vec<(BatchId, Row)>, Error> {
        let keys = self.keys.opening(self.db, rows.iter().filter_map(source::key_of)).await?;
        let mut read = Vec::with_capacity(rows.len());
        for row in rows {
            if let Some(words) = source::words(row, self.keys, &keys)? {
                read.push((BatchId(row.batch_id), serde_json::from_slice(&words.text)?));
            }
        }
        Ok(read)
    }

    /// Which batch brought the latest row of each of these rows' keys.
    async fn newest(
        &self,
        kind: Kind,
        on_record: &HashMap<Uuid, i64>,
        rows: &[batch_row::Model],
    ) -> Result<HashMap<String, Uuid>, Error> {
        use batch_row::Column;
        let mut newest: HashMap<String, Uuid> = HashMap::new();
        for part in rows.chunks(source::CHUNK) {
            let found = batch_row::Entity::find()
                .select_only()
                .columns([Column::RowKey, Column::BatchId])
                .filter(Column::AuthorityId.eq(self.authority))
                .filter(Column::Kind.eq(kind.as_str()))
                .filter(Column::RowKey.is_in(part.iter().map(|row| row.row_key.as_str())));
            for (key, batch) in found.into_tuple::<(String, Uuid)>().all(self.db).await? {
                let Some(seq) = on_record.get(&batch) else { continue };
                if newest.get(&key).is_none_or(|known| on_record[known] < *seq) {
                    newest.insert(key, batch);
                }
            }
        }
        Ok(newest)
    }

    /// What source systems say of a person within a cycle's period.
    pub(crate) async fn observations(&self, cycle: &Cycle, number: &str) -> Result<Vec<Observed>, Error> {
        use batch_row::Column;
        let within = |filter: sea_orm::Condition| {
            let from = cycle.opened.from.to_string();
            let to = cycle.opened.to.to_string();
            let dated = sea_orm::Condition::all().add(Column::Day.gte(from)).add(Column::Day.lte(to));
            filter.add(sea_orm::Condition::any().add(Column::Day.is_null()).add(dated))
        };
        let own = || within(sea_orm::Condition::all().add(Column::Person.eq(number)));
        let mut observed = Vec::new();
        for kind in [Kind::Attendance, Kind::Cases, Kind::Training] {
            observed.extend(self.observed(kind, own()).await?);
        }
        // A project speaks of whoever leads it or works on it.
        let named = sea_orm::Condition::all().add(Column::Named.contains(format!(";{number};")));
        observed.extend(self.observed(Kind::Projects, within(named)).await?);
        Ok(observed)
    }

    /// Rows of a batch, on record or not, with numbers above `after`: at most [`source::CHUNK`]; none: there are no more.
    pub(crate) async fn batch_rows(&self, batch: BatchId, after: u32) -> Result<Vec<Row>, Error> {
        let mut after = i64::from(after);
        loop {
            let rows = batch_row::Entity::find()
                .filter(batch_row::Column::AuthorityId.eq(self.authority))
                .filter(batch_row::Column::BatchId.eq(batch.0))
                .filter(batch_row::Column::RowNumber.gt(after))
                .order_by_asc(batch_row::Column::RowNumber)
                .limit(source::CHUNK as u64)
                .all(self.db)
                .await?;
            let Some(last) = rows.last() else { return Ok(Vec::new()) };
            after = last.row_number;
            let read = self.read_rows(&rows).await?;
            if !read.is_empty() {
                return Ok(read.into_iter().map(|(_, row)| row).collect());
            }
        }
    }

    /// Outcomes that were recommended from an appraisal.
    async fn outcomes(&self, appraisal: AppraisalId) -> Result<Vec<Outcome>, Error> {
        let shown = view::outcome::Entity::find()
            .filter(view::outcome::Column::AuthorityId.eq(self.authority))
            .filter(view::outcome::Column::AppraisalId.eq(appraisal.0))
            .all(self.tables()?)
            .await?;
        let mut outcomes = Vec::new();
        for row in shown {
            outcomes.extend(self.outcome(OutcomeId(row.outcome_id)).await?);
        }
        Ok(outcomes)
    }

    /// All rows of a batch of units, people or indicators.
    async fn register_rows(&self, batch: BatchId) -> Result<Vec<Row>, Error> {
        let mut rows: Vec<Row> = Vec::new();
        loop {
            let part = self.batch_rows(batch, rows.last().map_or(0, |row| row.number)).await?;
            if part.is_empty() {
                return Ok(rows);
            }
            rows.extend(part);
        }
    }

    pub(crate) async fn office(&self, act: &Act) -> Result<Office, Error> {
        let mut office = Office { roster: self.roster().await?, library: self.library().await?, ..Office::default() };
        if let Act::OpenCycle { cycle } = act {
            office.paper = self
                .observed(Kind::PaperScores, sea_orm::Condition::all())
                .await?
                .into_iter()
                .map(|observed| observed.row)
                .collect();
            office.leave = self.leave(&office.roster, cycle.from, cycle.to).await?;
            office.cycles = view::cycle::Entity::find()
                .filter(view::cycle::Column::AuthorityId.eq(self.authority))
                .all(self.tables()?)
                .await?
                .into_iter()
                .map(|cycle| cycle.title)
                .collect();
        }
        Ok(office)
    }

    /// Working days on leave by person. Why somebody is away is sealed, so every row is opened: a week at a time.
    async fn leave(&self, roster: &Roster, from: Date, to: Date) -> Result<BTreeMap<PersonId, u32>, Error> {
        use batch_row::Column;
        let ids: BTreeMap<&str, PersonId> =
            roster.people.values().map(|person| (person.number.as_str(), person.id)).collect();
        let (mut leave, mut monday) = (BTreeMap::new(), from);
        while monday <= to {
            let next = monday.saturating_add(7.days());
            let week = sea_orm::Condition::all()
                .add(Column::Day.gte(monday.to_string()))
                .add(Column::Day.lt(next.min(to.saturating_add(1.day())).to_string()));
            for observed in self.observed(Kind::Attendance, week).await? {
                let away = observed.row.fields.get("leave").is_some_and(|leave| leave == "1");
                if let Some(id) = observed.row.person.as_deref().filter(|_| away).and_then(|number| ids.get(number)) {
                    *leave.entry(*id).or_default() += 1;
                }
            }
            monday = next;
        }
        Ok(leave)
    }

    /// What stands against erasing a person, and the keys that open what is told of them: their own, those of source data
    /// under their employee number and their identity number, and those of files that nobody else's appraisal names.
    async fn erasure(&self, person: &Person) -> Result<Erasure, Error> {
        use view::{appraisal, citation, cycle};
        let sheets: Vec<(Uuid, Uuid)> = appraisal::Entity::find()
            .select_only()
            .columns([appraisal::Column::AppraisalId, appraisal::Column::CycleId])
            .filter(appraisal::Column::AuthorityId.eq(self.authority))
            .filter(appraisal::Column::PersonId.eq(person.id.0))
            .into_tuple()
            .all(self.tables()?)
            .await?;
        let open_cycles = cycle::Entity::find()
            .select_only()
            .column(cycle::Column::Title)
            .filter(cycle::Column::AuthorityId.eq(self.authority))
            .filter(cycle::Column::CycleId.is_in(sheets.iter().map(|(_, cycle)| *cycle)))
            .filter(cycle::Column::ClosedAt.is_null())
            .into_tuple()
            .all(self.tables()?)
            .await?;
        let own: BTreeSet<Uuid> = sheets.into_iter().map(|(sheet, _)| sheet).collect();
        let mut subjects = vec![person.id.0, source::subject_of_number(self.keys, &person.number)];
        subjects.extend(person.id_number.as_deref().map(|number| source::subject_of_id_number(self.keys, number)));
        let cited = citation::Entity::find()
            .filter(citation::Column::AuthorityId.eq(self.authority))
            .filter(citation::Column::AppraisalId.is_in(own.iter().copied()));
        for file in cited.all(self.tables()?).await? {
            let others = citation::Entity::find()
                .filter(citation::Column::AuthorityId.eq(self.authority))
                .filter(citation::Column::Digest.eq(&file.digest))
                .all(self.tables()?)
                .await?;
            if others.iter().all(|other| own.contains(&other.appraisal_id)) {
                subjects.push(attachment::subject(self.keys, &file.digest));
            }
        }
        Ok(Erasure { open_cycles, keys: self.keys.undestroyed(self.db, &subjects).await? })
    }

    /// The same of somebody from outside. What they scored is read as long as the cycle runs.
    async fn erasure_of_third(&self, appraisal: AppraisalId, third: &ThirdParty) -> Result<Erasure, Error> {
        let sheet = self.appraisal(appraisal).await?;
        let cycle = match &sheet {
            Some(sheet) => self.cycle(sheet.opened.cycle).await?,
            None => None,
        };
        let open = cycle.filter(|cycle| cycle.closed.is_none());
        let mut subjects = vec![third.id.0];
        subjects.extend(third.id_number.as_deref().map(|number| source::subject_of_id_number(self.keys, number)));
        Ok(Erasure {
            open_cycles: open.iter().map(|cycle| cycle.opened.title.clone()).collect(),
            keys: self.keys.undestroyed(self.db, &subjects).await?,
        })
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

    /// Whether a login or a person has an account.
    async fn taken(&self, login: &str, person: Option<PersonId>) -> Result<Taken, Error> {
        use view::account::Column;
        let find = || view::account::Entity::find().filter(Column::AuthorityId.eq(self.authority));
        let login = find().filter(Column::Login.eq(login)).one(self.tables()?).await?.is_some();
        let person = match person {
            Some(id) => find().filter(Column::PersonId.eq(id.0)).one(self.tables()?).await?.is_some(),
            None => false,
        };
        Ok(Taken { login, person })
    }

    /// The files an act names, as they were kept, as far as who acts handed them in.
    async fn stored(&self, act: &Act, by: By) -> Result<Vec<Attachment>, Error> {
        let Some(account) = by.account else { return Ok(Vec::new()) };
        let mut stored = Vec::new();
        for wanted in act.attachments() {
            let kept = self.handed_in(account, &wanted.digest).await?;
            stored.extend(kept.map(|kept| Attachment { name: wanted.name.clone(), ..kept }));
        }
        Ok(stored)
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

    /// Everything that an act needs.
    pub(crate) async fn case(&self, act: &Act, by: By) -> Result<Case, Error> {
        let needs = act.needs();
        let mut case = Case { people: self.people(needs.people.iter().copied()).await?, ..Case::default() };
        if let Some(subject) = needs.subject {
            self.subject(subject, &mut case).await?;
        }
        if let Some(id) = needs.appraisal {
            case.appraisal = self.appraisal(id).await?;
        }
        if needs.office {
            case.office = self.office(act).await?;
        }
        if let Act::EraseSubject { person, .. } | Act::OpenAccount { person: Some(person), .. } = act
            && case.people.people.is_empty()
        {
            case.third_party = self.third_party(*person).await?;
        }
        if let Act::EraseSubject { person, .. } = act {
            case.erasure = match (case.people.people.get(person), &case.third_party) {
                (Some(person), _) => self.erasure(person).await?,
                (None, Some((appraisal, third))) => self.erasure_of_third(*appraisal, third).await?,
                (None, None) => Erasure::default(),
            };
        }
        if needs.findings {
            (case.found, case.inspectors) = (self.found().await?, self.inspectors().await?);
        }
        if needs.asked {
            case.asked = self.asked().await?;
        }
        if let Act::OpenAccount { login, person, .. } = act {
            case.taken = self.taken(login, *person).await?;
        }
        if let Act::GrantRole { grant: Grant { unit: Some(unit), .. }, .. } = act
            && let Some(Recorded { event: Event::UnitEntered(known), .. }) = self.record((*unit).into()).await?.last()
        {
            case.people.units.insert(*unit, known.clone());
        }
        if let Act::ImportBatch { batch } = act {
            case.laid = self.laid(batch.id).await?;
            if needs.office {
                case.rows = self.register_rows(batch.id).await?;
            }
        }
        if let Act::RecommendOutcome { appraisal, .. } = act {
            case.outcomes = self.outcomes(*appraisal).await?;
        }
        self.around(act, &needs, &mut case).await?;
        case.stored = self.stored(act, by).await?;
        Ok(case)
    }

    async fn subject(&self, subject: Stream, case: &mut Case) -> Result<(), Error> {
        match subject.kind {
            StreamKind::Appraisal => case.appraisal = self.appraisal(AppraisalId(subject.id)).await?,
            StreamKind::Slate => case.slate = self.slate(SlateId(subject.id)).await?,
            StreamKind::Notice => case.notice = self.notice(NoticeId(subject.id)).await?,
            StreamKind::Outcome => case.outcome = self.outcome(OutcomeId(subject.id)).await?,
            StreamKind::Account => case.account = self.account(AccountId(subject.id)).await?,
            StreamKind::Cycle => case.cycle = self.cycle(CycleId(subject.id)).await?,
            StreamKind::Finding => case.finding = self.finding(FindingId(subject.id)).await?,
            StreamKind::Declaration => case.declaration = Some(self.declaration(PersonId(subject.id)).await?),
            StreamKind::Rules => {
                if let Some(Recorded { event: Event::RulesRecorded { regimes, policies }, .. }) =
                    self.record(subject).await?.last()
                {
                    case.rules = Some((regimes.clone(), policies.clone()));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// What stands around the subject: its cycle, its slate, the people and data about it.
    async fn around(&self, act: &Act, needs: &Needs, case: &mut Case) -> Result<(), Error> {
        if let Some(notice) = &case.notice {
            case.slate = self.slate(notice.posted.slate).await?;
        }
        if let Some(outcome) = &case.outcome {
            case.appraisal = self.appraisal(outcome.recommended.appraisal).await?;
        }
        let cycle = case
            .appraisal
            .as_ref()
            .map(|appraisal| appraisal.opened.cycle)
            .or_else(|| case.slate.as_ref().map(|slate| slate.opened.cycle));
        if let Some(cycle) = cycle {
            case.cycle = self.cycle(cycle).await?;
        }
        if matches!(act, Act::ChangeParticipation { .. })
            && let Some(appraisal) = &case.appraisal
        {
            let slate = view::slate::Entity::find()
                .filter(view::slate::Column::AuthorityId.eq(self.authority))
                .filter(view::slate::Column::CycleId.eq(appraisal.opened.cycle.0))
                .filter(view::slate::Column::UnitId.eq(appraisal.opened.unit.0))
                .one(self.tables()?)
                .await?;
            if let Some(slate) = slate {
                case.slate = self.slate(SlateId(slate.slate_id)).await?;
            }
        }
        if let Some(appraisal) = &case.appraisal {
            let subject = self.people([appraisal.opened.person]).await?;
            case.people.people.extend(subject.people);
        }
        if needs.everyone
            && let Some(slate) = &case.slate
        {
            for member in &slate.members {
                case.everyone.extend(self.appraisal(member.appraisal).await?);
            }
        } else if needs.everyone
            && let Some(cycle) = &case.cycle
        {
            case.everyone = self.everyone(cycle.opened.id).await?;
        }
        if let (Some(appraisal), Some(cycle)) = (&case.appraisal, &case.cycle)
            && let Some(person) = case.people.people.get(&appraisal.opened.person)
        {
            let number = person.number.clone();
            if needs.observations {
                case.observed = self.observations(cycle, &number).await?;
            }
            if needs.sheets {
                let about = sea_orm::Condition::all().add(batch_row::Column::Person.eq(number));
                case.observed = self.observed(Kind::PaperScores, about).await?;
                case.people = self.roster().await?;
            }
        }
        Ok(())
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
