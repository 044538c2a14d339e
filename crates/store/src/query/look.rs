//! Looks at ties: what one showed, for whoever took it, and which ones concerned somebody, for that person.

use super::Reader;
use crate::{
    Error,
    load::Loader,
    record::Recorded,
    table::{
        truth::{batch_row, entry},
        view::{cycle, duty, look},
    },
};
use domain::{
    batch::{Kind, Row},
    context::day,
    decide::Case,
    event::{Event, Stream, StreamKind},
    finding::Place,
    id::*,
    look::{Look, concerned},
    ties::TiesOn,
};
use jiff::civil::Date;
use policy::Reading;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// How many looks are read at a time.
const AT_ONCE: u64 = 200;

/// A look, for whoever took it.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The look.
    pub look: Look,
    /// The place of its entry in the record.
    pub seq: u64,
    /// What it shows.
    pub shows: Shows,
}

/// Whether a look still shows what it showed.
#[derive(Clone, Debug)]
pub enum Shows {
    /// The ties as they counted on the day of the look, and whose they are.
    Ties {
        /// They.
        ties: Box<TiesOn>,
        /// Whose.
        person: PersonId,
        /// With whom.
        other: Option<PersonId>,
    },
    /// Its time is over.
    Closed,
    /// The registers have changed, and what they say now concerns people whom the look did not.
    Changed,
    /// What it was about was erased.
    Erased,
}

impl Shows {
    /// The rows that it rests on.
    pub fn rows(&self) -> BTreeSet<Place> {
        match self {
            Shows::Ties { ties, person, other } => domain::look::rows(ties, *person, *other),
            Shows::Closed | Shows::Changed | Shows::Erased => BTreeSet::new(),
        }
    }
}

/// What a look had to do with somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It was about what ties them to another person.
    Pair,
    /// It was about everything that ties them to others.
    Middle,
    /// They stand on the way between others, or in the network of another.
    Between,
}

/// A look that concerned somebody, as that person may know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Concern {
    /// The place of its entry in the record.
    pub seq: u64,
    /// When.
    pub at: jiff::Timestamp,
    /// What it had to do with them.
    pub part: Part,
}

/// A duty that somebody has in another's case, in a cycle that is open.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpenDuty {
    /// Who.
    pub person: PersonId,
    /// In whose case.
    pub subject: PersonId,
    /// `lead`, `assess`, `witness`, `endorse`, `confirm` or `decide`.
    pub duty: String,
}

