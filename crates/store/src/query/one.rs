//! One aggregate, folded from its record, for whoever may see it. What one may not see is as if it were
//! not there: a guessed id tells nothing.

use super::Reader;
use crate::{Error, Recorded, attachment::Content, table::truth::attachment};
use domain::{
    appraisal::Appraisal, cycle::Cycle, decide::Case, event::Event, id::*, notice::Notice, outcome::Outcome,
    progress::Attachment, slate::Slate,
};
use policy::Reading;
use sea_orm::EntityTrait;
use std::sync::Arc;

impl Reader<'_> {
    pub(super) fn may(&self, reading: Reading, case: &Case) -> bool {
        self.store.policies.may_read(self.actor, reading, case).is_ok()
    }

    /// Whether the actor may read what is about somebody. What one may not see is as if it were not there; but whoever would
    /// see it, were they not tied to whom it is about, is told why they don't: they know each other.
    pub(super) async fn opens(&self, reading: Reading, case: &mut Case) -> Result<bool, Error> {
        if self.actor.person().is_none() {
            return Ok(self.may(reading, case));
        }
        case.ties = Some(self.store.ties_today().await?);
        let asked = self.store.policies.may_read(self.actor, reading, case);
        case.ties = None;
        match asked {
            Ok(()) => Ok(true),
            Err(denied) if self.may(reading, case) => Err(Error::Denied(Box::new(denied))),
            Err(_) => Ok(false),
        }
    }

    /// Whether the actor may read something that is about nobody in particular.
    pub fn may_read(&self, reading: Reading) -> bool {
        self.may(reading, &Case::default())
    }

    /// Refuse whoever may not read something that is about nobody in particular.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`], with who may.
    pub fn require(&self, reading: Reading) -> Result<(), Error> {
        let asked = self.store.policies.may_read(self.actor, reading, &Case::default());
        asked.map_err(|denied| Error::Denied(Box::new(denied)))
    }

    /// An appraisal and its cycle.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] if nothing but a tie to the person appraised keeps it from the actor.
    pub async fn appraisal(&self, id: AppraisalId) -> Result<Option<(Arc<Cycle>, Appraisal)>, Error> {
        let loader = self.store.loader(&self.store.db);
        let Some(appraisal) = loader.appraisal(id).await? else { return Ok(None) };
        let mut case = Case { appraisal: Some(appraisal), ..Case::default() };
        if !self.opens(Reading::Appraisal, &mut case).await? {
            return Ok(None);
        }
        let Some(appraisal) = case.appraisal else { return Ok(None) };
        Ok(loader.cycle(appraisal.opened.cycle).await?.map(|cycle| (cycle, appraisal)))
    }

    /// A file that an appraisal's record names, and its content; under the name it was given last.
    pub async fn attachment(&self, id: AppraisalId, digest: &str) -> Result<Option<(Attachment, Vec<u8>)>, Error> {
        let Some((_, sheet)) = self.appraisal(id).await? else { return Ok(None) };
        let mut named = sheet.progress.iter().rev().flat_map(|report| &report.reported.attachments);
        let Some(file) = named.find(|file| file.digest == digest) else { return Ok(None) };
        let key = (self.store.authority, digest.to_owned());
        let kept = attachment::Entity::find_by_id(key).one(&self.store.db).await?;
        let Some(kept) = kept else { return Ok(None) };
        match self.store.loader(&self.store.db).content(&kept).await? {
            Content::Whole(content) => Ok(Some((file.clone(), content))),
            Content::Erased => Ok(None),
            // What was put in the place of a file is not handed out as the file.
            Content::Changed => Err(Error::Broken(format!("the content of the attachment {digest} was changed"))),
        }
    }

    /// The trail of an appraisal: every entry, oldest first.
    pub async fn trail(&self, id: AppraisalId) -> Result<Option<Vec<Recorded>>, Error> {
        if self.appraisal(id).await?.is_none() {
            return Ok(None);
        }
        self.store.loader(&self.store.db).record(id.into()).await.map(Arc::unwrap_or_clone).map(Some)
    }

    /// The proposals of an appraisal's grade on its slate, oldest first; none for whoever may not see the slate.
    pub async fn proposals(&self, sheet: &Appraisal) -> Result<Vec<Recorded>, Error> {
        let found = self.store.slate_of(sheet.opened.cycle, sheet.opened.unit).await?;
        let Some(id) = found.map(SlateId) else { return Ok(Vec::new()) };
        if self.slate(id).await?.is_none() {
            return Ok(Vec::new());
        }
        let mut record = Arc::unwrap_or_clone(self.store.loader(&self.store.db).record(id.into()).await?);
        record.retain(
            |recorded| matches!(recorded.event, Event::GradeProposed { appraisal, .. } if appraisal == sheet.opened.id),
        );
        Ok(record)
    }

    /// A slate and its cycle.
    pub async fn slate(&self, id: SlateId) -> Result<Option<(Arc<Cycle>, Slate)>, Error> {
        let loader = self.store.loader(&self.store.db);
        let Some(slate) = loader.slate(id).await? else { return Ok(None) };
        let case = Case { slate: Some(slate.clone()), ..Case::default() };
        if !self.may(Reading::Slate, &case) {
            return Ok(None);
        }
        Ok(loader.cycle(slate.opened.cycle).await?.map(|cycle| (cycle, slate)))
    }

    /// A notice and its cycle.
    pub async fn notice(&self, id: NoticeId) -> Result<Option<(Arc<Cycle>, Notice)>, Error> {
        let loader = self.store.loader(&self.store.db);
        let Some(notice) = loader.notice(id).await? else { return Ok(None) };
        let slate = loader.slate(notice.posted.slate).await?;
        let case = Case { notice: Some(notice.clone()), slate, ..Case::default() };
        if !self.may(Reading::Notice, &case) {
            return Ok(None);
        }
        Ok(loader.cycle(notice.posted.cycle).await?.map(|cycle| (cycle, notice)))
    }

    /// An outcome.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] if nothing but a tie to whom it is about keeps it from the actor.
    pub async fn outcome(&self, id: OutcomeId) -> Result<Option<Outcome>, Error> {
        let loader = self.store.loader(&self.store.db);
        let Some(outcome) = loader.outcome(id).await? else { return Ok(None) };
        let appraisal = loader.appraisal(outcome.recommended.appraisal).await?;
        let mut case = Case { outcome: Some(outcome.clone()), appraisal, ..Case::default() };
        Ok(self.opens(Reading::Outcome, &mut case).await?.then_some(outcome))
    }
}
