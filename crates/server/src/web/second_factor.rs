//! The second factor: codes by time (TOTP, RFC 6238) from an authenticator app, and recovery codes for when the phone
//! is lost. Each is good once.

use super::random;
use domain::id::AccountId;
use qrcodegen::{QrCode, QrCodeEcc};
use store::Store;
use totp_rs::{Builder, Secret, Totp};

/// How many recovery codes are given out with a second factor.
const RECOVERY_CODES: usize = 10;

/// A fresh key, base32: 160 bits, as RFC 4226, section 4 recommends.
pub fn new_key() -> String {
    Secret::from(random::bytes::<20>()).to_base32()
}

/// Fresh recovery codes.
pub fn new_recovery_codes() -> Vec<String> {
    (0..RECOVERY_CODES).map(|_| random::legible()).collect()
}

fn totp(key: &str, login: &str, issuer: &str) -> Option<Totp> {
    let plain = |text: &str| text.replace(':', " ");
    let builder = Builder::new().with_secret(Secret::try_from_base32(key).ok()?);
    builder.with_account_name(plain(login)).with_issuer(Some(plain(issuer))).build().ok()
}

/// The address that an authenticator app reads from the QR code.
pub fn address(key: &str, login: &str, issuer: &str) -> Option<String> {
    totp(key, login, issuer)?.to_url().ok()
}

/// The step that a code belongs to: of this moment, or one step of 30 seconds beside it.
pub fn step(key: &str, code: &str, unix_seconds: u64) -> Option<i64> {
    let code: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    i64::try_from(totp(key, "", "")?.check(&code, unix_seconds)?).ok()
}

/// Take a code or a recovery code: true once for each.
pub async fn take(
    store: &Store,
    account: AccountId,
    key: &str,
    typed: &str,
    unix_seconds: u64,
) -> Result<bool, store::Error> {
    match (step(key, typed, unix_seconds), random::read_legible(typed)) {
        (Some(step), _) => store.take_step(account, step).await,
        (None, Some(recovery)) => store.take_recovery_code(account, &recovery).await,
        (None, None) => Ok(false),
    }
}

/// A QR code as the path of an SVG, drawn one unit a module.
pub struct Qr {
    /// Width and height with the quiet zone of four modules around it.
    pub size: i32,
    /// The dark modules.
    pub path: String,
}

impl Qr {
    /// Draw a text.
    pub fn of(text: &str) -> Option<Qr> {
        const QUIET: i32 = 4;
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        let places = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
        let dark = places.filter(|(x, y)| code.get_module(*x, *y));
        let path = dark.map(|(x, y)| format!("M{},{}h1v1h-1z", x + QUIET, y + QUIET)).collect();
        Some(Qr { size: code.size() + 2 * QUIET, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, SHA-1, the last six of its eight digits.
    const KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn codes_are_those_of_the_rfc_and_good_for_three_steps() {
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(step(KEY, code, seconds), i64::try_from(seconds / 30).ok());
        }
        assert_eq!(step(KEY, "287 082", 59 + 30), Some(1), "one step late, with a space");
        assert_eq!(step(KEY, "287082", 59 + 61), None);
        assert_eq!(step(KEY, "", 59), None);
        assert_eq!(step("no key", "287082", 59), None);
    }

    #[test]
    fn the_address_names_issuer_and_login() {
        let address = address(KEY, "YT0481", "明镜: 云汀市").expect("an address");
        assert!(address.starts_with("otpauth://totp/%E6%98%8E"), "{address}");
        assert!(address.contains(":YT0481?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer="), "{address}");
    }

    #[test]
    fn a_qr_code_has_its_three_corners() {
        let qr = Qr::of("otpauth://totp/x").expect("a code");
        let size = qr.size - 8;
        assert_eq!((size - 17) % 4, 0, "ISO/IEC 18004 sizes");
        for (x, y) in [(4, 4), (4 + size - 1, 4), (4, 4 + size - 1)] {
            assert!(qr.path.contains(&format!("M{x},{y}h1v1h-1z")));
        }
        assert!(!qr.path.contains(&format!("M{},{}h", 5, 5)), "the ring inside the corner is light");
    }

    #[test]
    fn keys_and_codes_are_fresh() {
        assert_eq!(new_key().len(), 32);
        assert_ne!(new_key(), new_key());
        assert_eq!(new_recovery_codes().len(), RECOVERY_CODES);
    }
}
