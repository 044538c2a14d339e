//! Sealing: SM4-GCM over bytes, for words that an entry only commits to. SM4 is GB/T 32907-2016, GCM is NIST SP 800-38D; SM4
//! in GCM as in RFC 8998, section 3.

use aes_gcm::aead::{Aead, Payload, consts::U12};
use aes_gcm::{AesGcm, Key, KeyInit, Nonce};
use sm4::Sm4;
use zeroize::Zeroizing;

/// A key as it is: 16 bytes, overwritten when it is let go.
pub type Plain = Zeroizing<[u8; 16]>;

/// Bytes of a nonce.
const NONCE: usize = 12;

/// What does not open was not sealed with this key, or not about this, or was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what is sealed does not open: it was changed, or is not in its place")]
pub struct Torn;

/// SM4-GCM under one key.
pub struct Cipher(AesGcm<Sm4, U12>);

impl Cipher {
    /// The cipher of a key.
    pub fn new(key: &Plain) -> Self {
        Cipher(AesGcm::new(&Key::<AesGcm<Sm4, U12>>::from(**key)))
    }

    /// Nonce, ciphertext and tag. No nonce may serve twice under one key: take it at random, and no key for more than 2^32
    /// values (SP 800-38D, section 8.3). `about` is authenticated with the value and must be named again to open it.
    ///
    /// # Panics
    ///
    /// On a value of 64 GiB or more.
    pub fn seal(&self, nonce: [u8; NONCE], plain: &[u8], about: &[u8]) -> Vec<u8> {
        let sealed = self.0.encrypt(&Nonce::<U12>::from(nonce), Payload { msg: plain, aad: about });
        let sealed = sealed.expect("no value is as long as 64 GiB");
        [&nonce[..], &sealed].concat()
    }

    /// Open what [`Cipher::seal`] has sealed.
    ///
    /// # Errors
    ///
    /// [`Torn`]; nothing of the value is told.
    pub fn open(&self, sealed: &[u8], about: &[u8]) -> Result<Vec<u8>, Torn> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(Torn)?;
        self.0.decrypt(&Nonce::<U12>::from(*nonce), Payload { msg: sealed, aad: about }).map_err(|_| Torn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex_of<const N: usize>(text: &str) -> [u8; N] {
        hex::decode(text).expect("hex").try_into().expect("the length")
    }

    /// RFC 8998, appendix A.1: the test vector of SM4-GCM.
    #[test]
    fn sm4_gcm_is_that_of_rfc_8998() {
        let cipher = Cipher::new(&Plain::new(hex_of("0123456789abcdeffedcba9876543210")));
        let sealed = hex::decode(concat!(
            "00001234567800000000abcd",
            "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15",
            "a56834cbcf98c397b4024a2691233b8d",
            "83de3541e4c2b58177e065a9bf7b62ec",
        ));
        let about: [u8; 20] = hex_of("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        let plain = cipher.open(&sealed.expect("hex"), &about).expect("it opens");
        let expected = concat!(
            "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd",
            "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
        );
        assert_eq!(hex::encode(plain), expected);
    }
}
