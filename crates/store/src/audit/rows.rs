//! Rows of source data against the digest of their batch, and files against theirs: both digests stand in the record.

use super::{Kind, Report};
use crate::{
    Error,
    attachment::Content,
    keyring::Keyring,
    load::Loader,
    record::{Recorded, Words},
    source::{self, CHUNK, Columns, RowsDigest},
    table::truth::{attachment, batch_row, entry, laid_batch},
};
use domain::{
    batch::Row,
    event::{Event, StreamKind},
    import::Batch,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

/// What these entries stand for: rows of source data, and files.
pub(super) async fn audit<C: ConnectionTrait>(
    loader: &Loader<'_, C>,
    record: &[Recorded],
    report: &mut Report,
) -> Result<(), Error> {
    audit_batches(loader, record, report).await?;
    audit_files(loader, record, report).await
}

/// The files that these entries name, one at a time.
async fn audit_files<C: ConnectionTrait>(
    loader: &Loader<'_, C>,
    record: &[Recorded],
    report: &mut Report,
) -> Result<(), Error> {
    for recorded in record {
        let Event::ProgressReported(reported) = &recorded.event else { continue };
        for file in &reported.attachments {
            report.rows += 1;
            let key = (loader.authority, file.digest.clone());
            let kind = match attachment::Entity::find_by_id(key).one(loader.db).await? {
                None => Kind::Missing,
                Some(kept) if kept.size != file.size as i64 || kept.media != file.media => Kind::Changed,
                Some(kept) => match loader.content(&kept).await? {
                    Content::Changed => Kind::Changed,
                    Content::Whole(_) | Content::Erased => continue,
                },
            };
            report.differ("attachment", file.digest.clone(), kind, Some(recorded.seq));
        }
    }
    Ok(())
}

/// The rows of the batches that these entries put on record. A digest says that rows differ, not which: the batch is named.
async fn audit_batches<C: ConnectionTrait>(
    loader: &Loader<'_, C>,
    record: &[Recorded],
    report: &mut Report,
) -> Result<(), Error> {
    for recorded in record {
        let Event::BatchImported(batch) = &recorded.event else { continue };
        let (mut digest, mut count, mut fit, mut last) = (RowsDigest::default(), 0, true, None);
        loop {
            let rows = rows_after(loader, batch, last).await?;
            let Some(row) = rows.last() else { break };
            last = Some(row.row_number);
            count += rows.len() as u64;
            let keys = loader.keys.opening(loader.db, rows.iter().filter_map(source::key_of)).await?;
            for row in &rows {
                digest.add(&row.commitment);
                fit &= row.kind == batch.kind.as_str()
                    && match source::words(row, loader.keys, &keys) {
                        Ok(Some(words)) => as_laid(loader.keys, batch, row, &words),
                        // Of what was erased the commitment is left.
                        Ok(None) => true,
                        Err(_) => false,
                    };
            }
        }
        report.rows += count;
        let kind = match count.cmp(&batch.rows.into()) {
            std::cmp::Ordering::Less => Kind::Missing,
            std::cmp::Ordering::Greater => Kind::Extra,
            std::cmp::Ordering::Equal if fit && digest.finish() == batch.rows_digest => continue,
            std::cmp::Ordering::Equal => Kind::Changed,
        };
        report.differ("batch_row", batch.id.to_string(), kind, Some(recorded.seq));
    }
    Ok(())
}

/// Every row under the batch's id, whatever its number: those that importing would not have made too.
async fn rows_after<C: ConnectionTrait>(
    loader: &Loader<'_, C>,
    batch: &Batch,
    last: Option<i64>,
) -> Result<Vec<batch_row::Model>, Error> {
    use batch_row::Column;
    let mut find = batch_row::Entity::find()
        .filter(Column::AuthorityId.eq(loader.authority))
        .filter(Column::BatchId.eq(batch.id.0));
    if let Some(last) = last {
        find = find.filter(Column::RowNumber.gt(last));
    }
    Ok(find.order_by_asc(Column::RowNumber).limit(CHUNK as u64).all(loader.db).await?)
}

/// The commitment fixes what the row says, and the columns say the same.
fn as_laid(keys: &Keyring, batch: &Batch, row: &batch_row::Model, words: &Words) -> bool {
    let Ok(read) = serde_json::from_slice::<Row>(&words.text) else { return false };
    let Columns { row_key, person, day, named } = source::columns(keys, batch.kind, &read);
    words.commitment().as_slice() == row.commitment
        && i64::from(read.number) == row.row_number
        && (row_key, person, day, named)
            == (row.row_key.clone(), row.person.clone(), row.day.clone(), row.named.clone())
}

/// Rows under a batch that is neither on record nor on its way.
pub(super) async fn audit_strays<C: ConnectionTrait>(loader: &Loader<'_, C>, report: &mut Report) -> Result<(), Error> {
    use batch_row::Column::{AuthorityId, BatchId};
    let batch = || Expr::col((batch_row::Entity, BatchId));
    let told = Query::select()
        .expr(Expr::val(1))
        .from(entry::Entity)
        .and_where(entry::Column::AuthorityId.eq(loader.authority))
        .and_where(Expr::col((entry::Entity, entry::Column::StreamId)).eq(batch()))
        .and_where(entry::Column::StreamKind.eq(StreamKind::Batch.as_str()))
        .to_owned();
    let laid = Query::select()
        .expr(Expr::val(1))
        .from(laid_batch::Entity)
        .and_where(laid_batch::Column::AuthorityId.eq(loader.authority))
        .and_where(Expr::col((laid_batch::Entity, laid_batch::Column::BatchId)).eq(batch()))
        .to_owned();
    let strays = batch_row::Entity::find()
        .select_only()
        .column(BatchId)
        .distinct()
        .filter(AuthorityId.eq(loader.authority))
        .filter(Expr::exists(told).not())
        .filter(Expr::exists(laid).not());
    for stray in strays.into_tuple::<Uuid>().all(loader.db).await? {
        report.differ("batch_row", stray.to_string(), Kind::Extra, None);
    }
    Ok(())
}
