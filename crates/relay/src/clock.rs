//! The one place that asks the system for the time and for randomness.

use std::time::{SystemTime, UNIX_EPOCH};

/// Unix time in milliseconds; 0 if the system's clock stands before 1970.
pub(crate) fn now_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        })
}

/// Unix time in seconds.
pub(crate) fn now_s() -> u64 {
    now_ms() / 1000
}

/// A uniform number, for the jitter of waits. Without a working source of randomness the longest wait holds.
pub(crate) fn random() -> u32 {
    getrandom::u32().unwrap_or(u32::MAX)
}
