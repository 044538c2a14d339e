//! `mingjing verify`: the check of a proof with nothing but the public keys. No network, no database, no server.

use anyhow::{Context, ensure};
use jiff::Timestamp;
use ledger::{Bundle, TrustPolicy};
use serde::{Deserialize, Serialize};
use store::signature::Signed;

/// What a `.tlog-proof` of ours encloses beside the proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enclosed {
    /// The entry: canonical JSON, as it was hashed.
    pub entry: String,
    /// The words that the entry carries a commitment to; only in the hand of who wrote them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Words>,
}

/// Words about people, and what opens the commitment to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// Canonical JSON: the fields and their texts.
    pub text: String,
    /// In hex.
    pub salt: String,
}

/// What a proof shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// The log's name.
    pub log: String,
    /// The entry's place, from 0.
    pub index: u64,
    /// How many entries the checkpoint covers.
    pub size: u64,
    /// Which witnesses saw it, and when.
    pub witnesses: Vec<(String, Timestamp)>,
    /// What the entry says.
    pub entry: serde_json::Value,
    /// The words it carries a commitment to, if they are enclosed.
    pub words: Option<serde_json::Value>,
    /// The key of the person who signed the act.
    pub signed_by: Option<String>,
}

/// Check a proof.
///
/// # Errors
///
/// The sentence that says what does not hold.
pub fn verify(text: &str, trust: &TrustPolicy) -> anyhow::Result<Shown> {
    let bundle: Bundle = text.parse()?;
    let extra = bundle.extra.as_deref().context("the proof does not enclose the entry that it is about")?;
    let Enclosed { entry, words } = serde_json::from_slice(extra).context("what the proof encloses is no entry")?;
    let trusted = bundle.verify(entry.as_bytes(), trust)?;
    let said: serde_json::Value = serde_json::from_str(&entry).context("the entry is no JSON")?;
    if let Some(words) = &words {
        let salt = hex::decode(&words.salt).ok().and_then(|salt| <[u8; 32]>::try_from(salt).ok());
        let commitment = salt.map(|salt| hex::encode(ledger::commitment(&salt, words.text.as_bytes())));
        ensure!(
            commitment.is_some() && said["sealed"].as_str() == commitment.as_deref(),
            "the words in the proof are not the ones that the entry was made with"
        );
    }
    let witnesses = trusted.cosignatures.iter().map(|cosignature| {
        let at = i64::try_from(cosignature.at).ok().and_then(|at| Timestamp::from_second(at).ok());
        (cosignature.witness.name().to_owned(), at.unwrap_or(Timestamp::UNIX_EPOCH))
    });
    let words: Option<serde_json::Value> =
        words.map(|words| serde_json::from_str(&words.text)).transpose().context("the words are no JSON")?;
    Ok(Shown {
        signed_by: signed_by(&said, words.as_ref())?,
        log: trusted.checkpoint.origin.clone(),
        index: bundle.index,
        size: trusted.checkpoint.head.size,
        witnesses: witnesses.collect(),
        entry: said,
        words,
    })
}

/// Under which key the act was signed. The act is among the words, so without them nothing is said of it.
fn signed_by(entry: &serde_json::Value, words: Option<&serde_json::Value>) -> anyhow::Result<Option<String>> {
    let Some(words) = words else { return Ok(None) };
    let (signed, act) = (&entry["signed"], &words["signed_act"]);
    if signed.is_null() && act.is_null() {
        return Ok(None);
    }
    let act = act.as_str().context("the entry is signed, and the act is not among its words")?;
    let signed: Signed =
        serde_json::from_value(signed.clone()).context("an act is enclosed, and no signature of it")?;
    let id = |value: &serde_json::Value| value.as_str().and_then(|id| id.parse().ok());
    let (authority, act_id) = id(&entry["authority"]).zip(id(&entry["act"]["id"])).context("the entry names no act")?;
    ensure!(
        signed.is_of(authority, act_id, entry["act"]["name"].as_str().unwrap_or_default(), act),
        "the act was not signed as it stands in the proof: the signature under {} does not hold",
        signed.key
    );
    Ok(Some(signed.key))
}

impl std::fmt::Display for Shown {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(out, "It holds: entry {} of {}, among {} entries.", self.index, self.log, self.size)?;
        for (name, at) in &self.witnesses {
            writeln!(out, "{name} saw it at {at}.")?;
        }
        if let Some(key) = &self.signed_by {
            writeln!(out, "The act was signed under {key}.")?;
        }
        writeln!(out, "{}", serde_json::to_string_pretty(&self.entry).unwrap_or_default())?;
        match &self.words {
            Some(words) => writeln!(out, "{}", serde_json::to_string_pretty(words).unwrap_or_default()),
            None => Ok(()),
        }
    }
}
