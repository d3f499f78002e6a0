//! One event from two halves: what the visitor's browser posted, and what the shop's own system reported.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde_json::{Map, Value};

/// How long after the Pixel event a server event still joins it, in seconds: 48 hours. Later it counts again.
///
/// Source: Meta, "Handling duplicate Pixel and Conversions API events".
pub const TWIN_WINDOW_S: u64 = 48 * 60 * 60;

/// What the browser alone knows of itself: its own word stands. `event_time` besides: see [`merge`].
const OF_BROWSER: &[&str] = &[
    "action_source",
    "event_source_url",
    "referrer_url",
    "opt_out",
    "data_processing_options",
    "data_processing_options_country",
    "data_processing_options_state",
];
/// The same inside `user_data`.
const USER_OF_BROWSER: &[&str] = &["fbp", "fbc", "client_ip_address", "client_user_agent"];

/// The union of two halves of one event, each a server event as JSON; one that is no object counts as not there.
///
/// Customer fields: all values of both. Cookies, address, user agent, page and limits of data use: the browser's.
/// Everything else, the money above all: the shop's. The time: the earlier, since that is when it happened.
#[must_use]
pub fn merge(browser: &str, shop: &str) -> String {
    let read = |text| serde_json::from_str::<Map<String, Value>>(text);
    let (Ok(browser_event), Ok(mut event)) = (read(browser), read(shop)) else {
        return String::from(if shop.is_empty() { browser } else { shop });
    };
    for (key, value) in browser_event {
        match (key.as_str(), event.get_mut(&key), value) {
            ("user_data", Some(Value::Object(user)), Value::Object(of_browser)) => {
                merge_user(user, of_browser);
            }
            ("custom_data", Some(Value::Object(parameters)), Value::Object(of_browser)) => {
                for (key, value) in of_browser {
                    parameters.entry(key).or_insert(value);
                }
            }
            ("event_time", Some(time), value) => {
                if value.as_u64() < time.as_u64() {
                    *time = value;
                }
            }
            (known, Some(_), value) if OF_BROWSER.contains(&known) => {
                event.insert(key, value);
            }
            (_, Some(_), _) => {}
            (_, None, value) => {
                event.insert(key, value);
            }
        }
    }
    Value::Object(event).to_string()
}

fn merge_user(user: &mut Map<String, Value>, of_browser: Map<String, Value>) {
    for (key, value) in of_browser {
        let Some(known) = user.get_mut(&key) else {
            user.insert(key, value);
            continue;
        };
        if USER_OF_BROWSER.contains(&key.as_str()) {
            *known = value;
        } else if *known != value {
            *known = union(known.take(), value);
        }
    }
}

/// The values of both, each once; one alone stays no list.
fn union(first: Value, second: Value) -> Value {
    let list = |value| match value {
        Value::Array(values) => values,
        single => Vec::from([single]),
    };
    let mut values = list(first);
    for value in list(second) {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    match values.pop() {
        Some(single) if values.is_empty() => single,
        Some(last) => {
            values.push(last);
            Value::Array(values)
        }
        None => Value::Null,
    }
}

/// Whether the second text says anything that the first does not.
#[must_use]
pub fn differs(known: &str, merged: &str) -> bool {
    let read = |text| serde_json::from_str::<Value>(text).ok();
    read(known) != read(merged)
}
