//! What a platform reports, in one form for all, and how its JSON is read.

use std::collections::BTreeMap;

use serde_json::Value;

/// What a request of a platform holds.
#[derive(Default)]
pub(super) struct Reported {
    /// The platform's id of this delivery, if it keeps it when it delivers again.
    pub(super) delivery_id: Option<String>,
    /// None for what does not concern us.
    pub(super) reports: Vec<Report>,
}

/// An order, a refund, or whatever else a system tells of a customer. Without `Debug`: it holds raw customer data.
#[derive(Default)]
pub(super) struct Report {
    /// Meta's name of what happened.
    pub(super) event_name: String,
    /// When, Unix time in seconds; `None`: now.
    pub(super) event_time_s: Option<u64>,
    /// The platform's ids, by their names in `event_id` of the configuration.
    pub(super) ids: BTreeMap<&'static str, String>,
    /// The id of the event where it isn't made of the order's.
    pub(super) own_event_id: Option<String>,
    /// The platform's word for how far the order is.
    pub(super) status: String,
    /// Why it makes no event.
    pub(super) refusal: Option<&'static str>,
    /// What it is worth.
    pub(super) value: Option<f64>,
    /// ISO 4217.
    pub(super) currency: Option<String>,
    /// The other parameters, `custom_data`.
    pub(super) parameters: serde_json::Map<String, Value>,
    /// Where it happened, if that is known.
    pub(super) url: Option<String>,
    /// `website` for an order of the shop's pages.
    pub(super) action_source: String,
    /// Customer values by field, raw or hashed.
    pub(super) user: Vec<(&'static str, String)>,
    /// Keys of `user_data` that Meta takes unhashed, `lead_id` above all.
    pub(super) unhashed: serde_json::Map<String, Value>,
    /// What only the browser knew, where the shop has noted it down.
    pub(super) fbp: Option<String>,
    pub(super) fbc: Option<String>,
    pub(super) ip_address: Option<String>,
    pub(super) user_agent: Option<String>,
}

impl Report {
    /// The id of its event: `form` with the order's field in it; the field stays as it is written if the order lacks it.
    pub(super) fn event_id(&self, form: &str) -> String {
        if let Some(own) = &self.own_event_id {
            return own.clone();
        }
        let mut id = form.to_owned();
        for (field, value) in &self.ids {
            id = id.replace(&format!("{{{field}}}"), value);
        }
        id
    }

    /// Adds a customer value if there is one.
    pub(super) fn know(&mut self, field: &'static str, value: Option<String>) {
        self.user.extend(value.map(|value| (field, value)));
    }

    /// Notes one of the platform's ids.
    pub(super) fn id(&mut self, name: &'static str, value: Option<String>) {
        self.ids.extend(value.map(|value| (name, value)));
    }

    /// Sets a parameter, unless there is nothing in it.
    pub(super) fn parameter(&mut self, name: &str, value: Value) {
        let is_empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if !is_empty {
            self.parameters.insert(name.into(), value);
        }
    }
}

/// The text at a JSON pointer, a number as its digits; `None` for an empty one.
pub(super) fn text(value: &Value, pointer: &str) -> Option<String> {
    match value.pointer(pointer)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The amount at a JSON pointer, written as a number or as text.
pub(super) fn amount(value: &Value, pointer: &str) -> Option<f64> {
    text(value, pointer)?
        .parse()
        .ok()
        .filter(|amount: &f64| amount.is_finite())
}

/// The list at a JSON pointer; empty if there is none.
pub(super) fn list<'value>(value: &'value Value, pointer: &str) -> &'value [Value] {
    value
        .pointer(pointer)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The value under a name in a list of `{name, value}`; `key` is what the platform calls `name`.
pub(super) fn named(list: &[Value], key: &str, names: &[&str]) -> Option<String> {
    list.iter()
        .find(|item| {
            item.get(key)
                .and_then(Value::as_str)
                .is_some_and(|name| names.contains(&name))
        })
        .and_then(|item| text(item, "/value"))
}

/// The Unix time, in seconds, of an RFC 3339 text; one without a zone is UTC, as WooCommerce writes it.
pub(super) fn time_s(value: &Value, pointer: &str) -> Option<u64> {
    let text = text(value, pointer)?;
    let parse = |text: &str| {
        time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok()
    };
    let time = parse(&text).or_else(|| parse(&format!("{text}Z")))?;
    u64::try_from(time.unix_timestamp()).ok()
}
