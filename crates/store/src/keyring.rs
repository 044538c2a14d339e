//! The keys of subjects: made when something is first told of one, kept wrapped in `subject_key`, destroyed to erase.
//!
//! A subject is whoever the words are about, or what, where they are about nobody: a batch, an upload. Keys that were met
//! inside a transaction are kept apart until it is committed, lest another one seal with a key that never came to be.

use crate::{
    Error,
    seal::{self, BlindIndex, KeyId, KeyStore, Place, random},
    table::truth::subject_key,
};
use ledger::{Cipher, Plain};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::OnConflict,
};
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use uuid::Uuid;

/// The key of a subject, as it is found.
#[derive(Clone)]
pub(crate) enum Held {
    /// It opens what is sealed.
    Key(Arc<Cipher>),
    /// It was destroyed.
    Destroyed,
    /// There is none, or it does not unwrap.
    Lost,
}

#[derive(Default)]
struct Known {
    held: HashMap<KeyId, Held>,
    /// The version that seals now.
    newest: HashMap<Uuid, i32>,
}

impl Known {
    /// As many as are likely to be worked with at a time; some 300 bytes each.
    const MOST: usize = 50_000;

    fn keep(&mut self, key: KeyId, held: Held) {
        // Whoever read the key just before it was destroyed must not bring it back here.
        if matches!(self.held.get(&key), Some(Held::Destroyed)) {
            return;
        }
        if self.held.len() >= Self::MOST {
            *self = Known::default();
        }
        match held {
            Held::Key(_) => {
                let newest = self.newest.entry(key.subject).or_insert(key.version);
                *newest = key.version.max(*newest);
            }
            _ => {
                self.newest.remove(&key.subject);
            }
        }
        self.held.insert(key, held);
    }
}

/// The keys of one authority.
#[derive(Clone)]
pub(crate) struct Keyring {
    authority: Uuid,
    store: Arc<dyn KeyStore>,
    index: BlindIndex,
    /// What is known: of what is committed, and above it of the transaction that is open.
    layers: Vec<Arc<Mutex<Known>>>,
}

