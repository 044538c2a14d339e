//! The forms in which words are compared and kept.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// The form in which headers and enumeration words are compared: full-width forms folded, lower case, letters and
/// digits only. Text without any letter or digit (`√`, `-`) stays, so that it can be compared too.
pub(crate) fn plain(text: &str) -> String {
    let folded: String =
        if text.is_ascii() { text.to_ascii_lowercase() } else { text.nfkc().flat_map(char::to_lowercase).collect() };
    let letters: String = folded.chars().filter(|c| c.is_alphanumeric()).collect();
    if letters.is_empty() { folded.trim().to_owned() } else { letters }
}

/// Text to be kept: full-width forms folded, invisible characters dropped, runs of blanks made one.
pub(crate) fn folded(text: &str) -> String {
    let visible = visible(text);
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An identifying code: folded, without blanks, in upper case, out of the wrappings by which people keep spreadsheet
/// programs from taking it for a number (`="0012"`, `'0012`).
pub(crate) fn code(text: &str) -> String {
    let folded: String = visible(text).split_whitespace().collect();
    let bare = folded.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(&folded);
    bare.trim_start_matches('\'').to_uppercase()
}

/// A person's name: blanks between Chinese characters are there for looks only.
pub(crate) fn name(text: &str) -> String {
    let mut name = String::new();
    for part in folded(text).split(' ') {
        let between_chinese = name.chars().next_back().is_some_and(is_chinese) && part.chars().all(is_chinese);
        if !name.is_empty() && !between_chinese {
            name.push(' ');
        }
        name.push_str(part);
    }
    name
}

/// CJK ideographs of all planes, and the dot inside transcribed names.
fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}' | '·')
}

/// A header as it is shown: on one line.
pub(crate) fn one_line(text: &str) -> String {
    text.split(['\r', '\n']).map(str::trim).collect::<Vec<_>>().concat()
}

/// Several values in one cell.
pub(crate) fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', '；', ',', '，', '、', '/', '|', '\n']).map(str::trim).filter(|part| !part.is_empty())
}

/// Full-width forms folded and invisible characters dropped.
fn visible(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    text.nfkc().filter(|c| !is_invisible(*c)).collect()
}

/// Zero-width characters and byte-order marks, which web pages and chat windows leave in copied text.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{FEFF}')
        || c.is_control() && !c.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_by_their_letters() {
        assert_eq!(plain(" 工 号\n*"), "工号");
        assert_eq!(plain("Ｅmployee－No．"), "employeeno");
        assert_eq!(plain(" √ "), "√");
    }

    #[test]
    fn codes_come_out_of_their_wrappings() {
        assert_eq!(code("=\"ｙｔ００１２\""), "YT0012");
        assert_eq!(code("'0012\t"), "0012");
    }

    #[test]
    fn names_lose_the_blanks_that_align_them() {
        assert_eq!(name("张　三"), "张三");
        assert_eq!(name("John  Smith"), "John Smith");
    }

    #[test]
    fn text_keeps_single_blanks_and_loses_the_invisible() {
        assert_eq!(folded("\u{FEFF}ＡＢ  c\u{200B}d\n e"), "AB cd e");
    }
}
