//! A form as it comes in: its fields, and files where it carries some. Files are handed in as they arrive, so that the act
//! names what the store measured; a form that is refused afterwards need not send them again.

use crate::web::{App, attachment, error::PageError, files, kit, locale::Sentence, session::SignedIn};
use axum::{
    Form,
    extract::{
        DefaultBodyLimit, FromRequest, Multipart, Request,
        multipart::{Field, MultipartError},
    },
    http::header,
    response::{IntoResponse, Response},
};
use domain::progress::{Attachment, MOST_ATTACHMENTS};

/// The most bytes of a form that are read, nearly all of them only to be dropped: a browser does not listen before it
/// has sent everything, and whoever chose too large a file wants to read why, beside what they typed.
const MOST_BYTES: u64 = 256 << 20;
/// The most bytes of all fields of a form with files.
const MOST_TEXT: usize = 1 << 20;

/// A form on its way in.
pub enum Sent {
    /// Fields alone.
    Fields(Vec<(String, String)>),
    /// Fields and files.
    Parts(Multipart),
}

impl FromRequest<App> for Sent {
    type Rejection = Response;

    async fn from_request(mut request: Request, app: &App) -> Result<Self, Response> {
        let kind = request.headers().get(header::CONTENT_TYPE).map_or(&b""[..], |kind| kind.as_bytes());
        if !kind.starts_with(b"multipart/form-data") {
            let Form(pairs) = Form::from_request(request, app).await.map_err(IntoResponse::into_response)?;
            return Ok(Sent::Fields(pairs));
        }
        DefaultBodyLimit::max(MOST_BYTES as usize).apply(&mut request);
        Multipart::from_request(request, app).await.map(Sent::Parts).map_err(IntoResponse::into_response)
    }
}

/// A form that has come in.
#[derive(Default)]
pub struct Filled {
    /// Names and values of its fields; files are spelled as the act names them.
    pub pairs: Vec<(String, String)>,
    /// What is wrong with its files.
    pub unfit: Vec<Sentence>,
    files: Vec<Attachment>,
}

impl Filled {
    /// The first value of a field, or nothing.
    pub fn field(&self, wanted: &str) -> &str {
        self.pairs.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value.as_str())
    }

    /// Take in a form of this session. Its token must come before files, as it does in our forms.
    pub async fn take(app: &App, person: &SignedIn, sent: Sent) -> Result<Filled, PageError> {
        let mut filled = Filled::default();
        match sent {
            Sent::Fields(pairs) => filled.pairs = pairs,
            Sent::Parts(mut parts) => {
                while let Some(field) = parts.next_field().await.map_err(broken_off)? {
                    filled.take_part(app, person, field).await?;
                }
                filled.name_files();
            }
        }
        person.check(filled.field(kit::Form::CSRF_FIELD))?;
        Ok(filled)
    }

    async fn take_part(&mut self, app: &App, person: &SignedIn, field: Field<'_>) -> Result<(), PageError> {
        let name = field.name().unwrap_or_default().to_owned();
        if name == kit::Form::FILES_FIELD {
            person.check(self.field(kit::Form::CSRF_FIELD))?;
            return self.take_file(app, person, field).await;
        }
        let value = self.text(field).await?;
        if name != kit::Form::KEPT_FIELD {
            self.pairs.push((name, value));
        } else if let Some(file) = app.store.handed_in(person.account, &value).await? {
            self.files.push(file);
        } else {
            self.unfit.push(Sentence::new("refusal-attachment-forgotten"));
        }
        Ok(())
    }

    /// The text of a field, while all of them together are no longer than forms are.
    async fn text(&self, mut field: Field<'_>) -> Result<String, PageError> {
        let before: usize = self.pairs.iter().map(|(name, value)| name.len() + value.len()).sum();
        let mut bytes = Vec::new();
        while let Some(piece) = field.chunk().await.map_err(broken_off)? {
            bytes.extend_from_slice(&piece);
            if before + bytes.len() > MOST_TEXT {
                return Err(super::unfit());
            }
        }
        String::from_utf8(bytes).map_err(|_| super::unfit())
    }

    async fn take_file(&mut self, app: &App, person: &SignedIn, field: Field<'_>) -> Result<(), PageError> {
        let name = files::bare_name(field.file_name().unwrap_or_default());
        if name.is_empty() {
            // What browsers send where no file was chosen.
            return files::drain(field).await.map_err(broken_off);
        }
        if self.files.len() >= MOST_ATTACHMENTS {
            let many = Sentence::new("refusal-attachment-too-many").arg("name", name).arg("limit", MOST_ATTACHMENTS);
            self.unfit.push(many);
            return files::drain(field).await.map_err(broken_off);
        }
        match attachment::take(app, person, name, field, broken_off).await? {
            Ok(file) => self.files.push(file),
            Err(sentence) => self.unfit.push(sentence),
        }
        Ok(())
    }

    /// Spell the files as fields of the act.
    fn name_files(&mut self) {
        for (place, file) in self.files.iter().enumerate() {
            let size = file.size.to_string();
            for (part, value) in
                [("digest", &file.digest), ("name", &file.name), ("size#", &size), ("media", &file.media)]
            {
                self.pairs.push((format!("{}.{place}.{part}", kit::Form::FILES_FIELD), value.clone()));
            }
        }
    }
}

fn broken_off(error: MultipartError) -> PageError {
    files::broken_off(&error, MOST_BYTES)
}
