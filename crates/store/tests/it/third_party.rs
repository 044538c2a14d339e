//! Third parties: somebody from outside is entered for one appraisal, named in that one only, kept out where they are tied, and
//! sees it as long as it needs them.

use crate::{
    fresh::{Fresh, on_both},
    office::{ANNA, COLLEAGUES, HEAD, HR, LEADER, Office, WITNESS, everyone, person, row},
};
use domain::{
    act::Act,
    actor::{Grant, Role},
    batch::Kind,
    cycle::Ungraded,
    event::ERASED,
    id::{AppraisalId, CycleId, PersonId},
    points::Points,
    refusal::Reason,
    score::{Assessor, Basis, ScoreDraft, Standing},
    third_party::ThirdPartyDraft as Draft,
};
use jiff::civil::date;
use store::{
    Error,
    query::{Narrowing, Page},
    tables,
};

on_both![
    a_third_party_scores_one_appraisal_and_sees_nothing_else,
    a_third_party_is_named_in_their_own_appraisal_only,
    a_third_party_with_a_tie_or_on_the_roster_is_not_named,
    a_third_party_takes_the_place_of_somebody_recused,
    a_third_party_is_erased_with_their_name,
];

const LOGIN: &str = "outsider";

/// ID numbers, of a region that there is not.
const OF_ANNA: &str = "990101198001010014";
const OF_A_COLLEAGUE: &str = "990101197602020029";
const OF_WEI: &str = "990101197703030031";

fn draft(name: &str, id_number: Option<&str>) -> Draft {
    Draft {
        replaces: None,
        name: name.to_owned(),
        employer: "云汀大学".to_owned(),
        id_number: id_number.map(str::to_owned),
        assurance: if id_number.is_some() { String::new() } else { "本人书面承诺并经单位核实".to_owned() },
        document: "邀请函〔2026〕3号".to_owned(),
    }
}

impl Office {
    async fn enters(&self, appraisal: AppraisalId, draft: Draft) -> PersonId {
        self.does(HR, Act::EnterThirdParty { appraisal, third_party: draft }).await;
        self.sheet_of(appraisal).await.third_parties.last().expect("a third party").id
    }

    async fn sheet_of(&self, appraisal: AppraisalId) -> domain::appraisal::Appraisal {
        let reader = self.who(HR).await;
        self.store.reader(&reader).appraisal(appraisal).await.expect("a read").expect("an appraisal").1
    }

    async fn opens(&self, person: PersonId) {
        self.does("", Act::OpenAccount { login: LOGIN.to_owned(), person: Some(person), name: None }).await;
    }

    async fn names(&self, appraisal: AppraisalId, person: PersonId) -> Result<(), Error> {
        let act = Act::NameAssessors { appraisal, assessors: vec![Assessor { person, weight: Points::FULL }] };
        self.store.act(&self.who(HR).await, self.store.new_key(), act).await.map(drop)
    }

    async fn reads(&self, appraisal: AppraisalId) -> bool {
        let reader = self.who(LOGIN).await;
        self.store.reader(&reader).appraisal(appraisal).await.expect("a read").is_some()
    }

    async fn scores(&self, appraisal: AppraisalId) {
        let basis = Basis {
            what: "现场解决群众难题".to_owned(),
            when: Some(date(2026, 2, 3)),
            place: Some("二楼东侧".to_owned()),
            witness: self.person(WITNESS).await,
        };
        let score = ScoreDraft { indicator: "D1".to_owned(), points: Points::whole(88), basis };
        self.does(LOGIN, Act::GiveScore { appraisal, score }).await;
    }

    async fn stays_whole(&self) {
        let report = self.store.audit(0, |_| ()).await.expect("an audit");
        assert_eq!(report.differences, []);
    }
}

fn refused(result: Result<(), Error>) -> Reason {
    match result {
        Err(Error::Refused(refusal)) => refusal.reason,
        other => panic!("{other:?}"),
    }
}

