//! The only place where a query engine is made. What detectors can touch is decided here: the fact tables, read-only,
//! within a limit of memory and time, and no function whose answer is not a function of the tables.

use crate::{
    facts::Facts,
    frame::{Frame, TextBuilder},
    math::tail,
    table::{TABLES, Table},
};
use datafusion::{
    arrow::{
        array::{Array, ArrayRef, AsArray, Float64Array},
        compute::cast,
        datatypes::{DataType, Float64Type},
    },
    error::DataFusionError,
    execution::{SessionStateBuilder, runtime_env::RuntimeEnvBuilder},
    logical_expr::{ColumnarValue, Volatility, create_udf},
    prelude::{DataFrame, ParquetReadOptions, SQLOptions, SessionConfig, SessionContext},
};
use futures_util::StreamExt;
use std::{sync::Arc, time::Duration};

/// What one query may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of memory of the query engine.
    pub memory: usize,
    /// Bytes on disk for what does not fit.
    pub disk: u64,
    pub time: Duration,
    /// Threads.
    pub threads: usize,
}

impl Default for Limits {
    /// 4 GiB of memory, 16 GiB of disk, ten minutes a detector, two threads.
    fn default() -> Self {
        Self { memory: 4 << 30, disk: 16 << 30, time: Duration::from_secs(600), threads: 2 }
    }
}

/// Why a query gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The statement is wrong.
    #[error("line {line}: {reason}")]
    Statement { line: u64, reason: String },
    #[error("it took longer than {} s", .0.as_secs())]
    Time(Duration),
    #[error("{0}")]
    Engine(String),
}

/// The query engine over one set of facts.
pub struct Session {
    context: SessionContext,
    limits: Limits,
}

impl Session {
    /// Open the facts for reading. A table that the facts lack is there, and empty.
    ///
    /// # Errors
    /// If a file can't be read after all.
    pub async fn open(facts: &Facts, limits: Limits) -> Result<Self, QueryError> {
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_limit(limits.memory, 1.0)
            .with_temp_file_path(facts.scratch.path())
            .with_max_temp_directory_size(limits.disk)
            .build_arc()
            .map_err(told)?;
        let mut config = SessionConfig::new().with_target_partitions(limits.threads).with_information_schema(false);
        config.options_mut().sql_parser.collect_spans = true;
        let builder = SessionStateBuilder::new().with_config(config).with_runtime_env(runtime).with_default_features();
        let context = SessionContext::new_with_state(builder.build());
        forget_what_is_volatile(&context);
        teach_tails(&context);
        let session = Self { context, limits };
        for table in TABLES {
            session.register(facts, table).await?;
        }
        Ok(session)
    }

    async fn register(&self, facts: &Facts, table: &Table) -> Result<(), QueryError> {
        let Some(source) = facts.source(table.name) else {
            let derived = table.name == "grade_counts" && facts.source("results").is_some();
            return self.view(table.name, &if derived { GRADE_COUNTS.to_owned() } else { nothing(table) }).await;
        };
        let path = source.path.to_str().ok_or_else(|| QueryError::Engine("a path is not UTF-8".to_owned()))?;
        let as_it_is = |column: &crate::table::Column| source.columns.get(column.name) == Some(&column.kind.stored());
        let bare = table.columns.iter().all(as_it_is) && table.columns.len() == source.columns.len();
        let file = if bare { table.name.to_owned() } else { format!("{}_file", table.name) };
        self.context.register_parquet(&file, path, ParquetReadOptions::default()).await.map_err(told)?;
        if file == table.name {
            return Ok(());
        }
        let mut columns: Vec<String> = Vec::new();
        for column in table.columns {
            let known = if source.columns.contains_key(column.name) { quoted(column.name) } else { "NULL".to_owned() };
            let kind = column.kind.called_in_sql();
            columns.push(format!("CAST({known} AS {kind}) AS {}", quoted(column.name)));
        }
        if let Some(start) = table.covariates {
            let more = source.columns.keys().filter(|name| name.starts_with(start));
            columns.extend(more.map(|name| format!("CAST({0} AS DOUBLE) AS {0}", quoted(name))));
        }
        self.view(table.name, &format!("SELECT {} FROM {}", columns.join(", "), quoted(&file))).await
    }

    async fn view(&self, name: &str, sql: &str) -> Result<(), QueryError> {
        let rows = self.context.sql(sql).await.map_err(told)?;
        self.context.register_table(name, rows.into_view()).map_err(told)?;
        Ok(())
    }

    /// Check a statement without running it.
    ///
    /// # Errors
    /// If it is wrong, with the line, or would do anything but read.
    pub async fn plan(&self, sql: &str) -> Result<DataFrame, QueryError> {
        let only_reading = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        self.context.sql_with_options(sql, only_reading).await.map_err(|error| at_its_line(&error, sql))
    }

