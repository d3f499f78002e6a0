//! What the bucket on NATS knows of an event: the columns of SQLite's table, as JSON.

use serde::{Deserialize, Serialize};
use twin_core::hash::sha256;

use super::{Joined, Kept, Row};

/// See `migrations/0001_outbox.sql` for what each is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Known {
    pub(super) pixel_id: String,
    pub(super) event_name: String,
    pub(super) event_id: String,
    pub(super) event_time_s: u64,
    pub(super) browser_s: Option<u64>,
    pub(super) received_ms: u64,
    pub(super) due_ms: u64,
    pub(super) sources: u8,
    pub(super) expected: u8,
    pub(super) revision: i64,
    pub(super) state: State,
    pub(super) reason: Option<String>,
    pub(super) settled_ms: u64,
    pub(super) json: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) test_event_code: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    Waiting,
    Delivered,
    Rejected,
    Expired,
}

impl State {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
        }
    }
}

impl Known {
    /// Of an event that nobody knew.
    pub(super) fn new(kept: &Kept, now_ms: u64) -> Self {
        Self {
            pixel_id: kept.pixel_id.to_string(),
            event_name: kept.event.event_name.clone(),
            event_id: kept.event.event_id.clone(),
            event_time_s: kept.event.event_time,
            browser_s: kept.browser_s(now_ms),
            received_ms: now_ms,
            due_ms: now_ms + kept.hold_ms,
            sources: kept.source.bit(),
            expected: kept.expected | kept.source.bit(),
            revision: 0,
            state: State::Waiting,
            reason: None,
            settled_ms: 0,
            json: kept.event.json.clone(),
            test_event_code: kept.test_event_code.as_deref().map(String::from),
        }
    }

    /// With the other half. `None`: a repeat.
    pub(super) fn joined(&self, kept: &Kept, now_ms: u64) -> Option<Self> {
        if self.sources & kept.source.bit() != 0 {
            return None;
        }
        let Joined {
            merged,
            browser_s,
            is_sent,
        } = kept.join(self.state.name(), &self.json, self.browser_s, now_ms);
        let mut joined = Self {
            sources: self.sources | kept.source.bit(),
            browser_s,
            test_event_code: kept
                .test_event_code
                .as_deref()
                .map(String::from)
                .or_else(|| self.test_event_code.clone()),
            ..self.clone()
        };
        if is_sent {
            joined.state = State::Waiting;
            joined.json = merged;
            joined.due_ms = now_ms;
            joined.event_time_s = self.event_time_s.min(kept.event.event_time);
            joined.revision += 1;
        } else if self.state == State::Delivered {
            joined.json = String::new();
        }
        Some(joined)
    }

    /// The name of its value in the bucket.
    pub(super) fn key(&self) -> String {
        key(&[&self.pixel_id, &self.event_name, &self.event_id])
    }

    pub(super) fn row(&self, id: i64, failures: u32) -> Row {
        Row {
            id,
            revision: self.revision,
            event_time_s: self.event_time_s,
            browser_s: self.browser_s,
            received_ms: self.received_ms,
            json: self.json.clone(),
            failures,
            test_event_code: self.test_event_code.clone(),
        }
    }
}

/// A name that NATS takes, whatever the parts hold.
pub(super) fn key(parts: &[&str]) -> String {
    sha256(&parts.join("\u{0}")).as_str().to_owned()
}