async fn a_third_party_scores_one_appraisal_and_sees_nothing_else(fresh: Fresh) {
    let office = Office::opened(fresh).await;
    let (anna, other) = (office.sheet(ANNA).await, office.sheet(COLLEAGUES[0]).await);
    let people = office.all::<tables::person::Entity>().await.len();
    let mut unsure = draft("魏外", None);
    unsure.assurance.clear();
    let act = Act::EnterThirdParty { appraisal: anna, third_party: unsure };
    let asked = office.store.act(&office.who(HR).await, office.store.new_key(), act).await.map(drop);
    assert_eq!(refused(asked), Reason::TextMissing, "HR says how it knows that nothing ties them");
    let wei = office.enters(anna, draft("魏处", None)).await;
    let corrected = office.enters(anna, Draft { replaces: Some(wei), ..draft("魏外", None) }).await;
    assert_eq!(corrected, wei, "a correction is of the same person");
    office.opens(wei).await;
    assert!(!office.reads(anna).await, "entered, but without a duty yet");
    office.names(anna, wei).await.expect("they may be named");

    let actor = office.who(LOGIN).await;
    assert!(actor.is_from_outside() && actor.grants().is_empty());
    let reader = office.store.reader(&actor);
    assert!(office.reads(anna).await && !office.reads(other).await);
    let holder = office.store.holder(actor.by().account.expect("an account")).await.expect("a read").expect("a holder");
    assert_eq!(holder.name, "魏外", "the name is told, and no table holds it");
    let names = office.store.names().await.expect("names");
    assert_eq!((names.person(wei), names.number(wei)), ("魏外", "云汀大学"));
    assert!(names.people().all(|(person, ..)| person != wei), "no list of staff has them");
    assert_eq!(office.all::<tables::person::Entity>().await.len(), people, "nor the roster");
    assert!(reader.people_called("魏外").await.expect("a read").is_empty());
    assert!(reader.notices(true, Page::first(9)).await.expect("a read").rows.is_empty());
    let cycle = CycleId(office.store.cycles().await.expect("a read")[0].cycle_id);
    let seen = reader.participants(cycle, &Narrowing::default(), Page::first(9)).await.expect("a read");
    assert_eq!(seen.rows.iter().map(|row| row.appraisal_id).collect::<Vec<_>>(), [anna.0]);
    let todos = reader.todos(date(2026, 3, 5), None, Page::first(9)).await.expect("a read");
    assert_eq!(todos.rows.iter().map(|row| row.task.as_str()).collect::<Vec<_>>(), ["score"]);

    let act = Act::RaiseRecusal { appraisal: other, concerned: office.person(LEADER).await, text: "x".to_owned() };
    let denied = office.store.act(&actor, office.store.new_key(), act).await;
    assert!(matches!(&denied, Err(Error::Denied(denied)) if denied.forbidden_by == ["third-party-in-one-case"]));
    let (account, grant) = (holder.account.opened.id, Grant { role: Role::Inspector, unit: None });
    let granted =
        office.store.act(&office.who("").await, office.store.new_key(), Act::GrantRole { account, grant }).await;
    assert_eq!(refused(granted.map(drop)), Reason::ThirdPartyHasNoRole);

    office.scores(anna).await;
    let score = office.sheet_of(anna).await.scores[0].given.id;
    office.does(WITNESS, Act::ConfirmScore { appraisal: anna, score }).await;
    assert_eq!(office.sheet_of(anna).await.scores[0].standing(), Standing::Valid);
    let late =
        Act::EnterThirdParty { appraisal: anna, third_party: Draft { replaces: Some(wei), ..draft("别人", None) } };
    let changed = office.store.act(&office.who(HR).await, office.store.new_key(), late).await.map(drop);
    assert_eq!(refused(changed), Reason::ThirdPartyActed);
    assert!(office.reads(anna).await);
    office.does(HR, Act::FreezeScoring { cycle }).await;
    assert!(!office.reads(anna).await, "once the composite is fixed they have no business here");
    let reader = office.store.reader(&actor);
    let seen = reader.participants(cycle, &Narrowing::default(), Page::first(9)).await.expect("a read");
    assert!(seen.rows.is_empty());
    office.stays_whole().await;
}

async fn a_third_party_is_named_in_their_own_appraisal_only(fresh: Fresh) {
    let office = Office::opened(fresh).await;
    let (anna, other) = (office.sheet(ANNA).await, office.sheet(COLLEAGUES[0]).await);
    let wei = office.enters(anna, draft("魏外", None)).await;
    assert_eq!(refused(office.names(other, wei).await), Reason::NotOfThisAppraisal);
    let concerned = office.person(LEADER).await;
    office.does(COLLEAGUES[1], Act::RaiseRecusal { appraisal: other, concerned, text: "有情况".to_owned() }).await;
    let recusal = office.sheet_of(other).await.recusals[0].raised.id;
    let decide =
        Act::DecideRecusal { appraisal: other, recusal, recused: true, reasons: String::new(), substitute: Some(wei) };
    let decided = office.store.act(&office.who(HEAD).await, office.store.new_key(), decide).await;
    assert_eq!(refused(decided.map(drop)), Reason::NotOfThisAppraisal);
    let by_unit = Act::EnterThirdParty { appraisal: anna, third_party: draft("另一人", None) };
    let denied = office.store.act(&office.who(LEADER).await, office.store.new_key(), by_unit).await;
    assert!(matches!(denied, Err(Error::Denied(_))), "HR enters them, nobody else");
}

