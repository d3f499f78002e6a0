//! The configuration: a TOML file, and `TWIN_*` in the environment, which wins. Everything is judged here, at start;
//! the rest of the relay knows only values that hold.

mod problem;
pub(crate) mod rules;
mod shop;
mod source;
pub(crate) mod token;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::value::{Dict, Value};
use ipnet::IpNet;
use serde::Deserialize;
use tracing::Level;
use url::Url;

use crate::error::StartError;
use crate::outbox::nats::Servers;
use problem::{missing, parsed, unfit, wrong};
use rules::{graph_base, is_shop_name, is_version, nats_servers, network};
pub(crate) use shop::{Pixel, Shop, Webhook};
use shop::{SHOP_KEYS, WrittenShop};
use token::{Secret, Unchecked};

const META: &str = "https://graph.facebook.com";
const VERSION: &str = "v26.0";
/// Keys of the relay itself; [`SHOP_KEYS`] may stand beside them, for the only shop.
const RELAY_KEYS: [&str; 15] = [
    "shops",
    "graph_base",
    "graph_version",
    "listen",
    "admin_listen",
    "admin_token",
    "data_dir",
    "outbox",
    "trusted_proxies",
    "posts_per_s_per_address",
    "posts_per_s_per_shop",
    "max_connections",
    "books_alarm_below",
    "log_level",
    "log_format",
];

/// What the relay runs by.
pub(crate) struct Config {
    /// One at least.
    pub(crate) shops: Vec<Shop>,
    /// Where events are sent: scheme and host, perhaps a path, without a slash at its end.
    pub(crate) graph_base: Url,
    /// Of the Graph API, `v26.0`.
    pub(crate) graph_version: String,
    /// Port 0: any free one.
    pub(crate) listen: SocketAddr,
    /// Where metrics, readiness and dead letters are served.
    pub(crate) admin: Option<Admin>,
    /// Where the outbox lives, unless it is on NATS.
    pub(crate) data_dir: PathBuf,
    /// The NATS servers that hold the outbox instead.
    pub(crate) nats: Option<Servers>,
    /// Whose `X-Forwarded-*` headers are believed.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// Limits of what is taken from outside.
    pub(crate) limits: Limits,
    /// In percent: an alarm is raised where less of a shop's orders are accounted for.
    pub(crate) books_alarm_below: u32,
    /// The least severe messages that are logged.
    pub(crate) log_level: Level,
    /// Whether log lines are JSON.
    pub(crate) is_log_json: bool,
    /// Variables that look like ours and are not: perhaps misspelt.
    pub(crate) unknown_variables: Vec<String>,
}

/// The second listener.
pub(crate) struct Admin {
    /// Best this machine's own address.
    pub(crate) listen: SocketAddr,
    /// What whoever asks must show, as a bearer token.
    pub(crate) token: Secret,
}

/// Limits of what is taken from outside. 0: none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Posts per second from one address (one /64 of IPv6); three times as many at once.
    pub(crate) per_address: u32,
    /// Posts per second for one shop; three times as many at once.
    pub(crate) per_shop: u32,
    /// Connections at the same time; never 0.
    pub(crate) connections: u32,
}

/// The relay's own keys as they are written, none judged yet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    shops: Option<BTreeMap<String, Value>>,
    graph_base: Option<String>,
    graph_version: Option<String>,
    listen: Option<String>,
    admin_listen: Option<String>,
    admin_token: Option<Unchecked>,
    data_dir: Option<PathBuf>,
    outbox: Option<String>,
    trusted_proxies: Option<Vec<String>>,
    posts_per_s_per_address: Option<u32>,
    posts_per_s_per_shop: Option<u32>,
    max_connections: Option<u32>,
    books_alarm_below: Option<u32>,
    log_level: Option<String>,
    log_format: Option<String>,
}

/// Reads the configuration. `environment`: the process's, name and value.
pub(crate) fn load(
    file: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Config, StartError> {
    let (keys, unknown_variables) = source::gather(file, environment)?;
    let (of_shop, of_relay): (Dict, Dict) = keys
        .into_iter()
        .partition(|(key, _)| SHOP_KEYS.contains(&key.as_str()));
    let mut written: Written = source::extract(of_relay).map_err(|error| unfit(&error, ""))?;
    let mut shops = Vec::new();
    let named = written.shops.take().unwrap_or_default();
    if named.is_empty() || !of_shop.is_empty() {
        shops.push(shop("", of_shop)?);
    }
    for (name, keys) in named {
        if !is_shop_name(&name) {
            return Err(wrong("shops", &name));
        }
        let keys = keys.into_dict().ok_or_else(|| missing("shops"))?;
        shops.push(shop(&name, keys)?);
    }
    one_token_each(&shops)?;
    Ok(Config {
        unknown_variables,
        ..written.check(shops)?
    })
}

/// A pixel that several shops share has one sender, and that has one token.
fn one_token_each(shops: &[Shop]) -> Result<(), StartError> {
    let mut tokens = BTreeMap::new();
    for shop in shops {
        for pixel in &shop.pixels {
            let first = tokens.entry(&pixel.id).or_insert(&pixel.token);
            if **first != pixel.token {
                let key = format!("shops.{}.access_token", shop.name);
                let problem = format!("is another than pixel {} has elsewhere", pixel.id);
                return Err(problem::problem(&key, problem));
            }
        }
    }
    Ok(())
}

fn shop(name: &str, keys: Dict) -> Result<Shop, StartError> {
    let place = match name {
        "" => String::new(),
        name => format!("shops.{name}."),
    };
    let written: WrittenShop = source::extract(keys).map_err(|error| unfit(&error, &place))?;
    written.check(name, &place)
}

impl Written {
    fn check(self, shops: Vec<Shop>) -> Result<Config, StartError> {
        let proxies = self
            .trusted_proxies
            .unwrap_or_else(|| vec!["127.0.0.0/8".into(), "::1".into()]);
        let address = |text: &str| text.parse().ok();
        let admin = match self.admin_listen.filter(|listen| !listen.is_empty()) {
            None => None,
            Some(listen) => Some(Admin {
                listen: parsed("admin_listen", Some(listen), "", address)?,
                token: self
                    .admin_token
                    .and_then(Unchecked::secret)
                    .ok_or_else(|| missing("admin_token"))?,
            }),
        };
        let nats = match self.outbox.filter(|outbox| !outbox.is_empty()) {
            None => None,
            Some(outbox) => Some(parsed("outbox", Some(outbox), "", nats_servers)?),
        };
        Ok(Config {
            shops,
            graph_base: parsed("graph_base", self.graph_base, META, graph_base)?,
            graph_version: parsed("graph_version", self.graph_version, VERSION, |text| {
                is_version(text).then(|| text.into())
            })?,
            listen: parsed("listen", self.listen, "127.0.0.1:8081", address)?,
            admin,
            data_dir: self.data_dir.unwrap_or_else(|| "data".into()),
            nats,
            trusted_proxies: problem::each("trusted_proxies", &proxies, network)?,
            limits: Limits {
                per_address: self.posts_per_s_per_address.unwrap_or(20),
                per_shop: self.posts_per_s_per_shop.unwrap_or(0),
                connections: self.max_connections.unwrap_or(16_384).max(1),
            },
            books_alarm_below: self.books_alarm_below.unwrap_or(99).min(100),
            log_level: parsed("log_level", self.log_level, "info", |text| {
                text.parse().ok()
            })?,
            is_log_json: parsed("log_format", self.log_format, "text", |text| match text {
                "text" => Some(false),
                "json" => Some(true),
                _ => None,
            })?,
            unknown_variables: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests;
