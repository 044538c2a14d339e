//! The ties of the staff at hand: derived from the roster, the registers and the declarations on record, held in memory, and
//! derived anew only when one of these has come on record since, or on a day on which a tie begins or ends. What is
//! answered depends on the record and the day alone.

use crate::{
    Error, Store,
    load::Loader,
    table::{
        truth::entry,
        view::{batch, finding},
    },
};
use domain::{
    batch::Kind,
    context::day,
    declaration::Declaration,
    event::{Event, StreamKind},
    finding::{Disposition, Place},
    id::{FindingId, PersonId},
    roster::Roster,
    score::Observed,
    ties::{Apart, Meant, Sources, Ties, TiesOn, findings, sources},
};
use jiff::civil::Date;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The places of the newest entries that tell of people, of third parties, of registers, and of whom rows mean, and of the
/// newest declaration.
type Told = [Option<i64>; 5];

/// Ties, and what they were derived from.
type Derived = (Told, Arc<Ties>);

/// From whom everybody is kept apart on a day, and by which ties.
type ApartOn = (Arc<Ties>, Date, Arc<HashMap<PersonId, Apart>>);

/// Ties as they were derived last, and what followed from them for whoever read last.
#[derive(Clone, Default)]
pub(crate) struct KnownTies(Arc<Mutex<Option<Derived>>>, Arc<Mutex<Option<ApartOn>>>);

impl KnownTies {
    fn known(&self) -> MutexGuard<'_, Option<Derived>> {
        // Nothing that holds this lock can panic half-way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forget them: a transaction in which they may have been derived did not come about.
    pub(crate) fn forget(&self) {
        *self.known() = None;
    }

    /// From whom everybody is kept apart.
    fn apart(&self, ties: &Arc<Ties>, on: &TiesOn, day: Date) -> Arc<HashMap<PersonId, Apart>> {
        let mut known = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Some((of, at, apart)) if Arc::ptr_eq(of, ties) && *at == day => apart.clone(),
            _ => {
                let apart = Arc::new(on.apart());
                *known = Some((ties.clone(), day, apart.clone()));
                apart
            }
        }
    }

    fn at(&self, told: Told, day: Date) -> Option<Arc<Ties>> {
        let known = self.known();
        let (_, ties) = known.as_ref().filter(|(known, ties)| *known == told && ties.hold_on(day))?;
        Some(ties.clone())
    }
}

