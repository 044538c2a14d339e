//! Batches.

use super::Reader;
use crate::Error;
use domain::{actor::Stamp, event::Event, id::BatchId, import::Batch};
use policy::Reading;

/// A batch as its entry in the record tells it.
#[derive(Clone, Debug)]
pub struct BatchEntry {
    /// The place of the entry in the record.
    pub seq: u64,
    /// When and by whom it was imported.
    pub stamp: Stamp,
    /// The batch.
    pub batch: Batch,
    /// Whether the reader may see its rows, and what was wrong with those left out.
    pub readable: bool,
}

impl Reader<'_> {
    /// A batch. That there is one may be known of registers of private ties too; their rows are for inspectors.
    pub async fn batch(&self, id: BatchId) -> Result<Option<BatchEntry>, Error> {
        if !self.may_read(Reading::Batches) {
            return Ok(None);
        }
        let Some(entry) = self.store.loader(&self.store.db).record(id.into()).await?.pop() else { return Ok(None) };
        let Event::BatchImported(batch) = entry.event else { return Ok(None) };
        let readable = !batch.kind.is_register() || self.may_read(Reading::Registers);
        Ok(Some(BatchEntry { seq: entry.seq, stamp: entry.stamp, batch, readable }))
    }
}