fn lock(known: &Mutex<Known>) -> MutexGuard<'_, Known> {
    // Nothing that holds this lock can panic half-way.
    known.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Keyring {
    /// The keys of an authority. Its own key, made when it was founded, is that of the blind index, and tells whether the
    /// key store is the one of this database.
    pub(crate) async fn open(
        db: &impl ConnectionTrait,
        authority: Uuid,
        store: Arc<dyn KeyStore>,
    ) -> Result<Self, Error> {
        let own = KeyId { subject: authority, version: 1 };
        let unfit = |why: String| Error::Unfit(format!("the master key is not the one of this database: {why}"));
        let row = subject_key::Entity::find_by_id((authority, own.subject, own.version)).one(db).await?;
        let wrapped = row.and_then(|row| row.wrapped);
        let wrapped = wrapped.ok_or_else(|| Error::Broken("the authority's own key is missing".to_owned()))?;
        let index = BlindIndex::new(store.unwrap(&wrapped, &own.about_key(authority)).map_err(unfit)?);
        Ok(Keyring { authority, store, index, layers: vec![Arc::default()] })
    }

    /// Make the authority's own key.
    pub(crate) async fn found(db: &impl ConnectionTrait, authority: Uuid, store: &dyn KeyStore) -> Result<(), Error> {
        let own = KeyId { subject: authority, version: 1 };
        let wrapped = store.wrap(&Plain::new(random()), &own.about_key(authority)).map_err(Error::Unfit)?;
        subject_key::Entity::insert(row(authority, own, Some(wrapped))).exec_without_returning(db).await?;
        Ok(())
    }

    /// For use inside a transaction: nothing met there is known outside before [`Keyring::committed`].
    pub(crate) fn inside(&self) -> Keyring {
        let mut inside = self.clone();
        inside.layers.push(Arc::default());
        inside
    }

    /// Knows nothing yet: for whoever trusts nothing that was met before.
    pub(crate) fn unknowing(&self) -> Keyring {
        Keyring { layers: vec![Arc::default()], ..self.clone() }
    }

    /// The transaction was committed.
    pub(crate) fn committed(&self) {
        if let [.., below, top] = self.layers.as_slice() {
            let met = std::mem::take(&mut *lock(top));
            let mut below = lock(below);
            met.held.into_iter().for_each(|(key, held)| below.keep(key, held));
        }
    }

    /// The blind index.
    pub(crate) fn index(&self) -> &BlindIndex {
        &self.index
    }

    fn held(&self, key: KeyId) -> Option<Held> {
        self.layers.iter().rev().find_map(|known| lock(known).held.get(&key).cloned())
    }

    /// The key that seals now, if it is known.
    fn newest(&self, subject: Uuid) -> Option<(KeyId, Arc<Cipher>)> {
        let version = self.layers.iter().rev().find_map(|known| lock(known).newest.get(&subject).copied())?;
        let key = KeyId { subject, version };
        match self.held(key)? {
            Held::Key(cipher) => Some((key, cipher)),
            _ => None,
        }
    }

    fn keep(&self, key: KeyId, held: Held) {
        if let Some(top) = self.layers.last() {
            lock(top).keep(key, held);
        }
    }

    fn read(&self, row: &subject_key::Model) -> (KeyId, Held) {
        let key = KeyId { subject: row.subject_id, version: row.version };
        let held = match &row.wrapped {
            None => Held::Destroyed,
            Some(wrapped) => match self.store.unwrap(wrapped, &key.about_key(self.authority)) {
                Ok(plain) => Held::Key(Arc::new(Cipher::new(&plain))),
                Err(_) => Held::Lost,
            },
        };
        (key, held)
    }

    /// Every version of the keys of some subjects.
    async fn rows_of(&self, db: &impl ConnectionTrait, subjects: &[Uuid]) -> Result<Vec<subject_key::Model>, Error> {
        use subject_key::Column;
        let mut rows = Vec::new();
        for part in subjects.chunks(AT_ONCE) {
            let found = subject_key::Entity::find()
                .filter(Column::AuthorityId.eq(self.authority))
                .filter(Column::SubjectId.is_in(part.iter().copied()))
                .order_by_asc(Column::Version);
            rows.extend(found.all(db).await?);
        }
        Ok(rows)
    }

    /// The keys that open values, as far as there are any.
    pub(crate) async fn opening(
        &self,
        db: &impl ConnectionTrait,
        keys: impl IntoIterator<Item = KeyId>,
    ) -> Result<HashMap<KeyId, Held>, Error> {
        let mut found = HashMap::new();
        let mut unknown = BTreeSet::new();
        for key in keys {
            match self.held(key) {
                Some(held) => drop(found.insert(key, held)),
                None => {
                    found.insert(key, Held::Lost);
                    unknown.insert(key.subject);
                }
            }
        }
        for row in self.rows_of(db, &unknown.into_iter().collect::<Vec<_>>()).await? {
            let (key, held) = self.read(&row);
            if !matches!(held, Held::Lost) {
                self.keep(key, held.clone());
            }
            found.entry(key).and_modify(|known| *known = held);
        }
        Ok(found)
    }

    /// The key that seals what is told of each subject from now on; made where there is none.
    pub(crate) async fn sealing(
        &self,
        db: &impl ConnectionTrait,
        subjects: impl IntoIterator<Item = Uuid>,
    ) -> Result<HashMap<Uuid, (KeyId, Arc<Cipher>)>, Error> {
        let mut found = HashMap::new();
        let mut unknown = BTreeSet::new();
        for subject in subjects {
            match self.newest(subject) {
                Some(known) => drop(found.insert(subject, known)),
                None => drop(unknown.insert(subject)),
            }
        }
        if unknown.is_empty() {
            return Ok(found);
        }
        let unknown: Vec<Uuid> = unknown.into_iter().collect();
        let mut versions: HashMap<Uuid, i32> = HashMap::new();
        let mut without: BTreeSet<Uuid> = unknown.iter().copied().collect();
        for row in self.rows_of(db, &unknown).await? {
            versions.insert(row.subject_id, row.version);
            match row.wrapped {
                Some(_) => without.remove(&row.subject_id),
                None => without.insert(row.subject_id),
            };
        }
        let mut made = Vec::with_capacity(without.len());
        for subject in without {
            let key = KeyId { subject, version: versions.get(&subject).copied().unwrap_or(0) + 1 };
            let wrapped = self.store.wrap(&Plain::new(random()), &key.about_key(self.authority));
            made.push(row(self.authority, key, Some(wrapped.map_err(Error::Unfit)?)));
        }
        // Whoever comes second takes the key that is there.
        let first = [subject_key::Column::AuthorityId, subject_key::Column::SubjectId, subject_key::Column::Version];
        for part in made.chunks(AT_ONCE) {
            let there = OnConflict::columns(first).do_nothing().to_owned();
            subject_key::Entity::insert_many(part.to_vec()).on_conflict(there).exec_without_returning(db).await?;
        }
        for row in self.rows_of(db, &unknown).await? {
            let (key, held) = self.read(&row);
            self.keep(key, held.clone());
            if let Held::Key(cipher) = held {
                found.insert(key.subject, (key, cipher));
            }
        }
        match unknown.iter().find(|subject| !found.contains_key(subject)) {
            Some(subject) => Err(Error::Broken(format!("subject_key {subject}: the key does not unwrap"))),
            None => Ok(found),
        }
    }

    /// The keys of subjects that are still there.
    pub(crate) async fn undestroyed(
        &self,
        db: &impl ConnectionTrait,
        subjects: &[Uuid],
    ) -> Result<Vec<(Uuid, i32)>, Error> {
        let rows = self.rows_of(db, subjects).await?;
        Ok(rows.into_iter().filter(|row| row.wrapped.is_some()).map(|row| (row.subject_id, row.version)).collect())
    }

    /// Destroy keys for good.
    pub(crate) async fn destroy(&self, db: &impl ConnectionTrait, keys: &[(Uuid, i32)]) -> Result<(), Error> {
        for (subject, version) in keys.iter().copied() {
            subject_key::Entity::update(row(self.authority, KeyId { subject, version }, None)).exec(db).await?;
            self.keep(KeyId { subject, version }, Held::Destroyed);
        }
        Ok(())
    }

    /// Take away the keys of what is no part of the record, with all that they seal.
    pub(crate) async fn forget(&self, db: &impl ConnectionTrait, subject: Uuid) -> Result<(), Error> {
        use subject_key::Column;
        let gone = subject_key::Entity::delete_many()
            .filter(Column::AuthorityId.eq(self.authority))
            .filter(Column::SubjectId.eq(subject));
        gone.exec(db).await?;
        for known in &self.layers {
            let mut known = lock(known);
            known.newest.remove(&subject);
            known.held.retain(|key, _| key.subject != subject);
        }
        Ok(())
    }

    /// Seal a value of one subject.
    pub(crate) async fn seal(
        &self,
        db: &impl ConnectionTrait,
        subject: Uuid,
        place: Place<'_>,
        plain: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let mut keys = self.sealing(db, [subject]).await?;
        let (key, cipher) = keys.remove(&subject).expect("a key for each subject");
        Ok(self.sealed(key, &cipher, place, plain))
    }

    /// Seal a value with a key that is at hand.
    pub(crate) fn sealed(&self, key: KeyId, cipher: &Cipher, place: Place<'_>, plain: &[u8]) -> Vec<u8> {
        key.prefix(seal::sealed(cipher, plain, &key.about(self.authority, place)))
    }

    /// Open a value of one subject; none if its key was destroyed.
    pub(crate) async fn open_one(
        &self,
        db: &impl ConnectionTrait,
        subject: Uuid,
        place: Place<'_>,
        sealed: &[u8],
    ) -> Result<Option<Vec<u8>>, Error> {
        let keys = self.opening(db, KeyId::of(subject, sealed).map(|(key, _)| key)).await?;
        self.opened(&keys, subject, place, sealed)
    }

    /// Open a value with keys that are at hand; none if its key was destroyed.
    pub(crate) fn opened(
        &self,
        keys: &HashMap<KeyId, Held>,
        subject: Uuid,
        place: Place<'_>,
        sealed: &[u8],
    ) -> Result<Option<Vec<u8>>, Error> {
        let torn = |why: &dyn std::fmt::Display| {
            Error::Broken(format!("{} {}: {}: {why}", place.table, place.row, place.column))
        };
        let (key, sealed) = KeyId::of(subject, sealed).map_err(|why| torn(&why))?;
        match keys.get(&key) {
            Some(Held::Key(cipher)) => {
                cipher.open(sealed, &key.about(self.authority, place)).map(Some).map_err(|why| torn(&why))
            }
            Some(Held::Destroyed) => Ok(None),
            Some(Held::Lost) | None => Err(torn(&"its key is missing")),
        }
    }
}

