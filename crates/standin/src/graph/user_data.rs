//! `user_data`: which fields Meta knows, how they must look, and whether they could match anybody.

use std::net::IpAddr;

use serde_json::Value;

use super::errors::GraphError;
use super::shape::{self, INTEGER, Object, STRING, at, filled, get, wrong};
use super::texts;
use crate::config::Profile;
use crate::identifiers::{self, HASHED_FIELDS};
use crate::lints::Lints;

/// Known fields that need no hash.
const PLAIN_FIELDS: [&str; 15] = [
    "external_id",
    "client_ip_address",
    "client_user_agent",
    "fbc",
    "fbp",
    "subscription_id",
    "fb_login_id",
    "lead_id",
    "anon_id",
    "madid",
    "page_id",
    "page_scoped_user_id",
    "ctwa_clid",
    "ig_account_id",
    "ig_sid",
];
/// Known to Meta's SDKs only.
const SDK_FIELDS: [&str; 7] = [
    "app_user_id",
    "f5first",
    "f5last",
    "fi",
    "dobd",
    "dobm",
    "doby",
];

/// An event may not have only fields of one of these sets. Source: Customer Information Parameters, since v13.0.
const TOO_BROAD: [&[&str]; 4] = [
    &["ct", "country", "st", "zp", "ge", "client_user_agent"],
    &["db", "client_user_agent"],
    &["fn", "ge"],
    &["ln", "ge"],
];

/// Checks the types of `user_data` at `path`, and lints what Meta would silently not match.
pub(crate) fn check_types(
    user: &Object,
    path: &str,
    now_ms: i64,
    profile: Profile,
    lints: &mut Lints,
) -> Result<(), GraphError> {
    for (key, value) in user.iter().filter(|(_, value)| !value.is_null()) {
        let key = key.as_str();
        let hashed = HASHED_FIELDS.contains(&key);
        if hashed || key == "external_id" {
            for text in texts_of(value).ok_or_else(|| wrong(&at(path, key), STRING))? {
                let good =
                    !hashed || text.is_empty() || identifiers::check_hashed(key, &text, lints);
                if !good && profile == Profile::Docs {
                    return Err(wrong(
                        &at(path, key),
                        ("a SHA-256 hash", "un hachage SHA-256"),
                    ));
                }
            }
        } else if PLAIN_FIELDS.contains(&key) || SDK_FIELDS.contains(&key) {
            if !shape::is_text(value) {
                let kind = if key == "lead_id" { INTEGER } else { STRING };
                return Err(wrong(&at(path, key), kind));
            }
        } else {
            lints.push(
                format!("unknown_user_data_{key}"),
                format!("user_data has no parameter {key:?}."),
            );
        }
    }
    let text = |key| filled(user, key).and_then(Value::as_str);
    if let Some(fbp) = text("fbp") {
        identifiers::check_fbp(fbp, now_ms, lints);
    }
    if let Some(fbc) = text("fbc") {
        identifiers::check_fbc(fbc, now_ms, lints);
    }
    if let Some(address) = text("client_ip_address") {
        check_address(address, lints);
    }
    if text("client_user_agent").is_some_and(identifiers::is_sha256) {
        lints.push(
            "hashed_client_user_agent",
            "client_user_agent is hashed: Meta wants it as it is.",
        );
    }
    Ok(())
}

/// Refuses customer information that is missing or so broad that it could be anybody.
pub(crate) fn check_sufficient(user: &Object) -> Result<(), GraphError> {
    let known = |key: &str| {
        HASHED_FIELDS.contains(&key) || PLAIN_FIELDS.contains(&key) || SDK_FIELDS.contains(&key)
    };
    let present: Vec<&str> = user
        .iter()
        .filter(|(key, value)| known(key) && is_present(value))
        .map(|(key, _)| key.as_str())
        .collect();
    // Nothing at all is a subset of every set.
    if TOO_BROAD
        .iter()
        .any(|set| present.iter().all(|key| set.contains(key)))
    {
        return Err(GraphError::invalid_parameter(
            2_804_050,
            texts::customer_information(),
        ));
    }
    Ok(())
}

/// A website event should carry the visitor's user agent.
pub(crate) fn has_user_agent(user: &Object) -> bool {
    filled(user, "client_user_agent").is_some()
}

/// The texts of a field that may hold one or several. `None`: something else is in it.
pub(crate) fn texts_of(value: &Value) -> Option<Vec<String>> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null => Some(String::new()),
        _ => None,
    };
    match value {
        Value::Array(members) => members.iter().map(text).collect(),
        single => Some(vec![text(single)?]),
    }
}

fn is_present(value: &Value) -> bool {
    texts_of(value).is_some_and(|texts| texts.iter().any(|text| !text.is_empty()))
}

fn check_address(text: &str, lints: &mut Lints) {
    if identifiers::is_sha256(text) {
        lints.push(
            "hashed_client_ip_address",
            "client_ip_address is hashed: Meta wants it as it is.",
        );
        return;
    }
    // A parameter builder's appendix may follow the address.
    let without_appendix = text.rsplit_once('.').map_or(text, |(address, _)| address);
    let Ok(address) = text.parse::<IpAddr>().or_else(|_| without_appendix.parse()) else {
        lints.push(
            "client_ip_address_invalid",
            format!("client_ip_address is {text:?}: not an IP address."),
        );
        return;
    };
    let inner = match address {
        IpAddr::V4(v4) => {
            v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified()
        }
        IpAddr::V6(v6) => {
            v6.is_loopback()
                || v6.is_unique_local()
                || v6.is_unicast_link_local()
                || v6.is_unspecified()
        }
    };
    if inner {
        lints.push(
            "client_ip_address_private",
            format!(
                "client_ip_address is {address}: an address of a private network matches nobody."
            ),
        );
    }
}

/// `external_id`, for pairing: every text in it.
pub(crate) fn external_ids(user: &Object) -> Vec<String> {
    let texts = get(user, "external_id")
        .and_then(texts_of)
        .unwrap_or_default();
    texts.into_iter().filter(|text| !text.is_empty()).collect()
}
