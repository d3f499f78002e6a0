//! Everything the stand-in remembers, behind one lock, and the live stream of what changes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::broadcast;

use crate::clock::Clock;
use crate::config::Settings;
use crate::faults::Faults;
use crate::lints::Lints;
use crate::message::Message;
use crate::pairing::{Ledger, MOST_MESSAGES, Verdict};
use crate::report::Report;
use crate::rows;

/// Entries of `/__sim/events`.
const MOST_LOGGED_EVENTS: usize = 1_000;
/// Entries of `/__sim/requests`.
const MOST_LOGGED_REQUESTS: usize = 200;
/// Live messages a slow page may be behind before it has to read everything again.
const LIVE_BACKLOG: usize = 1_024;

/// The stand-in: settings, clock, memory, live stream.
#[derive(Debug)]
pub struct StandIn {
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    books: Mutex<Books>,
    live: broadcast::Sender<Arc<Live>>,
}

/// What was received and what it came to.
#[derive(Debug)]
pub(crate) struct Books {
    pub(crate) ledger: Ledger,
    pub(crate) report: Report,
    pub(crate) faults: Faults,
    /// What Event Match Quality is said to be, by event name.
    pub(crate) scores: BTreeMap<String, f64>,
    /// Newest last.
    pub(crate) events: VecDeque<Value>,
    /// Newest last.
    pub(crate) requests: VecDeque<Value>,
}

/// One message of the live stream.
#[derive(Debug)]
pub(crate) struct Live {
    /// `conversions`, `request` or `clear`.
    pub(crate) event: &'static str,
    /// JSON.
    pub(crate) data: String,
}

/// An entry of `/__sim/events`.
#[derive(Debug, Serialize)]
pub(crate) struct LoggedEvent<'a> {
    pub(crate) received_ms: i64,
    pub(crate) source: &'static str,
    pub(crate) pixel_id: &'a str,
    pub(crate) event_name: Option<&'a str>,
    pub(crate) event_id: Option<&'a str>,
    /// `counted`, `twin`, `repeat`, `rejected`, or `ignored` (a Pixel event without dataset or name).
    pub(crate) verdict: &'static str,
    pub(crate) reason: Option<&'static str>,
    /// `id` of its row.
    pub(crate) conversion: Option<u64>,
    pub(crate) test_event_code: Option<&'a str>,
    pub(crate) lints: &'a Lints,
}

impl StandIn {
    /// An empty one.
    pub fn new(settings: Settings) -> Self {
        let books = Books {
            ledger: Ledger::new(settings.same_source, MOST_MESSAGES),
            report: Report::default(),
            faults: Faults::default(),
            scores: BTreeMap::new(),
            events: VecDeque::new(),
            requests: VecDeque::new(),
        };
        Self {
            settings,
            clock: Clock::default(),
            books: Mutex::new(books),
            live: broadcast::Sender::new(LIVE_BACKLOG),
        }
    }

    /// The memory. Nobody holds it across an `await`.
    pub(crate) fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes accepted messages in, in order, and tells the live stream.
    pub(crate) fn accept(&self, books: &mut Books, messages: Vec<Message>) {
        let mut changed = BTreeSet::new();
        for message in messages {
            let (name, source) = (message.event_name.clone(), message.source);
            let copy = message.clone();
            let receipt = books.ledger.receive(message);
            books.report.accepted(&name, source, receipt.verdict);
            books.log_message(&copy, receipt.verdict, receipt.number);
            changed.insert(receipt.number);
            changed.extend(receipt.touched);
        }
        if self.has_listeners() {
            let rows: Vec<Value> = changed
                .iter()
                .filter_map(|&number| books.ledger.get(number))
                .map(|conversion| rows::row(conversion, &books.ledger))
                .collect();
            self.tell(
                "conversions",
                json!({ "rows": rows, "totals": books.report.totals() }),
            );
        }
    }

    /// Remembers a Graph request and tells the live stream.
    pub(crate) fn log_request(&self, books: &mut Books, request: Value) {
        if self.has_listeners() {
            self.tell(
                "request",
                json!({ "request": request, "totals": books.report.totals() }),
            );
        }
        push_bounded(&mut books.requests, request, MOST_LOGGED_REQUESTS);
    }

    /// Forgets everything received; faults and clock stay.
    pub(crate) fn clear(&self) {
        let mut books = self.books();
        books.ledger.clear();
        books.report = Report::default();
        books.events.clear();
        books.requests.clear();
        self.tell("clear", json!({ "totals": books.report.totals() }));
    }

    /// As newly started.
    pub(crate) fn reset(&self) {
        self.clock.reset();
        self.books().faults.clear();
        self.books().scores.clear();
        self.clear();
    }

    /// The live stream from now on.
    pub(crate) fn listen(&self) -> broadcast::Receiver<Arc<Live>> {
        self.live.subscribe()
    }

    fn has_listeners(&self) -> bool {
        self.live.receiver_count() > 0
    }

    fn tell(&self, event: &'static str, data: Value) {
        // Fails only when nobody listens.
        let _ = self.live.send(Arc::new(Live {
            event,
            data: data.to_string(),
        }));
    }
}

impl Books {
    /// Remembers an event for `/__sim/events`.
    pub(crate) fn log_event(&mut self, event: &LoggedEvent<'_>) {
        push_bounded(&mut self.events, json!(event), MOST_LOGGED_EVENTS);
    }

    fn log_message(&mut self, message: &Message, verdict: Verdict, number: u64) {
        let (verdict, reason) = match verdict {
            Verdict::Counted => ("counted", None),
            Verdict::Twin(reason) => ("twin", Some(reason.name())),
            Verdict::Repeat(reason) => ("repeat", Some(reason.name())),
        };
        self.log_event(&LoggedEvent {
            received_ms: message.received_ms,
            source: message.source.name(),
            pixel_id: &message.pixel_id,
            event_name: Some(&message.event_name),
            event_id: message.event_id.as_deref(),
            verdict,
            reason,
            conversion: Some(number),
            test_event_code: message.test_event_code.as_deref(),
            lints: &message.lints,
        });
    }
}

fn push_bounded<T>(list: &mut VecDeque<T>, item: T, most: usize) {
    if list.len() >= most {
        list.pop_front();
    }
    list.push_back(item);
}
