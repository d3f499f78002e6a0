//! Any other system, a CRM above all: `{"data":[event, …]}` in Meta's own names, customer values raw or hashed.

use serde_json::Value;
use twin_core::normalize::Field;

use super::report::{Report, Reported, amount, list, text};
use crate::error::Error;

/// Most events in one report.
const MAX_EVENTS: usize = 1000;

/// Keys of `user_data` that are read for themselves.
const OF_BROWSER: [&str; 4] = ["fbp", "fbc", "client_ip_address", "client_user_agent"];

/// Reads a report. The signature's time is what keeps replays out; what was kept is known by its id.
///
/// # Errors
/// [`Error::ReportInvalid`] for one without events, or whose events lack name or id.
pub(super) fn read(body: &Value) -> Result<Reported, Error> {
    let events = list(body, "/data");
    if events.is_empty() || events.len() > MAX_EVENTS {
        return Err(Error::ReportInvalid {
            field: "data".into(),
        });
    }
    let reports = events
        .iter()
        .enumerate()
        .map(|(index, event)| {
            report(event).map_err(|field| Error::ReportInvalid {
                field: format!("data[{index}].{field}"),
            })
        })
        .collect::<Result<_, _>>()?;
    Ok(Reported {
        delivery_id: None,
        reports,
    })
}

fn report(event: &Value) -> Result<Report, &'static str> {
    let mut report = Report {
        event_name: text(event, "/event_name").ok_or("event_name")?,
        event_time_s: event.get("event_time").and_then(Value::as_u64),
        status: text(event, "/status").unwrap_or_else(|| "paid".into()),
        value: amount(event, "/custom_data/value"),
        currency: text(event, "/custom_data/currency"),
        action_source: text(event, "/action_source").unwrap_or_else(|| "system_generated".into()),
        url: text(event, "/event_source_url"),
        fbp: text(event, "/user_data/fbp"),
        fbc: text(event, "/user_data/fbc"),
        ip_address: text(event, "/user_data/client_ip_address"),
        user_agent: text(event, "/user_data/client_user_agent"),
        ..Report::default()
    };
    let is_unpaid = report.event_name == "Purchase" && report.status != "paid";
    report.refusal = is_unpaid.then_some("not paid");
    report.id("order_id", text(event, "/custom_data/order_id"));
    report.own_event_id = text(event, "/event_id");
    if report.own_event_id.is_none() && report.ids.is_empty() {
        return Err("event_id");
    }
    for field in Field::ALL {
        let pointer = format!("/user_data/{}", field.key());
        let values = list(event, &pointer);
        let many = values.iter().filter_map(|value| text(value, ""));
        report.user.extend(many.map(|value| (field.key(), value)));
        report.know(field.key(), text(event, &pointer));
    }
    if let Some(user) = event.get("user_data").and_then(Value::as_object) {
        let is_read = |key: &str| Field::from_key(key).is_some() || OF_BROWSER.contains(&key);
        let others = user.iter().filter(|(key, _)| !is_read(key));
        report.unhashed = others
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
    }
    if let Some(parameters) = event.get("custom_data").and_then(Value::as_object) {
        report.parameters = parameters.clone();
    }
    Ok(report)
}
