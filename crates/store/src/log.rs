//! The record as a transparency log: heads, proofs and tiles of its trees, and the checkpoints that vouch for them. What
//! an entry says is shown to its readers alone: see [`Reader::evidence`] and [`Reader::bundle`].

use crate::{
    Error, Store,
    query::Reader,
    record::{self, Words},
    table::truth::*,
    tree::{hash_of, head_of, nodes},
};
use domain::{actor::Actor, event::StreamKind, id::AppraisalId};
use jiff::Timestamp;
use ledger::{Algorithm, Checkpoint, Coordinate, Frontier, Hash, Head, Note, Tile};
use policy::Reading;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::OnConflict,
};
use uuid::Uuid;

/// A checkpoint as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The log's name.
    pub origin: String,
    /// Which tree it is of.
    pub algorithm: Algorithm,
    /// How many entries it covers.
    pub size: u64,
    /// The checkpoint with the signatures of the log and of witnesses.
    pub note: Note,
    /// When it came in.
    pub signed_at: Timestamp,
}

/// An entry as its readers may take it away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Its place in the record, from 0.
    pub seq: u64,
    /// The act it came from.
    pub act_id: Uuid,
    /// Name of the act.
    pub act: String,
    /// Name of the event.
    pub event: String,
    /// When.
    pub at: Timestamp,
    /// Its canonical body: what is hashed.
    pub body: String,
    /// The words to which the body carries a commitment, and its salt; for whoever wrote them alone.
    pub sealed: Option<(String, Vec<u8>)>,
}

impl Store {
    /// The head of one of the trees as it stands.
    pub async fn log_head(&self, algorithm: Algorithm) -> Result<Head, Error> {
        let row = head::Entity::find_by_id(self.authority).one(&self.db).await?;
        let head = row.and_then(|row| head_of(algorithm, &row));
        head.ok_or_else(|| Error::Broken("the head of the record is missing or damaged".to_owned()))
    }

    /// The head that one of the trees had when it was so large; none if it never was.
    pub async fn log_head_at(&self, algorithm: Algorithm, size: u64) -> Result<Option<Head>, Error> {
        if size > self.log_head(algorithm).await?.size {
            return Ok(None);
        }
        let known = nodes(&self.db, self.authority, &Frontier::nodes(size)).await?;
        let lookup = |at: Coordinate| known.get(&at).and_then(|node| hash_of(algorithm, node));
        let frontier = Frontier::load(algorithm, size, lookup).map_err(|missing| Error::Broken(missing.to_string()))?;
        Ok(Some(frontier.head()))
    }

    /// The proof that the tree of `old` entries is the beginning of the tree of `new`; `old` is at most `new`.
    pub async fn consistency(&self, algorithm: Algorithm, old: u64, new: u64) -> Result<Vec<Hash>, Error> {
        let known = nodes(&self.db, self.authority, &ledger::consistency_nodes(old, new)).await?;
        let lookup = |at| known.get(&at).and_then(|node| hash_of(algorithm, node));
        ledger::prove_consistency(algorithm, old, new, lookup).map_err(|error| Error::Broken(error.to_string()))
    }

    /// The proof that an entry is in the tree of `size` entries; `seq` is below `size`.
    pub async fn inclusion(&self, algorithm: Algorithm, seq: u64, size: u64) -> Result<Vec<Hash>, Error> {
        let known = nodes(&self.db, self.authority, &ledger::inclusion_nodes(seq, size)).await?;
        let lookup = |at| known.get(&at).and_then(|node| hash_of(algorithm, node));
        ledger::prove_inclusion(algorithm, seq, size, lookup).map_err(|error| Error::Broken(error.to_string()))
    }

    /// The hashes of a tile; none while the tree lacks part of it.
    pub async fn tile(&self, algorithm: Algorithm, tile: Tile) -> Result<Option<Vec<u8>>, Error> {
        if !tile.is_within(self.log_head(algorithm).await?.size) {
            return Ok(None);
        }
        let at = |index| Coordinate { level: tile.node_level(), index };
        let known = nodes(&self.db, self.authority, &tile.places().map(at).collect::<Vec<_>>()).await?;
        let lookup = |at: Coordinate| known.get(&at).and_then(|node| hash_of(algorithm, node));
        tile.hashes(lookup).map(Some).map_err(|missing| Error::Broken(missing.to_string()))
    }

    /// Keep a checkpoint whose signature was checked, if the record has the root it names: false if it has not. One that
    /// is kept already stays, with what witnesses put under it.
    pub async fn keep_checkpoint(&self, algorithm: Algorithm, note: &Note, at: Timestamp) -> Result<bool, Error> {
        let Ok(Checkpoint { origin, head }) = note.text().parse() else { return Ok(false) };
        if self.log_head_at(algorithm, head.size).await? != Some(head) {
            return Ok(false);
        }
        let row = checkpoint::ActiveModel {
            authority_id: Set(self.authority),
            origin: Set(origin),
            size: Set(head.size as i64),
            sm3: Set(algorithm == Algorithm::Sm3),
            note: Set(note.to_string()),
            signed_at: Set(at.as_microsecond()),
        };
        let key = [checkpoint::Column::AuthorityId, checkpoint::Column::Origin, checkpoint::Column::Size];
        let known = OnConflict::columns(key).do_nothing().to_owned();
        checkpoint::Entity::insert(row).on_conflict(known).exec_without_returning(&self.pen).await?;
        Ok(true)
    }

    /// Put the cosignatures that came in under a checkpoint that is kept.
    pub async fn cosigned(&self, kept: &Kept) -> Result<(), Error> {
        use checkpoint::Column;
        checkpoint::Entity::update_many()
            .col_expr(Column::Note, kept.note.to_string().into())
            .filter(Column::AuthorityId.eq(self.authority))
            .filter(Column::Origin.eq(&kept.origin))
            .filter(Column::Size.eq(kept.size as i64))
            .exec(&self.pen)
            .await?;
        Ok(())
    }

