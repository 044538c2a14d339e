//! What somebody declared of their family, for themselves; who has declared, for HR and inspectors. What others declared is
//! on no page: an inspector looks at ties.

use super::{Page, Paged, Reader};
use crate::{
    Error,
    table::view::{declaration, person},
};
use domain::declaration::Declaration;
use policy::Reading;
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    RelationDef,
};
use uuid::Uuid;

/// Whether somebody has declared.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct DeclarationLine {
    /// Who.
    pub person_id: Uuid,
    /// Their unit.
    pub unit_id: Uuid,
    /// For which year they were asked last.
    pub asked_year: Option<i64>,
    /// They answer by, as ISO date.
    pub due: Option<String>,
    /// When they declared last, in microseconds.
    pub declared_at: Option<i64>,
    /// They have not answered.
    pub waiting: Option<bool>,
}

/// The declarations of a person.
fn of_person() -> RelationDef {
    person::Entity::belongs_to(declaration::Entity)
        .from((person::Column::AuthorityId, person::Column::PersonId))
        .to((declaration::Column::AuthorityId, declaration::Column::PersonId))
        .into()
}

impl Reader<'_> {
    /// What the actor declared and was asked; none for accounts of nobody on the roster.
    pub async fn own_declaration(&self) -> Result<Option<Declaration>, Error> {
        match self.actor.person() {
            Some(person) => self.store.loader(&self.store.db).declaration(person).await.map(Some),
            None => Ok(None),
        }
    }

    /// Who has declared, by unit and employee number; if so, only those who were asked and have not.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`], with who may.
    pub async fn declarations(&self, only_waiting: bool, page: Page) -> Result<Paged<DeclarationLine>, Error> {
        use declaration::Column;
        self.require(Reading::Declarations)?;
        let mut find = person::Entity::find()
            .select_only()
            .columns([person::Column::PersonId, person::Column::UnitId])
            .column(Column::AskedYear)
            .column(Column::Due)
            .column(Column::DeclaredAt)
            .column(Column::Waiting)
            .join(JoinType::LeftJoin, of_person())
            .filter(person::Column::AuthorityId.eq(self.store.authority));
        if only_waiting {
            find = find.filter(Column::Waiting.eq(true));
        }
        let total = find.clone().count(&self.store.db).await?;
        let find = find.order_by_asc(person::Column::UnitId).order_by_asc(person::Column::Number);
        let find = find.offset(page.offset()).limit(page.size);
        Ok(Paged { rows: find.into_model::<DeclarationLine>().all(&self.store.db).await?, total })
    }
}
