//! The example city, in the middle of its year: a city's office files, and what its people did with them from
//! January to October. Everything is done by acts, by whom and on the day it would be done in a real city.

mod city;
mod office;
mod year;

use crate::{clock, recompute, terminal};
use city::City;
use jiff::{Timestamp, civil::Date};
use std::path::Path;
use store::Store;

/// The day the demo opens on: late October, when scores come in and the first grades are published.
const TODAY: Date = Date::constant(2026, 10, 28);

/// Fill an empty store with the example city.
pub async fn seed(store: &Store, files: &Path) -> anyhow::Result<()> {
    if store.cycles().await?.is_empty() {
        let (bar, tell) = terminal::bar("living through a year in the example city");
        tell(0, 12);
        year::january(store, files).await?;
        let city = City::open(store, files).await?;
        tell(1, 12);
        year::february(&city).await?;
        tell(2, 12);
        year::midyear(&city).await?;
        tell(7, 12);
        year::october(&city).await?;
        recompute::catch_up(store, |_, _| ()).await?;
        bar.finish_and_clear();
    }
    // Another start goes on where the last one stopped: time in a record never runs backwards.
    let opens = store.newest().await?.map_or(morning(TODAY), |newest| newest.max(morning(TODAY)));
    clock::set(opens);
    Ok(())
}

/// Nine o'clock of a day where the city is.
fn morning(day: Date) -> Timestamp {
    domain::context::CHINA.to_timestamp(day.at(9, 0, 0, 0)).unwrap_or_default()
}

/// Who the demo's sign-in page lets in with one click: one person of each role, by login.
pub const PEOPLE: &[(&str, &str)] = &[
    ("employee", "YT0035"),
    ("assessor", "YT0011"),
    ("unit_head", "YT0001"),
    ("unit_hr", "YT0010"),
    ("hr_officer", "YT0319"),
    ("inspector", "YT0481"),
    ("approver", "approver"),
    ("system_admin", "sysadmin"),
    ("security_admin", "secadmin"),
    ("audit_admin", "auditadmin"),
];

/// Set the clock before the store is opened: a new city begins in January.
pub fn set_clock(new: bool) {
    clock::set(morning(if new { Date::constant(2026, 1, 12) } else { TODAY }));
}
