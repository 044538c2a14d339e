//! Writing a fact table as Parquet, row by row.

use crate::table::Kind;
use datafusion::{
    arrow::{
        array::{
            ArrayRef, Date32Builder, Float64Builder, Int64Builder, RecordBatch, StringBuilder,
            TimestampMicrosecondBuilder,
        },
        compute::kernels::cast_utils::{Parser, string_to_timestamp_nanos},
        datatypes::{DataType, Date32Type, Field, Schema, TimeUnit},
    },
    parquet::{arrow::ArrowWriter, basic::Compression, errors::ParquetError, file::properties::WriterProperties},
};
use std::{fs::File, path::Path, sync::Arc};

/// Rows that are held in memory on their way.
const BATCH: usize = 65_536;

/// Rows of a group of the file: few enough that the different ids among them fit into one dictionary, and that two threads
/// have groups to share.
const GROUP: usize = 262_144;

/// A column of one kind, filled cell by cell.
pub enum Column {
    Text(StringBuilder),
    Whole(Int64Builder),
    Number(Float64Builder),
    Date(Date32Builder),
    Time(TimestampMicrosecondBuilder),
}

impl Column {
    pub fn new(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text(StringBuilder::new()),
            Kind::Whole => Self::Whole(Int64Builder::new()),
            Kind::Number => Self::Number(Float64Builder::new()),
            Kind::Date => Self::Date(Date32Builder::new()),
            Kind::Time => Self::Time(TimestampMicrosecondBuilder::new()),
        }
    }

    /// Take a cell as CSV has it, empty is null; nothing if it is not of the kind.
    pub fn parse(&mut self, text: &str) -> Option<()> {
        let full = !text.is_empty();
        match self {
            Self::Text(builder) => builder.append_option(full.then_some(text)),
            Self::Whole(builder) => builder.append_option(if full { Some(text.parse().ok()?) } else { None }),
            Self::Number(builder) => {
                let number =
                    if full { Some(text.parse().ok().filter(|number: &f64| number.is_finite())?) } else { None };
                builder.append_option(number);
            }
            Self::Date(builder) => builder.append_option(if full { Some(Date32Type::parse(text)?) } else { None }),
            Self::Time(builder) => {
                let time = if full { Some(string_to_timestamp_nanos(text).ok()? / 1_000) } else { None };
                builder.append_option(time);
            }
        }
        Some(())
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(builder) => Arc::new(builder.finish()),
            Self::Whole(builder) => Arc::new(builder.finish()),
            Self::Number(builder) => Arc::new(builder.finish()),
            Self::Date(builder) => Arc::new(builder.finish()),
            Self::Time(builder) => Arc::new(builder.finish()),
        }
    }
}

impl Kind {
    /// The type that detectors see.
    pub(crate) fn stored(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Whole => DataType::Int64,
            Self::Number => DataType::Float64,
            Self::Date => DataType::Date32,
            Self::Time => DataType::Timestamp(TimeUnit::Microsecond, None),
        }
    }
}

/// A Parquet file in the making.
pub struct Writer {
    schema: Arc<Schema>,
    writer: ArrowWriter<File>,
    /// Of the rows since the last batch; every row fills each.
    pub columns: Vec<Column>,
    rows: usize,
}

impl Writer {
    /// A new file with these columns: name, kind, whether a cell may be empty.
    ///
    /// # Errors
    /// If it can't be made.
    pub fn new<'a>(
        path: &Path,
        columns: impl Iterator<Item = (&'a str, Kind, bool)> + Clone,
    ) -> Result<Self, ParquetError> {
        let fields = columns.clone().map(|(name, kind, optional)| Field::new(name, kind.stored(), optional));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(GROUP))
            .set_dictionary_page_size_limit(16 << 20)
            .build();
        let writer = ArrowWriter::try_new(File::create(path)?, schema.clone(), Some(properties))?;
        Ok(Self { schema, writer, columns: columns.map(|(_, kind, _)| Column::new(kind)).collect(), rows: 0 })
    }

    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Every column took its cell of one more row.
    ///
    /// # Errors
    /// If the file can't be written.
    pub fn end_row(&mut self) -> Result<(), ParquetError> {
        self.rows += 1;
        if self.rows.is_multiple_of(BATCH) { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), ParquetError> {
        let arrays = self.columns.iter_mut().map(Column::finish).collect();
        self.writer.write(&RecordBatch::try_new(self.schema.clone(), arrays)?)
    }

    /// The file is whole.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn close(mut self) -> Result<(), ParquetError> {
        self.flush()?;
        self.writer.close().map(drop)
    }
}
