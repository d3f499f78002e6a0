//! What the endpoint takes: a Conversions API body whose every event Meta will take too, and nothing raw.
//!
//! Meta refuses a whole request for one bad event, so a bad one must stop here. Source: Conversions API reference and
//! the error bodies that Meta answers.

mod user;

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde_json::{Map, Value};

use crate::custom_data;
use crate::event::{MAX_AGE_S, ServerEvent, is_event_name};
use crate::event_id::is_usable;
use crate::json::{push_more, push_text};
use crate::notice::{Code, Notice, Notices};
use crate::personal::holds_email;
use crate::platform::{Native, Platform as _, host};
use crate::text::{decimal, is_one_of, join};
use crate::url::scrub;
use user::{Found, read_user};

/// Most events in one body, Meta's limit.
pub const MAX_EVENTS: usize = 1000;
/// A time beyond this is in milliseconds: as seconds it would be the year 5138.
const MAX_PLAUSIBLE_S: u64 = 100_000_000_000;
/// How far in the future an event may seem to be by the visitor's clock, in seconds.
const MAX_FUTURE_S: u64 = 24 * 60 * 60;
/// Clocks that differ by no more are not corrected, in seconds.
const MAX_SKEW_S: u64 = 5 * 60;

const ACTION_SOURCES: &str =
    "website email app phone_call chat physical_store system_generated business_messaging other";
/// Meta's other event keys: passed on as they came.
const OTHER: &str = "opt_out app_data data_processing_options data_processing_options_country \
     data_processing_options_state original_event_data attribution_data messaging_channel advanced_measurement_table \
     customer_segmentation";

/// The visitor as the endpoint sees them. Whoever posts could claim any address, so what the body says is not read.
#[derive(Debug, Clone, Copy)]
pub struct Client<'request> {
    /// IP address; empty if unknown.
    pub ip_address: &'request str,
    /// The `User-Agent` header; empty if there is none.
    pub user_agent: &'request str,
}

/// What a post's times are judged by.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// Ours, Unix time in seconds.
    pub now_s: u64,
    /// How far the visitor's is behind it, in seconds; `None` if unknown: see [`skew_s`].
    pub skew_s: Option<i64>,
}

/// An event that Meta will take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Meta's name of it.
    pub event_name: String,
    /// The id of both twins.
    pub event_id: String,
    /// When it happened, Unix time in seconds.
    pub event_time: u64,
    /// The event as Meta takes it.
    pub json: String,
}

/// The events of a body, `{"data":[…]}`, not looked into yet. Other top-level keys are ignored, as Meta does.
///
/// # Errors
/// `data` is missing, no list, empty or longer than [`MAX_EVENTS`].
pub fn events(mut body: Value) -> Result<Vec<Value>, Notice> {
    let refused = |code| {
        Err(Notice {
            code,
            field: String::from("data"),
        })
    };
    match body.get_mut("data").map(Value::take) {
        Some(Value::Array(events)) if events.len() > MAX_EVENTS => refused(Code::TooManyEvents),
        Some(Value::Array(events)) if !events.is_empty() => Ok(events),
        Some(Value::Array(_)) | None => refused(Code::FieldMissing),
        Some(_) => refused(Code::FieldType),
    }
}

/// How far the visitor's clock is behind ours, in seconds, by the body's `sent_at` (ms): `None` where it has none, and 0 for
/// what may be the time that the post took.
#[must_use]
pub fn skew_s(body: &Value, now_s: u64) -> Option<i64> {
    let sent_at_ms = body.get("sent_at").and_then(Value::as_u64)?;
    let skew_s = now_s as i64 - (sent_at_ms / 1000) as i64;
    Some(if skew_s.unsigned_abs() > MAX_SKEW_S {
        skew_s
    } else {
        0
    })
}

