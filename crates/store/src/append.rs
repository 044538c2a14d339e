//! Appending: one act's events into the record, its tree and its views, inside the writer's transaction.

use crate::{
    Error,
    load::{Loader, fold_cycle},
    record::{self, Permitted, Recorded, Sealing},
    shelf::{Added, Shelf},
    signature::Signed,
    table::truth::*,
    tree::Trees,
    view::{self, Change},
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
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    sync::Arc,
};
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
    pub signed: Option<&'a Signed>,
    pub digest: Vec<u8>,
}

/// Write the events. A [`Permit`] is needed, and only policy makes one. Keys are written now, the rest is what the act
/// adds, to be written with that of others.
pub(crate) async fn append<C: ConnectionTrait>(
    loader: &Loader<'_, C>,
    shelf: &Shelf,
    writing: &Writing<'_>,
    emits: &[Emit],
) -> Result<(Receipt, Added), Error> {
    let mut added = Added { trees: trees(loader, shelf).await?, ..Added::default() };
    let size = added.trees.sha256.size();
    let concealed = emits.iter().any(|emit| emit.event.conceals_actor());
    let by = if concealed { Actor::System.by() } else { writing.permit.by() };
    let header = record::Header {
        authority: loader.authority,
        act_id: writing.act_id,
        act: writing.act,
        by,
        at: writing.at,
        permit: writing.permit,
        signed: writing.signed,
    };
    let subjects = subjects(loader, emits, writing.signed.is_some()).await?;
    let keys = loader.keys.sealing(loader.db, subjects.iter().copied().flatten()).await?;
    for ((emit, subject), seq) in emits.iter().zip(&subjects).zip(size..) {
        let sealing = subject.and_then(|subject| keys.get(&subject));
        let sealing = sealing.map(|(key, cipher)| Sealing { keyring: loader.keys, key: *key, cipher });
        let entry = record::entry(&header, seq, emit, sealing.as_ref())?;
        added.nodes.extend(added.trees.grow(&entry));
        added.entries.push(entry);
        added.recorded.push(Recorded {
            seq,
            stream: emit.stream,
            act: writing.act.name().to_owned(),
            stamp: Stamp { at: writing.at, by: header.by },
            event: emit.event.clone(),
            permit: Permitted { policies: writing.permit.hash().to_owned(), ids: writing.permit.policies().to_vec() },
            signed: writing.signed.cloned(),
        });
    }
    added.shown = shown(loader, &added.recorded).await?;
    for emit in emits {
        if let Event::SubjectErased { keys, .. } = &emit.event {
            loader.keys.destroy(loader.db, keys).await?;
        }
    }
    added.act = Some(act::Model {
        authority_id: loader.authority,
        act_id: writing.act_id,
        account_id: writing.actor.by().account.filter(|_| !concealed).map(|id| id.0),
        digest: writing.digest.clone(),
        first_seq: size as i64,
        entries: emits.len() as i64,
        at: writing.at.as_microsecond(),
    });
    let receipt = Receipt {
        act: writing.act_id,
        seq: size,
        entries: emits.len() as u64,
        at: writing.at,
        streams: streams(emits.iter().map(|emit| emit.stream.id)),
        repeated: false,
    };
    Ok((receipt, added))
}

/// The trees to be grown.
async fn trees<C: ConnectionTrait>(loader: &Loader<'_, C>, shelf: &Shelf) -> Result<Trees, Error> {
    if let Some(trees) = shelf.trees() {
        return Ok(trees);
    }
    let head = lock_head(loader).await?;
    let trees = Trees::load(loader.db, loader.authority, head.size as u64).await?;
    shelf.put_trees(trees.clone());
    Ok(trees)
}

fn streams(of: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    let mut seen = BTreeSet::new();
    of.filter(|id| seen.insert(*id)).collect()
}

