//! What is the same of all files that come in with a form.

use super::{error::PageError, locale::Sentence};
use axum::{
    extract::multipart::{Field, MultipartError},
    http::StatusCode,
};
use domain::progress::LONGEST_NAME;

/// A file's name without the folders that some browsers send, and without what no name should hold.
pub fn bare_name(sent: &str) -> String {
    let bare = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible: String = bare.chars().filter(|c| !c.is_control()).collect();
    let length = visible.chars().count();
    // The end says what kind of file it is.
    visible.trim().chars().skip(length.saturating_sub(LONGEST_NAME)).collect()
}

/// Read the rest of a part and drop it: a browser does not listen before it has sent everything.
pub async fn drain(mut field: Field<'_>) -> Result<(), MultipartError> {
    while field.chunk().await?.is_some() {}
    Ok(())
}

/// The request ended too early, or is larger than all files together may be.
pub fn broken_off(error: &MultipartError, most_bytes: u64) -> PageError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return PageError::BadInput(Sentence::new("refusal-upload-too-large").arg("limit", most_bytes >> 20));
    }
    PageError::BadInput(Sentence::new("refusal-upload-broken-off"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_folders() {
        assert_eq!(bare_name("C:\\考勤\\一月.csv"), "一月.csv");
        assert_eq!(bare_name("../../etc/x\n.csv"), "x.csv");
        let long = bare_name(&format!("{}.csv", "长".repeat(300)));
        assert!(long.ends_with(".csv") && long.chars().count() == LONGEST_NAME);
    }
}