/// Reads one event. `None`: refused, and the first of the notices says why.
///
/// Repaired with a notice instead of refused: a time by a clock that is wrong, a time up to a day in the future (set to `now_s`), a malformed fbp or fbc
/// and parameters of the wrong type (left out). Repaired in silence: personal data in URLs.
#[must_use]
pub fn event(
    event: Value,
    client: Client<'_>,
    clock: Clock,
    notes: &mut Notices,
) -> Option<Accepted> {
    let mut refused = None;
    let accepted = read(event, client, clock, notes, &mut |code, field| {
        refused.get_or_insert(Notice { code, field });
    });
    match refused {
        None => accepted,
        Some(notice) => {
            notes.push_first(notice);
            None
        }
    }
}

type Refuse<'call> = &'call mut dyn FnMut(Code, String);

fn read(
    event: Value,
    client: Client<'_>,
    clock: Clock,
    notes: &mut Notices,
    refuse: Refuse<'_>,
) -> Option<Accepted> {
    let Value::Object(event) = event else {
        refuse(Code::FieldType, String::new());
        return None;
    };
    let mut event = Fields(event);
    let event_name = event
        .required("event_name", refuse)
        .and_then(|name| event_name(&name, refuse));
    let event_time = event
        .required("event_time", refuse)
        .and_then(|time| event_time(&time, clock, notes, refuse));
    let event_id = event
        .required("event_id", refuse)
        .and_then(|id| event_id(&id, refuse));
    let action_source = event
        .required("action_source", refuse)
        .and_then(|source| action_source(&source, refuse));
    let user = event
        .required("user_data", refuse)
        .and_then(|user| object(user, "user_data", refuse));
    let event_source_url = event.url("event_source_url", refuse);
    let referrer_url = event.url("referrer_url", refuse);
    let parameters = event
        .take("custom_data")
        .unwrap_or_else(|| Value::Object(Map::new()));
    let parameters = object(parameters, "custom_data", refuse)?;
    let more = event.others(refuse);

    let mut found = Found::default();
    read_user(user?, &mut found, notes, refuse);
    let mut user_data = found.user_data;
    (user_data.fbp, user_data.fbc, user_data.more) = (&found.fbp, &found.fbc, &found.more);
    (user_data.client_ip_address, user_data.client_user_agent) =
        (client.ip_address, client.user_agent);
    let (event_name, event_id) = (event_name?, event_id?);
    let accepted = ServerEvent {
        event_name: &event_name,
        event_time: event_time?,
        event_id: &event_id,
        event_source_url: &event_source_url,
        referrer_url: &referrer_url,
        action_source: &action_source?,
        user_data: &user_data,
        custom_data: &custom_data(
            &event_name,
            &Value::Object(parameters).to_string(),
            notes,
            refuse,
        )?,
        more: &more,
    };
    let json = accepted.json();
    Some(Accepted {
        event_time: accepted.event_time,
        event_name,
        event_id,
        json,
    })
}

/// The keys of an event that were not read yet.
struct Fields(Map<String, Value>);

impl Fields {
    /// The value under `key`; `null` and empty text count as not there.
    fn take(&mut self, key: &str) -> Option<Value> {
        self.0
            .remove(key)
            .filter(|value| !value.is_null() && value.as_str() != Some(""))
    }

    fn required(&mut self, key: &str, refuse: Refuse<'_>) -> Option<Value> {
        let value = self.take(key);
        if value.is_none() {
            refuse(Code::FieldMissing, String::from(key));
        }
        value
    }

    /// Scrubbed; empty if it is not there.
    fn url(&mut self, key: &str, refuse: Refuse<'_>) -> String {
        match self.take(key) {
            None => String::new(),
            Some(Value::String(url)) => scrub(&url, &Native),
            Some(_) => {
                refuse(Code::FieldType, String::from(key));
                String::new()
            }
        }
    }

    /// Whatever else Meta knows, as the inside of a JSON object.
    fn others(self, refuse: Refuse<'_>) -> String {
        let mut others = String::new();
        for (key, value) in self.0 {
            if !is_one_of(&key, OTHER) {
                refuse(Code::FieldUnknown, key);
            } else if holds_email(&value.to_string(), &Native) {
                refuse(Code::PersonalData, key);
            } else if !value.is_null() {
                push_member(&mut others, &key, &value);
            }
        }
        others
    }
}

