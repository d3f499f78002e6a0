//! One conversion: what is counted once, with one message or both twins in it.

use serde::Serialize;

use crate::clock::MINUTE_MS;
use crate::message::{Message, Reason, Source};

/// If both twins come within this, the Pixel event's data is kept.
const BROWSER_PREFERENCE_MS: i64 = 5 * MINUTE_MS;

/// One row of the conversions list.
#[derive(Debug)]
pub(crate) struct Conversion {
    /// Its place among all conversions since the last clear; never reused.
    pub(crate) number: u64,
    /// The dataset.
    pub(crate) pixel_id: String,
    /// The event name.
    pub(crate) event_name: String,
    /// The event_id of either message.
    pub(crate) event_id: Option<String>,
    /// When the first of its messages came, Unix ms.
    pub(crate) first_received_ms: i64,
    /// The Pixel event.
    pub(crate) browser: Option<Message>,
    /// The server event.
    pub(crate) server: Option<Message>,
    /// Whose data Meta would use.
    pub(crate) kept: Source,
    /// How the twins found each other.
    pub(crate) reason: Option<Reason>,
    /// Messages that were recognized and not counted.
    pub(crate) repeats: Vec<Repeat>,
    /// True for a repeat of the same side that was counted again (`--same-source count`).
    pub(crate) is_counted_repeat: bool,
    /// Other conversions that look like the missing twin, and why they are not.
    pub(crate) misses: Vec<Miss>,
}

/// A message that came again.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Repeat {
    /// The side that repeated.
    pub(crate) source: Source,
    /// When, Unix ms.
    pub(crate) received_ms: i64,
    /// Its event_id.
    pub(crate) event_id: Option<String>,
    /// How it was recognized.
    pub(crate) reason: Reason,
}

impl Repeat {
    /// The repeat that this message is.
    pub(crate) fn of(message: Message, reason: Reason) -> Self {
        let Message {
            source,
            received_ms,
            event_id,
            ..
        } = message;
        Self {
            source,
            received_ms,
            event_id,
            reason,
        }
    }
}

/// A conversion that looks like the missing twin of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Miss {
    /// The number of the other one.
    pub(crate) other: u64,
    /// Why the two did not pair.
    pub(crate) why: Why,
}

/// Why two messages that look like twins were counted twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// One id is the other, written otherwise: in another case, with a space, with a prefix.
    VariantId,
    /// The ids have nothing in common, but all else says that it is the same event.
    OtherId,
    /// The names differ.
    OtherName,
    /// They went to two datasets.
    OtherPixel,
    /// More than 48 hours lie between them.
    TooLate,
    /// The server event came first, and only the other order works without ids.
    ServerFirst,
}

/// Which twins a conversion has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Status {
    /// Both twins came, one is counted.
    #[serde(rename = "deduplicated")]
    Deduplicated,
    /// Only the Pixel event came.
    #[serde(rename = "browser only")]
    BrowserOnly,
    /// Only the server event came.
    #[serde(rename = "server only")]
    ServerOnly,
}

impl Conversion {
    /// A conversion of one message.
    pub(crate) fn new(number: u64, message: Message) -> Self {
        let kept = message.source;
        let mut conversion = Self {
            number,
            pixel_id: message.pixel_id.clone(),
            event_name: message.event_name.clone(),
            event_id: message.event_id.clone(),
            first_received_ms: message.received_ms,
            browser: None,
            server: None,
            kept,
            reason: None,
            repeats: Vec::new(),
            is_counted_repeat: false,
            misses: Vec::new(),
        };
        *conversion.side_mut(kept) = Some(message);
        conversion
    }

    /// Takes in the message of the side that was missing.
    pub(crate) fn add_twin(&mut self, message: Message, reason: Reason) {
        let source = message.source;
        if source == Source::Browser
            && message.received_ms - self.first_received_ms <= BROWSER_PREFERENCE_MS
        {
            self.kept = Source::Browser;
        }
        self.reason = Some(reason);
        self.event_id = self.event_id.take().or_else(|| message.event_id.clone());
        *self.side_mut(source) = Some(message);
    }

    /// The message of one side.
    pub(crate) fn side(&self, source: Source) -> Option<&Message> {
        match source {
            Source::Browser => self.browser.as_ref(),
            Source::Server => self.server.as_ref(),
        }
    }

    fn side_mut(&mut self, source: Source) -> &mut Option<Message> {
        match source {
            Source::Browser => &mut self.browser,
            Source::Server => &mut self.server,
        }
    }

    /// The only message of a conversion that has no twin.
    pub(crate) fn alone(&self) -> Option<&Message> {
        match (&self.browser, &self.server) {
            (Some(message), None) | (None, Some(message)) => Some(message),
            _ => None,
        }
    }

    /// Which twins it has.
    pub(crate) fn status(&self) -> Status {
        match (&self.browser, &self.server) {
            (_, None) => Status::BrowserOnly,
            (None, Some(_)) => Status::ServerOnly,
            (Some(_), Some(_)) => Status::Deduplicated,
        }
    }

    /// How many messages it holds.
    pub(crate) fn messages(&self) -> usize {
        self.repeats.len()
            + usize::from(self.browser.is_some())
            + usize::from(self.server.is_some())
    }
}
