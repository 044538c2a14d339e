//! What looks wrong: detectors over fact tables.
//!
//! ```text
//!     folder of files ──> Facts (checked, Parquet) ──> Session (read-only SQL) ──> rows
//!                                                                                  │
//!     detectors/<ID>/ ──> Detector ─────────────────────────> rule, or statistic <─┘
//!                                                                   └──> Finding
//! ```
//!
//! A detector is a folder of data ([`detector`]): a statement and its thresholds, and where SQL is not enough the name of a
//! [`statistic`]. A finding is a question to a human; nothing here changes anything. No clock, no randomness but from a
//! seed in the detector: the same facts give the same findings, byte for byte.

pub mod behind;
mod columns;
pub mod detector;
pub mod facts;
pub mod finding;
pub mod frame;
pub mod math;
mod parallel;
pub mod picture;
pub mod scan;
pub mod session;
pub mod simulate;
pub mod statistic;
pub mod table;
pub mod warning;
