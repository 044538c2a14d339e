//! The regime files say what the law says, and a file that contradicts itself is refused.

use domain::regime::{GoalStep, OutcomeStep, Regime, quota};
use proptest::prelude::*;

use crate::regimes;

const ALL: [&str; 4] = ["civil_servant", "public_institution", "leading_cadre", "enterprise"];

fn regime(id: &str) -> Regime {
    Regime::parse(&regimes(&format!("{id}.toml"))).unwrap_or_else(|error| panic!("{id}: {error}"))
}

/// The shares that a document may set in an annual cycle.
fn other_shares(regime: &Regime) -> Vec<u32> {
    regime.other_shares("annual").iter().map(|share| share.pct).collect()
}

/// The civil servants' file with one change, and why it is refused.
fn refusal(old: &str, new: &str) -> String {
    let text = regimes("civil_servant.toml");
    assert!(text.contains(old), "{old}");
    Regime::parse(&text.replacen(old, new, 1)).unwrap_err().to_string()
}

#[test]
fn every_file_is_read_and_names_itself() {
    for id in ALL {
        let regime = regime(id);
        assert_eq!(regime.id, id);
        assert!(regime.covers(id));
        let top = &regime.grades[0];
        assert_eq!((top.id.as_str(), top.title.zh.as_str()), ("excellent", "优秀"));
        assert_eq!(regime.notice.grades, ["excellent"], "only the top grade is made public");
        assert_eq!(regime.ungraded.as_ref().unwrap().title.zh, "不定等次");
        assert_eq!(regime.chains.goal, [GoalStep::DepartmentHead, GoalStep::UnitHead]);
        assert_eq!(regime.chains.outcome, [OutcomeStep::Recommend, OutcomeStep::Hr, OutcomeStep::Approve]);
    }
}

#[test]
fn no_roster_word_puts_a_person_under_two_regimes() {
    let regimes = ALL.map(regime);
    let words = regimes.iter().flat_map(|regime| &regime.staff_kinds);
    for word in words {
        let covering: Vec<_> = regimes.iter().filter(|regime| regime.covers(word)).map(|regime| &regime.id).collect();
        assert_eq!(covering.len(), 1, "{word}: {covering:?}");
    }
    assert!(regimes[0].covers("公务员") && regimes[1].covers("事业"));
}

#[test]
fn civil_servants_are_appraised_by_the_civil_servants_law() {
    let regime = regime("civil_servant");
    let titles: Vec<_> = regime.grades.iter().map(|grade| grade.title.zh.as_str()).collect();
    assert_eq!(titles, ["优秀", "称职", "基本称职", "不称职"]);
    assert_eq!((regime.quota.top_share_pct, other_shares(&regime)), (20, vec![25]));
    let routine = regime.routine.as_ref().unwrap();
    assert_eq!((routine.top_share_pct, routine.grades[0].title.zh.as_str()), (40, "好"));
    assert_eq!((regime.notice.workdays, regime.notice.minimum), (5, Some(5)));
    assert_eq!(regime.not_graded.leave.as_ref().unwrap().over_months, 6);
    assert_eq!(regime.not_graded.warning.as_ref().unwrap().bars, ["excellent"]);
    let law = regime.statutory_review.as_ref().unwrap();
    assert_eq!(law.grades, ["incompetent"]);
    assert_eq!((law.review.file_days, law.review.decide_days, law.direct_appeal_days), (30, 30, Some(30)));
    assert_eq!((law.appeal.file_days, law.appeal.decide_days, law.appeal.extension_days), (15, 60, 30));
    assert!(!regime.kinds.contains(&"tenure".to_owned()));
}

#[test]
fn institutions_have_their_own_grades_shares_and_remedies() {
    let regime = regime("public_institution");
    let titles: Vec<_> = regime.grades.iter().map(|grade| grade.title.zh.as_str()).collect();
    assert_eq!(titles, ["优秀", "合格", "基本合格", "不合格"]);
    assert_eq!((regime.quota.top_share_pct, other_shares(&regime)), (20, vec![25, 15]));
    assert!(regime.quota.source.verified);
    assert_eq!(regime.statutory_review.unwrap().grades, ["basically_qualified", "unqualified"]);
}

