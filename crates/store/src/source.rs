//! Source data: rows of batches.
//!
//! Rows come in by the thousand and are never held all at once. They are laid down under their batch's id, where nothing
//! looks at them, and count from the moment the batch is on record: that one entry takes in all of them or none.

use crate::{
    Error, Store,
    keyring::{Held, Keyring},
    record::Words,
    seal::{KeyId, Place},
    table::truth::*,
};
use domain::{
    batch::{Kind, Row},
    id::BatchId,
    import::{Batch, Column, Skipped},
};
use jiff::{Timestamp, civil::Date};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// How many rows one statement lays down or looks up: under the parameter limits of both backends.
pub const CHUNK: usize = 1000;

/// SHA-256 over the commitments to rows, in the order of their numbers.
#[derive(Default)]
pub(crate) struct RowsDigest(Sha256);

impl RowsDigest {
    pub(crate) fn add(&mut self, commitment: &[u8]) {
        self.0.update(commitment);
    }

    pub(crate) fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }
}

/// The subject of source data about whoever has this employee number.
pub(crate) fn subject_of_number(keys: &Keyring, number: &str) -> Uuid {
    keys.index().id("employee number", number)
}

/// The subject of source data about whoever has this identity number.
pub(crate) fn subject_of_id_number(keys: &Keyring, number: &str) -> Uuid {
    keys.index().id("identity number", number)
}

/// Whose key seals a row: that of whoever it is about, or of its batch where it is about nobody. A project has a leader and
/// is about neither them nor anyone.
fn subject_of(keys: &Keyring, batch: BatchId, kind: Kind, row: &Row) -> Uuid {
    let person = row.person.as_ref().filter(|_| kind != Kind::Projects);
    match (person, row.fields.get("id_number")) {
        (Some(number), _) => subject_of_number(keys, number),
        (None, Some(number)) if !number.is_empty() => subject_of_id_number(keys, number),
        _ => batch.0,
    }
}

/// What stands beside a sealed row to look it up by.
pub(crate) struct Columns {
    pub row_key: String,
    pub person: Option<String>,
    pub day: Option<String>,
    pub named: Option<String>,
}

/// The columns of a row.
pub(crate) fn columns(keys: &Keyring, kind: Kind, row: &Row) -> Columns {
    let named: BTreeSet<&str> = on_project(row).collect();
    let named = named.into_iter().fold(String::new(), |all, number| all + ";" + number);
    Columns {
        row_key: row_key(keys, kind, &row.key),
        person: row.person.clone(),
        day: row.date.map(|date| date.to_string()),
        named: Some(named + ";").filter(|named| kind == Kind::Projects && named.len() > 1),
    }
}

/// The blind index of a row's key, which may be an identity number.
fn row_key(keys: &Keyring, kind: Kind, key: &str) -> String {
    hex::encode(keys.index().of(kind.as_str(), key.as_bytes()))
}

/// The employee numbers of those whom the row of a project speaks of.
pub(crate) fn on_project(row: &Row) -> impl Iterator<Item = &str> {
    let field = |name: &str| row.fields.get(name).map_or("", String::as_str);
    [field("lead")].into_iter().chain(field("members").split(';')).filter(|number| !number.is_empty())
}

/// The key that opens a row.
pub(crate) fn key_of(row: &batch_row::Model) -> Option<KeyId> {
    KeyId::of(row.subject_id, &row.sealed).ok().map(|(key, _)| key)
}

/// What a row says; none if its key was destroyed.
pub(crate) fn words(
    row: &batch_row::Model,
    keyring: &Keyring,
    keys: &HashMap<KeyId, Held>,
) -> Result<Option<Words>, Error> {
    let at = place_of_row(row.batch_id, row.row_number);
    let place = Place { row: &at, ..ROW };
    let Some(plain) = keyring.opened(keys, row.subject_id, place, &row.sealed)? else { return Ok(None) };
    Words::from_plain(&plain).map(Some).ok_or_else(|| Error::Broken(format!("batch_row {at}: it has no salt")))
}

const ROW: Place<'static> = Place { table: "batch_row", column: "sealed", row: "" };

fn place_of_row(batch: Uuid, number: i64) -> String {
    format!("{batch}/{number}")
}

/// Where a batch on its way lies.
pub(crate) fn place_of_laid(batch: &str) -> Place<'_> {
    Place { table: "laid_batch", column: "batch", row: batch }
}

