//! Findings, as far as the reader may see them: inspectors all, whoever one is about from when they
//! are asked.

use super::{Page, Paged, Reader};
use crate::{Error, Recorded, table::view::finding};
use domain::{
    context::CHINA,
    decide::Case,
    finding::{Finding, Level, Place, Stage},
    id::{FindingId, PersonId},
};
use jiff::civil::Date;
use policy::Reading;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::Expr,
};
use std::{collections::BTreeSet, ops::RangeInclusive, sync::Arc};
use uuid::Uuid;

/// A finding in a list.
pub type FindingLine = finding::Model;

/// Which findings are asked for; what is empty asks for all.
#[derive(Clone, Debug, Default)]
pub struct FindingFilter {
    /// Of this detector.
    pub detector: Option<String>,
    /// At one of these stages on this day: what rested comes back to the open ones when its day has come.
    pub stages: Vec<Stage>,
    /// See `stages`.
    pub today: Date,
    /// Of this level.
    pub level: Option<Level>,
    /// Raised on one of these days.
    pub raised: Option<RangeInclusive<Date>>,
    /// Of people of this unit.
    pub unit: Option<Uuid>,
    /// Held by this inspector.
    pub assigned: Option<PersonId>,
    /// About this person.
    pub subject: Option<PersonId>,
}

impl Reader<'_> {
    /// Findings, the gravest first, of those the newest.
    pub async fn findings(&self, filter: &FindingFilter, page: Page) -> Result<Paged<FindingLine>, Error> {
        use finding::Column;
        let find = self.sought(filter).await?;
        let total = find.clone().count(&self.store.db).await?;
        let gravest = Expr::case(Column::Level.eq("rule"), 0).case(Column::Level.eq("alert"), 1).finally(2);
        let find =
            find.order_by_asc(Expr::expr(gravest)).order_by_desc(Column::RaisedAt).order_by_desc(Column::FindingId);
        Ok(Paged { rows: find.offset(page.offset()).limit(page.size).all(&self.store.db).await?, total })
    }

    /// How many there are.
    pub async fn count_findings(&self, filter: &FindingFilter) -> Result<u64, Error> {
        Ok(self.sought(filter).await?.count(&self.store.db).await?)
    }

    async fn sought(&self, filter: &FindingFilter) -> Result<Select<finding::Entity>, Error> {
        use finding::Column;
        let mut find = finding::Entity::find()
            .filter(Column::AuthorityId.eq(self.store.authority))
            .filter(self.findings_seen().await?);
        if let Some(detector) = &filter.detector {
            find = find.filter(Column::Detector.eq(detector));
        }
        if !filter.stages.is_empty() {
            let today = filter.today.to_string();
            let (rests, others): (Vec<Stage>, Vec<Stage>) =
                filter.stages.iter().partition(|stage| **stage == Stage::Silenced);
            let mut any = Condition::any().add(Column::Stage.is_in(others.iter().map(|stage| stage.as_str())));
            if !rests.is_empty() {
                any = any.add(Column::SilencedUntil.gt(today.as_str()));
            }
            if others.contains(&Stage::Raised) {
                any = any.add(Column::SilencedUntil.lte(today.as_str()));
            }
            find = find.filter(any);
        }
        if let Some(level) = filter.level {
            find = find.filter(Column::Level.eq(level.as_str()));
        }
        if let Some(raised) = &filter.raised {
            let micros = |day: Date| CHINA.to_timestamp(day.at(0, 0, 0, 0)).map_or(i64::MAX, |at| at.as_microsecond());
            find = find.filter(Column::RaisedAt.gte(micros(*raised.start())));
            find = find.filter(Column::RaisedAt.lt(raised.end().tomorrow().map_or(i64::MAX, micros)));
        }
        if let Some(unit) = filter.unit {
            find = find.filter(Column::UnitId.eq(unit));
        }
        if let Some(PersonId(assigned)) = filter.assigned {
            find = find.filter(Column::AssignedId.eq(assigned));
        }
        if let Some(PersonId(subject)) = filter.subject {
            find = find.filter(Column::SubjectId.eq(subject));
        }
        Ok(find)
    }

    /// What some detectors found up to now and what came of it, the newest first, `most` at most. None is about the actor, not
    /// even where they were asked, nor about anybody they are tied to.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] for whoever is no inspector.
    pub async fn past_findings(&self, detectors: &[&str], most: u64) -> Result<Vec<FindingLine>, Error> {
        use finding::Column;
        self.require(Reading::Finding)?;
        let mut find = finding::Entity::find()
            .filter(Column::AuthorityId.eq(self.store.authority))
            .filter(Column::Detector.is_in(detectors.iter().copied()))
            .filter(self.findings_seen().await?);
        if let Some(PersonId(own)) = self.actor.person() {
            find = find.filter(Column::SubjectId.ne(own));
        }
        let find = find.order_by_desc(Column::RaisedAt).order_by_desc(Column::FindingId);
        Ok(find.limit(most).all(&self.store.db).await?)
    }

    /// A finding and its record, oldest first.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] if nothing but a tie to whom it is about keeps it from the actor.
    pub async fn finding(&self, id: FindingId) -> Result<Option<(Finding, Arc<Vec<Recorded>>)>, Error> {
        let loader = self.store.loader(&self.store.db);
        let Some(finding) = loader.finding(id).await? else { return Ok(None) };
        let mut case = Case { finding: Some(finding), ..Case::default() };
        if !self.opens(Reading::Finding, &mut case).await? {
            return Ok(None);
        }
        let record = loader.record(id.into()).await?;
        Ok(case.finding.map(|finding| (finding, record)))
    }

    /// Whether the actor is the inspector who has taken a finding that rests on a row, and it is open.
    pub(super) async fn has_taken(&self, id: FindingId, place: Place) -> Result<bool, Error> {
        let Some((finding, _)) = self.finding(id).await? else { return Ok(false) };
        let holder = finding.assigned.map(|(holder, _)| holder);
        let open = finding.stage() != Stage::Closed;
        let told = finding.raised.told.is_some_and(|told| told.places.contains(&place));
        Ok(open && told && self.may_read(Reading::Finding) && holder.is_some() && holder == self.actor.person())
    }

    /// Who can be handed a finding.
    pub async fn inspectors(&self) -> Result<BTreeSet<PersonId>, Error> {
        self.store.loader(&self.store.db).inspectors().await
    }
}
