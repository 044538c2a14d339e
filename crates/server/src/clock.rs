//! The one place that reads the time. In the demo the clock is set back, so that the example city is
//! always in the middle of its cycle, and runs on from there.

use jiff::{SignedDuration, Timestamp};
use std::sync::OnceLock;

static SET_BACK: OnceLock<SignedDuration> = OnceLock::new();

/// The present time.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the time")]
pub fn now() -> Timestamp {
    Timestamp::now() - SET_BACK.get().copied().unwrap_or(SignedDuration::ZERO)
}

/// Let the clock start from `time` now. Only the first call counts.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the time")]
pub fn start_from(time: Timestamp) {
    SET_BACK.get_or_init(|| Timestamp::now().duration_since(time));
}
