//! The outbox: where events wait from the moment they are answered for until Meta has them. **keep** puts them in,
//! **claim** gives what may be sent now, **settle** writes down what became of it.

mod aside;
mod bucket;
mod fold;
mod known;
#[cfg(test)]
mod model_tests;
pub(crate) mod nats;
mod purchases;
pub(crate) mod rows;
mod shared;
mod signals;
pub(crate) mod sqlite;
mod store;
mod sweep;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::Serialize;
use tokio::sync::watch;
use twin_core::accept::Accepted;
use twin_core::event::MAX_AGE_S;
use twin_core::merge::{TWIN_WINDOW_S, differs, merge};

use crate::error::Error;
pub(crate) use purchases::{Fate, Known, Purchase};
pub(crate) use store::{Access, Store, open};

/// Which half of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// A visitor's browser posted it, so a Pixel event went out beside it.
    Browser = 1,
    /// The shop's own system reported it.
    Shop = 2,
}

impl Source {
    /// Its bit in sets of halves.
    pub(crate) const fn bit(self) -> u8 {
        self as u8
    }
}

/// An event to be kept.
pub(crate) struct Kept {
    /// The pixel it is for.
    pub(crate) pixel_id: Arc<str>,
    /// What it says.
    pub(crate) event: Arc<Accepted>,
    /// Who says so.
    pub(crate) source: Source,
    /// The halves that may come, bits of [`Source`].
    pub(crate) expected: u8,
    /// How long to wait for the other half before sending, in ms.
    pub(crate) hold_ms: u64,
    /// The code of Events Manager's test page that it came with, if any.
    pub(crate) test_event_code: Option<Arc<str>>,
}

impl Kept {
    /// When its Pixel event happened, Unix time in seconds; `None` if none is known.
    ///
    /// A browser that posts at once has fired it. One that posts days later could reach nobody at the time, and Meta's
    /// Pixel has no second try.
    fn browser_s(&self, now_ms: u64) -> Option<u64> {
        let at_s = self.event.event_time;
        let is_known = self.source == Source::Browser && at_s + TWIN_WINDOW_S >= now_ms / 1000;
        is_known.then_some(at_s)
    }

    /// What this half makes of the other, which is known: in that state, with that text, its Pixel event then.
    fn join(&self, state: &str, json: &str, browser_s: Option<u64>, now_ms: u64) -> Joined {
        let (browser, shop) = match self.source {
            Source::Browser => (self.event.json.as_str(), json),
            Source::Shop => (json, self.event.json.as_str()),
        };
        let merged = merge(browser, shop);
        let browser_s = browser_s.or(self.browser_s(now_ms));
        let is_sent = match state {
            "waiting" | "rejected" => true,
            "delivered" => !is_past(browser_s, now_ms / 1000) && differs(json, &merged),
            _ => false,
        };
        Joined {
            merged,
            browser_s,
            is_sent,
        }
    }
}

/// Two halves of an event.
struct Joined {
    /// The union of both, as JSON.
    merged: String,
    /// When its Pixel event happened, Unix time in seconds; `None` if none is known.
    browser_s: Option<u64>,
    /// Whether the union is to be sent, be it after the first half.
    is_sent: bool,
}

/// Whether a server event comes too late for its Pixel event, if one is known.
fn is_past(browser_s: Option<u64>, now_s: u64) -> bool {
    browser_s.is_some_and(|browser_s| browser_s + TWIN_WINDOW_S < now_s)
}

/// What one request brings: all of it is kept, or nothing.
#[derive(Default)]
pub(crate) struct Intake {
    /// The events.
    pub(crate) events: Vec<Kept>,
    /// What is known of the order behind them.
    pub(crate) purchase: Option<Purchase>,
    /// The delivery of a webhook; one that is known already brings nothing.
    pub(crate) delivery: Option<Delivery>,
}

/// The delivery of a webhook.
pub(crate) struct Delivery {
    /// The shop's name.
    pub(crate) shop: String,
    /// The platform's name.
    pub(crate) platform: &'static str,
    /// The platform's id of it.
    pub(crate) id: String,
}

/// An event on its way.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// The only name of it that is logged.
    pub(crate) id: i64,
    /// Which text of it this is; a merge makes another.
    pub(crate) revision: i64,
    /// Unix time in seconds.
    pub(crate) event_time_s: u64,
    /// When its Pixel event happened, Unix time in seconds; `None` if none is known.
    pub(crate) browser_s: Option<u64>,
    /// When it was kept, Unix time in ms.
    pub(crate) received_ms: u64,
    /// The event as it is sent.
    pub(crate) json: String,
    /// Attempts that Meta answered with trouble of its own.
    pub(crate) failures: u32,
    /// The code of Events Manager's test page that it came with, if any.
    pub(crate) test_event_code: Option<String>,
}

impl Row {
    /// Why it must not be sent any more, if so.
    pub(crate) fn is_late(&self, now_s: u64) -> Option<&'static str> {
        if self.event_time_s + MAX_AGE_S < now_s {
            return Some("older than seven days before Meta took it");
        }
        is_past(self.browser_s, now_s).then_some(
            "more than 48 hours after its Pixel event: Meta would have counted it a second time",
        )
    }
}

