//! The arguments of the other macros, one type a component.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::web::locale::Locale;

/// What a state means to the reader. Always shown as an icon and a word beside the colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to do, nothing reached.
    #[default]
    Neutral,
    /// Good to know.
    Info,
    /// Done, accepted.
    Success,
    /// Look here soon.
    Warn,
    /// Refused, overdue, lost.
    Danger,
}

impl Tone {
    /// All of them, mildest first.
    pub const ALL: [Tone; 5] = [Tone::Neutral, Tone::Info, Tone::Success, Tone::Warn, Tone::Danger];

    /// The end of the class names `tone-…` and `todo-…`.
    pub fn class(self) -> &'static str {
        match self {
            Tone::Neutral => "neutral",
            Tone::Info => "info",
            Tone::Success => "success",
            Tone::Warn => "warn",
            Tone::Danger => "danger",
        }
    }

    /// Icon of the sprite.
    pub fn icon(self) -> &'static str {
        match self {
            Tone::Neutral => "circle-dashed",
            Tone::Info => "info-circle",
            Tone::Success => "circle-check",
            Tone::Warn => "alert-triangle",
            Tone::Danger => "alert-circle",
        }
    }
}

/// A state in a word or two.
#[derive(Clone, Debug)]
pub struct Tag {
    /// Its colour and icon.
    pub tone: Tone,
    /// The word.
    pub text: String,
}

impl Tag {
    /// A tag.
    pub fn new(tone: Tone, text: impl Into<String>) -> Self {
        Tag { tone, text: text.into() }
    }
}

/// A person as others see them: never more than name and place.
#[derive(Clone, Debug)]
pub struct Person {
    /// Full name.
    pub name: String,
    /// Unit and post; may be empty.
    pub place: String,
}

impl Person {
    /// A person.
    pub fn new(name: impl Into<String>, place: impl Into<String>) -> Self {
        Person { name: name.into(), place: place.into() }
    }

    /// The character in the round mark: the surname of a Chinese name.
    pub fn initial(&self) -> String {
        self.name.chars().next().map(String::from).unwrap_or_default()
    }
}

/// The last day for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The day, the last one in time.
    pub day: Date,
    /// Working days from today to that day; 0 is today, less is past.
    pub working_days_left: i64,
}

impl Deadline {
    /// From how many working days on there is no hurry.
    const NEAR: i64 = 3;

    /// How urgent it is.
    pub fn tone(self) -> Tone {
        match self.working_days_left {
            ..0 => Tone::Danger,
            left if left < Self::NEAR => Tone::Warn,
            _ => Tone::Info,
        }
    }
}

/// Something that waits for the reader.
#[derive(Clone, Debug)]
pub struct Todo {
    /// What is to be done, beginning with a verb.
    pub what: String,
    /// Whose matter it is, if not the reader's own.
    pub whose: Option<Person>,
    /// Until when, where there is a term.
    pub deadline: Option<Deadline>,
    /// Why it is the reader's to do.
    pub why: String,
    /// Where it is done.
    pub href: String,
    /// The words on the button.
    pub action: String,
    /// A state besides the deadline, such as that others were told.
    pub mark: Option<Tag>,
    /// Where the rest of its kind is, when this stands for several.
    pub rest: Option<Crumb>,
}

impl Todo {
    /// The colour of its edge.
    pub fn tone(&self) -> Tone {
        self.deadline.map_or(Tone::Neutral, Deadline::tone)
    }
}

/// A step of the way from the home page to this page.
#[derive(Clone, Debug)]
pub struct Crumb {
    /// The page's name.
    pub label: String,
    /// Its address.
    pub href: String,
}

/// One of several views of the same thing.
#[derive(Clone, Debug)]
pub struct Tab {
    /// Its name.
    pub label: String,
    /// Its address.
    pub href: String,
    /// This is the view shown.
    pub current: bool,
    /// How many things it holds, where that helps.
    pub count: Option<usize>,
}

/// A stage of a procedure.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its name.
    pub label: String,
    /// Who or when, in a few words; may be empty.
    pub note: String,
    /// Where the procedure stands.
    pub state: StepState,
}

/// Where a procedure stands, seen from one of its stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Behind.
    Done,
    /// Here.
    Current,
    /// Still to come.
    Ahead,
}

impl StepState {
    /// The end of the class name `step-…`.
    pub fn class(self) -> &'static str {
        match self {
            StepState::Done => "done",
            StepState::Current => "current",
            StepState::Ahead => "ahead",
        }
    }
}

/// Which part of a long list is shown.
#[derive(Clone, Debug)]
pub struct Pagination {
    /// This page, from 1.
    pub page: usize,
    /// The last page.
    pub pages: usize,
    /// How many things the whole list has.
    pub total: usize,
    /// The list's address without its `page` parameter.
    pub base: String,
}

