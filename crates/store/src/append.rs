//! Appending: one act's events into the record, its tree and its views, inside the writer's transaction.

use crate::{
    Error,
    load::{Loader, fold_cycle},
    record::{self, Recorded, Sealing},
    table::{truth::*, view as shown},
    tree, view,
};
use domain::{
    act::Act,
    actor::{Actor, Stamp},
    cycle::Cycle,
    event::{About, Emit, Event, Stream, StreamKind},
    id::CycleId,
};
use jiff::Timestamp;
use policy::Permit;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};
use utoipa::ToSchema;
use uuid::Uuid;

/// What an act leaves in the hand of whoever did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Receipt {
    /// The act's id: the key it was sent with.
    pub act: Uuid,
    /// Where its first entry stands in the record, from 0.
    pub seq: u64,
    /// How many entries it made.
    pub entries: u64,
    /// When.
    pub at: Timestamp,
    /// What it brought about: the aggregates it touched.
    pub streams: Vec<Uuid>,
    /// It had been done before, under the same key: nothing happened this time.
    pub repeated: bool,
}

/// Everything that is known of one act when it is written.
pub(crate) struct Writing<'a> {
    pub act_id: Uuid,
    pub act: &'a Act,
    pub actor: &'a Actor,
    pub at: Timestamp,
    pub permit: &'a Permit,
    pub digest: Vec<u8>,
}

/// Write the events. A [`Permit`] is needed, and only policy makes one.
pub(crate) async fn append<C: ConnectionTrait>(
    loader: &Loader<'_, C>,
    writing: &Writing<'_>,
    emits: &[Emit],
) -> Result<Receipt, Error> {
    let head = lock_head(loader).await?;
    let size = head.size as u64;
    let header = record::Header {
        authority: loader.authority,
        act_id: writing.act_id,
        act: writing.act,
        by: writing.permit.by(),
        at: writing.at,
        permit: writing.permit,
    };
    let mut entries = Vec::with_capacity(emits.len());
    let subjects = subjects(loader, emits).await?;
    let keys = loader.keys.sealing(loader.db, subjects.iter().copied().flatten()).await?;
    for (place, (emit, subject)) in emits.iter().zip(&subjects).enumerate() {
        let sealing = subject.and_then(|subject| keys.get(&subject));
        let sealing = sealing.map(|(key, cipher)| Sealing { keyring: loader.keys, key: *key, cipher });
        entries.push(record::entry(&header, size + place as u64, emit, sealing.as_ref())?);
    }
    tree::grow(loader, size, &entries).await?;
    let told = |(place, emit): (usize, &Emit)| Recorded {
        seq: size + place as u64,
        stream: emit.stream,
        act: writing.act.name().to_owned(),
        stamp: Stamp { at: writing.at, by: writing.permit.by() },
        event: emit.event.clone(),
    };
    let recorded: Vec<Recorded> = emits.iter().enumerate().map(told).collect();
    for part in entries.chunks(200) {
        let rows = part.iter().cloned().map(IntoActiveModel::into_active_model);
        entry::Entity::insert_many(rows).exec_without_returning(loader.db).await?;
    }
    show(loader, &recorded).await?;
    for emit in emits {
        if let Event::SubjectErased { keys, .. } = &emit.event {
            loader.keys.destroy(loader.db, keys).await?;
        }
    }
    let done = act::ActiveModel {
        authority_id: Set(loader.authority),
        act_id: Set(writing.act_id),
        account_id: Set(writing.actor.by().account.map(|id| id.0)),
        digest: Set(writing.digest.clone()),
        first_seq: Set(head.size),
        entries: Set(entries.len() as i64),
        at: Set(writing.at.as_microsecond()),
    };
    act::Entity::insert(done).exec_without_returning(loader.db).await?;
    Ok(Receipt {
        act: writing.act_id,
        seq: size,
        entries: entries.len() as u64,
        at: writing.at,
        streams: streams(emits.iter().map(|emit| emit.stream.id)),
        repeated: false,
    })
}

fn streams(of: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    let mut seen = BTreeSet::new();
    of.filter(|id| seen.insert(*id)).collect()
}

/// Whom the words of each event are about: a person, or the record itself where they are about nobody; none where it has
/// no words.
async fn subjects<C: ConnectionTrait>(loader: &Loader<'_, C>, emits: &[Emit]) -> Result<Vec<Option<Uuid>>, Error> {
    let mut new: BTreeMap<Uuid, Uuid> = BTreeMap::new();
    let mut subjects = Vec::with_capacity(emits.len());
    for emit in emits {
        let (mut stream, about) = (emit.stream, emit.event.about());
        match about {
            // An aggregate that is new in this act has no view yet.
            About::Person(person) => drop(new.insert(stream.id, person.0)),
            About::Appraisal(appraisal) => stream = appraisal.into(),
            About::Stream => {}
        }
        subjects.push(match (record::has_words(&emit.event), new.get(&stream.id)) {
            (false, _) => None,
            (true, Some(person)) => Some(*person),
            (true, None) => Some(person_of(loader, stream).await?.unwrap_or(stream.id)),
        });
    }
    Ok(subjects)
}