/// How many subjects one statement looks up or adds: under the parameter limits of both backends.
const AT_ONCE: usize = 1000;

fn row(authority: Uuid, key: KeyId, wrapped: Option<Vec<u8>>) -> subject_key::ActiveModel {
    subject_key::ActiveModel {
        authority_id: Set(authority),
        subject_id: Set(key.subject),
        version: Set(key.version),
        wrapped: Set(wrapped),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{connect, seal::MasterKey, table::truth::authority};
    use sea_orm::DatabaseConnection;

    async fn ring() -> (DatabaseConnection, Keyring) {
        let db = connect::connect("sqlite::memory:").await.expect("a database");
        connect::make(&db).await.expect("tables");
        let (id, store) = (Uuid::from_u128(1), Arc::new(MasterKey::new(&Plain::new([7; 16]))));
        let row = authority::ActiveModel { authority_id: Set(id), name: Set(String::new()), founded_at: Set(0) };
        authority::Entity::insert(row).exec_without_returning(&db).await.expect("an authority");
        Keyring::found(&db, id, &*store).await.expect("its key");
        let ring = Keyring::open(&db, id, store).await.expect("a ring");
        (db, ring)
    }

    const PLACE: Place<'static> = Place { table: "entry", column: "sealed", row: "1" };

    async fn delete_keys(db: &DatabaseConnection, subject: Uuid) {
        use subject_key::Column;
        let all = subject_key::Entity::delete_many().filter(Column::SubjectId.eq(subject));
        all.exec(db).await.expect("deleted");
    }

    #[tokio::test]
    async fn a_key_that_was_rolled_back_seals_nothing() {
        let (db, ring) = ring().await;
        let (subject, inside) = (Uuid::from_u128(2), ring.inside());
        let lost = inside.inside();
        lost.seal(&db, subject, PLACE, b"words").await.expect("sealed");
        delete_keys(&db, subject).await;
        let sealed = inside.seal(&db, subject, PLACE, b"words").await.expect("with a key that is there");
        inside.committed();
        let opened = ring.unknowing().open_one(&db, subject, PLACE, &sealed).await.expect("opened");
        assert_eq!(opened.as_deref(), Some(&b"words"[..]));
        assert!(ring.newest(subject).is_some(), "what was committed is known");
    }

    #[tokio::test]
    async fn a_destroyed_key_opens_nothing_and_the_next_one_is_another() {
        let (db, ring) = ring().await;
        let subject = Uuid::from_u128(2);
        let before = ring.seal(&db, subject, PLACE, b"before").await.expect("sealed");
        let keys = ring.undestroyed(&db, &[subject]).await.expect("keys");
        assert_eq!(keys, [(subject, 1)]);
        let inside = ring.inside();
        inside.destroy(&db, &keys).await.expect("destroyed");
        let after = inside.seal(&db, subject, PLACE, b"after").await.expect("sealed");
        inside.committed();
        for ring in [&ring, &ring.unknowing()] {
            assert_eq!(ring.open_one(&db, subject, PLACE, &before).await.expect("no error"), None);
            let opened = ring.open_one(&db, subject, PLACE, &after).await.expect("opened");
            assert_eq!(opened.as_deref(), Some(&b"after"[..]));
        }
        assert_eq!(ring.undestroyed(&db, &[subject]).await.expect("keys"), [(subject, 2)]);
    }

    #[tokio::test]
    async fn a_key_that_is_missing_is_an_error_and_not_an_erasure() {
        let (db, ring) = ring().await;
        let subject = Uuid::from_u128(2);
        let sealed = ring.seal(&db, subject, PLACE, b"words").await.expect("sealed");
        delete_keys(&db, subject).await;
        let error = ring.unknowing().open_one(&db, subject, PLACE, &sealed).await.expect_err("no key");
        assert!(error.to_string().contains("key is missing"), "{error}");
    }
}