/// One number of a pagination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageLink {
    /// The page.
    pub number: usize,
    /// Its address.
    pub href: String,
    /// It is the page shown.
    pub current: bool,
}

impl Pagination {
    /// The pages worth a link: the first, the last and the neighbours; `None` stands for those left out.
    pub fn links(&self) -> Vec<Option<PageLink>> {
        let near = |page: &usize| *page == 1 || *page == self.pages || page.abs_diff(self.page) <= 1;
        let mut links = Vec::new();
        let mut before = 0;
        for number in (1..=self.pages).filter(near) {
            if number - before > 1 {
                links.push(None);
            }
            links.push(Some(PageLink { number, href: self.href(number), current: number == self.page }));
            before = number;
        }
        links
    }

    /// The page before this one.
    pub fn previous(&self) -> Option<String> {
        (self.page > 1).then(|| self.href(self.page - 1))
    }

    /// The page after this one.
    pub fn next(&self) -> Option<String> {
        (self.page < self.pages).then(|| self.href(self.page + 1))
    }

    fn href(&self, page: usize) -> String {
        let mark = if self.base.contains('?') { '&' } else { '?' };
        format!("{}{mark}page={page}", self.base)
    }
}

/// A table whose rows the handler has laid out.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// What the table shows.
    pub caption: String,
    /// A line under the caption; may be empty.
    pub note: String,
    /// The columns; the first names the row.
    pub columns: Vec<Column>,
    /// The rows, each with one cell a column.
    pub rows: Vec<Vec<Cell>>,
    /// The last row, for sums; may be empty.
    pub total: Vec<Cell>,
}

/// A column of a table; on a phone its label stands beside each value.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its head.
    pub label: String,
    /// Its values are numbers, to be set flush right.
    pub numeric: bool,
}

impl Column {
    /// A column of words.
    pub fn words(label: impl Into<String>) -> Self {
        Column { label: label.into(), numeric: false }
    }

    /// A column of numbers.
    pub fn numbers(label: impl Into<String>) -> Self {
        Column { label: label.into(), numeric: true }
    }
}

/// One value of a table.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// The value as it is read; may be empty beside a tag.
    pub text: String,
    /// A second, quieter line; may be empty.
    pub note: String,
    /// Where the value leads.
    pub href: Option<String>,
    /// A state.
    pub tag: Option<Tag>,
}

impl Cell {
    /// A value.
    pub fn new(text: impl Into<String>) -> Self {
        Cell { text: text.into(), ..Cell::default() }
    }

    /// A state.
    pub fn tag(tone: Tone, text: impl Into<String>) -> Self {
        Cell { tag: Some(Tag::new(tone, text)), ..Cell::default() }
    }

    /// Makes the value a link.
    pub fn link(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// Adds a second line.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Nothing to show here; a phone leaves the line out.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.note.is_empty() && self.tag.is_none()
    }
}

/// How a result came about, line by line.
#[derive(Clone, Debug)]
pub struct Arithmetic {
    /// What is computed.
    pub caption: String,
    /// Its parts.
    pub lines: Vec<Addend>,
    /// How the parts become the result, such as a rounding rule; may be empty.
    pub rule: String,
    /// The result, scaled by 10 000; `None` when no part applies.
    pub total: Option<i64>,
}

/// One part of a computed result.
#[derive(Clone, Debug)]
pub struct Addend {
    /// What it is.
    pub label: String,
    /// How it was computed, with its numbers.
    pub working: String,
    /// Its share of the result, scaled by 10 000; `None` when the part does not apply.
    pub points: Option<i64>,
    /// Where its numbers come from: an address of the source row.
    pub source: Option<String>,
}

/// A name and its value.
#[derive(Clone, Debug)]
pub struct Term {
    /// The name.
    pub label: String,
    /// The value; line breaks are kept.
    pub value: String,
}

impl Term {
    /// A term.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Term { label: label.into(), value: value.into() }
    }
}

/// An answer to look over before it is sent.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The question in short.
    pub label: String,
    /// What was answered.
    pub value: String,
    /// Where it can still be changed.
    pub change: Option<String>,
}

/// A row of a list of ways on, as in WeChat.
#[derive(Clone, Debug)]
pub struct CellLink {
    /// Where it leads.
    pub href: String,
    /// Icon of the sprite; may be empty.
    pub icon: &'static str,
    /// What it is.
    pub label: String,
    /// A second, quieter line; may be empty.
    pub note: String,
    /// A value at the right edge; may be empty.
    pub value: String,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// How it went.
    pub tone: Tone,
    /// What was done.
    pub what: String,
    /// By whom.
    pub who: String,
    /// When.
    pub when: Timestamp,
    /// What was said about it; may be empty.
    pub note: String,
    /// What changed from what to what.
    pub changes: Vec<Change>,
    /// Where there is more about it.
    pub more: Option<Crumb>,
}

