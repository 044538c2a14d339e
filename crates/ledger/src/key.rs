//! The keys that check signatures, in the text form of C2SP `signed-note`, sections "Signatures" and "Verifier keys".
//!
//! The bytes that name a signature type and a public key, and so go into a key's id:
//!
//! | type | identifier | public key | signature |
//! |---|---|---|---|
//! | Ed25519 | `0x01` | 32 bytes (RFC 8032) | 64 bytes |
//! | Ed25519 cosignature | `0x04` | 32 bytes (RFC 8032) | 8 bytes of time, 64 bytes |
//! | SM2 with SM3 (GB/T 32918.2) | `0xff`, `"oid/1.2.156.10197.1.501"` | 65 bytes: `0x04`, x, y | 64 bytes: r, s |
//!
//! C2SP assigns SM2 no type. `0xff` followed by a long identifier is what it recommends then; the object identifier is
//! that of this signature algorithm in GM/T 0006. The signer's distinguishing identifier is that of GM/T 0009.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};
use sm2::dsa::signature::Verifier;

use crate::hash::Algorithm;
use crate::text::{Malformed, base64, from_base64};

/// The distinguishing identifier `ID_A` that goes into every SM2 signature by way of `Z_A`, where none was agreed on
/// (GM/T 0009-2012, section 10).
pub(crate) const DISTINGUISHING_ID: &str = "1234567812345678";

/// How a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureType {
    /// Ed25519 over the text (`signed-note`, section "Ed25519 signatures").
    Ed25519,
    /// Ed25519 over the time and the text of a checkpoint (`tlog-cosignature`, section "Ed25519 signed message").
    Cosignature,
    /// SM2 with SM3 over the text (GB/T 32918.2-2016).
    Sm2,
}

impl SignatureType {
    const ALL: [Self; 3] = [Self::Ed25519, Self::Cosignature, Self::Sm2];

    pub(crate) fn identifier(self) -> &'static [u8] {
        match self {
            Self::Ed25519 => &[0x01],
            Self::Cosignature => &[0x04],
            Self::Sm2 => b"\xffoid/1.2.156.10197.1.501",
        }
    }

    /// Parts the type from the key that follows it.
    fn split(bytes: &[u8]) -> Option<(Self, &[u8])> {
        Self::ALL.into_iter().find_map(|kind| Some((kind, bytes.strip_prefix(kind.identifier())?)))
    }

    /// The tree whose heads a log signs with such a key: a national signature stands under a national hash.
    pub fn algorithm(self) -> Algorithm {
        match self {
            Self::Ed25519 | Self::Cosignature => Algorithm::Sha256,
            Self::Sm2 => Algorithm::Sm3,
        }
    }
}

/// A signature that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "The signature of {name} does not hold. The text or the signature was changed after signing: fetch both again, and \
     if the answer stays the same, report it to the inspectors."
)]
pub struct BadSignature {
    /// The name of the key.
    pub name: String,
}

/// A public key that checks signatures, with the name of its owner. Its text form is the verifier key (*vkey*)
/// `<name>+<id in hex>+<base64 of type and key>`.
#[derive(Clone, PartialEq)]
pub struct VerifierKey {
    name: String,
    id: u32,
    public: Public,
}

#[derive(Clone)]
pub(crate) enum Public {
    Ed25519(ed25519_dalek::VerifyingKey),
    Cosignature(ed25519_dalek::VerifyingKey),
    Sm2(sm2::dsa::VerifyingKey),
}

impl Public {
    fn parse(kind: SignatureType, bytes: &[u8]) -> Option<Self> {
        // A weak key, of small order, accepts signatures that nobody made.
        let ed25519 = || ed25519_dalek::VerifyingKey::try_from(bytes).ok().filter(|key| !key.is_weak());
        match kind {
            SignatureType::Ed25519 => ed25519().map(Self::Ed25519),
            SignatureType::Cosignature => ed25519().map(Self::Cosignature),
            // The compressed form would be a second spelling, and a second id, of the same key.
            SignatureType::Sm2 if bytes.len() == 65 => {
                sm2::dsa::VerifyingKey::from_sec1_bytes(DISTINGUISHING_ID, bytes).ok().map(Self::Sm2)
            }
            SignatureType::Sm2 => None,
        }
    }

    fn kind(&self) -> SignatureType {
        match self {
            Self::Ed25519(_) => SignatureType::Ed25519,
            Self::Cosignature(_) => SignatureType::Cosignature,
            Self::Sm2(_) => SignatureType::Sm2,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Ed25519(key) | Self::Cosignature(key) => key.to_bytes().to_vec(),
            Self::Sm2(key) => key.to_sec1_bytes().to_vec(),
        }
    }
}

