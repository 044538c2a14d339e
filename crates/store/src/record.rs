//! The form of a record entry: how an event becomes canonical bytes, a sealed part and a leaf, and how
//! it is read back.

use crate::{Error, table::truth::entry};
use domain::{
    act::Act,
    actor::{By, Stamp},
    event::{Emit, Event, Stream, StreamKind},
};
use jiff::Timestamp;
use ledger::Algorithm;
use policy::Permit;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Version of the entry's form.
const FORM: u8 = 1;

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
    /// What happened.
    pub event: Event,
    /// Under which rules.
    pub permit: Permitted,
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
}

/// Make the entry for one event.
pub(crate) fn entry(header: &Header, seq: u64, emit: &Emit, salt: [u8; 32]) -> Result<entry::Model, Error> {
    let (event, mut data) = split(&emit.event)?;
    let mut sealed = Map::new();
    for field in emit.event.private_fields() {
        if let Some(words) = data.remove(*field) {
            sealed.insert((*field).to_owned(), words);
        }
    }
    let sealed = if sealed.is_empty() { None } else { Some(ledger::canonical(&Value::Object(sealed))?) };
    let commitment = sealed.as_ref().map(|sealed| hex::encode(ledger::commitment(&salt, sealed)));
    let act = header.act.name();
    let body = json!({
        "form": FORM,
        "authority": header.authority,
        "stream": emit.stream,
        "at": header.at.to_string(),
        "by": header.by,
        "act": { "id": header.act_id, "name": act },
        "permit": { "policies": header.permit.hash(), "ids": header.permit.policies() },
        "event": event,
        "data": data,
        "sealed": commitment,
    });
    let body = ledger::canonical(&body)?;
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
        body: text(body),
        sealed: sealed.map(text),
        salt: salt.to_vec(),
    })
}

/// Read an entry back. What counts is the body (and what it commits to), not the columns beside it.
pub(crate) fn read(entry: &entry::Model) -> Result<Recorded, Error> {
    let broken = |what: &str| Error::Broken(format!("entry {}: {what}", entry.seq));
    let body: Value = serde_json::from_str(&entry.body).map_err(|_| broken("the body is no JSON"))?;
    let mut data = body["data"].as_object().cloned().unwrap_or_default();
    if let Some(sealed) = &entry.sealed {
        let words: Map<String, Value> =
            serde_json::from_str(sealed).map_err(|_| broken("the sealed part is no JSON"))?;
        data.extend(words);
    }
    let event = join(body["event"].as_str().unwrap_or_default(), data)
        .map_err(|error| broken(&format!("the event is not understood ({error})")))?;
    let stream: Stream =
        serde_json::from_value(body["stream"].clone()).map_err(|_| broken("the stream is not understood"))?;
    let by: By = serde_json::from_value(body["by"].clone()).map_err(|_| broken("the actor is not understood"))?;
    let at: Timestamp =
        body["at"].as_str().unwrap_or_default().parse().map_err(|_| broken("the time is not understood"))?;
    Ok(Recorded {
        seq: entry.seq as u64,
        stream,
        act: body["act"]["name"].as_str().unwrap_or_default().to_owned(),
        stamp: Stamp { at, by },
        event,
        permit: serde_json::from_value(body["permit"].clone()).map_err(|_| broken("the permit is not understood"))?,
    })
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

fn join(name: &str, data: Map<String, Value>) -> Result<Event, serde_json::Error> {
    let empty = data.is_empty();
    let mut event = json!({ "event": name });
    if !empty {
        event["data"] = Value::Object(data);
    }
    serde_json::from_value(event)
}

fn text(canonical: Vec<u8>) -> String {
    String::from_utf8(canonical).expect("canonical JSON is UTF-8")
}

/// The kind of stream a column names.
pub(crate) fn stream_kind(name: &str) -> Option<StreamKind> {
    StreamKind::ALL.into_iter().find(|kind| kind.as_str() == name)
}
