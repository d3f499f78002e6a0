//! What Meta's answer means for the events that were sent.
//!
//! Judged by `error.code` and `error_subcode`. Not by HTTP status or type: throttling comes as status 400 and type
//! `OAuthException`. Not by text: it is in the language of the token's owner. Source: Graph API error handling, and
//! real error bodies.

use serde_json::Value;
use twin_core::retry::backoff_ms;

use crate::graph::Answer;

/// What to do with the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Meta has them.
    Delivered,
    /// Nobody answered: try later. The events are not to blame.
    Unreachable,
    /// Meta has trouble, perhaps with one of them: try later.
    Trouble,
    /// Too many requests: try later.
    Throttled,
    /// Meta blocked the account for a while: try much later.
    Blocked,
    /// The token does not serve, or not for this pixel: keep everything, and ask for help.
    Token,
    /// One of them is older than Meta takes.
    TooOld,
    /// One of them is bad; this one, if Meta said which.
    Refused {
        /// Its place in the request.
        index: Option<usize>,
    },
}

impl Verdict {
    /// What it means for the shop, for the status page.
    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::Delivered => "Meta has the events.",
            Self::Unreachable => "Meta could not be reached. The events are kept and sent again.",
            Self::Trouble => "Meta had trouble of its own. The events are kept and sent again.",
            Self::Throttled => {
                "Too many requests for Meta's limits. The relay waits as long as Meta asks, then goes on."
            }
            Self::Blocked => {
                "Meta has blocked the account for a while. See Business Support Home; the events are kept."
            }
            Self::Token => {
                "Meta does not take the access token. Make a new one in Events Manager, Settings, Conversions API; the events are kept until then."
            }
            Self::TooOld => "Older than the seven days that Meta takes.",
            Self::Refused { .. } => {
                "Meta refuses one event for what it holds. It is set aside alone."
            }
        }
    }
}

/// A verdict with what Meta said.
#[derive(Debug)]
pub(crate) struct Judged {
    /// What to do.
    pub(crate) verdict: Verdict,
    /// For the log: status and codes, no text, since that may quote the event.
    pub(crate) codes: String,
    /// To be kept beside a rejected event: the codes and Meta's words.
    pub(crate) reason: String,
}

/// The longest of Meta's words that are kept, in characters.
const MAX_REASON: usize = 500;
/// First wait for a token that does not serve, in ms; doubled up to five minutes.
const TOKEN_WAIT_MS: u64 = 30_000;
const LONGEST_TOKEN_WAIT_MS: u64 = 300_000;
/// Wait after a block, in ms: an hour.
const BLOCKED_WAIT_MS: u64 = 3_600_000;
/// First wait when throttled and Meta does not say for how long, in ms; doubled up to a quarter of an hour.
const THROTTLED_WAIT_MS: u64 = 60_000;
const LONGEST_THROTTLED_WAIT_MS: u64 = 900_000;

