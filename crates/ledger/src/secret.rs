//! Keys that sign.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::Signer as _;

use crate::key::{
    DISTINGUISHING_ID, Parts, Public, SignatureType, VerifierKey, check_id, cosigned_message, parse_parts,
};
use crate::text::{Malformed, base64};

/// A secret key that signs texts: a log's checkpoints, or what a person puts their name to. Its text form is
/// `PRIVATE+KEY+<name>+<id in hex>+<base64 of type and secret>`, as Go's `golang.org/x/mod/sumdb/note` writes Ed25519
/// keys.
#[derive(Clone)]
pub struct SigningKey {
    verifier: VerifierKey,
    secret: Secret,
}

#[derive(Clone)]
enum Secret {
    Ed25519(ed25519_dalek::SigningKey),
    Sm2(sm2::dsa::SigningKey),
}

impl SigningKey {
    /// An Ed25519 key, from 32 random bytes.
    ///
    /// # Errors
    ///
    /// [`Malformed`] when `name` cannot be a key's name.
    pub fn ed25519(name: &str, secret: &[u8; 32]) -> Result<Self, Malformed> {
        Self::new(name, SignatureType::Ed25519, secret).map_err(not_a_secret)
    }

    /// An SM2 key, from 32 random bytes: a number from 1 to n - 2 (GB/T 32918.1-2016, section 6.1).
    ///
    /// # Errors
    ///
    /// [`Malformed`] when `name` cannot be a key's name, and for a secret out of range, of which random bytes are one
    /// in 2^32 times: take others.
    pub fn sm2(name: &str, secret: &[u8; 32]) -> Result<Self, Malformed> {
        Self::new(name, SignatureType::Sm2, secret).map_err(not_a_secret)
    }

    fn new(name: &str, kind: SignatureType, secret: &[u8]) -> Result<Self, &'static str> {
        let (secret, public) = match kind {
            SignatureType::Ed25519 => {
                let secret = ed25519_secret(secret)?;
                let public = Public::Ed25519(secret.verifying_key());
                (Secret::Ed25519(secret), public)
            }
            SignatureType::Sm2 => {
                let secret = sm2::dsa::SigningKey::from_slice(DISTINGUISHING_ID, secret)
                    // n - 1 is a secret key of other algorithms on this curve, but cannot sign.
                    .and_then(|secret| secret.try_sign(b"").map(|_| secret))
                    .map_err(|_| "the secret is not a number from 1 to n - 2")?;
                let public = Public::Sm2(secret.verifying_key().clone());
                (Secret::Sm2(secret), public)
            }
            SignatureType::Cosignature => return Err("it is the key of a cosigner, which signs checkpoints only"),
        };
        Ok(Self { verifier: VerifierKey::new(name, public)?, secret })
    }

    /// The key that checks its signatures: everybody may have it.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs a text. The same text always has the same signature: the SM2 nonce is derived from key and text (RFC 6979
    /// with SM3).
    pub fn sign(&self, text: &[u8]) -> Vec<u8> {
        match &self.secret {
            Secret::Ed25519(key) => key.sign(text).to_bytes().to_vec(),
            Secret::Sm2(key) => key.sign(text).to_bytes().to_vec(),
        }
    }

    /// The text form, with the secret in it: for a file that nobody else can read.
    pub fn to_secret_text(&self) -> String {
        match &self.secret {
            Secret::Ed25519(key) => secret_text(&self.verifier, &key.to_bytes()),
            Secret::Sm2(key) => secret_text(&self.verifier, &key.to_bytes()),
        }
    }
}

/// Whoever signs texts for a person: a key in a file, or a token that never gives its key away.
pub trait Signer {
    /// The key that checks the signatures.
    fn verifier(&self) -> &VerifierKey;

    /// Sign a text.
    ///
    /// # Errors
    ///
    /// A sentence, when the token is not there or its owner does not agree.
    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, String>;
}

impl Signer for SigningKey {
    fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, String> {
        Ok(SigningKey::sign(self, text))
    }
}

impl FromStr for SigningKey {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let parse = || {
            let (name, id, kind, secret) = parse_secret(text)?;
            let key = Self::new(name, kind, &secret)?;
            check_id(&key.verifier, id)?;
            Ok(key)
        };
        parse().map_err(not_a_secret)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "secret of {}", self.verifier)
    }
}

/// A witness's secret key, which signs checkpoints with the time at which they were seen. Its text form is that of
/// [`SigningKey`], with its own signature type.
#[derive(Clone)]
pub struct CosigningKey {
    verifier: VerifierKey,
    secret: ed25519_dalek::SigningKey,
}

impl CosigningKey {
    /// A key from 32 random bytes.
    ///
    /// # Errors
    ///
    /// [`Malformed`] when `name` cannot be a key's name.
    pub fn new(name: &str, secret: &[u8; 32]) -> Result<Self, Malformed> {
        Self::make(name, secret).map_err(not_a_secret)
    }

    fn make(name: &str, secret: &[u8]) -> Result<Self, &'static str> {
        let secret = ed25519_secret(secret)?;
        Ok(Self { verifier: VerifierKey::new(name, Public::Cosignature(secret.verifying_key()))?, secret })
    }

    /// The key that checks its cosignatures: everybody may have it.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs the text of a checkpoint as seen `at`, in seconds since the Unix epoch.
    ///
    /// # Panics
    ///
    /// When `at` is beyond `2^63 - 1`, 292 thousand million years from now.
    pub(crate) fn cosign(&self, text: &[u8], at: u64) -> Vec<u8> {
        let message = cosigned_message(at, text).expect("the clock shows a time that the format can hold");
        [&at.to_be_bytes()[..], &self.secret.sign(&message).to_bytes()].concat()
    }

    /// The text form, with the secret in it: for a file that nobody else can read.
    pub fn to_secret_text(&self) -> String {
        secret_text(&self.verifier, &self.secret.to_bytes())
    }
}

impl FromStr for CosigningKey {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let parse = || {
            let (name, id, kind, secret) = parse_secret(text)?;
            if kind != SignatureType::Cosignature {
                return Err("it is not the key of a cosigner");
            }
            let key = Self::make(name, &secret)?;
            check_id(&key.verifier, id)?;
            Ok(key)
        };
        parse().map_err(not_a_secret)
    }
}

impl fmt::Debug for CosigningKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "secret of {}", self.verifier)
    }
}

fn parse_secret(text: &str) -> Result<Parts<'_>, &'static str> {
    parse_parts(text.strip_prefix("PRIVATE+KEY+").ok_or("it does not begin with PRIVATE+KEY+")?)
}

fn ed25519_secret(secret: &[u8]) -> Result<ed25519_dalek::SigningKey, &'static str> {
    ed25519_dalek::SigningKey::try_from(secret).map_err(|_| "the secret is not 32 bytes long")
}

fn secret_text(verifier: &VerifierKey, secret: &[u8]) -> String {
    let material = [verifier.signature_type().identifier(), secret].concat();
    format!("PRIVATE+KEY+{}+{:08x}+{}", verifier.name(), verifier.id(), base64(&material))
}

fn not_a_secret(why: &'static str) -> Malformed {
    Malformed { what: "a secret key", why }
}
