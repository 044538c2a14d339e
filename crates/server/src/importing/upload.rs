//! The work on an upload, away from any request: reading it for the preview, putting it on record, computing the scores it
//! changes. How far that is stands in the database, so that any page can tell, and so that it goes on after a restart.

use super::{Options, Outcome, Tell, import_telling};
use crate::recompute;
use connect::Source;
use domain::actor::Actor;
use std::{
    io::{self, Read, Seek, SeekFrom},
    sync::Arc,
    time::Duration,
};
use store::{
    Error, Store,
    upload::{PART, Stage, Upload, UploadedFile},
};
use tokio::{runtime::Handle, sync::watch, task::JoinHandle};

/// How often progress is noted.
const EVERY: Duration = Duration::from_millis(200);

/// Work on an upload until there is nothing to do for the product: it has been read, or it is on record.
pub fn start(store: Store, upload: Upload) {
    tokio::spawn(async move {
        let (id, mut stage) = (upload.id, upload.stage);
        while stage.is_busy() {
            let next = match work(&store, &upload, stage).await {
                Ok(next) => next,
                Err(error) => {
                    tracing::error!(upload = %id, error = format!("{error:#}"), "an upload could not be worked on");
                    Stage::Failed
                }
            };
            match store.move_upload(id, stage, next).await {
                Ok(true) => stage = next,
                // It was taken away meanwhile.
                Ok(false) => return,
                Err(error) => return tracing::error!(upload = %id, %error, "an upload could not be moved on"),
            }
        }
    });
}

/// Do what a stage asks for; which stage comes next.
async fn work(store: &Store, upload: &Upload, stage: Stage) -> anyhow::Result<Stage> {
    let (noting, tell) = note_progress(store.clone(), upload);
    let next = match stage {
        Stage::Reading => {
            note(store, upload, &read(store, upload, true, tell).await?).await?;
            Stage::Read
        }
        Stage::Importing => {
            note(store, upload, &read(store, upload, false, tell).await?).await?;
            store.forget_content(upload.id).await?;
            Stage::Computing
        }
        _ => {
            recompute::catch_up(store, move |done, total| tell(done, total)).await?;
            Stage::Imported
        }
    };
    // Ends once nothing is told any more.
    noting.await?;
    Ok(next)
}

async fn note(store: &Store, upload: &Upload, outcome: &Outcome) -> Result<(), Error> {
    store.note_report(upload.id, serde_json::to_string(outcome)?).await
}

/// Who sent it may since have lost the right to; so they are asked for anew.
async fn read(store: &Store, upload: &Upload, dry_run: bool, tell: Tell) -> anyhow::Result<Outcome> {
    let actor: Actor = store.actor(upload.account).await?.ok_or_else(|| anyhow::anyhow!("the account is locked"))?;
    let chosen = store.upload(upload.id, upload.account).await?;
    let skip_bad = chosen.is_some_and(|chosen| chosen.skip_bad);
    let files = upload.files.iter().map(|file| content(store, upload, file)).collect();
    import_telling(store, &actor, files, Options { dry_run, skip_bad }, tell).await
}

/// Notes now and then what was told last.
fn note_progress(store: Store, upload: &Upload) -> (JoinHandle<()>, Tell) {
    let (told, mut heard) = watch::channel((0, 0));
    let id = upload.id;
    let noting = tokio::spawn(async move {
        while heard.changed().await.is_ok() {
            let (done, total) = *heard.borrow_and_update();
            if let Err(error) = store.note_progress(id, done, total).await {
                tracing::warn!(upload = %id, %error, "progress could not be noted");
            }
            tokio::time::sleep(EVERY).await;
        }
    });
    (noting, Arc::new(move |done, total| _ = told.send_replace((done, total))))
}

fn content(store: &Store, upload: &Upload, file: &UploadedFile) -> Source {
    let content = Content {
        store: store.clone(),
        runtime: Handle::current(),
        upload: upload.id,
        place: file.place,
        size: file.size,
        at: 0,
        part: (-1, Vec::new()),
    };
    Source::new(file.name.clone(), content)
}

/// A file that lies in the store in pieces, read piece by piece from a thread that may wait.
struct Content {
    store: Store,
    runtime: Handle,
    upload: uuid::Uuid,
    place: i16,
    size: u64,
    at: u64,
    /// The piece at hand, and which one it is.
    part: (i64, Vec<u8>),
}

impl Read for Content {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (part, within) = ((self.at / PART as u64) as i64, (self.at % PART as u64) as usize);
        if self.at >= self.size {
            return Ok(0);
        }
        if self.part.0 != part {
            let found = self.runtime.block_on(self.store.part(self.upload, self.place, part));
            self.part = (part, found.map_err(io::Error::other)?);
        }
        let mut rest = self.part.1.get(within..).unwrap_or_default();
        if rest.is_empty() {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "a piece of the file is missing"));
        }
        let read = rest.read(buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Content {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "there is nothing before the start"))?;
        Ok(self.at)
    }
}