    /// The rows of a statement, in an order that depends on nothing but their content.
    ///
    /// # Errors
    /// If it is wrong, or exceeds the limits.
    pub async fn rows(&self, sql: &str) -> Result<Frame, QueryError> {
        let frame = self.plan(sql).await?;
        let fields = frame.schema().fields().iter();
        let mut columns: Vec<(String, Reader)> = fields
            .map(|field| {
                let numeric = field.data_type().is_numeric();
                let reader = if numeric { Reader::Numbers(Vec::new()) } else { Reader::Text(TextBuilder::default()) };
                (field.name().clone(), reader)
            })
            .collect();
        // Cells are taken while the engine computes the next ones, so that its rows are never all there.
        let read = async {
            let mut batches = frame.execute_stream().await?;
            while let Some(batch) = batches.next().await {
                for ((_, column), cells) in columns.iter_mut().zip(batch?.columns()) {
                    column.take(cells)?;
                }
            }
            Ok::<(), DataFusionError>(())
        };
        let read = tokio::time::timeout(self.limits.time, read).await;
        read.map_err(|_| QueryError::Time(self.limits.time))?.map_err(told)?;
        let with = |rows: Frame, (name, column): (String, Reader)| match column {
            Reader::Numbers(numbers) => rows.with_numbers(&name, numbers),
            Reader::Text(text) => rows.with_text(&name, text.finish()),
        };
        Ok(columns.into_iter().fold(Frame::default(), with).sorted())
    }
}

/// A column on its way out of the engine.
enum Reader {
    Numbers(Vec<f64>),
    Text(TextBuilder),
}

impl Reader {
    fn take(&mut self, cells: &ArrayRef) -> Result<(), DataFusionError> {
        match self {
            Self::Numbers(numbers) => {
                let cells = cast(cells, &DataType::Float64)?;
                numbers.extend(cells.as_primitive::<Float64Type>().iter().map(|cell| cell.unwrap_or(f64::NAN)));
            }
            Self::Text(text) => match cells.as_string_view_opt() {
                Some(cells) => cells.iter().for_each(|cell| text.push(cell.unwrap_or_default())),
                None => {
                    let cells = cast(cells, &DataType::Utf8)?;
                    cells.as_string::<i32>().iter().for_each(|cell| text.push(cell.unwrap_or_default()));
                }
            },
        }
        Ok(())
    }
}

/// Where only results are known, the counts follow.
const GRADE_COUNTS: &str = "SELECT cycle, peer_group, unit_id, grade, grade_rank, count(*) AS count \
                            FROM results GROUP BY cycle, peer_group, unit_id, grade, grade_rank";

/// A query that gives a table of this shape, empty.
fn nothing(table: &Table) -> String {
    let columns = table.columns.iter();
    let columns: Vec<String> = columns
        .map(|column| format!("CAST(NULL AS {}) AS {}", column.kind.called_in_sql(), quoted(column.name)))
        .collect();
    format!("SELECT {} WHERE false", columns.join(", "))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl crate::table::Kind {
    fn called_in_sql(self) -> &'static str {
        match self {
            Self::Text => "VARCHAR",
            Self::Whole => "BIGINT",
            Self::Number => "DOUBLE",
            Self::Date => "DATE",
            Self::Time => "TIMESTAMP(6)",
        }
    }
}

/// The same data scanned twice gives the same findings: no clock, no dice.
fn forget_what_is_volatile(context: &SessionContext) {
    let state = context.state();
    for (name, function) in state.scalar_functions() {
        if function.signature().volatility != Volatility::Immutable {
            context.deregister_udf(name);
        }
    }
}

/// `normal_tail(z)`, `student_tail(t, df)` and `binomial_tail(k, n, chance)`: upper tails, so that a statistic can be SQL.
fn teach_tails(context: &SessionContext) {
    type Tail = fn(&[f64]) -> f64;
    let tails: [(&str, usize, Tail); 3] = [
        ("normal_tail", 1, |of| tail::normal(of[0])),
        ("student_tail", 2, |of| tail::student(of[0], of[1])),
        ("binomial_tail", 3, |of| tail::binomial(of[0], of[1], of[2])),
    ];
    for (name, takes, tail) in tails {
        let of = move |arguments: &[ColumnarValue]| -> Result<ColumnarValue, DataFusionError> {
            let arrays = ColumnarValue::values_to_arrays(arguments)?;
            let columns: Vec<&Float64Array> = arrays.iter().map(|array| array.as_primitive::<Float64Type>()).collect();
            let cell = |row: usize| {
                let known = columns.iter().all(|column| column.is_valid(row));
                known.then(|| tail(&columns.iter().map(|column| column.value(row)).collect::<Vec<_>>()))
            };
            let rows = columns.first().map_or(0, |column| column.len());
            Ok(ColumnarValue::Array(Arc::new((0..rows).map(cell).collect::<Float64Array>())))
        };
        let takes = vec![DataType::Float64; takes];
        context.register_udf(create_udf(name, takes, DataType::Float64, Volatility::Immutable, Arc::new(of)));
    }
}

fn told(error: DataFusionError) -> QueryError {
    QueryError::Engine(error.strip_backtrace())
}

/// The line that the engine names: in its diagnosis, or in the message of the parser, which names none at the end.
fn at_its_line(error: &DataFusionError, sql: &str) -> QueryError {
    let reason = error.strip_backtrace();
    let diagnosed = error.diagnostic().and_then(|diagnosis| diagnosis.span).map(|span| span.start.line);
    let parsed = || {
        let digits = reason.split_once("Line: ")?.1;
        digits.split(|sign: char| !sign.is_ascii_digit()).next()?.parse().ok()
    };
    let last = || reason.contains("found: EOF").then(|| sql.lines().count() as u64);
    let line = diagnosed.or_else(parsed).or_else(last).unwrap_or(1);
    QueryError::Statement { line, reason }
}
