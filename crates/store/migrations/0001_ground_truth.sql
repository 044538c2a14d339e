-- Ground truth: the record itself, source data, and what is no part of the record (secrets, sessions).
-- One text for SQLite and PostgreSQL. Times are microseconds since 1970 in UTC, days are ISO texts.
-- Every key begins with authority_id, so that the schema shards on a distributed engine.

CREATE TABLE authority (
    authority_id UUID NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    founded_at BIGINT NOT NULL
);

-- How far the record of an authority goes. The writer locks this row.
CREATE TABLE head (
    authority_id UUID NOT NULL PRIMARY KEY REFERENCES authority (authority_id),
    size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    sm3_root BYTEA NOT NULL
);

-- The keys that seal what is told of each subject, wrapped by a key that is not in the database. No wrapped key: it was
-- destroyed, and with it all that it sealed.
CREATE TABLE subject_key (
    authority_id UUID NOT NULL REFERENCES authority (authority_id),
    subject_id UUID NOT NULL,
    version INTEGER NOT NULL,
    wrapped BYTEA,
    PRIMARY KEY (authority_id, subject_id, version)
);

-- The record. body is canonical JSON (RFC 8785) and is what is hashed; sealed holds words about people under the key of
-- subject_id, and body carries a salted commitment to them. The other columns repeat parts of body for look-up.
CREATE TABLE entry (
    authority_id UUID NOT NULL REFERENCES authority (authority_id),
    seq BIGINT NOT NULL,
    stream_kind TEXT NOT NULL,
    stream_id UUID NOT NULL,
    at BIGINT NOT NULL,
    account_id UUID,
    person_id UUID,
    act_id UUID NOT NULL,
    act TEXT NOT NULL,
    event TEXT NOT NULL,
    body TEXT NOT NULL,
    subject_id UUID,
    sealed BYTEA,
    leaf BYTEA NOT NULL,
    PRIMARY KEY (authority_id, seq)
);
CREATE INDEX entry_stream ON entry (authority_id, stream_id, seq);
CREATE INDEX entry_kind ON entry (authority_id, stream_kind, seq);
CREATE INDEX entry_act ON entry (authority_id, act_id);
CREATE INDEX entry_at ON entry (authority_id, at);
CREATE INDEX entry_account ON entry (authority_id, account_id, seq);

-- Complete subtrees of the RFC 6962 trees over the entries: one place, and its hash under each hash function.
CREATE TABLE node (
    authority_id UUID NOT NULL REFERENCES authority (authority_id),
    level SMALLINT NOT NULL,
    place BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    sm3 BYTEA NOT NULL,
    PRIMARY KEY (authority_id, level, place)
);

-- What the keeper of a log's key signed of the record, and which witnesses saw it. No part of the record: it vouches for
-- the record as it stood.
CREATE TABLE checkpoint (
    authority_id UUID NOT NULL REFERENCES authority (authority_id),
    origin TEXT NOT NULL,
    size BIGINT NOT NULL,
    sm3 BOOLEAN NOT NULL,
    note TEXT NOT NULL,
    signed_at BIGINT NOT NULL,
    PRIMARY KEY (authority_id, origin, size)
);

-- Acts that happened, by the key their sender gave them: sent twice, an act happens once.
CREATE TABLE act (
    authority_id UUID NOT NULL REFERENCES authority (authority_id),
    act_id UUID NOT NULL,
    account_id UUID,
    digest BYTEA NOT NULL,
    first_seq BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (authority_id, act_id)
);

-- Rows of source data. They are laid down before their batch is on record and count only once it is. What a row says is
-- sealed under the key of subject_id, and commitment fixes it; the other columns are for look-up: row_key is a blind index,
-- person the employee number it is about, and named those it speaks of besides, each between semicolons.
CREATE TABLE batch_row (
    authority_id UUID NOT NULL REFERENCES authority (authority_id),
    batch_id UUID NOT NULL,
    row_number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    row_key TEXT NOT NULL,
    person TEXT,
    day TEXT,
    named TEXT,
    subject_id UUID NOT NULL,
    sealed BYTEA NOT NULL,
    commitment BYTEA NOT NULL,
    PRIMARY KEY (authority_id, batch_id, row_number)
);
CREATE INDEX batch_row_person ON batch_row (authority_id, kind, person, day);
CREATE INDEX batch_row_key ON batch_row (authority_id, kind, row_key);

