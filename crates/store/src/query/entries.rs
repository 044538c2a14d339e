//! The record of everyone, for those who audit it. Words about people stay sealed here: an entry shows its body,
//! which carries a commitment to them.

use super::Reader;
use crate::{Error, table::truth::*, table::view};
use domain::event::StreamKind;
use jiff::Timestamp;
use ledger::{Algorithm, Hash, Head};
use policy::Reading;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

/// Which entries are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryFilter {
    /// By an account with this login, or of the person with this employee number or name; empty: anyone.
    pub by: String,
    /// From this act.
    pub act: Option<String>,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub to: Option<Timestamp>,
    /// In records of this kind.
    pub kind: Option<StreamKind>,
    /// In this record.
    pub stream: Option<Uuid>,
    /// Below this place: the next page.
    pub before: Option<u64>,
}

/// An entry in a list.
pub struct EntryLine {
    /// Its place, from 0.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// With which account; none: the product itself.
    pub account: Option<Uuid>,
    /// The act it came from.
    pub act: String,
    /// What happened.
    pub event: String,
    /// Whose record it is.
    pub kind: Option<StreamKind>,
    /// Which one.
    pub stream: Uuid,
}

/// One entry, and the proof that it is in the record.
pub struct Proven {
    /// The entry.
    pub line: EntryLine,
    /// Its canonical body: what is hashed.
    pub body: String,
    /// Its leaf as it was stored.
    pub leaf: Hash,
    /// Bytes of sealed words; none: there are none, or they were erased.
    pub sealed: Option<usize>,
    /// The head the path leads to.
    pub head: Head,
    /// The audit path, from the leaf upwards.
    pub path: Vec<Hash>,
}

/// Accounts and people that a search for whoever did something may name.
const MOST_NAMED: u64 = 100;

fn hash(bytes: &[u8]) -> Option<Hash> {
    bytes.try_into().ok()
}

fn line(row: &entry::Model) -> Result<EntryLine, Error> {
    Ok(EntryLine {
        seq: row.seq as u64,
        at: Timestamp::from_microsecond(row.at).map_err(|_| Error::Broken(format!("entry {}: the time", row.seq)))?,
        account: row.account_id,
        act: row.act.clone(),
        event: row.event.clone(),
        kind: crate::record::stream_kind(&row.stream_kind),
        stream: row.stream_id,
    })
}

impl Reader<'_> {
    /// How far the record goes; none for those who may not read it.
    pub async fn head(&self) -> Result<Option<Head>, Error> {
        if !self.may_read(Reading::Ledger) {
            return Ok(None);
        }
        self.store.log_head(Algorithm::Sha256).await.map(Some)
    }

    /// Entries, newest first, at most `most`; none for those who may not read them.
    pub async fn entries(&self, filter: &EntryFilter, most: u64) -> Result<Vec<EntryLine>, Error> {
        use entry::Column;
        if !self.may_read(Reading::Ledger) {
            return Ok(Vec::new());
        }
        let mut find = entry::Entity::find().filter(Column::AuthorityId.eq(self.store.authority));
        if !filter.by.trim().is_empty() {
            find = find.filter(self.done_by(filter.by.trim()).await?);
        }
        let act = filter.act.as_ref().map(|act| Column::Act.eq(act));
        let from = filter.from.map(|from| Column::At.gte(from.as_microsecond()));
        let to = filter.to.map(|to| Column::At.lt(to.as_microsecond()));
        let kind = filter.kind.map(|kind| Column::StreamKind.eq(kind.as_str()));
        let stream = filter.stream.map(|stream| Column::StreamId.eq(stream));
        let before = filter.before.map(|before| Column::Seq.lt(i64::try_from(before).unwrap_or(i64::MAX)));
        for condition in [act, from, to, kind, stream, before].into_iter().flatten() {
            find = find.filter(condition);
        }
        let rows = find.order_by_desc(Column::Seq).limit(most).all(&self.store.db).await?;
        rows.iter().map(line).collect()
    }

    /// Entries of whoever the words name: a login, an employee number, or a name.
    async fn done_by(&self, words: &str) -> Result<Condition, Error> {
        let (store, db) = (self.store, &self.store.db);
        let accounts = view::account::Entity::find()
            .filter(view::account::Column::AuthorityId.eq(store.authority))
            .filter(
                Condition::any().add(view::account::Column::Login.eq(words)).add(view::account::Column::Name.eq(words)),
            )
            .limit(MOST_NAMED)
            .all(db)
            .await?;
        let people = view::person::Entity::find()
            .filter(view::person::Column::AuthorityId.eq(store.authority))
            .filter(
                Condition::any().add(view::person::Column::Number.eq(words)).add(view::person::Column::Name.eq(words)),
            )
            .limit(MOST_NAMED)
            .all(db)
            .await?;
        Ok(Condition::any()
            .add(entry::Column::AccountId.is_in(accounts.into_iter().map(|account| account.account_id)))
            .add(entry::Column::PersonId.is_in(people.into_iter().map(|person| person.person_id))))
    }

    /// One entry and its proof; none if there is none, or for those who may not read it.
    pub async fn entry(&self, seq: u64) -> Result<Option<Proven>, Error> {
        // The head first: the nodes below it never change, whatever is appended meanwhile.
        let Some(head) = self.head().await? else { return Ok(None) };
        let key = (self.store.authority, i64::try_from(seq).unwrap_or(i64::MAX));
        let Some(row) = entry::Entity::find_by_id(key).one(&self.store.db).await? else { return Ok(None) };
        let path = self.store.inclusion(Algorithm::Sha256, seq, head.size).await?;
        let broken = || Error::Broken(format!("entry {seq}: the leaf is not 32 bytes"));
        Ok(Some(Proven {
            line: line(&row)?,
            leaf: hash(&row.leaf).ok_or_else(broken)?,
            sealed: row.sealed.map(|sealed| sealed.len()),
            body: row.body,
            head,
            path,
        }))
    }
}
