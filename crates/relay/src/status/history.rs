//! The last 24 hours, in slots of five minutes.

use std::collections::{BTreeMap, VecDeque};
use std::mem;

use serde::Serialize;

/// How long a slot is, in ms.
const SLOT_MS: u64 = 5 * 60 * 1000;
/// How many there are.
const SLOTS: u64 = 288;

/// What happened in five minutes.
#[derive(Default, Serialize)]
pub(super) struct Slot {
    /// Events kept.
    pub(super) accepted: u64,
    /// Events refused with 422.
    pub(super) refused: u64,
    /// Events that became dead letters.
    pub(super) dead: u64,
    /// Requests to Meta that failed.
    pub(super) failed: u64,
    /// Events that Meta took.
    delivered: u64,
    /// Of these, those whose Pixel event is known.
    with_pixel: u64,
    /// Of these, the sum of their estimates, in tenths.
    quality_tenths: u64,
    /// Of these, the sum of the times from kept to delivered, in ms.
    delivery_ms: u64,
    /// Of these, how many have each field of `user_data`.
    fields: BTreeMap<String, u64>,
}

impl Slot {
    pub(super) fn delivered(&mut self, has_pixel: bool, quality: u64, fields: &str, took_ms: u64) {
        self.delivered += 1;
        self.with_pixel += u64::from(has_pixel);
        self.quality_tenths += quality;
        self.delivery_ms += took_ms;
        for field in fields.split(' ') {
            match self.fields.get_mut(field) {
                Some(count) => *count += 1,
                None => drop(self.fields.insert(field.to_owned(), 1)),
            }
        }
    }
}

/// A slot and when it began, Unix time in ms.
#[derive(Serialize)]
pub(super) struct Shown<'seen> {
    start_ms: u64,
    #[serde(flatten)]
    slot: &'seen Slot,
}

/// The slots in which something happened.
#[derive(Default)]
pub(super) struct History {
    /// The number of the newest.
    number: u64,
    newest: Slot,
    /// Oldest first.
    past: VecDeque<(u64, Slot)>,
}

impl History {
    /// The slot of now; the newest where the clock was set back.
    pub(super) fn slot(&mut self, now_ms: u64) -> &mut Slot {
        let number = now_ms / SLOT_MS;
        if number > self.number {
            let past = mem::take(&mut self.newest);
            self.past.push_back((self.number, past));
            self.number = number;
            let first = number.saturating_sub(SLOTS - 1);
            self.past.retain(|(number, _)| *number >= first);
        }
        &mut self.newest
    }

    /// Those of the last 24 hours, oldest first.
    pub(super) fn shown(&mut self, now_ms: u64) -> Vec<Shown<'_>> {
        self.slot(now_ms);
        let past = self.past.iter().map(|(number, slot)| (*number, slot));
        past.chain([(self.number, &self.newest)])
            .map(|(number, slot)| Shown {
                start_ms: number * SLOT_MS,
                slot,
            })
            .collect()
    }
}
