//! JSON text, written and walked without a tree: what the browser posts and what the relay sends are made here.
//!
//! What is walked must be sound JSON: the companion writes it itself, the relay has parsed it with a library before.

use alloc::string::String;

use crate::hash::push_hex;
use crate::text::decimal;

/// Appends text as a JSON string.
pub fn push_text(json: &mut String, text: &str) {
    json.push_str("\"");
    let mut start = 0;
    for (place, byte) in text.bytes().enumerate() {
        if byte < b' ' || byte == b'"' || byte == b'\\' {
            json.push_str(text.get(start..place).unwrap_or_default());
            json.push_str("\\u00");
            push_hex(json, byte);
            start = place + 1;
        }
    }
    json.push_str(text.get(start..).unwrap_or_default());
    json.push_str("\"");
}

/// Appends a key that needs no escaping, or has been escaped; after a comma unless it is the first of its object.
pub fn push_key(json: &mut String, key: &str) {
    json.push_str(if json.ends_with('{') { "\"" } else { ",\"" });
    json.push_str(key);
    json.push_str("\":");
}

/// Appends a key with a text, unless the text is empty.
pub fn push_pair(json: &mut String, key: &str, text: &str) {
    if !text.is_empty() {
        push_key(json, key);
        push_text(json, text);
    }
}

/// Appends a key with a whole number.
pub fn push_whole(json: &mut String, key: &str, number: u64) {
    push_key(json, key);
    json.push_str(&decimal(number));
}

/// Appends pairs that are JSON already (`"a":1,"b":2`), if there are any.
pub fn push_more(json: &mut String, pairs: &str) {
    if !pairs.is_empty() {
        json.push_str(if json.ends_with('{') { "" } else { "," });
        json.push_str(pairs);
    }
}

/// Walks the members of an object (key, value) or the items of a list (empty key, value), each value as JSON text. Keys are
/// still escaped. Nothing else has members. In the browser JavaScript does this.
#[cfg(feature = "relay")]
pub fn each<'json>(json: &'json str, call: &mut dyn FnMut(&'json str, &'json str)) {
    let is_object = json.starts_with('{');
    if !is_object && !json.starts_with('[') {
        return;
    }
    let mut rest = json.get(1..).unwrap_or_default();
    while !rest.is_empty() && !rest.starts_with(['}', ']']) {
        let mut key = "";
        if is_object {
            key = inner(take(&mut rest));
            rest = rest.get(1..).unwrap_or_default();
        }
        let value = take(&mut rest);
        call(key, value);
        // A colon after a value is no sound JSON; left there it would be met again for ever.
        rest = rest.strip_prefix([',', ':']).unwrap_or(rest);
    }
}

/// Takes one value, white space being nowhere.
#[cfg(feature = "relay")]
fn take<'json>(rest: &mut &'json str) -> &'json str {
    let mut depth = 0;
    let mut is_text = false;
    let mut is_escaped = false;
    let mut end = rest.len();
    for (place, byte) in rest.bytes().enumerate() {
        if is_text {
            if byte == b'"' && !is_escaped {
                is_text = false;
            }
            is_escaped = byte == b'\\' && !is_escaped;
            continue;
        }
        match byte {
            b'"' => is_text = true,
            b'[' | b'{' => depth += 1,
            b']' | b'}' if depth > 0 => depth -= 1,
            b']' | b'}' | b',' | b':' if depth == 0 => {
                end = place;
                break;
            }
            _ => {}
        }
    }
    let (value, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
    *rest = after;
    value
}

/// What stands between the quotes of a JSON string, still escaped; empty if it is none.
#[must_use]
pub fn inner(json: &str) -> &str {
    json.strip_prefix('"')
        .and_then(|json| json.strip_suffix('"'))
        .unwrap_or_default()
}
