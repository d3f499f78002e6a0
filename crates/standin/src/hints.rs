//! Why two messages that look like twins were counted twice: found when a message comes in, told when the list is read.

use crate::clock::{HOUR_MS, MINUTE_MS};
use crate::conversion::{Conversion, Miss, Why};
use crate::ids;
use crate::message::{Message, Source};
use crate::pairing::Ledger;

/// How many conversions back a near miss is looked for.
const LOOK_BACK: usize = 1_000;
/// Most near misses named for one conversion.
const MOST: usize = 3;
/// Two messages of one visitor about the same thing come within this, if they have nothing else in common.
const TOGETHER_MS: i64 = 10 * MINUTE_MS;

/// Conversions that look like the missing twin of `message`, which is about to be counted on its own.
pub(crate) fn misses(message: &Message, ledger: &Ledger) -> Vec<Miss> {
    let is_other_side = |conversion: &Conversion| {
        conversion
            .alone()
            .is_some_and(|alone| alone.source != message.source)
    };
    let late = ledger
        .expired_namesake(message)
        .and_then(|number| ledger.get(number))
        .filter(|conversion| is_other_side(conversion))
        .map(|conversion| Miss {
            other: conversion.number,
            why: Why::TooLate,
        });
    let near = ledger
        .newest_first()
        .take(LOOK_BACK)
        .filter_map(|conversion| {
            let other = conversion
                .alone()
                .filter(|other| other.source != message.source)?;
            Some(Miss {
                other: conversion.number,
                why: why(message, other)?,
            })
        });
    let mut misses = late.into_iter().chain(near).collect();
    keep_best(&mut misses);
    misses
}

/// Keeps the few that are worth telling: a guess by visitor and time only when there is nothing better.
pub(crate) fn keep_best(misses: &mut Vec<Miss>) {
    if misses.iter().any(|miss| miss.why != Why::OtherId) {
        misses.retain(|miss| miss.why != Why::OtherId);
    }
    misses.truncate(MOST);
}

/// Why these two of opposite sides did not pair, if they look like twins at all. `old` came first.
fn why(new: &Message, old: &Message) -> Option<Why> {
    let same_pixel = new.pixel_id == old.pixel_id;
    let same_name = new.event_name == old.event_name;
    match (&new.event_id, &old.event_id) {
        (Some(new_id), Some(old_id)) if new_id == old_id => match (same_pixel, same_name) {
            (true, false) => Some(Why::OtherName),
            (false, true) => Some(Why::OtherPixel),
            _ => None,
        },
        (Some(new_id), Some(old_id)) if same_pixel && same_name => {
            if ids::are_variants(new_id, old_id) {
                return Some(Why::VariantId);
            }
            let together = new.received_ms - old.received_ms <= TOGETHER_MS
                && new.person.is_probably(&old.person);
            let same_thing =
                agree(new.page.as_ref(), old.page.as_ref()) && agree(new.amount, old.amount);
            (together && same_thing).then_some(Why::OtherId)
        }
        (None, _) | (_, None) if same_pixel && same_name && new.source == Source::Browser => {
            new.person.agreement(&old.person).map(|_| Why::ServerFirst)
        }
        _ => None,
    }
}

/// True unless both are there and differ.
fn agree<T: PartialEq>(a: Option<T>, b: Option<T>) -> bool {
    a.is_none() || b.is_none() || a == b
}

/// What to tell about a conversion, as sentences.
pub(crate) fn texts(conversion: &Conversion, ledger: &Ledger) -> Vec<String> {
    let mut texts = Vec::new();
    if conversion.is_counted_repeat {
        texts.push(format!(
            "The {} sent this before. It was counted again (--same-source count); Meta does not say what it does.",
            conversion.kept.name()
        ));
    }
    if let Some(alone) = conversion.alone() {
        let misses = conversion.misses.iter().filter_map(|miss| {
            // Only while the other one is alone as well: a twin that was found is no near miss.
            Some(miss_text(miss.why, alone, ledger.get(miss.other)?.alone()?))
        });
        texts.extend(misses);
        if alone.event_id.is_none() {
            texts.push(format!(
                "The {} event has no event_id, so nothing ties it to a {} event. Give both the same one.",
                alone.source.name(),
                alone.source.other().name()
            ));
        }
    }
    if let Some(reason) = conversion
        .reason
        .filter(|reason| *reason != crate::message::Reason::EventId)
    {
        texts.push(format!(
            "Paired by {} only. That works in this order alone, the browser event first; give both the same event_id.",
            reason.name()
        ));
    }
    if !conversion.repeats.is_empty() {
        let (count, were) = match conversion.repeats.len() {
            1 => ("1 repeat".to_owned(), "was"),
            count => (format!("{count} repeats"), "were"),
        };
        texts.push(format!(
            "{count} came and {were} not counted. Meta describes this for a browser and a server event, not for two of \
             one side: do not rely on it."
        ));
    }
    texts
}

fn miss_text(why: Why, this: &Message, other: &Message) -> String {
    let (here, there) = (this.source.name(), other.source.name());
    match why {
        Why::VariantId | Why::OtherId => {
            let (this_id, other_id) = (this.event_id.as_deref().unwrap_or_default(), other.event_id.as_deref().unwrap_or_default());
            format!(
                "A {there} event of the same name has event_id {other_id:?}, this {here} event has {this_id:?}: {}. \
                 Meta compares exactly, so both count.",
                ids::difference(this_id, other_id)
            )
        }
        Why::OtherName => format!(
            "A {there} event with the same event_id is called {:?}, this {here} event {:?}. The name must be the same as well, so both count.",
            other.event_name, this.event_name
        ),
        Why::OtherPixel => format!(
            "A {there} event with the same name and event_id went to dataset {}, this {here} event to {}. Twins are only found within one dataset.",
            other.pixel_id, this.pixel_id
        ),
        Why::TooLate => format!(
            "A {there} event has the same name and event_id, but {} lie between the two. After 48 hours both count.",
            gap(this.received_ms.abs_diff(other.received_ms))
        ),
        Why::ServerFirst => {
            "The same event came from the other side, but without a shared event_id twins are only found when the browser event comes first; \
             here the server event did."
                .to_owned()
        }
    }
}

/// 172_860_000 ms → `48 h 1 min`.
fn gap(gap_ms: u64) -> String {
    let (hour_ms, minute_ms) = (HOUR_MS.unsigned_abs(), MINUTE_MS.unsigned_abs());
    format!(
        "{} h {} min",
        gap_ms / hour_ms,
        gap_ms % hour_ms / minute_ms
    )
}
