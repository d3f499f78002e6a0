//! Conversions as JSON: the rows of `/api/conversions` and of the live stream.

use serde_json::{Value, json};

use crate::conversion::Conversion;
use crate::hints;
use crate::message::{Message, Reason};
use crate::pairing::Ledger;

/// One row. `id` is its number, for whoever keeps a list up to date.
pub(crate) fn row(conversion: &Conversion, ledger: &Ledger) -> Value {
    json!({
        "id": conversion.number,
        "pixel_id": conversion.pixel_id,
        "event_name": conversion.event_name,
        "event_id": conversion.event_id,
        "first_received_ms": conversion.first_received_ms,
        "browser": conversion.browser.as_ref().map(Message::view),
        "server": conversion.server.as_ref().map(Message::view),
        "counted": 1,
        "status": conversion.status(),
        "kept": conversion.kept,
        "reason": conversion.reason.map(Reason::name),
        "repeats": conversion.repeats,
        "hints": hints::texts(conversion, ledger),
    })
}

/// Which rows are asked for.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Filter {
    /// Only this dataset.
    pub(crate) pixel_id: Option<String>,
    /// Only this event name.
    pub(crate) event_name: Option<String>,
    /// At most so many, the newest.
    pub(crate) limit: Option<usize>,
}

/// The rows that pass, newest first.
pub(crate) fn rows(ledger: &Ledger, filter: &Filter) -> Vec<Value> {
    let passes =
        |wanted: &Option<String>, have: &str| wanted.as_deref().is_none_or(|wanted| wanted == have);
    ledger
        .newest_first()
        .filter(|conversion| {
            passes(&filter.pixel_id, &conversion.pixel_id)
                && passes(&filter.event_name, &conversion.event_name)
        })
        .take(filter.limit.unwrap_or(usize::MAX))
        .map(|conversion| row(conversion, ledger))
        .collect()
}
