//! What a value of the configuration must look like, one rule each.

use std::net::IpAddr;

use ipnet::IpNet;
use url::{Host, Url};

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
