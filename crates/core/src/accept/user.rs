//! The `user_data` of an event that comes to the endpoint: hashes, the two cookies, and what Meta takes unhashed.

use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::{Refuse, id_text, push_member};
use crate::cookies;
use crate::hash::already_hashed;
use crate::normalize::Field;
use crate::notice::{Code, Notices};
use crate::personal::holds_email;
use crate::platform::Native;
use crate::text::{is_one_of, join};
use crate::user_data::UserData;

/// Keys of `user_data` that Meta takes unhashed, as text. Source: Conversions API, customer information parameters.
const UNHASHED: &str = "subscription_id fb_login_id lead_id anon_id madid page_id page_scoped_user_id ctwa_clid \
     ig_account_id ig_sid app_user_id partner_id";

/// What `user_data` holds.
#[derive(Default)]
pub(super) struct Found {
    /// The hashed fields.
    pub(super) user_data: UserData<'static>,
    pub(super) fbp: String,
    pub(super) fbc: String,
    /// What Meta takes unhashed, as the inside of a JSON object.
    pub(super) more: String,
}

/// Reads it key by key into `found`.
pub(super) fn read_user(
    user: Map<String, Value>,
    found: &mut Found,
    notes: &mut Notices,
    refuse: Refuse<'_>,
) {
    for (key, value) in user {
        let path = join(&["user_data.", &key]);
        if value.is_null() {
            continue;
        }
        match (Field::from_key(&key), key.as_str()) {
            (Some(field), _) => hashed(field, value, &mut found.user_data, path, refuse),
            (None, "fbp") => found.fbp = cookie(&value, Code::FbpMalformed, &path, notes),
            (None, "fbc") => found.fbc = cookie(&value, Code::FbcMalformed, &path, notes),
            (None, "client_ip_address" | "client_user_agent") => {}
            (None, known) if is_one_of(known, UNHASHED) => match id_text(&value) {
                Some(text) if holds_email(&text, &Native) => refuse(Code::PersonalData, path),
                Some(text) => push_member(&mut found.more, &key, &Value::String(text)),
                None => refuse(Code::FieldType, path),
            },
            _ => refuse(Code::UserDataUnknown, path),
        }
    }
}

fn hashed(
    field: Field,
    value: Value,
    user_data: &mut UserData<'_>,
    path: String,
    refuse: Refuse<'_>,
) {
    let values = match value {
        Value::Array(values) => values,
        single => Vec::from([single]),
    };
    for value in values {
        match value.as_str() {
            Some("") => {}
            text => match text.and_then(|text| already_hashed(text, &Native)) {
                Some(hash) => user_data.add(field, hash),
                None => return refuse(Code::NotHashed, path),
            },
        }
    }
}

/// Empty if the value is none.
fn cookie(value: &Value, malformed: Code, path: &str, notes: &mut Notices) -> String {
    match value {
        Value::String(text) if cookies::is_valid(text, &Native) && !holds_email(text, &Native) => {
            text.clone()
        }
        _ => {
            notes.push(malformed, path);
            String::new()
        }
    }
}