/// What may be claimed.
pub(crate) struct Ask {
    /// Of this pixel.
    pub(crate) pixel_id: Arc<str>,
    /// Most rows.
    pub(crate) limit: usize,
    /// Most JSON, in bytes; one row may be larger.
    pub(crate) max_bytes: usize,
    /// Rows that are on their way already.
    pub(crate) busy: Arc<HashSet<i64>>,
}

/// What the sender may send now.
#[derive(Default)]
pub(crate) struct Claim {
    /// Oldest first.
    pub(crate) rows: Vec<Row>,
    /// When the next row is due if none is now, Unix time in ms.
    pub(crate) next_ms: Option<u64>,
}

/// A row and what became of it.
pub(crate) struct Settled {
    /// Which.
    pub(crate) id: i64,
    /// Which text of it was sent.
    pub(crate) revision: i64,
    /// What became of it.
    pub(crate) settlement: Settlement,
}

/// What became of a row.
#[derive(Clone)]
pub(crate) enum Settlement {
    /// Meta has it.
    Delivered,
    /// To be tried again.
    Retry {
        /// Not before this Unix time in ms.
        next_ms: u64,
        /// What Meta's trouble was.
        reason: String,
    },
    /// Meta refuses it for what it holds.
    Rejected {
        /// Meta's codes and words.
        reason: String,
    },
    /// Too old for Meta, or for its Pixel event.
    Expired {
        /// What said so.
        reason: String,
    },
}

/// How the outbox stands.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Counts {
    /// Events to be sent.
    pub(crate) waiting: u64,
    /// Events set aside because Meta refused them.
    pub(crate) rejected: u64,
    /// Events set aside because they were too old.
    pub(crate) expired: u64,
    /// How long the oldest one has been waiting, in seconds; 0 if none is.
    pub(crate) oldest_waiting_s: u64,
}

/// A dead letter: an event that was set aside.
#[derive(Debug, Serialize)]
pub(crate) struct Aside {
    pub(crate) id: i64,
    pub(crate) pixel_id: String,
    pub(crate) event_name: String,
    pub(crate) event_id: String,
    /// Unix time in seconds.
    pub(crate) event_time_s: u64,
    /// `rejected` or `expired`.
    pub(crate) state: String,
    /// Meta's codes and words, or what was too late.
    pub(crate) reason: String,
    /// When it was set aside, Unix time in ms.
    pub(crate) settled_ms: u64,
    /// The event, hashed as it was to be sent; absent in lists and once it is too old to be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) event: Option<Box<serde_json::value::RawValue>>,
}

/// Which dead letters.
pub(crate) enum Which {
    All,
    One(i64),
}

/// Where events wait. One process writes to it, or many: see each kind.
#[async_trait]
pub(crate) trait Outbox: Send + Sync {
    /// Keeps what a request brought. When this returns it is on the disk. Gives how many events are new.
    ///
    /// # Errors
    /// [`Error::Busy`], [`Error::StorageUnavailable`]: nothing of it is kept.
    async fn keep(&self, intake: Intake) -> Result<usize, Error>;
    /// The rows that may be sent now, at most as asked, but one at least if any is due.
    async fn claim(&self, ask: Ask) -> Result<Claim, Error>;
    /// Writes down what became of rows.
    async fn settle(&self, settled: Arc<[Settled]>) -> Result<(), Error>;
    /// Makes all that waits due: the clock jumped, so nobody knows what its waits mean.
    async fn wake(&self) -> Result<(), Error>;
    /// Forgets what nobody needs any more.
    async fn prune(&self) -> Result<(), Error>;
    /// Has sent what waits and was lost sight of.
    async fn sweep(&self) -> Result<(), Error>;
    /// How it stands.
    async fn counts(&self) -> Result<Counts, Error>;
    /// Changes whenever events were kept here.
    fn news(&self) -> watch::Receiver<()>;
    /// The dead letters, newest first, at most 1000.
    async fn set_aside(&self, which: Which) -> Result<Vec<Aside>, Error>;
    /// Has dead letters sent again. Gives how many.
    async fn retry(&self, which: Which) -> Result<usize, Error>;
    /// Deletes dead letters. Gives how many.
    async fn purge(&self, which: Which) -> Result<usize, Error>;
    /// Deletes what is known of a customer by the hash of an e-mail address or `external_id`. Gives how many events.
    async fn forget(&self, hash: &str) -> Result<usize, Error>;
    /// How long what the books are balanced by is kept.
    fn kept_for(&self) -> Duration;
    /// The orders that a shop spoke of first between two Unix times in ms.
    async fn purchases(&self, shop: &str, from_ms: u64, to_ms: u64) -> Result<Vec<Known>, Error>;
    /// The ids of a pixel's Purchases that happened between two Unix times in ms, and that Meta has.
    async fn delivered(
        &self,
        pixel_id: &str,
        from_ms: u64,
        to_ms: u64,
    ) -> Result<Vec<String>, Error>;
    /// What became of an event.
    async fn fate(
        &self,
        pixel_id: &str,
        event_name: &str,
        event_id: &str,
    ) -> Result<Option<Fate>, Error>;
    /// The hash of the customer's id that an order came with.
    async fn customer(
        &self,
        shop: &str,
        platform: &str,
        order_id: &str,
    ) -> Result<Option<String>, Error>;
}
