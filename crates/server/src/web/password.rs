//! Passwords: which ones are taken, and their hashes: Argon2id (RFC 9106) in PHC form.
//!
//! What counts is length, not a mixture of signs, and no password runs out (NIST SP 800-63B, section 3.1.1.2). What is
//! common or easily derived is refused, which is the "complexity" that GB/T 22239-2019, 8.1.4.1 a) asks for.

use super::locale::Sentence;
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use std::{collections::BTreeSet, sync::LazyLock};
use tokio::{sync::Semaphore, task::spawn_blocking};
use unicode_normalization::UnicodeNormalization;

/// The fewest characters of a password.
pub const SHORTEST: usize = 12;
/// The most: nobody can keep the server busy with an endless one.
pub const LONGEST: usize = 200;
/// How many different characters a password has at least.
const DIFFERENT: usize = 6;
/// How many characters are left at least when what is common or the owner's own is taken away.
const UNCOMMON: usize = 6;
/// What people build passwords from, one a line.
const COMMON: &str = include_str!("password/common.txt");

/// Each hash takes 19 MiB and a core for some milliseconds, so that only so many are made at once; others wait.
static AT_ONCE: Semaphore = Semaphore::const_new(4);
/// What is compared where there is no password, so that it takes as long as where there is one.
static NOBODYS: LazyLock<String> = LazyLock::new(|| hashed("a password nobody has").unwrap_or_default());

/// The same password however a keyboard composes it (full-width letters, accents): NIST SP 800-63B, section 3.1.1.2.
fn normal(password: &str) -> String {
    password.nfkc().collect()
}

/// Whether a password may be chosen by the owner of `own`: login, names, whatever is easily guessed.
///
/// # Errors
///
/// The sentence that says what to change.
pub fn fit(password: &str, own: &[&str]) -> Result<(), Sentence> {
    let password = normal(password);
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(Sentence::new("password-too-short").arg("least", SHORTEST));
    }
    if length > LONGEST {
        return Err(Sentence::new("password-too-long").arg("most", LONGEST));
    }
    if password.chars().all(|letter| letter.is_ascii_digit()) {
        return Err(Sentence::new("password-only-digits"));
    }
    let folded = password.to_lowercase();
    let different: BTreeSet<char> = folded.chars().collect();
    if different.len() < DIFFERENT || uncommon(folded, own) < UNCOMMON {
        return Err(Sentence::new("password-common"));
    }
    Ok(())
}

/// How many characters are left without what is common or the owner's own.
fn uncommon(mut password: String, own: &[&str]) -> usize {
    let own = own.iter().map(|word| normal(word).to_lowercase()).filter(|word| word.chars().count() > 1);
    let mut words: Vec<String> = COMMON.lines().map(str::to_owned).chain(own).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in words {
        password = password.replace(&word, " ");
    }
    password.chars().filter(|letter| !letter.is_whitespace()).count()
}

fn hashed(password: &str) -> anyhow::Result<String> {
    let hash = Argon2::default().hash_password(normal(password).as_bytes());
    Ok(hash.map_err(|error| anyhow::anyhow!("a password could not be hashed: {error}"))?.to_string())
}

/// Hash a password with a fresh salt.
pub async fn hash(password: &str) -> anyhow::Result<String> {
    let _turn = AT_ONCE.acquire().await?;
    let password = password.to_owned();
    spawn_blocking(move || hashed(&password)).await?
}

/// Whether this is the password of a hash. Without a hash it is not, and finding out takes as long.
pub async fn verify(password: &str, hash: Option<String>) -> anyhow::Result<bool> {
    if password.chars().count() > LONGEST {
        return Ok(false);
    }
    let _turn = AT_ONCE.acquire().await?;
    let password = normal(password);
    let fits = move || {
        let parsed = PasswordHash::new(hash.as_deref().unwrap_or(&NOBODYS));
        let same = parsed.is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        same && hash.is_some()
    };
    Ok(spawn_blocking(fits).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(password: &str) -> Option<String> {
        match fit(password, &["YT0035", "王小明", "wxm"]) {
            Err(Sentence::Text { key, .. }) => Some(key.into_owned()),
            _ => None,
        }
    }

    #[test]
    fn long_ones_are_taken_and_easy_ones_are_not() {
        for taken in ["correct horse battery", "河边三棵柳树会唱歌对不对", "k7wq-m2xe-9thd-c5vn", "mei2tian1sanbu"]
        {
            assert_eq!(refused(taken), None, "{taken}");
        }
        let long = "x9".repeat(101);
        for (password, why) in [
            ("Admin-Pass1!", "password-common"),
            ("Tr0ub4dor&3", "password-too-short"),
            ("江上一叶扁舟", "password-too-short"),
            ("139001390013900", "password-only-digits"),
            ("Password12345!", "password-common"),
            ("qwertyuiop1234", "password-common"),
            ("YT0035@2026abc", "password-common"),
            ("王小明王小明王小明a12", "password-common"),
            ("abababababababab", "password-common"),
            (&long, "password-too-long"),
        ] {
            assert_eq!(refused(password).as_deref(), Some(why), "{password}");
        }
    }

    #[tokio::test]
    async fn a_password_is_known_however_it_is_composed_and_nothing_else_is() {
        let hash = hash("Ｃａｆe\u{301} am Fluss").await.expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify("Café am Fluss", Some(hash.clone())).await.expect("an answer"));
        assert!(!verify("Cafe am Fluss", Some(hash.clone())).await.expect("an answer"));
        assert!(!verify("a password nobody has", None).await.expect("an answer"), "no hash fits nothing");
        assert!(!verify("anything", Some("damaged".to_owned())).await.expect("an answer"));
        assert!(!verify(&"x".repeat(LONGEST + 1), Some(hash)).await.expect("an answer"));
    }
}
