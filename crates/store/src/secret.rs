//! Secrets of accounts and sessions: kept beside the record, never in it.

use crate::{Error, Receipt, Store, table::truth::*};
use domain::{act::Act, id::AccountId};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::OnConflict};
use uuid::Uuid;

/// A secret that an act sets.
pub enum Secret {
    /// The hash of a password, in PHC form.
    Password(String),
    /// The key of a second factor, base32.
    SecondFactor(String),
}

/// What sign-in compares with.
#[derive(Clone, Debug, Default)]
pub struct Credential {
    /// The hash of the password.
    pub password: Option<String>,
    /// The key of the second factor.
    pub totp: Option<String>,
    /// The last step of the second factor that was used: a code is good once.
    pub totp_step: Option<i64>,
    /// Failures in a row.
    pub failures: i64,
    /// Locked until, in microseconds.
    pub locked_until: Option<i64>,
}

impl Secret {
    pub(crate) async fn keep(
        &self,
        db: &impl ConnectionTrait,
        authority: Uuid,
        act: &Act,
        _receipt: &Receipt,
    ) -> Result<(), Error> {
        let account = match act {
            Act::SetPassword { account } | Act::SetSecondFactor { account } => account.0,
            _ => return Err(Error::Unfit("this act sets no secret".to_owned())),
        };
        let empty = credential::ActiveModel {
            authority_id: Set(authority),
            account_id: Set(account),
            failures: Set(0),
            ..Default::default()
        };
        let (row, columns) = match self {
            Secret::Password(hash) => (
                credential::ActiveModel { password: Set(Some(hash.clone())), locked_until: Set(None), ..empty },
                vec![credential::Column::Password, credential::Column::Failures, credential::Column::LockedUntil],
            ),
            Secret::SecondFactor(key) => (
                credential::ActiveModel { totp: Set(Some(key.clone())), totp_step: Set(None), ..empty },
                vec![credential::Column::Totp, credential::Column::TotpStep],
            ),
        };
        let keys = [credential::Column::AuthorityId, credential::Column::AccountId];
        let conflict = OnConflict::columns(keys).update_columns(columns).to_owned();
        credential::Entity::insert(row).on_conflict(conflict).exec_without_returning(db).await?;
        Ok(())
    }
}

impl Store {
    /// What sign-in compares with.
    pub async fn credential(&self, account: AccountId) -> Result<Credential, Error> {
        let found = credential::Entity::find_by_id((self.authority, account.0)).one(&self.db).await?;
        Ok(found.map_or_else(Credential::default, |row| Credential {
            password: row.password,
            totp: row.totp,
            totp_step: row.totp_step,
            failures: row.failures,
            locked_until: row.locked_until,
        }))
    }

    /// Note how a try to sign in went.
    pub async fn note_sign_in(
        &self,
        account: AccountId,
        failures: i64,
        locked_until: Option<i64>,
        totp_step: Option<i64>,
    ) -> Result<(), Error> {
        let mut row = credential::ActiveModel {
            authority_id: Set(self.authority),
            account_id: Set(account.0),
            failures: Set(failures),
            locked_until: Set(locked_until),
            ..Default::default()
        };
        if totp_step.is_some() {
            row.totp_step = Set(totp_step);
        }
        credential::Entity::update(row).exec(&self.db).await?;
        Ok(())
    }

    /// Keep a session.
    pub async fn save_session(&self, id: &str, data: &str, expires_at: i64) -> Result<(), Error> {
        let row = session::ActiveModel {
            authority_id: Set(self.authority),
            session_id: Set(id.to_owned()),
            data: Set(data.to_owned()),
            expires_at: Set(expires_at),
        };
        let keys = [session::Column::AuthorityId, session::Column::SessionId];
        let conflict =
            OnConflict::columns(keys).update_columns([session::Column::Data, session::Column::ExpiresAt]).to_owned();
        session::Entity::insert(row).on_conflict(conflict).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// A session that has not expired.
    pub async fn session(&self, id: &str, now: i64) -> Result<Option<(String, i64)>, Error> {
        let found = session::Entity::find_by_id((self.authority, id.to_owned()))
            .filter(session::Column::ExpiresAt.gt(now))
            .one(&self.db)
            .await?;
        Ok(found.map(|row| (row.data, row.expires_at)))
    }

    /// End a session.
    pub async fn end_session(&self, id: &str) -> Result<(), Error> {
        session::Entity::delete_by_id((self.authority, id.to_owned())).exec(&self.db).await?;
        Ok(())
    }
}