/// The rows of one batch on their way in.
pub struct Laying {
    batch: BatchId,
    kind: Kind,
    digest: RowsDigest,
    rows: u32,
    from: Option<Date>,
    to: Option<Date>,
}

/// What a batch tells of the file its rows are from.
pub struct Origin {
    /// The file's name.
    pub file: String,
    /// The sheet in it.
    pub sheet: Option<String>,
    /// SHA-256 of the file, hex.
    pub digest: String,
    /// The columns that were understood, in their order.
    pub columns: Vec<Column>,
    /// Rows left out, with the reasons.
    pub skipped: Vec<Skipped>,
}

impl Laying {
    /// Which batch.
    pub fn batch(&self) -> BatchId {
        self.batch
    }

    /// How many rows were laid down so far.
    pub fn rows(&self) -> u32 {
        self.rows
    }
}

impl Store {
    /// Those of at most [`CHUNK`] rows that are not on record just as they are: importing a file twice leaves none.
    pub async fn new_rows(&self, kind: Kind, rows: Vec<Row>) -> Result<Vec<Row>, Error> {
        let loader = self.loader(&self.db);
        let on_record = loader.batches_of(kind).await?;
        if on_record.is_empty() {
            return Ok(rows);
        }
        let found = batch_row::Entity::find()
            .filter(batch_row::Column::AuthorityId.eq(self.authority))
            .filter(batch_row::Column::Kind.eq(kind.as_str()))
            .filter(batch_row::Column::RowKey.is_in(rows.iter().map(|row| row_key(&self.keys, kind, &row.key))))
            .all(&self.db)
            .await?;
        let mut known: HashMap<String, (i64, batch_row::Model)> = HashMap::new();
        for row in found {
            let Some(seq) = on_record.get(&row.batch_id).copied() else { continue };
            if known.get(row.row_key.as_str()).is_none_or(|(newest, _)| *newest < seq) {
                known.insert(row.row_key.clone(), (seq, row));
            }
        }
        let known: Vec<batch_row::Model> = known.into_values().map(|(_, row)| row).collect();
        let known = loader.read_rows(&known).await?;
        let known: HashMap<String, Row> = known.into_iter().map(|(_, row)| (row.key.clone(), row)).collect();
        let mut new = Vec::new();
        for row in rows {
            let old = known.get(&row.key);
            if old.is_none_or(|old| (&old.fields, &old.person, old.date) != (&row.fields, &row.person, row.date)) {
                new.push(row);
            }
        }
        Ok(new)
    }

    /// Begin to lay down the rows of a batch.
    pub async fn begin_laying(&self, kind: Kind, at: Timestamp) -> Result<Laying, Error> {
        let batch = BatchId(self.new_key());
        let row = laid_batch::ActiveModel {
            authority_id: Set(self.authority),
            batch_id: Set(batch.0),
            laid_at: Set(at.as_microsecond()),
            batch: Set(None),
        };
        laid_batch::Entity::insert(row).exec_without_returning(&self.pen).await?;
        Ok(Laying { batch, kind, digest: RowsDigest::default(), rows: 0, from: None, to: None })
    }

    /// Lay down at most [`CHUNK`] rows, in the order of their numbers. Each call is a transaction of its own, so that
    /// other acts go on between them.
    pub async fn lay_down(&self, laying: &mut Laying, rows: &[Row]) -> Result<(), Error> {
        let txn = self.immediate().await?;
        let inside = self.keys.inside();
        let subject = |row| subject_of(&inside, laying.batch, laying.kind, row);
        let subjects: Vec<Uuid> = rows.iter().map(subject).collect();
        let keys = inside.sealing(&txn, subjects.iter().copied()).await?;
        let mut models = Vec::with_capacity(rows.len());
        for (row, subject) in rows.iter().zip(subjects) {
            let words = Words::new(ledger::canonical(&serde_json::to_value(row)?)?);
            let (key, cipher) = &keys[&subject];
            let place = Place { row: &place_of_row(laying.batch.0, row.number.into()), ..ROW };
            let Columns { row_key, person, day, named } = columns(&inside, laying.kind, row);
            laying.digest.add(&words.commitment());
            laying.from = laying.from.into_iter().chain(row.date).min();
            laying.to = laying.to.into_iter().chain(row.date).max();
            models.push(batch_row::ActiveModel {
                authority_id: Set(self.authority),
                batch_id: Set(laying.batch.0),
                row_number: Set(row.number.into()),
                kind: Set(laying.kind.as_str().to_owned()),
                row_key: Set(row_key),
                person: Set(person),
                day: Set(day),
                named: Set(named),
                subject_id: Set(subject),
                sealed: Set(inside.sealed(*key, cipher, place, &words.plain())),
                commitment: Set(words.commitment().to_vec()),
            });
        }
        if !models.is_empty() {
            batch_row::Entity::insert_many(models).exec_without_returning(&txn).await?;
        }
        txn.commit().await?;
        inside.committed();
        laying.rows += rows.len() as u32;
        Ok(())
    }

