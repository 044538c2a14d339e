//! Uploads: files that somebody handed in to be imported. They lie here in pieces while they are looked at, belong to
//! the account that sent them, and are forgotten after a day. They are no attachments, which acts name and
//! which are kept for good then.

use crate::{Error, Store, seal::Place, table::truth::*};
use domain::id::AccountId;
use jiff::Timestamp;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, TransactionTrait,
    sea_query::{Expr, ExprTrait},
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The size of the pieces of a file, in bytes; the last one is shorter.
pub const PART: usize = 1 << 20;

const PART_CONTENT: Place<'static> = Place { table: "upload_part", column: "content", row: "" };
const FILE_NAME: Place<'static> = Place { table: "upload_file", column: "name", row: "" };
const REPORT: Place<'static> = Place { table: "upload", column: "report", row: "" };

/// How far an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Its files are still coming in.
    Receiving,
    /// It is read and checked.
    Reading,
    /// It can be looked at; nothing is on record yet.
    Read,
    /// It is put on record.
    Importing,
    /// Scores that it changes are computed again.
    Computing,
    /// It is on record.
    Imported,
    /// It did not work.
    Failed,
}

impl Stage {
    const ALL: [Stage; 7] = [
        Stage::Receiving,
        Stage::Reading,
        Stage::Read,
        Stage::Importing,
        Stage::Computing,
        Stage::Imported,
        Stage::Failed,
    ];

    /// The name in tables and locales.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Receiving => "receiving",
            Stage::Reading => "reading",
            Stage::Read => "read",
            Stage::Importing => "importing",
            Stage::Computing => "computing",
            Stage::Imported => "imported",
            Stage::Failed => "failed",
        }
    }

    /// Whether the product is at work on it.
    pub fn is_busy(self) -> bool {
        matches!(self, Stage::Reading | Stage::Importing | Stage::Computing)
    }
}

/// An upload, without its files' content and without its report.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Its id.
    pub id: Uuid,
    /// Who sent it.
    pub account: AccountId,
    /// When.
    pub at: Timestamp,
    /// How far it is.
    pub stage: Stage,
    /// Bad rows are to be left out.
    pub skip_bad: bool,
    /// How much of what goes on is done, of `total`.
    pub done: u64,
    /// How much there is; 0 while nobody knows.
    pub total: u64,
    /// The files, as they were given.
    pub files: Vec<UploadedFile>,
}

/// One file of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadedFile {
    /// Its place in the upload, from 0.
    pub place: i16,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
}

impl Store {
    /// Begin an upload.
    pub async fn begin_upload(&self, account: AccountId, at: Timestamp) -> Result<Uuid, Error> {
        let id = self.new_key();
        let row = upload::ActiveModel {
            authority_id: Set(self.authority),
            upload_id: Set(id),
            account_id: Set(account.0),
            uploaded_at: Set(at.as_microsecond()),
            stage: Set(Stage::Receiving.as_str().to_owned()),
            skip_bad: Set(false),
            done: Set(0),
            total: Set(0),
            report: Set(None),
        };
        upload::Entity::insert(row).exec_without_returning(&self.pen).await?;
        Ok(id)
    }

    /// Take in the next piece of a file: [`PART`] bytes, or fewer at its end.
    pub async fn put_part(&self, id: Uuid, place: i16, part: i64, content: Vec<u8>) -> Result<(), Error> {
        let at = format!("{id}/{place}/{part}");
        let content = self.keys.seal(&self.pen, id, Place { row: &at, ..PART_CONTENT }, &content).await?;
        let row = upload_part::ActiveModel {
            authority_id: Set(self.authority),
            upload_id: Set(id),
            place: Set(place),
            part: Set(part),
            content: Set(content),
        };
        upload_part::Entity::insert(row).exec_without_returning(&self.pen).await?;
        Ok(())
    }