#[test]
fn only_cadres_have_tenure_cycles_and_only_enterprises_no_statute() {
    assert!(regime("leading_cadre").kinds.contains(&"tenure".to_owned()));
    let enterprise = regime("enterprise");
    assert_eq!((enterprise.notice.minimum, enterprise.statutory_review.clone()), (None, None));
    assert!(enterprise.sources().iter().all(|(_, source)| !source.verified));
}

#[test]
fn what_is_not_verified_can_be_listed() {
    let regime = regime("civil_servant");
    let unverified: Vec<_> =
        regime.sources().into_iter().filter(|(_, source)| !source.verified).map(|(rule, _)| rule).collect();
    assert!(unverified.contains(&"quota"));
    assert!(unverified.contains(&"statutory_review.second_appeal"));
    assert!(!unverified.contains(&"statutory_review.review"));
    assert!(!unverified.contains(&"grades"));
}

#[test]
fn a_file_that_contradicts_itself_is_refused_by_name() {
    assert!(refusal("workdays = 5", "workdays = 3").contains("公务员考核规定 asks for at least 5"));
    assert!(refusal("top_share_pct = 20", "top_share_pct = 120").contains("quota.top_share_pct is 120 %"));
    assert!(refusal("top_share_pct = 40", "top_share_pct = 101").contains("routine.top_share_pct is 101 %"));
    assert!(refusal("pct = 25", "pct = 20").contains("raised share must be above"));
    assert!(refusal("rank = 2", "rank = 1").contains("rank 2 is missing"));
    assert!(refusal("rank = 1", "rank = 0").contains("rank 1 is missing"));
    assert!(refusal("id = \"competent\"", "id = \"excellent\"").contains("'excellent' is there twice"));
    assert!(refusal("id = \"undetermined\"", "id = \"competent\"").contains("'competent' is there twice"));
    assert!(refusal("id = \"competent\"", "id = \"称职\"").contains("'称职' is not usable"));
    assert!(
        refusal("bars = [\"excellent\"]", "bars = [\"best\"]").contains("not_graded.warning names the grade 'best'")
    );
    assert!(refusal("\"annual\"", "\"yearly\"").contains("'yearly'"));
    assert!(refusal("sign = 5", "sign = 0").contains("deadlines.sign has no day"));
    assert!(refusal("\"hr\", \"approve\"", "\"hr\", \"hr\"").contains("chain for outcomes"));
    assert!(refusal("[\"department_head\", \"unit_head\"]", "[]").contains("chain for goals"));
    assert!(refusal("reply_workdays", "reply_days").contains("reply_days"), "a misspelt field is never ignored");
    assert!(refusal(", verified = true", "").contains("verified"), "no value without its verification");
}

#[test]
fn the_lowered_share_must_be_lower() {
    let text = regimes("public_institution.toml").replacen("pct = 15", "pct = 20", 1);
    assert!(Regime::parse(&text).unwrap_err().to_string().contains("lowered share must be below"));
}

#[test]
fn the_quota_is_rounded_down() {
    let cases = [(0, 20, 0), (4, 20, 0), (5, 20, 1), (9, 20, 1), (43, 20, 8), (43, 25, 10), (27, 100, 27), (27, 0, 0)];
    for (headcount, share, places) in cases {
        assert_eq!(quota(headcount, share), places, "{share} % of {headcount}");
    }
    assert_eq!(quota(u32::MAX, 100), u32::MAX);
    assert_eq!(quota(10, 250), 10, "never more places than people");
}

proptest! {
    #[test]
    fn the_quota_is_the_largest_count_within_the_share(headcount: u32, share in 0..=100_u32) {
        let places = u64::from(quota(headcount, share));
        let (headcount, share) = (u64::from(headcount), u64::from(share));
        prop_assert!(places * 100 <= headcount * share);
        prop_assert!((places + 1) * 100 > headcount * share);
    }
}

#[test]
fn routine_cycles_have_their_own_scale_and_share() {
    let regime = regime("civil_servant");
    let scale = |kind: &str| regime.scale(kind).iter().map(|grade| grade.id.as_str()).collect::<Vec<_>>();
    assert_eq!(scale("routine"), ["good", "fairly_good", "fair", "poor"]);
    assert_eq!(scale("annual").first(), Some(&"excellent"));
    assert_eq!((regime.top_share("routine").0, regime.top_share("annual").0), (40, 20));
    assert!(regime.other_shares("routine").is_empty(), "a document raises the yearly share, not the routine one");
    assert_eq!(regime.grade("good").map(|grade| grade.title.zh.as_str()), Some("好"));
}
