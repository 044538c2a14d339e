//! What opening a cycle would lead to, for whoever may open one; and the rules on record.

use super::Reader;
use crate::{Error, Recorded, Store};
use domain::{
    act::Act,
    cycle::{self, CycleDraft, Preview},
    event::{Stream, StreamKind},
};
use jiff::civil::Date;
use std::sync::Arc;
use uuid::Uuid;

impl Reader<'_> {
    /// Look at a cycle before it is opened; none for those who may not open one.
    pub async fn preview(&self, draft: &CycleDraft, today: Date) -> Result<Option<Preview>, Error> {
        let act = Act::OpenCycle { cycle: draft.clone() };
        let case = domain::decide::Case::default();
        if self.store.policies.permit(self.actor, &act, &case).is_err() {
            return Ok(None);
        }
        let office = self.store.loader(&self.store.db).office(&act).await?;
        let ties = self.store.ties(today).await?;
        Ok(Some(cycle::preview(&self.store.rules, draft, &office, Some(&ties))))
    }
}

impl Store {
    /// Every version of the rules that went on record, the oldest first: open to everyone.
    pub async fn rules_on_record(&self) -> Result<Vec<Recorded>, Error> {
        self.loader(&self.db)
            .record(Stream { kind: StreamKind::Rules, id: Uuid::nil() })
            .await
            .map(Arc::unwrap_or_clone)
    }
}
