//! What an answer means for an event on its way, and how long to wait before the next try. Both outboxes use it.

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Taken: the other side has it.
    Delivered,
    /// Not now: try again after this long.
    Retry {
        /// Milliseconds.
        after_ms: u64,
    },
    /// Never: the same bytes will be refused again.
    Rejected,
}

/// Longest wait after the first failure, in ms; doubled with each further one.
const FIRST_WAIT_MS: u64 = 1_000;
/// Longest wait of all, in ms.
const LONGEST_WAIT_MS: u64 = 300_000;

/// The wait after so many `failures` in a row: anything up to 1 s, 2 s, 4 s … five minutes.
///
/// Full jitter (`random`: uniform), because all visitors of a shop lose its endpoint in the same second.
#[must_use]
pub fn backoff_ms(failures: u32, random: u32) -> u64 {
    let doublings = failures.saturating_sub(1).min(20);
    let ceiling = (FIRST_WAIT_MS << doublings).min(LONGEST_WAIT_MS);
    u64::from(random) % (ceiling + 1)
}

/// Judges an HTTP answer of the shop's endpoint by its status; 0 stands for no answer at all.
///
/// Delivered: 2xx. Retry: no answer, 408, 425, 429, 5xx and whatever is no final status. Rejected: other 4xx.
/// `retry_after_ms`: what the answer asked for, 0 for nothing; it is honoured as the least wait.
#[must_use]
pub fn judge(status: u16, retry_after_ms: u64, failures: u32, random: u32) -> Outcome {
    match status {
        200..300 => Outcome::Delivered,
        408 | 425 | 429 => retry(retry_after_ms, failures, random),
        400..500 => Outcome::Rejected,
        _ => retry(retry_after_ms, failures, random),
    }
}

fn retry(retry_after_ms: u64, failures: u32, random: u32) -> Outcome {
    let after_ms = backoff_ms(failures, random).max(retry_after_ms.min(LONGEST_WAIT_MS));
    Outcome::Retry { after_ms }
}