impl<C: ConnectionTrait> Loader<'_, C> {
    /// Who is tied to whom on a day, as the record stands.
    pub(crate) async fn ties(&self, day: Date) -> Result<Arc<Ties>, Error> {
        if let Some(ties) = self.shelf.and_then(|shelf| shelf.ties(day)) {
            return Ok(ties);
        }
        let people = self.newest_told(StreamKind::Person, &["person_entered", "subject_erased"]).await?;
        let declared = self.newest_told(StreamKind::Declaration, &["family_declared"]).await?;
        let meant = self.newest_told(StreamKind::Finding, &["finding_closed", "finding_reopened"]).await?;
        let told = [people, self.third_parties_told().await?, self.registers_told().await?, declared, meant];
        let ties = match self.ties.at(told, day) {
            Some(known) => known,
            None => {
                let derived = Arc::new(self.derive_ties(day).await?);
                *self.ties.known() = Some((told, derived.clone()));
                derived
            }
        };
        if let Some(shelf) = self.shelf {
            shelf.put_ties(ties.clone());
        }
        Ok(ties)
    }

    async fn newest_told(&self, kind: StreamKind, events: &[&str]) -> Result<Option<i64>, Error> {
        let newest = entry::Entity::find()
            .select_only()
            .column_as(entry::Column::Seq.max(), "seq")
            .filter(entry::Column::AuthorityId.eq(self.authority))
            .filter(entry::Column::StreamKind.eq(kind.as_str()))
            .filter(entry::Column::Event.is_in(events.iter().copied()));
        Ok(newest.into_tuple::<Option<i64>>().one(self.db).await?.flatten())
    }

    async fn registers_told(&self) -> Result<Option<i64>, Error> {
        let newest = batch::Entity::find()
            .select_only()
            .column_as(batch::Column::Seq.max(), "seq")
            .filter(batch::Column::AuthorityId.eq(self.authority))
            .filter(batch::Column::Kind.is_in(sources::KINDS.map(Kind::as_str)));
        Ok(newest.into_tuple::<Option<i64>>().one(self.db).await?.flatten())
    }

    async fn derive_ties(&self, day: Date) -> Result<Ties, Error> {
        let (roster, third_parties) = (self.roster().await?, self.third_parties().await?);
        let mut rows = Vec::new();
        for kind in sources::KINDS {
            rows.extend(self.observed(kind, Condition::all()).await?);
        }
        let declarations = self.declarations(&roster, &mut rows).await?;
        let matches = self.matches().await?;
        let index = self.keys.index().clone();
        // Many rows take a while: meanwhile others are served.
        let derived = tokio::task::spawn_blocking(move || {
            // People are known by a keyed hash of their ID number, so that nothing that stays in memory is one.
            let key = |number: &str| hex::encode(index.of("relative", number.as_bytes()));
            let sources = Sources { roster, third_parties, rows, declarations: &declarations, matches };
            Ties::derive(sources, day, &key)
        });
        derived.await.map_err(|_| Error::Stopping)
    }

    /// What people declared themselves. Whoever was imported as declaring since is not among them, and of the others what was
    /// imported before is left out of the rows: a declaration is the whole list as it stands.
    async fn declarations(&self, roster: &Roster, rows: &mut Vec<Observed>) -> Result<Vec<Declaration>, Error> {
        let entries = entry::Entity::find()
            .filter(entry::Column::AuthorityId.eq(self.authority))
            .filter(entry::Column::StreamKind.eq(StreamKind::Declaration.as_str()))
            .order_by_asc(entry::Column::StreamId)
            .order_by_asc(entry::Column::Seq)
            .all(self.tables()?)
            .await?;
        let recorded = self.read(&entries).await?;
        let on_record = self.batches_of(Kind::Family).await?;
        let mut imported: HashMap<&str, i64> = HashMap::new();
        for row in rows.iter().filter(|row| row.kind == Kind::Family) {
            let Some(declarant) = row.row.person.as_deref() else { continue };
            let seq = on_record.get(&row.batch.0).copied().unwrap_or_default();
            let newest = imported.entry(declarant).or_default();
            *newest = seq.max(*newest);
        }
        let mut declarations = Vec::new();
        let mut instead: HashSet<String> = HashSet::new();
        for record in recorded.chunk_by(|one, other| one.stream == other.stream) {
            let person = PersonId(record[0].stream.id);
            let newest = record.iter().rev().find(|told| matches!(told.event, Event::FamilyDeclared { .. }));
            let (Some(newest), Some(person_entered)) = (newest, roster.people.get(&person)) else { continue };
            let number = person_entered.number.as_str();
            if imported.get(number).is_none_or(|imported| *imported < newest.seq as i64) {
                instead.insert(number.to_owned());
                declarations.push(Declaration::fold(person, record.iter().map(|told| (&told.event, told.stamp))));
            }
        }
        rows.retain(|row| row.kind != Kind::Family || row.row.person.as_ref().is_none_or(|one| !instead.contains(one)));
        Ok(declarations)
    }

    /// Whom rows without an ID number mean, as inspectors have said.
    async fn matches(&self) -> Result<Vec<(Place, Meant)>, Error> {
        let said = finding::Entity::find()
            .filter(finding::Column::AuthorityId.eq(self.authority))
            .filter(finding::Column::Detector.eq(findings::LIKELY))
            .filter(finding::Column::Disposition.eq(Disposition::Confirmed.as_str()))
            .order_by_asc(finding::Column::FindingId)
            .all(self.tables()?)
            .await?;
        let mut matches = Vec::new();
        for row in said {
            let finding = self.finding(FindingId(row.finding_id)).await?;
            let told = finding.and_then(|finding| finding.raised.told);
            matches.extend(told.as_ref().and_then(findings::meant));
        }
        Ok(matches)
    }
}

impl Store {
    /// Who is tied to whom, as it counts on a day.
    pub async fn ties(&self, day: Date) -> Result<TiesOn, Error> {
        let ties = self.loader(&self.db).ties(day).await?;
        Ok(TiesOn::new(ties, day, self.rules.recusal.business.years))
    }

    /// The same today.
    pub(crate) async fn ties_today(&self) -> Result<TiesOn, Error> {
        self.ties(day((self.clock)())).await
    }

    /// From whom somebody is kept apart today.
    pub(crate) async fn apart_from(&self, person: PersonId) -> Result<Apart, Error> {
        let today = day((self.clock)());
        let ties = self.loader(&self.db).ties(today).await?;
        let on = TiesOn::new(ties.clone(), today, self.rules.recusal.business.years);
        Ok(self.ties.apart(&ties, &on, today).get(&person).cloned().unwrap_or_default())
    }
}