fn push_member(members: &mut String, key: &str, value: &Value) {
    let mut member = String::new();
    push_text(&mut member, key);
    let member = join(&[&member, ":", &value.to_string()]);
    if members.is_empty() {
        *members = member
    } else {
        push_more(members, &member)
    }
}

fn object(value: Value, key: &str, refuse: Refuse<'_>) -> Option<Map<String, Value>> {
    match value {
        Value::Object(object) => Some(object),
        _ => {
            refuse(Code::FieldType, String::from(key));
            None
        }
    }
}

/// Text, or a whole number as its digits.
fn id_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        value => value.as_u64().map(decimal),
    }
}

fn event_name(value: &Value, refuse: Refuse<'_>) -> Option<String> {
    let name = value.as_str().filter(|name| is_event_name(name, &Native));
    if name.is_none() {
        refuse(Code::EventNameInvalid, String::from("event_name"));
    }
    name.map(String::from)
}

fn event_time(
    value: &Value,
    Clock { now_s, skew_s }: Clock,
    notes: &mut Notices,
    refuse: Refuse<'_>,
) -> Option<u64> {
    let field = || String::from("event_time");
    let digits = Native.rewrite(value.as_str().unwrap_or(&value.to_string()), host!(number));
    let Ok(mut time_s) = digits.parse::<u64>() else {
        refuse(Code::FieldType, field());
        return None;
    };
    let is_plausible = time_s <= MAX_PLAUSIBLE_S;
    let is_later = |time_s| time_s > now_s + MAX_FUTURE_S;
    if let Some(skew_s) = skew_s.filter(|_| is_plausible) {
        let seen_s = time_s;
        time_s = time_s.saturating_add_signed(skew_s);
        if is_later(time_s) {
            // By a clock that was set right between the event and its post.
            time_s = now_s;
        }
        if time_s != seen_s {
            notes.push(Code::EventTimeCorrected, "event_time");
        }
    }
    if time_s > MAX_PLAUSIBLE_S {
        refuse(Code::EventTimeMilliseconds, field());
    } else if time_s + MAX_AGE_S < now_s {
        refuse(Code::EventTimeTooOld, field());
    } else if is_later(time_s) {
        refuse(Code::EventTimeFuture, field());
    } else if time_s > now_s {
        notes.push(Code::EventTimeClamped, "event_time");
    }
    Some(time_s.min(now_s))
}

fn event_id(value: &Value, refuse: Refuse<'_>) -> Option<String> {
    let id = id_text(value).unwrap_or_default();
    if is_usable(&id, &Native) {
        return Some(id);
    }
    let code = if holds_email(&id, &Native) {
        Code::PersonalData
    } else {
        Code::EventIdInvalid
    };
    refuse(code, String::from("event_id"));
    None
}

fn action_source(value: &Value, refuse: Refuse<'_>) -> Option<String> {
    let source = value
        .as_str()
        .filter(|source| is_one_of(source, ACTION_SOURCES));
    if source.is_none() {
        refuse(Code::ActionSourceUnknown, String::from("action_source"));
    }
    source.map(String::from)
}

/// `None`: refused.
fn custom_data(
    event_name: &str,
    parameters: &str,
    notes: &mut Notices,
    refuse: Refuse<'_>,
) -> Option<String> {
    let mut told = Notices::new();
    let cleaned = custom_data::clean(parameters, &Native, &mut told);
    let fitting = custom_data::for_server(event_name, cleaned, parameters, &Native, &mut told);
    for Notice { code, field } in told.into_vec() {
        let path = join(&["custom_data.", &field]);
        match code {
            Code::PersonalData | Code::CurrencyMissing | Code::ValueMissing => refuse(code, path),
            _ => notes.push(code, &path),
        }
    }
    fitting
}
