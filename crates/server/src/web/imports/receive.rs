//! Taking files in: piece by piece into the store, so that none is whole in memory, and within limits.

use crate::{
    clock,
    web::{
        error::PageError,
        files, kit,
        locale::{Locale, Sentence},
        session::SignedIn,
    },
};
use axum::extract::{
    Multipart,
    multipart::{Field, MultipartError},
};
use std::path::Path;
use store::{
    Store,
    upload::{PART, Stage, UploadedFile},
};
use uuid::Uuid;

/// The largest file, in bytes.
const LARGEST: u64 = 256 << 20;
/// The largest upload, in bytes, with what a form adds to its files.
pub(super) const MOST_BYTES: u64 = 512 << 20;
/// The most files of one upload.
const MOST_FILES: usize = 20;
/// The most uploads that one account may have lying here.
const MOST_UPLOADS: usize = 20;
/// The endings of files that can be tables.
const ENDINGS: [&str; 4] = ["xlsx", "csv", "tsv", "txt"];

/// What came of a request.
pub(super) enum Received {
    /// All files are here.
    Upload(Uuid),
    /// Nothing was kept, and why.
    Refused(Vec<Sentence>),
}

/// The limits as the form tells them.
pub(super) fn limits(t: Locale) -> String {
    let args = [("n", t.arg(MOST_FILES)), ("size", t.arg(LARGEST >> 20))];
    t.with("imports-limits", &args)
}

/// Take in the files of a form. The token must come before them, as it does in our form.
pub(super) async fn receive(store: &Store, person: &SignedIn, mut multipart: Multipart) -> Result<Received, PageError> {
    if store.uploads(person.account).await?.len() >= MOST_UPLOADS {
        return Ok(Received::Refused(vec![Sentence::new("refusal-uploads-too-many").arg("limit", MOST_UPLOADS)]));
    }
    let id = store.begin_upload(person.account, clock::now()).await?;
    let received = Files { store, id, files: Vec::new(), refused: Vec::new() }.take_all(person, &mut multipart).await;
    match received {
        Ok(refused) if refused.is_empty() => {
            store.move_upload(id, Stage::Receiving, Stage::Reading).await?;
            Ok(Received::Upload(id))
        }
        Ok(refused) => {
            store.forget_upload(id).await?;
            Ok(Received::Refused(refused))
        }
        Err(error) => {
            store.forget_upload(id).await?;
            Err(error)
        }
    }
}

/// The files of one upload on their way in.
struct Files<'s> {
    store: &'s Store,
    id: Uuid,
    files: Vec<UploadedFile>,
    refused: Vec<Sentence>,
}

impl Files<'_> {
    /// Why the files are refused; none: they are all here. After a refusal the rest is read and dropped, because a browser
    /// does not listen before it has sent everything.
    async fn take_all(mut self, person: &SignedIn, multipart: &mut Multipart) -> Result<Vec<Sentence>, PageError> {
        let mut checked = false;
        while let Some(field) = multipart.next_field().await.map_err(broken_off)? {
            match field.name() {
                Some(kit::Form::CSRF_FIELD) => {
                    person.check(&field.text().await.map_err(broken_off)?)?;
                    checked = true;
                }
                Some("files") if checked => self.take(field).await?,
                Some("files") => person.check("")?,
                _ => {}
            }
        }
        if self.files.is_empty() && self.refused.is_empty() {
            self.refused.push(Sentence::new("refusal-no-file"));
        }
        Ok(self.refused)
    }

    async fn take(&mut self, mut field: Field<'_>) -> Result<(), PageError> {
        let name = files::bare_name(field.file_name().unwrap_or_default());
        if let Some(refusal) = self.unfit(&name) {
            self.refused.extend(refusal);
            return files::drain(field).await.map_err(broken_off);
        }
        let place = self.files.len() as i16;
        let (mut size, mut part, mut piece) = (0, 0, Vec::with_capacity(PART));
        while let Some(bytes) = field.chunk().await.map_err(broken_off)? {
            size += bytes.len() as u64;
            if size > LARGEST {
                let args = Sentence::new("refusal-file-too-large").arg("name", &name);
                self.refused.push(args.arg("limit", LARGEST >> 20));
                return files::drain(field).await.map_err(broken_off);
            }
            piece.extend_from_slice(&bytes);
            while piece.len() >= PART {
                let rest = piece.split_off(PART);
                self.store.put_part(self.id, place, part, std::mem::replace(&mut piece, rest)).await?;
                part += 1;
            }
        }
        if !piece.is_empty() {
            self.store.put_part(self.id, place, part, piece).await?;
        }
        let file = UploadedFile { place, name, size };
        self.store.put_file(self.id, &file).await?;
        self.files.push(file);
        Ok(())
    }

    /// What is wrong with a file before a byte of it is read: nothing to say where a form came without one.
    fn unfit(&self, name: &str) -> Option<Option<Sentence>> {
        let ending = Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
        let about = |key: &'static str| Some(Some(Sentence::new(key).arg("name", name)));
        if name.is_empty() {
            Some(None)
        } else if !ENDINGS.contains(&ending.as_str()) {
            about("refusal-file-type")
        } else if self.files.iter().any(|file| file.name == name) {
            about("refusal-file-twice")
        } else if self.files.len() == MOST_FILES {
            let many = Sentence::new("refusal-files-too-many").arg("limit", MOST_FILES);
            Some((!self.refused.contains(&many)).then_some(many))
        } else {
            None
        }
    }
}

fn broken_off(error: MultipartError) -> PageError {
    files::broken_off(&error, MOST_BYTES)
}
