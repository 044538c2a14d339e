//! Numbers that carry their own check character: citizens' identity numbers and companies' credit codes.

use domain::batch::Fault;
use jiff::civil::Date;

/// A citizen's identity number that has passed its checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdNumber {
    number: String,
    /// The birth date it holds.
    pub(crate) born: Date,
    /// Whether it belongs to a man: the last digit of the sequence is odd (GB 11643-1999, 4.2.3).
    pub(crate) male: bool,
}

/// GB 11643-1999, 4.2: the weights are 2^(17 - i) mod 11.
const ID_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check characters for the remainders 0 to 10 (ISO 7064, MOD 11-2).
const ID_CHECKS: &[u8; 11] = b"10X98765432";

impl IdNumber {
    /// Reads an identity number of 18 characters, or of 15 digits as issued until 1999, which has no check character.
    /// The region's six digits are checked for shape only: regions are abolished, people keep their number.
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        let number = crate::text::code(text);
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
        if number.len() == 18 && id_check(&number) != number.as_bytes()[17] {
            return Err(Fault::IdChecksum);
        }
        let born = super::date::date(&born, false).map_err(|_| Fault::IdBirthDate)?;
        Ok(Self { number, born, male: sequence % 2 == 1 })
    }

    pub(crate) fn into_string(self) -> String {
        self.number
    }
}

/// The check character of the first 17 digits.
fn id_check(number: &str) -> u8 {
    let digits = number.bytes().take(17).map(|byte| u32::from(byte - b'0'));
    let sum: u32 = digits.zip(ID_WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    ID_CHECKS[(sum % 11) as usize]
}

/// GB 32100-2015, 4.5: the characters in the order of their values; I, O, S, V and Z are not used.
const COMPANY_CHARACTERS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// The weights are 3^(i - 1) mod 31.
const COMPANY_WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// Reads a company's unified social credit code (GB 32100-2015).
pub(crate) fn company_code(text: &str) -> Result<String, Fault> {
    let code = crate::text::code(text);
    let values: Option<Vec<_>> = code.chars().map(|c| COMPANY_CHARACTERS.find(c)).collect();
    let values = values.filter(|values| values.len() == 18).ok_or(Fault::CompanyCodeFormat)?;
    let sum: usize = values.iter().zip(COMPANY_WEIGHTS).map(|(value, weight)| value * weight).sum();
    if (31 - sum % 31) % 31 == values[17] { Ok(code) } else { Err(Fault::CompanyCodeChecksum) }
}

#[cfg(test)]
mod tests {
    use jiff::civil;
    use proptest::prelude::*;

    use super::*;

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

    #[test]
    fn company_codes_check_themselves() {
        assert_eq!(company_code("99990107a2pb3y9b2u").as_deref(), Ok("99990107A2PB3Y9B2U"));
        assert_eq!(company_code("99990107A2PB3Y9B2T"), Err(Fault::CompanyCodeChecksum));
        assert_eq!(company_code("99990107A2PB3Y9B2"), Err(Fault::CompanyCodeFormat));
        assert_eq!(company_code("99990107A2PB3Y9BIU"), Err(Fault::CompanyCodeFormat));
    }

    proptest! {
        #[test]
        fn one_wrong_or_two_swapped_digits_never_pass(at in 0usize..17, by in 1u8..10, sequence in 0u32..1000) {
            let digits = format!("99010119800101{sequence:03}");
            let number = format!("{digits}{}", char::from(id_check(&digits)));
            prop_assert!(IdNumber::parse(&number).is_ok());

            let mut wrong = number.clone().into_bytes();
            wrong[at] = (wrong[at] - b'0' + by) % 10 + b'0';
            prop_assert!(IdNumber::parse(&String::from_utf8(wrong).unwrap()).is_err());

            let mut swapped = number.clone().into_bytes();
            if at < 16 && swapped[at] != swapped[at + 1] {
                swapped.swap(at, at + 1);
                prop_assert!(IdNumber::parse(&String::from_utf8(swapped).unwrap()).is_err());
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,30}") {
            let _ = (IdNumber::parse(&text), company_code(&text));
        }
    }
}