/// Whom a record is about, if it is about somebody.
async fn person_of<C: ConnectionTrait>(loader: &Loader<'_, C>, stream: Stream) -> Result<Option<Uuid>, Error> {
    let key = (loader.authority, stream.id);
    Ok(match stream.kind {
        StreamKind::Appraisal => {
            shown::appraisal::Entity::find_by_id(key).one(loader.db).await?.map(|shown| shown.person_id)
        }
        StreamKind::Account => {
            shown::account::Entity::find_by_id(key).one(loader.db).await?.and_then(|shown| shown.person_id)
        }
        StreamKind::Outcome => {
            shown::outcome::Entity::find_by_id(key).one(loader.db).await?.map(|shown| shown.person_id)
        }
        _ => None,
    })
}

/// The receipt of an act that was done before under this key.
pub(crate) async fn done<C: ConnectionTrait>(loader: &Loader<'_, C>, act: &act::Model) -> Result<Receipt, Error> {
    let entries = entry::Entity::find()
        .filter(entry::Column::AuthorityId.eq(loader.authority))
        .filter(entry::Column::ActId.eq(act.act_id))
        .order_by_asc(entry::Column::Seq)
        .all(loader.db)
        .await?;
    Ok(Receipt {
        act: act.act_id,
        seq: act.first_seq as u64,
        entries: act.entries as u64,
        at: Timestamp::from_microsecond(act.at).map_err(|_| Error::Broken(format!("act {}: the time", act.act_id)))?,
        streams: streams(entries.iter().map(|entry| entry.stream_id)),
        repeated: true,
    })
}

/// PostgreSQL locks the head row; SQLite's writer holds the whole database already.
pub(crate) async fn lock_head<C: ConnectionTrait>(loader: &Loader<'_, C>) -> Result<head::Model, Error> {
    let mut find = head::Entity::find().filter(head::Column::AuthorityId.eq(loader.authority));
    if loader.db.get_database_backend() == sea_orm::DbBackend::Postgres {
        find = find.lock_exclusive();
    }
    find.one(loader.db).await?.ok_or_else(|| Error::Broken("the head of the record is missing".to_owned()))
}

/// Bring the views up to date with what was just recorded.
async fn show<C: ConnectionTrait>(loader: &Loader<'_, C>, new: &[Recorded]) -> Result<(), Error> {
    let mut touched: BTreeMap<Stream, u64> = BTreeMap::new();
    for recorded in new {
        touched.entry(recorded.stream).or_insert(recorded.seq);
    }
    let mut cycles: BTreeMap<CycleId, (Option<Cycle>, Option<Cycle>)> = BTreeMap::new();
    // What hangs on a cycle shows it too: when a cycle changes, all of it is shown anew.
    for (stream, _) in touched.clone().into_iter().filter(|(stream, _)| stream.kind == StreamKind::Cycle) {
        let id = CycleId(stream.id);
        let fresh = new.iter().any(|recorded| matches!(recorded.event, Event::CycleOpened(_)));
        if !fresh {
            for kind in [StreamKind::Appraisal, StreamKind::Slate] {
                for hanging in loader.ids_of(kind, id).await? {
                    touched.entry(Stream { kind, id: hanging }).or_insert(u64::MAX);
                }
            }
        }
    }
    for (stream, first_new) in touched {
        let record = loader.record(stream).await?;
        let old = &record[..record.iter().take_while(|recorded| recorded.seq < first_new).count()];
        let (before, after) = match cycle_of(&record) {
            Some(id) => {
                if let Entry::Vacant(place) = cycles.entry(id) {
                    place.insert(before_and_after(loader, id, new).await?);
                }
                let (before, after) = &cycles[&id];
                (before.as_ref(), after.as_ref())
            }
            None => (None, None),
        };
        let before = view::rows(loader.authority, stream, old, before);
        let after = view::rows(loader.authority, stream, &record, after);
        view::change(loader.db, before, after).await?;
    }
    Ok(())
}

/// A cycle as it was before these entries, and as it is with them.
async fn before_and_after<C: ConnectionTrait>(
    loader: &Loader<'_, C>,
    id: CycleId,
    new: &[Recorded],
) -> Result<(Option<Cycle>, Option<Cycle>), Error> {
    if new.iter().all(|recorded| recorded.stream != Stream::from(id)) {
        let unchanged = loader.cycle(id).await?;
        return Ok((unchanged.clone(), unchanged));
    }
    // Not through what is known: this act may still be taken back.
    let record = loader.record(id.into()).await?;
    let first = new.first().map_or(u64::MAX, |recorded| recorded.seq);
    let count = record.iter().take_while(|recorded| recorded.seq < first).count();
    Ok((fold_cycle(&record[..count]), fold_cycle(&record)))
}

/// The cycle that an aggregate hangs on.
pub(crate) fn cycle_of(record: &[Recorded]) -> Option<CycleId> {
    match &record.first()?.event {
        Event::AppraisalOpened(opened) => Some(opened.cycle),
        Event::SlateOpened(opened) => Some(opened.cycle),
        _ => None,
    }
}