    /// A file has come in whole.
    pub async fn put_file(&self, id: Uuid, file: &UploadedFile) -> Result<(), Error> {
        let at = format!("{id}/{}", file.place);
        let name = self.keys.seal(&self.pen, id, Place { row: &at, ..FILE_NAME }, file.name.as_bytes()).await?;
        let row = upload_file::ActiveModel {
            authority_id: Set(self.authority),
            upload_id: Set(id),
            place: Set(file.place),
            name: Set(name),
            size: Set(file.size as i64),
        };
        upload_file::Entity::insert(row).exec_without_returning(&self.pen).await?;
        Ok(())
    }

    /// One piece of a file; empty if there is none.
    pub async fn part(&self, id: Uuid, place: i16, part: i64) -> Result<Vec<u8>, Error> {
        let found = upload_part::Entity::find_by_id((self.authority, id, place, part)).one(&self.db).await?;
        let Some(row) = found else { return Ok(Vec::new()) };
        let at = format!("{id}/{place}/{part}");
        self.opened(id, Place { row: &at, ..PART_CONTENT }, &row.content).await
    }

    /// The uploads of an account, newest first.
    pub async fn uploads(&self, account: AccountId) -> Result<Vec<Upload>, Error> {
        self.uploads_where(upload::Column::AccountId.eq(account.0)).await
    }

    /// An upload of this account. Another's is as if it were not there.
    pub async fn upload(&self, id: Uuid, account: AccountId) -> Result<Option<Upload>, Error> {
        let mine = upload::Column::UploadId.eq(id).and(upload::Column::AccountId.eq(account.0));
        Ok(self.uploads_where(mine).await?.pop())
    }

    /// Uploads that somebody should be at work on: after a restart nobody is.
    pub async fn interrupted_uploads(&self) -> Result<Vec<Upload>, Error> {
        let busy = Stage::ALL.into_iter().filter(|stage| stage.is_busy()).map(Stage::as_str);
        self.uploads_where(upload::Column::Stage.is_in(busy)).await
    }

    async fn uploads_where(&self, which: Expr) -> Result<Vec<Upload>, Error> {
        use upload::Column;
        type Line = (Uuid, Uuid, i64, String, bool, i64, i64);
        let lines = upload::Entity::find()
            .select_only()
            .columns([
                Column::UploadId,
                Column::AccountId,
                Column::UploadedAt,
                Column::Stage,
                Column::SkipBad,
                Column::Done,
                Column::Total,
            ])
            .filter(Column::AuthorityId.eq(self.authority))
            .filter(which)
            .order_by_desc(Column::UploadedAt)
            .into_tuple::<Line>()
            .all(&self.db)
            .await?;
        let mut files: BTreeMap<Uuid, Vec<UploadedFile>> = BTreeMap::new();
        let rows = upload_file::Entity::find()
            .filter(upload_file::Column::AuthorityId.eq(self.authority))
            .filter(upload_file::Column::UploadId.is_in(lines.iter().map(|line| line.0)))
            .order_by_asc(upload_file::Column::Place);
        for row in rows.all(&self.db).await? {
            let at = format!("{}/{}", row.upload_id, row.place);
            let name = self.opened(row.upload_id, Place { row: &at, ..FILE_NAME }, &row.name).await?;
            let name = String::from_utf8_lossy(&name).into_owned();
            let file = UploadedFile { place: row.place, name, size: row.size as u64 };
            files.entry(row.upload_id).or_default().push(file);
        }
        let upload = |(id, account, at, stage, skip_bad, done, total): Line| {
            let broken = |what: &str| Error::Broken(format!("upload {id}: {what}"));
            let known = Stage::ALL.into_iter().find(|known| known.as_str() == stage);
            Ok(Upload {
                id,
                account: AccountId(account),
                at: Timestamp::from_microsecond(at).map_err(|_| broken("the time"))?,
                stage: known.ok_or_else(|| broken("the stage"))?,
                skip_bad,
                done: done as u64,
                total: total as u64,
                files: files.remove(&id).unwrap_or_default(),
            })
        };
        lines.into_iter().map(upload).collect()
    }

