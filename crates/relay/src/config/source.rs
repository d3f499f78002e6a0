//! Where the configuration's keys come from: the file, and over it the environment.

use std::path::Path;

use figment::Figment;
use figment::providers::Serialized;
use figment::value::{Dict, Value};
use serde::de::DeserializeOwned;

use super::RELAY_KEYS;
use super::shop::SHOP_KEYS;
use crate::error::StartError;

/// Lists in the environment are parted by commas.
const LISTS: [&str; 4] = ["allowed_origins", "trusted_proxies", "events", "secrets"];
/// Numbers in the environment; everything else there is text, also what looks like a number.
const NUMBERS: [&str; 6] = [
    "max_value",
    "books_alarm_below",
    "hold_ms",
    "posts_per_s_per_address",
    "posts_per_s_per_shop",
    "max_connections",
];
/// The one key that is true or false.
const SWITCH: &str = "sends_itself";

/// All keys, and the names of variables that only look like ours.
pub(super) fn gather(
    file: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<(Dict, Vec<String>), StartError> {
    let table = file.map_or_else(|| Ok(toml::Table::new()), read)?;
    let (found, unknown) = from_environment(environment);
    let keys = Figment::from(Serialized::defaults(table))
        .merge(Serialized::defaults(found))
        .extract()
        .map_err(|error| super::problem::unfit(&error, ""))?;
    Ok((keys, unknown))
}

/// Reads keys into a type.
pub(super) fn extract<T: DeserializeOwned>(keys: Dict) -> Result<T, Box<figment::Error>> {
    Figment::from(Serialized::defaults(keys))
        .extract()
        .map_err(Box::new)
}

fn read(path: &Path) -> Result<toml::Table, StartError> {
    let text = std::fs::read_to_string(path).map_err(|cause| StartError::ConfigUnreadable {
        path: path.into(),
        cause,
    })?;
    toml::from_str(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        StartError::ConfigSyntax {
            path: path.into(),
            line: before.map_or(1, |before| before.split('\n').count()),
            problem: error.message().into(),
        }
    })
}

/// Our keys among the variables; `__` parts the levels of a key, as in `TWIN_WEBHOOKS__STRIPE__SECRETS`. An empty text
/// counts as not set, an empty list is an empty list.
fn from_environment(environment: impl Iterator<Item = (String, String)>) -> (Dict, Vec<String>) {
    let (mut found, mut unknown) = (Dict::new(), Vec::new());
    for (name, value) in environment {
        let Some(written) = name.strip_prefix("TWIN_") else {
            continue;
        };
        let key = written.to_ascii_lowercase();
        let path: Vec<&str> = key.split("__").collect();
        let (Some(first), Some(last)) = (path.first(), path.last()) else {
            continue;
        };
        if !RELAY_KEYS.contains(first) && !SHOP_KEYS.contains(first)
            || written != key.to_uppercase()
        {
            // The path of the file itself.
            if written != "CONFIG" {
                unknown.push(name);
            }
        } else if let Some(value) = read_value(last, value.trim()) {
            insert(&mut found, &path, value);
        }
    }
    (found, unknown)
}

fn read_value(key: &str, text: &str) -> Option<Value> {
    if LISTS.contains(&key) {
        let items = text.split(',').map(str::trim);
        let items: Vec<_> = items.filter(|item| !item.is_empty()).collect();
        return Some(items.into());
    }
    if text.is_empty() {
        return None;
    }
    Some(match text.parse::<u64>() {
        Ok(number) if NUMBERS.contains(&key) => number.into(),
        _ if key == SWITCH => text.parse().map_or_else(|_| text.into(), bool::into),
        _ => text.into(),
    })
}

fn insert(into: &mut Dict, path: &[&str], value: Value) {
    match path {
        [] => {}
        [key] => {
            into.insert((*key).into(), value);
        }
        [key, rest @ ..] => {
            let mut below = into
                .remove(*key)
                .and_then(Value::into_dict)
                .unwrap_or_default();
            insert(&mut below, rest, value);
            into.insert((*key).into(), below.into());
        }
    }
}
