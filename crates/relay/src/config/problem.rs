//! How a mistake in the configuration is told: which key, what is wrong with it, and what to write instead.

use figment::error::Kind;

use super::RELAY_KEYS;
use super::shop::SHOP_KEYS;
use crate::error::StartError;

/// The value itself is not quoted: it may be the token. `place`: what stands before the key.
pub(super) fn unfit(error: &figment::Error, place: &str) -> StartError {
    let key = format!("{place}{}", error.path.join("."));
    let (key, problem, fix) = match &error.kind {
        Kind::UnknownField(name, _) => (
            format!("{place}{name}"),
            "is not a key that twin-relay knows".into(),
            format!(
                "remove it or correct its spelling; the keys are {}, {}",
                RELAY_KEYS.join(", "),
                SHOP_KEYS.join(", ")
            ),
        ),
        Kind::InvalidType(_, expected) if expected.contains("sequence") => (
            key,
            "is not a list".into(),
            "write it as [\"…\", \"…\"] in the file, with commas in the environment".into(),
        ),
        Kind::InvalidType(_, expected) if expected.contains('u') && !expected.contains("str") => (
            key,
            "is not a whole number".into(),
            "write the number without quotes, as in key = 20".into(),
        ),
        Kind::InvalidType(_, expected) if expected.contains("bool") => (
            key,
            "is neither true nor false".into(),
            "write it without quotes, as in key = true".into(),
        ),
        Kind::InvalidType(..) => (
            key,
            "is not text".into(),
            "put the value in quotes, as in key = \"value\"".into(),
        ),
        _ => (
            key,
            "can't be read".into(),
            "compare it with twin-relay.example.toml".into(),
        ),
    };
    StartError::Config { key, problem, fix }
}

pub(super) fn parsed<T>(
    key: &str,
    given: Option<String>,
    default: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, StartError> {
    let text = given.as_deref().unwrap_or(default);
    parse(text).ok_or_else(|| wrong(key, text))
}

pub(super) fn each<T>(
    key: &str,
    given: &[String],
    parse: fn(&str) -> Option<T>,
) -> Result<Vec<T>, StartError> {
    let parse = |text: &String| parse(text).ok_or_else(|| wrong(key, text));
    given.iter().map(parse).collect()
}

pub(super) fn missing(key: &str) -> StartError {
    problem(key, "is missing".into())
}

/// A long value is not quoted: it may be the token, put under the wrong key.
pub(super) fn wrong(key: &str, value: &str) -> StartError {
    let quoted = match value.chars().count() {
        ..=60 => format!("\"{value}\""),
        length => format!("of {length} characters"),
    };
    problem(key, format!("has the value {quoted}, which does not fit"))
}

pub(super) fn problem(key: &str, problem: String) -> StartError {
    let variable = key.to_ascii_uppercase().replace('.', "__");
    let fix = match key.rsplit('.').next().unwrap_or(key) {
        "pixel_id" => "give the digits that Events Manager shows for the pixel, in quotes",
        "access_token" => {
            "give the token that Events Manager makes under Settings, Conversions API"
        }
        "graph_base" => {
            "give an https address without a query (\"https://graph.facebook.com\"); http is only for a stand-in on this machine"
        }
        "graph_version" => "give a version of the Graph API (\"v26.0\")",
        "test_event_code" => {
            "give the code from the Test events page (\"TEST12345\"), or leave it out"
        }
        "allowed_origins" => {
            "give each origin in full, scheme and host and perhaps a port (\"https://shop.example\"), or \"null\" for frames in a sandbox"
        }
        "listen" | "admin_listen" => {
            "give an IP address and a port (\"127.0.0.1:8081\"; port 0 for any free one)"
        }
        "admin_token" => "give a long random text that whoever reads metrics must show",
        "outbox" => {
            "give the NATS servers (\"nats://user:password@host:4222\"), or leave it out for SQLite"
        }
        "trusted_proxies" => "give each proxy's IP address or network (\"10.0.0.0/8\")",
        "hold_ms" => "give at most 300000 (five minutes)",
        "secrets" => "give the secret that the platform signs its webhooks with",
        "event_id" => {
            "give a text with the order's id in it (\"order_{id}\"), the same as the page's"
        }
        "shops" => "name each shop by lower-case letters, digits and _ ([shops.name])",
        "log_format" => "give text or json",
        _ => "give one of error, warn, info, debug and trace",
    };
    StartError::Config {
        key: key.into(),
        problem,
        fix: format!("{fix} ({key} in the file, TWIN_{variable} in the environment)"),
    }
}
