//! What the command line shows of long work: a bar on standard error, and only where that is a terminal. It has no
//! colours.

use crate::importing::Tell;
use anyhow::Context;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    io::{IsTerminal, Write},
    path::Path,
    sync::Arc,
};

/// A bar under the name of what goes on, and what to tell it.
pub fn bar(what: &'static str) -> (ProgressBar, Tell) {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr()).with_message(what);
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {eta}") {
        bar.set_style(style);
    }
    let told = bar.clone();
    let tell = move |done, total| {
        told.set_length(total);
        told.set_position(done);
    };
    (bar, Arc::new(tell))
}

/// Make a folder, or take one that has nothing in it.
///
/// # Errors
/// If it can't be made, or has something in it.
pub fn empty_folder(dir: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(dir).with_context(|| format!("{} can't be made", dir.display()))?;
    let empty = std::fs::read_dir(dir).is_ok_and(|mut files| files.next().is_none());
    anyhow::ensure!(empty, "{} is not empty; name a new folder", dir.display());
    Ok(())
}

/// Whether the log may be in colours: on a terminal, unless NO_COLOR says otherwise (no-color.org).
pub fn has_colours() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty())
}

/// Write to standard output. Whoever reads it may stop early, as `head` does: that is no error.
pub fn print(text: &str) -> std::io::Result<()> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}
