//! Citizens' identity numbers 公民身份号码 (GB 11643-1999), which carry their own check character.

use crate::batch::Fault;
use jiff::civil::Date;

/// An identity number that has passed its checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdNumber {
    number: String,
    /// The day of birth it holds.
    pub born: Date,
    /// Whether it belongs to a man: the last digit of the sequence is odd (4.2.3).
    pub male: bool,
}

/// 4.2: the weights are 2^(17 - i) mod 11.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check characters for the remainders 0 to 10 (ISO 7064, MOD 11-2).
const CHECKS: &[u8; 11] = b"10X98765432";

impl IdNumber {
    /// Reads an identity number of 18 characters, or of 15 digits as issued until 1999, which has no check character.
    /// Spaces and full-width characters are what people type and stand for the plain ones. The region's six digits are
    /// checked for shape only: regions are abolished, people keep their number.
    ///
    /// # Errors
    ///
    /// What is wrong with it: its shape, its check character, or the day of birth in it.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let number: String = text.chars().filter(|char| !char.is_whitespace()).map(half_width).collect();
        let number = number.to_ascii_uppercase();
        if !number.is_ascii() || number.starts_with('0') {
            return Err(Fault::IdFormat);
        }
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let (born, sequence) = match number.len() {
            18 if is_digits(&number[..17]) && matches!(number.as_bytes()[17], b'0'..=b'9' | b'X') => {
                (number[6..14].to_owned(), number.as_bytes()[16])
            }
            15 if is_digits(&number) => (format!("19{}", &number[6..12]), number.as_bytes()[14]),
            _ => return Err(Fault::IdFormat),
        };
        if number.len() == 18 && check(&number) != number.as_bytes()[17] {
            return Err(Fault::IdChecksum);
        }
        let born = Date::strptime("%Y%m%d", &born).map_err(|_| Fault::IdBirthDate)?;
        Ok(Self { number, born, male: sequence % 2 == 1 })
    }

    /// The number, plain.
    pub fn into_string(self) -> String {
        self.number
    }
}

/// The check character of the first 17 digits.
fn check(number: &str) -> u8 {
    let digits = number.bytes().take(17).map(|byte| u32::from(byte - b'0'));
    let sum: u32 = digits.zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    CHECKS[(sum % 11) as usize]
}

/// Full-width forms of ASCII (U+FF01 to U+FF5E) as ASCII.
fn half_width(char: char) -> char {
    match char {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(char as u32 - 0xfee0).unwrap_or(char),
        _ => char,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil;
    use proptest::prelude::*;

    /// Region 99 does not exist, so that no living person has these numbers.
    const VALID: &str = "99010419691007893X";

    #[test]
    fn a_number_tells_birth_and_sex() {
        let id = IdNumber::parse(" ９９０１０４１９６９１００７８９３x ").unwrap();
        assert_eq!((id.born, id.male), (civil::date(1969, 10, 7), true));
        assert_eq!(id.into_string(), VALID);
        let old = IdNumber::parse("990104691007894").unwrap();
        assert_eq!((old.born, old.male), (civil::date(1969, 10, 7), false));
    }

    #[test]
    fn each_fault_has_its_reason() {
        for (number, fault) in [
            ("9901041969100789", Fault::IdFormat),
            ("99010419691007893A", Fault::IdFormat),
            ("09010419691007893X", Fault::IdFormat),
            ("９９０1041969100789号", Fault::IdFormat),
            ("990104196910078930", Fault::IdChecksum),
            ("990104196902308934", Fault::IdBirthDate),
            ("990104690230893", Fault::IdBirthDate),
        ] {
            assert_eq!(IdNumber::parse(number), Err(fault), "{number}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_or_two_swapped_digits_never_pass(at in 0usize..17, by in 1u8..10, sequence in 0u32..1000) {
            let digits = format!("99010119800101{sequence:03}");
            let number = format!("{digits}{}", char::from(check(&digits)));
            prop_assert!(IdNumber::parse(&number).is_ok());

            let mut wrong = number.clone().into_bytes();
            wrong[at] = (wrong[at] - b'0' + by) % 10 + b'0';
            let wrong = String::from_utf8(wrong).unwrap();
            prop_assert!(IdNumber::parse(&wrong).is_err());

            let mut swapped = number.clone().into_bytes();
            if at < 16 && swapped[at] != swapped[at + 1] {
                swapped.swap(at, at + 1);
                prop_assert!(IdNumber::parse(&String::from_utf8(swapped).unwrap()).is_err());
            }
        }
    }
}
