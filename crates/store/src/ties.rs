//! The ties of the staff at hand: derived from the roster, the registers and the declarations on record, held in memory, and
//! derived anew only when one of these has come on record since, or on a day on which a tie begins or ends. What is
//! answered depends on the record and the day alone.

use crate::{
    Error, Store,
    load::Loader,
    record::Recorded,
    table::{
        truth::entry,
        view::{batch, finding},
    },
};
use domain::{
    batch::Kind,
    context::day,
    declaration::Declaration,
    event::StreamKind,
    finding::{Disposition, Place},
    id::{FindingId, PersonId},
    roster::Roster,
    score::Observed,
    third_party::ThirdParty,
    ties::{Apart, Meant, Sources, Ties, TiesOn, findings, sources},
};
use jiff::civil::Date;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use uuid::Uuid;

/// The places of the newest entries that tell of people, of third parties, of registers, and of whom rows mean, and of the
/// newest declaration.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Told {
    people: Option<i64>,
    third_parties: Option<i64>,
    registers: Option<i64>,
    declared: Option<i64>,
    meant: Option<i64>,
}

/// What ties are derived from, read and opened. It stays in memory, as do the keys that open it, so that a declaration alone has
/// nothing else read again.
#[derive(Clone, Default)]
struct AtHand {
    told: Told,
    roster: Arc<Roster>,
    third_parties: Arc<Vec<ThirdParty>>,
    rows: Arc<Vec<Observed>>,
    /// What people declared, by whose it is, oldest first.
    declared: BTreeMap<PersonId, Vec<Recorded>>,
    /// The keyed hashes of ID numbers.
    hashes: Arc<Mutex<HashMap<String, String>>>,
}

/// How many rows are kept: the registers of a whole city are read anew rather than held.
const MOST_AT_HAND: usize = 200_000;

impl AtHand {
    /// Whether no more than declarations can have been added to it.
    fn grows_to(&self, told: &Told) -> bool {
        let others = Told { declared: self.told.declared, meant: self.told.meant, ..*told };
        others == self.told && self.told.declared <= told.declared
    }
}

/// From whom everybody is kept apart on a day, and by which ties.
type ApartOn = (Arc<Ties>, Date, Arc<HashMap<PersonId, Apart>>);

/// Ties as they were derived last, what they were derived from, and what followed from them for whoever read last.
#[derive(Clone, Default)]
pub(crate) struct KnownTies(Arc<Known>);

#[derive(Default)]
struct Known {
    derived: Mutex<Option<(Told, Arc<Ties>)>>,
    at_hand: Mutex<Option<AtHand>>,
    apart: Mutex<Option<ApartOn>>,
}

