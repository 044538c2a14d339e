//! Secrets that nobody can guess: of sessions, first passwords, recovery codes, keys of second factors.

/// Random bytes from the operating system.
#[expect(clippy::disallowed_methods, reason = "secrets are random; nothing on record is decided by them")]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// 256 bits in hexadecimal.
pub fn hexadecimal() -> String {
    hex::encode(bytes::<32>())
}

/// Letters and digits that nobody takes for one another. There are 32 of them, so that each stands for five bits.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const GROUP: usize = 4;

/// 80 bits to be read from paper and typed: four groups of four, such as `k7wq-m2xe-9thd-c5vn`.
pub fn legible() -> String {
    let letters = bytes::<16>().map(|byte| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]));
    letters.chunks(GROUP).map(String::from_iter).collect::<Vec<_>>().join("-")
}

/// A legible secret as it was made, however it was typed; nothing if it can't be one.
pub fn read_legible(typed: &str) -> Option<String> {
    let typed = typed.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
    let letters: Vec<char> = typed.map(|letter| letter.to_ascii_lowercase()).collect();
    let known = |letter: &char| letter.is_ascii() && ALPHABET.contains(&(*letter as u8));
    let fits = letters.len() == 4 * GROUP && letters.iter().all(known);
    fits.then(|| letters.chunks(GROUP).map(String::from_iter).collect::<Vec<_>>().join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_legible_is_read_back_however_it_is_typed() {
        let made = legible();
        assert_eq!(made.len(), 19);
        assert_eq!(read_legible(&made.to_uppercase()).as_ref(), Some(&made));
        assert_eq!(read_legible(&made.replace('-', " ")).as_ref(), Some(&made));
        assert_eq!(read_legible(&made[..18]), None);
        assert_eq!(read_legible("0000-0000-0000-0000"), None, "0 is never made");
        assert_ne!(legible(), made);
    }
}
