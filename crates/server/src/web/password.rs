//! Passwords: Argon2id (RFC 9106) in PHC form.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

/// The shortest password.
pub const SHORTEST: usize = 10;

/// Hash a password with a fresh salt.
///
/// # Errors
///
/// It is too short.
pub fn hash(password: &str) -> anyhow::Result<String> {
    if password.chars().count() < SHORTEST {
        anyhow::bail!("a password has at least {SHORTEST} characters; choose a longer one");
    }
    let hashed = Argon2::default().hash_password(password.as_bytes());
    Ok(hashed.map_err(|error| anyhow::anyhow!("{error}"))?.to_string())
}

/// Whether this is the password.
pub fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
}