    /// Checkpoints of a log, the latest first, at most `most`, and none that covers fewer than `least` entries.
    pub async fn checkpoints(&self, origin: &str, least: u64, most: u64) -> Result<Vec<Kept>, Error> {
        use checkpoint::Column;
        let rows = checkpoint::Entity::find()
            .filter(Column::AuthorityId.eq(self.authority))
            .filter(Column::Origin.eq(origin))
            .filter(Column::Size.gte(i64::try_from(least).unwrap_or(i64::MAX)))
            .order_by_desc(Column::Size)
            .limit(most)
            .all(&self.db)
            .await?;
        rows.into_iter().map(kept).collect()
    }

    /// Checkpoints of any log, the latest first, at most `most`.
    pub async fn latest_checkpoints(&self, most: u64) -> Result<Vec<Kept>, Error> {
        use checkpoint::Column;
        let find = checkpoint::Entity::find().filter(Column::AuthorityId.eq(self.authority));
        let rows = find.order_by_desc(Column::SignedAt).order_by_asc(Column::Origin).limit(most).all(&self.db).await?;
        rows.into_iter().map(kept).collect()
    }
}

/// Read a checkpoint back.
pub(crate) fn kept(row: checkpoint::Model) -> Result<Kept, Error> {
    let broken = |what: &str| Error::Broken(format!("checkpoint {}/{}: {what}", row.origin, row.size));
    Ok(Kept {
        algorithm: if row.sm3 { Algorithm::Sm3 } else { Algorithm::Sha256 },
        size: u64::try_from(row.size).map_err(|_| broken("the size"))?,
        note: row.note.parse().map_err(|_| broken("the note"))?,
        signed_at: Timestamp::from_microsecond(row.signed_at).map_err(|_| broken("the time"))?,
        origin: row.origin,
    })
}

impl Reader<'_> {
    /// Entries of the act to which this one belongs, for whoever may take their proof away: who did it, who may read the
    /// appraisal that it is about, whom a look at ties concerned, and who reads the ledger. Empty: there are none, or not for this reader.
    pub async fn evidence(&self, seq: u64) -> Result<Vec<Evidence>, Error> {
        let store = self.store();
        let key = (store.authority, i64::try_from(seq).unwrap_or(i64::MAX));
        let Some(one) = entry::Entity::find_by_id(key).one(&store.db).await? else { return Ok(Vec::new()) };
        let mine = match self.actor() {
            Actor::Account { account, .. } => one.account_id == Some(account.0),
            Actor::System => false,
        };
        let whole = mine || self.may_read(Reading::Ledger);
        if !whole && !self.reads_stream_of(&one).await? && !self.is_concerned(&one).await? {
            return Ok(Vec::new());
        }
        let rows = match whole {
            true => {
                let of_act = entry::Entity::find()
                    .filter(entry::Column::AuthorityId.eq(store.authority))
                    .filter(entry::Column::ActId.eq(one.act_id));
                of_act.order_by_asc(entry::Column::Seq).limit(MOST_OF_AN_ACT).all(&store.db).await?
            }
            // The other entries of the act may be about somebody else.
            false => vec![one],
        };
        let loader = store.loader(&store.db);
        let keys = loader.keys.opening(&store.db, rows.iter().filter_map(record::key_of)).await?;
        let words = |row: &entry::Model| match mine {
            true => record::words(row, loader.keys, &keys),
            false => Ok(None),
        };
        rows.into_iter().map(|row| evidence(words(&row)?, row)).collect()
    }

    async fn reads_stream_of(&self, entry: &entry::Model) -> Result<bool, Error> {
        let is_appraisal = entry.stream_kind == StreamKind::Appraisal.as_str();
        Ok(is_appraisal && self.trail(AppraisalId(entry.stream_id)).await?.is_some())
    }

    /// Bodies of the entries under a tile of level 0, in order; none while the record lacks some of them, or for those
    /// who may not read the ledger.
    pub async fn bundle(&self, tile: Tile) -> Result<Option<Vec<String>>, Error> {
        let store = self.store();
        if !self.may_read(Reading::Ledger) || !tile.is_within(store.log_head(Algorithm::Sha256).await?.size) {
            return Ok(None);
        }
        let places = tile.places();
        let bodies: Vec<String> = entry::Entity::find()
            .select_only()
            .column(entry::Column::Body)
            .filter(entry::Column::AuthorityId.eq(store.authority))
            .filter(entry::Column::Seq.gte(places.start as i64))
            .filter(entry::Column::Seq.lt(places.end as i64))
            .order_by_asc(entry::Column::Seq)
            .into_tuple()
            .all(&store.db)
            .await?;
        if bodies.len() as u64 != places.end - places.start {
            return Err(Error::Broken(format!("entries are missing between {} and {}", places.start, places.end)));
        }
        Ok(Some(bodies))
    }
}

/// How many entries of one act are listed.
const MOST_OF_AN_ACT: u64 = 200;

fn evidence(words: Option<Words>, row: entry::Model) -> Result<Evidence, Error> {
    Ok(Evidence {
        seq: row.seq as u64,
        act_id: row.act_id,
        act: row.act,
        event: row.event,
        at: Timestamp::from_microsecond(row.at)
            .map_err(|_| Error::Broken(format!("entry {}: the time is out of range", row.seq)))?,
        body: row.body,
        sealed: words.map(|words| (String::from_utf8_lossy(&words.text).into_owned(), words.salt.to_vec())),
    })
}
