//! Keys: their ids, their text forms, and that they sign as the standards say.

use base64::prelude::{BASE64_STANDARD, Engine};
use ledger::{Algorithm, CosigningKey, Malformed, SignatureType, SigningKey, VerifierKey};
use sha2::{Digest, Sha256};
use signed_note::{Signer, StandardSigner, StandardVerifier, Verifier};

/// `name+id+key` for these bytes of type and key, with the id as `signed-note` defines it.
fn vkey(name: &str, material: &[u8]) -> String {
    let id = hex::encode(&Sha256::digest([name.as_bytes(), b"\n", material].concat())[..4]);
    format!("{name}+{id}+{}", BASE64_STANDARD.encode(material))
}

fn refused(key: &str) -> &'static str {
    key.parse::<VerifierKey>().unwrap_err().why
}

/// The point and the signature of the example in GB/T 32918.5-2017 (GM/T 0003.5-2012), annex A.2.
const STANDARD_POINT: &str = "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
                              ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
const STANDARD_SECRET: &str = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
const STANDARD_SIGNATURE: &str = "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3\
                                  b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";

#[test]
fn the_signature_of_the_sm2_standard_holds() {
    let material = [b"\xffoid/1.2.156.10197.1.501", hex::decode(STANDARD_POINT).unwrap().as_slice()].concat();
    let key: VerifierKey = vkey("example.com/sm2", &material).parse().unwrap();
    assert_eq!((key.signature_type(), key.signature_type().algorithm()), (SignatureType::Sm2, Algorithm::Sm3));
    let mut signature = hex::decode(STANDARD_SIGNATURE).unwrap();
    assert_eq!(key.verify(b"message digest", &signature), Ok(None));
    assert!(key.verify(b"message digests", &signature).is_err());
    signature[63] ^= 1;
    assert_eq!(key.verify(b"message digest", &signature).unwrap_err().name, "example.com/sm2");
    assert!(key.verify(b"message digest", &signature[..63]).is_err());
    assert!(key.verify(b"message digest", &[0; 64]).is_err());

    let secret = hex::decode(STANDARD_SECRET).unwrap().try_into().unwrap();
    assert_eq!(*SigningKey::sm2("example.com/sm2", &secret).unwrap().verifier(), key);
}

/// Made with `openssl pkeyutl -sign -rawin -digest sm3 -pkeyopt distid:1234567812345678` and the key of the standard's
/// example; r and s are taken out of the DER around them.
#[test]
fn a_signature_by_openssl_holds() {
    let secret = hex::decode(STANDARD_SECRET).unwrap().try_into().unwrap();
    let key = SigningKey::sm2("example.com/sm2", &secret).unwrap();
    let signature = hex::decode(OPENSSL_SIGNATURE).unwrap();
    assert_eq!(key.verifier().verify(OPENSSL_TEXT.as_bytes(), &signature), Ok(None));
}

const OPENSSL_TEXT: &str = "example.com/log/sm3\n0\nGrIdg1XPoX+OYRlIMegajyK+yMco/vt0ftA161CCqis=\n";
const OPENSSL_SIGNATURE: &str = "7c19d1616c003e4f9129cb8dd11d04dd42a1fa7e2253b52052a2a5acfbe309d8\
                                 a170433ffe07517a83edfffd07356c04d1041c76135d5bd8c905c7753c4c10b6";

/// A signature must be the same whenever it is asked for: a signer that answers the same head twice must not seem to
/// have signed two.
#[test]
fn every_key_signs_what_its_verifier_accepts_and_nothing_else() {
    for key in [SigningKey::ed25519("a", &[7; 32]).unwrap(), SigningKey::sm2("a", &[7; 32]).unwrap()] {
        let signature = key.sign("考核".as_bytes());
        assert_eq!((signature.len(), &signature), (64, &key.sign("考核".as_bytes())));
        assert_eq!(key.verifier().verify("考核".as_bytes(), &signature), Ok(None));
        assert!(key.verifier().verify("考 核".as_bytes(), &signature).is_err());
        assert_ne!(signature, key.sign(b"other"));
    }
}

/// The id commits to name, type and key: none can be exchanged for another.
#[test]
fn an_id_is_the_hash_of_name_type_and_key() {
    let public = ed25519_dalek::SigningKey::from_bytes(&[7; 32]).verifying_key().to_bytes();
    let ed25519 = SigningKey::ed25519("example.com/a", &[7; 32]).unwrap();
    let cosigner = CosigningKey::new("example.com/a", &[7; 32]).unwrap();
    assert_eq!(ed25519.verifier().to_string(), vkey("example.com/a", &[&[1], &public[..]].concat()));
    assert_eq!(cosigner.verifier().to_string(), vkey("example.com/a", &[&[4], &public[..]].concat()));
    assert_ne!(ed25519.verifier().id(), cosigner.verifier().id());
    assert_eq!(format!("{:?}", ed25519.verifier()), ed25519.verifier().to_string());
}

#[test]
fn a_verifier_key_reads_back() {
    let (ed25519, sm2) = (SigningKey::ed25519("a", &[7; 32]).unwrap(), SigningKey::sm2("a", &[7; 32]).unwrap());
    for key in [ed25519.verifier(), sm2.verifier(), CosigningKey::new("a", &[7; 32]).unwrap().verifier()] {
        assert_eq!(key.to_string().parse::<VerifierKey>().as_ref(), Ok(key));
    }
}

