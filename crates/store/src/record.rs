//! The form of a record entry: how an event becomes canonical bytes, a sealed part and a leaf, and how
//! it is read back.

mod private;

use crate::{
    Error,
    keyring::{Held, Keyring},
    seal::{KeyId, Place, random},
    signature::{self, Signed},
    table::truth::entry,
};
use domain::{
    act::Act,
    actor::{By, Stamp},
    event::{Emit, Event, Stream, StreamKind},
};
use jiff::Timestamp;
use ledger::{Algorithm, Cipher};
use policy::Permit;
use serde::Deserialize;
use serde_json::{Map, Value, json, value::RawValue};
use std::collections::HashMap;
use uuid::Uuid;

/// Version of the entry's form.
const FORM: u8 = 1;
/// Bytes of the salt before sealed words.
const SALT: usize = 32;

/// An event read back from the record.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Its place in the record, from 0.
    pub seq: u64,
    /// Whose record it is.
    pub stream: Stream,
    /// The act it came from.
    pub act: String,
    /// When and by whom.
    pub stamp: Stamp,
    /// What happened; words that were erased are blacked out.
    pub event: Event,
    /// Under which rules.
    pub permit: Permitted,
    /// Signed by who did it, if they have a key for that.
    pub signed: Option<Signed>,
}

/// The rules under which an act was permitted.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Permitted {
    /// The content hash of all policies of the day.
    pub policies: String,
    /// The ids of those that permitted it.
    pub ids: Vec<String>,
}

/// What an act brings to each of its entries.
pub(crate) struct Header<'a> {
    pub authority: Uuid,
    pub act_id: Uuid,
    pub act: &'a Act,
    pub by: By,
    pub at: Timestamp,
    pub permit: &'a Permit,
    pub signed: Option<&'a Signed>,
}

/// Where the act that was signed lies among the words of an entry. No event has a field of this name.
pub(crate) const SIGNED_ACT: &str = "signed_act";

/// The words of an entry as they are sealed, and the salt of the commitment to them. Both go with the key: a salt that
/// stayed would let anyone try out what the words were.
pub(crate) struct Words {
    pub salt: [u8; SALT],
    /// Canonical JSON: the place of each value, and the value.
    pub text: Vec<u8>,
}

impl Words {
    pub(crate) fn new(text: Vec<u8>) -> Self {
        Words { salt: random(), text }
    }

    pub(crate) fn from_plain(plain: &[u8]) -> Option<Self> {
        let (salt, text) = plain.split_first_chunk::<SALT>()?;
        Some(Words { salt: *salt, text: text.to_vec() })
    }

    pub(crate) fn plain(&self) -> Vec<u8> {
        [&self.salt[..], &self.text].concat()
    }

    pub(crate) fn commitment(&self) -> [u8; 32] {
        ledger::commitment(&self.salt, &self.text)
    }
}

/// The key that an entry's words are sealed with.
pub(crate) struct Sealing<'a> {
    pub keyring: &'a Keyring,
    pub key: KeyId,
    pub cipher: &'a Cipher,
}

/// Where an entry's words lie.
fn place(seq: &str) -> Place<'_> {
    Place { table: "entry", column: "sealed", row: seq }
}

/// Whether an event has words to be sealed.
pub(crate) fn has_words(event: &Event) -> bool {
    !event.private_places().is_empty()
}

/// Make the entry for one event. Where it has words, or the act was signed, `sealing` is the key for them.
pub(crate) fn entry(
    header: &Header,
    seq: u64,
    emit: &Emit,
    sealing: Option<&Sealing<'_>>,
) -> Result<entry::Model, Error> {
    let (event, mut data) = split(&emit.event)?;
    let mut words = private::take(&mut data, emit.event.private_places());
    if header.signed.is_some() {
        words.insert(SIGNED_ACT.to_owned(), Value::from(signature::canonical(header.act)?));
    }
    let words = if words.is_empty() { None } else { Some(Words::new(ledger::canonical(&Value::Object(words))?)) };
    let act = header.act.name();
    let mut body = json!({
        "form": FORM,
        "authority": header.authority,
        "stream": emit.stream,
        "at": header.at.to_string(),
        "by": header.by,
        "act": { "id": header.act_id, "name": act },
        "permit": { "policies": header.permit.hash(), "ids": header.permit.policies() },
        "event": event,
        "data": data,
        "sealed": words.as_ref().map(|words| hex::encode(words.commitment())),
    });
    if let Some(signed) = header.signed {
        body["signed"] = serde_json::to_value(signed)?;
    }
    let body = ledger::canonical(&body)?;
    let missing = || Error::Broken(format!("entry {seq}: no key to seal its words with"));
    let sealed = words.map(|words| {
        let Sealing { keyring, key, cipher } = sealing.ok_or_else(missing)?;
        Ok::<_, Error>((key.subject, keyring.sealed(*key, cipher, place(&seq.to_string()), &words.plain())))
    });
    let (subject_id, sealed) = sealed.transpose()?.unzip();
    Ok(entry::Model {
        authority_id: header.authority,
        seq: seq as i64,
        stream_kind: emit.stream.kind.as_str().to_owned(),
        stream_id: emit.stream.id,
        at: header.at.as_microsecond(),
        account_id: header.by.account.map(|id| id.0),
        person_id: header.by.person.map(|id| id.0),
        act_id: header.act_id,
        act: act.to_owned(),
        event,
        leaf: Algorithm::Sha256.leaf_hash(&body).to_vec(),
        body: String::from_utf8(body).expect("canonical JSON is UTF-8"),
        subject_id,
        sealed,
    })
}

