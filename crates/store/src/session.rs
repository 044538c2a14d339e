//! Sessions: who is signed in. The cookie is kept as its SHA-256 only; what a session holds is sealed, for a form that was
//! refused waits in it with all that was typed, and what opens it is made from that digest and a key outside the database.

use crate::{Error, Store, seal, table::truth::session};
use domain::id::AccountId;
use ledger::Cipher;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

/// A session as it is kept.
pub type SessionRow = session::Model;

/// End the sessions of an account, all or all but one; how many.
pub(crate) async fn end_all(
    db: &impl ConnectionTrait,
    authority: Uuid,
    account: AccountId,
    except: Option<&str>,
) -> Result<u64, Error> {
    let ended = session::Entity::delete_many()
        .filter(session::Column::AuthorityId.eq(authority))
        .filter(session::Column::AccountId.eq(account.0))
        .filter(session::Column::SessionId.ne(except.unwrap_or_default()))
        .exec(db)
        .await?;
    Ok(ended.rows_affected)
}

impl Store {
    /// Begin a session. `data` is the server's own JSON, `expires_at` microseconds.
    pub async fn begin_session(&self, id: &str, account: AccountId, data: &str, expires_at: i64) -> Result<(), Error> {
        let row = session::ActiveModel {
            authority_id: Set(self.authority),
            session_id: Set(id.to_owned()),
            account_id: Set(account.0),
            data: Set(self.sealed_data(id, data)),
            expires_at: Set(expires_at),
        };
        session::Entity::insert(row).exec_without_returning(&self.pen).await?;
        Ok(())
    }

    /// Keep a session going with new data. One that was ended meanwhile stays ended.
    pub async fn keep_session(&self, id: &str, data: &str, expires_at: i64) -> Result<(), Error> {
        session::Entity::update_many()
            .set(session::ActiveModel {
                data: Set(self.sealed_data(id, data)),
                expires_at: Set(expires_at),
                ..Default::default()
            })
            .filter(session::Column::AuthorityId.eq(self.authority))
            .filter(session::Column::SessionId.eq(id))
            .exec(&self.pen)
            .await?;
        Ok(())
    }

    /// A session that has not expired.
    pub async fn session(&self, id: &str, now: i64) -> Result<Option<SessionRow>, Error> {
        let found = session::Entity::find_by_id((self.authority, id.to_owned()));
        let found = found.filter(session::Column::ExpiresAt.gt(now)).one(&self.db).await?;
        Ok(found.and_then(|row| self.opened_data(row)))
    }

    /// The sessions of an account that have not expired.
    pub async fn sessions_of(&self, account: AccountId, now: i64) -> Result<Vec<SessionRow>, Error> {
        let sessions = session::Entity::find().filter(session::Column::AuthorityId.eq(self.authority));
        let sessions = sessions.filter(session::Column::AccountId.eq(account.0));
        let alive = sessions.filter(session::Column::ExpiresAt.gt(now));
        let alive = alive.order_by_desc(session::Column::ExpiresAt).all(&self.db).await?;
        Ok(alive.into_iter().filter_map(|row| self.opened_data(row)).collect())
    }

    fn sealed_data(&self, id: &str, data: &str) -> String {
        hex::encode(seal::sealed(&self.session_cipher(id), data.as_bytes(), id.as_bytes()))
    }

    /// A session whose data does not open is as if it had ended: another master key, or somebody wrote it by hand.
    fn opened_data(&self, row: SessionRow) -> Option<SessionRow> {
        let sealed = hex::decode(&row.data).ok()?;
        let data = self.session_cipher(&row.session_id).open(&sealed, row.session_id.as_bytes()).ok()?;
        Some(SessionRow { data: String::from_utf8(data).ok()?, ..row })
    }

    fn session_cipher(&self, id: &str) -> Cipher {
        Cipher::new(&self.keys.index().key("session", id.as_bytes()))
    }

    /// End a session.
    pub async fn end_session(&self, id: &str) -> Result<(), Error> {
        session::Entity::delete_by_id((self.authority, id.to_owned())).exec(&self.pen).await?;
        Ok(())
    }

    /// End the sessions of an account but one; how many.
    pub async fn end_other_sessions(&self, account: AccountId, except: &str) -> Result<u64, Error> {
        end_all(&self.pen, self.authority, account, Some(except)).await
    }

    /// Forget sessions that expired and failures that no longer count.
    pub async fn sweep(&self, now: i64) -> Result<(), Error> {
        session::Entity::delete_many()
            .filter(session::Column::AuthorityId.eq(self.authority))
            .filter(session::Column::ExpiresAt.lte(now))
            .exec(&self.pen)
            .await?;
        crate::brake::sweep(&self.pen, self.authority, now).await
    }
}
