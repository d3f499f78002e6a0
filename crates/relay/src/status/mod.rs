//! What the status page shows: the latest events, Meta's latest errors, and the last 24 hours in slots of five minutes. In
//! memory only, with names and ids but no customer data; it begins anew with each start.

mod history;
mod latest;
pub(crate) mod meta;
pub(crate) mod page;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use twin_core::accept::Accepted;
use twin_core::match_quality::{estimate, fields};

use crate::clock;
use crate::outbox::Row;
use crate::verdict::Judged;
use history::History;
use latest::{Error, Fate, Latest};

/// What happened lately.
pub(crate) struct Status {
    start_ms: u64,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    latest: Latest,
    history: History,
}

impl Default for Status {
    fn default() -> Self {
        Self {
            start_ms: clock::now_ms(),
            seen: Mutex::default(),
        }
    }
}

impl Status {
    /// Events were kept, and so many of the same request refused.
    pub(crate) fn accepted(&self, events: &[Arc<Accepted>], source: &'static str, refused: usize) {
        let now_ms = clock::now_ms();
        let mut seen = self.lock();
        let slot = seen.history.slot(now_ms);
        slot.accepted += events.len() as u64;
        slot.refused += refused as u64;
        for event in events {
            let key = (event.event_name.as_str(), event.event_id.as_str());
            seen.latest.note(key, now_ms, |event| event.came(source));
        }
    }

    /// Meta took these.
    pub(crate) fn delivered(&self, rows: &[Row]) {
        let now_ms = clock::now_ms();
        // Worked out before the lock is taken: posts take it, too.
        let read = rows.iter().filter_map(|row| {
            let brief = Brief::of(row)?;
            let fields = brief.fields();
            Some((row, brief, tenths(&fields), fields))
        });
        let read: Vec<_> = read.collect();
        let shown = read.len().saturating_sub(latest::EVENTS);
        let mut seen = self.lock();
        let Seen { latest, history } = &mut *seen;
        for (place, (row, brief, quality, fields)) in read.into_iter().enumerate() {
            let has_pixel = row.browser_s.is_some();
            let took_ms = now_ms.saturating_sub(row.received_ms);
            let slot = history.slot(now_ms);
            slot.delivered(has_pixel, quality, &fields, took_ms);
            if place < shown {
                continue;
            }
            latest.note(brief.key(), now_ms, |event| {
                (event.fate, event.has_pixel) = (Fate::Delivered, has_pixel);
                (event.quality_tenths, event.fields) = (quality, fields);
            });
        }
    }

    /// These became dead letters.
    pub(crate) fn set_aside(&self, rows: &[Row], reason: &str) {
        let now_ms = clock::now_ms();
        let mut seen = self.lock();
        seen.history.slot(now_ms).dead += rows.len() as u64;
        for row in rows {
            if let Some(brief) = Brief::of(row) {
                seen.latest.note(brief.key(), now_ms, |event| {
                    event.fate = Fate::Dead;
                    event.reason = reason.to_owned();
                });
            }
        }
    }

    /// Meta, or the way there, did not take a request of so many events.
    pub(crate) fn failed(&self, pixel_id: &Arc<str>, judged: &Judged, events: usize) {
        let now_ms = clock::now_ms();
        let mut seen = self.lock();
        seen.history.slot(now_ms).failed += 1;
        seen.latest.error(Error {
            pixel_id: pixel_id.to_string(),
            codes: judged.codes.clone(),
            meaning: judged.verdict.meaning(),
            events,
            times: 1,
            last_ms: now_ms,
        });
    }

    /// The latest events and errors, as JSON.
    fn latest(&self) -> Value {
        let seen = self.lock();
        json!({
            "start_ms": self.start_ms,
            "match_fields": fields().collect::<Vec<_>>(),
            "events": seen.latest.events,
            "errors": seen.latest.errors,
        })
    }

    /// The last 24 hours, as JSON.
    fn history(&self) -> Value {
        let now_ms = clock::now_ms();
        json!(self.lock().history.shown(now_ms))
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The estimate of the match quality.
fn tenths(fields: &str) -> u64 {
    let estimate = estimate(fields);
    let number = estimate.split(' ').next().unwrap_or_default();
    number.parse().unwrap_or_default()
}

/// What may be told of an event on its way: no value of a customer's.
#[derive(Deserialize)]
struct Brief<'row> {
    #[serde(borrow)]
    event_name: Cow<'row, str>,
    #[serde(borrow)]
    event_id: Cow<'row, str>,
    #[serde(borrow)]
    user_data: BTreeMap<&'row str, IgnoredAny>,
}

impl<'row> Brief<'row> {
    /// `None` if the row's JSON is gone.
    fn of(row: &'row Row) -> Option<Self> {
        serde_json::from_str(&row.json).ok()
    }

    fn key(&self) -> (&str, &str) {
        (&self.event_name, &self.event_id)
    }

    /// The names of its fields of `user_data`, a space between.
    fn fields(&self) -> String {
        let names: Vec<&str> = self.user_data.keys().copied().collect();
        names.join(" ")
    }
}
