//! Personal signatures: who has a key signs, nobody else can in their name, and what is not signed as it should be is named.

use crate::{
    auditing::{Named, Tampering, named},
    fresh::{Fresh, on_both},
    office::{ANNA, HEAD, LEADER, Office},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    act::Act,
    goal::GoalDraft,
    id::{AccountId, AppraisalId},
    refusal::Reason,
};
use ledger::SigningKey;
use store::{Error, Receipt, audit::Kind::Changed};

on_both![who_has_a_key_signs, what_is_not_signed_as_it_should_be_is_named];

/// Somebody with a key of their own.
struct Signer<'a> {
    office: &'a Office,
    login: &'a str,
    key: SigningKey,
}

impl Signer<'_> {
    async fn account(&self) -> AccountId {
        self.office.who(self.login).await.by().account.expect("an account")
    }

    /// Do an act, signed with this key.
    async fn does_with(&self, key: &SigningKey, act: Act) -> Result<Receipt, Error> {
        let store = &self.office.store;
        let id = store.new_key();
        let text = store.text_to_sign(id, &act).expect("a text");
        let signature = STANDARD.encode(key.sign(text.as_bytes()));
        store.act_signed(&self.office.who(self.login).await, id, act, signature).await
    }

    async fn does(&self, act: Act) -> Receipt {
        self.does_with(&self.key, act).await.expect("done")
    }

    async fn does_unsigned(&self, act: Act) -> Result<Receipt, Error> {
        let store = &self.office.store;
        store.act(&self.office.who(self.login).await, store.new_key(), act).await
    }

    async fn enrols(&self) -> Receipt {
        let key = self.key.verifier().to_string();
        self.does(Act::EnrolSigningKey { account: self.account().await, key }).await
    }
}

fn reason(done: Result<Receipt, Error>) -> Reason {
    match done {
        Err(Error::Refused(refusal)) => refusal.reason,
        other => panic!("{other:?}"),
    }
}

/// Anna has proposed goals; her leader has an Ed25519 key, the head one of SM2.
async fn proposed(fresh: Fresh) -> (Office, AppraisalId) {
    let office = Office::opened(fresh).await;
    let appraisal = office.sheet(ANNA).await;
    let goal = GoalDraft { id: None, title: "办件".to_owned(), measure: "不超时".to_owned(), due: None };
    office.does(ANNA, Act::ProposeGoals { appraisal, goals: vec![goal], reason: String::new() }).await;
    (office, appraisal)
}

fn leader(office: &Office) -> Signer<'_> {
    Signer { office, login: LEADER, key: SigningKey::ed25519(LEADER, &[7; 32]).expect("a key") }
}

async fn who_has_a_key_signs(fresh: Fresh) {
    let (office, appraisal) = proposed(fresh).await;
    let leader = leader(&office);
    let head = Signer { office: &office, login: HEAD, key: SigningKey::sm2(HEAD, &[9; 32]).expect("a key") };
    let endorse = || Act::EndorseGoals { appraisal, version: 1 };
    assert_eq!(reason(leader.does_with(&leader.key, endorse()).await), Reason::SignatureUnasked, "no key yet");
    let key = leader.key.verifier().to_string();
    let enrol = Act::EnrolSigningKey { account: leader.account().await, key };
    assert_eq!(reason(leader.does_unsigned(enrol.clone()).await), Reason::SignatureMissing, "nobody shows the key");
    assert_eq!(reason(leader.does_with(&head.key, enrol.clone()).await), Reason::SignatureWrong, "of another key");
    assert!(matches!(head.does_with(&leader.key, enrol).await, Err(Error::Denied(_))), "for somebody else");
    leader.enrols().await;
    head.enrols().await;
    assert_eq!(reason(leader.does_unsigned(endorse()).await), Reason::SignatureMissing);
    assert_eq!(reason(leader.does_with(&head.key, endorse()).await), Reason::SignatureWrong);
    leader.does(endorse()).await;
    head.does(Act::ConfirmGoals { appraisal, version: 1 }).await;
    // What is no score, approval or verdict goes on without.
    let account = leader.account().await;
    leader.does_unsigned(Act::RetireSigningKey { account }).await.expect("without the key, which may be lost");
    let report = office.store.audit(0, |_| ()).await.expect("an audit");
    assert_eq!(report.differences, []);
}

async fn what_is_not_signed_as_it_should_be_is_named(fresh: Fresh) {
    let (office, appraisal) = proposed(fresh).await;
    leader(&office).enrols().await;
    let signed = leader(&office).does(Act::EndorseGoals { appraisal, version: 1 }).await.seq;
    let tampering = Tampering::over(office).await;
    let body = tampering.text(&format!("SELECT body FROM entry WHERE seq = {signed}")).await;
    let signature = body.split("\"signed\":").nth(1).and_then(|rest| rest.split_once('}')).expect("a signature").0;
    let unsigned = body.replace(&format!(",\"signed\":{signature}}}"), "");
    let forged = body.replace("\"signature\":\"", "\"signature\":\"AA");
    let other = body.replace(LEADER, HEAD);
    for (what, forgery) in [("taken off", unsigned), ("another", forged), ("under another name", other)] {
        assert_ne!(forgery, body, "{what}");
        tampering.sql(&format!("UPDATE entry SET body = '{forgery}' WHERE seq = {signed}")).await;
        // Whoever has the server makes leaf, tree and head anew. The signature is not theirs to make.
        tampering.rewrite().await;
        assert_eq!(tampering.named().await, Named::from([named("entry", signed, Changed)]), "{what}");
        tampering.restore().await;
    }
}