/// Whom the words of each event are about: a person, or the record itself where they are about nobody; none where it has
/// no words. An act that was signed is among the words.
async fn subjects<C: ConnectionTrait>(
    loader: &Loader<'_, C>,
    emits: &[Emit],
    signed: bool,
) -> Result<Vec<Option<Uuid>>, Error> {
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
        subjects.push(match (signed || record::has_words(&emit.event), new.get(&stream.id)) {
            (false, _) => None,
            (true, Some(person)) => Some(*person),
            (true, None) => Some(person_of(loader, stream).await?.unwrap_or(stream.id)),
        });
    }
    Ok(subjects)
}

/// Whom a record is about, if it is about somebody: its first entry says.
async fn person_of<C: ConnectionTrait>(loader: &Loader<'_, C>, stream: Stream) -> Result<Option<Uuid>, Error> {
    Ok(match loader.record(stream).await?.first().map(|opened| opened.event.about()) {
        Some(About::Person(person)) => Some(person.0),
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

/// What brings the views up to date with these entries.
async fn shown<C: ConnectionTrait>(loader: &Loader<'_, C>, new: &[Recorded]) -> Result<Vec<Change>, Error> {
    let mut changes = Vec::new();
    let mut touched: BTreeSet<Stream> = new.iter().map(|recorded| recorded.stream).collect();
    let mut cycles: BTreeMap<CycleId, BeforeAndAfter> = BTreeMap::new();
    // What hangs on a cycle shows it too: when a cycle changes, all of it is shown anew.
    for stream in touched.clone().into_iter().filter(|stream| stream.kind == StreamKind::Cycle) {
        let id = CycleId(stream.id);
        let fresh = new.iter().any(|recorded| matches!(recorded.event, Event::CycleOpened(_)));
        if !fresh {
            for kind in [StreamKind::Appraisal, StreamKind::Slate] {
                for hanging in loader.ids_of(kind, id).await? {
                    touched.insert(Stream { kind, id: hanging });
                }
            }
        }
    }
    for stream in touched {
        let old = loader.record(stream).await?;
        let record: Vec<Recorded> = old.iter().chain(new.iter().filter(|new| new.stream == stream)).cloned().collect();
        let (before, after) = match cycle_of(&record) {
            Some(id) => {
                if let Entry::Vacant(place) = cycles.entry(id) {
                    place.insert(before_and_after(loader, id, new).await?);
                }
                let (before, after) = &cycles[&id];
                (before.as_deref(), after.as_deref())
            }
            None => (None, None),
        };
        let before = view::rows(loader.authority, stream, &old, before);
        let after = view::rows(loader.authority, stream, &record, after);
        changes.extend(view::changes(before, after));
    }
    Ok(changes)
}

/// A cycle before some entries and with them; none where it is not there.
type BeforeAndAfter = (Option<Arc<Cycle>>, Option<Arc<Cycle>>);

/// A cycle as it was before these entries, and as it is with them.
async fn before_and_after<C: ConnectionTrait>(
    loader: &Loader<'_, C>,
    id: CycleId,
    new: &[Recorded],
) -> Result<BeforeAndAfter, Error> {
    if new.iter().all(|recorded| recorded.stream != Stream::from(id)) {
        let unchanged = loader.cycle(id).await?;
        return Ok((unchanged.clone(), unchanged));
    }
    // Not through what is known: this act may still be taken back.
    let old = loader.record(id.into()).await?;
    let record: Vec<Recorded> =
        old.iter().chain(new.iter().filter(|new| new.stream == Stream::from(id))).cloned().collect();
    Ok((fold_cycle(&old).map(Arc::new), fold_cycle(&record).map(Arc::new)))
}

/// The cycle that an aggregate hangs on.
pub(crate) fn cycle_of(record: &[Recorded]) -> Option<CycleId> {
    match &record.first()?.event {
        Event::AppraisalOpened(opened) => Some(opened.cycle),
        Event::SlateOpened(opened) => Some(opened.cycle),
        _ => None,
    }
}
