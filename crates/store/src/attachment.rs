//! Files by their content, as acts name them. Whoever hands one in may name it for a day; once an act has, it is kept for
//! good. A digest alone opens nothing: it stands in the record for many to read, so only who sent the content may name
//! it, and it is read through what names it.

use crate::{
    Error, Store,
    append::lock_head,
    keyring::Keyring,
    load::Loader,
    seal::Place,
    table::{truth::*, view::citation},
};
use domain::{id::AccountId, progress::Attachment};
use jiff::Timestamp;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
    sea_query::{Expr, OnConflict},
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A file that somebody hands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// Its name.
    pub name: String,
    /// The media type, as told from the content.
    pub media: String,
    /// All of it.
    pub content: Vec<u8>,
}

/// Whose key seals a file: its own, so that it goes with whoever it tells of unless somebody else named it too.
pub(crate) fn subject(keys: &Keyring, digest: &str) -> Uuid {
    keys.index().id("attachment", digest)
}

/// Where the content of a file lies.
fn content_of(digest: &str) -> Place<'_> {
    Place { table: "attachment", column: "content", row: digest }
}

/// Where the name that an account gave a file lies.
fn name_of(row: &str) -> Place<'_> {
    Place { table: "handed_in", column: "name", row }
}

/// The content of a file that is kept, as it was handed in.
pub(crate) enum Content {
    /// It is the one that its digest names.
    Whole(Vec<u8>),
    /// It was changed.
    Changed,
    /// It was erased.
    Erased,
}

impl Store {
    /// Keep a file by its content; twice is once.
    pub async fn hand_in(&self, by: AccountId, file: Incoming, at: Timestamp) -> Result<Attachment, Error> {
        let Incoming { name, media, content } = file;
        let (digest, size) = (hex::encode(Sha256::digest(&content)), content.len() as u64);
        let mut row = attachment::ActiveModel {
            authority_id: Set(self.authority),
            digest: Set(digest.clone()),
            size: Set(size as i64),
            media: Set(media.clone()),
            stored_at: Set(at.as_microsecond()),
            ..Default::default()
        };
        let mut named = handed_in::ActiveModel {
            authority_id: Set(self.authority),
            account_id: Set(by.0),
            digest: Set(digest.clone()),
            handed_in_at: Set(at.as_microsecond()),
            ..Default::default()
        };
        let (txn, inside) = (self.immediate().await?, self.keys.inside());
        let (subject, whose) = (subject(&inside, &digest), format!("{by}/{digest}"));
        row.content = Set(inside.seal(&txn, subject, content_of(&digest), &content).await?);
        named.name = Set(inside.seal(&txn, subject, name_of(&whose), name.as_bytes()).await?);
        // The same content has the same size and type. Its day begins anew, so that nobody forgets it meanwhile; and it is
        // sealed anew, as the key it was sealed with may have been destroyed.
        let known = OnConflict::columns([attachment::Column::AuthorityId, attachment::Column::Digest])
            .update_columns([attachment::Column::Content, attachment::Column::StoredAt])
            .to_owned();
        attachment::Entity::insert(row).on_conflict(known).exec_without_returning(&txn).await?;
        let again = OnConflict::columns([
            handed_in::Column::AuthorityId,
            handed_in::Column::AccountId,
            handed_in::Column::Digest,
        ])
        .update_columns([handed_in::Column::Name, handed_in::Column::HandedInAt])
        .to_owned();
        handed_in::Entity::insert(named).on_conflict(again).exec_without_returning(&txn).await?;
        txn.commit().await?;
        inside.committed();
        Ok(Attachment { digest, name, size, media })
    }

    /// A file that this account handed in within the day; another's is as if it were not there.
    pub async fn handed_in(&self, by: AccountId, digest: &str) -> Result<Option<Attachment>, Error> {
        self.loader(&self.db).handed_in(by, digest).await
    }

    /// How many files this account handed in within the day.
    pub async fn count_handed_in(&self, by: AccountId) -> Result<u64, Error> {
        let find = handed_in::Entity::find()
            .filter(handed_in::Column::AuthorityId.eq(self.authority))
            .filter(handed_in::Column::AccountId.eq(by.0));
        Ok(find.count(&self.db).await?)
    }

