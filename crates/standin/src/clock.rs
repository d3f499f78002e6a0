//! The one clock of the stand-in: real time plus what `/__sim/clock` has added, so that 48 hours pass in a test.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// One second, in ms.
pub(crate) const SECOND_MS: i64 = 1_000;
/// One minute, in ms.
pub(crate) const MINUTE_MS: i64 = 60 * SECOND_MS;
/// One hour, in ms.
pub(crate) const HOUR_MS: i64 = 60 * MINUTE_MS;
/// One day, in ms.
pub(crate) const DAY_MS: i64 = 24 * HOUR_MS;

/// Real time plus an offset that only grows, until it is reset.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    offset_ms: AtomicI64,
}

impl Clock {
    /// Simulated Unix time, ms.
    pub(crate) fn now_ms(&self) -> i64 {
        let real_ms = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| {
                i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
            });
        real_ms.saturating_add(self.offset_ms())
    }

    /// How far simulated time is ahead of real time, ms.
    pub(crate) fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::Relaxed)
    }

    /// Moves simulated time forward.
    pub(crate) fn advance(&self, by_ms: i64) {
        self.offset_ms.fetch_add(by_ms, Ordering::Relaxed);
    }

    /// Back to real time.
    pub(crate) fn reset(&self) {
        self.offset_ms.store(0, Ordering::Relaxed);
    }
}

/// Reads a duration as people write it: `"49h"`, `"47h59m"`, `"30s"`, `"250ms"`, `"7d"`. Gives ms, at most ten years.
pub(crate) fn duration_ms(text: &str) -> Option<i64> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    let mut total_ms: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, tail) = rest.split_at_checked(digits)?;
        let letters = tail
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(tail.len());
        let (unit, next) = tail.split_at_checked(letters)?;
        let unit_ms = match unit {
            "ms" => 1,
            "s" => SECOND_MS,
            "m" => MINUTE_MS,
            "h" => HOUR_MS,
            "d" => DAY_MS,
            _ => return None,
        };
        let part_ms = number.parse::<i64>().ok()?.checked_mul(unit_ms)?;
        total_ms = total_ms.checked_add(part_ms)?;
        rest = next.trim_start();
    }
    (total_ms <= 3_650 * DAY_MS).then_some(total_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        let cases = [
            ("49h", Some(49 * HOUR_MS)),
            ("47h59m", Some(47 * HOUR_MS + 59 * MINUTE_MS)),
            ("48h 1m", Some(48 * HOUR_MS + MINUTE_MS)),
            ("30s", Some(30_000)),
            ("250ms", Some(250)),
            ("7d", Some(7 * DAY_MS)),
            ("", None),
            ("49", None),
            ("h", None),
            ("-1h", None),
            ("1w", None),
            ("99999999999999999999h", None),
            ("9000000000000d", None),
        ];
        for (text, expected) in cases {
            assert_eq!(duration_ms(text), expected, "{text:?}");
        }
    }

    #[test]
    fn the_clock_goes_forward_and_back_to_real_time() {
        let clock = Clock::default();
        let before_ms = clock.now_ms();
        clock.advance(49 * HOUR_MS);
        assert!(clock.now_ms() >= before_ms + 49 * HOUR_MS);
        clock.reset();
        assert!(clock.now_ms() < before_ms + HOUR_MS);
    }
}
