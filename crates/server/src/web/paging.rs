//! Long lists, page by page.

use super::kit;
use serde::{Deserialize, Deserializer};
use store::query::Page;

/// The `page` of an address, from 1. What is no such number is the first page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number(u64);

impl Default for Number {
    fn default() -> Self {
        Number(1)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(text.parse().ok().filter(|number| (1..=MOST).contains(number)).map_or(Number::default(), Number))
    }
}

/// No list has more pages.
const MOST: u64 = 1_000_000;

impl Number {
    /// That page of a list with `size` rows on a page.
    pub fn of(self, size: u64) -> Page {
        Page { number: self.0, size }
    }
}

/// The links under a list of `total` rows, whose address without the page is `base`.
pub fn pages(page: Page, total: u64, base: impl Into<String>) -> kit::Pagination {
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    kit::Pagination {
        page: count(page.number),
        pages: count(total.div_ceil(page.size).max(1)),
        total: count(total),
        base: base.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_page_is_the_first() {
        let read = |text: &str| serde_json::from_value::<Number>(serde_json::json!(text)).map(|number| number.0);
        for (text, number) in [("3", 3), ("0", 1), ("-1", 1), ("x", 1), ("", 1), ("99999999999999999999", 1)] {
            assert_eq!(read(text).ok(), Some(number), "{text}");
        }
        let links = pages(Number(2).of(60), 121, "/todos");
        assert_eq!((links.page, links.pages, links.total), (2, 3, 121));
        assert_eq!(pages(Number(1).of(60), 0, "/todos").pages, 1);
    }
}
