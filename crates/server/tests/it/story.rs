//! One appraisal cycle of the example city, end to end: what issue and law ask for, by acts of the people themselves, on
//! both backends. Each stage is a file, in the order of the year; what a stage leaves behind is where the next begins.

mod appeal;
mod closing;
mod computed;
mod deadlines;
mod freezing;
mod goals;
mod grades;
mod notice;
mod office;
mod opening;
mod outcome;
mod progress;
mod result;
mod scores;
mod survey;

use crate::{
    city::{ALL, City},
    fresh::{Fresh, on_both},
};
use domain::id::{AppraisalId, CycleId, NoticeId, SlateId};
use jiff::civil::date;
use std::path::{Path, PathBuf};

on_both!(one_cycle_end_to_end);

/// The three administrators, who are nobody on the roster.
const SYSTEM_ADMIN: &str = "sysadmin";
const SECURITY_ADMIN: &str = "secadmin";
const AUDIT_ADMIN: &str = "auditadmin";
/// 考核奖励科 of the authority itself.
const HR: &str = "YT0319";
const SECOND_HR: &str = "YT0332";
/// 人事科 of the unit, and of another one.
const UNIT_HR: &str = "YT0010";
const OTHER_UNIT_HR: &str = "YT0256";
const INSPECTOR: &str = "YT0482";
/// 分管市领导, nobody on the roster.
const APPROVER: &str = "cityhall";
/// The unit: 市政务服务局.
const UNIT: &str = "市政务服务局";
const HEAD: &str = "YT0001";
/// Head of 综合受理科.
const LEADER: &str = "YT0011";
const SECOND_ASSESSOR: &str = "YT0015";
/// Serves at a window of that section.
const EMPLOYEE: &str = "YT0036";
const COLLEAGUE: &str = "YT0037";
const OTHER_COLLEAGUE: &str = "YT0042";
/// Left ungraded: under investigation.
const EXEMPT: &str = "YT0040";
/// Project leads.
const WITNESS: &str = "YT0016";
const OTHER_WITNESS: &str = "YT0082";
/// Neither scored nor confirmed.
const DECIDER: &str = "YT0014";
/// Of another unit.
const STRANGER: &str = "YT0289";
const THEIR_LEADER: &str = "YT0258";

/// What the stages hand on.
struct Story {
    city: City,
    /// The public institutions' annual cycle.
    cycle: CycleId,
    /// The civil servants', which stays open.
    civil: CycleId,
    /// The employee's appraisal.
    sheet: AppraisalId,
    /// The unit's slate.
    slate: SlateId,
}

async fn one_cycle_end_to_end(fresh: Fresh) {
    let city = City::new(fresh, date(2026, 10, 8)).await;
    office::console_sets_up(&city).await;
    office::hr_imports(&city).await;
    city.on(date(2026, 10, 9));
    let story = opening::hr_opens(city).await;
    opening::assessors_are_named(&story).await;
    goals::agreed_in_three_steps(&story).await;
    goals::changed_after_locking(&story).await;
    story.city.on(date(2026, 10, 14));
    progress::reported_with_a_file(&story).await;
    computed::from_observations_only(&story).await;
    computed::again_with_a_new_batch(&story).await;
    story.city.on(date(2026, 10, 16));
    scores::void_until_confirmed(&story).await;
    scores::denied_and_returned(&story).await;
    scores::reviewed_when_complete(&story).await;
    scores::taken_over_from_paper(&story).await;
    story.city.on(date(2026, 10, 21));
    deadlines::late_goals_are_escalated(&story).await;
    appeal::adjusted_beside_the_old_score(&story).await;
    appeal::dismissed_and_withdrawn(&story).await;
    let open_appeal = appeal::left_open(&story).await;
    story.city.on(date(2026, 11, 2));
    freezing::fixes_every_composite(&story).await;
    story.city.on(date(2026, 11, 3));
    grades::wait_for_appeals(&story, open_appeal).await;
    grades::stop_at_the_quota(&story).await;
    grades::go_to_hr_and_back(&story).await;
    story.city.on(date(2026, 11, 6));
    let notice: NoticeId = notice::posted_within_the_unit(&story).await;
    notice::objection_blocks_closing(&story, notice).await;
    notice::correction_starts_the_window_anew(&story, notice).await;
    result::fixed_by_the_head_and_signed(&story).await;
    let waiting = outcome::three_different_people(&story).await;
    story.city.on(date(2026, 12, 4));
    deadlines::late_signature_is_escalated(&story, waiting).await;
    closing::everyone_signs_and_hr_closes(&story).await;
    survey::answered_and_counted(&story).await;
    story.city.is_whole().await;
}

/// The example office's files.
pub fn files() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/yunting")
}

/// What was planted in them.
pub fn expected() -> serde_json::Value {
    let text = std::fs::read_to_string(files().join("expected.json")).expect("the example city is part of the project");
    serde_json::from_str(&text).expect("expected.json is JSON")
}
