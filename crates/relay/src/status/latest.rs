//! The latest events and Meta's latest errors.

use std::collections::VecDeque;

use serde::Serialize;

/// Most events that are shown.
pub(super) const EVENTS: usize = 100;
/// Most kinds of errors that are shown.
const ERRORS: usize = 20;

/// What became of an event.
#[derive(Clone, Copy, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Fate {
    #[default]
    Waiting,
    Delivered,
    Dead,
}

/// An event.
#[derive(Default, Serialize)]
pub(super) struct Event {
    event_name: String,
    event_id: String,
    /// When something happened to it last, Unix time in ms.
    last_ms: u64,
    /// Who reported it: `browser`, `shopify` …
    sources: Vec<&'static str>,
    pub(super) fate: Fate,
    /// Why it is dead.
    pub(super) reason: String,
    /// Whether its Pixel event is known.
    pub(super) has_pixel: bool,
    /// The estimate of its match quality; 0 until it is delivered.
    pub(super) quality_tenths: u64,
    /// The names of its fields of `user_data`, a space between.
    pub(super) fields: String,
}

impl Event {
    pub(super) fn came(&mut self, source: &'static str) {
        if !self.sources.contains(&source) {
            self.sources.push(source);
        }
    }
}

/// What Meta said, or the way there.
#[derive(Serialize)]
pub(super) struct Error {
    pub(super) pixel_id: String,
    pub(super) codes: String,
    pub(super) meaning: &'static str,
    /// Events in the last request that it was said of.
    pub(super) events: usize,
    pub(super) times: u64,
    /// Unix time in ms.
    pub(super) last_ms: u64,
}

/// Newest first.
#[derive(Default)]
pub(super) struct Latest {
    pub(super) events: VecDeque<Event>,
    pub(super) errors: VecDeque<Error>,
}

impl Latest {
    /// Something happened to the event with that name and id: it is the newest now.
    pub(super) fn note(
        &mut self,
        (event_name, event_id): (&str, &str),
        now_ms: u64,
        happened: impl FnOnce(&mut Event),
    ) {
        let is_it = |event: &Event| event.event_id == event_id && event.event_name == event_name;
        let known = self.events.iter().position(is_it);
        let mut event = known
            .and_then(|place| self.events.remove(place))
            .unwrap_or_else(|| Event {
                event_name: event_name.into(),
                event_id: event_id.into(),
                ..Event::default()
            });
        event.last_ms = now_ms;
        happened(&mut event);
        self.events.truncate(EVENTS - 1);
        self.events.push_front(event);
    }

    /// The same error of the same pixel again is counted, not listed twice.
    pub(super) fn error(&mut self, mut error: Error) {
        let is_it = |known: &Error| known.pixel_id == error.pixel_id && known.codes == error.codes;
        if let Some(place) = self.errors.iter().position(is_it)
            && let Some(known) = self.errors.remove(place)
        {
            error.times += known.times;
        }
        self.errors.truncate(ERRORS - 1);
        self.errors.push_front(error);
    }
}