    /// Forget files handed in before a moment that no act has named.
    pub async fn forget_attachments(&self, before: Timestamp) -> Result<(), Error> {
        let before = before.as_microsecond();
        let old = handed_in::Entity::delete_many()
            .filter(handed_in::Column::AuthorityId.eq(self.authority))
            .filter(handed_in::Column::HandedInAt.lt(before));
        old.exec(&self.pen).await?;
        let forgotten = self.unnamed(before);
        let digests =
            attachment::Entity::find().select_only().column(attachment::Column::Digest).filter(forgotten.clone());
        for digest in digests.into_tuple::<String>().all(&self.db).await? {
            // One by one, as acts are: an act that names it comes before, or finds it gone.
            let txn = self.immediate().await?;
            lock_head(&self.loader(&txn)).await?;
            let one = attachment::Entity::delete_many()
                .filter(forgotten.clone())
                .filter(attachment::Column::Digest.eq(&digest));
            // Named meanwhile, it stays, and so does its key.
            if one.exec(&txn).await?.rows_affected > 0 {
                self.keys.forget(&txn, subject(&self.keys, &digest)).await?;
            }
            txn.commit().await?;
        }
        Ok(())
    }

    /// What is true of a file that nobody has named, nor may name any more.
    fn unnamed(&self, before: i64) -> Expr {
        let named = citation::Entity::find()
            .select_only()
            .column(citation::Column::Digest)
            .filter(citation::Column::AuthorityId.eq(self.authority))
            .into_query();
        let waiting = handed_in::Entity::find()
            .select_only()
            .column(handed_in::Column::Digest)
            .filter(handed_in::Column::AuthorityId.eq(self.authority))
            .into_query();
        attachment::Column::AuthorityId
            .eq(self.authority)
            .and(attachment::Column::StoredAt.lt(before))
            .and(attachment::Column::Digest.not_in_subquery(named))
            .and(attachment::Column::Digest.not_in_subquery(waiting))
    }

    /// A transaction that writes from its beginning.
    pub(crate) async fn immediate(&self) -> Result<sea_orm::DatabaseTransaction, Error> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.pen.begin_with_options(options).await?)
    }
}

impl<C: sea_orm::ConnectionTrait> Loader<'_, C> {
    /// A file that this account handed in, under the name it was handed in with.
    pub(crate) async fn handed_in(&self, by: AccountId, digest: &str) -> Result<Option<Attachment>, Error> {
        let key = (self.authority, by.0, digest.to_owned());
        let Some(named) = handed_in::Entity::find_by_id(key).one(self.db).await? else { return Ok(None) };
        let kept = attachment::Entity::find()
            .select_only()
            .columns([attachment::Column::Size, attachment::Column::Media])
            .filter(attachment::Column::AuthorityId.eq(self.authority))
            .filter(attachment::Column::Digest.eq(digest))
            .into_tuple::<(i64, String)>()
            .one(self.db)
            .await?;
        let whose = format!("{by}/{digest}");
        let name = self.keys.open_one(self.db, subject(self.keys, digest), name_of(&whose), &named.name).await?;
        let (Some((size, media)), Some(name)) = (kept, name) else { return Ok(None) };
        let name = String::from_utf8_lossy(&name).into_owned();
        Ok(Some(Attachment { digest: named.digest, name, size: size as u64, media }))
    }

    /// Open the content of a file and hold it to its digest.
    pub(crate) async fn content(&self, kept: &attachment::Model) -> Result<Content, Error> {
        let subject = subject(self.keys, &kept.digest);
        Ok(match self.keys.open_one(self.db, subject, content_of(&kept.digest), &kept.content).await {
            Ok(Some(content)) if hex::encode(Sha256::digest(&content)) == kept.digest => Content::Whole(content),
            Ok(None) => Content::Erased,
            Ok(Some(_)) | Err(Error::Broken(_)) => Content::Changed,
            Err(error) => return Err(error),
        })
    }
}