/// One value that changed.
#[derive(Clone, Debug)]
pub struct Change {
    /// Which.
    pub label: String,
    /// From what; empty when it is new.
    pub before: String,
    /// To what; empty when it was taken away.
    pub after: String,
}

/// A file that somebody handed in.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Where it can be had.
    pub href: String,
    /// Its size.
    pub bytes: u64,
    /// Digest of its content, in hexadecimal, for anyone who wants to compare.
    pub digest: String,
    /// Who handed it in.
    pub by: String,
    /// When.
    pub when: Timestamp,
}

/// How many lie where, and where one of them lies.
#[derive(Clone, Debug)]
pub struct Histogram {
    /// From left to right.
    pub bars: Vec<Bar>,
    /// The lowest value.
    pub from: String,
    /// The highest value.
    pub to: String,
    /// The same in words, for whoever does not see it.
    pub words: String,
}

/// A bar of a histogram, in a drawing 300 wide and 100 high.
#[derive(Clone, Debug)]
pub struct Bar {
    /// Its left edge.
    pub x: usize,
    /// Its upper edge.
    pub y: usize,
    /// How high it is.
    pub height: usize,
    /// How wide it is.
    pub width: usize,
    /// Whether the one that is told of lies in it.
    pub own: bool,
}

impl Histogram {
    /// Of counts in bins of one width between two values.
    pub fn new(t: Locale, counts: &[u32], own: usize, from: &str, to: &str) -> Self {
        let most = counts.iter().copied().max().unwrap_or_default().max(1) as usize;
        let width = 300 / counts.len().max(1);
        let bar = |(place, count): (usize, &u32)| {
            // A single one among thousands is still seen.
            let height = if *count == 0 { 0 } else { (100 * *count as usize / most).max(3) };
            Bar { x: place * width, y: 100 - height, height, width, own: place == own }
        };
        let all: u64 = counts.iter().map(|count| u64::from(*count)).sum();
        let above: u64 = counts.iter().skip(own + 1).map(|count| u64::from(*count)).sum();
        let args = [("all", t.number(all)), ("above", t.number(above))];
        Histogram {
            bars: counts.iter().enumerate().map(bar).collect(),
            from: from.to_owned(),
            to: to.to_owned(),
            words: t.with("kit-histogram", &args),
        }
    }
}

/// How far something is.
#[derive(Clone, Debug)]
pub struct Progress {
    /// What goes on.
    pub label: String,
    /// How much is done.
    pub done: usize,
    /// How much there is; 0 while nobody knows.
    pub total: usize,
}

/// A number worth a place of its own.
#[derive(Clone, Debug)]
pub struct Stat {
    /// What is counted.
    pub label: String,
    /// The number, formatted.
    pub value: String,
    /// Its unit; may be empty.
    pub unit: String,
    /// What it means, or how it moved; may be empty.
    pub note: String,
}

impl Arithmetic {
    /// The result in words or "not applicable".
    pub fn total(&self, t: &Locale) -> String {
        points_or_none(t, self.total)
    }
}

impl Addend {
    /// Its share in words or "not applicable".
    pub fn points(&self, t: &Locale) -> String {
        points_or_none(t, self.points)
    }
}

fn points_or_none(t: &Locale, points: Option<i64>) -> String {
    points.map_or_else(|| t.get("kit-not-applicable"), |points| t.points(&points))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pagination_shows_the_ends_and_the_neighbours() {
        let at = |page, pages| Pagination { page, pages, total: 0, base: "/people?unit=3".to_owned() };
        let shown = |page, pages| -> Vec<usize> {
            at(page, pages).links().iter().map(|link| link.as_ref().map_or(0, |link| link.number)).collect()
        };
        assert_eq!(shown(1, 1), [1]);
        assert_eq!(shown(2, 4), [1, 2, 3, 4]);
        assert_eq!(shown(5, 9), [1, 0, 4, 5, 6, 0, 9], "0 stands for a gap");
        assert_eq!((at(1, 9).previous(), at(9, 9).next()), (None, None));
        assert_eq!(at(1, 9).next().as_deref(), Some("/people?unit=3&page=2"));
    }

    #[test]
    fn a_deadline_becomes_urgent_three_working_days_before() {
        let left = |working_days_left| Deadline { day: Date::constant(2026, 10, 9), working_days_left }.tone();
        assert_eq!([left(3), left(2), left(0), left(-1)], [Tone::Info, Tone::Warn, Tone::Warn, Tone::Danger]);
    }
}
