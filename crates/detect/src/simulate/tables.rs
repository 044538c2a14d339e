//! The files of a simulated city.

use super::plant::Plant;
use crate::{
    columns::{Column, Writer},
    table::Table,
};
use datafusion::parquet::errors::ParquetError;
use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

/// A cell of a row.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    Empty,
    Text(&'a str),
    Whole(i64),
    Number(f64),
    /// Microseconds since 1970.
    Time(i64),
}

/// One table in the making.
pub struct Sink(Writer);

/// All that a city has, and the truth.
pub struct Tables {
    pub units: Sink,
    pub people: Sink,
    pub results: Sink,
    pub scores: Sink,
    pub observations: Sink,
    pub attendance: Sink,
    pub training: Sink,
    pub targets: Sink,
    pub approvals: Sink,
    pub evidence: Sink,
    pub relations: Sink,
    pub duties: Sink,
    truth: BufWriter<File>,
}

impl Tables {
    pub fn new(dir: &Path) -> Result<Self, ParquetError> {
        let sink = |name: &str| {
            let table = Table::named(name).expect("every table of a city is in the contract");
            let columns = table.columns.iter().map(|column| (column.name, column.kind, column.optional));
            Writer::new(&dir.join(format!("{name}.parquet")), columns).map(Sink)
        };
        let mut truth = BufWriter::new(File::create(dir.join("truth.csv"))?);
        writeln!(truth, "cycle,pattern,detector,subject_id,others")?;
        Ok(Self {
            units: sink("units")?,
            people: sink("people")?,
            results: sink("results")?,
            scores: sink("scores")?,
            observations: sink("observations")?,
            attendance: sink("attendance")?,
            training: sink("training")?,
            targets: sink("targets")?,
            approvals: sink("approvals")?,
            evidence: sink("evidence")?,
            relations: sink("relations")?,
            duties: sink("duties")?,
            truth,
        })
    }

    /// What was planted: whom a finding ought to name.
    pub fn truth(&mut self, plant: Plant, subject: &str, others: &str) -> Result<(), ParquetError> {
        let (pattern, detector) = plant.name_and_detector();
        Ok(writeln!(self.truth, "{},{pattern},{detector},{subject},{others}", super::CYCLES[2])?)
    }

    pub fn close(mut self) -> Result<(), ParquetError> {
        self.truth.flush()?;
        let sinks = [
            self.units,
            self.people,
            self.results,
            self.scores,
            self.observations,
            self.attendance,
            self.training,
            self.targets,
            self.approvals,
            self.evidence,
            self.relations,
            self.duties,
        ];
        sinks.into_iter().try_for_each(|sink| sink.0.close())
    }
}

impl Sink {
    /// One row, a cell for each column of the contract in its order.
    ///
    /// # Panics
    /// If a cell is not of its column's kind.
    pub fn row<const N: usize>(&mut self, cells: [Cell; N]) -> Result<(), ParquetError> {
        assert_eq!(N, self.0.columns.len(), "a row has a cell for each column");
        for (column, cell) in self.0.columns.iter_mut().zip(cells) {
            match (column, cell) {
                (Column::Text(builder), Cell::Text(text)) => builder.append_value(text),
                (Column::Whole(builder), Cell::Whole(whole)) => builder.append_value(whole),
                (Column::Number(builder), Cell::Number(number)) => builder.append_value(number),
                (Column::Time(builder), Cell::Time(time)) => builder.append_value(time),
                (Column::Text(builder), Cell::Empty) => builder.append_null(),
                (Column::Number(builder), Cell::Empty) => builder.append_null(),
                (Column::Date(builder), Cell::Empty) => builder.append_null(),
                (Column::Time(builder), Cell::Empty) => builder.append_null(),
                (_, cell) => panic!("{cell:?} is not of its column's kind"),
            }
        }
        self.0.end_row()
    }
}
