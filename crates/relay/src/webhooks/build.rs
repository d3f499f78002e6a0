//! From a report to Meta's event: by the same rules as what pages post, with the customer's values hashed here.

use serde_json::{Map, Value, json};
use twin_core::accept::{self, Accepted, Client, Clock};
use twin_core::normalize::{Field, year};
use twin_core::notice::Notices;
use twin_core::platform::Native;
use twin_core::raw::Raw;

use super::report::Report;
use crate::clock;

/// The event of a report; `None` if Meta would refuse it.
pub(super) fn event(report: &Report, event_id: &str) -> Option<Accepted> {
    let now_s = clock::now_s();
    let mut user_data = hashed(report);
    user_data.extend(report.unhashed.clone());
    for (key, value) in [("fbp", &report.fbp), ("fbc", &report.fbc)] {
        if let Some(value) = value {
            user_data.insert(key.into(), value.as_str().into());
        }
    }
    let mut custom_data = report.parameters.clone();
    if let Some(value) = report.value {
        custom_data.insert("value".into(), json!(value));
    }
    if let Some(currency) = &report.currency {
        let currency = currency.to_ascii_uppercase();
        custom_data.insert("currency".into(), currency.into());
    }
    let event = json!({
        "event_name": report.event_name,
        "event_time": report.event_time_s.unwrap_or(now_s),
        "event_id": event_id,
        "action_source": report.action_source,
        "event_source_url": report.url,
        "user_data": user_data,
        "custom_data": custom_data,
    });
    let client = Client {
        ip_address: report.ip_address.as_deref().unwrap_or_default(),
        user_agent: report.user_agent.as_deref().unwrap_or_default(),
    };
    let clock = Clock {
        now_s,
        skew_s: None,
    };
    let mut notes = Notices::new();
    let accepted = accept::event(event, client, clock, &mut notes);
    if accepted.is_none() {
        let why = notes.as_slice().first();
        let (code, field) = why.map_or(("", ""), |note| (note.code.name(), note.field.as_str()));
        tracing::warn!(code, field, "a report makes no event");
    }
    accepted
}

/// The customer's values as Meta's hashes, each field's in the order they came.
fn hashed(report: &Report) -> Map<String, Value> {
    let year = year(clock::now_ms());
    let mut user_data = Map::new();
    for (key, value) in &report.user {
        let hash = Field::from_key(key)
            .and_then(|field| Raw::new(value.clone()).hash(field, year, &Native));
        if let Some(hash) = hash {
            let values = user_data.entry(*key).or_insert_with(|| json!([]));
            if let Value::Array(values) = values {
                values.push(hash.as_str().into());
            }
        }
    }
    user_data
}

/// The hash of the customer's id.
pub(super) fn external_id(report: &Report) -> Option<String> {
    let user_data = hashed(report);
    let first = user_data.get("external_id")?.get(0)?.as_str()?;
    Some(first.to_owned())
}