-- Batches whose rows lie there or are on their way, as the act is to put them on record; gone once it has.
CREATE TABLE laid_batch (
    authority_id UUID NOT NULL REFERENCES authority (authority_id),
    batch_id UUID NOT NULL,
    laid_at BIGINT NOT NULL,
    batch BYTEA,
    PRIMARY KEY (authority_id, batch_id)
);

-- Files that somebody handed in to be imported, what was found in them and how far that is. No part of the record, and
-- forgotten after a day.
CREATE TABLE upload (
    authority_id UUID NOT NULL REFERENCES authority (authority_id),
    upload_id UUID NOT NULL,
    account_id UUID NOT NULL,
    uploaded_at BIGINT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('receiving', 'reading', 'read', 'importing', 'computing', 'imported', 'failed')),
    skip_bad BOOLEAN NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    report BYTEA,
    PRIMARY KEY (authority_id, upload_id)
);
CREATE INDEX upload_account ON upload (authority_id, account_id, uploaded_at);

CREATE TABLE upload_file (
    authority_id UUID NOT NULL REFERENCES authority (authority_id),
    upload_id UUID NOT NULL,
    place SMALLINT NOT NULL,
    name BYTEA NOT NULL,
    size BIGINT NOT NULL,
    PRIMARY KEY (authority_id, upload_id, place)
);

-- A file in pieces of one size, so that it is never whole in memory.
CREATE TABLE upload_part (
    authority_id UUID NOT NULL REFERENCES authority (authority_id),
    upload_id UUID NOT NULL,
    place SMALLINT NOT NULL,
    part BIGINT NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (authority_id, upload_id, place, part)
);

-- How far work that follows the record has come: every entry before seq is worked in.
CREATE TABLE follower (
    authority_id UUID NOT NULL REFERENCES authority (authority_id),
    name TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (authority_id, name)
);

-- Files by their content.
CREATE TABLE attachment (
    authority_id UUID NOT NULL REFERENCES authority (authority_id),
    digest TEXT NOT NULL,
    size BIGINT NOT NULL,
    media TEXT NOT NULL,
    content BYTEA NOT NULL,
    stored_at BIGINT NOT NULL,
    PRIMARY KEY (authority_id, digest)
);

-- Who handed in which file: for a day, they and nobody else may name it in an act.
CREATE TABLE handed_in (
    authority_id UUID NOT NULL REFERENCES authority (authority_id),
    account_id UUID NOT NULL,
    digest TEXT NOT NULL,
    name BYTEA NOT NULL,
    handed_in_at BIGINT NOT NULL,
    PRIMARY KEY (authority_id, account_id, digest),
    FOREIGN KEY (authority_id, digest) REFERENCES attachment (authority_id, digest)
);

-- Secrets of accounts. Never in the record, never in logs.
CREATE TABLE credential (
    authority_id UUID NOT NULL REFERENCES authority (authority_id),
    account_id UUID NOT NULL,
    password TEXT,
    totp BYTEA,
    totp_step BIGINT,
    PRIMARY KEY (authority_id, account_id)
);

-- Codes that stand in for a second factor, once each, as their SHA-256.
CREATE TABLE recovery_code (
    authority_id UUID NOT NULL REFERENCES authority (authority_id),
    account_id UUID NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (authority_id, account_id, digest)
);

-- Failures to sign in by the SHA-256 of what was typed as login; a row counts until "until".
CREATE TABLE brake (
    authority_id UUID NOT NULL REFERENCES authority (authority_id),
    login_digest TEXT NOT NULL,
    failures BIGINT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (authority_id, login_digest)
);

-- Who is signed in. The id is kept as its SHA-256 only.
CREATE TABLE session (
    authority_id UUID NOT NULL REFERENCES authority (authority_id),
    session_id TEXT NOT NULL,
    account_id UUID NOT NULL,
    data TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (authority_id, session_id)
);
CREATE INDEX session_account ON session (authority_id, account_id);
