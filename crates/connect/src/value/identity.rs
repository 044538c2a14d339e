//! Numbers that carry their own check character: citizens' identity numbers and companies' credit codes.

use domain::{batch::Fault, identity::IdNumber};

/// Reads a citizen's identity number as cells hold it.
pub(crate) fn id_number(text: &str) -> Result<IdNumber, Fault> {
    IdNumber::parse(&crate::text::code(text))
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn company_codes_check_themselves() {
        assert_eq!(company_code("99990107a2pb3y9b2u").as_deref(), Ok("99990107A2PB3Y9B2U"));
        assert_eq!(company_code("99990107A2PB3Y9B2T"), Err(Fault::CompanyCodeChecksum));
        assert_eq!(company_code("99990107A2PB3Y9B2"), Err(Fault::CompanyCodeFormat));
        assert_eq!(company_code("99990107A2PB3Y9BIU"), Err(Fault::CompanyCodeFormat));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,30}") {
            let _ = (id_number(&text), company_code(&text));
        }
    }
}
