//! What a value of the configuration must look like, one rule each.

use std::net::IpAddr;

use ipnet::IpNet;
use url::{Host, Url};

use crate::outbox::nats::Servers;

/// The digits that Events Manager shows.
pub(crate) fn is_pixel_id(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `v26.0`.
pub(crate) fn is_version(text: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix('v')
        .and_then(|number| number.split_once('.'))
        .is_some_and(|(major, minor)| is_number(major) && is_number(minor))
}

/// `TEST12345`; it is put into the request's JSON as it is.
pub(crate) fn is_test_code(text: &str) -> bool {
    text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Plain http would show the token to the network, so it is taken for this machine only.
pub(crate) fn graph_base(text: &str) -> Option<Url> {
    let url = Url::parse(text.trim_end_matches('/')).ok()?;
    let is_plain = url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    let is_safe = url.scheme() == "https" || url.scheme() == "http" && is_this_machine(&url);
    (is_plain && is_safe && url.has_host()).then_some(url)
}

/// Whether a URL stays on this machine.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// An address or a network.
pub(crate) fn network(text: &str) -> Option<IpNet> {
    let single = || text.parse::<IpAddr>().ok().map(IpNet::from);
    text.parse().ok().or_else(single)
}

/// Part of a path and of a variable's name.
pub(crate) fn is_shop_name(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=40).contains(&text.len()) && text.bytes().all(is_plain) && !text.contains("__")
}

/// `order_{id}`: printable, with one of the order's fields in braces and nothing else there.
pub(crate) fn is_event_id_form(text: &str, fields: &[&str]) -> bool {
    let is_plain = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'{' | b'}'))
    };
    text.split_once('{')
        .and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        .is_some_and(|(before, (field, after))| {
            is_plain(before) && is_plain(after) && fields.contains(&field)
        })
}

/// Most servers that JetStream keeps a stream on.
const MAX_REPLICAS: usize = 5;

/// `nats://user:password@host:4222`, several with commas; `?replicas=1` at the end for fewer than the usual three copies.
pub(crate) fn nats_servers(text: &str) -> Option<Servers> {
    let (addresses, replicas) = match text.split_once("?replicas=") {
        Some((addresses, replicas)) => (addresses, replicas.parse().ok()?),
        None => (text, 3),
    };
    let server = |text: &str| {
        let url = Url::parse(text.trim()).ok()?;
        let is_nats = matches!(url.scheme(), "nats" | "tls") && url.has_host();
        is_nats.then(|| text.trim().parse().ok())?
    };
    Some(Servers {
        addresses: addresses.split(',').map(server).collect::<Option<_>>()?,
        replicas: Some(replicas).filter(|replicas| (1..=MAX_REPLICAS).contains(replicas))?,
    })
}

/// When versions of the Graph API end, Unix time in seconds. Source: Graph API changelog, read in November 2026.
const RETIREMENTS: [(&str, u64); 5] = [
    ("v21.0", 1_800_489_600),
    ("v22.0", 1_810_771_200),
    ("v23.0", 1_822_953_600),
    ("v24.0", 1_834_444_800),
    ("v25.0", 1_848_441_600),
];
/// How long before the end to say so, in seconds: 90 days.
const NOTICE_S: u64 = 90 * 24 * 60 * 60;

/// What to say of a version that ends soon, or has ended: Meta then answers as a later one, and tells nobody.
pub(crate) fn retirement(version: &str, now_s: u64) -> Option<String> {
    let (_, end_s) = RETIREMENTS.iter().find(|(known, _)| *known == version)?;
    (now_s + NOTICE_S > *end_s).then(|| {
        format!("Meta ends {version} of the Graph API within 90 days, or has ended it: set graph_version to a later one")
    })
}
