//! Who takes part in a cycle and how far each is, as far as the reader may see.

use super::{Page, Paged, Reader};
use crate::{Error, table::view::*};
use domain::{
    appraisal::Stage,
    id::{CycleId, UnitId},
};
use policy::Reading;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
    sea_query::{Expr, LikeExpr},
};
use uuid::Uuid;

/// A participant in a list.
pub type Participant = appraisal::Model;

/// What a list of participants is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowing {
    /// Part of a name or of an employee number; empty for everyone.
    pub words: String,
    /// One unit, or one section.
    pub unit: Option<UnitId>,
    /// One stage.
    pub stage: Option<Stage>,
    /// What HR looks for.
    pub only: Option<Only>,
}

/// What HR looks for among participants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Only {
    /// Has not proposed goals.
    Goalless,
    /// Gets no grade.
    Ungraded,
    /// Has no assessor.
    Unassessed,
    /// Scores are missing.
    Missing,
    /// Scores that are void: unconfirmed, denied or returned.
    Void,
    /// HR has not reviewed the scores.
    Unreviewed,
    /// Appeals are open.
    Appeals,
    /// Graded and not signed, or not graded yet.
    Unsigned,
}

impl Only {
    /// All of them.
    pub const ALL: [Only; 8] = [
        Only::Goalless,
        Only::Unassessed,
        Only::Missing,
        Only::Void,
        Only::Unreviewed,
        Only::Appeals,
        Only::Unsigned,
        Only::Ungraded,
    ];

    /// The word in addresses and locales.
    pub fn as_str(self) -> &'static str {
        match self {
            Only::Goalless => "goalless",
            Only::Ungraded => "ungraded",
            Only::Unassessed => "unassessed",
            Only::Missing => "missing",
            Only::Void => "void",
            Only::Unreviewed => "unreviewed",
            Only::Appeals => "appeals",
            Only::Unsigned => "unsigned",
        }
    }

    fn condition(self) -> Condition {
        use appraisal::Column;
        let graded = || Condition::all().add(Column::Ungraded.is_null());
        match self {
            Only::Goalless => graded().add(Column::GoalVersion.eq(0)),
            Only::Ungraded => Condition::all().add(Column::Ungraded.is_not_null()),
            Only::Unassessed => {
                let assessed = duty::Entity::find()
                    .select_only()
                    .column(duty::Column::AppraisalId)
                    .filter(duty::Column::Duty.eq("assess"))
                    .into_query();
                graded().add(Column::AppraisalId.not_in_subquery(assessed))
            }
            Only::Missing => graded().add(Column::MissingScores.gt(0)),
            Only::Void => graded().add(Column::VoidScores.gt(0)),
            Only::Unreviewed => {
                let before = [Stage::Goals, Stage::Working, Stage::Scoring].map(Stage::as_str);
                graded().add(Column::Stage.is_in(before))
            }
            Only::Appeals => Condition::all().add(Column::OpenAppeals.gt(0)),
            Only::Unsigned => graded().add(Column::Stage.ne(Stage::Signed.as_str())),
        }
    }
}

/// How many of a unit are at a stage.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct UnitStage {
    /// The unit.
    pub unit_id: Uuid,
    /// The stage's name.
    pub stage: String,
    /// How many.
    pub count: i64,
    /// Of these, how many have not proposed goals.
    pub goalless: i64,
    /// Of these, how many have no assessor.
    pub unassessed: i64,
    /// Of these, how many lack scores.
    pub missing: i64,
    /// Of these, how many have void scores.
    pub void: i64,
    /// Of these, how many have an open appeal.
    pub appeals: i64,
    /// Of these, how many are not graded.
    pub ungraded: i64,
}

