//! The configuration: a TOML file, and `TWIN_*` in the environment, which wins. Everything is judged here, at start;
//! the rest of the relay knows only values that hold.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::error::Kind;
use figment::providers::Serialized;
use figment::value::Value;
use ipnet::IpNet;
use serde::Deserialize;
use tracing::Level;
use url::Url;

use crate::config_rules::{graph_base, is_pixel_id, is_test_code, is_version, network};
use crate::error::StartError;
use crate::origin::Origin;
use crate::token::{Token, Unchecked};

const META: &str = "https://graph.facebook.com";
const VERSION: &str = "v26.0";
/// Lists in the environment are parted by commas; everything else there is text, also what looks like a number.
const LISTS: [&str; 2] = ["allowed_origins", "trusted_proxies"];
const KEYS: [&str; 10] = [
    "pixel_id",
    "access_token",
    "graph_base",
    "graph_version",
    "test_event_code",
    "allowed_origins",
    "listen",
    "data_dir",
    "trusted_proxies",
    "log_level",
];

/// What the relay runs by.
pub(crate) struct Config {
    /// The pixel (dataset) that events are sent to, digits.
    pub(crate) pixel_id: String,
    /// Meta's access token for it.
    pub(crate) access_token: Token,
    /// Where events are sent: scheme and host, perhaps a path, without a slash at its end.
    pub(crate) graph_base: Url,
    /// Of the Graph API, `v26.0`.
    pub(crate) graph_version: String,
    /// Makes Events Manager show the events on its test page. They count all the same.
    pub(crate) test_event_code: Option<String>,
    /// Who may post from a page of another origin.
    pub(crate) allowed_origins: Vec<Origin>,
    /// Port 0: any free one.
    pub(crate) listen: SocketAddr,
    /// Where the outbox lives.
    pub(crate) data_dir: PathBuf,
    /// Whose `X-Forwarded-*` headers are believed.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// The least severe messages that are logged.
    pub(crate) log_level: Level,
    /// Variables that look like ours and are not: perhaps misspelt.
    pub(crate) unknown_variables: Vec<String>,
}

/// The keys as they are written, none judged yet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    pixel_id: Option<String>,
    access_token: Option<Unchecked>,
    graph_base: Option<String>,
    graph_version: Option<String>,
    test_event_code: Option<String>,
    allowed_origins: Option<Vec<String>>,
    listen: Option<String>,
    data_dir: Option<PathBuf>,
    trusted_proxies: Option<Vec<String>>,
    log_level: Option<String>,
}

