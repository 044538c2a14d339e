//! Secrets of accounts: kept beside the record, never in it. They change only together with the act that says so.

use crate::{
    Error, Store,
    load::Loader,
    seal::Place,
    table::{truth::*, view},
};
use domain::{act::Act, id::AccountId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, sea_query::OnConflict,
};
use sha2::{Digest, Sha256};

/// A secret that travels beside the act that sets it.
pub enum Secret {
    /// The hash of a password, in PHC form.
    Password(String),
    /// A second factor.
    SecondFactor {
        /// The key that codes are made from, base32.
        key: String,
        /// Codes that stand in for it once each; only their hashes are kept.
        recovery: Vec<String>,
    },
}

/// What sign-in compares with.
#[derive(Clone, Default)]
pub struct Credential {
    /// The hash of the password.
    pub password: Option<String>,
    /// The key of the second factor.
    pub totp: Option<String>,
}

/// Whether the act comes with the secret that it sets, and with none if it sets none.
pub(crate) fn fits(act: &Act, secret: Option<&Secret>) -> bool {
    match secret {
        Some(Secret::Password(_)) => matches!(act, Act::SetPassword { .. }),
        Some(Secret::SecondFactor { .. }) => matches!(act, Act::SetSecondFactor { .. }),
        None => !act.sets_secret(),
    }
}

/// Write what an act brings beside the record, and end the sessions that it ends. The secret [`fits`] the act.
pub(crate) async fn keep<C: ConnectionTrait>(
    loader: &Loader<'_, C>,
    act: &Act,
    secret: Option<&Secret>,
) -> Result<(), Error> {
    match (act, secret) {
        (Act::SetPassword { account }, Some(Secret::Password(hash))) => set_password(loader, *account, hash).await?,
        (Act::SetSecondFactor { account }, Some(Secret::SecondFactor { key, recovery })) => {
            set_second_factor(loader, *account, Some(key), recovery).await?;
        }
        (Act::ClearSecondFactor { account }, _) => set_second_factor(loader, *account, None, &[]).await?,
        _ => {}
    }
    match act.signs_out() {
        Some(account) => crate::session::end_all(loader.db, loader.authority, account, None).await.map(drop),
        None => Ok(()),
    }
}

async fn set_password<C: ConnectionTrait>(loader: &Loader<'_, C>, account: AccountId, hash: &str) -> Result<(), Error> {
    let row = credential::ActiveModel {
        authority_id: Set(loader.authority),
        account_id: Set(account.0),
        password: Set(Some(hash.to_owned())),
        ..Default::default()
    };
    write(loader, row, &[credential::Column::Password]).await?;
    if let Some(of) = view::account::Entity::find_by_id((loader.authority, account.0)).one(loader.db).await? {
        crate::brake::release(loader.db, loader.authority, &of.login).await?;
    }
    Ok(())
}

async fn set_second_factor<C: ConnectionTrait>(
    loader: &Loader<'_, C>,
    account: AccountId,
    key: Option<&String>,
    recovery: &[String],
) -> Result<(), Error> {
    let place = Place { table: "credential", column: "totp", row: &account.to_string() };
    let totp = match key {
        Some(key) => Some(loader.keys.seal(loader.db, account.0, place, key.as_bytes()).await?),
        None => None,
    };
    let row = credential::ActiveModel {
        authority_id: Set(loader.authority),
        account_id: Set(account.0),
        totp: Set(totp),
        totp_step: Set(None),
        ..Default::default()
    };
    write(loader, row, &[credential::Column::Totp, credential::Column::TotpStep]).await?;
    recovery_code::Entity::delete_many()
        .filter(recovery_code::Column::AuthorityId.eq(loader.authority))
        .filter(recovery_code::Column::AccountId.eq(account.0))
        .exec(loader.db)
        .await?;
    let rows = recovery.iter().map(|code| recovery_code::ActiveModel {
        authority_id: Set(loader.authority),
        account_id: Set(account.0),
        digest: Set(recovery_digest(account, code)),
    });
    if !recovery.is_empty() {
        recovery_code::Entity::insert_many(rows).exec_without_returning(loader.db).await?;
    }
    Ok(())
}

async fn write<C: ConnectionTrait>(
    loader: &Loader<'_, C>,
    row: credential::ActiveModel,
    columns: &[credential::Column],
) -> Result<(), Error> {
    let keys = [credential::Column::AuthorityId, credential::Column::AccountId];
    let conflict = OnConflict::columns(keys).update_columns(columns.iter().copied()).to_owned();
    credential::Entity::insert(row).on_conflict(conflict).exec_without_returning(loader.db).await?;
    Ok(())
}

/// Recovery codes are long and random, so a fast hash is enough; the account keeps equal codes apart.
fn recovery_digest(account: AccountId, code: &str) -> String {
    hex::encode(Sha256::digest(format!("{account}:{code}")))
}

impl Store {
    /// What sign-in compares with.
    pub async fn credential(&self, account: AccountId) -> Result<Credential, Error> {
        let found = credential::Entity::find_by_id((self.authority, account.0)).one(&self.db).await?;
        let Some(row) = found else { return Ok(Credential::default()) };
        let place = Place { table: "credential", column: "totp", row: &account.to_string() };
        let totp = match row.totp {
            Some(sealed) => self.keys.open_one(&self.db, account.0, place, &sealed).await?,
            None => None,
        };
        let totp = totp.map(|key| String::from_utf8_lossy(&key).into_owned());
        Ok(Credential { password: row.password, totp })
    }

    /// Take the code of a step of the second factor: true once, for a step later than every one taken before.
    pub async fn take_step(&self, account: AccountId, step: i64) -> Result<bool, Error> {
        use credential::Column;
        let unused = Condition::any().add(Column::TotpStep.is_null()).add(Column::TotpStep.lt(step));
        let taken = credential::Entity::update_many()
            .set(credential::ActiveModel { totp_step: Set(Some(step)), ..Default::default() })
            .filter(Column::AuthorityId.eq(self.authority))
            .filter(Column::AccountId.eq(account.0))
            .filter(unused)
            .exec(&self.pen)
            .await?;
        Ok(taken.rows_affected == 1)
    }

    /// Take a recovery code: true once.
    pub async fn take_recovery_code(&self, account: AccountId, code: &str) -> Result<bool, Error> {
        let key = (self.authority, account.0, recovery_digest(account, code));
        Ok(recovery_code::Entity::delete_by_id(key).exec(&self.pen).await?.rows_affected == 1)
    }

    /// How many recovery codes an account has left.
    pub async fn recovery_codes_left(&self, account: AccountId) -> Result<u64, Error> {
        use recovery_code::Column;
        use sea_orm::PaginatorTrait;
        let codes = recovery_code::Entity::find().filter(Column::AuthorityId.eq(self.authority));
        Ok(codes.filter(Column::AccountId.eq(account.0)).count(&self.db).await?)
    }
}
