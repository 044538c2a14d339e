//! The path of an act: what is sent twice happens once, what is refused or fails leaves nothing, and an act that was sent happens
//! even if nobody waits for the answer. That racing writers keep the quota is in the server's story of grades.

use crate::{
    fresh::{Fresh, on_both},
    office::{ANNA, COLLEAGUES, HEAD, HR, LEADER, Office, SECOND_HR},
};
use domain::{
    act::Act,
    actor::{Actor, Grant, Role},
    goal::Step,
    id::CycleId,
    refusal::Reason,
};
use sea_orm::ConnectionTrait;
use std::{future::Future, pin::pin, task};
use store::{Error, tables::todo};

on_both![
    the_same_key_twice_happens_once,
    a_refused_act_leaves_nothing,
    an_act_that_fails_halfway_leaves_nothing,
    an_act_outlives_whoever_sent_it,
];

/// Sent again one after the other, at the same moment, and through another process.
async fn the_same_key_twice_happens_once(fresh: Fresh) {
    let office = Office::frozen(fresh).await;
    let hr = office.who(HR).await;
    let act = office.grade(ANNA, "qualified").await;
    let key = office.store.new_key();
    let before = office.head().await;
    let first = office.store.act(&hr, key, act.clone()).await.expect("that it happens");
    assert!(!first.repeated && first.entries == 1 && first.seq == before.0 as u64);
    let after = office.head().await;
    let other = office.another_process().await;
    let again = [office.store.act(&hr, key, act.clone()).await, other.act(&hr, key, act.clone()).await];
    for receipt in again {
        let receipt = receipt.expect("the first receipt");
        assert_eq!(receipt, store::Receipt { repeated: true, ..first.clone() });
    }
    assert_eq!(office.head().await, after, "nothing was added");

    // Another act, and the same act of somebody else, under the key.
    let another = office.grade(COLLEAGUES[0], "qualified").await;
    let second = office.who(SECOND_HR).await;
    for (who, what) in [(&hr, another.clone()), (&second, act)] {
        match office.store.act(who, key, what).await {
            Err(Error::Refused(refusal)) => assert_eq!(refusal.reason, Reason::KeyReused),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(office.head().await, after);

    // Eight at once, in two processes: one happens.
    let key = office.store.new_key();
    let sent = (0..8).map(|place| {
        let (store, hr, act) =
            (if place % 2 == 0 { &office.store } else { &other }.clone(), hr.clone(), another.clone());
        tokio::spawn(async move { store.act(&hr, key, act).await.expect("a receipt") })
    });
    let mut receipts = Vec::new();
    for sent in sent.collect::<Vec<_>>() {
        receipts.push(sent.await.expect("an answer"));
    }
    assert_eq!(receipts.iter().filter(|receipt| !receipt.repeated).count(), 1, "{receipts:?}");
    assert!(receipts.iter().all(|receipt| receipt.seq == receipts[0].seq && receipt.streams == receipts[0].streams));
    assert_eq!(office.head().await.0, after.0 + 1);
    is_whole(&office).await;
}

/// Refused by a policy, by the case, for its words, and because the actor was locked since: no entry, no row, and the key is
/// free for what should have been sent.
async fn a_refused_act_leaves_nothing(fresh: Fresh) {
    let office = Office::frozen(fresh).await;
    let appraisal = office.sheet(ANNA).await;
    let before = (office.head().await, office.all::<todo::Entity>().await);
    let goals = Act::ReturnGoals { appraisal, version: 1, step: Step::Confirm, reason: "再议".to_owned() };
    let low = office.grade(ANNA, "unqualified").await;
    let tried = [
        (LEADER, office.grade(ANNA, "qualified").await),
        (HEAD, goals),
        (HR, low),
        (ANNA, Act::ProposeGoals { appraisal, goals: Vec::new(), reason: String::new() }),
        (HR, Act::FreezeScoring { cycle: CycleId(appraisal.0) }),
    ];
    for (login, act) in tried {
        let (key, who) = (office.store.new_key(), office.who(login).await);
        let refused = office.store.act(&who, key, act.clone()).await;
        assert!(matches!(refused, Err(Error::Denied(_) | Error::Refused(_))), "{login} {act:?}: {refused:?}");
        assert!(!office.happened(key).await, "{}", act.name());
        assert_eq!((office.head().await, office.all::<todo::Entity>().await), before, "{}", act.name());
    }
    // The key of a refused act is not used up.
    let (key, hr) = (office.store.new_key(), office.who(HR).await);
    office.store.act(&hr, key, office.grade(ANNA, "excellent!").await).await.expect_err("no such grade");
    office.store.act(&hr, key, office.grade(ANNA, "qualified").await).await.expect("that the key is free");

    // Read before the role was taken back; sent after.
    let account = office.store.account_of_login(HR).await.expect("a read").expect("an account");
    let grant = Grant { role: Role::HrOfficer, unit: None };
    let security = Act::OpenAccount { login: "security".to_owned(), person: None, name: Some("安全".to_owned()) };
    office.does("", security).await;
    let of = office.store.account_of_login("security").await.expect("a read").expect("an account");
    office.does("", Act::GrantRole { account: of, grant: Grant { role: Role::SecurityAdmin, unit: None } }).await;
    office.does("security", Act::RevokeRole { account, grant }).await;
    let stale = office.store.act(&hr, office.store.new_key(), office.grade(COLLEAGUES[1], "qualified").await).await;
    assert!(matches!(stale, Err(Error::Denied(_))), "{stale:?}");
    is_whole(&office).await;
}

/// The database fails when entries and nodes are written and the view is not yet: all of it is taken back, and acts beside
/// it in the same transaction go through.
async fn an_act_that_fails_halfway_leaves_nothing(fresh: Fresh) {
    let office = Office::frozen(fresh).await;
    let (hr, act) = (office.who(HR).await, office.grade(ANNA, "qualified").await);
    let before = office.head().await;
    office.db.execute_unprepared("ALTER TABLE slate RENAME TO hidden").await.expect("a table that hides");
    let keys = [(); 3].map(|()| office.store.new_key());
    let opens =
        |login: &str| Act::OpenAccount { login: login.to_owned(), person: None, name: Some("某人".to_owned()) };
    let (one, failed, other) = tokio::join!(
        office.store.act(&Actor::System, keys[0], opens("one")),
        office.store.act(&hr, keys[1], act.clone()),
        office.store.act(&Actor::System, keys[2], opens("other")),
    );
    assert!(matches!(failed, Err(Error::Database(_))), "{failed:?}");
    assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
    office.db.execute_unprepared("ALTER TABLE hidden RENAME TO slate").await.expect("a table that is back");
    assert!(!office.happened(keys[1]).await);
    assert_eq!(office.head().await.0, before.0 + 2);
    is_whole(&office).await;
    assert!(!office.store.act(&hr, keys[1], act).await.expect("that it happens now").repeated);
    is_whole(&office).await;
}

/// The caller is gone before the answer: a client that hung up. The act happens, once, and who asks again is told so.
async fn an_act_outlives_whoever_sent_it(fresh: Fresh) {
    let office = Office::frozen(fresh).await;
    let hr = office.who(HR).await;
    let mut sent = Vec::new();
    for number in COLLEAGUES {
        let (key, act) = (office.store.new_key(), office.grade(number, "qualified").await);
        let mut call = pin!(office.store.act(&hr, key, act.clone()));
        // Polled once, it is in the writer's queue; then it is dropped.
        let mut context = task::Context::from_waker(task::Waker::noop());
        assert!(call.as_mut().poll(&mut context).is_pending());
        sent.push((key, act));
    }
    // One writer takes acts in their order: when this one is answered, those before it were done.
    office.does(HR, office.grade(ANNA, "qualified").await).await;
    for (key, act) in sent {
        assert!(office.happened(key).await);
        assert!(office.store.act(&hr, key, act).await.expect("the first receipt").repeated);
    }
    is_whole(&office).await;
}

async fn is_whole(office: &Office) {
    assert_eq!(office.store.audit(0, |_| ()).await.expect("an audit").differences, []);
}
