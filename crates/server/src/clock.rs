//! The one place that reads the time. In the demo the clock is set to the day that each thing happened in the
//! example city, and runs on from there.

use jiff::{SignedDuration, Timestamp};
use std::sync::atomic::{AtomicI64, Ordering};

/// Microseconds that the clock differs from the machine's.
static AHEAD: AtomicI64 = AtomicI64::new(0);

/// The present time.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the time")]
pub fn now() -> Timestamp {
    Timestamp::now() + SignedDuration::from_micros(AHEAD.load(Ordering::Relaxed))
}

/// Seconds since 1970 by the machine's own clock. The codes of a second factor go by it, as the phone that shows them
/// does, in the demo too.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the time")]
pub fn unix_seconds() -> u64 {
    Timestamp::now().as_second().unsigned_abs()
}

/// Let the clock go on from `time`: for the demo and for tests.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the time")]
pub fn set(time: Timestamp) {
    let ahead = time.as_microsecond() - Timestamp::now().as_microsecond();
    AHEAD.store(ahead, Ordering::Relaxed);
}