impl Reader<'_> {
    /// A page of the participants of a cycle: all for the authority's HR and inspectors, a unit's for its HR, those
    /// one has a duty for, and oneself.
    pub async fn participants(
        &self,
        cycle: CycleId,
        only: &Narrowing,
        page: Page,
    ) -> Result<Paged<Participant>, Error> {
        let find = self.narrowed(cycle, only).await?;
        let total = find.clone().count(&self.store.db).await?;
        let find = find.order_by_asc(appraisal::Column::UnitId).order_by_asc(appraisal::Column::AppraisalId);
        let rows = find.offset(page.offset()).limit(page.size).all(&self.store.db).await?;
        Ok(Paged { rows, total })
    }

    /// The same participants in the order of their ids, `most` of them after one: for lists of any length.
    pub async fn participants_after(
        &self,
        cycle: CycleId,
        only: &Narrowing,
        after: Option<Uuid>,
        most: u64,
    ) -> Result<Vec<Participant>, Error> {
        let mut find = self.narrowed(cycle, only).await?.order_by_asc(appraisal::Column::AppraisalId);
        if let Some(after) = after {
            find = find.filter(appraisal::Column::AppraisalId.gt(after));
        }
        Ok(find.limit(most).all(&self.store.db).await?)
    }

    /// How many of each unit are at each stage: of everyone for those who may read cycles, else of those one sees.
    pub async fn progress(&self, cycle: CycleId) -> Result<Vec<UnitStage>, Error> {
        use appraisal::Column;
        let everyone = self.of_cycle(cycle);
        let seen = match self.may_read(Reading::Cycle) {
            true => everyone,
            false => everyone.filter(self.appraisals_seen().await?),
        };
        let where_true = |condition: Condition| Expr::expr(Expr::case(condition, 1).finally(0)).sum();
        let find = seen
            .select_only()
            .column(Column::UnitId)
            .column(Column::Stage)
            .column_as(Expr::col(Column::AppraisalId).count(), "count")
            .column_as(where_true(Only::Goalless.condition()), "goalless")
            .column_as(where_true(Only::Unassessed.condition()), "unassessed")
            .column_as(where_true(Only::Missing.condition()), "missing")
            .column_as(where_true(Only::Void.condition()), "void")
            .column_as(where_true(Only::Appeals.condition()), "appeals")
            .column_as(where_true(Only::Ungraded.condition()), "ungraded")
            .group_by(Column::UnitId)
            .group_by(Column::Stage);
        Ok(find.into_model::<UnitStage>().all(&self.store.db).await?)
    }

    fn of_cycle(&self, cycle: CycleId) -> Select<appraisal::Entity> {
        appraisal::Entity::find()
            .filter(appraisal::Column::AuthorityId.eq(self.store.authority))
            .filter(appraisal::Column::CycleId.eq(cycle.0))
    }

    async fn narrowed(&self, cycle: CycleId, only: &Narrowing) -> Result<Select<appraisal::Entity>, Error> {
        use appraisal::Column;
        let mut find = self.of_cycle(cycle).filter(self.appraisals_seen().await?);
        let words = only.words.trim();
        if !words.is_empty() {
            find = find.filter(Column::PersonId.in_subquery(self.called(words)));
        }
        if let Some(unit) = only.unit {
            find = find.filter(Column::UnitId.eq(unit.0).or(Column::SectionId.eq(unit.0)));
        }
        if let Some(stage) = only.stage {
            find = find.filter(Column::Stage.eq(stage.as_str()));
        }
        Ok(match only.only {
            Some(only) => find.filter(only.condition()),
            None => find,
        })
    }

    /// The people whose name or number holds these words.
    fn called(&self, words: &str) -> sea_orm::sea_query::SelectStatement {
        let escaped = words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let like = || LikeExpr::new(format!("%{escaped}%")).escape('\\');
        person::Entity::find()
            .select_only()
            .column(person::Column::PersonId)
            .filter(person::Column::AuthorityId.eq(self.store.authority))
            .filter(Condition::any().add(person::Column::Name.like(like())).add(person::Column::Number.like(like())))
            .into_query()
    }
}