/// Reads the configuration. `environment`: the process's, name and value.
pub(crate) fn load(
    file: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Config, StartError> {
    let table = file.map_or_else(|| Ok(toml::Table::new()), read)?;
    let (found, unknown_variables) = from_environment(environment);
    let written: Written = Figment::from(Serialized::defaults(table))
        .merge(Serialized::defaults(found))
        .extract()
        .map_err(|error| unfit(&error))?;
    let config = written.check()?;
    Ok(Config {
        unknown_variables,
        ..config
    })
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

/// Our keys among the variables, and the names of those that only look so. An empty text counts as not set, an empty
/// list is an empty list.
fn from_environment(
    environment: impl Iterator<Item = (String, String)>,
) -> (BTreeMap<&'static str, Value>, Vec<String>) {
    let (mut found, mut unknown) = (BTreeMap::new(), Vec::new());
    for (name, value) in environment {
        let Some(written) = name.strip_prefix("TWIN_") else {
            continue;
        };
        match KEYS
            .into_iter()
            .find(|key| key.to_ascii_uppercase() == written)
        {
            Some(key) if LISTS.contains(&key) => {
                let items = value.split(',').map(str::trim);
                let items: Vec<_> = items.filter(|item| !item.is_empty()).collect();
                found.insert(key, items.into());
            }
            Some(key) if !value.trim().is_empty() => {
                found.insert(key, value.trim().into());
            }
            // The path of the file itself.
            None if written != "CONFIG" => unknown.push(name),
            _ => {}
        }
    }
    (found, unknown)
}

/// The value itself is not quoted: it may be the token.
fn unfit(error: &figment::Error) -> StartError {
    let key = error.path.join(".");
    let (key, problem, fix) = match &error.kind {
        Kind::UnknownField(name, _) => (
            name.clone(),
            "is not a key that twin-relay knows".into(),
            format!(
                "remove it or correct its spelling; the keys are {}",
                KEYS.join(", ")
            ),
        ),
        Kind::InvalidType(_, expected) if expected.contains("sequence") => (
            key,
            "is not a list".into(),
            "write it as [\"…\", \"…\"] in the file, with commas in the environment".into(),
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

impl Written {
    fn check(self) -> Result<Config, StartError> {
        let origins = self.allowed_origins.unwrap_or_default();
        let proxies = self
            .trusted_proxies
            .unwrap_or_else(|| vec!["127.0.0.0/8".into(), "::1".into()]);
        let checked = |text: &String, check: fn(&str) -> bool| check(text).then(|| text.clone());
        let token = self.access_token.ok_or_else(|| missing("access_token"))?;
        Ok(Config {
            pixel_id: {
                let given = self.pixel_id.ok_or_else(|| missing("pixel_id"))?;
                checked(&given, is_pixel_id).ok_or_else(|| wrong("pixel_id", &given))?
            },
            // Never quoted, whatever is wrong with it.
            access_token: token
                .check()
                .ok_or_else(|| problem("access_token", "is no token".into()))?,
            graph_base: parsed("graph_base", self.graph_base, META, graph_base)?,
            graph_version: parsed("graph_version", self.graph_version, VERSION, |text| {
                is_version(text).then(|| text.into())
            })?,
            test_event_code: match self.test_event_code.filter(|code| !code.is_empty()) {
                Some(code) => Some(
                    checked(&code, is_test_code).ok_or_else(|| wrong("test_event_code", &code))?,
                ),
                None => None,
            },
            allowed_origins: each("allowed_origins", &origins, Origin::configured)?,
            listen: parsed("listen", self.listen, "127.0.0.1:8081", |text| {
                text.parse().ok()
            })?,
            data_dir: self.data_dir.unwrap_or_else(|| "data".into()),
            trusted_proxies: each("trusted_proxies", &proxies, network)?,
            log_level: parsed("log_level", self.log_level, "info", |text| {
                text.parse().ok()
            })?,
            unknown_variables: Vec::new(),
        })
    }
}

fn parsed<T>(
    key: &str,
    given: Option<String>,
    default: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, StartError> {
    let text = given.as_deref().unwrap_or(default);
    parse(text).ok_or_else(|| wrong(key, text))
}

fn each<T>(
    key: &str,
    given: &[String],
    parse: fn(&str) -> Option<T>,
) -> Result<Vec<T>, StartError> {
    let parse = |text: &String| parse(text).ok_or_else(|| wrong(key, text));
    given.iter().map(parse).collect()
}

fn missing(key: &str) -> StartError {
    problem(key, "is missing".into())
}

/// A long value is not quoted: it may be the token, put under the wrong key.
fn wrong(key: &str, value: &str) -> StartError {
    let quoted = match value.chars().count() {
        ..=60 => format!("\"{value}\""),
        length => format!("of {length} characters"),
    };
    problem(key, format!("has the value {quoted}, which does not fit"))
}

fn problem(key: &str, problem: String) -> StartError {
    let place = format!(
        "({key} in the file, TWIN_{} in the environment)",
        key.to_ascii_uppercase()
    );
    let fix = match key {
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
            "give each origin in full, scheme and host and perhaps a port (\"https://shop.example\")"
        }
        "listen" => "give an IP address and a port (\"127.0.0.1:8081\"; port 0 for any free one)",
        "trusted_proxies" => "give each proxy's IP address or network (\"10.0.0.0/8\")",
        _ => "give one of error, warn, info, debug and trace",
    };
    StartError::Config {
        key: key.into(),
        problem,
        fix: format!("{fix} {place}"),
    }
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
