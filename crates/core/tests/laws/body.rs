//! What the endpoint takes.

use serde_json::{Map, Value, json};
use twin_core::accept::{self, Accepted, Client, Clock};
use twin_core::event::is_event_name;
use twin_core::event_id::is_usable;
use twin_core::merge::{differs, merge};
use twin_core::normalize::Field;
use twin_core::notice::Notices;
use twin_core::personal::holds_email;
use twin_core::platform::Native;

use super::{CLOCK, NOW_S};

const CLIENT: Client<'_> = Client {
    ip_address: "203.0.113.9",
    user_agent: "Mozilla/5.0",
};
/// An address that no event may get through with.
const CANARY: &str = "Canary.Person@mail.example";

/// For a body as it is posted.
pub(crate) fn law(bytes: &[u8]) {
    let Ok(body) = serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    let skew_s = accept::skew_s(&body, NOW_S);
    let mut before: Option<Accepted> = None;
    for event in accept::events(body).into_iter().flatten() {
        of(&event, Clock { skew_s, ..CLOCK });
        of(&event, CLOCK);
        planted(&event);
        if let Some(accepted) = accept::event(event, CLIENT, CLOCK, &mut Notices::new()) {
            if let Some(before) = &before {
                halves(before, &accepted);
            }
            before = Some(accepted);
        }
    }
}

/// What is taken is whole and holds nothing raw, and is taken again as it is; what is refused has a reason.
pub(crate) fn of(event: &Value, clock: Clock) {
    let mut notes = Notices::new();
    let Some(accepted) = accept::event(event.clone(), CLIENT, clock, &mut notes) else {
        assert!(!notes.as_slice().is_empty(), "{event}");
        return;
    };
    assert!(is_event_name(&accepted.event_name, &Native) && is_usable(&accepted.event_id, &Native));
    assert!(accepted.event_time <= NOW_S);
    let read: Value = serde_json::from_str(&accepted.json).expect("JSON");
    assert_eq!(read["event_id"], accepted.event_id.as_str());
    for field in Field::ALL {
        let values = read["user_data"].get(field.key());
        let many = values.map(|value| {
            value
                .as_array()
                .cloned()
                .unwrap_or_else(|| vec![value.clone()])
        });
        for value in many.into_iter().flatten() {
            let hash = value.as_str().unwrap_or_default();
            let is_hex = hash
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            assert!(
                is_hex && matches!(hash.len(), 32 | 64),
                "{}: {hash:?}",
                field.key()
            );
        }
    }
    no_address(&read, "");
    let mut again = Notices::new();
    let twice = accept::event(read, CLIENT, CLOCK, &mut again);
    assert_eq!(twice.as_ref(), Some(&accepted), "{again:?}");
    assert!(
        again.as_slice().is_empty(),
        "{again:?} of {}",
        accepted.json
    );
}

/// No text of an event holds an e-mail address. In a page's address a slash before an `@` makes it look like one.
fn no_address(value: &Value, key: &str) {
    match value {
        Value::String(text) if !key.ends_with("_url") => {
            assert!(!holds_email(text, &Native), "{key}: {text:?}");
        }
        Value::Array(items) => items.iter().for_each(|item| no_address(item, key)),
        Value::Object(members) => members.iter().for_each(|(key, value)| {
            assert!(!holds_email(key, &Native), "{key:?}");
            no_address(value, key);
        }),
        _ => {}
    }
}

/// Raw values that a shop put where none belongs get no further, nor into what is told of them.
fn planted(event: &Value) {
    let Value::Object(event) = event else { return };
    let into = |key: &str, inner: &str, value: Value| {
        let mut event = event.clone();
        let member = event.entry(key).or_insert_with(|| json!({}));
        if let Some(object) = member.as_object_mut() {
            object.insert(inner.to_owned(), value);
        }
        event
    };
    let mut spoilt: Vec<Map<String, Value>> = Field::ALL
        .map(|field| into("user_data", field.key(), json!([CANARY])))
        .into();
    for key in ["note", "content_name", "order_id", "email"] {
        spoilt.push(into("custom_data", key, json!(CANARY)));
    }
    spoilt.push(into("custom_data", CANARY, json!(1)));
    spoilt.push(into(
        "custom_data",
        "contents",
        json!([{"id": "1", "title": CANARY}]),
    ));
    spoilt.push(into("app_data", "a", json!({"b": [CANARY]})));
    for (key, value) in [
        ("event_id", json!(CANARY)),
        ("event_name", json!(CANARY)),
        (
            "event_source_url",
            json!(format!("https://shop.example/{CANARY}?q={CANARY}#{CANARY}")),
        ),
    ] {
        let mut event = event.clone();
        event.insert(key.to_owned(), value);
        spoilt.push(event);
    }
    for event in spoilt {
        let holds_canary = |text: &str| text.contains("Canary") || text.contains("canary");
        let mut notes = Notices::new();
        let accepted = accept::event(Value::Object(event), CLIENT, CLOCK, &mut notes);
        if let Some(accepted) = accepted {
            assert!(!holds_canary(&accepted.json), "{}", accepted.json);
        }
        assert!(
            !notes
                .as_slice()
                .iter()
                .any(|note| holds_canary(&note.field)),
            "{notes:?}"
        );
    }
}

/// Two halves make one whole: an event that a half adds nothing to is itself, and what was merged is merged for good.
fn halves(one: &Accepted, other: &Accepted) {
    assert!(!differs(&one.json, &merge(&one.json, &one.json)));
    let merged = merge(&one.json, &other.json);
    assert!(!differs(&merged, &merge(&one.json, &merged)));
    let read: Value = serde_json::from_str(&merged).expect("JSON");
    assert_eq!(read["event_time"], one.event_time.min(other.event_time));
}
