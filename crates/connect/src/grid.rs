//! Cells in rows, whatever file they came from.

use domain::batch::Fault;

/// One cell, as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    /// The value as it stands; a date cell in ISO form, a number in the shortest form that is exactly it.
    pub(crate) text: String,
    /// Whether the spreadsheet holds it as a number, which cannot have more than 15 certain digits.
    pub(crate) numeric: bool,
}

impl Cell {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), numeric: false }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// One row of cells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Record {
    /// The row as a spreadsheet numbers it, from 1.
    pub(crate) row: u32,
    /// The cells from the first column on. Those missing at the end are empty.
    pub(crate) cells: Vec<Cell>,
    /// What is wrong with the row before any of its values is looked at.
    pub(crate) fault: Option<Fault>,
}

impl Record {
    /// The text of a column, empty if the row ends before it.
    pub(crate) fn text(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| &cell.text)
    }

    /// The cells that say something.
    pub(crate) fn filled(&self) -> impl Iterator<Item = &Cell> {
        self.cells.iter().filter(|cell| !cell.is_empty())
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.filled().next().is_none()
    }
}
