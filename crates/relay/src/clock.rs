//! The one place that asks the system for the time and for randomness.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Less is no jump but a correction, in ms.
const JUMP_MS: u64 = 60_000;

/// Unix time in milliseconds; 0 if the system's clock stands before 1970.
pub(crate) fn now_ms() -> u64 {
    #[cfg(any(test, feature = "fuzz"))]
    if let Some(ms) = set::SET_MS.get() {
        return ms;
    }
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        })
}

/// A clock that a test sets, for its own thread.
#[cfg(any(test, feature = "fuzz"))]
pub(crate) mod set {
    use std::cell::Cell;

    thread_local! {
        /// Unix time in ms; `None`: the system's.
        pub(crate) static SET_MS: Cell<Option<u64>> = const { Cell::new(None) };
    }
}

/// Unix time in seconds.
pub(crate) fn now_s() -> u64 {
    now_ms() / 1000
}

/// A uniform number, for the jitter of waits. Without a working source of randomness the longest wait holds.
pub(crate) fn random() -> u32 {
    getrandom::u32().unwrap_or(u32::MAX)
}

/// Notices when the system's clock was set.
pub(crate) struct Drift {
    /// What the clock would have said at the start of the other, steady one.
    origin_ms: u64,
}

impl Drift {
    /// `steady`: since any moment, by a clock that nobody sets.
    pub(crate) fn new(now_ms: u64, steady: Duration) -> Self {
        Self {
            origin_ms: origin_ms(now_ms, steady),
        }
    }

    /// Whether the clock jumped since the last question.
    pub(crate) fn has_jumped(&mut self, now_ms: u64, steady: Duration) -> bool {
        let before_ms = std::mem::replace(&mut self.origin_ms, origin_ms(now_ms, steady));
        before_ms.abs_diff(self.origin_ms) > JUMP_MS
    }
}

fn origin_ms(now_ms: u64, steady: Duration) -> u64 {
    let steady_ms = u64::try_from(steady.as_millis()).unwrap_or(u64::MAX);
    now_ms.saturating_sub(steady_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_has_jumped_once_in_either_direction() {
        let second = Duration::from_secs;
        let mut drift = Drift::new(1_000_000_000, second(5));
        assert!(!drift.has_jumped(1_000_030_000, second(35)));
        // A minute is a correction, more is a jump.
        assert!(!drift.has_jumped(1_000_120_000, second(65)));
        assert!(drift.has_jumped(1_000_000, second(95)));
        assert!(!drift.has_jumped(1_030_000, second(125)));
        assert!(drift.has_jumped(2_000_000_000, second(155)));
    }
}
