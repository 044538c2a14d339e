//! Sealing: SM4-GCM over a value, bound to the place where it lies, and the store that keeps the key above all keys.
//!
//! SM4 is GB/T 32907-2016, GCM is NIST SP 800-38D (with SM4 as in RFC 8998, section 3). The key of a subject seals what is
//! told of that subject; a [`KeyStore`] wraps it, so that what lies in the database opens nothing by itself.

use hmac::{Hmac, KeyInit, Mac};
use ledger::{Cipher, Plain, Torn};
use sm3::Sm3;
use std::{
    fmt, fs,
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};
use uuid::Uuid;
use zeroize::Zeroizing;

/// Bytes before a sealed value that name the version of the key.
const VERSION: usize = 4;

/// A sealed value, under a nonce that no other has.
pub(crate) fn sealed(cipher: &Cipher, plain: &[u8], about: &[u8]) -> Vec<u8> {
    cipher.seal(random(), plain, about)
}

/// Keeps the key above all keys, outside the database. A file and the environment hold one for [`MasterKey`]; a
/// hardware module does the same without ever giving its key away.
pub trait KeyStore: fmt::Debug + Send + Sync {
    /// Wrap a key; `about` goes with it unchanged and must be named again to unwrap it.
    ///
    /// # Errors
    ///
    /// A sentence, when the store does not answer.
    fn wrap(&self, key: &Plain, about: &[u8]) -> Result<Vec<u8>, String>;

    /// Unwrap a key.
    ///
    /// # Errors
    ///
    /// A sentence, when this store did not wrap it for this, or does not answer.
    fn unwrap(&self, wrapped: &[u8], about: &[u8]) -> Result<Plain, String>;
}

/// Random bytes of the operating system.
#[expect(clippy::disallowed_methods, reason = "the one place of this crate where random bytes are taken")]
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// Where a sealed value lies: one that is moved elsewhere does not open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub table: &'static str,
    pub column: &'static str,
    /// The row's key within the authority.
    pub row: &'a str,
}

/// A version of a subject's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct KeyId {
    pub subject: Uuid,
    /// 1 for the first; a subject whose key was destroyed may get another.
    pub version: i32,
}

impl KeyId {
    /// What is authenticated with a value: table, column, row, subject and version of the key. No two places spell the
    /// same, as only the row may hold a slash.
    pub(crate) fn about(self, authority: Uuid, place: Place<'_>) -> Vec<u8> {
        let (Place { table, column, row }, KeyId { subject, version }) = (place, self);
        format!("mingjing/seal/v1/{authority}/{table}/{column}/{row}/{subject}/{version}").into_bytes()
    }

    /// What is authenticated with the key itself.
    pub(crate) fn about_key(self, authority: Uuid) -> Vec<u8> {
        format!("mingjing/key/v1/{authority}/{}/{}", self.subject, self.version).into_bytes()
    }

    /// Before each sealed value stands the version of the key that opens it.
    pub(crate) fn prefix(self, sealed: Vec<u8>) -> Vec<u8> {
        [&self.version.to_be_bytes()[..], &sealed].concat()
    }

    /// Which key opens a value of this subject, and the value without its prefix.
    pub(crate) fn of(subject: Uuid, sealed: &[u8]) -> Result<(Self, &[u8]), Torn> {
        let (version, sealed) = sealed.split_first_chunk::<VERSION>().ok_or(Torn)?;
        Ok((KeyId { subject, version: i32::from_be_bytes(*version) }, sealed))
    }
}

/// The blind index: HMAC-SM3 under a key that the database holds wrapped. Equal values have equal indexes, and nobody
/// without the key can tell which value has which.
#[derive(Clone)]
pub(crate) struct BlindIndex(Plain);

impl BlindIndex {
    pub(crate) fn new(key: Plain) -> Self {
        BlindIndex(key)
    }

    /// The index of a value of one kind.
    pub(crate) fn of(&self, kind: &str, value: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sm3>::new_from_slice(&self.0[..]).expect("HMAC takes keys of any length");
        mac.update(kind.as_bytes());
        mac.update(b"\0");
        mac.update(value);
        mac.finalize().into_bytes().into()
    }

    /// A key made from a value: for what is sealed only as long as a row that bears it.
    pub(crate) fn key(&self, kind: &str, value: &[u8]) -> Plain {
        let index = Zeroizing::new(self.of(kind, value));
        Zeroizing::new(index[..16].try_into().expect("16 of 32 bytes"))
    }

    /// The index as an id (UUIDv8): a subject that is known by something it is not to be found by.
    pub(crate) fn id(&self, kind: &str, value: &str) -> Uuid {
        let index = self.of(kind, value.as_bytes());
        uuid::Builder::from_custom_bytes(index[..16].try_into().expect("16 of 32 bytes")).into_uuid()
    }
}

/// A key that a file or the environment holds: 32 hexadecimal digits.
pub struct MasterKey(Cipher);

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey")
    }
}