    /// What was found in an upload, as it was noted.
    pub async fn report(&self, id: Uuid) -> Result<Option<String>, Error> {
        let found = upload::Entity::find_by_id((self.authority, id)).one(&self.db).await?;
        let Some(sealed) = found.and_then(|row| row.report) else { return Ok(None) };
        let report = self.opened(id, Place { row: &id.to_string(), ..REPORT }, &sealed).await?;
        Ok(Some(String::from_utf8_lossy(&report).into_owned()))
    }

    /// Open what is sealed under the key of an upload.
    async fn opened(&self, id: Uuid, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(self.keys.open_one(&self.db, id, place, sealed).await?.unwrap_or_default())
    }

    /// Move an upload on from a stage. False: it was not there any more, so somebody else has moved it.
    pub async fn move_upload(&self, id: Uuid, from: Stage, to: Stage) -> Result<bool, Error> {
        let moved = self
            .change_upload(id)
            .col_expr(upload::Column::Stage, Expr::value(to.as_str()))
            .col_expr(upload::Column::Done, Expr::value(0_i64))
            .col_expr(upload::Column::Total, Expr::value(0_i64))
            .filter(upload::Column::Stage.eq(from.as_str()));
        Ok(moved.exec(&self.pen).await?.rows_affected == 1)
    }

    /// Note whether bad rows are to be left out of an upload that has been read.
    pub async fn choose_skip_bad(&self, id: Uuid, skip_bad: bool) -> Result<(), Error> {
        let chosen = self
            .change_upload(id)
            .col_expr(upload::Column::SkipBad, Expr::value(skip_bad))
            .filter(upload::Column::Stage.eq(Stage::Read.as_str()));
        chosen.exec(&self.pen).await?;
        Ok(())
    }

    /// Note how far the work on an upload is.
    pub async fn note_progress(&self, id: Uuid, done: u64, total: u64) -> Result<(), Error> {
        let noted = self
            .change_upload(id)
            .col_expr(upload::Column::Done, Expr::value(done as i64))
            .col_expr(upload::Column::Total, Expr::value(total as i64));
        noted.exec(&self.pen).await?;
        Ok(())
    }

    /// Note what was found in an upload.
    pub async fn note_report(&self, id: Uuid, report: String) -> Result<(), Error> {
        let place = Place { row: &id.to_string(), ..REPORT };
        let report = self.keys.seal(&self.pen, id, place, report.as_bytes()).await?;
        self.change_upload(id).col_expr(upload::Column::Report, Expr::value(report)).exec(&self.pen).await?;
        Ok(())
    }

    fn change_upload(&self, id: Uuid) -> sea_orm::UpdateMany<upload::Entity> {
        upload::Entity::update_many()
            .filter(upload::Column::AuthorityId.eq(self.authority))
            .filter(upload::Column::UploadId.eq(id))
    }

    /// Forget the content of an upload's files: what was found in them stays.
    pub async fn forget_content(&self, id: Uuid) -> Result<(), Error> {
        let parts = upload_part::Entity::delete_many()
            .filter(upload_part::Column::AuthorityId.eq(self.authority))
            .filter(upload_part::Column::UploadId.eq(id));
        parts.exec(&self.pen).await?;
        Ok(())
    }

    /// Forget an upload with all its files.
    pub async fn forget_upload(&self, id: Uuid) -> Result<(), Error> {
        self.forget_content(id).await?;
        let txn = self.pen.begin().await?;
        let files = upload_file::Entity::delete_many()
            .filter(upload_file::Column::AuthorityId.eq(self.authority))
            .filter(upload_file::Column::UploadId.eq(id));
        files.exec(&txn).await?;
        upload::Entity::delete_by_id((self.authority, id)).exec(&txn).await?;
        self.keys.forget(&txn, id).await?;
        txn.commit().await?;
        Ok(())
    }

    /// Forget every upload from before a moment that nobody is at work on.
    pub async fn forget_uploads(&self, before: Timestamp) -> Result<(), Error> {
        let old = self.uploads_where(upload::Column::UploadedAt.lt(before.as_microsecond())).await?;
        for upload in old.iter().filter(|upload| !upload.stage.is_busy()) {
            self.forget_upload(upload.id).await?;
        }
        Ok(())
    }
}