impl PartialEq for Public {
    fn eq(&self, other: &Self) -> bool {
        self.kind() == other.kind() && self.bytes() == other.bytes()
    }
}

impl VerifierKey {
    pub(crate) fn new(name: &str, public: Public) -> Result<Self, &'static str> {
        if !is_key_name(name) {
            return Err("the name is empty, or has a space, a control character or a plus sign in it");
        }
        let mut key = Self { name: name.to_owned(), id: 0, public };
        let hash = Sha256::new().chain_update(name).chain_update(b"\n").chain_update(key.material()).finalize();
        key.id = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]);
        Ok(key)
    }

    /// The signature type and the public key, as they go into the id and into the text form.
    fn material(&self) -> Vec<u8> {
        [self.signature_type().identifier(), &self.public.bytes()].concat()
    }

    /// Whose key it is. The name of a log's key is the log's origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first four bytes of `SHA-256(name || 0x0A || signature type || public key)`. With the name it says which key
    /// signed; it proves nothing.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// How the key signs.
    pub fn signature_type(&self) -> SignatureType {
        self.public.kind()
    }

    /// Whether the two are the same public key, whatever their names and signature types.
    pub(crate) fn is_same_public_key(&self, other: &Self) -> bool {
        self.public.bytes() == other.public.bytes()
    }

    /// Checks the signature of a text. Gives the time that a cosigner states in it, in seconds since the Unix epoch,
    /// and nothing for the other signature types.
    ///
    /// # Errors
    ///
    /// [`BadSignature`] when the key did not make it over this text.
    pub fn verify(&self, text: &[u8], signature: &[u8]) -> Result<Option<u64>, BadSignature> {
        let held = match &self.public {
            Public::Ed25519(key) => verify_ed25519(key, text, signature).map(|()| None),
            Public::Cosignature(key) => signature.split_first_chunk().and_then(|(at, signature)| {
                let at = u64::from_be_bytes(*at);
                verify_ed25519(key, &cosigned_message(at, text)?, signature).map(|()| Some(at))
            }),
            Public::Sm2(key) => sm2::dsa::Signature::from_slice(signature)
                .and_then(|signature| key.verify(text, &signature))
                .ok()
                .map(|()| None),
        };
        held.ok_or_else(|| BadSignature { name: self.name.clone() })
    }
}

fn verify_ed25519(key: &ed25519_dalek::VerifyingKey, text: &[u8], signature: &[u8]) -> Option<()> {
    let signature = ed25519_dalek::Signature::from_slice(signature).ok()?;
    key.verify_strict(text, &signature).ok()
}

/// What a cosigner signs (`tlog-cosignature`, section "Ed25519 signed message"). None for a time beyond `2^63 - 1`,
/// which the format forbids.
pub(crate) fn cosigned_message(at: u64, text: &[u8]) -> Option<Vec<u8>> {
    i64::try_from(at).ok()?;
    Some([format!("cosignature/v1\ntime {at}\n").as_bytes(), text].concat())
}

impl FromStr for VerifierKey {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        parse_verifier(text).map_err(|why| Malformed { what: "a verifier key", why })
    }
}

fn parse_verifier(text: &str) -> Result<VerifierKey, &'static str> {
    let (name, id, kind, bytes) = parse_parts(text)?;
    let public = Public::parse(kind, &bytes).ok_or("it holds no valid public key of its signature type")?;
    let key = VerifierKey::new(name, public)?;
    check_id(&key, id)?;
    Ok(key)
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}+{:08x}+{}", self.name, self.id, base64(&self.material()))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// Whether a key may have this name (`signed-note`, section "Format").
pub(crate) fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|letter: char| letter.is_whitespace() || letter < ' ' || letter == '+')
}

pub(crate) type Parts<'a> = (&'a str, u32, SignatureType, Vec<u8>);

/// Name, id, signature type and key. The base64 part may have plus signs of its own.
pub(crate) fn parse_parts(text: &str) -> Result<Parts<'_>, &'static str> {
    let (name, rest) = text.split_once('+').ok_or("it is not of the form name+id+key")?;
    let (id, key) = rest.split_once('+').ok_or("it is not of the form name+id+key")?;
    let is_hex = id.len() == 8 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let id = u32::from_str_radix(id, 16).ok().filter(|_| is_hex).ok_or("the id is not eight lowercase hex digits")?;
    let key = from_base64(key).ok_or("the key is not base64")?;
    let (kind, bytes) = SignatureType::split(&key).ok_or("its signature type is not known here")?;
    Ok((name, id, kind, bytes.to_vec()))
}

/// Whoever mistypes a name or a key is told, instead of finding every signature to be by somebody else.
pub(crate) fn check_id(key: &VerifierKey, id: u32) -> Result<(), &'static str> {
    if key.id == id { Ok(()) } else { Err("the id does not belong to this name and key") }
}
