//! The rules of the day: regimes, calendar, the words of formulas.

use anyhow::Context;
use domain::{
    act::Act, actor::Actor, calendar::Calendar, context::Rulebook, recusal::Numbers, refusal::Reason, regime::Regime,
};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use store::{Error, Store};

const CALENDAR: &str = include_str!("../../../regimes/calendar.toml");
const RECUSAL: &str = include_str!("../../../regimes/recusal.toml");
const REGIMES: &[&str] = &[
    include_str!("../../../regimes/civil_servant.toml"),
    include_str!("../../../regimes/enterprise.toml"),
    include_str!("../../../regimes/leading_cadre.toml"),
    include_str!("../../../regimes/public_institution.toml"),
];

/// Put the content hashes of the rules in force on record, if they are not what was recorded last.
pub async fn record(store: &Store) -> Result<(), Error> {
    let (regimes, policies) = (store.rules().hash.clone(), store.policies().hash().to_owned());
    match store.act(&Actor::System, store.new_key(), Act::RecordRules { regimes, policies }).await {
        Err(Error::Refused(refusal)) if refusal.reason == Reason::NothingChanged => Ok(()),
        done => done.map(|_| ()),
    }
}

/// Read the rules that come with the product.
pub fn built_in() -> anyhow::Result<Rulebook> {
    let mut hasher = Sha256::new();
    hasher.update(CALENDAR);
    hasher.update(RECUSAL);
    let mut regimes = BTreeMap::new();
    for text in REGIMES {
        hasher.update(text);
        let regime = Regime::parse(text)?;
        regimes.insert(regime.id.clone(), regime);
    }
    let vocabulary = connect::vocabulary()
        .into_iter()
        .map(|(word, (kind, field))| (word, (kind.as_str().to_owned(), field)))
        .collect();
    let calendar = Calendar::parse(CALENDAR).context("the calendar can't be read")?;
    let recusal = Numbers::parse(RECUSAL).context("the numbers of recusal can't be read")?;
    Ok(Rulebook { calendar, regimes, recusal, vocabulary, hash: hex::encode(hasher.finalize()) })
}