/// The key that opens an entry's words, where it has some.
pub(crate) fn key_of(entry: &entry::Model) -> Option<KeyId> {
    KeyId::of(entry.subject_id?, entry.sealed.as_deref()?).ok().map(|(key, _)| key)
}

/// The words of an entry: none where there are none, or where they were erased.
pub(crate) fn words(
    entry: &entry::Model,
    keyring: &Keyring,
    keys: &HashMap<KeyId, Held>,
) -> Result<Option<Words>, Error> {
    let broken = |what: &str| Error::Broken(format!("entry {}: {what}", entry.seq));
    let (subject, sealed) = match (entry.subject_id, &entry.sealed) {
        (Some(subject), Some(sealed)) => (subject, sealed),
        (None, None) => return Ok(None),
        _ => return Err(broken("sealed words without a subject, or a subject without words")),
    };
    let Some(plain) = keyring.opened(keys, subject, place(&entry.seq.to_string()), sealed)? else { return Ok(None) };
    Words::from_plain(&plain).map(Some).ok_or_else(|| broken("the sealed words have no salt"))
}

/// A body as it is written, but for what happened, which is read with the words.
#[derive(Deserialize)]
pub(crate) struct Body<'a> {
    pub authority: Uuid,
    pub stream: Stream,
    pub at: Timestamp,
    pub by: By,
    pub act: ActOf,
    pub permit: Permitted,
    pub event: String,
    #[serde(borrow)]
    data: &'a RawValue,
    /// The commitment to the words, in hexadecimal digits.
    pub sealed: Option<String>,
    #[serde(default)]
    pub signed: Option<Signed>,
}

/// The act an entry came from.
#[derive(Deserialize)]
pub(crate) struct ActOf {
    pub id: Uuid,
    pub name: String,
}

impl<'a> Body<'a> {
    /// Read the body of an entry.
    pub(crate) fn of(entry: &'a entry::Model) -> Result<Self, Error> {
        serde_json::from_str(&entry.body)
            .map_err(|error| Error::Broken(format!("entry {}: the body is not understood ({error})", entry.seq)))
    }

    /// What happened: the words back in their places, or blacked out where they were erased.
    fn event(&self, words: Option<&Words>) -> Result<Event, serde_json::Error> {
        if words.is_none() && self.sealed.is_none() {
            // Nothing to put back: straight from the text.
            let Body { event, data, .. } = self;
            return match data.get() {
                "{}" => serde_json::from_value(json!({ "event": event })),
                data => serde_json::from_str(&format!("{{\"event\":{},\"data\":{data}}}", Value::from(event.as_str()))),
            };
        }
        let mut data: Map<String, Value> = serde_json::from_str(self.data.get())?;
        match words {
            Some(words) => {
                let mut words: Map<String, Value> = serde_json::from_slice(&words.text)?;
                words.remove(SIGNED_ACT);
                private::put_back(&mut data, words);
            }
            None => private::black_out(&mut data, &self.event),
        }
        serde_json::from_value(json!({ "event": self.event, "data": data }))
    }

    /// Whether the signature holds, as far as that can be told: of an act that was erased it can't.
    pub(crate) fn signature_holds(&self, words: Option<&Words>) -> bool {
        let (Some(signed), Some(words)) = (&self.signed, words) else { return true };
        let words: Map<String, Value> = serde_json::from_slice(&words.text).unwrap_or_default();
        let act = words.get(SIGNED_ACT).and_then(Value::as_str).unwrap_or_default();
        signed.is_of(self.authority, self.act.id, &self.act.name, act)
    }

    /// The entry as it is told.
    pub(crate) fn told(self, entry: &entry::Model, words: Option<&Words>) -> Result<Recorded, Error> {
        let event = self
            .event(words)
            .map_err(|error| Error::Broken(format!("entry {}: the event is not understood ({error})", entry.seq)))?;
        Ok(Recorded {
            seq: entry.seq as u64,
            stream: self.stream,
            act: self.act.name,
            stamp: Stamp { at: self.at, by: self.by },
            event,
            permit: self.permit,
            signed: self.signed,
        })
    }
}

/// Read an entry back. What counts is the body (and what it commits to), not the columns beside it.
pub(crate) fn read(entry: &entry::Model, words: Option<&Words>) -> Result<Recorded, Error> {
    Body::of(entry)?.told(entry, words)
}

/// An event as its name and its fields.
fn split(event: &Event) -> Result<(String, Map<String, Value>), Error> {
    let mut value = serde_json::to_value(event)?;
    let name = value["event"].as_str().unwrap_or_default().to_owned();
    let data = match value["data"].take() {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    Ok((name, data))
}

/// The kind of stream a column names.
pub(crate) fn stream_kind(name: &str) -> Option<StreamKind> {
    StreamKind::ALL.into_iter().find(|kind| kind.as_str() == name)
}
