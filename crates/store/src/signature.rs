//! Personal signatures: who has enrolled a key signs their scores, approvals and verdicts with it, and the signature
//! stands in the entry. It proves to anybody that the act came from who holds the key, even against whoever runs the
//! server: see docs/LEDGER.md.

use crate::{Error, Store};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    account::Account,
    act::Act,
    refusal::{Reason, Refusal},
};
use ledger::{SignatureType, VerifierKey};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A signature as it stands in an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// The public key, as C2SP `signed-note` spells a verifier key: Ed25519 (RFC 8032), or SM2 with SM3 (GB/T 32918.2).
    pub key: String,
    /// The signature of [`Store::text_to_sign`], base64.
    pub signature: String,
}

/// What is signed: the form, the authority, the act's id and the act as canonical JSON (RFC 8785), a line each.
fn text(authority: Uuid, act_id: Uuid, act: &str) -> String {
    format!("mingjing-act/v1\n{authority}\n{act_id}\n{act}\n")
}

/// The act as it is signed.
pub(crate) fn canonical(act: &Act) -> Result<String, Error> {
    let bytes = ledger::canonical(&serde_json::to_value(act)?)?;
    Ok(String::from_utf8(bytes).expect("canonical JSON is UTF-8"))
}

impl Signed {
    /// Whether the key signed this act, given as it was signed, under this id; and whether it is an act of this name.
    pub fn is_of(&self, authority: Uuid, act_id: Uuid, name: &str, act: &str) -> bool {
        let said = serde_json::from_str::<serde_json::Value>(act).unwrap_or_default();
        said["act"] == name && self.holds(&text(authority, act_id, act))
    }

    fn holds(&self, text: &str) -> bool {
        let signature = STANDARD.decode(&self.signature).ok();
        signature.zip(key(&self.key)).is_some_and(|(bytes, key)| key.verify(text.as_bytes(), &bytes).is_ok())
    }
}

/// A key that a person may sign with: not one that cosigns checkpoints.
fn key(text: &str) -> Option<VerifierKey> {
    text.parse().ok().filter(|key: &VerifierKey| key.signature_type() != SignatureType::Cosignature)
}

/// The key that an act has to be signed with: the one to be enrolled, or the one in force for acts that are signed.
pub fn key_for<'a>(account: Option<&'a Account>, act: &'a Act) -> Option<&'a str> {
    match act {
        Act::EnrolSigningKey { key, .. } => Some(key),
        _ if Act::is_signed(act.name()) => account?.signing_key(),
        _ => None,
    }
}

/// What is to stand in the entries of an act: its signature if it has to have one, which must hold; nothing if not.
pub(crate) fn check(
    authority: Uuid,
    account: Option<&Account>,
    act_id: Uuid,
    act: &Act,
    signature: Option<&str>,
) -> Result<Option<Signed>, Error> {
    let refused = |reason: Reason| Error::from(Refusal::from(reason));
    let Some(wanted) = key_for(account, act) else {
        return match signature {
            None => Ok(None),
            Some(_) => Err(refused(Reason::SignatureUnasked)),
        };
    };
    if key(wanted).is_none() {
        return Err(refused(Reason::SigningKeyUnfit));
    }
    let signature = signature.ok_or_else(|| refused(Reason::SignatureMissing))?;
    let signed = Signed { key: wanted.to_owned(), signature: signature.to_owned() };
    match signed.holds(&text(authority, act_id, &canonical(act)?)) {
        true => Ok(Some(signed)),
        false => Err(refused(Reason::SignatureWrong)),
    }
}

impl Store {
    /// What has to be signed for an act that is sent under this key.
    ///
    /// # Errors
    ///
    /// [`Error::Json`] and [`Error::Canonical`], for an act that can't be written.
    pub fn text_to_sign(&self, act_id: Uuid, act: &Act) -> Result<String, Error> {
        Ok(text(self.authority, act_id, &canonical(act)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{act::Act, id::AccountId};
    use ledger::SigningKey;

    #[test]
    fn a_signature_is_of_one_act_alone() {
        let (authority, id) = (Uuid::from_u128(1), Uuid::from_u128(2));
        for secret in [SigningKey::ed25519("anna", &[7; 32]), SigningKey::sm2("anna", &[7; 32])] {
            let secret = secret.expect("a key");
            let key = secret.verifier().to_string();
            let act = Act::EnrolSigningKey { account: AccountId(Uuid::from_u128(3)), key: key.clone() };
            let signed = |text: &str| STANDARD.encode(secret.sign(text.as_bytes()));
            let good = signed(&text(authority, id, &canonical(&act).expect("text")));
            let found = check(authority, None, id, &act, Some(&good)).expect("it holds");
            let signed = Signed { key, signature: good.clone() };
            let told = canonical(&act).expect("text");
            assert!(signed.is_of(authority, id, "enrol_signing_key", &told));
            assert!(!signed.is_of(authority, id, "give_score", &told), "an entry of another act");
            assert_eq!(found, Some(signed));
            for (authority, id, signature, reason) in [
                (authority, id, None, Reason::SignatureMissing),
                (authority, Uuid::nil(), Some(good.as_str()), Reason::SignatureWrong),
                (Uuid::nil(), id, Some(good.as_str()), Reason::SignatureWrong),
                (authority, id, Some("x"), Reason::SignatureWrong),
            ] {
                let refused = check(authority, None, id, &act, signature).expect_err("refused");
                assert!(matches!(refused, Error::Refused(refusal) if refusal.reason == reason), "{reason:?}");
            }
        }
        let unfit = Act::EnrolSigningKey { account: AccountId(Uuid::nil()), key: "no key".to_owned() };
        let refused = check(authority, None, id, &unfit, None).expect_err("refused");
        assert!(matches!(refused, Error::Refused(refusal) if refusal.reason == Reason::SigningKeyUnfit));
    }
}
