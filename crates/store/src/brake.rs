//! The brake on guessing: failures to sign in, counted by what was typed as login. A login that nobody has
//! is counted like any other, so that neither the answer nor the time it takes tells which logins exist.

use crate::{Error, Store, table::truth::brake};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, sea_query::*};
use sha2::{Digest, Sha256};
use uuid::Uuid;

fn digest(login: &str) -> String {
    hex::encode(Sha256::digest(login))
}

/// Forget the failures of a login.
pub(crate) async fn release(db: &impl ConnectionTrait, authority: Uuid, login: &str) -> Result<(), Error> {
    brake::Entity::delete_by_id((authority, digest(login))).exec(db).await?;
    Ok(())
}

pub(crate) async fn sweep(db: &impl ConnectionTrait, authority: Uuid, now: i64) -> Result<(), Error> {
    let over = brake::Column::Until.lte(now);
    let of = brake::Entity::delete_many().filter(brake::Column::AuthorityId.eq(authority));
    of.filter(over).exec(db).await?;
    Ok(())
}

impl Store {
    /// Count a try as failed before its secrets are looked at, so that tries at the same time do not slip through;
    /// [`Store::release`] takes it back. False: `most` tries failed, and the login rests until `until` of the last one.
    pub async fn brake(&self, login: &str, most: i64, now: i64, until: i64) -> Result<bool, Error> {
        use brake::{Column, Entity};
        let row = brake::ActiveModel {
            authority_id: Set(self.authority),
            login_digest: Set(digest(login)),
            failures: Set(1),
            until: Set(until),
        };
        let column = |column: Column| Expr::col((Entity, column));
        let over = || column(Column::Until).lte(now);
        let counted = Expr::case(over(), 1).finally(column(Column::Failures).add(1));
        let conflict = OnConflict::columns([Column::AuthorityId, Column::LoginDigest])
            .value(Column::Failures, counted)
            .value(Column::Until, until)
            .action_and_where(over().or(column(Column::Failures).lt(most)))
            .to_owned();
        Ok(Entity::insert(row).on_conflict(conflict).exec_without_returning(&self.pen).await? == 1)
    }

    /// Forget the failures of a login: somebody signed in with it.
    pub async fn release(&self, login: &str) -> Result<(), Error> {
        release(&self.pen, self.authority, login).await
    }
}