#[test]
fn a_secret_key_reads_back_and_never_shows_in_logs() {
    for key in [SigningKey::ed25519("a", &[7; 32]).unwrap(), SigningKey::sm2("a", &[7; 32]).unwrap()] {
        let text = key.to_secret_text();
        let again: SigningKey = text.parse().unwrap();
        assert_eq!((again.to_secret_text(), again.verifier()), (text.clone(), key.verifier()));
        assert!(!format!("{again:?}").contains(text.rsplit('+').next().unwrap()));
        assert_eq!(text.parse::<CosigningKey>().unwrap_err().why, "it is not the key of a cosigner");
    }
    let cosigner = CosigningKey::new("a", &[7; 32]).unwrap();
    let text = cosigner.to_secret_text();
    let again: CosigningKey = text.parse().unwrap();
    assert_eq!((again.to_secret_text(), again.verifier()), (text.clone(), cosigner.verifier()));
    assert!(!format!("{again:?}").contains(text.rsplit('+').next().unwrap()));
    assert_eq!(
        text.parse::<SigningKey>().unwrap_err().why,
        "it is the key of a cosigner, which signs checkpoints only"
    );
    assert_eq!(text.replace("+a+", "+b+").parse::<CosigningKey>().unwrap_err().why, OTHER_ID);
    assert!("a+00000000+".parse::<SigningKey>().unwrap_err().why.contains("PRIVATE+KEY+"));
}

const OTHER_ID: &str = "the id does not belong to this name and key";

#[test]
fn ed25519_keys_are_those_of_signed_note() {
    let ours = SigningKey::ed25519("example.com/log", &[7; 32]).unwrap();
    let theirs = StandardSigner::new(&ours.to_secret_text()).unwrap();
    assert_eq!(theirs.sign(b"text\n").unwrap(), ours.sign(b"text\n"));
    let theirs = StandardVerifier::new(&ours.verifier().to_string()).unwrap();
    assert_eq!((theirs.name(), theirs.key_id()), ("example.com/log", ours.verifier().id()));
    assert!(theirs.verify(b"text\n", &ours.sign(b"text\n")));
}

#[test]
fn what_is_no_verifier_key_is_refused() {
    let whole = SigningKey::ed25519("example.com/log", &[7; 32]).unwrap().verifier().to_string();
    let form = "it is not of the form name+id+key";
    assert_eq!((refused(""), refused("example.com/log"), refused("example.com/log+00000000")), (form, form, form));
    let (name, rest) = whole.split_once('+').unwrap();
    let (id, key) = rest.split_once('+').unwrap();
    let digits = "the id is not eight lowercase hex digits";
    assert_eq!(refused(&format!("{name}+{}+{key}", &id[1..])), digits);
    assert_eq!(refused(&format!("{name}+{}+{key}", id.to_uppercase())), digits);
    assert_eq!(refused(&format!("{name}++{}+{key}", &id[1..])), digits);
    assert_eq!(refused(&format!("{name}+00000000+{key}")), OTHER_ID);
    assert_eq!(refused(&format!("other+{id}+{key}")), OTHER_ID);
    assert_eq!(refused(&format!("{name}+{id}+{key}=")), "the key is not base64");
    assert_eq!(refused(&vkey("a", &[2; 33])), "its signature type is not known here");
    assert_eq!(refused(&vkey("a", b"\xffoid/1.2.3")), "its signature type is not known here");
    let name = "the name is empty, or has a space, a control character or a plus sign in it";
    let material = BASE64_STANDARD.decode(key).unwrap();
    for bad in ["", "a b", "a\u{3000}b", "a\tb", "a\u{1}b"] {
        assert_eq!(refused(&vkey(bad, &material)), name);
    }
    assert_eq!(SigningKey::ed25519("a+b", &[7; 32]).unwrap_err(), Malformed { what: "a secret key", why: name });
}

#[test]
fn a_public_key_that_could_not_be_trusted_is_refused() {
    let invalid = "it holds no valid public key of its signature type";
    assert_eq!(refused(&vkey("a", &[1; 32])), invalid, "a byte is missing");
    // The neutral element, for which a signature can be made without a secret.
    let weak = [&[1, 1][..], &[0; 31]].concat();
    assert_eq!(refused(&vkey("a", &weak)), invalid);
    assert_eq!(refused(&vkey("a", &[&[4], &weak[1..]].concat())), invalid);
    let sm2 = |point: &[u8]| vkey("a", &[b"\xffoid/1.2.156.10197.1.501", point].concat());
    let mut point = hex::decode(STANDARD_POINT).unwrap();
    assert!(sm2(&point).parse::<VerifierKey>().is_ok());
    let compressed = [&[2 + point[64] % 2], &point[1..33]].concat();
    assert_eq!(refused(&sm2(&compressed)), invalid, "a second spelling of the same key");
    assert_eq!(refused(&sm2(&[0])), invalid, "the point at infinity");
    point[64] ^= 1;
    assert_eq!(refused(&sm2(&point)), invalid, "not on the curve");
}

#[test]
fn an_sm2_secret_is_from_1_to_n_minus_2() {
    let n = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";
    let secret = |last: u8| {
        let mut bytes: [u8; 32] = hex::decode(n).unwrap().try_into().unwrap();
        bytes[31] = last;
        SigningKey::sm2("a", &bytes)
    };
    assert!(secret(0x21).is_ok(), "n - 2");
    for out_of_range in [SigningKey::sm2("a", &[0; 32]), secret(0x22), secret(0x23), SigningKey::sm2("a", &[0xff; 32])]
    {
        assert_eq!(out_of_range.unwrap_err().why, "the secret is not a number from 1 to n - 2");
    }
}