impl MasterKey {
    /// A key from its bytes.
    pub fn new(key: &Plain) -> Self {
        MasterKey(Cipher::new(key))
    }

    /// A key as it is written.
    ///
    /// # Errors
    ///
    /// A sentence, which does not repeat what was read.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut key = Plain::default();
        hex::decode_to_slice(text.trim(), &mut key[..])
            .map_err(|_| "a master key is 32 hexadecimal digits, and this is not".to_owned())?;
        Ok(MasterKey::new(&key))
    }

    /// The key in a file that nobody but its owner may read.
    ///
    /// # Errors
    ///
    /// A sentence that names the file.
    pub fn read(file: &Path) -> Result<Self, String> {
        let failed = |why: String| format!("the master key {}: {why}", file.display());
        let mode = fs::metadata(file).map_err(|error| failed(error.to_string()))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(failed(format!("others may read it (mode {:o}): chmod 600 it first", mode & 0o777)));
        }
        let text = Zeroizing::new(fs::read_to_string(file).map_err(|error| failed(error.to_string()))?);
        Self::parse(&text).map_err(failed)
    }

    /// Make a key and write it to a file that is not there yet.
    ///
    /// # Errors
    ///
    /// A sentence that names the file.
    pub fn make(file: &Path) -> Result<Self, String> {
        let key = Plain::new(random());
        let text = Zeroizing::new(format!("{}\n", hex::encode(&key[..])));
        let written =
            fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).and_then(|mut open| {
                open.write_all(text.as_bytes())?;
                open.sync_all()
            });
        written.map_err(|error| format!("the master key {}: {error}", file.display()))?;
        Ok(MasterKey::new(&key))
    }
}

impl KeyStore for MasterKey {
    fn wrap(&self, key: &Plain, about: &[u8]) -> Result<Vec<u8>, String> {
        Ok(sealed(&self.0, &key[..], about))
    }

    fn unwrap(&self, wrapped: &[u8], about: &[u8]) -> Result<Plain, String> {
        let key = Zeroizing::new(self.0.open(wrapped, about).map_err(|torn| torn.to_string())?);
        let key = key.as_slice().try_into().map_err(|_| Torn.to_string())?;
        Ok(Plain::new(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_opens_in_its_place_alone() {
        let (cipher, key) = (Cipher::new(&Plain::new([1; 16])), KeyId { subject: Uuid::from_u128(7), version: 1 });
        let place = |row| Place { table: "entry", column: "sealed", row };
        let about = key.about(Uuid::nil(), place("5"));
        let value = sealed(&cipher, b"words", &about);
        assert_eq!(cipher.open(&value, &about), Ok(b"words".to_vec()));
        assert_ne!(sealed(&cipher, b"words", &about), value, "no nonce is used twice");
        for other in [
            key.about(Uuid::nil(), place("6")),
            key.about(Uuid::max(), place("5")),
            KeyId { version: 2, ..key }.about(Uuid::nil(), place("5")),
            KeyId { subject: Uuid::nil(), ..key }.about(Uuid::nil(), place("5")),
            key.about(Uuid::nil(), Place { column: "body", ..place("5") }),
        ] {
            assert_eq!(cipher.open(&value, &other), Err(Torn));
        }
        for place in 0..value.len() {
            let mut torn = value.clone();
            torn[place] ^= 1;
            assert_eq!(cipher.open(&torn, &about), Err(Torn), "byte {place}");
        }
        assert_eq!(cipher.open(&value[..20], &about), Err(Torn));
    }

    /// GB/T 32905-2016 has no vectors for HMAC-SM3; what matters is that it is keyed and keeps kinds apart.
    #[test]
    fn the_blind_index_is_keyed_and_keeps_kinds_apart() {
        let (one, other) = (BlindIndex::new(Plain::new([1; 16])), BlindIndex::new(Plain::new([2; 16])));
        assert_eq!(one.of("id", b"x"), one.of("id", b"x"));
        assert_ne!(one.of("id", b"x"), other.of("id", b"x"));
        assert_ne!(one.of("id", b"x"), one.of("number", b"x"));
        assert_eq!(one.id("id", "x").get_version_num(), 8);
    }

    #[test]
    fn a_key_file_is_made_once_and_read_by_its_owner_alone() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("master.key");
        let made = MasterKey::make(&file).expect("a key");
        let wrapped = made.wrap(&Plain::new([9; 16]), b"about").expect("wrapped");
        let read = MasterKey::read(&file).expect("the same key");
        assert_eq!(*read.unwrap(&wrapped, b"about").expect("unwrapped"), [9; 16]);
        assert!(read.unwrap(&wrapped, b"another").is_err());
        assert!(MasterKey::make(&file).is_err(), "a key is never overwritten");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("a mode");
        assert!(MasterKey::read(&file).expect_err("others may read it").contains("chmod 600"));
        assert!(MasterKey::parse("00").is_err());
    }
}
