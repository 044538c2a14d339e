//! What a signer or a witness remembers on its own disk: the last checkpoint of each log. It is stored before it is
//! released, so that no crash lets one of them say two things.

use anyhow::{Context, bail};
use ledger::{Checkpoint, Head, Note};
use sha2::{Digest, Sha256};
use std::{
    fs::{File, TryLockError},
    io::Write,
    path::{Path, PathBuf},
};

/// A folder of notes, held by one process.
pub(super) struct Memory {
    dir: PathBuf,
    /// Held until the process ends.
    _lock: File,
}

impl Memory {
    pub(super) fn open(dir: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(dir).with_context(|| format!("{} can't be made", dir.display()))?;
        let lock = File::create(dir.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { dir: dir.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => {
                bail!("another process works with {}; two with one key could contradict each other", dir.display())
            }
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// The last note of a log. One that can't be read stops everything: to forget would be to allow a second history.
    pub(super) fn last(&self, origin: &str) -> anyhow::Result<Option<(Head, Note)>> {
        let file = self.file(origin);
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("{} can't be read", file.display())),
        };
        let damaged = || format!("{} is damaged; restore it from a backup", file.display());
        let note: Note = text.parse().with_context(damaged)?;
        let checkpoint: Checkpoint = note.text().parse().with_context(damaged)?;
        Ok(Some((checkpoint.head, note)))
    }

    /// Remember a note as the last of its log; on disk when this returns.
    pub(super) fn keep(&self, origin: &str, note: &Note) -> anyhow::Result<()> {
        let (file, new) = (self.file(origin), self.dir.join("new"));
        let mut open = File::create(&new)?;
        open.write_all(note.to_string().as_bytes())?;
        open.sync_all()?;
        std::fs::rename(&new, &file)?;
        File::open(&self.dir)?.sync_all()?;
        Ok(())
    }

    fn file(&self, origin: &str) -> PathBuf {
        self.dir.join(format!("{}.note", hex::encode(Sha256::digest(origin))))
    }
}
