//! Files by their content, as acts name them. Whoever hands one in may name it for a day; once an act has, it is kept for
//! good. A digest alone opens nothing: it stands in the record for many to read, so only who sent the content may name
//! it, and it is read through what names it.

use crate::{
    Error, Store,
    append::lock_head,
    load::Loader,
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

/// Whether a file's content is still the one that its digest names.
pub(crate) fn is_what_was_handed_in(kept: &attachment::Model) -> bool {
    hex::encode(Sha256::digest(&kept.content)) == kept.digest
}

impl Store {
    /// Keep a file by its content; twice is once.
    pub async fn hand_in(&self, by: AccountId, file: Incoming, at: Timestamp) -> Result<Attachment, Error> {
        let Incoming { name, media, content } = file;
        let (digest, size) = (hex::encode(Sha256::digest(&content)), content.len() as u64);
        let row = attachment::ActiveModel {
            authority_id: Set(self.authority),
            digest: Set(digest.clone()),
            size: Set(size as i64),
            media: Set(media.clone()),
            content: Set(content),
            stored_at: Set(at.as_microsecond()),
        };
        let named = handed_in::ActiveModel {
            authority_id: Set(self.authority),
            account_id: Set(by.0),
            digest: Set(digest.clone()),
            name: Set(name.clone()),
            handed_in_at: Set(at.as_microsecond()),
        };
        let txn = self.immediate().await?;
        // The same content has the same size and type. Its day begins anew, so that nobody forgets it meanwhile.
        let known = OnConflict::columns([attachment::Column::AuthorityId, attachment::Column::Digest])
            .update_column(attachment::Column::StoredAt)
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
        old.exec(&self.db).await?;
        let forgotten = self.unnamed(before);
        let digests =
            attachment::Entity::find().select_only().column(attachment::Column::Digest).filter(forgotten.clone());
        for digest in digests.into_tuple::<String>().all(&self.db).await? {
            // One by one, as acts are: an act that names it comes before, or finds it gone.
            let txn = self.immediate().await?;
            lock_head(&self.loader(&txn)).await?;
            let one = attachment::Entity::delete_many()
                .filter(forgotten.clone())
                .filter(attachment::Column::Digest.eq(digest));
            one.exec(&txn).await?;
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
    async fn immediate(&self) -> Result<sea_orm::DatabaseTransaction, Error> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.db.begin_with_options(options).await?)
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
        Ok(kept.map(|(size, media)| Attachment { digest: named.digest, name: named.name, size: size as u64, media }))
    }
}