impl Reader<'_> {
    /// One's own look. Nobody else's is there.
    pub async fn look(&self, id: LookId, today: Date) -> Result<Option<Taken>, Error> {
        if !self.may_read(Reading::Registers) {
            return Ok(None);
        }
        let Some((look, seq)) = self.store.loader(&self.store.db).look(id).await? else { return Ok(None) };
        if look.stamp.by.account.is_none() || look.stamp.by.account != self.actor.by().account {
            return Ok(None);
        }
        let shows = self.shows(&look, today).await?;
        Ok(Some(Taken { look, seq, shows }))
    }

    async fn shows(&self, look: &Look, today: Date) -> Result<Shows, Error> {
        let Some(person) = look.looked.person else { return Ok(Shows::Erased) };
        if today > look.looked.until {
            return Ok(Shows::Closed);
        }
        let other = look.looked.other();
        let ties = self.store.ties(day(look.stamp.at)).await?;
        // Policy is asked again: since then a register may have come on record that ties who looked to one of them.
        let act = domain::act::Act::LookAtTies { person, other, reason: look.looked.reason.clone() };
        let case = Case { ties: Some(ties.clone()), ..Case::default() };
        let permitted = self.store.policies.permit(self.actor, &act, &case).is_ok();
        let then: BTreeSet<PersonId> = look.looked.concerned.iter().copied().collect();
        // Whoever is shown must be able to find out that they were.
        if !permitted || !concerned(&ties, person, other).is_subset(&then) {
            return Ok(Shows::Changed);
        }
        Ok(Shows::Ties { ties: Box::new(ties), person, other })
    }

    /// One's own looks, the latest first, at most `most`.
    pub async fn looks(&self, most: u64) -> Result<Vec<Look>, Error> {
        let Some(account) = self.actor.by().account.filter(|_| self.may_read(Reading::Registers)) else {
            return Ok(Vec::new());
        };
        let own = look::Entity::find()
            .filter(look::Column::AuthorityId.eq(self.store.authority))
            .filter(look::Column::AccountId.eq(account.0))
            .order_by_desc(look::Column::Seq)
            .limit(most);
        let (loader, mut looks) = (self.store.loader(&self.store.db), Vec::new());
        for row in own.all(&self.store.db).await? {
            looks.extend(loader.look(LookId(row.look_id)).await?.map(|(look, _)| look));
        }
        Ok(looks)
    }

    /// Looks that concerned the reader, the latest first, at most `most`, before a place in the record. Whom a look concerned
    /// is sealed, so all of them are opened, a piece at a time.
    pub async fn looks_at_me(&self, before: Option<u64>, most: usize) -> Result<Vec<Concern>, Error> {
        let Some(me) = self.actor.person() else { return Ok(Vec::new()) };
        let loader = self.store.loader(&self.store.db);
        let (mut before, mut concerns) = (before.unwrap_or(i64::MAX as u64), Vec::new());
        loop {
            let part = loader.looks_before(before).await?;
            let Some(last) = part.last() else { return Ok(concerns) };
            before = last.seq;
            for recorded in &part {
                let part = part_of(recorded, me);
                concerns.extend(part.map(|part| Concern { seq: recorded.seq, at: recorded.stamp.at, part }));
                if concerns.len() >= most {
                    return Ok(concerns);
                }
            }
        }
    }

    /// Whether an entry is a look that concerned the reader.
    pub(crate) async fn is_concerned(&self, entry: &entry::Model) -> Result<bool, Error> {
        let Some(me) = self.actor.person().filter(|_| entry.stream_kind == StreamKind::Look.as_str()) else {
            return Ok(false);
        };
        let read = self.store.loader(&self.store.db).read(std::slice::from_ref(entry)).await?;
        Ok(read.iter().any(|recorded| part_of(recorded, me).is_some()))
    }

    /// Rows of source data by batch and number, each with what kind of table it stands in; none for those who may not read
    /// registers.
    pub async fn source_rows(
        &self,
        places: impl IntoIterator<Item = Place>,
    ) -> Result<BTreeMap<Place, (Kind, Row)>, Error> {
        use batch_row::Column;
        let mut found = BTreeMap::new();
        if !self.may_read(Reading::Registers) {
            return Ok(found);
        }
        let mut by_batch: BTreeMap<BatchId, BTreeSet<i64>> = BTreeMap::new();
        let loader = self.store.loader(&self.store.db);
        for place in places {
            match place {
                Place::Row(batch, number) => drop(by_batch.entry(batch).or_default().insert(i64::from(number))),
                Place::Line(person, line) => {
                    let declaration = loader.declaration(person).await?;
                    let newest = declaration.declared.last().map(|newest| &newest.relatives);
                    let relative = newest.and_then(|relatives| relatives.get(line.checked_sub(1)? as usize));
                    found.extend(relative.map(|relative| (place, (Kind::Family, relative.row("", line)))));
                }
            }
        }
        for (batch, numbers) in by_batch {
            let rows = batch_row::Entity::find()
                .filter(Column::AuthorityId.eq(self.store.authority))
                .filter(Column::BatchId.eq(batch.0))
                .filter(Column::RowNumber.is_in(numbers));
            let rows = rows.all(&self.store.db).await?;
            let kinds: BTreeMap<i64, Option<Kind>> =
                rows.iter().map(|row| (row.row_number, row.kind.parse().ok())).collect();
            for (_, row) in loader.read_rows(&rows).await? {
                if let Some(Some(kind)) = kinds.get(&i64::from(row.number)) {
                    found.insert(Place::Row(batch, row.number), (*kind, row));
                }
            }
        }
        Ok(found)
    }

    /// Duties that these people have in each other's cases in cycles that are open; none for those who may not read all
    /// appraisals.
    pub async fn duties_among(&self, people: &BTreeSet<PersonId>) -> Result<Vec<OpenDuty>, Error> {
        if !self.may_read(Reading::Appraisal) {
            return Ok(Vec::new());
        }
        let open = cycle::Entity::find()
            .select_only()
            .column(cycle::Column::CycleId)
            .filter(cycle::Column::AuthorityId.eq(self.store.authority))
            .filter(cycle::Column::ClosedAt.is_null());
        let open: Vec<Uuid> = open.into_tuple().all(&self.store.db).await?;
        let ids = || people.iter().map(|person| person.0);
        let duties = duty::Entity::find()
            .filter(duty::Column::AuthorityId.eq(self.store.authority))
            .filter(duty::Column::PersonId.is_in(ids()))
            .filter(duty::Column::SubjectId.is_in(ids()))
            .filter(duty::Column::CycleId.is_in(open));
        let rows = duties.all(&self.store.db).await?.into_iter();
        let mut duties: Vec<OpenDuty> = rows
            .map(|row| OpenDuty { person: PersonId(row.person_id), subject: PersonId(row.subject_id), duty: row.duty })
            .filter(|duty| duty.person != duty.subject)
            .collect();
        duties.sort();
        duties.dedup();
        Ok(duties)
    }
}

fn part_of(recorded: &Recorded, me: PersonId) -> Option<Part> {
    let Event::TiesLookedAt(looked) = &recorded.event else { return None };
    let named = looked.person == Some(me) || looked.other() == Some(me);
    match (named, looked.other()) {
        (true, Some(_)) => Some(Part::Pair),
        (true, None) => Some(Part::Middle),
        (false, _) => looked.concerned.contains(&me).then_some(Part::Between),
    }
}

impl<C: ConnectionTrait> Loader<'_, C> {
    /// A look, and the place of its entry.
    async fn look(&self, id: LookId) -> Result<Option<(Look, u64)>, Error> {
        let stream = Stream::from(id);
        let record = self.record(stream).await?;
        let folded = Look::fold(stream, record.iter().map(|recorded| (&recorded.event, recorded.stamp)));
        Ok(folded.zip(record.first().map(|first| first.seq)))
    }

    /// Looks before a place in the record, the latest first: at most [`AT_ONCE`].
    async fn looks_before(&self, before: u64) -> Result<Vec<Recorded>, Error> {
        let entries = entry::Entity::find()
            .filter(entry::Column::AuthorityId.eq(self.authority))
            .filter(entry::Column::StreamKind.eq(StreamKind::Look.as_str()))
            .filter(entry::Column::Seq.lt(i64::try_from(before).unwrap_or(i64::MAX)))
            .order_by_desc(entry::Column::Seq)
            .limit(AT_ONCE);
        self.read(&entries.all(self.db).await?).await
    }
}
