//! The counts since the last clear: per event name and in all.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::message::Source;
use crate::pairing::Verdict;

/// Names come from the wire: beyond this many they share one line.
const MOST_NAMES: usize = 1_000;
const OTHER_NAMES: &str = "(other names)";

/// The counts of one event name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Counts {
    /// Pixel events.
    pub(crate) received_browser: u64,
    /// Accepted server events.
    pub(crate) received_server: u64,
    /// Messages that were not counted, twins and repeats.
    pub(crate) duplicates: u64,
    /// Conversions.
    pub(crate) counted: u64,
    /// Events in refused requests.
    pub(crate) rejected: u64,
    /// Conversions with both twins.
    pub(crate) deduplicated: u64,
    /// Conversions with a Pixel event alone.
    pub(crate) browser_only: u64,
    /// Conversions with a server event alone.
    pub(crate) server_only: u64,
    /// Messages of a side that had sent the same before, not counted.
    pub(crate) repeats: u64,
}

/// All counts.
#[derive(Debug, Default)]
pub(crate) struct Report {
    names: BTreeMap<String, Counts>,
    refused_requests: u64,
}

impl Report {
    /// Counts an accepted message.
    pub(crate) fn accepted(&mut self, event_name: &str, source: Source, verdict: Verdict) {
        let counts = self.of(event_name);
        let (received, only, other_only) = match source {
            Source::Browser => (
                &mut counts.received_browser,
                &mut counts.browser_only,
                &mut counts.server_only,
            ),
            Source::Server => (
                &mut counts.received_server,
                &mut counts.server_only,
                &mut counts.browser_only,
            ),
        };
        *received += 1;
        match verdict {
            Verdict::Counted => {
                *only += 1;
                counts.counted += 1;
            }
            Verdict::Twin(_) => {
                *other_only = other_only.saturating_sub(1);
                counts.deduplicated += 1;
                counts.duplicates += 1;
            }
            Verdict::Repeat(_) => {
                counts.repeats += 1;
                counts.duplicates += 1;
            }
        }
    }

    /// Counts an event of a refused request.
    pub(crate) fn rejected(&mut self, event_name: &str) {
        self.of(event_name).rejected += 1;
    }

    /// Counts a refused request.
    pub(crate) fn refused(&mut self) {
        self.refused_requests += 1;
    }

    /// Everything per event name.
    pub(crate) fn names(&self) -> Value {
        json!(self.names)
    }

    /// The sums, and the refused requests.
    pub(crate) fn totals(&self) -> Value {
        let sum = |field: fn(&Counts) -> u64| self.names.values().map(field).sum::<u64>();
        json!({
            "received_browser": sum(|counts| counts.received_browser),
            "received_server": sum(|counts| counts.received_server),
            "duplicates": sum(|counts| counts.duplicates),
            "counted": sum(|counts| counts.counted),
            "rejected": sum(|counts| counts.rejected),
            "deduplicated": sum(|counts| counts.deduplicated),
            "browser_only": sum(|counts| counts.browser_only),
            "server_only": sum(|counts| counts.server_only),
            "repeats": sum(|counts| counts.repeats),
            "refused_requests": self.refused_requests,
        })
    }

    fn of(&mut self, event_name: &str) -> &mut Counts {
        let is_new = !self.names.contains_key(event_name);
        let name = if is_new && self.names.len() >= MOST_NAMES {
            OTHER_NAMES
        } else {
            event_name
        };
        self.names.entry(name.to_owned()).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Reason;

    #[test]
    fn a_pair_moves_from_one_side_only_to_deduplicated() {
        let mut report = Report::default();
        report.accepted("Purchase", Source::Browser, Verdict::Counted);
        assert_eq!(report.totals()["browser_only"], 1);
        report.accepted("Purchase", Source::Server, Verdict::Twin(Reason::EventId));
        report.accepted("Purchase", Source::Server, Verdict::Repeat(Reason::EventId));
        let totals = report.totals();
        let expected = [
            ("counted", 1),
            ("browser_only", 0),
            ("server_only", 0),
            ("deduplicated", 1),
            ("duplicates", 2),
            ("repeats", 1),
        ];
        for (field, value) in expected {
            assert_eq!(totals[field], value, "{field}");
        }
    }

    #[test]
    fn names_from_the_wire_cannot_fill_the_memory() {
        let mut report = Report::default();
        for number in 0..MOST_NAMES + 50 {
            report.accepted(&format!("Event{number}"), Source::Browser, Verdict::Counted);
        }
        assert_eq!(report.names.len(), MOST_NAMES + 1);
        assert_eq!(report.totals()["counted"], MOST_NAMES + 50);
    }
}