/// Nothing that holds one of these locks can panic half-way.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl KnownTies {
    /// Forget them: a transaction in which they may have been derived did not come about.
    pub(crate) fn forget(&self) {
        *locked(&self.0.derived) = None;
        *locked(&self.0.at_hand) = None;
    }

    /// From whom everybody is kept apart.
    fn apart(&self, ties: &Arc<Ties>, on: &TiesOn, day: Date) -> Arc<HashMap<PersonId, Apart>> {
        let mut known = locked(&self.0.apart);
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
        let known = locked(&self.0.derived);
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
        let (third_parties, registers) = (self.third_parties_told().await?, self.registers_told().await?);
        let told = Told { people, third_parties, registers, declared, meant };
        let ties = match self.ties.at(told, day) {
            Some(known) => known,
            None => {
                let derived = Arc::new(self.derive_ties(told, day).await?);
                *locked(&self.ties.0.derived) = Some((told, derived.clone()));
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

    async fn derive_ties(&self, told: Told, day: Date) -> Result<Ties, Error> {
        let at_hand = self.at_hand(told).await?;
        let (imported, matches) = (self.batches_of(Kind::Family).await?, self.matches().await?);
        let index = self.keys.index().clone();
        // Many rows take a while: meanwhile others are served.
        let derived = tokio::task::spawn_blocking(move || {
            let AtHand { roster, third_parties, rows, declared, hashes, .. } = at_hand;
            let (declarations, rows) = newest(&roster, &rows, &declared, &imported);
            // What is derived knows people by a keyed hash of their ID number.
            let key = |number: &str| {
                let mut hashes = locked(&hashes);
                if let Some(known) = hashes.get(number) {
                    return known.clone();
                }
                let hash = hex::encode(index.of("relative", number.as_bytes()));
                hashes.insert(number.to_owned(), hash.clone());
                hash
            };
            let sources =
                Sources { roster: &roster, third_parties: &third_parties, rows, declarations: &declarations, matches };
            Ties::derive(sources, day, &key)
        });
        derived.await.map_err(|_| Error::Stopping)
    }

    /// What ties are derived from, as far as it is told up to there.
    async fn at_hand(&self, told: Told) -> Result<AtHand, Error> {
        let known = locked(&self.ties.0.at_hand).clone().filter(|known| known.grows_to(&told));
        let mut at_hand = match known {
            Some(known) => known,
            None => {
                let mut rows = Vec::new();
                for kind in sources::KINDS {
                    rows.extend(self.observed(kind, Condition::all()).await?);
                }
                AtHand {
                    roster: Arc::new(self.roster().await?),
                    third_parties: Arc::new(self.third_parties().await?),
                    rows: Arc::new(rows),
                    ..AtHand::default()
                }
            }
        };
        if let Some(newest) = told.declared.filter(|_| at_hand.told.declared != told.declared) {
            let entries = entry::Entity::find()
                .filter(entry::Column::AuthorityId.eq(self.authority))
                .filter(entry::Column::StreamKind.eq(StreamKind::Declaration.as_str()))
                .filter(entry::Column::Event.eq("family_declared"))
                .filter(entry::Column::Seq.gt(at_hand.told.declared.unwrap_or(-1)))
                .filter(entry::Column::Seq.lte(newest))
                .order_by_asc(entry::Column::Seq)
                .all(self.tables()?)
                .await?;
            for recorded in self.read(&entries).await? {
                at_hand.declared.entry(PersonId(recorded.stream.id)).or_default().push(recorded);
            }
        }
        at_hand.told = told;
        *locked(&self.ties.0.at_hand) = (at_hand.rows.len() <= MOST_AT_HAND).then(|| at_hand.clone());
        Ok(at_hand)
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

/// What people declared themselves, and the rows beside it. Whoever was imported as declaring since is not among them, and of the
/// others what was imported before is left out of the rows: a declaration is the whole list as it stands.
fn newest<'a>(
    roster: &Roster,
    rows: &'a [Observed],
    declared: &BTreeMap<PersonId, Vec<Recorded>>,
    on_record: &HashMap<Uuid, i64>,
) -> (Vec<Declaration>, Vec<&'a Observed>) {
    let mut imported: HashMap<&str, i64> = HashMap::new();
    for row in rows.iter().filter(|row| row.kind == Kind::Family) {
        let Some(declarant) = row.row.person.as_deref() else { continue };
        let seq = on_record.get(&row.batch.0).copied().unwrap_or_default();
        let newest = imported.entry(declarant).or_default();
        *newest = seq.max(*newest);
    }
    let mut declarations = Vec::new();
    let mut instead: HashSet<&str> = HashSet::new();
    for (person, record) in declared {
        let (Some(newest), Some(entered)) = (record.last(), roster.people.get(person)) else { continue };
        let number = entered.number.as_str();
        if imported.get(number).is_none_or(|imported| *imported < newest.seq as i64) {
            instead.insert(number);
            declarations.push(Declaration::fold(*person, record.iter().map(|told| (&told.event, told.stamp))));
        }
    }
    let counts = |row: &&Observed| {
        row.kind != Kind::Family || row.row.person.as_deref().is_none_or(|declarant| !instead.contains(declarant))
    };
    (declarations, rows.iter().filter(counts).collect())
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
