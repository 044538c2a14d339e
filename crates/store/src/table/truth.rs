//! The tables of ground truth, as `migrations/0001_ground_truth.sql` makes them.

use sea_orm::entity::prelude::*;

crate::table::table! {
    /// The tenant.
    authority, "authority" {
        key { authority_id: Uuid }
        name: String,
        founded_at: i64,
    }
}

crate::table::table! {
    /// How far the record of an authority goes. The writer locks this row.
    head, "head" {
        key { authority_id: Uuid }
        size: i64,
        root: Vec<u8>,
        sm3_root: Vec<u8>,
    }
}

crate::table::table! {
    /// The keys that seal what is told of each subject, wrapped by a key that is not in the database; none: it was destroyed.
    subject_key, "subject_key" {
        key { authority_id: Uuid, subject_id: Uuid, version: i32 }
        wrapped: Option<Vec<u8>>,
    }
}

crate::table::table! {
    /// The record. body is canonical JSON (RFC 8785) and is what is hashed; sealed holds words about people, to which body carries a salted commitment. The other columns repeat parts of body for look-up.
    entry, "entry" {
        key { authority_id: Uuid, seq: i64 }
        stream_kind: String,
        stream_id: Uuid,
        at: i64,
        account_id: Option<Uuid>,
        person_id: Option<Uuid>,
        act_id: Uuid,
        act: String,
        event: String,
        body: String,
        subject_id: Option<Uuid>,
        sealed: Option<Vec<u8>>,
        leaf: Vec<u8>,
    }
}

crate::table::table! {
    /// Complete subtrees of the RFC 6962 trees over the entries: one place, and its hash under each hash function.
    node, "node" {
        key { authority_id: Uuid, level: i16, place: i64 }
        hash: Vec<u8>,
        sm3: Vec<u8>,
    }
}

crate::table::table! {
    /// What the keeper of a log's key signed of the record, and which witnesses saw it. No part of the record: it vouches for the record as it stood.
    checkpoint, "checkpoint" {
        key { authority_id: Uuid, origin: String, size: i64 }
        sm3: bool,
        note: String,
        signed_at: i64,
    }
}

crate::table::table! {
    /// Acts that happened, by the key their sender gave them: sent twice, an act happens once.
    act, "act" {
        key { authority_id: Uuid, act_id: Uuid }
        account_id: Option<Uuid>,
        digest: Vec<u8>,
        first_seq: i64,
        entries: i64,
        at: i64,
    }
}

crate::table::table! {
    /// Rows of source data. They are laid down before their batch is on record and count only once it is.
    batch_row, "batch_row" {
        key { authority_id: Uuid, batch_id: Uuid, row_number: i64 }
        kind: String,
        row_key: String,
        person: Option<String>,
        day: Option<String>,
        named: Option<String>,
        subject_id: Uuid,
        sealed: Vec<u8>,
        commitment: Vec<u8>,
    }
}

crate::table::table! {
    /// Batches whose rows lie there or are on their way, as the act is to put them on record; gone once it has.
    laid_batch, "laid_batch" {
        key { authority_id: Uuid, batch_id: Uuid }
        laid_at: i64,
        batch: Option<Vec<u8>>,
    }
}

crate::table::table! {
    /// Files that somebody handed in to be imported, what was found in them and how far that is. No part of the record, and forgotten after a day.
    upload, "upload" {
        key { authority_id: Uuid, upload_id: Uuid }
        account_id: Uuid,
        uploaded_at: i64,
        stage: String,
        skip_bad: bool,
        done: i64,
        total: i64,
        report: Option<Vec<u8>>,
    }
}

crate::table::table! {
    /// One file of an upload.
    upload_file, "upload_file" {
        key { authority_id: Uuid, upload_id: Uuid, place: i16 }
        name: Vec<u8>,
        size: i64,
    }
}

crate::table::table! {
    /// A file in pieces of one size, so that it is never whole in memory.
    upload_part, "upload_part" {
        key { authority_id: Uuid, upload_id: Uuid, place: i16, part: i64 }
        content: Vec<u8>,
    }
}

crate::table::table! {
    /// How far work that follows the record has come: every entry before seq is worked in.
    follower, "follower" {
        key { authority_id: Uuid, name: String }
        seq: i64,
    }
}

crate::table::table! {
    /// Files by their content.
    attachment, "attachment" {
        key { authority_id: Uuid, digest: String }
        size: i64,
        media: String,
        content: Vec<u8>,
        stored_at: i64,
    }
}

crate::table::table! {
    /// Who handed in which file, and when: for a day, they and nobody else may name it in an act.
    handed_in, "handed_in" {
        key { authority_id: Uuid, account_id: Uuid, digest: String }
        name: Vec<u8>,
        handed_in_at: i64,
    }
}

crate::table::table! {
    /// Secrets of accounts. Never in the record, never in logs.
    credential, "credential" {
        key { authority_id: Uuid, account_id: Uuid }
        password: Option<String>,
        totp: Option<Vec<u8>>,
        totp_step: Option<i64>,
    }
}

crate::table::table! {
    /// Codes that stand in for a second factor, once each, as their SHA-256.
    recovery_code, "recovery_code" {
        key { authority_id: Uuid, account_id: Uuid, digest: String }
    }
}

crate::table::table! {
    /// Failures to sign in by the SHA-256 of what was typed as login; a row counts until `until`.
    brake, "brake" {
        key { authority_id: Uuid, login_digest: String }
        failures: i64,
        until: i64,
    }
}

crate::table::table! {
    /// Who is signed in. The id is kept as its SHA-256 only.
    session, "session" {
        key { authority_id: Uuid, session_id: String }
        account_id: Uuid,
        data: String,
        expires_at: i64,
    }
}
