//! Faults that a developer arms with `POST /__sim/fault`: what Meta's side does on a bad day.

use serde::{Deserialize, Serialize};

use crate::graph::errors::{GraphError, Kind};
use crate::graph::{texts, token};

/// The names of section "Fault injection", as they are written in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Name {
    /// 500, code 1.
    Unknown,
    /// 500, code 2.
    Service,
    /// Code 4, a rate limit.
    AppLimit,
    /// Code 17, a rate limit.
    UserLimit,
    /// Code 32, a rate limit.
    PageLimit,
    /// Code 341, a rate limit.
    AppCap,
    /// Code 613, a rate limit.
    CustomLimit,
    /// Code 80004, a rate limit with the header that says how long it lasts.
    BucLimit,
    /// Code 368.
    Blocked,
    /// Code 21009.
    NotReady,
    /// Code 803.
    Alias,
    /// Code 190/463.
    TokenExpired,
    /// 403, code 200.
    Permission,
    /// Code 100/33.
    DatasetGone,
    /// 2804019 for the event at `index`.
    Poison,
    /// 502 with HTML.
    #[serde(rename = "html_502")]
    Html502,
    /// Stores the events, then resets the connection.
    DropAfterAccept,
    /// Stores the events, then sends half of the answer and closes the connection.
    Half,
    /// Answers as usual, but `delay_ms` later.
    Slow,
    /// 200 with `events_received` 0; stores nothing.
    Zero,
}

/// An armed fault. With none of `count`, `for_ms` and `probability` it strikes once.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    /// What happens.
    pub(crate) name: Name,
    /// How many more times.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u32>,
    /// For how long from now, simulated ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    for_ms: Option<i64>,
    /// How likely each time, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    probability: Option<f64>,
    /// Only for this dataset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pixel_id: Option<String>,
    /// `poison`: which event of the batch, from 0.
    #[serde(default)]
    index: usize,
    /// `slow`: how much later.
    #[serde(default = "default_delay_ms")]
    pub(crate) delay_ms: u64,
    /// Another HTTP status than usual, for faults seen with several.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// Another `code`.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u32>,
    /// Another `error_subcode`.
    #[serde(skip_serializing_if = "Option::is_none")]
    subcode: Option<u32>,
    /// When it ends, simulated Unix ms; from `for_ms`.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    until_ms: Option<i64>,
}

fn default_delay_ms() -> u64 {
    5_000
}

/// What is asked of the armed faults.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment<'a> {
    /// The dataset of the request.
    pub(crate) pixel_id: &'a str,
    /// Simulated Unix time, ms.
    pub(crate) now_ms: i64,
    /// 0 to 1, for faults with a probability.
    pub(crate) chance: f64,
}

/// All armed faults, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    /// Arms one.
    pub(crate) fn arm(&mut self, mut fault: Fault, now_ms: i64) {
        fault.until_ms = fault.for_ms.map(|for_ms| now_ms.saturating_add(for_ms));
        if fault.count.is_none() && fault.until_ms.is_none() && fault.probability.is_none() {
            fault.count = Some(1);
        }
        self.0.push(fault);
    }

    /// Those that may still strike.
    pub(crate) fn armed(&self, now_ms: i64) -> Vec<&Fault> {
        self.0
            .iter()
            .filter(|fault| fault.is_alive(now_ms))
            .collect()
    }

    /// Disarms all.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault that answers instead of Meta's rules, before anything is looked at.
    pub(crate) fn take_outage(&mut self, moment: Moment<'_>) -> Option<Fault> {
        self.take(moment, |fault| {
            !matches!(
                fault.name,
                Name::Poison | Name::DropAfterAccept | Name::Half | Name::Slow | Name::Zero
            )
        })
    }

    /// The fault that refuses one of `events` events.
    pub(crate) fn take_poison(&mut self, moment: Moment<'_>, events: usize) -> Option<Fault> {
        self.take(moment, |fault| {
            fault.name == Name::Poison && fault.index < events
        })
    }

    /// One of the faults around an answer that is otherwise good.
    pub(crate) fn take_named(&mut self, moment: Moment<'_>, name: Name) -> Option<Fault> {
        self.take(moment, |fault| fault.name == name)
    }

    fn take(&mut self, moment: Moment<'_>, fits: impl Fn(&Fault) -> bool) -> Option<Fault> {
        self.0.retain(|fault| fault.is_alive(moment.now_ms));
        let fault = self.0.iter_mut().find(|fault| {
            fits(fault)
                && fault
                    .pixel_id
                    .as_deref()
                    .is_none_or(|pixel_id| pixel_id == moment.pixel_id)
                && fault
                    .probability
                    .is_none_or(|probability| moment.chance < probability)
        })?;
        if let Some(count) = &mut fault.count {
            *count = count.saturating_sub(1);
        }
        Some(fault.clone())
    }
}

impl Fault {
    fn is_alive(&self, now_ms: i64) -> bool {
        self.count != Some(0) && self.until_ms.is_none_or(|until_ms| now_ms < until_ms)
    }

    /// The error it answers with. Source: Meta's error reference and published replies; rate limits come as 400.
    pub(crate) fn error(&self, pixel_id: &str) -> GraphError {
        let transient = |status, code, message: &str| GraphError {
            is_transient: Some(true),
            ..GraphError::plain(status, code, message)
        };
        let lasting = |status, code, message: &str| GraphError {
            is_transient: Some(false),
            ..GraphError::plain(status, code, message)
        };
        let mut error = match self.name {
            Name::Unknown => transient(500, 1, "An unknown error occurred"),
            Name::Service => transient(
                500,
                2,
                "An unexpected error has occurred. Please retry your request later.",
            ),
            Name::AppLimit => transient(400, 4, "(#4) Application request limit reached"),
            Name::UserLimit => transient(400, 17, "User request limit reached"),
            Name::PageLimit => transient(400, 32, "(#32) Page request limit reached"),
            Name::AppCap => transient(400, 341, "(#341) Application limit reached"),
            Name::CustomLimit => {
                transient(400, 613, "Calls to this api have exceeded the rate limit.")
            }
            Name::BucLimit => transient(
                400,
                80_004,
                "(#80004) There have been too many calls to this ad-account.",
            ),
            Name::Blocked => lasting(
                400,
                368,
                "The action attempted has been deemed abusive or is otherwise disallowed",
            ),
            Name::NotReady => {
                GraphError::plain(400, 21_009, "The data set upload is temporarily not ready.")
            }
            Name::Alias => lasting(
                400,
                803,
                &format!("(#803) Some of the aliases you requested do not exist: {pixel_id}"),
            ),
            Name::TokenExpired => token::expired(),
            Name::Permission => lasting(403, 200, "Permissions error"),
            Name::DatasetGone => GraphError {
                kind: Kind::GraphMethod,
                ..GraphError::no_such_object(pixel_id)
            },
            Name::Poison => GraphError::shape(texts::must_be_array(&format!(
                "$['data'][{}]['custom_data']['contents']",
                self.index
            ))),
            Name::Html502 | Name::DropAfterAccept | Name::Half | Name::Slow | Name::Zero => {
                transient(502, 2, "Bad Gateway")
            }
        };
        error.status = self.status.unwrap_or(error.status);
        error.code = self.code.unwrap_or(error.code);
        error.subcode = self.subcode.or(error.subcode);
        error
    }
}