async fn a_third_party_with_a_tie_or_on_the_roster_is_not_named(fresh: Fresh) {
    let office = Office::opened(fresh).await;
    let anna = office.sheet(ANNA).await;
    let known = |place, number: &str| {
        let mut row = person(place, number);
        let id_number = if number == ANNA { OF_ANNA } else { OF_A_COLLEAGUE };
        row.fields.insert("id_number".to_owned(), id_number.to_owned());
        row
    };
    office.import(Kind::People, vec![known(2, ANNA), known(4, COLLEAGUES[0])]).await;
    let spouse = row(2, OF_ANNA, None, &[("id_number", OF_ANNA), ("spouse", OF_WEI)]);
    office.import(Kind::Household, vec![spouse]).await;
    let wei = office.enters(anna, draft("魏外", Some(OF_WEI))).await;
    match office.names(anna, wei).await {
        Err(Error::Denied(denied)) => assert_eq!(denied.forbidden_by, ["spouse-not-named"]),
        other => panic!("{other:?}"),
    }
    let colleague = office.enters(anna, draft("同志", Some(OF_A_COLLEAGUE))).await;
    assert_eq!(refused(office.names(anna, colleague).await), Reason::ThirdPartyIsStaff);
    let oneself = office.enters(anna, draft("本人", Some(OF_ANNA))).await;
    assert_eq!(refused(office.names(anna, oneself).await), Reason::ThirdPartyIsStaff);
    let free = office.enters(anna, draft("何外", Some("990101197501010016"))).await;
    office.names(anna, free).await.expect("nothing ties them");
    // Whoever is entered twice would have two places; a number that is none would be known to no register.
    let enters = async |draft| {
        let act = Act::EnterThirdParty { appraisal: anna, third_party: draft };
        refused(office.store.act(&office.who(HR).await, office.store.new_key(), act).await.map(drop))
    };
    assert_eq!(enters(draft("魏某", Some(OF_WEI))).await, Reason::ThirdPartyTwice);
    assert_eq!(enters(draft("何外", None)).await, Reason::ThirdPartyTwice);
    for none in ["123", "990101197703030030"] {
        assert_eq!(enters(draft("另一人", Some(none))).await, Reason::IdNumberUnfit, "{none}");
    }
    office.stays_whole().await;
}

async fn a_third_party_takes_the_place_of_somebody_recused(fresh: Fresh) {
    let office = Office::opened(fresh).await;
    let anna = office.sheet(ANNA).await;
    let concerned = office.person(LEADER).await;
    office.does(LEADER, Act::RaiseRecusal { appraisal: anna, concerned, text: "本人回避".to_owned() }).await;
    let recusal = office.sheet_of(anna).await.recusals[0].raised.id;
    let wei = office.enters(anna, draft("魏外", None)).await;
    office.opens(wei).await;
    let decide =
        |substitute| Act::DecideRecusal { appraisal: anna, recusal, recused: true, reasons: String::new(), substitute };
    office.does(HEAD, decide(Some(wei))).await;
    assert_eq!(office.sheet_of(anna).await.assessors, [Assessor { person: wei, weight: Points::FULL }]);
    office.scores(anna).await;
    // They are kept out in turn, and with the duty goes the sight.
    office.does(LOGIN, Act::RaiseRecusal { appraisal: anna, concerned: wei, text: "认识本人".to_owned() }).await;
    let again = office.sheet_of(anna).await.recusals[1].raised.id;
    let substitute = Some(office.person(COLLEAGUES[0]).await);
    let reasons = String::new();
    let act = Act::DecideRecusal { appraisal: anna, recusal: again, recused: true, reasons, substitute };
    office.does(HEAD, act).await;
    assert!(!office.reads(anna).await);
    office.stays_whole().await;
}

async fn a_third_party_is_erased_with_their_name(fresh: Fresh) {
    let office = Office::opened(fresh).await;
    let anna = office.sheet(ANNA).await;
    let wei = office.enters(anna, draft("魏外", Some(OF_WEI))).await;
    office
        .does("", Act::OpenAccount { login: "security".to_owned(), person: None, name: Some("安全".to_owned()) })
        .await;
    let account = office.store.account_of_login("security").await.expect("a read").expect("an account");
    let grant = Grant { role: Role::SecurityAdmin, unit: None };
    office.does("", Act::GrantRole { account, grant }).await;
    let erase = || Act::EraseSubject { person: wei, document: "批件1号".to_owned() };
    let erased = office.store.act(&office.who("security").await, office.store.new_key(), erase()).await;
    assert_eq!(refused(erased.map(drop)), Reason::StillAppraised);
    let cycle = CycleId(office.store.cycles().await.expect("a read")[0].cycle_id);
    for number in everyone() {
        let (appraisal, ungraded) = (office.sheet(number).await, Some(Ungraded::Investigation));
        office.does(HR, Act::ChangeParticipation { appraisal, ungraded, note: "立案".to_owned() }).await;
    }
    office.does(HR, Act::FreezeScoring { cycle }).await;
    office.does(HR, Act::CloseCycle { cycle }).await;
    office.does("security", erase()).await;
    assert_eq!(office.store.names().await.expect("names").person(wei), ERASED);
    assert_eq!(office.sheet_of(anna).await.third_parties[0].id_number, None);
    office.stays_whole().await;
}
