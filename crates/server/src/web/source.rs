//! Rows of source files as pages show them.

use super::{kit, locale::Locale};
use connect::Language;
use domain::{
    batch::{Kind, Row},
    import::Column,
};

/// The reader's language as importers know it.
pub fn language(t: Locale) -> Language {
    match t {
        Locale::ZhCn => Language::Chinese,
        Locale::En => Language::English,
    }
}

/// A value of a row, in the reader's words, identity numbers masked.
pub fn value(t: Locale, kind: Kind, field: &str, row: &Row) -> String {
    let Some(value) = row.fields.get(field) else { return String::new() };
    if connect::is_masked(kind, field) { masked(value) } else { connect::written(kind, field, value, language(t)) }
}

/// Rows under the headers of their file, each with its number and, where one is given, the way to it.
pub fn table(
    t: Locale,
    kind: Kind,
    columns: &[Column],
    rows: &[Row],
    href: impl Fn(&Row) -> Option<String>,
) -> kit::Table {
    let cells = |row: &Row| {
        let number = kit::Cell { href: href(row), ..kit::Cell::new(row.number.to_string()) };
        let values = columns.iter().map(|column| kit::Cell::new(value(t, kind, &column.field, row)));
        std::iter::once(number).chain(values).collect()
    };
    let headers = columns.iter().map(|column| kit::Column::words(column.header.clone()));
    kit::Table {
        columns: std::iter::once(kit::Column::words(t.get("imports-row"))).chain(headers).collect(),
        rows: rows.iter().map(cells).collect(),
        ..kit::Table::default()
    }
}

/// A formula, or a part of one, with the numbers of source tables under the names that the reader's offices give them.
pub fn formula(t: Locale, text: &str) -> String {
    if t == Locale::En {
        return text.to_owned();
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let named = |token: &str| {
        let (kind, field) = token.split_once('.')?;
        connect::measure_name(kind.parse().ok()?, field).map(str::to_owned)
    };
    let (mut words, mut rest) = (String::new(), text);
    while let Some(start) = rest.find(is_name) {
        let end = rest[start..].find(|c| !is_name(c)).map_or(rest.len(), |length| start + length);
        let token = &rest[start..end];
        words.push_str(&rest[..start]);
        words.push_str(&named(token).unwrap_or_else(|| token.to_owned()));
        rest = &rest[end..];
    }
    words + rest
}

/// A number of which only the ends are shown: enough to tell two apart, not to use them.
pub fn masked(number: &str) -> String {
    let all: Vec<char> = number.chars().collect();
    let (start, end) = if all.len() >= 11 { (3, 4) } else { (0, all.len().min(2)) };
    let hidden = |place: usize| place >= start && place < all.len() - end;
    all.iter().enumerate().map(|(place, c)| if hidden(place) { '*' } else { *c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_speak_the_words_of_offices() {
        let text = "min(sum(cases.handled) / 1800.5, 1) * 100; steps(sum(attendance.late); 0..2: 100)";
        assert_eq!(formula(Locale::ZhCn, text), "min(sum(办件量) / 1800.5, 1) * 100; steps(sum(迟到); 0..2: 100)");
        assert_eq!(formula(Locale::En, text), text);
    }

    #[test]
    fn only_the_ends_of_a_number_are_shown() {
        assert_eq!(masked("99010419691007893X"), "990***********893X");
        assert_eq!(masked("19900001234"), "199****1234");
        assert_eq!((masked("12345").as_str(), masked("1").as_str(), masked("").as_str()), ("***45", "1", ""));
    }
}
