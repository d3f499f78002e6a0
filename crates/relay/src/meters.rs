//! What is counted, for `/metrics`. Labels come from the configuration only, never from what is posted.

use std::sync::Arc;

use metrics::{counter, gauge, histogram};

use crate::books::Balance;
use crate::clock;
use crate::outbox::{Counts, Row};
use crate::standing::Ill;

/// Histograms, in seconds: upper bounds of their buckets.
pub(crate) const BOUNDS_S: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 2.0, 5.0, 60.0, 3600.0,
];
/// Fields whose share of events is worth watching.
const MATCH_FIELDS: [&str; 10] = [
    "em",
    "ph",
    "fn",
    "ln",
    "zp",
    "external_id",
    "fbp",
    "fbc",
    "client_ip_address",
    "client_user_agent",
];

/// Events that were answered for.
pub(crate) fn accepted(source: &'static str, events: usize, refused: usize) {
    counter!("twin_events_accepted_total", "source" => source).increment(events as u64);
    counter!("twin_events_refused_total", "source" => source).increment(refused as u64);
}

/// The time from a request to its answer.
pub(crate) fn answered(status: u16, seconds: f64) {
    histogram!("twin_answer_seconds", "status" => status.to_string()).record(seconds);
}

/// Events that Meta took.
pub(crate) fn delivered(pixel_id: &Arc<str>, rows: &[Row]) {
    let pixel = || pixel_id.to_string();
    counter!("twin_events_delivered_total", "pixel" => pixel()).increment(rows.len() as u64);
    let now_ms = clock::now_ms();
    for row in rows {
        let seconds = now_ms.saturating_sub(row.received_ms) as f64 / 1000.0;
        histogram!("twin_delivery_seconds", "pixel" => pixel()).record(seconds);
    }
    for field in MATCH_FIELDS {
        let key = format!("\"{field}\":");
        let having = rows.iter().filter(|row| row.json.contains(&key)).count();
        counter!("twin_match_field_total", "pixel" => pixel(), "field" => field)
            .increment(having as u64);
    }
}

/// Events that became dead letters.
pub(crate) fn set_aside(pixel_id: &Arc<str>, events: usize, is_late: bool) {
    let reason = if is_late { "expired" } else { "rejected" };
    counter!("twin_events_dead_total", "pixel" => pixel_id.to_string(), "reason" => reason)
        .increment(events as u64);
}

/// How a pixel stands with Meta: 1 for the trouble it has.
pub(crate) fn trouble(pixel_id: &Arc<str>, trouble: Option<Ill>) {
    for (kind, name) in [
        (Ill::Token, "token"),
        (Ill::Blocked, "blocked"),
        (Ill::Throttled, "throttled"),
        (Ill::Trouble, "trouble"),
    ] {
        let is_so = f64::from(u8::from(trouble == Some(kind)));
        gauge!("twin_pixel_trouble", "pixel" => pixel_id.to_string(), "trouble" => name).set(is_so);
    }
    if trouble.is_some() {
        counter!("twin_requests_failed_total", "pixel" => pixel_id.to_string()).increment(1);
    }
}

/// How the books of the last day stand.
pub(crate) fn books(shop: &str, pixel_id: &Arc<str>, balance: &Balance) {
    let unexplained = balance.unexplained();
    for (state, orders) in [
        ("accepted", balance.accepted),
        ("unexplained", unexplained),
        ("explained", balance.orders - balance.accepted - unexplained),
    ] {
        gauge!("twin_books_orders", "shop" => shop.to_owned(), "pixel" => pixel_id.to_string(), "state" => state)
            .set(orders as f64);
    }
}

/// How the outbox stands.
pub(crate) fn outbox(counts: &Counts) {
    for (state, events) in [
        ("waiting", counts.waiting),
        ("rejected", counts.rejected),
        ("expired", counts.expired),
    ] {
        gauge!("twin_outbox_events", "state" => state).set(events as f64);
    }
    gauge!("twin_outbox_oldest_waiting_seconds").set(counts.oldest_waiting_s as f64);
}