/// Judges the answer to a request of `sent` events.
pub(crate) fn judge(answer: &Answer, sent: usize) -> Judged {
    let (status, body) = match answer {
        Answer::NoToken => {
            let codes = "no token can be read";
            return Judged {
                verdict: Verdict::Token,
                codes: codes.into(),
                reason: codes.into(),
            };
        }
        Answer::Silence { cause, is_timeout } => {
            let verdict = if *is_timeout {
                Verdict::Trouble
            } else {
                Verdict::Unreachable
            };
            return Judged {
                verdict,
                codes: cause.clone(),
                reason: cause.clone(),
            };
        }
        Answer::Heard { status, body, .. } => (*status, serde_json::from_slice::<Value>(body).ok()),
    };
    let error = body.as_ref().and_then(|body| body.get("error"));
    let number = |key| error.and_then(|error| error.get(key)?.as_u64());
    let text = |key| {
        error
            .and_then(|error| error.get(key)?.as_str())
            .unwrap_or_default()
    };
    let (code, subcode) = (number("code"), number("error_subcode"));
    let messages = [text("error_user_msg"), text("message")];
    let verdict = match (status, &body, code) {
        (200..300, Some(body), _) => taken(body, sent),
        (_, _, Some(code)) => {
            let is_transient =
                error.and_then(|error| error.get("is_transient")?.as_bool()) == Some(true);
            by_code(code, subcode.unwrap_or(0), is_transient, text("type"))
        }
        (429, ..) => Verdict::Throttled,
        (413, ..) => Verdict::Refused { index: None },
        // No answer of Meta's: something in between, or Meta in distress.
        _ => Verdict::Trouble,
    };
    let codes = match (code, subcode) {
        (Some(code), Some(subcode)) => format!("status {status}, code {code}/{subcode}"),
        (Some(code), None) => format!("status {status}, code {code}"),
        _ => format!("status {status}"),
    };
    let words: String = messages.join(" ").trim().chars().take(MAX_REASON).collect();
    Judged {
        verdict: match verdict {
            Verdict::Refused { .. } => Verdict::Refused {
                index: messages
                    .iter()
                    .find_map(|text| place(text))
                    .filter(|index| *index < sent),
            },
            verdict => verdict,
        },
        reason: format!("{codes}: {words}"),
        codes,
    }
}

/// Meta takes all or nothing, so an answer that counts fewer is no delivery.
fn taken(body: &Value, sent: usize) -> Verdict {
    match body.get("events_received").and_then(Value::as_u64) {
        Some(received) if received < sent as u64 => Verdict::Trouble,
        _ => Verdict::Delivered,
    }
}

fn by_code(code: u64, subcode: u64, is_transient: bool, kind: &str) -> Verdict {
    match (code, subcode) {
        (4 | 17 | 32 | 341 | 613 | 80_000..=80_014, _) => Verdict::Throttled,
        (368, _) => Verdict::Blocked,
        (3 | 10 | 102 | 104 | 190 | 200..=299 | 803, _) | (100, 33) => Verdict::Token,
        _ if is_transient => Verdict::Trouble,
        (100, 2_804_003) => Verdict::TooOld,
        // A wrong or missing appsecret_proof.
        (100, 0) if kind == "GraphMethodException" => Verdict::Token,
        (100, _) => Verdict::Refused { index: None },
        // 1, 2, 5000, 21009, and whatever Meta invents: never lose an event for a code that nobody knows.
        _ => Verdict::Trouble,
    }
}

/// The event that an error speaks of: 3 in `Param $['data'][3]['custom_data'] must be…`.
fn place(text: &str) -> Option<usize> {
    let (_, rest) = text.split_once("$['data'][")?;
    rest.split_once(']')?.0.parse().ok()
}

/// The wait before the next request, in ms, after so many `failures` in a row. `random`: uniform.
pub(crate) fn wait_ms(verdict: Verdict, failures: u32, answer: &Answer, random: u32) -> u64 {
    let (asked_ms, regain_ms) = match answer {
        Answer::Heard {
            retry_after_ms,
            usage,
            ..
        } => (*retry_after_ms, usage.regain_ms),
        Answer::Silence { .. } | Answer::NoToken => (0, 0),
    };
    let doubled =
        |first_ms: u64, most_ms| (first_ms << failures.saturating_sub(1).min(8)).min(most_ms);
    let own_ms = match verdict {
        Verdict::Token => doubled(TOKEN_WAIT_MS, LONGEST_TOKEN_WAIT_MS),
        Verdict::Blocked => BLOCKED_WAIT_MS,
        Verdict::Throttled if asked_ms.max(regain_ms) == 0 => {
            doubled(THROTTLED_WAIT_MS, LONGEST_THROTTLED_WAIT_MS)
        }
        _ => backoff_ms(failures, random),
    };
    own_ms.max(asked_ms).max(regain_ms)
}

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;
