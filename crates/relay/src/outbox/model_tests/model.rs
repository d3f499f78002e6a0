//! The outbox as the rules describe it, in memory.

use std::collections::BTreeMap;

use twin_core::event::MAX_AGE_S;
use twin_core::merge::TWIN_WINDOW_S;

use crate::outbox::Source;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
const NAMES: [&str; 2] = ["Purchase", "Lead"];

/// An event as the model knows it.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) state: &'static str,
    /// Halves that came, 1 browser, 2 shop.
    pub(super) sources: u8,
    pub(super) expected: u8,
    pub(super) browser_s: Option<u64>,
    pub(super) received_ms: u64,
    pub(super) due_ms: u64,
    pub(super) settled_ms: u64,
    pub(super) event_time_s: u64,
    pub(super) revision: i64,
    /// What both halves say, each its own; empty once the text is gone.
    pub(super) says: u8,
}

/// The outbox as the rules describe it.
#[derive(Default)]
pub(super) struct Model {
    pub(super) now_ms: u64,
    pub(super) events: BTreeMap<u8, Known>,
}

impl Model {
    pub(super) fn keep(
        &mut self,
        id: u8,
        source: Source,
        hours_ago: u64,
        expected: u8,
        hold_ms: u64,
    ) -> usize {
        let (now_ms, now_s, bit) = (self.now_ms, self.now_ms / 1000, source.bit());
        let at_s = now_s - hours_ago * 3600;
        let fired_s = (source == Source::Browser && hours_ago <= 48).then_some(at_s);
        let Some(known) = self.events.get_mut(&id) else {
            let known = Known {
                state: "waiting",
                sources: bit,
                expected: expected | bit,
                browser_s: fired_s,
                received_ms: now_ms,
                due_ms: now_ms + hold_ms,
                settled_ms: 0,
                event_time_s: at_s,
                revision: 0,
                says: bit,
            };
            self.events.insert(id, known);
            return 1;
        };
        if known.sources & bit != 0 {
            return 0;
        }
        known.sources |= bit;
        known.browser_s = known.browser_s.or(fired_s);
        let is_past = known
            .browser_s
            .is_some_and(|fired_s| fired_s + TWIN_WINDOW_S < now_s);
        // Both halves say something that the other does not; a text that is gone is not missed.
        let is_sent = match known.state {
            "waiting" | "rejected" => true,
            "delivered" => !is_past,
            _ => false,
        };
        if is_sent {
            known.state = "waiting";
            known.says |= bit;
            known.due_ms = now_ms;
            known.event_time_s = known.event_time_s.min(at_s);
            known.revision += 1;
            return 1;
        }
        if known.state == "delivered" {
            known.says = 0;
        }
        0
    }

    pub(super) fn prune(&mut self) {
        let now_ms = self.now_ms;
        self.events.retain(|id, known| {
            let age_ms = now_ms.saturating_sub(known.settled_ms);
            let is_purchase = name(*id) == "Purchase";
            let most_ms = if known.state == "delivered" && !is_purchase {
                8 * DAY_MS
            } else {
                62 * DAY_MS
            };
            known.state == "waiting" || age_ms <= most_ms
        });
        for known in self.events.values_mut() {
            let is_old = match known.state {
                "delivered" => now_ms - known.settled_ms > DAY_MS,
                "rejected" => now_ms - known.event_time_s * 1000 > MAX_AGE_S * 1000,
                _ => false,
            };
            if is_old {
                known.says = 0;
            }
        }
    }

    pub(super) fn wake(&mut self) {
        for known in self
            .events
            .values_mut()
            .filter(|known| known.state == "waiting")
        {
            known.due_ms = known.received_ms.min(self.now_ms);
        }
    }
}

/// Even numbers are Purchases.
pub(super) fn name(id: u8) -> &'static str {
    NAMES[usize::from(id % 2)]
}

/// What each half says, so that a text shows which are in it.
pub(super) fn json(id: u8, source: Source, at_s: u64) -> String {
    let word = if source == Source::Shop {
        "shop"
    } else {
        "browser"
    };
    format!(
        r#"{{"event_name":"{}","event_time":{at_s},"event_id":"{id}","user_data":{{"{word}":"{word}"}}}}"#,
        name(id)
    )
}

/// The halves that a text holds.
pub(super) fn says(json: &str) -> u8 {
    u8::from(json.contains("\"browser\":")) | u8::from(json.contains("\"shop\":")) << 1
}