    /// All rows lie there: the batch as an act may now put it on record.
    pub async fn laid(&self, laying: Laying, origin: Origin) -> Result<Batch, Error> {
        let Origin { file, sheet, digest, columns, skipped } = origin;
        let Laying { batch: id, kind, rows, from, to, .. } = laying;
        let rows_digest = laying.digest.finish();
        let batch = Batch { id, kind, file, sheet, digest, rows_digest, rows, from, to, columns, skipped };
        let (txn, inside) = (self.immediate().await?, self.keys.inside());
        let key = batch.id.to_string();
        let sealed = inside.seal(&txn, batch.id.0, place_of_laid(&key), &serde_json::to_vec(&batch)?).await?;
        let row = laid_batch::ActiveModel {
            authority_id: Set(self.authority),
            batch_id: Set(batch.id.0),
            batch: Set(Some(sealed)),
            ..Default::default()
        };
        laid_batch::Entity::update(row).exec(&txn).await?;
        txn.commit().await?;
        inside.committed();
        Ok(batch)
    }

    /// Clear up after laying: the rows of a batch that did not go on record are taken away.
    pub async fn clear_laid(&self, batch: BatchId) -> Result<(), Error> {
        if !self.loader(&self.db).is_on_record(batch).await? {
            self.forget_rows(batch).await?;
            self.keys.forget(&self.pen, batch.0).await?;
        }
        laid_batch::Entity::delete_by_id((self.authority, batch.0)).exec(&self.pen).await?;
        Ok(())
    }

    /// Clear up what was laid down before a moment by somebody who never came to the end.
    pub async fn clear_abandoned(&self, before: Timestamp) -> Result<(), Error> {
        let old = laid_batch::Entity::find()
            .filter(laid_batch::Column::AuthorityId.eq(self.authority))
            .filter(laid_batch::Column::LaidAt.lt(before.as_microsecond()));
        for laid in old.all(&self.db).await? {
            self.clear_laid(BatchId(laid.batch_id)).await?;
        }
        Ok(())
    }

    /// Piece by piece, so that other acts go on meanwhile.
    async fn forget_rows(&self, batch: BatchId) -> Result<(), Error> {
        use batch_row::Column;
        const PIECE: u64 = 10_000;
        let of_batch = || Condition::all().add(Column::AuthorityId.eq(self.authority)).add(Column::BatchId.eq(batch.0));
        loop {
            let last = batch_row::Entity::find()
                .select_only()
                .column(Column::RowNumber)
                .filter(of_batch())
                .order_by_asc(Column::RowNumber)
                .limit(PIECE)
                .into_tuple::<i64>()
                .all(&self.db)
                .await?;
            let Some(last) = last.last().copied() else { return Ok(()) };
            let piece = batch_row::Entity::delete_many().filter(of_batch()).filter(Column::RowNumber.lte(last));
            piece.exec(&self.pen).await?;
        }
    }

    /// What the authority is called.
    pub fn authority_name(&self) -> &str {
        &self.name
    }

    /// When the newest entry of the record was written.
    pub async fn newest(&self) -> Result<Option<jiff::Timestamp>, Error> {
        let find = entry::Entity::find().filter(entry::Column::AuthorityId.eq(self.authority));
        let last = find.order_by_desc(entry::Column::Seq).one(&self.db).await?;
        Ok(last.and_then(|entry| jiff::Timestamp::from_microsecond(entry.at).ok()))
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), Error> {
        self.db.execute_unprepared("SELECT 1").await?;
        Ok(())
    }
}
