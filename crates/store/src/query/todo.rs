//! What there is to do: for whom, until when, and what somebody waits for.

use super::{Page, Paged, Reader};
use crate::{Error, table::view::*};
use domain::{
    actor::{Actor, Role},
    event::StreamKind,
    todo::Task,
};
use jiff::civil::Date;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, FromQueryResult, Order, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select, sea_query::Expr,
};
use uuid::Uuid;

/// A to-do in a list.
pub type TodoLine = todo::Model;

/// The to-dos of one task.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct TodoGroup {
    /// The task's name.
    pub task: String,
    /// How many there are.
    pub count: i64,
    /// The earliest deadline, as ISO date.
    pub first_due: Option<String>,
    /// How many are past their deadline.
    pub overdue: i64,
}

impl Reader<'_> {
    /// What falls to the actor and can be done today, the most urgent first; those without a deadline last.
    pub async fn todos(&self, today: Date, task: Option<Task>, page: Page) -> Result<Paged<TodoLine>, Error> {
        let mut find = self.mine(today).await?;
        if let Some(task) = task {
            find = find.filter(todo::Column::Task.eq(task.as_str()));
        }
        let total = find.clone().count(&self.store.db).await?;
        let find = find
            .order_by(todo::Column::Due.is_null(), Order::Asc)
            .order_by_asc(todo::Column::Due)
            .order_by_asc(todo::Column::TodoKey)
            .order_by_asc(todo::Column::StreamId);
        let rows = find.offset(page.offset()).limit(page.size).all(&self.store.db).await?;
        Ok(Paged { rows, total })
    }

    /// The same, counted by task; the group with the earliest deadline first.
    pub async fn todo_groups(&self, today: Date) -> Result<Vec<TodoGroup>, Error> {
        use todo::Column;
        let late = Expr::case(Column::Due.lt(today.to_string()), 1).finally(0);
        let first_due = || Expr::col(Column::Due).min();
        let find = self
            .mine(today)
            .await?
            .select_only()
            .column(Column::Task)
            .column_as(Expr::col(Column::TodoKey).count(), "count")
            .column_as(first_due(), "first_due")
            .column_as(Expr::expr(late).sum(), "overdue")
            .group_by(Column::Task)
            .order_by(first_due().is_null(), Order::Asc)
            .order_by(first_due(), Order::Asc)
            .order_by_asc(Column::Task);
        Ok(find.into_model::<TodoGroup>().all(&self.store.db).await?)
    }

    /// What others have to do in the actor's own matters, the earliest deadline first.
    pub async fn awaited(&self, most: u64) -> Result<Vec<TodoLine>, Error> {
        use todo::Column;
        let Some(person) = self.actor.person() else { return Ok(Vec::new()) };
        let find = todo::Entity::find()
            .filter(Column::AuthorityId.eq(self.store.authority))
            .filter(Column::SubjectId.eq(person.0))
            .filter(Column::Task.ne(Task::Chase.as_str()))
            .filter(Condition::any().add(Column::PersonId.is_null()).add(Column::PersonId.ne(person.0)));
        Ok(find.order_by_asc(Column::Due).order_by_asc(Column::TodoKey).limit(most).all(&self.store.db).await?)
    }

    pub(super) async fn mine(&self, today: Date) -> Result<Select<todo::Entity>, Error> {
        use todo::Column;
        let ripe = Condition::any().add(Column::NotBefore.is_null()).add(Column::NotBefore.lte(today.to_string()));
        let find = todo::Entity::find().filter(Column::AuthorityId.eq(self.store.authority)).filter(ripe);
        let apart = self.apart(Column::SubjectId, Column::StreamId).await?;
        let findings = finding::Entity::find()
            .select_only()
            .column(finding::Column::FindingId)
            .filter(finding::Column::AuthorityId.eq(self.store.authority))
            .filter(self.findings_seen().await?)
            .into_query();
        // Of a finding that one does not see one is not told that it waits.
        let seen = Condition::any()
            .add(Column::StreamKind.ne(StreamKind::Finding.as_str()))
            .add(Column::StreamId.in_subquery(findings));
        Ok(find.filter(falls_to(self.actor, &self.units_with_hr().await?)).filter(apart).filter(seen))
    }

    /// Units for which somebody who can sign in holds HR.
    async fn units_with_hr(&self) -> Result<Vec<Uuid>, Error> {
        use role_grant::Column;
        if !self.actor.has_everywhere(Role::HrOfficer) {
            return Ok(Vec::new());
        }
        let locked = account::Entity::find()
            .select_only()
            .column(account::Column::AccountId)
            .filter(account::Column::AuthorityId.eq(self.store.authority))
            .filter(account::Column::LockedAt.is_not_null())
            .into_query();
        let scopes: Vec<String> = role_grant::Entity::find()
            .select_only()
            .column(Column::Scope)
            .distinct()
            .filter(Column::AuthorityId.eq(self.store.authority))
            .filter(Column::Role.eq(Role::HrOfficer.as_str()))
            .filter(Column::AccountId.not_in_subquery(locked))
            .into_tuple()
            .all(&self.store.db)
            .await?;
        Ok(scopes.iter().filter_map(|scope| scope.parse().ok()).collect())
    }
}

/// To-dos that fall to this actor. A unit's HR takes what is its unit's; the authority's HR what is nobody else's:
/// what names no unit, and what names one without an HR officer of its own.
fn falls_to(actor: &Actor, units_with_hr: &[Uuid]) -> Condition {
    use todo::Column;
    let mut any = Condition::any();
    if let Some(person) = actor.person() {
        any = any.add(Column::PersonId.eq(person.0));
    }
    for grant in actor.grants() {
        let role = |assignee: &str| Condition::all().add(Column::Assignee.eq(assignee));
        any = match (grant.role, grant.unit) {
            (Role::HrOfficer, Some(unit)) => any.add(role("hr").add(Column::HrUnitId.eq(unit.0))),
            (Role::HrOfficer, None) => {
                let nobodys = Condition::any()
                    .add(Column::HrUnitId.is_null())
                    .add(Column::HrUnitId.is_not_in(units_with_hr.iter().copied()));
                any.add(role("hr").add(nobodys))
            }
            (Role::Inspector, _) => any.add(role("inspector")),
            (Role::Approver, _) => any.add(role("approver")),
            _ => any,
        };
    }
    if any.is_empty() { any.add(Column::TodoKey.eq("")) } else { any }
}
