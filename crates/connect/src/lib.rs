//! Bytes of office files in, validated rows out.
//!
//! [`read`] takes any number of files together and gives the accepted rows by table, and every value that is wrong with
//! its file, sheet, row, header and reason. It decides nothing about what to do then: whether files with errors are
//! refused or their bad rows left out is the caller's.
//!
//! What offices call their tables, columns and words is data (`aliases.toml`); no header is named in this code. The
//! crate reads no clock and no database: what is known already comes in as [`Known`].

mod across;
mod catalog;
mod decode;
mod delimited;
mod grid;
mod header;
mod import;
mod known;
mod media;
mod report;
mod row;
mod source;
mod text;
mod value;
mod workbook;

pub use catalog::{has_masked, is_masked, measure_name, needs, source_kind, vocabulary, written};
pub use decode::Encoding;
pub use import::{File, Import, MAX_ERRORS, Sink, SkippedSheet, Table, read, read_into};
pub use known::{Known, KnownUnit};
pub use media::media_type;
pub use report::{Language, error_list};
pub use source::Source;
