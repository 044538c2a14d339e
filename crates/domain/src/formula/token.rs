//! From characters to tokens.

use num_rational::BigRational;

use super::error::{FormulaError, Problem};
use super::number::{decimal, whole};

/// Folds the ways in which people type the same sign: full-width forms, × ÷ ≥ ≤ ～ — ∑, Chinese full stops. Letters
/// become small, line breaks become semicolons.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{ff01}'..='\u{ff5e}' => {
                let half = char::from_u32(c as u32 - 0xfee0).unwrap_or(c).to_ascii_lowercase();
                folded.push(if half == '~' { '-' } else { half });
            }
            '×' | '✕' | '∗' | '·' => folded.push('*'),
            '÷' | '∕' => folded.push('/'),
            '≥' | '≧' | '⩾' => folded.push_str(">="),
            '≤' | '≦' | '⩽' => folded.push_str("<="),
            '∑' | 'Σ' | 'σ' => folded.push('Σ'),
            '~' | '—' | '–' | '−' | '‐' | '‑' | '―' => folded.push('-'),
            '、' => folded.push(','),
            '。' | '\n' | '\r' => folded.push(';'),
            '[' | '{' | '【' | '〔' => folded.push('('),
            ']' | '}' | '】' | '〕' => folded.push(')'),
            '“' | '”' | '"' | '「' | '」' | '《' | '》' => {}
            _ if c.is_whitespace() => folded.push(' '),
            _ => folded.push(c.to_ascii_lowercase()),
        }
    }
    folded
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Number(BigRational),
    Word(String),
    /// One of `+ - * / ( ) , ; : = <`, `Σ`, and `…` for two dots.
    Sign(char),
}

/// A token and where it begins in the text.
pub(super) type Placed = (usize, Token);

/// Takes folded text apart.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, FormulaError> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = if c.is_whitespace() {
            c.len_utf8()
        } else if c.is_ascii_digit() {
            let length = number_length(rest);
            let number =
                decimal(&rest[..length]).ok_or_else(|| FormulaError::new(&rest[..length], Problem::TooLong))?;
            let percent = rest[length..].starts_with('%');
            found.push((at, Token::Number(if percent { number / whole(100) } else { number })));
            length + usize::from(percent)
        } else if rest.starts_with("..") {
            found.push((at, Token::Sign('…')));
            2
        } else if "+-*/(),;:=<Σ".contains(c) {
            found.push((at, Token::Sign(c)));
            c.len_utf8()
        } else if is_word(c) {
            let length = word_length(rest);
            found.push((at, Token::Word(rest[..length].to_owned())));
            length
        } else {
            return Err(FormulaError::new(c, Problem::Character));
        };
        at += length;
    }
    Ok(found)
}

/// Digits, with a fraction if a digit follows the point (in `0..2` it does not).
pub(super) fn number_length(text: &str) -> usize {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let integer = digits(text);
    let fraction = text[integer..].strip_prefix('.').map_or(0, digits);
    if fraction == 0 { integer } else { integer + 1 + fraction }
}

pub(super) fn is_word(c: char) -> bool {
    (c.is_alphabetic() || c == '_') && c != 'Σ'
}

/// A run of letters. In names of the compact form (ASCII) digits and, between letters, points go along; in Chinese a
/// digit begins something new: 3-5次80分.
fn word_length(text: &str) -> usize {
    let mut length = 0;
    let mut ascii = true;
    for (at, c) in text.char_indices() {
        let next_is_letter = text[at + c.len_utf8()..].starts_with(|next: char| next.is_ascii_alphabetic());
        let goes_along = is_word(c) || (ascii && (c.is_ascii_digit() || (c == '.' && next_is_letter)));
        if !goes_along {
            break;
        }
        ascii &= c.is_ascii();
        length = at + c.len_utf8();
    }
    length
}
